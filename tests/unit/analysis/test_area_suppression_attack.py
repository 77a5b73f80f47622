"""Tries to recover hidden communes from every word and colour of the map, its table, its measures and its years."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.choropleth import area_colour, signed, table
from analysis.indicators import PROVINCE, load_definitions, rates
from analysis.measures import POINTS, measure_classes, measured, measures_of
from analysis.suppression import HIDDEN_COLUMNS, SUPPRESSED, THRESHOLD, suppress
from tests.unit.analysis.conftest import DATA

YEARS = (2025, 2026)
DEFINITION = load_definitions(DATA / "indicators.json")[22]
SOURCES = pd.DataFrame([("official", "Chi cục Thống kê", False)], columns=["source", "title", "is_estimate"])
TEMPLATES = {
    "map.count": "{value}",
    "map.count.interval": "{lower} {upper}",
    "map.percent": "{value}",
    "map.percent.interval": "{lower} {upper}",
    "map.gap": "{value}",
    "map.consultations": "{held}",
    "map.consultations.some_not_counted": "{held} {not_counted}",
    "map.missing": "–",
}
NUMBER = re.compile(r"[+−]?[\d,]+(?:\.\d+)?")
RATE_WORDS = {"rate": "lower", "rate_upper": "upper"}

Consultation = tuple[int, int, bool]
"""Children with cards, children without, and whether all of them are surely of the ages."""
Commune = tuple[int, list[list[Consultation]]]
"""Children of each single age, and the consultations of each year."""


def truth(communes: list[Commune], shared: list[int]) -> tuple[pd.DataFrame, dict[int, int]]:
    """Both years as reckoned, and how many cards were used in two communes: `shared`, or as many as can."""
    rows, in_two = [], {}
    for place, year in enumerate(YEARS):
        facts = [_facts(held[place]) for _, held in communes]
        cards, possible, largest, uncarded, number = (list(column) for column in zip(*facts, strict=True))
        in_two[year] = twice = min(shared[place], sum(cards) - max(cards))
        whole = (sum(cards) - twice, sum(possible) - twice, max(largest), sum(uncarded), sum(number))
        for area, (*counted, held) in [*((f"c{n}", one) for n, one in enumerate(facts)), (PROVINCE, whole)]:
            rows.append((22, area, year, *counted, held, 0))
    columns = [
        "indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible",
        "consultations", "consultations_not_counted",
    ]  # fmt: skip
    codes = [f"c{number}" for number in range(len(communes))]
    population = pd.DataFrame(
        [
            ("official", code, year, age, children)
            for code, (children, _) in zip(codes, communes, strict=True)
            for year in YEARS
            for age in range(7, 16)
        ],
        columns=["source", "commune_code", "year", "age", "children"],
    )
    table = rates(pd.DataFrame(rows, columns=columns), population, DEFINITION, list(YEARS), codes, sources=SOURCES)
    return table, in_two


def _facts(held: list[Consultation]) -> tuple[int, int, int, int, int]:
    """Nobody takes part with a card twice in these."""
    cards = sum(carded for carded, _, sure in held if sure)
    largest = max((carded + uncarded for carded, uncarded, sure in held if sure), default=0)
    return cards, sum(carded for carded, _, _ in held), largest, sum(uncarded for _, uncarded, _ in held), len(held)


@dataclass
class Attack:
    """What is shown of some years, as equations and bounds of the two ends of every area's interval.

    The attacker knows more than is shown, so that he is at least as strong as any: by how much the communes' sums differ
    from the province (of the lower ends, by the cards in two communes), which areas' intervals are one number, which have at least one child, and which commune has as
    many children as are shown for the province.
    """

    truth: pd.DataFrame
    shared: dict[int, int]
    """Cards by year that stand in two communes."""
    place: dict[tuple[int, str, str], int] = field(init=False)
    low: np.ndarray = field(init=False)
    high: np.ndarray = field(init=False)
    rows: list[np.ndarray] = field(default_factory=list)
    sides: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        cells = [(row["year"], row["commune_code"], end) for row in self.records() for end in ("lower", "upper")]
        self.place = {cell: number for number, cell in enumerate(cells)}
        self.low = np.zeros(len(cells))
        self.high = np.full(len(cells), np.inf)

    def records(self) -> list[dict[Any, Any]]:
        return self.truth.to_dict("records")

    def true(self, year: int, area: str, end: str) -> int | None:
        found = self.truth[(self.truth["year"] == year) & (self.truth["commune_code"] == area)][end].iloc[0]
        return None if pd.isna(found) else int(found)

    def know(self, parts: dict[tuple[int, str, str], float], low: float, high: float) -> None:
        row = np.zeros(len(self.place))
        for cell, factor in parts.items():
            row[self.place[cell]] = factor
        self.rows.append(row)
        self.sides.append((low, high))

    def learn_structure(self, shown: pd.DataFrame) -> None:
        """How communes and the province hang together; of `shown`, only which rows have figures."""
        for year, rows in self.truth.groupby("year"):
            visible = shown[(shown["year"] == year) & shown["lower"].notna()]["commune_code"].tolist()
            own = {row["commune_code"]: row for row in rows.to_dict("records")}
            for area, row in own.items():
                people = int(row["population"])
                held = not pd.isna(row["lower"])
                ends = {end: int(row[end]) if held else 0 for end in ("lower", "upper")}
                self.know({(year, area, "upper"): 1, (year, area, "lower"): -1}, 0, np.inf)
                for end, value in ends.items():
                    self.know({(year, area, end): 1}, min(value, 1), people if value <= people else np.inf)
                if ends["lower"] == ends["upper"]:
                    self.know({(year, area, "upper"): 1, (year, area, "lower"): -1}, 0, 0)
            whole = own[PROVINCE]
            if pd.isna(whole["lower"]):
                continue
            for end in ("lower", "upper"):
                mine = {area: 0 if pd.isna(row[end]) else int(row[end]) for area, row in own.items()}
                beyond = sum(mine.values()) - 2 * mine[PROVINCE]
                # The lower ends go beyond the province's by the cards that stand in two communes, and by nothing else.
                assert end == "upper" or beyond == self.shared[int(year)]
                self.know({(year, area, end): -1 if area == PROVINCE else 1 for area in own}, beyond, beyond)
                for area, value in mine.items():
                    if area != PROVINCE and value <= mine[PROVINCE]:
                        self.know({(year, PROVINCE, end): 1, (year, area, end): -1}, 0, np.inf)
                    if area != PROVINCE and value == mine[PROVINCE] and PROVINCE in visible:
                        self.know({(year, PROVINCE, end): 1, (year, area, end): -1}, 0, 0)

    def read_table(self, shown: pd.DataFrame, year: int) -> None:
        """The words of the table beside the map, of the commune's trend and of the file that can be downloaded."""
        words = table(shown, {}, lambda key: TEMPLATES.get(key, key), "en")
        people = shown.set_index("commune_code")["population"]
        for area, row in words.iterrows():
            code = str(area)
            for end, told in zip(("lower", "upper"), _two(row["map.column.numerator"]), strict=False):
                self.know({(year, code, end): 1}, told, told)
            for end, told in zip(("lower", "upper"), _two(row["map.column.rate"]), strict=False):
                self.know({(year, code, end): 100 / people[code]}, told - 1e-5, told + 0.1 + 1e-5)
            aim = float(shown["target"].iloc[0])
            for told in _numbers(row["map.column.gap"]):
                self.know({(year, code, "lower"): 100 / people[code]}, aim + told - 1e-5, aim + told + 0.1 + 1e-5)

    def look_at_map(self, shown: pd.DataFrame, measure: str, year: int, before: pd.DataFrame | None) -> None:
        """The colour of every commune, and the value written beside it."""
        of = measure_classes(measure, DEFINITION)
        map_of = measured(shown, measure, before)
        for row in map_of.to_dict("records"):
            if row["value_state"] == "measured":
                fill = area_colour(row, of)
                one = next(each for each in of if each.colour == fill)
                low, high = one.low, np.inf if one.high is None else one.high
                self.learn_value(row, measure, year, low, high)
            if not pd.isna(row["value"]) and measure in POINTS:
                told = _numbers(signed(float(row["value"]), "en"))[0]
                self.learn_value(row, measure, year, told, told + 0.1)

    def learn_value(self, row: dict[Any, Any], measure: str, year: int, low: float, high: float) -> None:
        share = 100 / float(row["population"])
        parts = {(year, row["commune_code"], RATE_WORDS.get(measure, "lower")): share}
        if measure == "gap":
            low, high = low + float(row["target"]), high + float(row["target"])
        if measure == "change":
            parts[(year - 1, row["commune_code"], "lower")] = -share
        self.know(parts, low - 1e-5, high + 1e-5)

    def range_of(self, cell: tuple[int, str, str]) -> tuple[float, float]:
        """The least and the greatest whole number that agree with everything known."""
        aim = np.zeros(len(self.place))
        aim[self.place[cell]] = 1
        low, high = (np.array(side) for side in zip(*self.sides, strict=True))
        ends = []
        for sign in (1, -1):
            solved = milp(
                sign * aim,
                constraints=LinearConstraint(np.array(self.rows), low, high),
                bounds=Bounds(self.low, np.minimum(self.high, 1e5)),
                integrality=np.ones(len(self.place)),
            )
            assert solved.status == 0, f"the truth itself must be among what is feasible: {solved.message}"
            ends.append(round(sign * solved.fun))
        return ends[0], ends[1]


