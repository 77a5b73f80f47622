"""Tries to recover what is hidden, from everything that is shown: intervals, groups, totals, and who stands in two communes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.group_suppression import suppress_groups
from analysis.indicators import PROVINCE, load_definitions, rates
from analysis.suppression import THRESHOLD, suppress
from tests.unit.analysis.conftest import DATA

SEXES = ("female", "male", "not_recorded")
DEFINITION = load_definitions(DATA / "indicators.json")[22]
SOURCES = pd.DataFrame([("official", "Chi cục Thống kê", False)], columns=["source", "title", "is_estimate"])

Sexes = tuple[int, int, int]
Commune = tuple[Sexes, int, int]
"""Carded children by sex, children without a card, and how many of the girls also stand in the first commune."""


def truth(communes: list[Commune]) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, int]]:
    """Rates as reckoned, counts by area and sex, and how many more children of each sex the communes have than the province."""
    counts: dict[tuple[str, str], int] = {}
    rows, twice = [], 0
    for number, (sexes, uncarded, shared) in enumerate(communes):
        code = f"c{number}"
        counts |= {(code, sex): children for sex, children in zip(SEXES, sexes, strict=True)}
        carded = sum(sexes)
        if number:
            twice += min(shared, sexes[0], max(0, communes[0][0][0] - twice))
        held = int(carded + uncarded > 0)
        rows.append((22, code, 2025, carded, carded, carded // 2 + uncarded, uncarded, held, 0))
    more = dict(zip(SEXES, (twice, 0, 0), strict=True))
    for sex in SEXES:
        counts[PROVINCE, sex] = sum(n for (_, one), n in counts.items() if one == sex) - more[sex]
    carded = sum(counts[PROVINCE, sex] for sex in SEXES)
    uncarded = sum(row[6] for row in rows)
    rows.append(
        (22, PROVINCE, 2025, carded, carded, max(row[5] for row in rows), uncarded, sum(row[7] for row in rows), 0)
    )
    columns = [
        "indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible",
        "consultations", "consultations_not_counted",
    ]  # fmt: skip
    codes = [f"c{number}" for number in range(len(communes))]
    population = pd.DataFrame(
        [("official", code, 2025, age, 200) for code in codes for age in range(7, 16)],
        columns=["source", "commune_code", "year", "age", "children"],
    )
    table = rates(pd.DataFrame(rows, columns=columns), population, DEFINITION, [2025], codes, sources=SOURCES)
    groups = pd.DataFrame([(*key, n) for key, n in counts.items()], columns=["area_code", "group", "children"])
    return table, groups, more


class Attack:
    """Knows what is shown, that a child with a card is a child of the lower bound, and `more` (no screen shows that); of the
    areas in `exact` also that nobody else is in the lower bound (no screen shows that either)."""

    def __init__(self, shown: pd.DataFrame, sexes: pd.DataFrame, more: dict[str, int], exact: set[str]) -> None:
        self.place = {
            (area, sex): number
            for number, (area, sex) in enumerate(zip(sexes["area_code"], sexes["group"], strict=True))
        }
        self.bounds: list[Any] = [(0, None) if pd.isna(n) else (int(n), int(n)) for n in sexes["children"]]
        self.equal, self.equals, self.below, self.most = [], [], [], []
        areas = list(dict.fromkeys(sexes["area_code"]))
        for row in shown.to_dict("records"):
            if row["commune_code"] not in areas or pd.isna(row["lower"]):
                continue
            sides = (self.equal, self.equals) if row["commune_code"] in exact else (self.below, self.most)
            sides[0].append(self.row([(row["commune_code"], sex) for sex in SEXES]))
            sides[1].append(int(row["lower"]))
        for sex in SEXES:
            if (PROVINCE, sex) in self.place:
                sums = self.row([(area, sex) for area in areas if area != PROVINCE])
                self.equal.append(sums - self.row([(PROVINCE, sex)]))
                self.equals.append(more[sex])

    def row(self, cells: list[tuple[str, str]]) -> np.ndarray:
        row = np.zeros(len(self.place))
        row[[self.place[cell] for cell in cells]] = 1
        return row

    def range_of(self, cells: list[tuple[str, str]]) -> tuple[float, float]:
        """Least and greatest value that the sum of these cells may have. Such systems have whole-numbered corners."""
        ends = []
        for sign in (1, -1):
            solved = linprog(
                sign * self.row(cells),
                A_eq=np.array(self.equal) if self.equal else None, b_eq=self.equals or None,
                A_ub=np.array(self.below) if self.below else None, b_ub=self.most or None, bounds=self.bounds,
            )  # fmt: skip
            ends.append(float("inf") if solved.status == 3 else sign * solved.fun)
            assert solved.status in (0, 3), "the truth itself must be among what is feasible"
        return ends[0], ends[1]


def attacked(communes: list[Commune]) -> None:
    table, groups, more = truth(communes)
    shown = suppress(table)
    sexes = suppress_groups(groups, shown, table)
    true = {(area, sex): n for area, sex, n in groups.itertuples(index=False)}
    lower = dict(zip(table["commune_code"], table["lower"], strict=True))
    carded = {area: sum(true[area, sex] for sex in SEXES) for area in {area for area, _ in true}}
    # Who supposes that no child without a card counts is right only where it is so everywhere.
    cards_alone = all(lower[area] is pd.NA or lower[area] == children for area, children in carded.items())
    attack = Attack(shown, sexes, more, set(carded) if cards_alone else set())
    for row in sexes.to_dict("records"):
        cell = (row["area_code"], row["group"])
        assert pd.isna(row["children"]) or row["children"] == true[cell]
        if 0 < true[cell] < THRESHOLD:
            low, high = attack.range_of([cell])
            assert high - low >= THRESHOLD - 1e-6, (cell, low, high)
    for area in {area for area, _ in attack.place}:
        if 0 < carded[area] < THRESHOLD and shown.loc[shown["commune_code"] == area, "lower"].isna().all():
            low, high = attack.range_of([(area, sex) for sex in SEXES])
            assert high - low >= THRESHOLD - 1e-6, (area, low, high)


few = st.integers(0, 14)
commune = st.tuples(
    st.tuples(few, few, st.sampled_from([0, 0, 0, 2, 9])), st.sampled_from([0, 0, 0, 3, 25]), st.integers(0, 3)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(commune, min_size=1, max_size=5))
def test_no_small_count_of_a_sex_or_a_commune_can_be_recovered(communes: list[Commune]) -> None:
    attacked(communes)


def test_three_boys_among_twenty_take_the_girls_of_their_commune_with_them() -> None:
    table, groups, _ = truth([((17, 3, 0), 0, 0), ((30, 40, 0), 0, 0), ((25, 22, 0), 0, 0)])
    sexes = suppress_groups(groups, suppress(table), table).set_index(["area_code", "group"])
    hidden = set(sexes.index[sexes["children"].isna()])
    assert {("c0", "male"), ("c0", "female")} <= hidden
    # Boys of c0 would follow from the province's boys and the other communes' boys.
    assert hidden - {("c0", "male"), ("c0", "female")}
    assert sexes.loc[("c1", "male"), "state"] in ("measured", "suppressed")


def test_where_no_group_is_small_all_are_shown() -> None:
    table, groups, _ = truth([((17, 13, 0), 0, 0), ((30, 40, 0), 0, 0)])
    assert suppress_groups(groups, suppress(table), table)["children"].notna().all()


def test_an_attack_recovers_what_is_hidden_too_little() -> None:
    """The attack is worth something: hiding only the small count itself does not stand against it."""
    table, groups, more = truth([((17, 3, 0), 0, 0), ((30, 40, 0), 0, 0)])
    careless = groups.assign(children=groups["children"].where(groups["children"] >= THRESHOLD).astype("Int64"))
    attack = Attack(suppress(table), careless, more, {"c0", "c1", PROVINCE})
    assert attack.range_of([("c0", "male")]) == pytest.approx((3, 3))


def test_the_whole_province_is_hidden_and_attacked_in_a_moment() -> None:
    chance = np.random.default_rng(7)
    attacked([(tuple(map(int, chance.integers(0, 25, 3))), int(chance.integers(0, 9)), 1) for _ in range(41)])  # type: ignore[misc]
