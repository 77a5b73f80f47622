"""The survey sheet: rows → nodes, everything that we do not support refused by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pyxform import aliases
from pyxform.parsing.expression import is_xml_tag
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_SELECT

from survey_app.questionnaire.choices_sheet import ChoiceList
from survey_app.questionnaire.languages import Languages
from survey_app.questionnaire.model import CONTAINERS, METADATA, Node
from survey_app.questionnaire.names import Names
from survey_app.questionnaire.or_other import other_question, question_name, with_other
from survey_app.questionnaire.problems import FormProblem
from survey_app.questionnaire.sheets import Row, Sheets
from survey_app.questionnaire.survey_row import RowReader
from survey_app.questionnaire.unsupported_types import built_by_kobo, unsupported

SHEET = "survey"
MAX_NAME = 64

# An old spelling ("add text prompt") is known by what pyxform makes of it: the same as of the type's own name.
_SIMPLE = (
    *("text", "integer", "decimal", "date", "time", "note", "acknowledge", "calculate", "hidden", "image", "audio"),
    *("range", "start", "end", "today", "deviceid"),
)
# The end of a group or repeat; "end" is the time at which the form was finished.
_CLOSE = "end_group"
_SELECTS = {"select one": "select_one", "select all that apply": "select_multiple", "rank": "rank"}
# Names that every JavaScript object has.
_RESERVED = frozenset(
    {
        *("__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
        *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
        *("toLocaleString", "toString", "valueOf"),
    }
)


@dataclass(frozen=True, slots=True)
class Survey:
    nodes: tuple[Node, ...]
    # The row of every name.
    rows: Mapping[str, int]
    # The lists, some with a choice “other” more.
    lists: Mapping[str, ChoiceList]


@dataclass(slots=True)
class _Open:
    """A group or repeat whose end has not come yet; the form itself is the outermost one."""

    typed: _Typed
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Typed:
    number: int
    row: Row
    kind: str  # a type of the model, _CLOSE, or "" when it is refused
    name: str = ""
    list_name: str | None = None
    has_other: bool = False
    # The repeat that the row is in.
    repeat: str | None = None


def read_survey(
    sheets: Sheets, languages: Languages, lists: Mapping[str, ChoiceList], problems: list[FormProblem]
) -> Survey:
    """The nodes of the form; what is wrong goes into `problems`, and reading goes on."""
    rows: dict[str, int] = {}
    types: dict[str, str] = {}
    repeats: dict[str, str | None] = {}
    typed = []
    lists = dict(lists)
    for one in _in_repeats(_typed_rows(sheets, problems), problems):
        typed.append(one)
        if one.kind == _CLOSE:
            continue
        _take_name(one, rows, types, repeats, problems)
        if one.has_other:
            _take_name(replace(one, kind="text", name=question_name(one.name)), rows, types, repeats, problems)
            if one.list_name in lists:
                lists[one.list_name] = with_other(lists[one.list_name], languages)
    reader = RowReader(languages, lists, Names(types, repeats), problems)
    stack = [_Open(_Typed(1, {}, "group"))]
    for one in typed:
        if one.kind in CONTAINERS:
            stack.append(_Open(one))
        elif one.kind == _CLOSE:
            if len(stack) == 1:
                problems.append(FormProblem("unmatched_end", SHEET, one.number, "type"))
            else:
                _close(stack, reader)
        elif one.kind:
            question = reader.question(one.number, one.row, one.kind, one.name, one.list_name, one.repeat)
            stack[-1].children.append(question)
            if one.has_other:
                stack[-1].children.append(other_question(one.name, languages))
    while len(stack) > 1:
        left = stack[-1].typed
        problems.append(FormProblem("unmatched_begin", SHEET, left.number, "type", {"name": left.name}))
        _close(stack, reader)
    return Survey(tuple(stack[0].children), rows, lists)


def _close(stack: list[_Open], reader: RowReader) -> None:
    closed = stack.pop()
    one = closed.typed
    node = reader.container(one.number, one.row, one.kind, one.name, tuple(closed.children), one.repeat)
    stack[-1].children.append(node)


def _typed_rows(sheets: Sheets, problems: list[FormProblem]) -> Iterator[_Typed]:
    skipped_to: str | None = None
    for number, row in sheets.survey:
        if aliases.yes_no.get(str(row.get("disabled"))) or not any(row.values()):
            continue
        kind = " ".join(str(row.get("type") or "").split())
        if skipped_to is not None:
            # The block is refused as a whole; its names are known to references all the same.
            if kind == skipped_to:
                skipped_to = None
            elif row.get("name"):
                yield _Typed(number, row, "", str(row["name"]).strip())
            continue
        if built := built_by_kobo(number, kind):
            problem, skipped_to = built
            problems.append(problem)
            if row.get("name"):
                yield _Typed(number, row, "", str(row["name"]).strip())
            continue
        one = _typed(number, row, kind, problems)
        if one is not None:
            yield one


def _in_repeats(rows: Iterable[_Typed], problems: list[FormProblem]) -> Iterator[_Typed]:
    """The rows, each with the repeat that it is in. A repeat within a repeat is refused and goes on as a group."""
    open_repeats: list[str | None] = []
    for one in rows:
        repeat = next((name for name in reversed(open_repeats) if name is not None), None)
        within = replace(one, repeat=repeat)
        if one.kind == _CLOSE:
            if open_repeats:
                open_repeats.pop()
        elif one.kind == "repeat" and repeat is not None:
            problems.append(FormProblem("nested_repeat", SHEET, one.number, "type", {"outer": repeat}))
            within = replace(within, kind="group")
            open_repeats.append(None)
        elif one.kind in CONTAINERS:
            open_repeats.append(one.name if one.kind == "repeat" else None)
        elif one.kind in METADATA and repeat is not None:
            problems.append(FormProblem("metadata_in_repeat", SHEET, one.number, "type", {"type": one.kind}))
        yield within


def _typed(number: int, row: Row, kind: str, problems: list[FormProblem]) -> _Typed | None:
    name = str(row.get("name") or "").strip()
    if not kind:
        if "name" not in row and "label" not in row:
            return None  # a remark of the author, which pyxform skips, too
        problems.append(FormProblem("missing_type", SHEET, number, "type"))
        return _Typed(number, row, "", name)
    if begin := RE_BEGIN_CONTROL.search(kind):
        ours = aliases.control[begin["type"]]
        if ours not in CONTAINERS:
            problems.append(FormProblem("unsupported_loop", SHEET, number, "type", {"type": kind}))
        return _Typed(number, row, "repeat" if ours == "repeat" else "group", name)
    if RE_END_CONTROL.search(kind):
        return _Typed(number, row, _CLOSE)
    if select := RE_SELECT.search(kind):
        return _select(number, row, kind, name, select, problems)
    ours = _simple(kind)
    if ours is None:
        problems.append(unsupported(number, kind))
    if ours == "note" and not name:
        name = f"generated_note_name_{number}"
    return _Typed(number, row, ours or "", name)


def _simple(kind: str) -> str | None:
    if kind in _SIMPLE:
        return kind
    if kind == "trigger":
        return "acknowledge"
    pyxform_type = QUESTION_TYPE_DICT.get(kind)
    if pyxform_type is None:
        return None
    return next((ours for ours in _SIMPLE if pyxform_type == QUESTION_TYPE_DICT[ours]), None)


def _select(number: int, row: Row, kind: str, name: str, select: re.Match[str], problems: list[FormProblem]) -> _Typed:
    ours = _SELECTS.get(aliases.select[select["select_command"]])
    list_name = select["list_name"]
    if ours is None or "from_file" in kind or "from file" in kind or "${" in list_name:
        problems.append(FormProblem("unsupported_choice_source", SHEET, number, "type", {"type": kind}))
        return _Typed(number, row, "", name)
    has_other = bool(select["specify_other"])
    if has_other and ours == "rank":
        problems.append(FormProblem("unsupported_or_other", SHEET, number, "type"))
        has_other = False
    return _Typed(number, row, ours, name, list_name, has_other)


def _take_name(
    one: _Typed,
    rows: dict[str, int],
    types: dict[str, str],
    repeats: dict[str, str | None],
    problems: list[FormProblem],
) -> None:
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
    types[name] = one.kind or "text"
    repeats[name] = one.repeat
