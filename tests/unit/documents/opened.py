"""Printed documents as a reader sees them: their text, their pages, where each letter stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pypdfium2
import zxingcpp

from survey_app.documents.occasion import Occasion

MM = 72 / 25.4
OCCASION = Occasion(
    title="Ý kiến của em về trường học",
    school="Trường Tiểu học Nguyễn Văn Trỗi",
    commune="Xã Càng Long",
    held_on=date(2026, 11, 25),
    join_code="482913",
    min_age=7,
    max_age=10,
)
LONG_NAME = (
    "Trường Phổ thông Dân tộc Nội trú Trung học cơ sở và Trung học phổ thông khu vực Châu Thành, Cầu Kè và Tiểu Cần"
)


@dataclass(frozen=True)
class Letter:
    """A character and its box in millimetres from the top left corner of the page."""

    character: str
    left: float
    top: float
    right: float
    bottom: float


def pages(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(pdf))


def text(pdf: bytes) -> str:
    """Of all pages, with single spaces."""
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


def codes(pdf: bytes, scale: float = 3) -> list[list[str]]:
    """What the QR codes in the picture of each page say, from top left to bottom right."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        read = zxingcpp.read_barcodes(page.render(scale=scale).to_pil().convert("L"))
        read.sort(key=lambda code: (round(code.position.top_left.y / 50), code.position.top_left.x))
        found.append([code.text for code in read])
    return found


def letters(pdf: bytes) -> Iterator[list[Letter]]:
    """Of each page."""
    for page in pypdfium2.PdfDocument(pdf):
        written = page.get_textpage()
        height = page.get_height()
        found = []
        for at in range(written.count_chars()):
            left, bottom, right, top = written.get_charbox(at)
            character = written.get_text_range(at, 1)
            if character.strip() and right > left:
                found.append(Letter(character, left / MM, (height - top) / MM, right / MM, (height - bottom) / MM))
        yield found


def assert_within(pdf: bytes, margin: float) -> None:
    """No letter stands nearer to the edge of its page than this many millimetres."""
    for page in letters(pdf):
        assert page
        assert min(letter.left for letter in page) >= margin
        assert max(letter.right for letter in page) <= 210 - margin
        assert min(letter.top for letter in page) >= margin
        assert max(letter.bottom for letter in page) <= 297 - margin
