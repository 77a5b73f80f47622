"""The figures as DHIS2 takes them: data value sets by code (CRP22_RATE of commune 29242 in 2026), and the data elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from survey_app.data_for_others.shapes import (
    DataElement,
    DataElements,
    DataValue,
    DataValueSet,
    Figure,
    Figures,
    Metadata,
)


@dataclass(frozen=True)
class _Column:
    member: str
    """Of a figure."""
    kind: Literal["NUMBER", "INTEGER_ZERO_OR_POSITIVE", "BOOLEAN", "TEXT"]
    name: str
    rests_on_population: bool = False


COLUMNS = (
    _Column("state", "TEXT", "tình trạng số liệu"),
    _Column("lower", "INTEGER_ZERO_OR_POSITIVE", "số trẻ chắc chắn tham gia"),
    _Column("upper", "INTEGER_ZERO_OR_POSITIVE", "số trẻ tham gia nhiều nhất"),
    _Column("population", "INTEGER_ZERO_OR_POSITIVE", "số trẻ trong độ tuổi", rests_on_population=True),
    _Column("rate", "NUMBER", "tỷ lệ (%)", rests_on_population=True),
    _Column("rate_upper", "NUMBER", "tỷ lệ cao nhất (%)", rests_on_population=True),
    _Column("target", "NUMBER", "chỉ tiêu (%)"),
    _Column("gap", "NUMBER", "chênh lệch so với chỉ tiêu", rests_on_population=True),
    _Column("reached", "BOOLEAN", "đạt chỉ tiêu", rests_on_population=True),
    _Column("consultations", "INTEGER_ZERO_OR_POSITIVE", "số đợt, buổi được tính"),
    _Column("consultations_not_counted", "INTEGER_ZERO_OR_POSITIVE", "số đợt chưa được tính"),
)


def element_code(indicator: int, member: str) -> str:
    return f"CRP{indicator}_{member.upper()}"


def data_value_set(figures: Figures) -> DataValueSet:
    """Every figure that is there. Comments say whose population a rate rests on, and what is estimated or synthetic."""
    return DataValueSet(
        [
            DataValue(
                element_code(figure.indicator, column.member),
                str(figure.year),
                figure.area_code,
                _written(value),
                _comment(figure, column, synthetic=figures.synthetic),
            )
            for figure in figures.figures
            for column in COLUMNS
            if (value := getattr(figure, column.member)) is not None
        ]
    )


def data_elements(metadata: Metadata) -> DataElements:
    return DataElements(
        [
            DataElement(
                code=element_code(indicator.number, column.member),
                name=f"Chỉ tiêu {indicator.number}: {column.name}",
                short_name=f"CT{indicator.number}: {column.name}",
                description=(
                    f"{indicator.name['vi']} ({indicator.min_age}–{indicator.max_age} tuổi). "
                    f"{indicator.name['en']}: {metadata.columns[column.member]}."
                ),
                value_type=column.kind,
            )
            for indicator in metadata.indicators
            for column in COLUMNS
        ]
    )


def _written(value: str | bool | float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{round(value, 4) + 0.0:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _comment(figure: Figure, column: _Column, *, synthetic: bool) -> str | None:
    parts = []
    if column.rests_on_population and figure.source_title:
        parts.append(figure.source_title + (" (estimate)" if figure.is_estimate else ""))
    if synthetic:
        parts.append("synthetic")
    return "; ".join(parts) or None
