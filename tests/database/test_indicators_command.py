"""`survey-app indicators`: the same numbers as on the screens, small ones hidden; and who may ask by sex."""

from __future__ import annotations

import argparse
import csv
import io
import json
from typing import Any

import pytest

from survey_app import indicators_command
from survey_app.database import Database, NotAllowed
from survey_app.indicator_figures import read_figures
from tests.database.conftest import World, submission, submit

YEAR = 2026
SEXES = {"female": 6, "male": 2}


def printed(database: Database, *arguments: str) -> str:
    parser = argparse.ArgumentParser()
    indicators_command.add_arguments(parser)
    out = io.StringIO()
    given = parser.parse_args(["--year", str(YEAR), "--indicator", "22", *arguments])
    assert indicators_command.print_indicators(database, given, out) == 0
    return out.getvalue()


@pytest.fixture
def commune(world: World) -> str:
    """Six girls and two boys with cards, and three children without."""
    administrator, commune = world.as_staff("administrator"), world.new_commune()
    consultation = world.new_consultation(administrator, commune)
    for sex, children in SEXES.items():
        for card in world.new_cards(commune, children, 2016):
            world.rows("update participant set sex = %s where card = %s", sex, card)
            submit(world.door, submission(consultation, card=card))
    for _ in range(3):
        submit(world.door, submission(consultation, card=None))
    return commune


def test_a_commune_has_the_interval_and_its_boys_and_girls_are_hidden_together(world: World, commune: str) -> None:
    administrator = world.as_staff("administrator")
    mine = [
        row
        for row in json.loads(printed(administrator, "--by", "commune", "--format", "json"))
        if row["area_code"] == commune
    ]
    assert [(row["state"], row["lower"], row["upper"], row["rate"]) for row in mine] in (
        [("no_population", 11, 11, None)],
        [("suppressed", None, None, None)],
    )
    written = printed(administrator, "--by", "commune,sex", "--format", "csv")
    rows = [row for row in csv.DictReader(io.StringIO(written)) if row["area_code"] == commune]
    assert {row["sex"] for row in rows} >= set(SEXES)
    assert {(row["sex"], row["carded"]) for row in rows if row["sex"] == "male"} == {("male", "")}


def test_raw_counts_by_sex_are_for_administrators_only(world: World, commune: str) -> None:
    told = world.as_staff("administrator").call("participation_by_sex", for_year=YEAR)
    of_commune = {row["sex"]: row["children"] for row in told if (row["indicator"], row["area_code"]) == (22, commune)}
    assert of_commune == SEXES
    askers: list[Any] = [world.as_staff(role) for role in ("facilitator", "officer", "reviewer", "protection_officer")]
    for asking in [*askers, world.door.as_anonymous()]:
        with pytest.raises(NotAllowed):
            asking.call("participation_by_sex", for_year=YEAR)


def test_every_member_of_staff_sees_the_same_figures(world: World, commune: str) -> None:
    seen = [read_figures(world.as_staff(role), YEAR, (22, 24)).rates for role in ("administrator", "reviewer")]
    assert seen[0].equals(seen[1])


def test_a_wrong_part_is_told_with_the_ones_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    indicators_command.add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--by", "commune,age"])
    assert "'age' is not known; use commune, sex" in capsys.readouterr().err
