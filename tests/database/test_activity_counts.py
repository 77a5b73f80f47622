"""Activities and other forms of consultation: the kept counts equal a count by hand, whatever is changed."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

import pytest

from survey_app.database import NotAllowed
from tests.database.conftest import World, submission, submit
from tests.database.count_by_hand import PROVINCE, ages_on
from tests.database.test_counts import assert_counts_are_right

BIRTHS = ((2016, None), (2018, 11), (2019, None), (2015, 4), (2014, None), (2011, 1), (2010, None), (2020, 6))
DAYS = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 11, 24))
KINDS = ("awareness_session", "club", "children_council")
AGES = ((7, 15), (11, 15), (5, 17), (16, 17))
COLUMNS = (
    *("indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible"),
    *("consultations", "consultations_not_counted"),
)
Figures = dict[tuple[int, str, int], tuple[int, ...]]


def activities_by_hand(world: World) -> Figures:
    """The rows of participation_count for 23 and 24 from attendance lists and births alone."""
    spans = {row[0]: set(range(row[1], row[2] + 1)) for row in world.rows("select id, min_age, max_age from indicator")}
    births = {row[0]: row[1:] for row in world.rows("select id, birth_year, birth_month from participant")}
    present = defaultdict(set)
    for activity, child in world.rows("select activity_id, participant_id from attendance"):
        present[activity].add(child)
    held = world.rows(
        "select id, kind, area_code, held_on, min_age, max_age, headcount from activity "
        "where state = 'held' and deleted_at is null"
    )
    surely: dict[Any, set[Any]] = defaultdict(set)
    possibly: dict[Any, set[Any]] = defaultdict(set)
    largest: dict[Any, int] = defaultdict(int)
    uncarded: dict[Any, int] = defaultdict(int)
    times: dict[Any, int] = defaultdict(int)
    for identity, kind, commune, day, youngest, oldest, headcount in held:
        indicator = 23 if kind == "awareness_session" else 24
        wanted, of_activity = spans[indicator], set(range(youngest, oldest + 1))
        ages = {child: ages_on(day, *births[child]) for child in present[identity]}
        certain = {child for child, some in ages.items() if some <= wanted}
        for area in (commune, PROVINCE):
            key = (indicator, area, day.year)
            surely[key] |= certain
            possibly[key] |= {child for child, some in ages.items() if some & wanted}
            largest[key] = max(largest[key], len(certain) + headcount * (of_activity <= wanted))
            uncarded[key] += headcount * bool(of_activity & wanted)
            times[key] += 1
    return {key: (len(surely[key]), len(possibly[key]), largest[key], uncarded[key], times[key], 0) for key in times}


def kept(world: World) -> Figures:
    frame = world.as_staff("reviewer").read("participation_count", columns=COLUMNS, where={"indicator": [23, 24]})
    return {(indicator, area, year): tuple(counts) for indicator, area, year, *counts in frame.itertuples(index=False)}


def new_activity(world: World, commune: str, kind: str = "club", day: date = DAYS[2], **more: Any) -> str:
    values = {
        "kind": kind,
        "title": "Thử",
        "commune_code": commune,
        "held_on": day,
        "min_age": 7,
        "max_age": 15,
        **more,
    }
    marks = ", ".join(["%s"] * len(values))
    statement = f"insert into activity ({', '.join(values)}) values ({marks}) returning id"
    return str(world.value(statement, *values.values()))


def attend(world: World, activity: str, *cards: str) -> None:
    world.rows("update activity set state = 'held' where id = %s", activity)
    world.rows(
        "insert into attendance (activity_id, participant_id) select %s, p.id from participant p, activity a "
        "where a.id = %s and p.commune_code = a.commune_code and p.card = any (%s) on conflict do nothing",
        activity, activity, list(cards),
    )  # fmt: skip
    recount(world, activity)


def recount(world: World, activity: str) -> None:
    world.rows("select private.recount_activity(%s)", activity)


@pytest.mark.parametrize("seed", range(4))
def test_the_kept_counts_of_activities_equal_a_count_by_hand(world: World, seed: int) -> None:
    chance = random.Random(seed)
    communes = [world.new_commune(), world.new_commune()]
    cards = {commune: [world.new_cards(commune, 1, *birth)[0] for birth in BIRTHS] for commune in communes}
    activities = []
    for _ in range(6):
        low, high = chance.choice(AGES)
        place = chance.choice(communes)
        activities.append(
            (new_activity(world, place, chance.choice(KINDS), chance.choice(DAYS), min_age=low, max_age=high), place)
        )
    for step in range(40):
        activity, place = chance.choice(activities)
        match chance.choice(["attend", "attend", "leave", "headcount", "delete", "restore", "day", "kind", "planned"]):
            case "attend":
                attend(world, activity, *chance.sample(cards[place], 3))
            case "leave":
                world.rows("update activity set state = 'planned' where id = %s", activity)
                recount(world, activity)
                world.rows(
                    "delete from attendance where activity_id = %s and participant_id in "
                    "(select id from participant where card = %s)",
                    activity, chance.choice(cards[place]),
                )  # fmt: skip
                world.rows("update activity set state = 'held' where id = %s", activity)
            case "headcount":
                world.rows("update activity set headcount = %s where id = %s", chance.randrange(30), activity)
            case "delete":
                world.rows("update activity set deleted_at = now() where id = %s", activity)
            case "restore":
                world.rows("update activity set deleted_at = null where id = %s", activity)
            case "day":
                world.rows("update activity set held_on = %s where id = %s", chance.choice(DAYS), activity)
            case "kind":
                world.rows("update activity set kind = %s where id = %s", chance.choice(KINDS), activity)
            case "planned":
                world.rows("update activity set state = 'planned' where id = %s", activity)
        recount(world, activity)
        if step % 8 == 7:
            assert kept(world) == activities_by_hand(world)


def test_a_child_in_two_activities_counts_once_and_stays_when_one_is_deleted(world: World) -> None:
    commune = world.new_commune()
    (card,) = world.new_cards(commune, 1, 2013)
    first, second = (new_activity(world, commune, kind) for kind in ("club", "children_forum"))
    attend(world, first, card)
    attend(world, second, card)
    key = (24, commune, 2026)
    assert kept(world)[key][:2] == (1, 1)
    for activity, left in ((first, (1, 1, 1, 0, 1, 0)), (second, None)):
        world.rows("update activity set deleted_at = now() where id = %s", activity)
        recount(world, activity)
        assert kept(world).get(key) == left


def test_who_took_part_by_word_counts_as_who_answered(world: World) -> None:
    administrator, commune = world.as_staff("administrator"), world.new_commune()
    forum = world.new_consultation(administrator, commune, held_on=DAYS[2])
    cards = world.new_cards(commune, 3, 2015)
    world.rows("update consultation set headcount = 7 where id = %s", forum)
    world.rows("select private.recount(%s)", forum)
    world.rows(
        "insert into consultation_participant (consultation_id, participant_id, by_word) "
        "select %s, id, true from participant where card = any (%s) and commune_code = %s",
        forum, cards[:2], commune,
    )  # fmt: skip
    world.rows("select private.recount(%s)", forum)
    submit(world.door, submission(forum, card=cards[2]), submission(forum))
    key = {"area_code": commune, "indicator": 22}

    def counted() -> list[tuple[Any, ...]]:
        frame = administrator.read("participation_count", columns=COLUMNS[3:], where=key)
        return list(frame.itertuples(index=False, name=None))

    assert counted() == [(3, 3, 11, 8, 1, 0)]
    world.rows("select private.recount(%s)", forum)
    assert counted() == [(3, 3, 11, 8, 1, 0)]
    assert_counts_are_right(world)
    world.rows("update consultation set deleted_at = now() where id = %s", forum)
    world.rows("select private.recount(%s)", forum)
    assert counted() == []
    world.rows("update consultation set deleted_at = null where id = %s", forum)
    world.rows("select private.recount(%s)", forum)
    assert counted() == [(3, 3, 11, 8, 1, 0)]


def asked_twice(world: World, children: int) -> tuple[str, str, str]:
    """An activity whose children scored 3 before and 5 after (one of them 4); its school and its commune."""
    administrator, commune = world.as_staff("administrator"), world.new_commune()
    school = world.new_school(commune)
    before, after = (
        world.new_consultation(administrator, commune, kind="before_after", held_on=datetime.now(UTC).date())
        for _ in range(2)
    )
    cards = world.new_cards(commune, children + 1, 2014)
    for number, card in enumerate(cards):
        submit(world.door, submission(before, card=card, answers={"score": 3, "score_maximum": 6}))
        if number < children:
            score = 4 if number == 0 else 5
            submit(world.door, submission(after, card=card, answers={"score": score, "score_maximum": 6}))
    submit(world.door, submission(after, answers={"score": 0}))
    activity = new_activity(world, commune, "awareness_session", school_id=school, before_id=before, after_id=after)
    return activity, school, commune


def test_scores_are_paired_by_card(world: World) -> None:
    activity, school, commune = asked_twice(world, 5)
    (found,) = world.as_staff("facilitator", commune, school).call("paired_scores", activity=activity)
    assert found["n"] == 5
    assert (found["mean_before"], found["mean_after"], found["maximum"]) == (3, pytest.approx(4.8), 6)
    assert (found["mean_change"], found["sd_change"]) == (pytest.approx(1.8), pytest.approx(0.4472, abs=1e-4))
    assert world.as_staff("reviewer").call("paired_scores", activity=activity)[0]["n"] == 5


def test_scores_of_few_children_are_hidden(world: World) -> None:
    activity, school, commune = asked_twice(world, 4)
    (found,) = world.as_staff("facilitator", commune, school).call("paired_scores", activity=activity)
    assert set(found.values()) == {None}


def test_scores_are_for_who_works_with_the_activity(world: World) -> None:
    activity, _, commune = asked_twice(world, 1)
    others = world.as_staff("facilitator", commune, world.new_school(commune))
    for asking in (others, world.as_staff("protection_officer"), world.door.as_anonymous()):
        with pytest.raises(NotAllowed):
            asking.call("paired_scores", activity=activity)
