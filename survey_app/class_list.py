"""A class list as a school has it, turned into children without names.

Nothing of a cell comes out of here but years, months and words of a short list; mistakes are told by row and column alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from survey_app.class_list_table import Table, UnreadableTable, tables
from survey_app.class_list_words import (
    field_of,
    has_name,
    is_full_date,
    is_harmless,
    personal,
    personal_cells,
    value_of,
)

GROUPS = ("ethnicity", "disability", "household")
MOST_CHILDREN = 1_000
AGES = (3, 18)
"""By year of birth; wider than who is asked, since classes are."""
_HEADING_AMONG = 20
_BROKEN = re.compile(r"\?\w|\ufffd")
"""What is left of Vietnamese in a file of an encoding that lacks its letters."""

Value = str | bool | None


@dataclass(frozen=True)
class Child:
    """One child of the list; `row` is where the list has her, for the teacher to find her again."""

    row: int
    birth_year: int
    birth_month: int | None = None
    sex: str | None = None
    ethnicity: str | None = None
    disability: bool | None = None
    household: str | None = None

    def stored(self) -> dict[str, int | str | bool]:
        """What is sent to be kept: what is known, without the row."""
        return {name: value for name, value in vars(self).items() if name != "row" and value is not None}


@dataclass(frozen=True)
class Mistake:
    """What is wrong (`code`), where; rows and columns as the spreadsheet names them, never what stands there."""

    code: str
    column: str | None = None
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class ClassList:
    """The children, and what of the file was left out."""

    children: tuple[Child, ...]
    unread_columns: tuple[str, ...]
    unread_rows: tuple[int, ...]
    switched_off: tuple[str, ...]
    """Groups that the file has and this instance does not keep."""


class UnusableClassList(Exception):
    """All that keeps a list from being taken."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(", ".join(one.code for one in mistakes))
        self.mistakes = tuple(mistakes)


def read_class_list(content: bytes, this_year: int, groups: Collection[str] = ()) -> ClassList:
    """The children of a .csv or .xlsx; `groups` are those of GROUPS that may be kept. Raises UnusableClassList."""
    try:
        found = tables(content)
    except UnreadableTable as error:
        raise UnusableClassList([Mistake(error.code)]) from None
    if not any(re.search(r"\w", cell) for table in found for row in table for cell in row):
        raise UnusableClassList([Mistake("empty")])
    for table in found:
        heading = _heading(table)
        if heading is not None:
            return _read(table, heading, this_year, groups)
    columns = _columns(found[0], 0)
    raise UnusableClassList([Mistake("no_heading"), *_personal_columns(columns, dict.fromkeys(columns, ""), {})])


def _heading(table: Table) -> int | None:
    """Which row has the headings: the first that asks for a year of birth."""
    for at, row in enumerate(table[:_HEADING_AMONG]):
        if any(field_of(cell) == "birth_year" for cell in row):
            return at
    return None


def _columns(table: Table, first: int) -> dict[int, list[tuple[int, str]]]:
    """Column → (row as the spreadsheet counts, text) of what is not empty, from row `first` on."""
    found: dict[int, list[tuple[int, str]]] = {}
    for at, row in enumerate(table[first:], start=first + 1):
        for column, cell in enumerate(row):
            if cell:
                found.setdefault(column, []).append((at, cell))
    return found


def _read(table: Table, heading: int, this_year: int, groups: Collection[str]) -> ClassList:
    columns = _columns(table, heading + 1)
    width = max(len(row) for row in table)
    headings = dict(enumerate([*table[heading], *[""] * (width - len(table[heading]))]))
    # An empty column says nothing, whatever its heading.
    fields = {column: field for column in columns if (field := field_of(headings[column]))}
    off = tuple(group for group in GROUPS if group in fields.values() and group not in groups)
    mistakes = _personal_columns(columns, headings, fields)
    mistakes += [
        Mistake("broken_letters", _letter(column)) for column, text in headings.items() if _BROKEN.search(text)
    ]
    refused = {one.column for one in mistakes}
    used: dict[str, int] = {}
    for column, field in fields.items():
        if _letter(column) in refused or field in off:
            continue
        target = "sex" if field == "is_female" else field
        if target in used:
            mistakes.append(Mistake("twice", _letter(column)))
        used.setdefault(target, column)
    if "birth_year" not in used and not any(one.code == "full_birth_date" for one in mistakes):
        mistakes.append(Mistake("nobody"))
    values, wrong = _values(columns, fields, used, this_year)
    children, left_out = _children(columns, used, values, wrong)
    mistakes += [Mistake(code, _letter(column), tuple(sorted(rows))) for (code, column), rows in sorted(wrong.items())]
    if len(children) > MOST_CHILDREN:
        mistakes.append(Mistake("too_many"))
    if not children and not mistakes:
        mistakes.append(Mistake("nobody"))
    if mistakes:
        raise UnusableClassList(sorted(mistakes, key=_place))
    unread = tuple(_letter(column) for column in sorted(columns) if column not in fields)
    return ClassList(tuple(children), unread, tuple(left_out), off)


