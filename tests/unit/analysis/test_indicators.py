import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.indicators import (
    PROVINCE,
    Definition,
    Interval,
    interval,
    load_definitions,
    province_interval,
    rates,
    target,
)

COUNTS = [
    "indicator",
    "area_code",
    "year",
    "carded_certain",
    "carded_possible",
    "largest_certain",
    "uncarded_possible",
    "consultations",
    "consultations_not_counted",
]


def counts(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COUNTS)


def hundred_children(codes: list[str], source: str = "official", ages: range = range(7, 16)) -> pd.DataFrame:
    return pd.DataFrame(
        [(source, c, 2025, a, 100 / len(ages)) for c in codes for a in ages],
        columns=["source", "commune_code", "year", "age", "children"],
    )


OFFICIAL = pd.DataFrame([("official", "Chi cục Thống kê", False)], columns=["source", "title", "is_estimate"])


def row(table: pd.DataFrame, code: str) -> dict[Any, Any]:
    found = table[table["commune_code"] == code].to_dict("records")
    assert len(found) == 1
    return found[0]


# Whom and how many the decision asks for


def test_the_decision_asks_for_ages_and_targets_of_three_indicators(definitions: dict[int, Definition]) -> None:
    asked = {n: (d.min_age, d.max_age, dict(d.targets)) for n, d in definitions.items()}
    assert asked == {
        22: (7, 15, {2025: 30, 2030: 35}),
        23: (7, 15, {2025: 85, 2030: 90}),
        24: (11, 15, {2025: 30, 2030: 35}),
    }


