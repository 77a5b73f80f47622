"""All that leaves the application, put side by side: the same is hidden everywhere, and nothing hidden can be reckoned."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from analysis.indicators import load_definitions, rates
from analysis.suppression import THRESHOLD, suppress
from survey_app.api.openapi import description
from survey_app.database.accounts import issue_token
from survey_app.database.embedded import open_embedded
from survey_app.indicator_figures import COUNT_COLUMNS, DATA, POPULATION_COLUMNS
from survey_app.indicators_command import FORMATS as COMMAND_FORMATS
from survey_app.indicators_command import INDICATORS
from survey_app.report.files import FORMATS
from tests.database.conftest import World, _adding_staff, owner_conninfo
from tests.database.exits import EXITS, Exit, Shown
from tests.database.test_activity_counts import attend, new_activity
from tests.unit.analysis.test_area_suppression_attack import Attack

YEARS = (2025, 2026)
COMMUNES = 5
KINDS = {23: "awareness_session", 24: "club"}
SHARE = {"lower": "lower", "upper": "upper", "rate": "lower", "rate_upper": "upper", "gap": "lower"}
"""Which end of the interval a measure tells."""


@pytest.fixture(scope="module")
def own_world(new_folder: Callable[[], Path]) -> Iterator[World]:
    """A database in which there are no communes but those of this file."""
    door = open_embedded(new_folder())
    with psycopg.connect(owner_conninfo(door), autocommit=True) as owner:
        secret = owner.execute("select value from private.setting where name = 'token_secret'").fetchone()

        def issue(user_id: str, seconds: int) -> str:
            return issue_token(str((secret or ("",))[0]), uuid.UUID(user_id), timedelta(seconds=seconds)).token

        world = World(door, owner, _adding_staff(owner), issue)
        world.rows("insert into population_source values ('thử', 'Số liệu thử', true)")
        yield world
    door.close()


def generate(world: World, seed: int) -> None:
    """More communes: many of them with few children, in both years."""
    chance = random.Random(seed)
    asking = world.as_staff("administrator")
    for _ in range(COMMUNES):
        commune = world.new_commune()
        cards = world.new_cards(commune, 30, 2013)
        for year in YEARS:
            world.rows(
                "insert into population (source, commune_code, year, age, children) "
                "select 'thử', %s, %s, age, %s from generate_series(0, 17) age",
                commune, year, chance.choice([12, 100]),
            )  # fmt: skip
            for number in INDICATORS:
                for _ in range(chance.choice([0, 1, 1, 2])):
                    came = chance.sample(cards, chance.choice([1, 2, 4, 6, 9, 25]))
                    uncarded = chance.choice([0, 0, 2, 7])
                    day = date(year, chance.randint(1, 11), 3)
                    if number in KINDS:
                        attend(world, new_activity(world, commune, KINDS[number], day, headcount=uncarded), *came)
                        continue
                    held = world.new_consultation(asking, commune, held_on=day)
                    asking.call("record_participation", consultation=held, cards=came)
                    asking.call("set_headcount", consultation=held, children=uncarded)


def everything(world: World, year: int, exits: dict[str, Exit]) -> dict[str, Shown]:
    return {name: one.read(world, year) for name, one in exits.items()}


def contradictions(shown: dict[str, Shown], exits: dict[str, Exit]) -> list[str]:
    """Where one exit shows what another hides, or says something else."""
    first, *others = shown
    found = []
    for name in others:
        for (indicator, area), wanted in shown[first].items():
            if area == "84" and not exits[name].has_province:
                continue
            told = shown[name].get((indicator, area))
            where = f"{name}: {indicator} {area}"
            if told is None:
                found.append(f"{where} is not there")
                continue
            for measure in exits[name].measures:
                one, other = wanted.get(measure), told.get(measure)
                if (one is None) != (other is None):
                    found.append(f"{where} {measure} is hidden in one and shown in the other: {one} {other}")
                elif one and other and (one[0] > other[1] or other[0] > one[1]):
                    found.append(f"{where} {measure}: {one} {other}")
    return found


def narrow(world: World, year: int, shown: dict[str, Shown]) -> tuple[list[Any], int]:
    """Small counts that everything shown together confines to fewer numbers than the threshold; and how many were tried."""
    asking = world.as_staff("administrator")
    codes = [code for (code,) in world.rows("select code from unit where valid_to is null order by code")]
    counts = asking.read("participation_count", columns=COUNT_COLUMNS)
    population = asking.read("population", columns=POPULATION_COLUMNS)
    sources = asking.read("denominator_source", columns=["source", "title", "is_estimate", "in_force"])
    found, tried = [], 0
    for number in INDICATORS:
        definition = load_definitions(DATA / "indicators.json")[number]
        truth = rates(counts, population, definition, [year], codes, sources=sources)
        attack = Attack(truth)
        attack.learn_structure(suppress(truth))
        for of in shown.values():
            for (indicator, area), told in of.items():
                if indicator == number:
                    learn(attack, year, area, told)
        for row in truth.to_dict("records"):
            for end in ("lower", "upper"):
                value = attack.true(year, row["commune_code"], end)
                if value and value < THRESHOLD:
                    tried += 1
                    low, high = attack.range_of((year, row["commune_code"], end))
                    assert low <= value <= high
                    if high - low < THRESHOLD:
                        found.append((number, row["commune_code"], end, value, low, high))
    return found, tried


def learn(attack: Attack, year: int, area: str, told: dict[str, tuple[float, float]]) -> None:
    (row,) = attack.truth[attack.truth["commune_code"] == area].to_dict("records")
    for measure, (low, high) in told.items():
        is_count = measure in ("lower", "upper")
        aim = float(row["target"]) if measure == "gap" else 0
        factor = 1 if is_count else 100 / float(row["population"])
        attack.know({(year, area, SHARE[measure]): factor}, low + aim, high + aim)


@pytest.mark.parametrize(("seed", "years"), [(0, YEARS), (1, YEARS[1:])])
def test_no_exit_shows_what_another_hides_and_together_they_tell_no_small_count(
    own_world: World, seed: int, years: tuple[int, ...]
) -> None:
    generate(own_world, seed)
    tries = 0
    for year in years:
        shown = everything(own_world, year, EXITS)
        assert contradictions(shown, EXITS) == []
        found, tried = narrow(own_world, year, shown)
        assert found == []
        tries += tried
    assert tries > 3, "there must be something to find"


def test_an_exit_that_leaks_is_found(own_world: World) -> None:
    """A sign that the attack is worth something: an exit that hides small counts alone, and nothing for their sake."""
    generate(own_world, 2)
    asking = own_world.as_staff("administrator")
    raw = asking.read("participation_count", columns=COUNT_COLUMNS, where={"year": YEARS[1]})

    def leaky(world: World, year: int) -> Shown:
        shown = EXITS["api json"].read(world, year)
        for row in raw.to_dict("records"):
            if (row["indicator"], row["area_code"]) not in shown:
                continue
            lower = max(row["carded_certain"], row["largest_certain"])
            if lower == 0 or lower >= THRESHOLD:
                shown[row["indicator"], row["area_code"]]["lower"] = (lower, lower)
        return shown

    exits = {"api json": EXITS["api json"], "leaky": replace(EXITS["api json"], read=leaky)}
    shown = everything(own_world, YEARS[1], exits)
    assert any("hidden in one" in one for one in contradictions(shown, exits))
    assert narrow(own_world, YEARS[1], shown)[0] != []


def test_whoever_adds_a_format_adds_it_to_the_exits() -> None:
    parameters = description()["paths"]["/api/data/indicators"]["get"]["parameters"]
    (formats,) = [one["schema"]["enum"] for one in parameters if one["name"] == "format"]
    assert {f"api {one}" for one in formats} == {one for one in EXITS if one.startswith("api ")}
    assert {f"report {one}" for one in FORMATS} == {one for one in EXITS if one.startswith("report ")}
    # Tables are the JSON's records with spaces between; words are the map's file to download.
    assert {f"command {one}" for one in COMMAND_FORMATS} - {"command table"} <= EXITS.keys()
