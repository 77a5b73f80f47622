"""Tries to recover small counts from two groupings of the same children laid side by side, with all areas' intervals,
those of the districts and of the province."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from analysis.districts import district_rates
from analysis.group_suppression import suppress_groups
from analysis.indicators import PROVINCE, load_definitions, rates
from analysis.suppression import THRESHOLD, suppress, suppress_districts
from tests.unit.analysis.conftest import DATA

DEFINITION = load_definitions(DATA / "indicators.json")[22]
SOURCES = pd.DataFrame([("official", "Chi cục Thống kê", False)], columns=["source", "title", "is_estimate"])
GROUPINGS = (("female", "male"), ("7", "8", "9"))

Child = tuple[str, str]
Commune = tuple[list[tuple[Child, int]], int, bool]
"""How many children there are with cards of each sex and age, without cards, and whether the first of them was counted in
the first commune as well."""


def truth(communes: list[Commune], districts: int) -> dict[str, Any]:
    """Everything there is to know."""
    of: dict[str, str] = {f"c{n}": f"d{n % districts}" for n in range(len(communes))}
    here: dict[str, Counter[Child]] = {f"c{n}": Counter() for n in range(len(communes))}
    twice: dict[str, Counter[Child]] = {area: Counter() for area in [PROVINCE, *set(of.values())]}
    for number, (children, _, _) in enumerate(communes):
        here[f"c{number}"].update({child: times for child, times in children if times})
    for number, (children, _, both) in enumerate(communes):
        if number and both and children and children[0][1]:
            here["c0"][children[0][0]] += 1
            twice[PROVINCE][children[0][0]] += 1
            if of[f"c{number}"] == of["c0"]:
                twice[of["c0"]][children[0][0]] += 1
    inside = {area: [code for code in of if area in (PROVINCE, of[code])] for area in twice}
    cards = dict(here)
    for area, codes in inside.items():
        cards[area] = sum((here[code] for code in codes), Counter()) - twice[area]
    total = {area: sum(found.values()) for area, found in cards.items()}
    uncarded = {f"c{n}": one[1] for n, one in enumerate(communes)}
    largest = {code: total[code] // 2 + uncarded[code] for code in of}
    rows = [
        (
            22, area, 2025, total[area], total[area], max(largest[code] for code in inside.get(area, [area])),
            sum(uncarded[code] for code in inside.get(area, [area])),
            sum(total[code] + uncarded[code] > 0 for code in inside.get(area, [area])), 0,
        )
        for area in [*of, PROVINCE]
    ]  # fmt: skip
    columns = [
        "indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible",
        "consultations", "consultations_not_counted",
    ]  # fmt: skip
    counts = pd.DataFrame(rows, columns=columns)
    population = pd.DataFrame(
        [("official", code, 2025, age, 200) for code in of for age in range(7, 16)],
        columns=["source", "commune_code", "year", "age", "children"],
    )
    areas = rates(counts, population, DEFINITION, [2025], list(of), sources=SOURCES)
    own = pd.DataFrame(
        [(22, area, total[area], total[area]) for area in sorted(set(of.values()))],
        columns=["indicator", "area_code", "children", "possible"],
    )
    nested = district_rates(counts, own, population, DEFINITION, 2025, of, sources=SOURCES)
    return {"of": of, "cards": cards, "twice": twice, "total": total, "areas": areas, "districts": nested}


def by_group(cards: dict[str, Counter[Child]], of: dict[str, str], place: int) -> pd.DataFrame:
    rows = [
        (area, name, sum(times for child, times in found.items() if child[place] == name))
        for area, found in cards.items()
        for name in GROUPINGS[place]
        if area in of or area == PROVINCE
    ]
    return pd.DataFrame(rows, columns=["area_code", "group", "children"])


class Attack:
    """One system over everything shown. The attacker also knows who stands in two communes, and of an area any group of which
    is shown how many children have cards; where it is so everywhere, that the lower ends are of cards alone."""

    def __init__(self, known: dict[str, Any], shown: pd.DataFrame, nested: pd.DataFrame, tables: list[Any]) -> None:
        of, total, twice = known["of"], known["total"], known["twice"]
        true = pd.concat([known["areas"], known["districts"]]).set_index("commune_code")
        told = pd.concat([shown, nested]).set_index("commune_code")
        areas = [area for area in told.index if not pd.isna(true.loc[area, "upper"])]
        self.cells: list[tuple[Any, ...]] = [(kind, area) for area in areas for kind in ("cards", "lower", "upper")]
        self.cells += [
            (place, area, name)
            for place, table in enumerate(tables)
            for area, name in zip(table["area_code"], table["group"], strict=True)
        ]
        self.place = {cell: number for number, cell in enumerate(self.cells)}
        self.bounds: list[Any] = [(0, None)] * len(self.cells)
        self.equal: list[tuple[dict[Any, float], float]] = []
        self.below: list[tuple[dict[Any, float], float]] = []
        alone = all(true.loc[area, "lower"] == total[area] for area in areas)
        for place, table in enumerate(tables):
            for area, name, children in zip(table["area_code"], table["group"], table["children"], strict=True):
                if not pd.isna(children):
                    self.fix((place, area, name), int(children))
                    self.fix(("cards", area), total[area])
        for area in areas:
            for end in ("lower", "upper"):
                if not pd.isna(told.loc[area, end]):
                    self.fix((end, area), int(told.loc[area, end]))
            self.below += [
                ({("cards", area): 1, ("lower", area): -1}, 0),
                ({("lower", area): 1, ("upper", area): -1}, 0),
            ]
            if alone:
                self.equal.append(({("cards", area): 1, ("lower", area): -1}, 0))
            for place in range(len(tables) if area not in known["districts"]["commune_code"].tolist() else 0):
                parts = {(place, area, name): 1.0 for name in GROUPINGS[place] if (place, area, name) in self.place}
                if parts:
                    self.equal.append(({**parts, ("cards", area): -1}, 0))
        for whole in [PROVINCE, *known["districts"]["commune_code"]]:
            if whole not in areas:
                continue
            inside = [code for code in of if whole in (PROVINCE, of[code]) and code in areas]
            for kind, real in (("cards", total), ("lower", true["lower"]), ("upper", true["upper"])):
                parts = {(kind, code): 1.0 for code in inside} | {(kind, whole): -1}
                self.equal.append((parts, sum(real[code] for code in inside) - real[whole]))
            for place in range(len(tables) if whole == PROVINCE else 0):
                for name in GROUPINGS[place]:
                    if (place, whole, name) in self.place:
                        more = sum(times for child, times in twice[whole].items() if child[place] == name)
                        parts = {(place, code, name): 1.0 for code in inside} | {(place, whole, name): -1}
                        self.equal.append((parts, more))

    def fix(self, cell: tuple[Any, ...], value: int) -> None:
        self.bounds[self.place[cell]] = (value, value)

    def matrix(self, rows: list[tuple[dict[Any, float], float]]) -> tuple[Any, list[float]] | tuple[None, None]:
        if not rows:
            return None, None
        made = lil_matrix((len(rows), len(self.cells)))
        for number, (parts, _) in enumerate(rows):
            for cell, factor in parts.items():
                made[number, self.place[cell]] = factor
        return made.tocsr(), [side for _, side in rows]

    def range_of(self, cell: tuple[Any, ...]) -> tuple[float, float]:
        equal, equals = self.matrix(self.equal)
        below, most = self.matrix(self.below)
        aim = np.zeros(len(self.cells))
        aim[self.place[cell]] = 1
        ends = []
        for sign in (1, -1):
            solved = linprog(sign * aim, A_eq=equal, b_eq=equals, A_ub=below, b_ub=most, bounds=self.bounds)
            assert solved.status in (0, 3), "the truth itself must be among what is feasible"
            ends.append(sign * (solved.fun if solved.status == 0 else -np.inf))
        return ends[0], ends[1]


def shown_of(known: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame, list[pd.DataFrame]]:
    shown = suppress(known["areas"])
    nested = suppress_districts(known["districts"], known["areas"], shown, known["of"], THRESHOLD)
    told = set(nested[nested["lower"].notna()]["commune_code"])
    blocks = {code: name for code, name in known["of"].items() if name in told}
    tables = [
        suppress_groups(by_group(known["cards"], known["of"], n), shown, known["areas"], blocks=blocks) for n in (0, 1)
    ]
    return shown, nested, tables


def assert_nothing_small_is_found(communes: list[Commune], districts: int) -> None:
    known = truth(communes, districts)
    shown, nested, tables = shown_of(known)
    attack = Attack(known, shown, nested, tables)
    true = pd.concat([known["areas"], known["districts"]]).set_index("commune_code")
    small: list[tuple[Any, ...]] = [
        (end, area)
        for area in true.index
        for end in ("lower", "upper")
        if not pd.isna(true.loc[area, end]) and 0 < true.loc[area, end] < THRESHOLD
    ]
    small += [("cards", area) for area in known["of"] if 0 < known["total"][area] < THRESHOLD]
    for place in range(len(tables)):
        for area, name, children in by_group(known["cards"], known["of"], place).itertuples(index=False):
            if 0 < children < THRESHOLD:
                small.append((place, area, name))
    for cell in small:
        low, high = attack.range_of(cell)
        assert high - low >= THRESHOLD - 1e-6, (cell, low, high)


child = st.tuples(st.sampled_from(GROUPINGS[0]), st.sampled_from(GROUPINGS[1]))
commune = st.tuples(
    st.lists(st.tuples(child, st.integers(0, 14)), max_size=4, unique_by=lambda one: one[0]),
    st.sampled_from([0, 0, 0, 3, 25]),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(commune, min_size=3, max_size=7), st.integers(1, 3))
@example(
    [([(("female", "7"), 4)], 0, False), ([(("female", "7"), 3)], 0, False), ([(("female", "7"), 4)], 3, False)], 1
)
@example(
    [
        ([], 0, False),
        ([(("female", "7"), 7)], 0, True),
        ([(("female", "7"), 6)], 0, False),
        ([(("female", "7"), 4)], 3, False),
    ],
    2,
)
@example([([(("male", "7"), 3)], 0, False), ([(("male", "7"), 9)], 0, False), ([(("female", "8"), 40)], 0, False)], 2)
def test_two_groupings_with_all_areas_do_not_tell_a_small_count(communes: list[Commune], districts: int) -> None:
    assert_nothing_small_is_found(communes, districts)


def test_a_district_that_would_tell_its_only_hidden_commune_is_hidden() -> None:
    ten, forty = ([(("male", "7"), n)] for n in (10, 40))
    communes: list[Commune] = [([(("male", "7"), 3)], 0, False), (ten, 0, False), (forty, 0, False), (forty, 0, False)]
    known = truth(communes, 2)
    shown = suppress(known["areas"]).set_index("commune_code")
    assert shown.loc[["c0", "c1"], "lower"].isna().all()
    nested = suppress_districts(known["districts"], known["areas"], shown.reset_index(), known["of"], THRESHOLD)
    assert nested["state"].tolist() == ["suppressed", "suppressed"]
    careless = Attack(known, shown.reset_index(), known["districts"], [])
    assert careless.range_of(("lower", "c0")) == (3, 3)


def test_41_communes_of_nine_ages_are_hidden_in_a_moment() -> None:
    chance = np.random.default_rng(3)
    codes = [f"c{n}" for n in range(41)]
    counts = {(code, str(age)): int(chance.integers(0, 12)) for code in codes for age in range(7, 16)}
    for age in range(7, 16):
        counts[PROVINCE, str(age)] = sum(counts[code, str(age)] for code in codes)
    groups = pd.DataFrame([(*cell, n) for cell, n in counts.items()], columns=["area_code", "group", "children"])
    shown = pd.DataFrame({"commune_code": [*codes, PROVINCE], "lower": 100, "state": "measured"})
    begun = time.perf_counter()
    for _ in range(3):
        suppress_groups(groups, shown, shown)
    assert time.perf_counter() - begun < 4, "under 2 s on a machine that is not busy"
