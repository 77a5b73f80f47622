"""The choices sheet: lists of choices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey_app.questionnaire.languages import Languages
from survey_app.questionnaire.model import Choice
from survey_app.questionnaire.problems import FormProblem
from survey_app.questionnaire.sheets import Sheets

SHEET = "choices"
_NAME = re.compile(r"\S{1,64}")
_IMAGE = re.compile(r"[\w.-]+\.(webp|png|jpe?g|svg|gif)", re.IGNORECASE)
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
        choice = Choice(
            name=name,
            label=label or {},
            emoji=str(row["emoji"]).strip() if row.get("emoji") else None,
            image=_image(row.get("media"), number, problems),
        )
        columns = {key: value for key, value in row.items() if key not in _OWN and isinstance(value, str)}
        lists[str(list_name)] = ChoiceList(
            (*held.choices, choice), {**held.columns, name: columns}, {**held.rows, name: number}
        )
    return lists


def _image(media: Any, number: int, problems: list[FormProblem]) -> str | None:
    if not isinstance(media, Mapping):
        return None
    for kind in media:
        if kind != "image":
            details = {"column": f"media::{kind}"}
            problems.append(FormProblem("unsupported_column", SHEET, number, f"media::{kind}", details))
    image = media.get("image")
    if isinstance(image, Mapping):
        images = list(dict.fromkeys(image.values()))
        image = images[0] if len(images) == 1 else ", ".join(images)
    if image is None:
        return None
    if not _IMAGE.fullmatch(image):
        problems.append(FormProblem("bad_image", SHEET, number, "media::image", {"image": str(image)}))
        return None
    return str(image)
