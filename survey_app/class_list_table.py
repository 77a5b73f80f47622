"""The cells of a class list as text, from whatever a school's spreadsheet saves."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from typing import Any
from unicodedata import normalize
from zipfile import ZipFile

from openpyxl import load_workbook

LARGEST_FILE = 2 * 1024 * 1024
LARGEST_UNPACKED = 50 * 1024 * 1024
MOST_ROWS = 1_100
"""A thousand children, and what stands above and below them."""
MOST_COLUMNS = 60
_MOST_LOOKED_AT = 20_000

Table = list[list[str]]

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_SEPARATORS = (",", ";", "\t")


class UnreadableTable(Exception):
    """No table can be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def tables(content: bytes) -> list[Table]:
    """The tables that the file may hold, best guess first: sheets of a workbook, or a text cut at each separator.

    Trimmed, in NFC; a date is written as far as the sheet shows it ("2016-05-12", "5/2016", "2016"). Raises UnreadableTable.
    """
    if len(content) > LARGEST_FILE:
        raise UnreadableTable("too_large")
    if content.startswith(_OLD_EXCEL):
        raise UnreadableTable("old_excel")
    return _sheets(content) if content.startswith(b"PK") else _cut(_decoded(content))


def _sheets(content: bytes) -> list[Table]:
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise UnreadableTable("too_large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except UnreadableTable:
        raise
    # Broken files fail in many ways inside the library, whose messages may quote cells.
    except Exception:  # noqa: BLE001
        raise UnreadableTable("unreadable") from None
    try:
        found = []
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            table: Table = []
            for row in sheet.iter_rows(max_col=MOST_COLUMNS, max_row=_MOST_LOOKED_AT):
                _append(table, [_shown(cell) for cell in row])
            found.append(table)
    except UnreadableTable:
        raise
    except Exception:  # noqa: BLE001
        raise UnreadableTable("unreadable") from None
    finally:
        book.close()
    return found


def _append(table: Table, row: list[str]) -> None:
    """Empty rows at the end, which spreadsheets save by the thousand, do not count."""
    if len(table) < MOST_ROWS:
        table.append(row)
    elif any(row):
        raise UnreadableTable("too_many")


def _shown(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        look = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", str(cell.number_format)).lower()
        if "d" in look or not ("m" in look or "y" in look):
            return f"{value.year}-{value.month:02d}-{value.day:02d}"
        return f"{value.month}/{value.year}" if "m" in look else str(value.year)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _trimmed(str(value))


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF16):
        names = ["utf-16"]
    elif content[:200].count(0) > len(content[:200]) // 4:
        names = ["utf-16-le", "utf-16-be"] if content[1:2] == b"\x00" else ["utf-16-be", "utf-16-le"]
    else:
        names = ["utf-8-sig", "cp1258"]
    for name in names:
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
    raise UnreadableTable("unreadable")


def _cut(text: str) -> list[Table]:
    """Cut at each separator; the one that cuts most, first."""
    found = []
    for separator in _SEPARATORS:
        table: Table = []
        try:
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
                _append(table, [_trimmed(cell) for cell in row[:MOST_COLUMNS]])
        except csv.Error:
            continue
        found.append(table)
    if not found:
        raise UnreadableTable("unreadable")
    return sorted(found, key=lambda table: -max((len(row) for row in table), default=0))


def _trimmed(text: str) -> str:
    return " ".join(normalize("NFC", text).split())
