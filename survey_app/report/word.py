"""The report as a Word file, laid out as Decree 30/2020/NĐ-CP asks: paper, margins, letters, letterhead, signature."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.section import Section
from docx.shared import Cm, Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph as Written

from analysis.report import Appendix, Paragraph, Picture, Report, Table
from survey_app.report.steady_zip import steady
from survey_app.report.typesetting import png
from survey_app.report.word_parts import TABLE_TEXT, add_page_number, add_table, clean_table, describe, rule
from survey_app.report.words import LANGUAGE_TAG, MOTTO, NATION, RECIPIENTS, TITLE

LETTERS = "Times New Roman"
BODY, SMALL = Pt(14), Pt(10)
_LONG, _SHORT = Cm(29.7), Cm(21)
_LEFT, _RIGHT, _TOP, _BOTTOM = Cm(3), Cm(2), Cm(2), Cm(2)
_TEXT_WIDTH = Cm(16)


def word(report: Report) -> bytes:
    """The same bytes for the same report, whenever it is made."""
    document = docx.Document()
    _styles(document)
    _page(document.sections[0], is_wide=False)
    document.sections[0].different_first_page_header_footer = True
    add_page_number(document.sections[0].header.paragraphs[0])
    _properties(document, report)
    _letterhead(document, report)
    _title(document, report)
    for one in report.opening:
        _paragraph(document, one)
    for section in report.sections:
        document.add_paragraph(section.heading, f"Heading {section.level}")
        for block in section.blocks:
            _block(document, block)
    # Whoever signs, signs below words.
    for paragraph in document.paragraphs[-2:]:
        paragraph.paragraph_format.keep_with_next = True
    _signature(document, report)
    for appendix in report.appendices:
        _appendix(document, appendix)
    made = io.BytesIO()
    document.save(made)
    return steady(made.getvalue())


def _styles(document: Document) -> None:
    normal = document.styles["Normal"]
    _letters(normal, BODY)
    normal.paragraph_format.space_after = Pt(0)
    text = document.styles.add_style("Report Text", WD_STYLE_TYPE.PARAGRAPH)
    _letters(text, BODY)
    text.paragraph_format.first_line_indent = Cm(1.27)
    text.paragraph_format.space_before = Pt(6)
    text.paragraph_format.line_spacing = 1.1
    text.paragraph_format.alignment = ALIGN.JUSTIFY
    cell = document.styles.add_style(TABLE_TEXT, WD_STYLE_TYPE.PARAGRAPH)
    _letters(cell, SMALL)
    for level in (1, 2):
        heading = document.styles[f"Heading {level}"]
        _letters(heading, BODY)
        heading.font.bold = True
        heading.font.italic = False
        heading.paragraph_format.space_before = Pt(12 if level == 1 else 8)
        heading.paragraph_format.first_line_indent = Cm(1.27)
        heading.paragraph_format.keep_with_next = True
    caption = document.styles["Caption"]
    _letters(caption, Pt(12))
    caption.font.bold, caption.font.italic = True, False
    caption.paragraph_format.alignment = ALIGN.CENTER
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(10), Pt(4)


def _letters(style: ParagraphStyle, size: Length) -> None:
    style.font.name, style.font.size, style.font.color.rgb = LETTERS, size, RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if "Theme" in name:
            del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(f"{{{fonts.nsmap['w']}}}{script}", LETTERS)


def _page(section: Section, *, is_wide: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (_LONG, _SHORT) if is_wide else (_SHORT, _LONG)
    section.left_margin, section.right_margin = _LEFT, _RIGHT
    section.top_margin, section.bottom_margin = _TOP, _BOTTOM
    section.header_distance = Cm(1)


def _properties(document: Document, report: Report) -> None:
    core = document.core_properties
    made = datetime(report.made_on.year, report.made_on.month, report.made_on.day, tzinfo=UTC).replace(tzinfo=None)
    core.author = core.last_modified_by = report.letterhead.office
    core.title, core.language, core.comments = report.subject, LANGUAGE_TAG, ""
    core.created = core.modified = made
    core.revision = 1


def _letterhead(document: Document, report: Report) -> None:
    head = report.letterhead
    left, right = clean_table(document, (Cm(6.6), Cm(9.4)))
    _centred(left.paragraphs[0], head.superior, Pt(12))
    _centred(left.add_paragraph(), head.office, Pt(12), bold=True)
    rule(left.add_paragraph(), Cm(2.3))
    _centred(left.add_paragraph(), report.number_line, Pt(13))
    _centred(right.paragraphs[0], NATION, Pt(12), bold=True)
    _centred(right.add_paragraph(), MOTTO, Pt(13), bold=True)
    rule(right.add_paragraph(), Cm(1.9))
    _centred(right.add_paragraph(), report.place_line, Pt(13), italic=True)


def _title(document: Document, report: Report) -> None:
    title = document.add_paragraph()
    title.paragraph_format.space_before = Pt(18)
    _centred(title, TITLE, BODY, bold=True)
    _centred(document.add_paragraph(), report.subject, BODY, bold=True)
    rule(document.add_paragraph(), Cm(6.2))
    if report.warning:
        warning = document.add_paragraph()
        warning.paragraph_format.space_before = Pt(6)
        _centred(warning, report.warning, Pt(12), italic=True)


def _block(document: Document, block: Paragraph | Table | Picture) -> None:
    if isinstance(block, Paragraph):
        _paragraph(document, block)
    elif isinstance(block, Table):
        caption = document.add_paragraph(block.caption, "Caption")
        caption.paragraph_format.keep_with_next = True
        _table(document, block, _LEFT + _RIGHT, _SHORT)
    else:
        placed = document.add_paragraph()
        placed.alignment = ALIGN.CENTER
        placed.paragraph_format.space_before = Pt(8)
        placed.paragraph_format.keep_with_next = True
        run = placed.add_run()
        describe(run.add_picture(io.BytesIO(png(block.svg))), block.alternative, Length(int(_TEXT_WIDTH * block.share)))
        document.add_paragraph(block.caption, "Caption").paragraph_format.space_before = Pt(2)


def _paragraph(document: Document, one: Paragraph) -> None:
    document.add_paragraph(f"- {one.text}" if one.is_bullet else one.text, "Report Text")


def _table(document: Document, table: Table, margins: int, page: int) -> None:
    add_table(document, table, page - margins)
    for note in table.notes:
        written = document.add_paragraph()
        written.paragraph_format.space_before = Pt(2)
        run = written.add_run(note)
        run.font.size, run.italic = SMALL, True


def _signature(document: Document, report: Report) -> None:
    room = document.add_paragraph()
    room.paragraph_format.keep_with_next = True
    left, right = clean_table(document, (Cm(8), Cm(8)))
    run = left.paragraphs[0].add_run(RECIPIENTS)
    run.font.size, run.bold, run.italic = Pt(12), True, True
    for line in report.recipient_lines:
        left.add_paragraph().add_run(line).font.size = Pt(11)
    first, *others = report.letterhead.signer_title.splitlines() or [""]
    _centred(right.paragraphs[0], first, BODY, bold=True)
    for line in others:
        _centred(right.add_paragraph(), line, BODY, bold=True)
    name = right.add_paragraph()
    name.paragraph_format.space_before = Pt(76)
    _centred(name, report.letterhead.signer_name, BODY, bold=True)


def _appendix(document: Document, appendix: Appendix) -> None:
    section = document.add_section()
    _page(section, is_wide=appendix.is_wide)
    section.different_first_page_header_footer = False
    heading = document.add_paragraph(style="Heading 1")
    heading.paragraph_format.first_line_indent = Cm(0)
    heading.paragraph_format.space_before = Pt(0)
    _centred(heading, f"Phụ lục {appendix.number}", BODY, bold=True)
    title = document.add_paragraph()
    title.paragraph_format.space_after = Pt(6)
    _centred(title, appendix.table.caption, BODY, bold=True)
    _table(document, appendix.table, _LEFT + _RIGHT, _LONG if appendix.is_wide else _SHORT)


def _centred(at: Written, text: str, size: Length, *, bold: bool = False, italic: bool = False) -> None:
    at.alignment = ALIGN.CENTER
    run = at.add_run(text)
    run.font.size, run.bold, run.italic = size, bold, italic
