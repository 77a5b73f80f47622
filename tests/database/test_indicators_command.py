"""`survey-app indicators`: the same numbers as on the screens, small ones hidden; and who may ask by sex."""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections import Counter
from typing import Any

import pytest

from survey_app import indicators_command
from survey_app.database import Database, DatabaseError, NotAllowed
from survey_app.database.voucher import voucher as vouched_by
from survey_app.indicator_figures import read_figures
from survey_app.indicator_groups import Asking
from tests.database.conftest import World, submission, submit

YEAR = 2026
SEXES = {"female": 6, "male": 2}


def printed(database: Database, *arguments: str, secret: str | None = None) -> str:
    parser = argparse.ArgumentParser()
    indicators_command.add_arguments(parser)
    out = io.StringIO()
    given = parser.parse_args(["--year", str(YEAR), "--indicator", "22", *arguments])
    assert indicators_command.mistake(given) is None
    assert indicators_command.print_indicators(database, given, out, secret) == 0
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
    secret = world.door.submission_secret
    written = printed(administrator, "--by", "commune,sex", "--format", "csv", secret=secret)
    rows = [row for row in csv.DictReader(io.StringIO(written)) if row["area_code"] == commune]
    assert {row["group"] for row in rows} >= set(SEXES)
    assert {(row["group"], row["carded"]) for row in rows if row["group"] == "male"} == {("male", "")}


def test_raw_counts_by_group_are_told_to_the_application_alone_and_for_whom_they_are(
    world: World, commune: str
) -> None:
    secret = world.door.submission_secret or ""
    for role in ("officer", "reviewer", "administrator"):
        told = Asking(world.as_staff(role), secret).told("sex", YEAR)
        mine = told[(told["indicator"] == 22) & (told["area_code"] == commune)]
        assert dict(zip(mine["group"], mine["children"], strict=True)) == SEXES
        for voucher in ("", vouched_by(secret, f"groups age {YEAR}"), vouched_by(secret, f"groups sex {YEAR - 1}")):
            with pytest.raises(NotAllowed):
                world.as_staff(role).call("participation_by_group", for_year=YEAR, grouped_by="sex", voucher=voucher)
    askers: list[Any] = [world.as_staff(role) for role in ("facilitator", "protection_officer")]
    for asking in [*askers, world.door.as_anonymous()]:
        with pytest.raises(NotAllowed):
            Asking(asking, secret).told("sex", YEAR)
    with pytest.raises(NotAllowed):
        Asking(world.as_staff("administrator"), None).told("sex", YEAR)
    with pytest.raises(DatabaseError, match="unknown_grouping"):
        Asking(world.as_staff("administrator"), secret).told("household", YEAR)


def test_every_grouping_equals_a_count_over_the_raw_rows(world: World, commune: str) -> None:
    """Also of what is recorded of some children only."""
    school = world.rows(
        "insert into school (commune_code, name, kind) values (%s, 'Trường thử', 'primary') returning id", commune
    )[0][0]
    world.rows("update participant set school_id = %s where commune_code = %s and sex = 'female'", school, commune)
    world.rows(
        "insert into participant_group (participant_id, ethnicity, disability) "
        "select id, 'khmer', sex = 'male' from participant where commune_code = %s order by card limit 5",
        commune,
    )
    raw = world.rows(
        "select distinct p.id, p.sex, %s - p.birth_year, s.kind, g.ethnicity, g.disability from consultation_participant cp "
        "join participant p on p.id = cp.participant_id left join school s on s.id = p.school_id "
        "left join participant_group g on g.participant_id = p.id where p.commune_code = %s",
        YEAR, commune,
    )  # fmt: skip
    assert len(raw) == sum(SEXES.values())
    asking = Asking(world.as_staff("officer"), world.door.submission_secret)
    for place, grouping in enumerate(("sex", "age", "school_type", "ethnicity", "disability"), 1):
        names = {True: "yes", False: "no", None: "not_recorded"} if grouping == "disability" else {None: "not_recorded"}
        expected = Counter(str(names.get(child[place], child[place])) for child in raw)
        told = asking.told(grouping, YEAR)
        mine = told[(told["indicator"] == 22) & (told["area_code"] == commune)]
        assert dict(zip(mine["group"], mine["children"], strict=True)) == expected


def test_districts_are_areas_and_ages_fall_into_bands(world: World, commune: str) -> None:
    world.rows("update unit set former_district = 'Huyện Thử' where code = %s and valid_to is null", commune)
    secret = world.door.submission_secret
    administrator = world.as_staff("administrator")
    rows = json.loads(printed(administrator, "--by", "district", "--format", "json", secret=secret))
    mine = [row for row in rows if row["area_code"] == "Huyện Thử"]
    assert [(row["state"], row["lower"], row["upper"]) for row in mine] in (
        [("no_population", 11, 11)],
        [("suppressed", None, None)],
    )
    raw = Asking(administrator, secret).told("district", YEAR)
    assert raw[raw["area_code"] == "Huyện Thử"][["indicator", "children"]].to_numpy().tolist() == [[22, 8]]
    bands = json.loads(printed(administrator, "--by", "commune,age-band", "--format", "json", secret=secret))
    assert {row["group"] for row in bands} >= {"7-10"}


def test_every_member_of_staff_sees_the_same_figures(world: World, commune: str) -> None:
    seen = [read_figures(world.as_staff(role), YEAR, (22, 24)).rates for role in ("administrator", "reviewer")]
    assert seen[0].equals(seen[1])


def test_a_wrong_part_is_told_with_the_ones_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    indicators_command.add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--by", "commune,household"])
    assert "'household' is not known; use commune, sex, age, age-band" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("by", "complaint"),
    [
        ("sex,age", "sex and age do not go together"),
        ("district,sex", "do not go together"),
        ("commune,district", "both areas"),
    ],
)
def test_what_does_not_go_together_is_told(by: str, complaint: str) -> None:
    parser = argparse.ArgumentParser()
    indicators_command.add_arguments(parser)
    assert complaint in (indicators_command.mistake(parser.parse_args(["--by", by])) or "")