def _numbers(words: str) -> list[float]:
    return [float(found.replace("−", "-").replace(",", "")) for found in NUMBER.findall(words)]


def _two(words: str) -> list[float]:
    """Both ends of an interval, of which one is said where they are written alike; none where no number is said."""
    found = _numbers(words)
    return found * 2 if len(found) == 1 else found


def all_that_is_shown(reckoned: pd.DataFrame, shared: dict[int, int], shown: pd.DataFrame) -> Attack:
    attack = Attack(reckoned, shared)
    attack.learn_structure(shown)
    for year in YEARS:
        now, before = (shown[shown["year"] == one].reset_index(drop=True) for one in (year, year - 1))
        attack.read_table(now, year)
        for measure in measures_of(23):
            if measure != "change" or len(before):
                attack.look_at_map(now, measure, year, before if measure == "change" else None)
    return attack


def assert_nothing_small_is_found(communes: list[Commune], shared: list[int]) -> None:
    reckoned, in_two = truth(communes, shared)
    shown = suppress(reckoned)
    attack = all_that_is_shown(reckoned, in_two, shown)
    for row in shown[shown["state"] == SUPPRESSED].to_dict("records"):
        assert all(pd.isna(row[name]) for name in HIDDEN_COLUMNS)
        for end in ("lower", "upper"):
            true = attack.true(row["year"], row["commune_code"], end)
            if true and true < THRESHOLD:
                low, high = attack.range_of((row["year"], row["commune_code"], end))
                assert low <= true <= high
                assert high - low >= THRESHOLD, (row["year"], row["commune_code"], end, true, low, high)
                assert high >= THRESHOLD, "not even that it is small can be told"
    for row in shown[shown["state"] == "measured"].to_dict("records"):
        assert all(row[end] == 0 or row[end] >= THRESHOLD for end in ("lower", "upper"))


