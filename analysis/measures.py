"""What a map can show of the same rates: the rate itself, its upper bound, the gap to the target, the change in a year.

Rate and upper bound share the indicator's classes. Gap and change are percentage points, in classes on both sides of 0 whose
colours are six of ColorBrewer's PRGn (Cynthia Brewer, colorbrewer2.org), one green a little darker than there: so colour-blind
readers can tell them apart from each other and from the states.
"""

from __future__ import annotations

import math
from itertools import pairwise

import pandas as pd

from analysis.choropleth import Colour, RateClass, classes
from analysis.indicators import Definition

MEASURES = ("rate", "rate_upper", "gap", "change")
POINTS = ("gap", "change")
"""Measures in percentage points."""
NO_COMPARISON = "no_comparison"
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


def measure_classes(measure: str, definition: Definition) -> tuple[RateClass, ...]:
    """The fixed classes of a measure, lowest first; ValueError for a measure that is none of MEASURES."""
    if measure not in MEASURES:
        raise ValueError(f"measure_classes: {measure!r} is none of {', '.join(MEASURES)}")
    if measure not in POINTS:
        return classes(definition.class_edges)
    edges = _GAP_EDGES if measure == "gap" else _CHANGE_EDGES
    return tuple(
        RateClass(low, None if math.isinf(high) else high, colour)
        for (low, high), colour in zip(pairwise(edges), POINT_COLOURS, strict=True)
    )


def measured(rates: pd.DataFrame, measure: str, before: pd.DataFrame | None = None) -> pd.DataFrame:
    """`rates` (one indicator and year, suppressed) with a column `value`: what the map is coloured by.

    `before` is the same table of the year before, needed for `change`. An area with a rate this year and none shown the year
    before has the state 'no_comparison' and no value.
    """
    shown = rates.copy()
    if measure != "change":
        shown["value"] = shown[measure].astype("Float64")
        return shown
    if before is None:
        raise ValueError("measured: a change needs the table of the year before")
    earlier = before.drop_duplicates("commune_code").set_index("commune_code")["rate"].astype("Float64")
    shown["value"] = shown["rate"].astype("Float64") - shown["commune_code"].map(earlier).astype("Float64")
    shown.loc[(shown["state"] == "measured") & shown["value"].isna(), "state"] = NO_COMPARISON
    return shown
