"""The report's tables as an Excel workbook: a sheet a table, with formulas where a reader checks sums and rates."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Literal

from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from analysis.report import FIRST_ROW, Cell, Report, Table
from survey_app.report.steady_zip import steady
from survey_app.report.typesetting import png
from survey_app.report.words import LANGUAGE_TAG

PICTURES, TEXTS = "Hình", "Lời báo cáo"
_LETTERS = "Times New Roman"
_WIDTH = 11.5
"""Characters of a column of width 1."""
_LINE_HEIGHT = 15.5
_LINE = Side(style="thin", color="666666")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="E7EDEC")
_PICTURE_PIXELS = 620


def excel(report: Report) -> bytes:
    """The same bytes for the same report, whenever it is made. Formulas carry their results, for what does not reckon."""
    book = Workbook()
    del book[book.sheetnames[0]]
    made = datetime(report.made_on.year, report.made_on.month, report.made_on.day, tzinfo=UTC).replace(tzinfo=None)
    book.properties.creator = book.properties.lastModifiedBy = report.letterhead.office
    book.properties.title, book.properties.language = report.subject, LANGUAGE_TAG
    book.properties.created = made
    results: dict[str, dict[str, Cell]] = {}
    for table in report.tables():
        sheet = book.create_sheet(table.sheet)
        results[f"xl/worksheets/sheet{len(book.sheetnames)}.xml"] = _table(sheet, report, table)
    _pictures(book.create_sheet(PICTURES), report)
    _texts(book.create_sheet(TEXTS), report)
    book.calculation.fullCalcOnLoad = True
    written = io.BytesIO()
    book.save(written)
    moment = f"{made:%Y-%m-%dT%H:%M:%SZ}"

    def changed(name: str, content: bytes) -> bytes:
        if name == "docProps/core.xml":
            # openpyxl writes the present moment, whatever it is told.
            return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + moment.encode(), content)
        return _with_results(content, results[name]) if name in results else content

    return steady(written.getvalue(), changed)


def _table(sheet: Worksheet, report: Report, table: Table) -> dict[str, Cell]:
    """Writes the sheet; the cells with a formula, by their name ("C7")."""
    last = get_column_letter(len(table.columns))
    _line(sheet, 1, last, report.letterhead.office, Font(name=_LETTERS, size=12, bold=True))
    _line(sheet, 2, last, table.caption, Font(name=_LETTERS, size=14, bold=True))
    _line(sheet, 3, last, report.subject, Font(name=_LETTERS, size=11))
    _line(sheet, 4, last, report.warning or "", Font(name=_LETTERS, size=11, italic=True))
    for number, column in enumerate(table.columns, start=1):
        head = sheet.cell(FIRST_ROW - 1, number, column.title)
        head.font, head.fill, head.border = Font(name=_LETTERS, size=11, bold=True), _HEAD, _BORDER
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = max(6, column.width * _WIDTH)
    reckoned: dict[str, Cell] = {}
    sheet.row_dimensions[FIRST_ROW - 1].height = _LINE_HEIGHT * max(
        _lines(column.title, column.width) for column in table.columns
    )
    body = [(row, False) for row in table.rows] + [(row, True) for row in table.totals]
    for line, (row, is_total) in enumerate(body, start=FIRST_ROW):
        reckoned |= _row(sheet, line, row, table, is_total=is_total)
    for line, note in enumerate(table.notes, start=FIRST_ROW + len(body) + 1):
        _line(sheet, line, last, note, Font(name=_LETTERS, size=11, italic=True))
        sheet.row_dimensions[line].height = 15 * (1 + len(note) // 110)
    sheet.freeze_panes = f"A{FIRST_ROW}"
    _paper(sheet)
    sheet.print_title_rows = f"{FIRST_ROW - 1}:{FIRST_ROW - 1}"
    return reckoned


def _row(sheet: Worksheet, line: int, row: Sequence[Cell], table: Table, *, is_total: bool) -> dict[str, Cell]:
    reckoned: dict[str, Cell] = {}
    sheet.row_dimensions[line].height = _LINE_HEIGHT * max(
        _lines(cell.text, column.width) for cell, column in zip(row, table.columns, strict=True)
    )
    for number, (cell, column) in enumerate(zip(row, table.columns, strict=True), start=1):
        at = sheet.cell(line, number)
        if cell.formula:
            at.value = f"={cell.formula}"
            reckoned[at.coordinate] = cell
        else:
            # Texts come from many hands: none of them is a formula.
            at.value = cell.text if cell.value is None else cell.value
            at.data_type = "s" if cell.value is None else "n"
        at.font, at.border = Font(name=_LETTERS, size=11, bold=is_total), _BORDER
        side = "center" if column.centred else "right" if column.number else "left"
        at.alignment = Alignment(horizontal=side, vertical="top", wrap_text=True)
        if column.number:
            at.number_format = column.number
    return reckoned


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column: not every program makes rows high enough."""
    room, lines, used = max(6, width * _WIDTH) * 1.1 - 1, 1, 0.0
    for word in text.split():
        needed = len(word) + (1 if used else 0)
        if used + needed > room and used:
            lines, used, needed = lines + 1, 0, len(word)
        used += needed
    return lines


