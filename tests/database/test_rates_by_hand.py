"""Rates from the database equal a computation in plain Python over the raw rows, also for children who move in the year."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from analysis.indicators import PROVINCE, load_definitions, rates
from survey_app.indicator_figures import DATA
from survey_app.reference_data import card_animals
from tests.database.conftest import World
from tests.database.count_by_hand import count_by_hand
from tests.database.test_counts import BIRTHS, Story, random_action

YEAR = 2026
CHILDREN = {age: 3 + age for age in range(20)}
"""By single age, in each commune: few, so that the population sometimes caps the interval."""


def rates_by_hand(
    facts: tuple[int, ...], population: int, target: Fraction, below: list[tuple[int, ...]]
) -> tuple[Any, ...]:
    """lower, upper, rate, rate at most and gap, in hundredths of the population; no pandas. `below`: the communes' facts,
    where they are of the province.
    """
    certain, possible, largest, uncarded, consultations, _ = facts
    if not consultations:
        return (None,) * 5
    lower = max(certain, largest)
    if below:
        lower = certain + sum(max(cards, event) - cards for cards, _, event, *_ in below)
    upper = max(lower, min(population, possible + uncarded))
    rate = Fraction(100 * lower, population)
    return lower, upper, rate, Fraction(100 * upper, population), rate - target


def move(story: Story, chance: random.Random) -> None:
    """A child with her card to the other commune: from now on it is known there, and what she did stays where it was."""
    here, there = chance.sample(list(story.cards), 2)
    number = chance.randrange(len(BIRTHS))
    card = story.cards[here][number]
    moved = story.world.rows(
        "update participant set commune_code = %s where commune_code = %s and card = %s returning id", there, here, card
    )
    if moved:
        story.cards[there].append(card)


def merge(story: Story, chance: random.Random) -> str:
    """Both communes become one on 1 July, under a new code or the second one's; some cards of theirs bear one number."""
    world = story.world
    first, second = story.cards
    world.as_staff("administrator").write("card_animal", card_animals())
    for commune in (first, second):
        for number, (child,) in enumerate(
            world.rows("select id from participant where commune_code = %s order by id limit 2", commune)
        ):
            world.rows("update participant set card = %s where id = %s", f"TRUNG000{number}", child)
    new = chance.choice([second, f"{int(second) - 40_000:05d}"])
    merged = {"last_day": "2026-06-30", "first_day": "2026-07-01", "name": "Xã Mới", "kind": "Xã"}
    changes = [{"old_code": old, "new_code": new, **merged} for old in (first, second)]
    story.asking.call("import_units", file_name="sap-nhap.csv", file_sha256="0" * 64, changes=changes)
    cards = [card for (card,) in world.rows("select card from participant where commune_code = %s order by id", new)]
    story.cards = {new: cards}
    story.places = dict.fromkeys(story.places, new)
    assert not {"TRUNG0000", "TRUNG0001"} - set(cards)
    return new


@pytest.mark.parametrize(("seed", "merged"), [(0, False), (1, False), (2, False), (3, True), (4, True), (5, True)])
def test_rates_equal_a_computation_over_the_raw_rows(world: World, seed: int, merged: bool) -> None:
    chance = random.Random(1000 + seed)
    story = Story(world)
    for number in range(60):
        if merged and number == 30:
            new = merge(story, chance)
            merged_in = world.new_consultation(story.asking, new, held_on=date(2026, 7, 2))
            story.consultations[3] = merged_in
            story.places[merged_in] = new
        action = random_action(chance)
        # The cards that came by moving are sent as well.
        if action[0] == "submit":
            action = ("submit", [(at, _any_card(story, at, card, chance)) for at, card in action[1]], action[2])
        story.act(action)
        if number % 6 == 5 and len(story.cards) > 1:
            move(story, chance)
    _, areas = count_by_hand(world.owner)
    definition = load_definitions(DATA / "indicators.json")[22]
    target = Fraction(30) + Fraction(35 - 30) * Fraction(YEAR - 2025, 2030 - 2025)
    communes = list(story.cards)
    one = sum(CHILDREN[age] for age in range(definition.min_age, definition.max_age + 1))
    population = pd.DataFrame(
        [("by hand", code, YEAR, age, children) for code in communes for age, children in CHILDREN.items()],
        columns=["source", "commune_code", "year", "age", "children"],
    )
    sources = pd.DataFrame([("by hand", "by hand", False)], columns=["source", "title", "is_estimate"])
    counts = world.as_staff("reviewer").read(
        "participation_count",
        columns=[
            "indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible",
            "consultations", "consultations_not_counted",
        ],
    )  # fmt: skip
    seen = 0
    for row in rates(counts, population, definition, [YEAR], communes, sources=sources).to_dict("records"):
        people = one * (len(communes) if row["commune_code"] == PROVINCE else 1)
        whole = row["commune_code"] == PROVINCE
        below = [facts for (area, year), facts in areas.items() if whole and area != PROVINCE and year == YEAR]
        expected = rates_by_hand(areas.get((row["commune_code"], YEAR), (0,) * 6), people, target, below)
        for name, wanted in zip(("lower", "upper", "rate", "rate_upper", "gap"), expected, strict=True):
            if wanted is None:
                assert pd.isna(row[name])
            else:
                assert float(row[name]) == pytest.approx(float(wanted)), (row["commune_code"], name)
                seen += 1
    assert seen >= 10


def test_a_child_counted_in_two_communes_is_one_child_of_the_province(world: World) -> None:
    story = Story(world)
    first, second = story.cards
    _, before = count_by_hand(world.owner)
    story.act(("by word", 2, 0, True))
    card = story.cards[first][0]
    world.rows("update participant set commune_code = %s where commune_code = %s and card = %s", second, first, card)
    story.asking.call("set_principles", consultation=story.consultations[4], principles=["voluntary"])
    held = world.new_consultation(story.asking, second, held_on=pd.Timestamp(2026, 11, 24).date())
    story.asking.call("record_participation", consultation=held, cards=[card])
    counts = world.as_staff("reviewer").read(
        "participation_count", columns=["area_code", "carded_certain"], where={"indicator": 22, "year": YEAR}
    )
    by_area = dict(counts.itertuples(index=False, name=None))
    assert (by_area[first], by_area[second]) == (1, 1)
    assert by_area[PROVINCE] == before[PROVINCE, YEAR][0] + 1


def _any_card(story: Story, consultation: int, card: int | str | None, chance: random.Random) -> int | str | None:
    if not isinstance(card, int):
        return card
    return chance.randrange(len(story.cards[story.places[story.consultations[consultation]]]))
