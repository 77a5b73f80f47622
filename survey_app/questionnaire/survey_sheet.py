"""The survey sheet: rows → nodes, everything that we do not support refused by row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pyxform import aliases
from pyxform.parsing.expression import is_xml_tag
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_SELECT

from survey_app.questionnaire.choices_sheet import ChoiceList
from survey_app.questionnaire.languages import Languages
from survey_app.questionnaire.model import Node
from survey_app.questionnaire.problems import FormProblem
from survey_app.questionnaire.sheets import Row, Sheets
from survey_app.questionnaire.survey_row import RowReader

SHEET = "survey"
MAX_NAME = 64

# An old spelling ("add text prompt") is known by what pyxform makes of it: the same as of the type's own name.
_SIMPLE = (
    *("text", "integer", "decimal", "date", "note", "acknowledge", "calculate", "hidden"),
    *("range", "start", "end", "today", "deviceid"),
)
_SELECTS = {"select one": "select_one", "select all that apply": "select_multiple"}
# Names that every JavaScript object has.
_RESERVED = frozenset(
    {
        *("__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
        *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
        *("toLocaleString", "toString", "valueOf"),
    }
)
_MEDIA = re.compile(r"photo|image|picture|audio|video|file|barcode|signature|draw|annotate", re.IGNORECASE)
_PLACE = re.compile(r"geo(point|trace|shape)|gps|location|^osm", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Survey:
    nodes: tuple[Node, ...]
    # The row of every name.
    rows: Mapping[str, int]


@dataclass(slots=True)
class _Open:
    """A group whose end has not come yet; the form itself is the outermost one."""

    row_number: int
    row: Row
    name: str
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Typed:
    number: int
    row: Row
    kind: str  # a type of the model, "begin", "end", or "" when it is refused
    name: str = ""
    list_name: str | None = None


def read_survey(
    sheets: Sheets, languages: Languages, lists: Mapping[str, ChoiceList], problems: list[FormProblem]
) -> Survey:
    """The nodes of the form; what is wrong goes into `problems`, and reading goes on."""
    rows: dict[str, int] = {}
    types: dict[str, str] = {}
    typed = []
    for number, row in sheets.survey:
        if aliases.yes_no.get(row.get("disabled", "no")) or not any(row.values()):
            continue
        one = _typed(number, row, problems)
        if one is None:
            continue
        if one.kind != "end":
            _take_name(one, rows, types, problems)
        typed.append(one)
    reader = RowReader(languages, lists, types, problems)
    stack = [_Open(1, {}, "")]
    for one in typed:
        if one.kind == "begin":
            stack.append(_Open(one.number, one.row, one.name))
        elif one.kind == "end":
            if len(stack) == 1:
                problems.append(FormProblem("unmatched_end", SHEET, one.number, "type"))
            else:
                closed = stack.pop()
                node = reader.group(closed.row_number, closed.row, closed.name, tuple(closed.children))
                stack[-1].children.append(node)
        elif one.kind:
            stack[-1].children.append(reader.question(one.number, one.row, one.kind, one.name, one.list_name))
    for left in stack[1:]:
        problems.append(FormProblem("unmatched_begin", SHEET, left.row_number, "type", {"name": left.name}))
        stack[0].children.append(reader.group(left.row_number, left.row, left.name, tuple(left.children)))
    return Survey(tuple(stack[0].children), rows)


def _typed(number: int, row: Row, problems: list[FormProblem]) -> _Typed | None:
    kind = str(row.get("type") or "").strip()
    name = str(row.get("name") or "").strip()
    if not kind:
        if "name" not in row and "label" not in row:
            return None  # a remark of the author, which pyxform skips, too
        problems.append(FormProblem("missing_type", SHEET, number, "type"))
        return _Typed(number, row, "", name)
    if begin := RE_BEGIN_CONTROL.search(kind):
        if aliases.control[begin["type"]] != "group":
            problems.append(FormProblem("unsupported_repeat", SHEET, number, "type", {"type": kind}))
        return _Typed(number, row, "begin", name)
    if RE_END_CONTROL.search(kind):
        return _Typed(number, row, "end")
    if select := RE_SELECT.search(kind):
        return _select(number, row, kind, name, select)
    ours = _simple(kind)
    if ours is None:
        problems.append(_unsupported(number, kind))
    if ours == "note" and not name:
        name = f"generated_note_name_{number}"
    return _Typed(number, row, ours or "", name)


def _simple(kind: str) -> str | None:
    if kind in _SIMPLE:
        return kind
    pyxform_type = QUESTION_TYPE_DICT.get(kind)
    if pyxform_type is None:
        return None
    return next((ours for ours in _SIMPLE if pyxform_type == QUESTION_TYPE_DICT[ours]), None)


def _select(number: int, row: Row, kind: str, name: str, select: re.Match[str]) -> _Typed:
    ours = _SELECTS.get(aliases.select[select["select_command"]])
    list_name = select["list_name"]
    from_elsewhere = "external" in kind or "from_file" in kind or "from file" in kind or "${" in list_name
    return _Typed(
        number,
        # What is refused is remembered with the row, so that the row's name is known to references all the same.
        {**row, "__refused": _refused_select(number, kind, name, ours, from_elsewhere, bool(select["specify_other"]))},
        ours or "select_one",
        name,
        list_name,
    )


def _refused_select(
    number: int, kind: str, name: str, ours: str | None, from_elsewhere: bool, or_other: bool
) -> FormProblem | None:
    if from_elsewhere:
        return FormProblem("unsupported_choice_source", SHEET, number, "type", {"type": kind})
    if ours is None:
        return FormProblem("unsupported_rank", SHEET, number, "type")
    if or_other:
        return FormProblem("unsupported_or_other", SHEET, number, "type", {"name": name})
    return None


def _unsupported(number: int, kind: str) -> FormProblem:
    code = "unsupported_type"
    if _PLACE.search(kind):
        code = "unsupported_place"
    elif _MEDIA.search(kind):
        code = "unsupported_media"
    return FormProblem(code, SHEET, number, "type", {"type": kind})


def _take_name(one: _Typed, rows: dict[str, int], types: dict[str, str], problems: list[FormProblem]) -> None:
    name = one.name
    if not name:
        problems.append(FormProblem("missing_name", SHEET, one.number, "name"))
        return
    if len(name) > MAX_NAME or ":" in name or not is_xml_tag(name):
        problems.append(FormProblem("bad_name", SHEET, one.number, "name", {"name": name}))
    elif name in _RESERVED:
        problems.append(FormProblem("reserved_name", SHEET, one.number, "name", {"name": name}))
    elif name in rows:
        details = {"name": name, "other": str(rows[name])}
        problems.append(FormProblem("duplicate_name", SHEET, one.number, "name", details))
        return
    rows[name] = one.number
    # A refused question counts as one with an answer: references to it are no second error.
    types[name] = "group" if one.kind == "begin" else one.kind or "text"
