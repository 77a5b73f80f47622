"""What the counts were before this month equals the kept counts without anything of this month."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from survey_app.database import NotAllowed
from survey_app.database.voucher import voucher
from tests.database.conftest import World, submission, submit
from tests.database.test_activity_counts import BIRTHS, attend, new_activity
from tests.database.test_activity_counts import recount as recount_activity

COLUMNS = (
    *("indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible"),
    *("consultations", "consultations_not_counted"),
)


def _vouched(world: World) -> str:
    assert world.door.submission_secret is not None
    return voucher(world.door.submission_secret, "before this month")


def test_it_is_the_count_without_what_was_held_since(world: World) -> None:
    chance = random.Random(7)
    administrator = world.as_staff("administrator")
    month = world.value("select date_trunc('month', private.today())::date")
    before = max(date(month.year, 1, 1), month - timedelta(days=1))
    communes = [world.new_commune(), world.new_commune()]
    cards = {commune: [world.new_cards(commune, 1, *birth)[0] for birth in BIRTHS] for commune in communes}
    activities = []
    for commune in communes:
        for day, counted, ages in [(before, True, (7, 15)), (before, False, (5, 12)), (month, True, (11, 17))]:
            made = world.new_consultation(administrator, commune, held_on=day, counted=counted, ages=ages)
            for card in [*chance.sample(cards[commune], 4), None]:
                submit(world.door, submission(made, card=card))
        for day, kind in [(before, "club"), (month, "club"), (before, "awareness_session"), (month, "children_forum")]:
            made = new_activity(world, commune, kind, day, headcount=chance.randrange(9))
            attend(world, made, *chance.sample(cards[commune], 3))
            activities.append(made)
    found = {
        tuple(row[name] for name in COLUMNS[:3]): tuple(row[name] for name in COLUMNS[3:])
        for row in administrator.call("participation_before_this_month", voucher=_vouched(world))
    }

    world.rows(
        "update consultation set held_on = held_on - 800 where held_on >= %s and commune_code = any (%s)",
        month,
        communes,
    )
    world.rows(
        "update activity set deleted_at = now() where held_on >= %s and commune_code = any (%s)", month, communes
    )
    for activity in activities:
        recount_activity(world, activity)
    for (consultation,) in world.rows("select id from consultation where commune_code = any (%s)", communes):
        world.rows("select private.recount(%s)", consultation)
    world.rows("delete from private.participation where area_code = any (%s) and indicator = 22", communes)
    for (consultation,) in world.rows("select id from consultation where commune_code = any (%s)", communes):
        world.rows("select private.recount(%s)", consultation)
    kept = administrator.read("participation_count", columns=COLUMNS, where={"area_code": communes, "year": month.year})
    expected = {tuple(row[:3]): tuple(row[3:]) for row in kept.itertuples(index=False)}
    assert len(expected) == 6 or month.month == 1
    assert {key: found.get(key) for key in expected} == expected


def test_only_the_application_may_ask_for_staff(world: World) -> None:
    with pytest.raises(NotAllowed):
        world.door.as_anonymous().call("participation_before_this_month", voucher=_vouched(world))
    with pytest.raises(NotAllowed):
        world.as_staff("reviewer").call("participation_before_this_month", voucher="00")
