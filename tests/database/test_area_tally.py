"""What communes come to in a year is kept as things change, so that the map does not cost what was asked before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from survey_app.database import Database
from survey_app.database.embedded import SCHEMA_FILE
from tests.database.conftest import World, record_consent, submission, submit
from tests.database.test_activity_counts import attend, new_activity, recount

DAY = date(2026, 3, 4)


def areas(world: World) -> list[tuple[Any, ...]]:
    return world.rows(
        "select * from private.area_tally where consultations > 0 or consultations_not_counted > 0 order by 1, 2, 3"
    )


def of_commune(world: World, commune: str, year: int = DAY.year) -> dict[int, tuple[Any, ...]]:
    """By indicator: largest, uncarded, consultations, not counted."""
    return {
        row[0]: row[1:]
        for row in world.rows(
            "select indicator, largest_certain, uncarded_possible, consultations, consultations_not_counted"
            " from private.area_tally where commune_code = %s and year = %s",
            commune,
            year,
        )
    }


def held(world: World, commune: str) -> tuple[str, str]:
    """A consultation with two cards and a child without one, and a club of the same two with three more."""
    asking = world.as_staff("administrator")
    cards = world.new_cards(commune, 2, 2016)
    consultation = world.new_consultation(asking, commune, held_on=DAY)
    submit(world.door, *(submission(consultation, card=card) for card in [*cards, None]))
    activity = new_activity(world, commune, "awareness_session", DAY, headcount=3)
    attend(world, activity, *cards)
    recount(world, activity)
    return consultation, activity


def test_what_was_there_before_areas_were_kept_is_carried_along(world: World) -> None:
    held(world, world.new_commune())
    kept = areas(world)
    world.rows("delete from private.area_tally")
    world.owner.execute(SCHEMA_FILE.read_bytes())
    assert areas(world) == kept


def test_an_area_follows_whatever_is_changed(world: World) -> None:
    commune, neighbour = world.new_commune(), world.new_commune()
    asking = world.as_staff("administrator")
    consultation, activity = held(world, commune)
    assert of_commune(world, commune) == {22: (3, 1, 1, 0), 23: (5, 3, 1, 0)}

    asking.call("set_principles", consultation=consultation, principles=["voluntary"])
    assert of_commune(world, commune)[22] == (0, 0, 0, 1)

    world.rows("update consultation set commune_code = %s where id = %s", neighbour, consultation)
    world.rows("update activity set commune_code = %s, kind = 'club' where id = %s", neighbour, activity)
    recount(world, activity)
    assert {row[2:] for row in of_commune(world, commune).values()} == {(0, 0)}
    assert of_commune(world, neighbour)[22] == (0, 0, 0, 1)
    assert of_commune(world, neighbour)[24][1:] == (3, 1, 0)

    world.rows("update consultation set held_on = '2025-03-04' where id = %s", consultation)
    assert of_commune(world, neighbour, 2025)[22] == (0, 0, 0, 1)


def test_what_is_taken_back_makes_the_next_consultation_the_largest(world: World) -> None:
    commune = world.new_commune()
    asking = world.as_staff("administrator")
    cards = world.new_cards(commune, 3, 2016)
    larger, smaller = (world.new_consultation(asking, commune, held_on=DAY) for _ in range(2))
    given = [submission(larger, card=card) for card in cards]
    submit(world.door, *given, submission(smaller, card=cards[0]), submission(smaller))
    assert of_commune(world, commune)[22] == (3, 1, 2, 0)
    for one in given[:2]:
        world.door.as_anonymous().call("withdraw", receipt=one["receipt"])
    assert of_commune(world, commune)[22] == (2, 1, 2, 0)


def test_an_area_follows_the_ages_that_an_indicator_counts(world: World) -> None:
    commune = world.new_commune()
    held(world, commune)
    world.rows("update indicator set min_age = 8 where id = 22")
    try:
        # Ages 7 to 15 are no longer surely of the indicator's.
        assert of_commune(world, commune)[22] == (2, 1, 1, 0)
    finally:
        world.rows("update indicator set min_age = 7 where id = 22")
    assert of_commune(world, commune)[22] == (3, 1, 1, 0)


@pytest.mark.parametrize("role", ["administrator", "reviewer", "protection_officer", "officer", "facilitator"])
@pytest.mark.parametrize("where", ["anywhere", "in the commune", "at the school"])
def test_lists_show_whatever_the_asker_may_see_and_no_more(world: World, role: str, where: str) -> None:
    commune = world.new_commune()
    school = world.new_school(commune)
    administrator = world.as_staff("administrator")
    places = [(commune, school), (commune, None), (world.new_commune(), None)]
    made = [world.new_consultation(administrator, place, school=at, is_open=False) for place, at in places]
    clubs = [new_activity(world, place, "club", DAY) for place, _ in places]
    for place, at in places:
        world.rows("insert into roster (commune_code, school_id, name) values (%s, %s, 'Lớp thử')", place, at)
    asked_in = None if where == "anywhere" else commune
    email, identity = world.new_account(role, asked_in, school if where == "at the school" else None)
    if role in ("officer", "facilitator"):
        record_consent(administrator, made[1])
        world.rows("update consultation set created_by = %s where id = %s", identity, made[1])
        world.rows("update activity set created_by = %s where id = %s", identity, clubs[2])
    asking = world.door.as_user(world.issue(identity, 3600)) if world.issue else None
    assert asking is not None, email
    assert_sees_what_it_may(world, asking, identity)
    # Of a unit that was split.
    world.rows("update consultation set area_code = null where id = %s", made[0])
    world.rows("update activity set area_code = null where id = %s", clubs[0])
    try:
        assert_sees_what_it_may(world, asking, identity)
    finally:
        world.rows("update consultation set area_code = commune_code where id = %s", made[0])
        world.rows("update activity set area_code = commune_code where id = %s", clubs[0])


def assert_sees_what_it_may(world: World, asking: Database, identity: str) -> None:
    """The policies, written for speed, against the plain rules that they stand for."""
    for table, rule in (
        ("consultation", "private.sees_consultation(created_by, school_id, area_code)"),
        ("activity", "private.works_with(created_by, school_id, area_code) or private.staff_role() = 'reviewer'"),
        ("roster", "private.works_with(created_by, school_id, commune_code)"),
    ):
        with world.owner.transaction():
            world.rows("select set_config('request.jwt.claims', %s, true)", f'{{"sub": "{identity}"}}')
            may = {str(one) for (one,) in world.rows(f"select id from {table} where deleted_at is null and ({rule})")}
        assert set(asking.read(table, columns=["id"])["id"]) == may, table
