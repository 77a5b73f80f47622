"""A report in the administrative form (Decree 30/2020/NĐ-CP), as data: what a writer turns into Word, Excel or PDF.

Every table has a sheet of its own in a workbook, its first row there at `FIRST_ROW`: so a formula may name its cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

FIRST_ROW = 6
"""Of a table's body in its sheet."""


@dataclass(frozen=True)
class Cell:
    """What is read in print; in a workbook the number `value` (else the text), reckoned there by `formula` if given."""

    text: str
    value: float | None = None
    formula: str | None = None


@dataclass(frozen=True)
class Column:
    """`width` in shares of the page; `number` is a workbook's number format, none for text."""

    title: str
    width: float
    number: str | None = None
    centred: bool = False


@dataclass(frozen=True)
class Table:
    """`totals` are rows at the end, set apart; `sheet` is its name in a workbook (at most 31 characters)."""

    sheet: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[tuple[Cell, ...], ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in (*self.rows, *self.totals)):
            raise ValueError(f"table {self.sheet!r}: a row has not as many cells as there are columns")


@dataclass(frozen=True)
class Picture:
    """An SVG, its words for whoever does not see it, and how much of the text's width it takes."""

    caption: str
    alternative: str
    svg: str
    share: float


@dataclass(frozen=True)
class Paragraph:
    text: str
    is_bullet: bool = False


Block = Paragraph | Table | Picture


@dataclass(frozen=True)
class Section:
    """`level` 1 or 2."""

    heading: str
    level: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Appendix:
    """A table on a page of its own after the signature; `is_wide`: lies on its side."""

    number: str
    table: Table
    is_wide: bool = False


@dataclass(frozen=True)
class Letterhead:
    """Who reports, to whom, and who signs."""

    superior: str = "UBND TỈNH VĨNH LONG"
    office: str = "SỞ Y TẾ"
    number: str = ""
    symbol: str = "BC-SYT"
    place: str = "Vĩnh Long"
    signer_title: str = "GIÁM ĐỐC"
    signer_name: str = ""
    recipients: tuple[str, ...] = (
        "Ủy ban nhân dân tỉnh (báo cáo)",
        "Bộ Y tế (báo cáo)",
        "Tỉnh Đoàn Vĩnh Long",
        "Ủy ban nhân dân các xã, phường",
        "Lưu: VT",
    )


@dataclass(frozen=True)
class Report:
    letterhead: Letterhead
    made_on: date
    subject: str
    opening: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    appendices: tuple[Appendix, ...]
    warning: str | None = None
    """Said on the first page and on every sheet."""

    @property
    def number_line(self) -> str:
        return f"Số: {self.letterhead.number or '          '}/{self.letterhead.symbol}"

    @property
    def place_line(self) -> str:
        return f"{self.letterhead.place}, {in_words(self.made_on)}"

    @property
    def recipient_lines(self) -> tuple[str, ...]:
        *others, last = self.letterhead.recipients or ("Lưu: VT",)
        return (*(f"- {one};" for one in others), f"- {last}.")

    def tables(self) -> Iterator[Table]:
        """All of them, in the order of reading."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Table))
        yield from (appendix.table for appendix in self.appendices)

    def pictures(self) -> Iterator[Picture]:
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Picture))


def in_words(day: date) -> str:
    """As the form has it: days below ten and the months January and February with a nought before them."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"