def _personal_columns(
    columns: Mapping[int, Sequence[tuple[int, str]]], headings: Mapping[int, str], fields: Mapping[int, str]
) -> list[Mistake]:
    found = []
    for column, cells in sorted(columns.items()):
        said: tuple[str, list[int]] | None
        if column not in fields:
            reason = personal(headings[column]) or ("names" if has_name(headings[column]) else None)
            harmless = is_harmless(headings[column])
            said = (reason, []) if reason else None if harmless else personal_cells(cells)
        elif fields[column] in ("birth_year", "birth_month"):
            dated = [row for row, cell in cells if is_full_date(cell)]
            days = [row for row, cell in cells if re.fullmatch(r"\d{1,2}", cell) and 1 <= int(cell) <= 31]
            # A list that parts day, month and year puts the day under the heading of them all.
            dated = dated or (days if fields[column] == "birth_year" and len(days) == len(cells) else [])
            named = [row for row, cell in cells if has_name(cell)]
            said = ("full_birth_date", dated) if dated else ("names", named) if named else None
        else:
            named = [row for row, cell in cells if value_of(fields[column], cell) is None and has_name(cell)]
            said = ("names", named) if named else None
        if said:
            found.append(Mistake(said[0], _letter(column), tuple(said[1])))
    return found


def _values(
    columns: Mapping[int, Sequence[tuple[int, str]]],
    fields: Mapping[int, str],
    used: Mapping[str, int],
    this_year: int,
) -> tuple[dict[int, dict[str, int | Value]], dict[tuple[str, int], set[int]]]:
    """Row → field → value, and (code, column) → rows that are wrong."""
    values: dict[int, dict[str, int | Value]] = {}
    wrong: dict[tuple[str, int], set[int]] = {}
    for field, column in used.items():
        for row, cell in columns[column]:
            of_row = values.setdefault(row, {})
            if field == "birth_year":
                year, month = _year_and_month(cell)
                of_row["birth_year"] = year
                if month is not None:
                    of_row.setdefault("birth_month", month)
                is_right = year is not None and this_year - AGES[1] <= year <= this_year - AGES[0]
                is_right = is_right and (month is None or 1 <= month <= 12)
            elif field == "birth_month":
                number = re.fullmatch(r"(?:tháng |T)?(\d{1,2})", cell, re.IGNORECASE)
                month = int(number[1]) if number else 0
                of_row["birth_month"] = month
                is_right = 1 <= month <= 12
            else:
                value = value_of(fields[column], cell)
                if fields[column] == "is_female" and value is not None:
                    value = "female" if value else "male"
                of_row[field] = value
                is_right = value is not None
            if not is_right:
                wrong.setdefault((field, column), set()).add(row)
    if "sex" in used and fields[used["sex"]] == "is_female":
        for of_row in values.values():
            of_row.setdefault("sex", "male")
    return values, wrong


def _children(
    columns: Mapping[int, Sequence[tuple[int, str]]],
    used: Mapping[str, int],
    values: Mapping[int, Mapping[str, int | Value]],
    wrong: dict[tuple[str, int], set[int]],
) -> tuple[list[Child], list[int]]:
    """The children, and the rows that are none; a row that lacks the year of birth is added to what is wrong."""
    children: list[Child] = []
    left_out = []
    all_wrong = set().union(*wrong.values())
    for row in sorted({row for cells in columns.values() for row, _ in cells}):
        known = values.get(row)
        if known is None:
            left_out.append(row)
        elif "birth_year" not in known:
            if "birth_year" in used:
                wrong.setdefault(("birth_year", used["birth_year"]), set()).add(row)
        elif row not in all_wrong:
            children.append(Child(row, **known))  # type: ignore[arg-type]
    return children, left_out


def _year_and_month(cell: str) -> tuple[int | None, int | None]:
    cell = cell.removeprefix("'")
    if re.fullmatch(r"\d{4}(\.0)?", cell):
        return int(cell[:4]), None
    if found := re.fullmatch(r"(\d{1,2})[./\- ](\d{4})", cell):
        return int(found[2]), int(found[1])
    if found := re.fullmatch(r"(\d{4})[./\-](\d{1,2})", cell):
        return int(found[1]), int(found[2])
    return None, None


def _place(one: Mistake) -> tuple[int, str, tuple[int, ...]]:
    """By column as they stand; what is wrong with the whole file comes first."""
    return len(one.column or ""), one.column or "", one.rows


def _letter(column: int) -> str:
    return get_column_letter(column + 1)