@pytest.mark.parametrize(
    ("year", "percent"), [(2019, 30), (2025, 30), (2026, 31), (2027, 32), (2029, 34), (2030, 35), (2040, 35)]
)
def test_the_target_moves_evenly_between_its_years_and_is_held_outside(
    definitions: dict[int, Definition], year: int, percent: float
) -> None:
    assert target(definitions[22], year) == pytest.approx(percent)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"min_age": 16}, "min_age"),
        ({"targets": {}}, "target"),
        ({"targets": {"2025": 300}}, "percentage"),
        ({"class_edges": [0, 20, 10]}, "class_edges"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused_by_number(
    data: Path, tmp_path: Path, change: dict[str, Any], complaint: str
) -> None:
    document = json.loads((data / "indicators.json").read_text(encoding="utf-8"))
    document["indicators"][0] |= change
    file = tmp_path / "indicators.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ValueError, match=f"indicator 22: .*{complaint}"):
        load_definitions(file)


# How many children took part


def test_the_worked_example() -> None:
    assert interval(27, 27, 23, 11, 100) == Interval(27, 38)


def test_no_more_children_took_part_than_there_are() -> None:
    assert interval(27, 27, 23, 11, 30.4) == Interval(27, 30)


def test_an_estimate_of_the_population_does_not_undo_children_who_were_seen() -> None:
    assert interval(27, 27, 23, 11, 20) == Interval(27, 27)


@dataclass(frozen=True)
class Child:
    of_the_ages: bool
    age_is_known: bool


@st.composite
def years_of_consultations(draw: st.DrawFn) -> tuple[list[Child], list[dict[int, bool]]]:
    """Children, and for each consultation who took part: number of the child → did she show her card that day?"""
    children = draw(st.lists(st.builds(Child, st.booleans(), st.booleans()), min_size=1, max_size=8))
    who = st.dictionaries(st.integers(0, len(children) - 1), st.booleans(), max_size=len(children))
    return children, draw(st.lists(who, max_size=5))


@given(years_of_consultations(), st.integers(0, 5))
def test_the_truth_always_lies_in_the_interval(
    facts: tuple[list[Child], list[dict[int, bool]]], children_who_stayed_away: int
) -> None:
    children, consultations = facts
    truth = len({who for held in consultations for who in held if children[who].of_the_ages})
    population = sum(child.of_the_ages for child in children) + children_who_stayed_away

    def certain(who: int) -> bool:
        return children[who].of_the_ages and children[who].age_is_known

    def possible(who: int) -> bool:
        return children[who].of_the_ages or not children[who].age_is_known

    cards = {who for held in consultations for who, card in held.items() if card}
    found = interval(
        carded_certain=len([who for who in cards if certain(who)]),
        carded_possible=len([who for who in cards if possible(who)]),
        largest_certain=max([sum(certain(who) for who in held) for held in consultations], default=0),
        uncarded_possible=sum(possible(w) for held in consultations for w, card in held.items() if not card),
        population=population,
    )
    assert found.lower <= truth <= found.upper


@given(years_of_consultations())
def test_with_a_card_in_every_hand_and_every_age_known_nothing_is_left_in_doubt(
    facts: tuple[list[Child], list[dict[int, bool]]],
) -> None:
    children, consultations = facts
    seen = {who for held in consultations for who in held if children[who].of_the_ages}
    largest = max([sum(children[w].of_the_ages for w in held) for held in consultations], default=0)
    assert interval(len(seen), len(seen), largest, 0, len(children)) == Interval(len(seen), len(seen))


event = st.tuples(st.sets(st.integers(0, 5), max_size=4), st.integers(0, 4))
"""Cards (some used in other communes too) and how many children without one."""


@given(st.lists(st.lists(event, max_size=3), min_size=1, max_size=4), st.integers(0, 60))
def test_the_province_adds_up_children_without_cards_who_each_took_part_in_one_commune(
    communes: list[list[tuple[set[int], int]]], population: int
) -> None:
    def facts(held: list[tuple[set[int], int]]) -> dict[str, int]:
        cards = len(set().union(*(cards for cards, _ in held)))
        return {
            "carded_certain": cards,
            "carded_possible": cards,
            "largest_certain": max((len(cards) + uncarded for cards, uncarded in held), default=0),
            "uncarded_possible": sum(uncarded for _, uncarded in held),
        }

    whole = facts([one for held in communes for one in held])
    found = province_interval(whole, map(facts, communes), None)
    fewest = len(set().union(*(cards for held in communes for cards, _ in held))) + sum(
        # In one commune the children without cards may be the same, and may have left their cards at home.
        max(len(cards) + uncarded for cards, uncarded in held) - one["carded_certain"]
        for held in communes
        if held and (one := facts(held))["largest_certain"] > one["carded_certain"]
    )
    assert found.lower == fewest
    assert interval(**whole, population=None).lower <= found.lower <= found.upper
    assert found.upper == interval(**whole, population=None).upper
    capped = province_interval(whole, map(facts, communes), population)
    assert capped == Interval(found.lower, max(found.lower, min(found.upper, population)))


# Rates


def test_children_of_a_commune_that_is_in_no_list_any_more_are_in_the_province(
    definitions: dict[int, Definition],
) -> None:
    told = counts(
        (22, "29242", 2025, 10, 10, 20, 10, 1, 0),
        (22, "00000", 2025, 5, 5, 12, 7, 1, 0),
        (22, PROVINCE, 2025, 15, 15, 20, 17, 2, 0),
    )
    table = rates(told, hundred_children(["29242"]), definitions[22], [2025], ["29242"], sources=OFFICIAL)
    assert table["commune_code"].tolist() == ["29242", PROVINCE]
    assert row(table, PROVINCE)["lower"] == 15 + 10 + 7


def test_the_worked_example_as_a_rate(definitions: dict[int, Definition]) -> None:
    given_counts = counts((22, "29242", 2025, 27, 27, 23, 11, 2, 1), (22, PROVINCE, 2025, 27, 27, 23, 11, 2, 1))
    table = rates(given_counts, hundred_children(["29242"]), definitions[22], [2025], ["29242"], sources=OFFICIAL)
    found = row(table, "29242")
    assert (found["lower"], found["upper"], found["population"]) == (27, 38, 100)
    assert (found["rate"], found["rate_upper"], found["target"], found["gap"]) == (27.0, 38.0, 30.0, -3.0)
    assert not found["reached"]
    assert (found["state"], found["consultations"], found["consultations_not_counted"]) == ("measured", 2, 1)
    assert (found["source"], found["source_title"], found["is_estimate"]) == ("official", "Chi cục Thống kê", False)


def test_every_commune_and_the_province_are_there_every_year(
    definitions: dict[int, Definition], estimates: pd.DataFrame, sources: pd.DataFrame, communes: list[str]
) -> None:
    one = counts((22, "29242", 2025, 27, 27, 23, 11, 2, 0))
    table = rates(one, estimates, definitions[22], [2024, 2025, 2026], communes, sources=sources)
    assert set(zip(table["commune_code"], table["year"], strict=True)) == {
        (code, year) for code in [*communes, PROVINCE] for year in (2024, 2025, 2026)
    }
    assert len(table) == 42 * 3
    assert table["population"].notna().all()
    assert table["is_estimate"].all()


def test_no_consultation_means_no_rate_and_not_a_rate_of_zero(definitions: dict[int, Definition]) -> None:
    found = row(
        rates(counts(), hundred_children(["29242"]), definitions[22], [2025], ["29242"], sources=OFFICIAL), "29242"
    )
    assert found["state"] == "no_data"
    assert pd.isna(found["rate"])
    assert pd.isna(found["lower"])
    assert found["target"] == 30


def test_a_consultation_in_which_no_child_of_the_ages_took_part_is_a_rate_of_zero(
    definitions: dict[int, Definition],
) -> None:
    nobody = counts((22, "29242", 2025, 0, 0, 0, 0, 1, 0))
    found = row(
        rates(nobody, hundred_children(["29242"]), definitions[22], [2025], ["29242"], sources=OFFICIAL), "29242"
    )
    assert (found["state"], found["rate"]) == ("measured", 0.0)


def test_consultations_of_which_none_counts_are_told_apart(definitions: dict[int, Definition]) -> None:
    unchecked = counts((22, "29242", 2025, 0, 0, 0, 0, 0, 3))
    found = row(
        rates(unchecked, hundred_children(["29242"]), definitions[22], [2025], ["29242"], sources=OFFICIAL), "29242"
    )
    assert (found["state"], found["consultations_not_counted"]) == ("not_counted", 3)
    assert pd.isna(found["rate"])


def test_without_a_denominator_children_are_counted_but_no_rate_is_made_up(definitions: dict[int, Definition]) -> None:
    one = counts((22, "29242", 2025, 27, 27, 23, 11, 2, 0))
    found = row(rates(one, hundred_children(["29254"]), definitions[22], [2025], ["29242"], sources=OFFICIAL), "29242")
    assert (found["state"], found["lower"], found["upper"]) == ("no_population", 27, 38)
    assert pd.isna(found["rate"])


def test_official_figures_go_before_an_estimate(definitions: dict[int, Definition]) -> None:
    both = pd.concat([hundred_children(["1"], "guess"), hundred_children(["1"]), hundred_children(["2"], "guess")])
    titles = pd.DataFrame([("guess", "Ước tính", True), ("official", "Chính thức", False)], columns=OFFICIAL.columns)
    table = rates(counts(), both, definitions[22], [2025], ["1", "2"], sources=titles)
    assert [row(table, code)["source"] for code in ("1", "2")] == ["official", "guess"]
    province = row(table, PROVINCE)
    assert (province["population"], province["is_estimate"]) == (200, True)
    assert province["source_title"] == "Chính thức; Ước tính"


def test_official_figures_that_lack_an_age_are_passed_over(definitions: dict[int, Definition]) -> None:
    both = pd.concat([hundred_children(["1"], "guess"), hundred_children(["1"], ages=range(8, 16))])
    titles = pd.DataFrame([("guess", "Ước tính", True), ("official", "Chính thức", False)], columns=OFFICIAL.columns)
    assert row(rates(counts(), both, definitions[22], [2025], ["1"], sources=titles), "1")["source"] == "guess"


def test_the_provinces_denominator_is_the_sum_of_what_is_shown(
    definitions: dict[int, Definition], estimates: pd.DataFrame, sources: pd.DataFrame, communes: list[str]
) -> None:
    table = rates(counts(), estimates, definitions[24], [2027], communes, sources=sources)
    shown = table[table["commune_code"] != PROVINCE]["population"].sum()
    assert row(table, PROVINCE)["population"] == shown == pytest.approx(83_000, rel=0.1)


def test_the_provinces_denominator_is_missing_when_one_communes_is(definitions: dict[int, Definition]) -> None:
    table = rates(counts(), hundred_children(["1"]), definitions[22], [2025], ["1", "2"], sources=OFFICIAL)
    assert pd.isna(row(table, PROVINCE)["population"])


def test_reaching_the_target_exactly_is_reaching_it(definitions: dict[int, Definition]) -> None:
    thirty = counts((22, "1", 2025, 30, 30, 0, 0, 1, 0))
    found = row(rates(thirty, hundred_children(["1"]), definitions[22], [2025], ["1"], sources=OFFICIAL), "1")
    assert found["reached"]
    assert found["gap"] == 0


def test_two_rows_for_one_area_and_year_are_refused(definitions: dict[int, Definition]) -> None:
    twice = counts(*[(22, "1", 2025, 30, 30, 0, 0, 1, 0)] * 2)
    with pytest.raises(ValueError, match="area 1, year 2025"):
        rates(twice, hundred_children(["1"]), definitions[22], [2025], ["1"], sources=OFFICIAL)
