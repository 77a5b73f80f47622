"""XLSForm → Questionnaire: the way in for every form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from survey_app.questionnaire.choices_sheet import ChoiceList, read_choices
from survey_app.questionnaire.expression import columns
from survey_app.questionnaire.languages import find_languages
from survey_app.questionnaire.model import ASKED, Choice, Node, Questionnaire
from survey_app.questionnaire.order import CycleError, depended_first, dependencies, walk
from survey_app.questionnaire.problems import FormProblem, QuestionnaireError
from survey_app.questionnaire.settings_sheet import check_settings, read_ages, read_title
from survey_app.questionnaire.sheets import read_sheets
from survey_app.questionnaire.survey_sheet import read_survey
from survey_app.questionnaire.unsupported_types import BLOCKS

_SHEET_ORDER = {None: 0, "settings": 1, "survey": 2, "choices": 3}
# Beside every code that begins with "unsupported_".
_ROWLESS_IN_PYXFORM = frozenset(
    {
        "bad_choice_name",
        "bad_trigger",
        "duplicate_name",
        "missing_label",
        "translated_title",
        "unknown_list",
        "unknown_reference",
    }
)


def read_questionnaire(path_or_bytes: str | Path | bytes, name: str | None = None) -> Questionnaire:
    """Reads .xlsx, .xls, .csv or .md: a path, or the bytes of the file (then `name` is its file name).

    Settings: form_id (else the file's name), form_title, version (else a fingerprint of the content), default_language,
    and our own min_age and max_age (years) and title_vi, title_km, … (the title in that language).
    Raises QuestionnaireError with all problems that can be told, by sheet and row.
    """
    sheets = read_sheets(path_or_bytes, name)
    problems: list[FormProblem] = []
    languages = find_languages(sheets, problems)
    lists = read_choices(sheets, languages, problems)
    survey = read_survey(sheets, languages, lists, problems)
    problems.extend(_cycles(survey.nodes, survey.rows))
    if not any(node.type in ASKED for node in walk(survey.nodes)) and not problems:
        problems.append(FormProblem("no_questions", "survey"))
    low, high = read_ages(sheets, problems)
    check_settings(sheets, problems)
    problems.extend([one for one in sheets.problems if not _is_told(one, problems)])
    if problems:
        problems.sort(key=lambda one: (_SHEET_ORDER.get(one.sheet, 4), one.row or 0))
        raise QuestionnaireError(_once(problems))
    questionnaire = Questionnaire(
        id=str(sheets.settings.get("id_string") or sheets.name or "questionnaire"),
        version=str(sheets.settings.get("version") or ""),
        title=read_title(sheets, languages),
        languages=tuple(languages.codes.values()),
        default_language=languages.default,
        min_age=low,
        max_age=high,
        nodes=survey.nodes,
        choices=_used_choices(survey.nodes, survey.lists),
    )
    return questionnaire if questionnaire.version else replace(questionnaire, version=fingerprint(questionnaire))


def fingerprint(questionnaire: Questionnaire) -> str:
    """Twelve hexadecimal digits that change whenever anything in the questionnaire does."""
    content = json.dumps(questionnaire.to_json(), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _is_told(theirs: FormProblem, ours: list[FormProblem]) -> bool:
    """Whether we already say what pyxform says: of the same row or block, or with the row where pyxform names none."""
    if theirs.code == "pyxform" and any(one.code in BLOCKS for one in ours):
        return True
    if theirs.row:
        return any((one.sheet, one.row) == (theirs.sheet, theirs.row) for one in ours)
    return theirs.code == "pyxform" and any(
        one.code in _ROWLESS_IN_PYXFORM or one.code.startswith("unsupported_") for one in ours
    )


def _once(problems: list[FormProblem]) -> list[FormProblem]:
    """Each problem once (a list used by two questions is checked twice)."""
    once: list[FormProblem] = []
    for problem in problems:
        if problem not in once:
            once.append(problem)
    return once


def _cycles(nodes: tuple[Node, ...], rows: Mapping[str, int]) -> list[FormProblem]:
    needs = dependencies(nodes)
    found = []
    while True:
        try:
            depended_first(needs)
        except CycleError as cycle:
            row = min(rows[name] for name in cycle.names)
            found.append(FormProblem("cycle", "survey", row, None, {"names": str(cycle)}))
            needs[cycle.names[0]] = []
        else:
            return found


def _used_choices(nodes: tuple[Node, ...], lists: Mapping[str, ChoiceList]) -> dict[str, tuple[Choice, ...]]:
    """The lists that questions use, each choice with the columns that a filter reads, and nothing else."""
    read: dict[str, dict[str, None]] = {}
    for node in walk(nodes):
        if node.choices:
            wanted = read.setdefault(node.choices, {})
            wanted.update(dict.fromkeys(columns(node.choice_filter) if node.choice_filter else ()))
    used = {}
    for name, wanted in read.items():
        held = lists[name]
        used[name] = tuple(
            replace(
                choice, extra={key: value for key, value in held.columns[choice.name].items() if key in wanted} or None
            )
            for choice in held.choices
        )
    return used
