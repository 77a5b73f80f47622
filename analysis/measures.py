"""What a map can show: the rate itself, its upper bound, the gap to the target, the change in a year; and of consultations
how many of a year wait for an answer to the children, and how many of the children's ratings of answers are good.

Rate and upper bound share the indicator's classes. Gap and change are percentage points, in classes on both sides of 0 whose
colours are six of ColorBrewer's PRGn (Cynthia Brewer, colorbrewer2.org), one green a little darker than there: so colour-blind
readers can tell them apart from each other and from the states. Waiting consultations have five of ColorBrewer's YlOrRd; good
ratings have the rates' colours in classes of their own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd

from analysis.choropleth import RATE_STATES, Colour, RateClass, classes
from analysis.indicators import Definition
from analysis.suppression import SUPPRESSED

MEASURES = ("rate", "rate_upper", "gap", "change", "waiting", "good_ratings")
POINTS = ("gap", "change")
"""Measures in percentage points."""
ANSWERS = ("waiting", "good_ratings")
"""Measures of how children are answered: of indicator 22 alone, for activities have no fourth step."""
ANSWERED_INDICATOR = 22
NO_COMPARISON = "no_comparison"
NO_RATINGS = "no_ratings"
_STATES: Mapping[str, tuple[str, ...]] = {
    "change": (*RATE_STATES, NO_COMPARISON),
    "waiting": ("no_data",),
    "good_ratings": ("no_data", NO_RATINGS, SUPPRESSED),
}
POINT_COLOURS: tuple[Colour, ...] = (
    (118, 42, 131),
    (153, 112, 171),
    (194, 165, 207),
    (166, 219, 160),
    (80, 168, 100),
    (0, 68, 27),
)
_GAP_EDGES = (-math.inf, -20.0, -10.0, 0.0, 5.0, 10.0, math.inf)
_CHANGE_EDGES = (-math.inf, -10.0, -5.0, 0.0, 5.0, 10.0, math.inf)
WAITING_COLOURS: tuple[Colour, ...] = ((255, 255, 204), (254, 217, 118), (253, 141, 60), (227, 26, 28), (128, 0, 38))
_WAITING_EDGES = (0.0, 1.0, 2.0, 4.0, 6.0, math.inf)
_RATING_EDGES = (0.0, 25.0, 50.0, 75.0, 90.0, 100.0)


def measures_of(indicator: int) -> tuple[str, ...]:
    """The measures that make sense for an indicator."""
    return (
        MEASURES
        if indicator == ANSWERED_INDICATOR
        else tuple(measure for measure in MEASURES if measure not in ANSWERS)
    )


def measure_states(measure: str) -> tuple[str, ...]:
    """The states that an area without a value of this measure can be in."""
    return _STATES.get(measure, RATE_STATES)


def measure_classes(measure: str, definition: Definition) -> tuple[RateClass, ...]:
    """The fixed classes of a measure, lowest first; ValueError for a measure that is none of MEASURES."""
    if measure not in MEASURES:
        raise ValueError(f"measure_classes: {measure!r} is none of {', '.join(MEASURES)}")
    if measure == "good_ratings":
        return classes(_RATING_EDGES)
    if measure == "waiting":
        return _between(_WAITING_EDGES, WAITING_COLOURS, "consultations")
    if measure in POINTS:
        return _between(_GAP_EDGES if measure == "gap" else _CHANGE_EDGES, POINT_COLOURS, "points")
    return classes(definition.class_edges)


def _between(edges: Sequence[float], colours: Sequence[Colour], unit: str) -> tuple[RateClass, ...]:
    return tuple(
        RateClass(low, None if math.isinf(high) else high, colour, unit)
        for (low, high), colour in zip(pairwise(edges), colours, strict=True)
    )


def measured(
    rates: pd.DataFrame, measure: str, before: pd.DataFrame | None = None, answers: pd.DataFrame | None = None
) -> pd.DataFrame:
    """`rates` (one indicator and year, suppressed) with columns `value`, what the map is coloured by, and `value_state`
    (measured, or one of `measure_states`).

    `before` is the same table of the year before, needed for `change`. An area with a rate this year and none shown the year
    before has the state 'no_comparison' and no value. `answers`, needed for ANSWERS: commune_code, value, value_state as
    `analysis.answers` gives them; an area where no consultation took place has 'no_data'.
    """
    shown = rates.copy()
    shown["value_state"] = shown["state"]
    if measure in ANSWERS:
        if answers is None:
            raise ValueError(f"measured: {measure} needs the table of answers")
        found = answers.drop_duplicates("commune_code").set_index("commune_code")
        if "ratings" in found:
            shown["ratings"] = shown["commune_code"].map(found["ratings"]).astype("Int64")
        held = (shown["consultations"] + shown["consultations_not_counted"]) > 0
        shown["value"] = shown["commune_code"].map(found["value"]).astype("Float64").where(held)
        usual = "measured" if measure == "waiting" else NO_RATINGS
        if measure == "waiting":
            shown["value"] = shown["value"].fillna(0.0).where(held)
        shown["value_state"] = shown["commune_code"].map(found["value_state"]).fillna(usual).where(held, "no_data")
        return shown
    if measure != "change":
        shown["value"] = shown[measure].astype("Float64")
        return shown
    if before is None:
        raise ValueError("measured: a change needs the table of the year before")
    earlier = before.drop_duplicates("commune_code").set_index("commune_code")["rate"].astype("Float64")
    shown["value"] = shown["rate"].astype("Float64") - shown["commune_code"].map(earlier).astype("Float64")
    shown.loc[(shown["state"] == "measured") & shown["value"].isna(), "value_state"] = NO_COMPARISON
    return shown
