"""A questionnaire as screens show it: its texts that are read aloud, and what is recorded of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from survey_app.database import Database, Row
from survey_app.questionnaire import Questionnaire
from survey_app.questionnaire.model import ASKED
from survey_app.questionnaire.order import walk
from survey_app.screens.consultation_facts import ages
from survey_app.screens.language import number, say, say_if_known
from survey_app.screens.spoken_texts import NONE, SpokenText, spoken_texts, state
from survey_app.screens.stored_rows import rows


@dataclass(frozen=True)
class Form:
    """A questionnaire with its files and everything that is recorded of it."""

    questionnaire: Questionnaire
    texts: list[SpokenText]
    form_files: Mapping[str, str]
    """Files that came with the form: name → stored name."""
    recordings: Mapping[tuple[str, str], str]
    """(language, place) → stored name."""

    def states(self, language: str) -> list[str]:
        """Of each text, in order."""
        recorded = {place for spoken, place in self.recordings if spoken == language}
        return [state(text, language, recorded, self.form_files.keys()) for text in self.texts]

    def heard(self, language: str) -> int:
        """How many texts have a recording."""
        return sum(one != NONE for one in self.states(language))


def forms(database: Database) -> list[Form]:
    """All versions of all forms, the newest of each first."""
    files = _by_version(rows(database, "questionnaire_media", ["questionnaire_id", "version", "file", "stored_as"]))
    spoken = _by_version(
        rows(database, "recording", ["questionnaire_id", "questionnaire_version", "language", "place", "stored_as"])
    )
    found = [
        _form(row, files.get((row["id"], row["version"]), []), spoken.get((row["id"], row["version"]), []))
        for row in rows(database, "questionnaire", ["added_at", "id", "version", "definition"])
    ]
    found.reverse()
    return sorted(found, key=lambda form: (form.questionnaire.min_age or 0, form.questionnaire.id))


def same_words(form: Form, language: str, all_forms: Sequence[Form]) -> dict[str, str]:
    """Place → stored name, for each text without a recording whose very words are recorded elsewhere in this language."""
    known = {
        text.words[language]: other.recordings[language, text.place]
        for other in all_forms
        for text in other.texts
        if language in text.words and (language, text.place) in other.recordings
    }
    return {
        text.place: known[text.words[language]]
        for text, now in zip(form.texts, form.states(language), strict=True)
        if now == NONE and text.words.get(language) in known
    }


def _by_version(found: list[Row]) -> dict[tuple[str, str], list[Row]]:
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in found:
        version = row["version"] if "version" in row else row["questionnaire_version"]
        grouped.setdefault((row["questionnaire_id"], version), []).append(row)
    return grouped


def _form(row: Row, files: list[Row], recordings: list[Row]) -> Form:
    questionnaire = Questionnaire.from_json(row["definition"])
    return Form(
        questionnaire,
        spoken_texts(questionnaire),
        {file["file"]: file["stored_as"] for file in files},
        {(one["language"], one["place"]): one["stored_as"] for one in recordings},
    )


def language_name(code: str) -> str:
    return say_if_known(f"language.{code}") or code


def facts(questionnaire: Questionnaire) -> str:
    """Version, ages, languages and number of questions, on one line."""
    parts = [say("forms.version", version=questionnaire.version)]
    if questionnaire.min_age is not None and questionnaire.max_age is not None:
        parts.append(ages({"min_age": questionnaire.min_age, "max_age": questionnaire.max_age}))
    parts.append(", ".join(language_name(code) for code in questionnaire.languages))
    parts.append(say("forms.questions", count=number(questions(questionnaire))))
    return " · ".join(parts)


def questions(questionnaire: Questionnaire) -> int:
    return sum(node.type in ASKED for node in walk(questionnaire.nodes))


def heard_of(form: Form, language: str) -> str:
    return say("forms.heard", count=number(form.heard(language)), all=number(len(form.texts)))
