"""The tables of the report, with the formulas by which a reader checks them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from babel.numbers import format_decimal

from analysis.choropleth import percent
from analysis.indicators import Definition, target
from analysis.report import FIRST_ROW, Cell, Column, Table
from analysis.report_facts import Facts
from analysis.suppression import SUPPRESSED

NONE, HIDDEN = "–", "ẩn"
REACHED, NOT_REACHED = "Đạt", "Chưa đạt"
STATES = {"no_data": "Chưa có", "not_counted": "Chưa tính", "suppressed": "Ẩn", "no_population": "Thiếu mẫu số"}
_ABOUT_STATES = (
    f"{NONE}, “Chưa có”: chưa có đợt hay hoạt động nào (không phải 0). “Chưa tính”: có đợt lấy ý kiến nhưng chưa đủ điều kiện. "
    f"“{HIDDEN}”: không nêu, vì số quá nhỏ có thể làm lộ một em."
)
_TENTH = "#,##0.0"
_SIGNED = "+#,##0.0;−#,##0.0;0.0"


def sheet_of(indicator: int) -> str:
    return f"Chỉ tiêu {indicator}"


def summary(facts: Facts) -> Table:
    """The three indicators for the province."""
    columns = (
        Column("Chỉ tiêu", 3.6),
        Column("Trẻ em trong độ tuổi", 1.3, "#,##0"),
        Column("Số trẻ ít nhất", 1.1, "#,##0"),
        Column("Số trẻ nhiều nhất", 1.1, "#,##0"),
        Column("Tỷ lệ (%)", 0.9, _TENTH),
        Column("Mục tiêu (%)", 0.9, _TENTH),
        Column("Khoảng cách (điểm %)", 1.3, _SIGNED),
        Column("Kết quả", 1.1, centred=True),
    )
    rows = []
    for row_number, (indicator, definition) in enumerate(facts.definitions.items(), start=FIRST_ROW):
        there = f"'{sheet_of(indicator)}'!"
        total = FIRST_ROW + len(facts.units) + 1
        figures = _figures(facts.province(indicator), definition, facts.year, row_number, "B", "C", "D")
        people, lower, upper, rate, _, gap, result = figures
        rows.append(
            (
                Cell(f"{indicator}. {definition.name['vi']}"),
                _linked(people, f"{there}C{total}"),
                _linked(lower, f"{there}D{total}"),
                _linked(upper, f"{there}E{total}"),
                rate,
                Cell(percent(target(definition, facts.year)), target(definition, facts.year)),
                gap,
                result,
            )
        )
    return Table("Tổng hợp", f"Kết quả ba chỉ tiêu của toàn địa bàn, năm {facts.year}", columns, tuple(rows))


def by_year(facts: Facts, years: Sequence[int]) -> Table:
    """Rate and target of the province in each year."""
    columns = [Column("Năm", 0.8, "0", centred=True)]
    for indicator in facts.definitions:
        columns += [
            Column(f"Chỉ tiêu {indicator}: tỷ lệ (%)", 1.2, _TENTH),
            Column(f"Chỉ tiêu {indicator}: mục tiêu (%)", 1.2, _TENTH),
        ]
    rows = []
    for year in years:
        cells = [Cell(str(year), year)]
        for indicator, definition in facts.definitions.items():
            row = facts.province(indicator, year)
            aim = target(definition, year)
            cells += [_percentage(row["rate"], _missing(row)), Cell(percent(aim), aim)]
        rows.append(tuple(cells))
    notes = (f"{NONE}: chưa có số liệu (không phải 0 %).", f"{HIDDEN}: không nêu để bảo vệ trẻ em.")
    used = tuple(note for note in notes if any(cell.text == note[0 : note.index(":")] for row in rows for cell in row))
    return Table(
        "Qua các năm", "Tỷ lệ của toàn địa bàn qua các năm so với mục tiêu", tuple(columns), tuple(rows), (), used
    )


def by_commune(facts: Facts, indicator: int) -> Table:
    """All communes, their sum, and the province, in which every child is counted once."""
    definition = facts.definitions[indicator]
    aim = target(definition, facts.year)
    sources: list[str] = []
    rows = []
    by_code = facts.of_year(indicator).to_dict("index")
    for number, unit in enumerate(facts.units.to_dict("records"), start=1):
        row, line = by_code[unit["code"]], FIRST_ROW + number - 1
        people, lower, upper, rate, most, gap, result = _figures(row, definition, facts.year, line, "C", "D", "E")
        if row["state"] != "measured":
            result = Cell(STATES[row["state"]])
        rows.append(
            (
                *(Cell(str(number), number), Cell(unit["name"]), people, lower, upper, rate, most, gap, result),
                Cell(_source(row, sources)),
            )
        )
    first, last, line = FIRST_ROW, FIRST_ROW + len(rows) - 1, FIRST_ROW + len(rows)
    sums = [_sum(rows, column, letter, first, last) for column, letter in ((2, "C"), (3, "D"), (4, "E"))]
    province = facts.province(indicator)
    figures = _figures(province, definition, facts.year, line + 1, "C", "D", "E")
    blank = Cell("")
    totals = (
        (blank, Cell("Cộng các dòng trên"), *sums, blank, blank, blank, blank, blank),
        (blank, Cell("Toàn địa bàn"), *figures, blank),
    )
    columns = (
        Column("TT", 0.5, "0", centred=True),
        Column("Xã/phường", 2.3),
        Column(f"Trẻ em {definition.min_age}–{definition.max_age} tuổi", 1.0, "#,##0"),
        Column("Số trẻ ít nhất", 0.9, "#,##0"),
        Column("Số trẻ nhiều nhất", 0.9, "#,##0"),
        Column("Tỷ lệ (%)", 0.8, _TENTH),
        Column("Nhiều nhất (%)", 0.9, _TENTH),
        Column("Khoảng cách (điểm %)", 1.3, _SIGNED),
        Column("Kết quả", 1.25, centred=True),
        Column("Nguồn mẫu số", 1.5, centred=True),
    )
    notes = (
        *(f"({number}) {title}." for number, title in enumerate(sources, start=1)),
        "Dòng “Toàn địa bàn” đếm mỗi trẻ em một lần, kể cả khi em có mặt ở hai xã, phường; vì vậy có thể khác dòng cộng. "
        "Dòng cộng chỉ gồm các số được nêu trong bảng.",
        _ABOUT_STATES,
    )
    caption = f"Chỉ tiêu {indicator}: {_inside(definition.name['vi'])}, theo xã, phường, năm {facts.year} (mục tiêu: {percent(aim)} %)"
    return Table(sheet_of(indicator), caption, columns, tuple(rows), totals, notes)


def _inside(name: str) -> str:
    """As it is written inside a sentence."""
    return name[:1].lower() + name[1:]


def count(value: float) -> str:
    return str(format_decimal(int(value), locale="vi"))


def gap_words(value: float) -> str:
    """One decimal, rounded down, with its sign."""
    floored = _floor(value)
    sign = "−" if floored < 0 else "+" if floored > 0 else ""
    return sign + str(format_decimal(abs(floored), "#,##0.0", locale="vi"))


def _figures(
    row: Mapping[Any, Any], definition: Definition, year: int, line: int, people: str, low: str, high: str
) -> tuple[Cell, ...]:
    """Denominator, both counts, both rates, gap and result; the letters are the columns that the formulas read."""
    missing = _missing(row)
    aim = target(definition, year)
    denominator = Cell(NONE) if pd.isna(row["population"]) else Cell(count(row["population"]), int(row["population"]))
    counts = [
        Cell(missing) if pd.isna(row[end]) else Cell(count(row[end]), int(row[end])) for end in ("lower", "upper")
    ]
    if pd.isna(row["rate"]):
        return (denominator, *counts, Cell(missing), Cell(missing), Cell(missing), Cell(missing))
    divided = f"100*{low}{line}/{people}{line}"
    tenth = "INT(({})*10+0.000001)/10"
    gap = float(row["gap"])
    return (
        denominator,
        *counts,
        _percentage(row["rate"], missing, tenth.format(divided)),
        _percentage(row["rate_upper"], missing, tenth.format(f"100*{high}{line}/{people}{line}")),
        Cell(gap_words(gap), _floor(gap), tenth.format(f"{divided}-{aim!r}")),
        Cell(
            REACHED if row["reached"] else NOT_REACHED,
            formula=f'IF({divided}>={aim!r},"{REACHED}","{NOT_REACHED}")',
        ),
    )


def _missing(row: Mapping[Any, Any]) -> str:
    return HIDDEN if row["state"] == SUPPRESSED else NONE


def _percentage(value: Any, missing: str, formula: str | None = None) -> Cell:
    return Cell(missing) if pd.isna(value) else Cell(percent(float(value)), _floor(float(value)), formula)


def _floor(value: float) -> float:
    return math.floor(value * 10 + 1e-6) / 10


def _linked(cell: Cell, reference: str) -> Cell:
    return cell if cell.value is None else Cell(cell.text, cell.value, reference)


def _sum(rows: Sequence[tuple[Cell, ...]], column: int, letter: str, first: int, last: int) -> Cell:
    total = sum(int(row[column].value or 0) for row in rows)
    return Cell(count(total), total, f"SUM({letter}{first}:{letter}{last})")


def _source(row: Mapping[Any, Any], sources: list[str]) -> str:
    """The number of the note that names it; new ones are added to `sources`."""
    if pd.isna(row["source_title"]):
        return NONE
    title = str(row["source_title"])
    if title not in sources:
        sources.append(title)
    estimate = not pd.isna(row["is_estimate"]) and bool(row["is_estimate"])
    return f"({sources.index(title) + 1}){' ước tính' if estimate else ''}"
