"""Rates as a map by commune and as the table beside it: the same words and numbers in both.

Classes are fixed for each indicator, so that two years can be compared by eye. Their colours are six of the nine of
ColorBrewer's YlGnBu (Cynthia Brewer, colorbrewer2.org); the states without a rate have colours that stay apart from
these and from each other for colour-blind readers, too. Texts come from the message catalogue (keys: TEXT_KEYS),
numbers are written as in the language. Rates are rounded down, so that a target never looks reached before it is.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

import pandas as pd
from babel.numbers import format_decimal

from analysis.indicators import PROVINCE

Colour = tuple[int, int, int]
Text = Callable[[str], str]

CLASS_COLOURS: tuple[Colour, ...] = (
    (255, 255, 217),
    (199, 233, 180),
    (127, 205, 187),
    (29, 145, 192),
    (34, 94, 168),
    (8, 29, 88),
)
STATE_COLOURS: Mapping[str, Colour] = {
    "no_data": (222, 222, 222),
    "not_counted": (244, 165, 90),
    "suppressed": (120, 120, 120),
    "no_population": (160, 90, 50),
    "no_comparison": (250, 240, 150),
    "no_ratings": (214, 180, 220),
}
BORDER: Colour = (70, 70, 70)
OPACITY = 255  # the map's colours must be the legend's

RATE_STATES = ("no_data", "not_counted", "suppressed", "no_population")
"""States of an area whose rate is shown; those of other measures: `analysis.measures.measure_states`."""

FIELDS = ("numerator", "denominator", "source", "rate", "target", "gap", "consultations")

TEXT_KEYS = (
    "map.class.range",
    "map.class.last",
    "map.points.first",
    "map.points.range",
    "map.points.last",
    "map.waiting.one",
    "map.waiting.range",
    "map.waiting.last",
    *(f"map.state.{state}" for state in STATE_COLOURS),
    "map.count",
    "map.count.interval",
    "map.percent",
    "map.percent.interval",
    "map.gap",
    "map.estimate",
    "map.consultations",
    "map.consultations.some_not_counted",
    "map.missing",
    "map.column.name",
    *(f"map.column.{field}" for field in FIELDS),
)


@dataclass(frozen=True)
class RateClass:
    """Values from `low` up to but not including `high`; the last class has no upper end (high is None). `unit`: percent,
    points (percentage points; the first class has no lower end: low is −∞) or consultations (whole numbers).
    """

    low: float
    high: float | None
    colour: Colour
    unit: str = "percent"


@dataclass(frozen=True)
class LegendEntry:
    """One line of the legend: its text, its colour, and how many communes have it."""

    label: str
    colour: Colour
    communes: int


def classes(edges: Sequence[float]) -> tuple[RateClass, ...]:
    """Classes between growing edges in percent (Definition.class_edges). At most six, else ValueError."""
    count = len(edges) - 1
    if not 1 <= count <= len(CLASS_COLOURS):
        raise ValueError(f"classes: {count} classes; give edges of one to {len(CLASS_COLOURS)} classes")
    picked = [CLASS_COLOURS[round(i * (len(CLASS_COLOURS) - 1) / max(count - 1, 1))] for i in range(count)]
    made = [RateClass(low, high, colour) for (low, high), colour in zip(pairwise(edges), picked, strict=True)]
    return (*made[:-1], RateClass(made[-1].low, None, made[-1].colour))


def colour(state: str, rate: float | None, of: Sequence[RateClass]) -> Colour:
    """Fill colour of a commune: its class when measured, else its state's colour."""
    if state != "measured" or rate is None:
        return STATE_COLOURS[state]
    return of[max(bisect_right([c.low for c in of], rate) - 1, 0)].colour


def legend(
    of: Sequence[RateClass],
    rates: pd.DataFrame,
    text: Text,
    locale: str = "vi",
    states: Sequence[str] = RATE_STATES,
) -> list[LegendEntry]:
    """Every class, lowest first, then each of the states, with the number of communes (the province is none).

    `rates`: one indicator and year. The entries are the same for every year, only their counts differ.
    """
    rows = _one_each(rates)
    seen = [area_colour(row, of) for row in rows if row["commune_code"] != PROVINCE]
    label = {"percent": _class_label, "points": _points_label, "consultations": _waiting_label}[of[0].unit]
    entries = [LegendEntry(label(c, text, locale), c.colour, seen.count(c.colour)) for c in of]
    without = [LegendEntry(text(f"map.state.{s}"), STATE_COLOURS[s], seen.count(STATE_COLOURS[s])) for s in states]
    return entries + without


def area_colour(row: Mapping[Any, Any], of: Sequence[RateClass]) -> Colour:
    """Fill colour of an area: by `value` and `value_state` (see `analysis.measures`) where the row has them, else by its rate."""
    return colour(row.get("value_state", row["state"]), _number(row.get("value", row["rate"])), of)