consultation = st.tuples(st.integers(0, 9), st.sampled_from([0, 0, 1, 3, 8]), st.sampled_from([True, True, False]))
commune = st.tuples(st.sampled_from([2, 10, 100]), st.lists(st.lists(consultation, max_size=2), min_size=2, max_size=2))


def held(*children: tuple[int, int]) -> list[Commune]:
    """Communes with one consultation in the first year: children with cards and without."""
    return [(100, [[(carded, uncarded, True)], []]) for carded, uncarded in children]


@settings(max_examples=60, deadline=None)
@given(st.lists(commune, min_size=3, max_size=6), st.lists(st.integers(0, 4), min_size=2, max_size=2))
@example(held((0, 4), (0, 5), (0, 5)), [0, 0])  # nobody has a card
@example(held((0, 3), (0, 20), (0, 0)), [0, 0])
@example(held((3, 0), (20, 0), (40, 0)), [0, 0])
@example(held((1, 0), (1, 0), (1, 0), (4, 0)), [0, 0])
@example(held((2, 0), (5, 0), (6, 0)), [4, 0])  # four children with cards in two communes
def test_no_small_count_can_be_recovered_from_words_colours_measures_and_years(
    communes: list[Commune], shared: list[int]
) -> None:
    assert_nothing_small_is_found(communes, shared)


