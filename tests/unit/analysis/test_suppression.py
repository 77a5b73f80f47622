from itertools import product
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.indicators import PROVINCE
from analysis.suppression import hidden_areas, suppress

FIGURES = ["lower", "upper", "rate", "rate_upper", "gap", "reached"]


def rates_table(cells: dict[str, tuple[int, int] | None], year: int = 2025) -> pd.DataFrame:
    """A rates table with these (lower, upper) by commune, None where nothing took place, and the province's sums."""
    held = [bounds for bounds in cells.values() if bounds]
    total = (sum(low for low, _ in held), sum(high for _, high in held)) if held else None
    rows: list[dict[str, Any]] = []
    for code, bounds in [*cells.items(), (PROVINCE, total)]:
        low, high = bounds or (None, None)
        rows.append(
            {
                "indicator": 22,
                "commune_code": code,
                "year": year,
                "lower": low,
                "upper": high,
                "population": 1000,
                "rate": None if low is None else low / 10,
                "rate_upper": None if high is None else high / 10,
                "gap": None if low is None else low / 10 - 30,
                "reached": None if low is None else low >= 300,
                "state": "no_data" if low is None else "measured",
            }
        )
    floats = dict.fromkeys(["rate", "rate_upper", "gap"], "Float64")
    return pd.DataFrame(rows).astype({"lower": "Int64", "upper": "Int64", "reached": "boolean", **floats})


def shown(table: pd.DataFrame) -> dict[str, tuple[int, int] | None]:
    return {
        r["commune_code"]: None if pd.isna(r["lower"]) else (int(r["lower"]), int(r["upper"]))
        for r in table.to_dict("records")
    }


def test_a_count_from_1_to_4_is_hidden_with_all_that_would_give_it_away() -> None:
    table = suppress(rates_table({"a": (3, 3), "b": (20, 20), "c": (40, 50)}))
    a = table[table["commune_code"] == "a"].iloc[0]
    assert a[FIGURES].isna().all()
    assert a["state"] == "suppressed"
    assert a["population"] == 1000


def test_the_smallest_other_commune_is_hidden_so_that_subtraction_does_not_help() -> None:
    after = shown(suppress(rates_table({"a": (3, 3), "b": (20, 20), "c": (40, 50)})))
    assert after == {"a": None, "b": None, "c": (40, 50), PROVINCE: (63, 73)}


def test_two_small_counts_whose_sum_tells_too_much_take_a_third_with_them() -> None:
    after = shown(suppress(rates_table({"a": (1, 1), "b": (1, 1), "c": (9, 9), "d": (30, 30)})))
    assert after == {"a": None, "b": None, "c": None, "d": (30, 30), PROVINCE: (41, 41)}


def test_with_no_other_commune_to_hide_the_province_is_hidden() -> None:
    after = shown(suppress(rates_table({"a": (4, 4), "b": (0, 0), "c": None})))
    assert after == {"a": None, "b": (0, 0), "c": None, PROVINCE: None}


def test_a_small_upper_bound_is_a_small_count_too() -> None:
    assert shown(suppress(rates_table({"a": (0, 2), "b": (20, 20), "c": (30, 30)})))["a"] is None


def test_zero_is_shown() -> None:
    cells: dict[str, tuple[int, int] | None] = {"a": (0, 0), "b": (20, 20)}
    assert shown(suppress(rates_table(cells)))["a"] == (0, 0)


def test_where_nothing_is_small_nothing_changes() -> None:
    table = rates_table({"a": (5, 6), "b": (20, 20), "c": None})
    pd.testing.assert_frame_equal(suppress(table), table)


def test_years_are_judged_one_by_one() -> None:
    both = pd.concat(
        [rates_table({"a": (3, 3), "b": (9, 9), "c": (8, 8)}, 2024), rates_table({"a": (30, 30), "b": (9, 9)}, 2025)]
    )
    table = suppress(both.reset_index(drop=True))
    assert set(table[table["state"] == "suppressed"]["year"]) == {2024}


def test_the_original_table_is_left_as_it_was() -> None:
    table = rates_table({"a": (3, 3), "b": (20, 20)})
    before = table.copy()
    suppress(table)
    pd.testing.assert_frame_equal(table, before)


def test_the_threshold_can_be_raised_but_not_below_2() -> None:
    assert hidden_areas({"a": (8,), "b": (30,), "c": (40,), PROVINCE: (78,)}, threshold=10) == {"a", "b"}
    with pytest.raises(ValueError, match="threshold is 1"):
        suppress(rates_table({"a": (3, 3)}), threshold=1)


def attackers_ranges(published: dict[str, int | None], total: int | None) -> dict[str, tuple[int, float]]:
    """What can be known of each hidden count from the published ones: hidden counts are at least 1, and all add up."""
    hidden = [code for code, value in published.items() if value is None]
    if total is None:
        return {code: (1, float("inf")) for code in hidden}
    left = total - sum(value for value in published.values() if value is not None)
    if len(hidden) == 1:
        return {hidden[0]: (left, left)}
    return {code: (1, left - (len(hidden) - 1)) for code in hidden}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=8))
def test_no_hidden_count_can_be_recovered_by_subtraction(values: list[int]) -> None:
    cells = {f"c{i}": (value, value) for i, value in enumerate(values)}
    after = shown(suppress(rates_table(dict(cells))))
    province = after.pop(PROVINCE)
    published = {code: bounds[0] if bounds else None for code, bounds in after.items()}
    assert all(value is None for code, value in published.items() if 0 < cells[code][0] < 5)
    for low, high in attackers_ranges(published, province[0] if province else None).values():
        assert low == 1
        assert high >= 5  # neither the number nor even "fewer than five" can be told


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=4))
def test_many_different_truths_lead_to_what_is_published(values: list[int]) -> None:
    """Independent of any formula: every table that would look the same is tried."""
    after = shown(suppress(rates_table({f"c{i}": (value, value) for i, value in enumerate(values)})))
    province = after.pop(PROVINCE)
    hidden = [i for i, bounds in enumerate(after.values()) if bounds is None]
    if not hidden or province is None:
        return
    left = province[0] - sum(bounds[0] for bounds in after.values() if bounds)
    truths = [guess for guess in product(range(1, left + 1), repeat=len(hidden)) if sum(guess) == left]
    for place in range(len(hidden)):
        assert len({guess[place] for guess in truths}) >= 5


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6)), min_size=1, max_size=8))
def test_neither_end_of_an_interval_can_be_recovered(values: list[tuple[int, int]]) -> None:
    cells = {f"c{i}": (low, low + more) for i, (low, more) in enumerate(values)}
    after = shown(suppress(rates_table(dict(cells))))
    province = after.pop(PROVINCE)
    for end in (0, 1):
        # The attacker is told which hidden ends are 0; the others are at least 1.
        published = {code: bounds[end] if bounds else None if cells[code][end] else 0 for code, bounds in after.items()}
        for code, (low, high) in attackers_ranges(published, province[end] if province else None).items():
            assert high - low >= 4 or cells[code][end] >= 5
