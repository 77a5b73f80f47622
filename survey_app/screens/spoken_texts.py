"""The texts of a questionnaire that are read aloud to children, and where each one's recording is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from survey_app.questionnaire import Questionnaire
from survey_app.questionnaire.model import ASKED, CONTAINERS
from survey_app.questionnaire.order import walk

_SHOWN = ASKED | CONTAINERS | {"note"}

RECORDED, IN_THE_FORM, NONE = "recorded", "in_form", "none"


@dataclass(frozen=True, slots=True)
class SpokenText:
    """A question's or a choice's wording. `place` is where its recording is kept: see the table recording."""

    place: str
    words: Mapping[str, str]
    files: Mapping[str, str]
    """The form's own recordings: file by language."""
    question: Mapping[str, str] | None = None
    """Of a choice: the wording of the first question that offers it."""

    @property
    def is_filled_in(self) -> bool:
        """Whether an earlier answer is said in it, which a recording cannot do."""
        return any("${" in words for words in self.words.values())


def spoken_texts(questionnaire: Questionnaire) -> list[SpokenText]:
    """In the order in which a child meets them; a list of choices stands after the first question that offers it."""
    found: list[SpokenText] = []
    lists: set[str] = set()
    for node in walk(questionnaire.nodes):
        if node.type not in _SHOWN:
            continue
        if node.label:
            found.append(SpokenText(f"question:{node.name}", node.label, node.audio or {}))
        if node.choices and node.choices not in lists:
            lists.add(node.choices)
            found.extend(
                SpokenText(f"choice:{node.choices}/{choice.name}", choice.label, choice.audio or {}, node.label or {})
                for choice in questionnaire.choices[node.choices]
                if choice.label
            )
    return found


def state(text: SpokenText, language: str, recorded: Collection[str], form_files: Collection[str]) -> str:
    """RECORDED by staff, IN_THE_FORM or NONE: then the tablet's own voice reads.

    `recorded`: places that have a recording in this language; `form_files`: files that came with the form.
    """
    if text.place in recorded:
        return RECORDED
    return IN_THE_FORM if text.files.get(language) in form_files else NONE


def next_without(states: list[str], after: int) -> int | None:
    """The position of the next text that has no recording, from the beginning again after the last; None if all have."""
    order = [*range(after + 1, len(states)), *range(after + 1)]
    return next((position for position in order if position < len(states) and states[position] == NONE), None)
