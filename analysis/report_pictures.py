"""The report's pictures: a map and a trend of each indicator."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.basemap import labels
from analysis.choropleth import classes, legend
from analysis.indicators import target
from analysis.map_picture import map_picture
from analysis.report import Picture
from analysis.report_facts import FIRST_YEAR, LAST_YEAR, Facts
from analysis.trend_picture import YearOfTrend, trend_picture

ROMAN = ("I", "II", "III", "IV", "V")
APPROXIMATE = "Ranh giới gần đúng, vẽ từ tâm và diện tích mỗi xã, phường; không phải ranh giới chính thức."


def appendix_of(facts: Facts, number: int) -> str:
    """Where the indicator's table is."""
    return ROMAN[list(facts.definitions).index(number)]


def map_of(facts: Facts, number: int) -> Picture:
    definition, communes = facts.definitions[number], facts.of_year(number)
    of = classes(definition.class_edges)
    entries = legend(of, communes, facts.texts[number], "vi")
    borders = f"Ranh giới theo {facts.borders_from}, đã giản lược để in." if facts.borders_from else APPROXIMATE
    svg = map_picture(facts.cells, communes, labels(facts.units), of, entries, borders)
    return Picture(
        f"Bản đồ chỉ tiêu {number} theo xã, phường, năm {facts.year}",
        f"Bản đồ tỷ lệ của chỉ tiêu {number} theo xã, phường, năm {facts.year}; số liệu ở phụ lục {appendix_of(facts, number)}. "
        f"{borders}",
        svg,
        0.78,
    )


def trend_of(facts: Facts, number: int) -> Picture:
    definition, years = facts.definitions[number], []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        row: dict[Any, Any] = facts.province(number, year) if year <= facts.year else {"rate": None, "rate_upper": None}
        rate, upper = (None if pd.isna(row[name]) else float(row[name]) for name in ("rate", "rate_upper"))
        years.append(YearOfTrend(year, target(definition, year), rate, upper))
    svg = trend_picture(years, "Tỷ lệ (ít nhất)", "Có thể đến (nhiều nhất)", "Mục tiêu")
    return Picture(
        f"Chỉ tiêu {number} của toàn địa bàn so với mục tiêu, {FIRST_YEAR} - {LAST_YEAR}",
        f"Biểu đồ tỷ lệ của chỉ tiêu {number} qua các năm so với mục tiêu; số liệu ở bảng qua các năm, mục I.",
        svg,
        0.9,
    )