def features(
    cells: Mapping[str, Any],
    rates: pd.DataFrame,
    names: Mapping[str, str],
    of: Sequence[RateClass],
    text: Text,
    locale: str = "vi",
) -> dict[str, Any]:
    """GeoJSON FeatureCollection: every cell (GeoJSON, property `code`) that has a row in `rates` (one indicator and
    year).

    Properties: code, name, fill and line ([r, g, b, a]), state, each of FIELDS as text, and tooltip (HTML, all lines).
    Texts are escaped, ready to be put into HTML. For rows without a cell see `without_cell`.
    """
    by_code = {row["commune_code"]: row for row in _one_each(rates)}
    found = []
    for cell in cells["features"]:
        code = cell["properties"]["code"]
        if code not in by_code:
            continue
        row = by_code[code]
        words = {field: escape(word) for field, word in _words(row, text, locale).items()}
        name = escape(names.get(code, code))
        lines = [f"{escape(text(f'map.column.{field}'))}: {words[field]}" for field in FIELDS]
        properties = {
            "code": code,
            "name": name,
            "state": row["state"],
            "fill": [*area_colour(row, of), OPACITY],
            "line": [*BORDER, 255],
            **words,
            "tooltip": "<br>".join([f"<b>{name}</b>", *lines]),
        }
        found.append({"type": "Feature", "properties": properties, "geometry": cell["geometry"]})
    return {"type": "FeatureCollection", "features": found}


def without_cell(cells: Mapping[str, Any], rates: pd.DataFrame) -> list[str]:
    """Codes of communes that no cell shows, to be listed beside the map."""
    drawn = {cell["properties"]["code"] for cell in cells["features"]}
    return [c for c in dict.fromkeys(rates["commune_code"]) if c not in drawn and c != PROVINCE]


def table(rates: pd.DataFrame, names: Mapping[str, str], text: Text, locale: str = "vi") -> pd.DataFrame:
    """The map's numbers as words: one row an area in the order of `rates`, index = code, columns in the language."""
    rows = _one_each(rates)
    columns = {"name": text("map.column.name"), **{field: text(f"map.column.{field}") for field in FIELDS}}
    words = [{"name": names.get(row["commune_code"], row["commune_code"]), **_words(row, text, locale)} for row in rows]
    frame = pd.DataFrame(words, columns=list(columns), index=[row["commune_code"] for row in rows])
    return frame.rename(columns=columns)


def percent(value: float, locale: str = "vi") -> str:
    """One decimal, rounded down, as written in the language: 29.97 is 29,9 in Vietnamese."""
    return str(format_decimal(_floor(value), "#,##0.0", locale=locale))


def _floor(value: float) -> float:
    # The tiny shift keeps 0.3 * 100 and its like from falling to 29.9.
    return math.floor(value * 10 + 1e-6) / 10


def _one_each(rates: pd.DataFrame) -> list[dict[Any, Any]]:
    if rates["commune_code"].duplicated().any():
        raise ValueError("the map shows one indicator and year at a time: filter the rates to one row an area")
    return rates.to_dict("records")


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _class_label(of: RateClass, text: Text, locale: str) -> str:
    low = format_decimal(of.low, locale=locale)
    if of.high is None:
        return text("map.class.last").format(low=low)
    return text("map.class.range").format(low=low, high=format_decimal(of.high, locale=locale))


def _points_label(of: RateClass, text: Text, locale: str) -> str:
    if math.isinf(of.low):
        return text("map.points.first").format(high=_edge(of.high or 0, locale))
    if of.high is None:
        return text("map.points.last").format(low=_edge(of.low, locale))
    return text("map.points.range").format(low=_edge(of.low, locale), high=_edge(of.high, locale))


def _waiting_label(of: RateClass, text: Text, locale: str) -> str:
    low = format_decimal(int(of.low), locale=locale)
    if of.high is None:
        return text("map.waiting.last").format(low=low)
    most = int(of.high) - 1
    if most == of.low:
        return text("map.waiting.one").format(low=low)
    return text("map.waiting.range").format(low=low, high=format_decimal(most, locale=locale))


def _edge(value: float, locale: str) -> str:
    return ("−" if value < 0 else "+" if value > 0 else "") + str(format_decimal(abs(value), locale=locale))


def _words(row: Mapping[Any, Any], text: Text, locale: str) -> dict[str, str]:
    """FIELDS of one row as text; what is missing says why (its state) or shows the catalogue's sign for missing."""
    missing = text("map.missing")
    state = missing if row["state"] == "measured" else text(f"map.state.{row['state']}")

    def count(value: Any) -> str:
        return str(format_decimal(int(value), locale=locale))

    def span(key: str, low: Any, high: Any, write: Callable[[Any], str]) -> str:
        if pd.isna(low):
            return state
        if write(low) == write(high):
            return text(key).format(value=write(low))
        return text(f"{key}.interval").format(lower=write(low), upper=write(high))

    source = missing if pd.isna(row["source_title"]) else str(row["source_title"])
    estimate = not pd.isna(row["is_estimate"]) and bool(row["is_estimate"])
    held, left_out = row["consultations"], row["consultations_not_counted"]
    return {
        "numerator": span("map.count", row["lower"], row["upper"], count),
        "denominator": missing
        if pd.isna(row["population"])
        else text("map.count").format(value=count(row["population"])),
        "source": text("map.estimate").format(source=source) if estimate else source,
        "rate": span("map.percent", row["rate"], row["rate_upper"], lambda value: percent(float(value), locale)),
        "target": text("map.percent").format(value=percent(float(row["target"]), locale)),
        "gap": missing if pd.isna(row["gap"]) else text("map.gap").format(value=signed(float(row["gap"]), locale)),
        "consultations": text(f"map.consultations{'.some_not_counted' if left_out else ''}").format(
            held=count(held), not_counted=count(left_out)
        ),
    }


def signed(value: float, locale: str) -> str:
    """With its sign; the minus is the true one (−), which screen readers read out."""
    floored = _floor(value)
    sign = "−" if floored < 0 else "+" if floored > 0 else ""
    return sign + str(format_decimal(abs(floored), "#,##0.0", locale=locale))
