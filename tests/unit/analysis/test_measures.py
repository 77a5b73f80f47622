"""What a map can show of the same rates."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analysis.choropleth import area_colour
from analysis.indicators import Definition
from analysis.measures import MEASURES, POINT_COLOURS, POINTS, measure_classes, measured

DEFINITION = Definition(22, {}, "consultation", 7, 15, {2025: 30.0}, (0, 10, 20, 30, 35, 50, 100), {})


def rates(**by_code: tuple[str, float | None]) -> pd.DataFrame:
    rows = [
        {
            "commune_code": code,
            "state": state,
            "rate": rate,
            "rate_upper": rate,
            "gap": None if rate is None else rate - 30,
        }
        for code, (state, rate) in by_code.items()
    ]
    return pd.DataFrame(rows).astype({"rate": "Float64", "rate_upper": "Float64", "gap": "Float64"})


def test_every_value_has_one_class_and_0_lies_on_the_good_side() -> None:
    for measure in MEASURES:
        of = measure_classes(measure, DEFINITION)
        assert of[-1].high is None
        assert [c.high for c in of[:-1]] == [c.low for c in of[1:]]
        assert (of[0].low == -math.inf) == (measure in POINTS)
    for measure in POINTS:
        of = measure_classes(measure, DEFINITION)
        colours = [area_colour({"state": "measured", "rate": 1.0, "value": v}, of) for v in (-99.0, -0.1, 0.0, 99.0)]
        assert colours == [POINT_COLOURS[place] for place in (0, 2, 3, 5)]
    with pytest.raises(ValueError, match="none of rate"):
        measure_classes("beauty", DEFINITION)


def test_a_change_is_told_only_where_both_years_are_shown() -> None:
    now = rates(
        a=("measured", 20.0), b=("measured", 20.0), c=("no_data", None), d=("measured", 8.0), e=("suppressed", None)
    )
    before = rates(a=("measured", 12.5), b=("suppressed", None), c=("measured", 3.0), e=("measured", 9.0))
    shown = measured(now, "change", before).set_index("commune_code")
    assert shown["value"].astype(object).where(shown["value"].notna(), None).to_dict() == {
        "a": 7.5, "b": None, "c": None, "d": None, "e": None,
    }  # fmt: skip
    assert shown["state"].to_dict() == {
        "a": "measured", "b": "no_comparison", "c": "no_data", "d": "no_comparison", "e": "suppressed",
    }  # fmt: skip
    with pytest.raises(ValueError, match="year before"):
        measured(now, "change")


def test_other_measures_are_columns_of_the_table() -> None:
    now = rates(a=("measured", 20.0), b=("no_data", None))
    assert measured(now, "gap")["value"].tolist()[0] == -10.0
    assert measured(now, "rate")["state"].tolist() == ["measured", "no_data"]
