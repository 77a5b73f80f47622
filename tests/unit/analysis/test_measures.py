"""What a map can show of the same rates."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.answers import good_ratings, waiting
from analysis.choropleth import area_colour
from analysis.indicators import PROVINCE, Definition
from analysis.measures import (
    ANSWERS,
    MEASURES,
    POINT_COLOURS,
    POINTS,
    measure_classes,
    measured,
    measures_of,
)

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
    assert shown["value_state"].to_dict() == {
        "a": "measured", "b": "no_comparison", "c": "no_data", "d": "no_comparison", "e": "suppressed",
    }  # fmt: skip
    with pytest.raises(ValueError, match="year before"):
        measured(now, "change")


def test_other_measures_are_columns_of_the_table() -> None:
    now = rates(a=("measured", 20.0), b=("no_data", None))
    assert measured(now, "gap")["value"].tolist()[0] == -10.0
    assert measured(now, "rate")["state"].tolist() == ["measured", "no_data"]


def test_how_children_are_answered_is_asked_of_consultations_alone() -> None:
    assert measures_of(22) == MEASURES
    assert set(measures_of(23)) == set(measures_of(24)) == set(MEASURES) - set(ANSWERS)
    with pytest.raises(ValueError, match="table of answers"):
        measured(rates(a=("measured", 20.0)), "waiting")


def held(**by_code: int) -> pd.DataFrame:
    made = rates(**{code: ("measured" if number else "no_data", None) for code, number in by_code.items()})
    return made.assign(consultations=[0] * len(made), consultations_not_counted=list(by_code.values()))


def test_where_all_are_answered_none_waits_and_where_none_took_place_nothing_is_said() -> None:
    shown = measured(held(a=3, b=2, c=0), "waiting", answers=waiting(["a", "a"])).set_index("commune_code")
    assert shown["value_state"].to_dict() == {"a": "measured", "b": "measured", "c": "no_data"}
    assert shown["value"].astype(object).where(shown["value"].notna(), None).to_dict() == {"a": 2, "b": 0, "c": None}


def ratings(*rows: tuple[str, int, int, int, int]) -> pd.DataFrame:
    """area, good, other, and the most of both that one answer got."""
    return pd.DataFrame(
        [
            {"area_code": code, "year": 2026, "ratings": good + other, "good": good, "other": other}
            | {"most_ratings": most_good + most_other, "most_good": most_good, "most_other": most_other}
            for code, good, other, most_good, most_other in rows
        ]
    )


def test_ratings_of_one_child_are_hidden_however_many_answers_she_rated() -> None:
    told = ratings(
        ("a", 30, 9, 20, 6), ("b", 2, 6, 1, 1), ("c", 40, 20, 20, 10), ("d", 50, 0, 40, 0), (PROVINCE, 122, 35, 40, 10)
    )
    shown = good_ratings(told, 2026).set_index("commune_code")
    assert shown.loc["b", "value_state"] == "suppressed"
    assert pd.isna(shown.loc["b", "value"])
    assert pd.isna(shown.loc["b", "ratings"])
    # One more, so that b is not found by subtracting from the province; all good is told of many.
    assert (shown["value_state"] == "suppressed").sum() >= 2
    assert shown.loc["d", "value"] == 100
    assert good_ratings(told, 2025).empty


def test_a_commune_with_a_few_dissatisfied_children_does_not_show_its_share() -> None:
    told = ratings(("a", 30, 2, 30, 2), ("b", 30, 10, 30, 10), ("c", 30, 12, 30, 12), (PROVINCE, 90, 24, 30, 12))
    states = good_ratings(told, 2026).set_index("commune_code")["value_state"]
    assert states["a"] == "suppressed"
    assert (states == "suppressed").sum() >= 2


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=4))
def test_no_small_number_of_ratings_is_shown_or_left_alone_beside_the_provinces(
    cells: list[tuple[int, int]],
) -> None:
    """One answer a commune, so ratings are children."""
    whole = tuple(sum(column) for column in zip(*cells, strict=True))
    told = ratings(
        *((str(n), good, other, good, other) for n, (good, other) in enumerate(cells) if good + other),
        (PROVINCE, *whole, max(g for g, _ in cells), max(o for _, o in cells)),
    )
    if not sum(whole):
        return
    shown = good_ratings(told, 2026).set_index("commune_code")
    hidden = [n for n, cell in enumerate(cells) if sum(cell) and shown.loc[str(n), "value_state"] == "suppressed"]
    province_shown = shown.loc[PROVINCE, "value_state"] == "measured"
    for n, (good, other) in enumerate(cells):
        for small in (good, other, good + other):
            assert not 0 < small < 5 or n in hidden
    assert not (len(hidden) == 1 and province_shown)
