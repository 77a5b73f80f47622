"""The report's three files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis.report import Report
from survey_app.report.excel import excel
from survey_app.report.pdf import pdf
from survey_app.report.word import word

FORMATS: Mapping[str, tuple[Callable[[Report], bytes], str]] = {
    "docx": (word, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (excel, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": (pdf, "application/pdf"),
}
"""How each is written, and its media type."""


def file_name(kind: str, year: int, ending: str) -> str:
    """Without marks, so that it travels through every mail program."""
    begun = {"annual": "bao-cao-nam", "midterm": "bao-cao-so-ket", "final": "bao-cao-tong-ket"}[kind]
    return f"{begun}-{year}.{ending}"
