"""How far the province is from its last target: the pace needed and the communes furthest behind.

Everything here starts from tables with small figures already hidden (`suppression`): what is hidden is neither ranked
nor reckoned with, only counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.indicators import PROVINCE, Definition, target


@dataclass(frozen=True)
class Standing:
    """The province in one year, in percent and percentage points; None where there is no figure."""

    year: int
    state: str
    rate: float | None
    upper: float | None
    target: float
    gap: float | None
    last_year: int
    goal: float
    """The last target, and the year in which it is to be reached."""
    pace_needed: float | None
    """Percentage points a year until then: 0 when it is reached already; None without a figure or without years left."""
    pace_so_far: float | None
    """Against the year before; None when either has no figure."""


@dataclass(frozen=True)
class Behind:
    """Communes below the target of the year."""

    furthest: tuple[tuple[str, float, float], ...]
    """(code, rate, gap), the widest gap first."""
    more: int
    without: tuple[str, ...]
    """Codes of communes where nothing that counts took place."""
    hidden: int
    unknown: int
    """Communes without a denominator."""


def standing(rates: pd.DataFrame, definition: Definition, year: int) -> Standing:
    """`rates`: of any years, as `suppression.suppress` gives them."""
    own = {int(row["year"]): row for row in rates[rates["commune_code"] == PROVINCE].to_dict("records")}
    row = own.get(year)
    rate, before = _figure(row, "rate"), _figure(own.get(year - 1), "rate")
    aim = target(definition, year)
    last = max(definition.targets)
    goal = definition.targets[last]
    return Standing(
        year,
        str(row["state"]) if row else "no_data",
        rate,
        _figure(row, "rate_upper"),
        aim,
        None if rate is None else rate - aim,
        last,
        goal,
        None if rate is None or year >= last else max(0.0, goal - rate) / (last - year),
        None if rate is None or before is None else rate - before,
    )


def behind(rates: pd.DataFrame, year: int, most: int = 10) -> Behind:
    """Of communes with the same gap the order of `rates` decides."""
    communes = rates[(rates["commune_code"] != PROVINCE) & (rates["year"] == year)]
    states = communes["state"]
    below = communes[(states == "measured") & (communes["gap"] < 0).fillna(value=False)].sort_values(
        "gap", kind="stable"
    )
    furthest = tuple(
        (str(row["commune_code"]), float(row["rate"]), float(row["gap"])) for row in below.head(most).to_dict("records")
    )
    return Behind(
        furthest,
        len(below) - len(furthest),
        tuple(communes[states.isin(["no_data", "not_counted"])]["commune_code"]),
        int((states == "suppressed").sum()),
        int((states == "no_population").sum()),
    )


def _figure(row: Mapping[Any, Any] | None, column: str) -> float | None:
    return None if row is None or pd.isna(row[column]) else float(row[column])
