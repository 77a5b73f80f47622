"""The choices sheet: lists of choices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from survey_app.questionnaire.languages import Languages
from survey_app.questionnaire.media_cells import read_media_cells
from survey_app.questionnaire.model import Choice
from survey_app.questionnaire.problems import FormProblem
from survey_app.questionnaire.sheets import Sheets

SHEET = "choices"
_NAME = re.compile(r"\S{1,64}")
_OWN = frozenset({"list name", "name", "label", "media", "emoji", "__row"})


@dataclass(frozen=True, slots=True)
class ChoiceList:
    choices: tuple[Choice, ...]
    # Every further column of each choice, by the choice's name: what a choice_filter may read.
    columns: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, int]


def read_choices(sheets: Sheets, languages: Languages, problems: list[FormProblem]) -> dict[str, ChoiceList]:
    """The lists by name, every row of them checked."""
    lists: dict[str, ChoiceList] = {}
    for number, row in sheets.choices:
        list_name, name = row.get("list name"), str(row.get("name", ""))
        if not any(value for key, value in row.items() if key != "__row"):
            continue
        if not list_name:
            problems.append(FormProblem("missing_list_name", SHEET, number, "list_name"))
            continue
        if not _NAME.fullmatch(name):
            problems.append(FormProblem("bad_choice_name", SHEET, number, "name", {"name": name}))
            continue
        held = lists.setdefault(str(list_name), ChoiceList((), {}, {}))
        if name in held.rows:
            details = {"name": name, "other": str(held.rows[name])}
            problems.append(FormProblem("duplicate_choice", SHEET, number, "name", details))
            continue
        label = languages.text(row.get("label"), SHEET, number, "label", problems)
        if row.get("label") is None:
            problems.append(FormProblem("missing_label", SHEET, number, "label"))
        emoji = row.get("emoji")
        if emoji and not isinstance(emoji, str):
            column = f"emoji::{next(iter(emoji))}"
            problems.append(FormProblem("unsupported_column", SHEET, number, column, {"column": column}))
        image, audio = read_media_cells(row, languages, SHEET, number, problems)
        choice = Choice(
            name=name,
            label=label or {},
            emoji=str(emoji).strip() if emoji else None,
            image=image,
            audio=audio,
        )
        columns = {key: value for key, value in row.items() if key not in _OWN and isinstance(value, str)}
        lists[str(list_name)] = ChoiceList(
            (*held.choices, choice), {**held.columns, name: columns}, {**held.rows, name: number}
        )
    return lists