@pytest.mark.parametrize("column", ["rate", "rate_upper", "gap"])
def test_one_decimal_of_a_rate_and_a_public_population_give_the_count_away(column: str) -> None:
    """Why the count, both rates and the gap are hidden together; and a sign that the attack is worth something."""
    reckoned, in_two = truth(held((3, 0), (20, 0), (40, 0)), [0, 0])
    attack = all_that_is_shown(reckoned, in_two, suppress(reckoned))
    cell = (YEARS[0], "c0", RATE_WORDS.get(column, "lower"))
    assert attack.range_of(cell)[1] >= THRESHOLD
    row = reckoned[(reckoned["year"] == YEARS[0]) & (reckoned["commune_code"] == "c0")].to_dict("records")[0]
    told = _numbers(signed(float(row[column]), "en"))[0]
    attack.learn_value(row, column, YEARS[0], told, told + 0.1)
    assert attack.range_of(cell) == (3, 3)


def test_a_change_reckoned_before_hiding_would_give_the_count_away() -> None:
    communes: list[Commune] = [(100, [[(30, 0, True)], [(carded, 0, True)]]) for carded in (3, 20, 40)]
    reckoned, in_two = truth(communes, [0, 0])
    shown = suppress(reckoned)
    attack = all_that_is_shown(reckoned, in_two, shown)
    last, first = (reckoned[reckoned["year"] == year].reset_index(drop=True) for year in reversed(YEARS))
    cell = (YEARS[1], "c0", "lower")
    assert attack.range_of(cell)[1] >= THRESHOLD
    attack.look_at_map(last, "change", YEARS[1], first)
    assert attack.range_of(cell) == (3, 3)


def test_what_a_change_shows_follows_from_the_two_years_beside_it() -> None:
    communes: list[Commune] = [(100, [[(30, 0, True)], [(carded, 0, True)]]) for carded in (3, 20, 40)]
    shown = suppress(truth(communes, [0, 0])[0])
    last, first = (shown[shown["year"] == year].reset_index(drop=True) for year in reversed(YEARS))
    change = measured(last, "change", first)
    assert change["value"].isna().tolist() == (last["rate"].isna() | first["rate"].isna()).tolist()
    assert change["value"].notna().any()


def test_a_year_beside_others_is_hidden_as_it_is_alone() -> None:
    """The trend shows all years at once, the map one: neither shows more than the other."""
    communes: list[Commune] = [
        (100, [[(first, 0, True)], [(second, 2, True)]]) for first, second in ((3, 8), (20, 1), (9, 30))
    ]
    reckoned, _ = truth(communes, [0, 1])
    together = suppress(reckoned)
    assert set(together[together["state"] == SUPPRESSED]["year"]) == set(YEARS)
    for year in YEARS:
        alone = suppress(reckoned[reckoned["year"] == year])
        pd.testing.assert_frame_equal(alone, together[together["year"] == year])
