"""Figures by the units of another day: what is surely or perhaps theirs, and what may be shown beside today's."""

from __future__ import annotations

import random
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from analysis.geographies import Family, Succession, Unit, hide

FIRST, DAY = date.min, date(2025, 6, 30)
THRESHOLD = 5
OLD = [Unit(code, FIRST, DAY) for code in "abcd"]
NEW = [Unit(code, date(2025, 7, 1), None) for code in ("a", "x", "y", "z")]
# a and b became a; c was split into x and y; d is z now.
SUCCESSION = Succession([*OLD, *NEW], [(o, DAY, n) for o, n in ("aa", "ba", "cx", "cy", "dz")])


def areas(day: date) -> dict[tuple[str, bool], set[tuple[str, bool]]]:
    """By unit (its code, whether it is of today): the areas, and whether surely."""
    found: dict[tuple[str, bool], set[tuple[str, bool]]] = {}
    for one in SUCCESSION.memberships(day):
        found.setdefault((one.unit.code, one.unit.valid_to is None), set()).add((one.area, one.sure))
    return found


def test_after_a_merger_all_is_surely_the_new_ones_and_after_a_split_perhaps_each_parts() -> None:
    assert areas(date(2026, 1, 1)) == {
        ("a", False): {("a", True)}, ("b", False): {("a", True)}, ("c", False): {("x", False), ("y", False)},
        ("d", False): {("z", True)}, ("a", True): {("a", True)}, ("x", True): {("x", True)}, ("y", True): {("y", True)},
        ("z", True): {("z", True)},
    }  # fmt: skip


def test_by_the_older_units_what_the_merged_one_noted_is_perhaps_each_ones_and_what_a_part_noted_surely_the_whole_ones() -> (
    None
):
    assert areas(DAY) == {
        ("a", False): {("a", True)}, ("b", False): {("b", True)}, ("c", False): {("c", True)}, ("d", False): {("d", True)},
        ("a", True): {("a", False), ("b", False)}, ("x", True): {("c", True)}, ("y", True): {("c", True)},
        ("z", True): {("d", True)},
    }  # fmt: skip


def test_units_of_both_days_that_hold_ground_of_one_another_are_a_family() -> None:
    families = SUCCESSION.families(DAY, date(2026, 1, 1))
    assert {(("".join(sorted(f.before))), "".join(sorted(f.today)), f.is_unchanged) for f in families} == {
        ("ab", "a", False), ("c", "xy", False), ("d", "z", True),
    }  # fmt: skip


def table(figures: dict[str, tuple[int, int] | None]) -> pd.DataFrame:
    rows = [
        {"commune_code": code, "lower": pd.NA, "upper": pd.NA, "state": "suppressed"}
        if bounds is None
        else {"commune_code": code, "lower": bounds[0], "upper": bounds[1], "state": "measured"}
        for code, bounds in figures.items()
    ]
    found = pd.DataFrame(rows).astype({"lower": "Int64", "upper": "Int64"})
    return found.assign(rate=found["lower"].astype("Float64"), rate_upper=pd.NA, gap=pd.NA, reached=pd.NA)


MERGER = Family(frozenset({"a", "b"}), frozenset({"m"}))


@pytest.mark.parametrize(
    ("before", "today", "is_shown"),
    [
        ((20, 30), 50, True),
        ((20, 30), 56, True),
        ((20, 3), 23, False),
        ((20, 0), 20, True),
        ((20, 30), 52, False),
        ((20, 30), 48, False),
        ((20, 30), None, False),
    ],
    ids=["sum", "many after", "small part", "none", "few after", "few in both", "hidden today"],
)
def test_merged_units_are_shown_only_where_no_sum_tells_of_few(
    before: tuple[int, int], today: int | None, is_shown: bool
) -> None:
    old = table({code: (count, count) for code, count in zip("ab", before, strict=True)})
    shown = hide(old, table({"m": None if today is None else (today, today)}), [MERGER], THRESHOLD)
    assert set(shown["state"]) == ({"measured"} if is_shown else {"suppressed"})
    assert shown["lower"].notna().all() == is_shown


def test_an_unchanged_unit_has_todays_figures_also_when_they_are_hidden() -> None:
    families = [Family(frozenset({"a"}), frozenset({"x"})), Family(frozenset({"b"}), frozenset({"y"}))]
    shown = hide(table({"a": (9, 9), "b": (8, 8)}), table({"x": (9, 9), "y": None}), families, THRESHOLD)
    assert shown["lower"].tolist() == [9, pd.NA]


@pytest.mark.parametrize("seed", range(40))
def test_an_attack_on_both_geographies_finds_no_few_children(seed: int) -> None:
    """Every child took part in some of the old units and perhaps afterwards in the new one. From what is shown, by linear
    programming over these groups of children, nobody learns of a group or an old unit that it has 1 to 4 children.
    """
    chance = random.Random(seed)
    olds = "abc"[: chance.choice([2, 3])]
    places = [*olds, "after"]
    groups = [g for size in range(1, len(places) + 1) for g in combinations(places, size)]
    children = {
        g: chance.choice([0, 0, 1, 2, 3, 5, 8, 20]) if len(g) == 1 or chance.random() < 0.2 else 0 for g in groups
    }
    counts = {old: sum(n for g, n in children.items() if old in g) for old in olds}
    merged = sum(children.values())
    today = None if 0 < merged < THRESHOLD else (merged, merged)
    family = Family(frozenset(olds), frozenset({"m"}))
    shown = hide(table({old: (n, n) for old, n in counts.items()}), table({"m": today}), [family], THRESHOLD)
    known = {
        str(row["commune_code"]): int(row["lower"]) for row in shown.to_dict("records") if row["state"] == "measured"
    }
    if today is None:
        assert known == {}
        return
    wanted = [([1.0] * len(groups), merged)] + [([float(old in g) for g in groups], n) for old, n in known.items()]
    rows, totals = np.array([row for row, _ in wanted]), np.array([total for _, total in wanted])
    for goal in [
        *([float(g == one) for g in groups] for one in groups),
        *([float(o in g) for g in groups] for o in olds),
    ]:
        ends = [linprog(sign * np.array(goal), A_eq=rows, b_eq=totals, bounds=(0, None)).fun * sign for sign in (1, -1)]
        assert not (ends[0] > 0.5 and ends[1] < THRESHOLD - 0.5), (goal, ends, children, known)
