"""How far the province is from its last target: the pace needed and the communes furthest behind.

Standings and ranks start from tables with small figures already hidden (`suppression`): what is hidden is neither ranked
nor reckoned with, only counted. What changed in a month is reckoned from the counts themselves, and hidden here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.indicators import PROVINCE, Definition, target
from analysis.suppression import THRESHOLD, hidden_areas, suppress


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


@dataclass(frozen=True)
class Changes:
    """What is different from the end of last month."""

    points: float | None
    """By which the province's rate grew, in percentage points; None where that is not shown."""
    begun: tuple[str, ...]
    """Communes that had nothing counted then and show a figure now."""
    reached: tuple[str, ...]
    """Communes that were below the target and are not any more."""
    held: int
    """Consultations, or activities, held since, whether they count or not."""


def changes(before: pd.DataFrame, now: pd.DataFrame, year: int, threshold: int = THRESHOLD) -> Changes:
    """`before` and `now`: one indicator as `analysis.indicators.rates` makes it, small figures not yet hidden.

    A difference is a figure of its own: children who came since. One from 1 to threshold − 1 is never shown, nor is a
    province's from which one could be told by taking away the communes that began since, whose figures are all new.
    """
    was, shown_was, shown = (
        _by_area(one, year) for one in (before, suppress(before, threshold), suppress(now, threshold))
    )
    both = [code for code in shown if code in was and _figure(shown[code], "rate") is not None]
    began = [code for code in both if code != PROVINCE and shown[code]["lower"] and was[code]["state"] in _NOTHING]
    grown = {code: _grown(was[code], row) for code, row in _by_area(now, year).items() if code in was}
    crossed = [
        code
        for code in both
        if code != PROVINCE
        and _figure(shown_was[code], "rate") is not None
        and bool(shown[code]["reached"])
        and not bool(was[code]["reached"])
        and grown[code] >= threshold
    ]
    province = _by_area(now, year)[PROVINCE]
    events = sum(int(province[name]) - int(was[PROVINCE][name]) for name in _HELD)
    return Changes(
        _points(shown_was[PROVINCE], shown[PROVINCE], grown, began, shown, threshold),
        tuple(began),
        tuple(crossed),
        events,
    )


_NOTHING = ("no_data", "not_counted")
_HELD = ("consultations", "consultations_not_counted")


def _by_area(rates: pd.DataFrame, year: int) -> dict[str, dict[Any, Any]]:
    return {str(row["commune_code"]): row for row in rates[rates["year"] == year].to_dict("records")}


def _grown(before: Mapping[Any, Any], now: Mapping[Any, Any]) -> int:
    return int(_figure(now, "lower") or 0) - int(_figure(before, "lower") or 0)


def _points(
    before: Mapping[Any, Any],
    now: Mapping[Any, Any],
    grown: Mapping[str, int],
    began: list[str],
    shown: Mapping[str, Mapping[Any, Any]],
    threshold: int,
) -> float | None:
    rate = _figure(now, "rate")
    was = 0.0 if before["state"] in _NOTHING else _figure(before, "rate")
    rest = grown[PROVINCE] - sum(grown[code] for code in began)
    if rate is None or was is None or 0 < grown[PROVINCE] < threshold:
        return None
    others = {code: (children,) for code, children in grown.items() if code not in (*began, PROVINCE) and children > 0}
    if rest < 0:
        # Lower bounds need not add up to the province's; then only where no small growth is there to be found.
        return None if any(children < threshold for (children,) in others.values()) else rate - was
    most = {code: int(_figure(shown[code], "lower") or rest) for code in others}
    if PROVINCE in hidden_areas({**others, PROVINCE: (rest,)}, threshold, PROVINCE, most):
        return None
    return rate - was


def _figure(row: Mapping[Any, Any] | None, column: str) -> float | None:
    return None if row is None or pd.isna(row[column]) else float(row[column])