def _pictures(sheet: Worksheet, report: Report) -> None:
    line = 1
    for number, picture in enumerate(report.pictures()):
        if number and number % 2 == 0:
            sheet.row_breaks.append(Break(line - 1))
        _line(sheet, line, "J", picture.caption, Font(name=_LETTERS, size=12, bold=True))
        image = Image(io.BytesIO(png(picture.svg)))
        image.width, image.height = _PICTURE_PIXELS, round(image.height * _PICTURE_PIXELS / image.width)
        sheet.add_image(image, f"A{line + 1}")
        line += image.height // 20 + 4
    _paper(sheet, "portrait")


def _texts(sheet: Worksheet, report: Report) -> None:
    """How the numbers were made, and where they come from."""
    sheet.column_dimensions["A"].width = 110
    words = [one.text for one in report.opening]
    words += [getattr(block, "text", "") for section in report.sections for block in section.blocks]
    for line, text in enumerate((one for one in words if one), start=1):
        at = sheet.cell(line, 1, text)
        at.data_type = "s"
        at.font, at.alignment = Font(name=_LETTERS, size=12), Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[line].height = 17 * (1 + len(text) // 95)
    _paper(sheet, "portrait")


def _line(sheet: Worksheet, line: int, last: str, text: str, font: Font) -> None:
    sheet.merge_cells(f"A{line}:{last}{line}")
    at = sheet[f"A{line}"]
    at.value, at.font, at.alignment = text, font, Alignment(wrap_text=True, vertical="top")
    at.data_type = "s"


def _paper(sheet: Worksheet, orientation: Literal["portrait", "landscape"] = "landscape") -> None:
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = orientation
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.oddFooter is not None:
        sheet.oddFooter.center.text = "&P/&N"


def _with_results(content: bytes, reckoned: dict[str, Cell]) -> bytes:
    """A sheet whose formulas have their results beside them: openpyxl writes none, and a phone's viewer reckons none."""

    def filled(found: re.Match[str]) -> str:
        cell = reckoned[found["name"]]
        if cell.value is None:
            return f'<c r="{found["name"]}"{found["look"]} t="str">{found["formula"]}<v>{escape(cell.text)}</v></c>'
        return f'<c r="{found["name"]}"{found["look"]}>{found["formula"]}<v>{cell.value!r}</v></c>'

    pattern = r'<c r="(?P<name>[A-Z]+\d+)"(?P<look> s="\d+")?>(?P<formula><f>[^<]*</f>)<v\s*(?:/>|></v>)</c>'
    return re.sub(pattern, filled, content.decode()).encode()
