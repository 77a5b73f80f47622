"""What changed since last month names communes and points, and lets nobody reckon how few children came."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.indicators import PROVINCE
from analysis.progress import Changes, changes
from analysis.suppression import suppress

YEAR, THRESHOLD, CHILDREN, TARGET = 2026, 5, 100, 30.0
Counts = dict[str, int | None]
"""Children by commune; None where nothing was held."""


def table(counts: Counts) -> pd.DataFrame:
    held = {code: count for code, count in counts.items() if count is not None}
    whole: Counts = {**counts, PROVINCE: sum(held.values()) if held else None}
    made: list[dict[str, Any]] = []
    for code, count in whole.items():
        people = CHILDREN * (len(counts) if code == PROVINCE else 1)
        rate = None if count is None else 100 * count / people
        made.append(
            {
                "indicator": 22,
                "commune_code": code,
                "year": YEAR,
                "lower": count,
                "upper": count,
                "population": people,
                "rate": rate,
                "rate_upper": rate,
                "gap": None if rate is None else rate - TARGET,
                "reached": None if rate is None else rate >= TARGET,
                "consultations": len(held) if code == PROVINCE else int(count is not None),
                "consultations_not_counted": 0,
                "state": "no_data" if count is None else "measured",
            }
        )
    counted = dict.fromkeys(["lower", "upper"], "Int64")
    measured = dict.fromkeys(["rate", "rate_upper", "gap"], "Float64")
    return pd.DataFrame(made).astype({**counted, **measured, "reached": "boolean"})


def changed(before: Counts, now: Counts) -> Changes:
    return changes(table(before), table(now), YEAR, THRESHOLD)


def test_communes_that_began_or_reached_the_target_and_the_points_of_the_province() -> None:
    found = changed({"a": 20, "b": None, "c": 40, "d": None}, {"a": 35, "b": 12, "c": 50, "d": None})
    assert (found.begun, found.reached, found.held) == (("b",), ("a",), 1)
    assert found.points is not None
    assert round(found.points, 6) == (15 + 12 + 10) / 4


def test_nothing_new_is_said_to_be_nothing() -> None:
    found = changed({"a": 20, "b": 40, "c": None}, {"a": 20, "b": 40, "c": None})
    assert found == Changes(0.0, (), (), 0)


def test_a_commune_that_began_with_few_children_is_not_named() -> None:
    assert changed({"a": 20, "b": 40, "c": None}, {"a": 20, "b": 40, "c": 3}).begun == ()


def test_few_children_that_came_since_are_not_told() -> None:
    assert changed({"a": 20, "b": 40}, {"a": 23, "b": 40}).points is None


def test_few_children_beside_a_commune_that_began_are_not_told_by_taking_it_away() -> None:
    assert changed({"a": 20, "b": 40, "c": None}, {"a": 23, "b": 40, "c": 30}).points is None


def test_a_province_whose_bound_is_less_than_the_sum_grows_unless_few_children_came_anywhere() -> None:
    """As where children without cards may be the same in two communes."""
    for grown, is_told in ((0, True), (3, False), (20, True)):
        before, now = (table(counts) for counts in ({"a": 40, "b": 50, "c": None}, {"a": 40 + grown, "b": 50, "c": 60}))
        for whole, frame in ((60, before), (80, now)):
            frame.loc[frame["commune_code"] == PROVINCE, ["lower", "upper", "rate"]] = [whole, whole, whole / 3]
        assert (changes(before, now, YEAR, THRESHOLD).points is not None) is is_told


def test_few_children_who_brought_a_commune_over_the_target_are_not_told() -> None:
    assert changed({"a": 28, "b": 40}, {"a": 31, "b": 60}).reached == ()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.none() | st.integers(0, 40), st.integers(0, 12)).map(
            lambda one: (one[0], one[1] or None if one[0] is None else one[0] + one[1])
        ),
        min_size=2,
        max_size=5,
    )
)
def test_whoever_takes_the_figures_apart_finds_no_small_growth(communes: list[tuple[int | None, int | None]]) -> None:
    """The attacker knows the province's growth exactly, and of every commune what is shown of it today."""
    before = {f"c{number}": was for number, (was, _) in enumerate(communes)}
    now = {f"c{number}": is_now for number, (_, is_now) in enumerate(communes)}
    found = changed(before, now)
    grown = {code: (now[code] or 0) - (before[code] or 0) for code in now}
    for code in found.reached:
        assert grown[code] >= THRESHOLD
    for code in found.begun:
        assert grown[code] == 0 or grown[code] >= THRESHOLD
    if found.points is None:
        return
    rest = sum(grown.values()) - sum(grown[code] for code in found.begun)
    today = suppress(table(now), THRESHOLD).set_index("commune_code")["lower"]
    most = {
        code: rest if now[code] is not None and pd.isna(today[code]) else int(now[code] or 0)
        for code in now
        if code not in found.begun
    }
    for code, limit in most.items():
        if 0 < grown[code] < THRESHOLD:
            least = max(0, rest - sum(most.values()) + limit)
            assert min(rest, limit) - least >= THRESHOLD
