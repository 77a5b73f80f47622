"""The pace that the last target needs, and the communes furthest behind; nothing of what is hidden."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.indicators import PROVINCE, Definition
from analysis.progress import behind, standing


def table(rows: dict[tuple[str, int], float | str], target: float = 31) -> pd.DataFrame:
    """(code, year) → a rate, or the state of a row without one."""
    made: list[dict[str, Any]] = [
        {
            "commune_code": code,
            "year": year,
            "state": value if isinstance(value, str) else "measured",
            "rate": None if isinstance(value, str) else value,
            "rate_upper": None if isinstance(value, str) else value + 1,
            "gap": None if isinstance(value, str) else value - target,
        }
        for (code, year), value in rows.items()
    ]
    return pd.DataFrame(made).astype(dict.fromkeys(["rate", "rate_upper", "gap"], "Float64"))


def test_the_pace_that_is_needed_until_the_last_target(definitions: dict[int, Definition]) -> None:
    found = standing(table({(PROVINCE, 2025): 20.0, (PROVINCE, 2026): 23.0}), definitions[22], 2026)
    assert (found.rate, found.upper, found.target, found.gap) == (23, 24, 31, -8)
    assert (found.last_year, found.goal, found.pace_needed, found.pace_so_far) == (2030, 35, 3, 3)


@pytest.mark.parametrize(
    ("year", "rate", "needed"), [(2026, 40.0, 0), (2029, 33.0, 2), (2030, 33.0, None), (2031, 33.0, None)]
)
def test_no_pace_is_needed_where_the_target_is_reached_or_its_year_is_over(
    definitions: dict[int, Definition], year: int, rate: float, needed: float | None
) -> None:
    assert standing(table({(PROVINCE, year): rate}), definitions[22], year).pace_needed == needed


@pytest.mark.parametrize("state", ["suppressed", "no_data", "no_population", "not_counted"])
def test_without_a_figure_nothing_is_reckoned(definitions: dict[int, Definition], state: str) -> None:
    found = standing(table({(PROVINCE, 2025): 20.0, (PROVINCE, 2026): state}), definitions[23], 2026)
    assert (found.state, found.rate, found.gap, found.pace_needed, found.pace_so_far) == (state, None, None, None, None)
    assert standing(table({(PROVINCE, 2025): 20.0}), definitions[23], 2026).state == "no_data"


def test_the_communes_furthest_behind() -> None:
    found = behind(
        table(
            {
                (PROVINCE, 2026): 1.0,
                ("a", 2026): 30.0,
                ("b", 2026): 5.0,
                ("c", 2026): 35.0,
                ("d", 2026): "suppressed",
                ("e", 2026): "no_data",
                ("f", 2026): "not_counted",
                ("g", 2026): "no_population",
                ("h", 2026): 0.0,
                ("h", 2025): 90.0,
            }
        ),
        2026,
        most=2,
    )
    assert found.furthest == (("h", 0, -31), ("b", 5, -26))
    assert (found.more, found.without, found.hidden, found.unknown) == (1, ("e", "f"), 1, 1)


@settings(deadline=None)
@given(st.lists(st.floats(0, 100) | st.sampled_from(["suppressed", "no_data", "no_population"]), max_size=30))
def test_every_commune_is_named_or_counted_once(values: list[float | str]) -> None:
    if not values:
        return
    found = behind(table({(f"{n:05d}", 2026): value for n, value in enumerate(values)}), 2026)
    reached = sum(not isinstance(value, str) and value >= 31 for value in values)
    counted = len(found.furthest) + found.more + len(found.without) + found.hidden + found.unknown
    assert counted + reached == len(values)
    assert [gap for *_, gap in found.furthest] == sorted(gap for *_, gap in found.furthest)
