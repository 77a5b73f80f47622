"""A table of child population as it comes in a file (.xlsx or .csv): headings and cells as text."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

MOST_ROWS = 50_000
_HEADING_WITHIN = 25
"""Official tables carry a title and a unit of measure above their headings."""

# "nam" without marks is both năm (year) and nam (boys): see `_of_nam`.
HEADINGS: Mapping[str, frozenset[str]] = {
    "code": frozenset({"ma xa", "ma xa phuong", "ma don vi", "ma dvhc", "ma so", "ma", "commune code", "code"}),
    "day": frozenset({"ngay", "ngay cua ma", "ma cua ngay", "ma theo ngay", "date", "code date"}),
    "year": frozenset({"nam so lieu", "year"}),
    "age": frozenset({"tuoi", "do tuoi", "nhom tuoi", "age", "age group"}),
    "sex": frozenset({"gioi tinh", "sex"}),
    "boys": frozenset({"nam gioi", "tre em nam", "tre nam", "be trai", "trai", "boys", "male"}),
    "girls": frozenset({"nu", "nu gioi", "tre em nu", "tre nu", "be gai", "gai", "girls", "female"}),
    "total": frozenset({"tong so", "tong", "tong cong", "cong", "so tre", "so tre em", "so nguoi", "dan so", "children", "total"}),
}  # fmt: skip
NEEDED = ("code", "age")


class UnreadableTable(ValueError):
    """`code`: what is wrong with the file as a whole (not_a_table, encoding, empty, too_long, headings)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Sheet:
    """The first table of a file; lines are numbered as the file's reader sees them, empty ones are left out."""

    headings: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]


def bare(text: str) -> str:
    """Small letters without marks, punctuation and doubled spaces."""
    spread = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = "".join(mark for mark in spread if not unicodedata.combining(mark))
    return re.sub(r"[\s_.:;()*]+", " ", letters).strip()


def read_sheet(
    content: bytes,
    name: str,
    *,
    headings: Mapping[str, frozenset[str]] = HEADINGS,
    needed: Sequence[str] = NEEDED,
) -> Sheet:
    """The table in a .xlsx or .csv file, found by the headings it needs. Raises UnreadableTable."""
    lines = list(_xlsx(content) if name.lower().endswith(".xlsx") else _csv(content))
    filled = [(at, cells) for at, cells in enumerate(lines, start=1) if any(cells)]
    if not filled:
        raise UnreadableTable("empty")
    if len(filled) > MOST_ROWS:
        raise UnreadableTable("too_long")
    for place, (_, cells) in enumerate(filled[:_HEADING_WITHIN]):
        known = {_plain_column(cell, headings) for cell in cells}
        if set(needed) <= known:
            width = len(cells)
            below = tuple((at, (*each, *[""] * width)[:width]) for at, each in filled[place + 1 :])
            if not below:
                raise UnreadableTable("empty")
            return Sheet(cells, below)
    raise UnreadableTable("headings")


def columns(sheet: Sheet, headings: Mapping[str, frozenset[str]] = HEADINGS) -> dict[str, int]:
    """What each column holds → its place. Raises UnreadableTable("headings_twice") where two hold the same."""
    found: dict[str, int] = {}
    for place, heading in enumerate(sheet.headings):
        what = _plain_column(heading, headings)
        if what == "nam":
            what = _of_nam(heading, [cells[place] for _, cells in sheet.lines])
        if what is None:
            continue
        if what in found:
            raise UnreadableTable("headings_twice")
        found[what] = place
    return found


def template(rows: Iterable[Sequence[object]], headings: Sequence[str]) -> bytes:
    """A .xlsx file to fill in; what is filled in is text, so that Excel makes no date of an age band."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(headings))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append(list(row))
    for column in sheet.columns:
        for cell in column:
            if cell.value is not None:
                cell.number_format = "@"
    for place, heading in enumerate(headings):
        sheet.column_dimensions["ABCDEFGHIJ"[place]].width = max(12, len(heading) + 4)
    sheet.freeze_panes = "A2"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _plain_column(heading: str, headings: Mapping[str, frozenset[str]]) -> str | None:
    plain = bare(heading)
    if plain == "nam" and "year" in headings:
        return "nam"
    return next((what for what, names in headings.items() if plain in names), None)


def _of_nam(heading: str, cells: Sequence[str]) -> str:
    """Năm is the year; nam without a mark is whichever its figures look like."""
    if "ă" in unicodedata.normalize("NFC", heading.casefold()):
        return "year"
    return "year" if all(re.fullmatch(r"(19|20)\d\d", cell) for cell in cells if cell) else "boys"


def _csv(content: bytes) -> Iterable[tuple[str, ...]]:
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableTable("encoding") from error
    if "\0" in text:
        raise UnreadableTable("not_a_table")
    sample = text[:5000]
    delimiter = max(";\t,", key=sample.count)
    try:
        return [tuple(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise UnreadableTable("not_a_table") from error


def _xlsx(content: bytes) -> Iterable[tuple[str, ...]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + _HEADING_WITHIN, max_col=60)
        return [tuple(_cell(value) for value in row) for row in rows]
    # The reader raises whatever a broken or foreign file leads it into.
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, OSError, AttributeError) as error:
        raise UnreadableTable("not_a_table") from error


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value))
        # Never three digits after the point: in a text, those would be thousands.
        text = repr(value)
        return text + "0" if re.search(r"[.]\d{3}$", text) else text
    return str(value).strip()
