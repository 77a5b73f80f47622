"""The indicators' figures as plain records, for whatever programs read them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from survey_app.indicator_figures import IndicatorFigures


def rate_records(figures: IndicatorFigures) -> list[dict[str, Any]]:
    """One an indicator and area; what is missing or hidden is None."""
    table = figures.rates.rename(columns={"commune_code": "area_code"})
    records = [{str(name): plain(value) for name, value in row.items()} for row in table.to_dict("records")]
    return [row | {"area": figures.names[str(row["area_code"])]} for row in records]


def plain(value: object) -> object:
    """A value of a data frame as JSON has it, in four decimals."""
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return None
    if isinstance(value, float):
        return round(value, 4)
    return value.item() if hasattr(value, "item") else value
