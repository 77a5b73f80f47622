"""The three files hold the tables of the report, cell by cell, and are the same bytes whenever they are made."""

from __future__ import annotations

import io
import re
import time
import zipfile
from datetime import datetime
from typing import Any

import docx
import openpyxl
import pypdfium2
import pytest

from analysis.report import Report
from survey_app.report.excel import excel
from survey_app.report.files import FORMATS
from survey_app.report.pdf import pdf
from survey_app.report.word import word


@pytest.fixture(scope="module")
def document(annual: Report) -> Any:
    return docx.Document(io.BytesIO(word(annual)))


@pytest.fixture(scope="module")
def book(annual: Report) -> Any:
    return openpyxl.load_workbook(io.BytesIO(excel(annual)))


@pytest.fixture(scope="module")
def results(annual: Report) -> Any:
    return openpyxl.load_workbook(io.BytesIO(excel(annual)), data_only=True)


def test_word_has_every_table_as_it_is(annual: Report, document: Any) -> None:
    written = [
        [[cell.text for cell in row.cells] for row in table.rows] for table in document.tables if len(table.rows) > 1
    ]
    made = [
        [[one.title for one in table.columns], *([cell.text for cell in row] for row in (*table.rows, *table.totals))]
        for table in annual.tables()
    ]
    assert written == made


def test_word_has_the_administrative_form(annual: Report, document: Any) -> None:
    head, *_, end = [table for table in document.tables if len(table.rows) == 1]
    assert head.cell(0, 1).text.splitlines()[:2] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ]
    assert "Vĩnh Long, ngày 25 tháng 11 năm 2026" in head.cell(0, 1).text
    assert head.cell(0, 0).text.startswith("UBND TỈNH VĨNH LONG\nSỞ Y TẾ")
    assert end.cell(0, 0).text.startswith("Nơi nhận:\n- Ủy ban nhân dân tỉnh (báo cáo);")
    assert end.cell(0, 1).text == "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\nTrần Thị Sen"
    said = [paragraph.text for paragraph in document.paragraphs]
    assert said[said.index("BÁO CÁO") + 1] == annual.subject
    assert annual.warning in said
    page = document.sections[0]
    assert (round(page.page_width.cm, 1), round(page.page_height.cm, 1)) == (21.0, 29.7)
    assert (round(page.left_margin.cm), round(page.right_margin.cm), round(page.top_margin.cm)) == (3, 2, 2)
    assert document.styles["Normal"].font.name == "Times New Roman"
    assert page.different_first_page_header_footer


def test_pictures_in_word_have_words(document: Any, annual: Report) -> None:
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert described == [picture.alternative for picture in annual.pictures()]
    assert len(described) == 6


def test_excel_has_every_table_in_a_sheet(annual: Report, book: Any, results: Any) -> None:
    for table in annual.tables():
        for line, row in enumerate((*table.rows, *table.totals), start=6):
            for number, cell in enumerate(row, start=1):
                shown = results[table.sheet].cell(line, number).value
                assert shown == (cell.text or None if cell.value is None else cell.value)
                assert (book[table.sheet].cell(line, number).data_type == "f") == bool(cell.formula)


REFERENCE = re.compile(r"(?:'([^']+)'!)?([A-Z]+\d+)")


def reckon(book: Any, sheet: str, name: str) -> Any:
    """What a formula comes to, without what the file says that it comes to."""
    value = book[sheet][name].value
    if not (isinstance(value, str) and value.startswith("=")) or book[sheet][name].data_type != "f":
        return value
    formula = value[1:]
    if added := re.fullmatch(r"SUM\(([A-Z]+)(\d+):\1(\d+)\)", formula):
        found = [reckon(book, sheet, f"{added[1]}{line}") for line in range(int(added[2]), int(added[3]) + 1)]
        return sum(one for one in found if isinstance(one, int | float))
    python = REFERENCE.sub(lambda found: repr(reckon(book, found[1] or sheet, found[2])), formula)
    python = re.sub(r"^IF\((.+),(\".+\"),(\".+\")\)$", r"(\2 if \1 else \3)", python).replace("INT(", "floor(")
    import math

    return eval(python, {"__builtins__": {}, "floor": math.floor})


def test_formulas_come_to_what_the_report_says(book: Any, results: Any) -> None:
    checked = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    wanted = results[sheet.title][cell.coordinate].value
                    found = reckon(book, sheet.title, cell.coordinate)
                    assert found == (wanted if isinstance(wanted, str) else pytest.approx(wanted))
                    checked += 1
    assert checked > 250


def test_a_title_that_looks_like_a_formula_is_a_text(book: Any) -> None:
    cell = book["Đợt lấy ý kiến"]["B6"]
    assert (cell.value, cell.data_type) == ("=2+3", "s")


def test_the_pdf_says_what_the_report_says(annual: Report) -> None:
    opened = pypdfium2.PdfDocument(pdf(annual))
    read = " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in opened)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in read
    assert "KT. GIÁM ĐỐC" in read
    assert annual.subject in read
    assert "Chuyện của lớp #strong[em]" in read
    assert "<b>Sân chơi</b> & *đường*" in read
    for table in annual.tables():
        assert all(row[1].text.split()[0] in read for row in table.rows)
    assert read.count("Phụ lục") == 5


def test_files_are_the_same_whenever_they_are_made(annual: Report) -> None:
    first = {ending: write(annual) for ending, (write, _) in FORMATS.items()}
    time.sleep(2.1)  # a zip archive counts time in steps of two seconds
    assert {ending: write(annual) for ending, (write, _) in FORMATS.items()} == first
    for ending in ("docx", "xlsx"):
        with zipfile.ZipFile(io.BytesIO(first[ending])) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = docx.Document(io.BytesIO(first["docx"])).core_properties
    assert core.created.replace(tzinfo=None) == core.modified.replace(tzinfo=None) == datetime(2026, 11, 25)
