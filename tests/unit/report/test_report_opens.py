"""The Word and Excel files in an office program that is not ours. Skipped where LibreOffice is not installed."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest

from analysis.report import Report
from survey_app.report.excel import excel
from survey_app.report.word import word

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bytes, str], Path]:
    """Writes content under a name and has LibreOffice convert it, with a profile of its own."""
    folder = tmp_path_factory.mktemp("office")

    def convert(name: str, content: bytes, ending: str) -> Path:
        source, out = folder / name, folder / "out"
        source.write_bytes(content)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [str(SOFFICE), profile, "--headless", "--convert-to", ending, "--outdir", str(out), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return out / f"{source.stem}.{ending}"

    return convert


def test_word_opens_with_all_its_words_within_the_page(
    annual: Report, converted: Callable[[str, bytes, str], Path]
) -> None:
    document = pypdfium2.PdfDocument(converted("report.docx", word(annual), "pdf"))
    text = ""
    for page in document:
        width, height = page.get_size()
        assert min(width, height) == pytest.approx(595, abs=2), "A4"
        words = page.get_textpage()
        for number in range(words.count_rects()):
            left, _, right, _ = words.get_rect(number)
            assert left >= 0
            assert right <= width, "a table is cut"
        text += " " + words.get_text_bounded()
    said = _spaced(text)
    assert len(document) >= 5
    for section in annual.sections:
        assert _spaced(section.heading) in said
    for table in annual.tables():
        assert _spaced(table.caption) in said
        for row in (*table.rows, *table.totals):
            assert [cell.text for cell in row if " " not in cell.text and cell.text not in said] == []


def test_every_formula_comes_to_the_result_that_is_written_beside_it(
    annual: Report, converted: Callable[[str, bytes, str], Path]
) -> None:
    ours = excel(annual)
    formulas, written = (
        openpyxl.load_workbook(io.BytesIO(ours)),
        openpyxl.load_workbook(io.BytesIO(ours), data_only=True),
    )
    # Without the results, so that LibreOffice has to reckon.
    bare = io.BytesIO()
    formulas.save(bare)
    reckoned = openpyxl.load_workbook(converted("bare.xlsx", bare.getvalue(), "xlsx"), data_only=True)
    compared = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    found: Any = reckoned[sheet.title][cell.coordinate].value
                    wanted: Any = written[sheet.title][cell.coordinate].value
                    where = (sheet.title, cell.coordinate, cell.value)
                    assert found == (wanted if isinstance(wanted, str) else pytest.approx(wanted)), where
                    compared += 1
    assert compared > 100


def _spaced(text: str) -> str:
    """With plain spaces, wherever lines end."""
    return " ".join(text.split())
