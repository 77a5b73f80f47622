"""What python-docx has no words for: tables with a repeated head, lines under a heading, page numbers, words for pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shape import InlineShape
from docx.shared import Cm, Length, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from analysis.report import Cell, Column, Table

TABLE_TEXT = "Report Table"
"""The style of what stands in tables; whoever adds one makes it first."""


def add_table(document: Document, table: Table, width: int) -> None:
    """With borders, a head on every page, and rows that no page break cuts."""
    style = str(document.styles[TABLE_TEXT].style_id)
    made = document.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    share = width / sum(column.width for column in table.columns)
    widths = [Length(int(column.width * share)) for column in table.columns]
    for column, wide in zip(made.columns, widths, strict=True):
        column.width = wide
    _narrow(made)
    head = made.add_row()
    for cell, column, wide in zip(head.cells, table.columns, widths, strict=True):
        cell.width = wide
        _write(cell, column.title, ALIGN.CENTER, style, bold=True)
        _shade(cell, "E7EDEC")
    _mark(head, "w:tblHeader")
    _mark(head, "w:cantSplit")
    for row, is_total in [*((row, False) for row in table.rows), *((row, True) for row in table.totals)]:
        _add_row(made, row, table.columns, widths, style, is_total=is_total)


def _add_row(
    made: Any, row: Sequence[Cell], columns: Sequence[Column], widths: Sequence[Length], style: str, *, is_total: bool
) -> None:
    line = made.add_row()
    _mark(line, "w:cantSplit")
    # Cells once: python-docx looks for all of them at each asking.
    for written, cell, column, wide in zip(line.cells, row, columns, widths, strict=True):
        written.width = wide
        align = ALIGN.CENTER if column.centred else ALIGN.RIGHT if column.number else ALIGN.LEFT
        _write(written, cell.text, align, style, bold=is_total)


def clean_table(document: Document, widths: Sequence[Length]) -> tuple[_Cell, ...]:
    """The cells of one row without borders."""
    made = document.add_table(rows=1, cols=len(widths))
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    _narrow(made)
    _mark(made.rows[0], "w:cantSplit")
    cells = made.rows[0].cells
    for column, cell, width in zip(made.columns, cells, widths, strict=True):
        column.width = cell.width = width
    return tuple(cells)


def rule(at: Paragraph, indent: Length) -> None:
    """A line across the place of a paragraph, so much shorter than it at either end."""
    at.paragraph_format.left_indent = at.paragraph_format.right_indent = indent
    at.paragraph_format.line_spacing = Pt(4)
    at.paragraph_format.space_after = Pt(4)
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties = at._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def add_page_number(at: Paragraph) -> None:
    """In the middle of the head, as the decree has it."""
    at.alignment = ALIGN.CENTER
    run = at.add_run()
    run.font.size = Pt(13)
    for kind, words in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = words
        run._r.append(mark)


def describe(shape: InlineShape, words: str, width: Length) -> None:
    """The picture's words for those who do not see it, and its width."""
    shape.height = Length(int(shape.height * width / shape.width))
    shape.width = width
    shape._inline.docPr.set("descr", words)


def _write(cell: _Cell, text: str, align: ALIGN, style: str, *, bold: bool) -> None:
    written = cell.paragraphs[0]
    # By its id: python-docx compares all styles at each paragraph otherwise.
    written._p.style = style
    written.alignment = align
    written.add_run(text).bold = bold or None


def _narrow(made: Any) -> None:
    """Little room beside the words."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(int(Cm(0.1).pt * 20)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = made._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    look.addprevious(margins) if look is not None else properties.append(margins)


def _shade(cell: _Cell, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))
