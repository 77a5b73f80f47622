"""Activities: who may plan and hold them, and who came to them by card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from survey_app.database import Database, NotAllowed, Refused
from tests.database.conftest import World

# A day that is past everywhere, and in the year that the counts are read for.
HELD_ON = datetime.now(UTC).date() - timedelta(days=1)
BIRTH_YEAR = HELD_ON.year - 13


@dataclass(frozen=True)
class Place:
    """A commune, a school in it, and an officer of the commune."""

    commune: str
    school: str
    officer: Database


@pytest.fixture
def place(world: World) -> Place:
    commune = world.new_commune()
    return Place(commune, world.new_school(commune), world.as_staff("officer", commune))


def save(asking: Database, place: Place, **changes: Any) -> str:
    values = {
        "activity": None, "kind": "children_council", "title": "Họp hội đồng", "commune": place.commune, "school": place.school,
        "roster": None, "held_on": HELD_ON.isoformat(), "min_age": 11, "max_age": 15, "planned": 20, "plan": "",
    }  # fmt: skip
    return str(asking.call("save_activity", **{**values, **changes})[0]["save_activity"])


def outcomes(asking: Database, activity: str, *cards: str) -> dict[str, str]:
    answered = asking.call("record_attendance", activity=activity, cards=list(cards))
    return {row["card"]: row["outcome"] for row in answered}


def overview(asking: Database, activity: str) -> list[dict[str, Any]]:
    columns = ["id", "indicator", "state", "attended", "of_counted_ages", "headcount", "title"]
    return asking.read("activity_overview", columns=columns, where={"id": activity}).to_dict("records")


def counted(world: World, indicator: int, place: Place) -> int:
    found = world.rows(
        "select possible from private.participation_tally where (indicator, area_code, year) = (%s, %s, %s)",
        indicator, place.commune, HELD_ON.year,
    )  # fmt: skip
    return int(found[0][0]) if found else 0


def test_cards_are_recorded_however_they_are_written(world: World, place: Place) -> None:
    first, second, third = world.new_cards(place.commune, 3, BIRTH_YEAR)
    activity = save(place.officer, place)
    assert overview(place.officer, activity)[0]["state"] == "planned"
    written = (
        f"{first[:-4].lower()} {first[-4:]}",
        f"https://example.org/join?card={second}",
        f"https://example.org/join/123456?card={third[:-4]}%20{third[-4:]}&lang=vi",
        first,
        "XXX 0000",
    )
    assert outcomes(place.officer, activity, *written) == {
        first: "recorded", second: "recorded", third: "recorded", "XXX0000": "unknown",
    }  # fmt: skip
    assert outcomes(place.officer, activity, second) == {second: "already"}
    assert [
        (row["state"], row["attended"], row["of_counted_ages"], row["indicator"])
        for row in overview(place.officer, activity)
    ] == [("held", 3, 3, 24)]
    listed = place.officer.call("activity_attendance", activity=activity)
    assert {row["card"] for row in listed} == {first, second, third}
    assert counted(world, 24, place) == 3


def test_a_card_that_is_removed_is_not_counted_and_can_come_again(world: World, place: Place) -> None:
    first, second = world.new_cards(place.commune, 2, BIRTH_YEAR)
    activity = save(place.officer, place)
    outcomes(place.officer, activity, first, second)
    place.officer.call("remove_attendance", activity=activity, card=first)
    assert [row["card"] for row in place.officer.call("activity_attendance", activity=activity)] == [second]
    assert counted(world, 24, place) == 1
    assert overview(place.officer, activity)[0]["state"] == "held"
    assert outcomes(place.officer, activity, first) == {first: "recorded"}
    assert counted(world, 24, place) == 2


def test_the_indicator_follows_the_kind_and_the_year_follows_the_day(world: World, place: Place) -> None:
    cards = world.new_cards(place.commune, 2, BIRTH_YEAR)
    activity = save(place.officer, place)
    outcomes(place.officer, activity, *cards)
    save(place.officer, place, activity=activity, kind="awareness_session", min_age=7)
    assert (counted(world, 23, place), counted(world, 24, place)) == (2, 0)
    assert overview(place.officer, activity)[0]["indicator"] == 23
    save(place.officer, place, activity=activity, held_on=date(HELD_ON.year - 1, 6, 1).isoformat())
    assert (counted(world, 23, place), counted(world, 24, place)) == (0, 0)


def test_a_card_of_another_commune_is_known_through_the_class_only(world: World, place: Place) -> None:
    elsewhere = world.new_commune()
    (card,) = world.new_cards(elsewhere, 1, BIRTH_YEAR)
    without_class = save(place.officer, place)
    assert outcomes(place.officer, without_class, card) == {card: "unknown"}
    assert overview(place.officer, without_class)[0]["state"] == "planned"
    roster = str(
        world.value(
            "insert into roster (commune_code, school_id, name) values (%s, %s, '5A') returning id",
            place.commune, place.school,
        )
    )  # fmt: skip
    world.rows(
        "insert into roster_card (roster_id, participant_id) select %s, id from participant "
        "where (commune_code, card) = (%s, %s)",
        roster, elsewhere, card,
    )  # fmt: skip
    with_class = save(place.officer, place, roster=roster)
    assert outcomes(place.officer, with_class, card) == {card: "recorded"}


def test_children_without_a_card_are_counted_apart(world: World, place: Place) -> None:
    activity = save(place.officer, place)
    place.officer.call("set_activity_headcount", activity=activity, children=12)
    assert [(row["state"], row["headcount"], row["attended"]) for row in overview(place.officer, activity)] == [
        ("held", 12, 0)
    ]
    assert counted(world, 24, place) == 0
    with pytest.raises(Refused, match="headcount_0_to_10000"):
        place.officer.call("set_activity_headcount", activity=activity, children=-1)


def test_what_cannot_be_is_refused_with_the_reason(world: World, place: Place) -> None:
    tomorrow = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
    other = world.new_commune()
    wrong = [
        ({"commune": "00000"}, "unknown_commune"),
        ({"commune": other}, "unknown_school"),
        ({"school": None, "roster": place.school}, "unknown_roster"),
        ({"min_age": 15, "max_age": 11}, "ages_wrong"),
        ({"title": " "}, "title_missing"),
        ({"planned": 0}, "expected_1_to_10000"),
    ]
    for change, reason in wrong:
        with pytest.raises(Refused, match=reason):
            save(world.as_staff("administrator"), place, **change)
    future = save(place.officer, place, held_on=tomorrow)
    (card,) = world.new_cards(place.commune, 1, BIRTH_YEAR)
    with pytest.raises(Refused, match="activity_in_future"):
        outcomes(place.officer, future, card)
    held = save(place.officer, place)
    with pytest.raises(Refused, match="too_many_cards"):
        outcomes(place.officer, held, *["VOI0000"] * 501)
    outcomes(place.officer, held, card)
    with pytest.raises(Refused, match="activity_in_future"):
        save(place.officer, place, activity=held, held_on=tomorrow)
    assert counted(world, 24, place) == 1


def test_who_works_elsewhere_neither_sees_nor_changes_it(world: World, place: Place) -> None:
    (card,) = world.new_cards(place.commune, 1, BIRTH_YEAR)
    activity = save(place.officer, place)
    outcomes(place.officer, activity, card)
    another_school = world.new_school(place.commune)
    strangers = [
        world.as_staff("facilitator", place.commune, another_school),
        world.as_staff("officer", world.new_commune()),
        world.as_staff("protection_officer"),
        world.door.as_anonymous(),
    ]
    for stranger in strangers[:3]:
        assert overview(stranger, activity) == []
    for stranger in [*strangers, world.as_staff("reviewer")]:
        for function, arguments in (
            ("record_attendance", {"cards": [card]}),
            ("remove_attendance", {"card": card}),
            ("set_activity_headcount", {"children": 1}),
            ("set_activity_evidence", {"evidence": "x"}),
            ("create_before_after", {"before_title": "x", "after_title": "y"}),
            ("activity_attendance", {}),
        ):
            with pytest.raises(NotAllowed):
                stranger.call(function, activity=activity, **arguments)
        with pytest.raises(NotAllowed):
            save(stranger, place, activity=activity)
    for stranger in (strangers[1], strangers[2], world.as_staff("reviewer")):
        with pytest.raises(NotAllowed):
            save(stranger, place)


def test_a_reviewer_sees_the_activity_and_no_card(world: World, place: Place) -> None:
    (card,) = world.new_cards(place.commune, 1, BIRTH_YEAR)
    activity = save(place.officer, place)
    outcomes(place.officer, activity, card)
    reviewer = world.as_staff("reviewer")
    assert overview(reviewer, activity)[0]["attended"] == 1
    assert reviewer.read("attendance", columns=["participant_id"], where={"activity_id": activity}).empty


def test_a_facilitator_holds_activities_of_her_school(world: World, place: Place) -> None:
    (card,) = world.new_cards(place.commune, 1, BIRTH_YEAR)
    activity = save(world.as_staff("facilitator", place.commune, place.school), place)
    colleague = world.as_staff("facilitator", place.commune, place.school)
    assert outcomes(colleague, activity, card) == {card: "recorded"}
    colleague.call("set_activity_evidence", activity=activity, evidence="Biên bản số 12")
    assert world.value("select evidence from activity where id = %s", activity) == "Biên bản số 12"


def test_a_deleted_activity_is_closed(world: World, place: Place) -> None:
    activity = save(place.officer, place)
    world.rows("update activity set deleted_at = now() where id = %s", activity)
    assert overview(place.officer, activity) == []
    with pytest.raises(NotAllowed):
        outcomes(place.officer, activity, "VOI0000")


def test_questions_before_and_after_are_made_once_and_count_for_nothing(world: World, place: Place) -> None:
    activity = save(place.officer, place)
    world.rows(
        "insert into questionnaire (id, version, title, definition) values ('right-to-participate', '0', '{}', '{}') "
        "on conflict do nothing"
    )
    arguments = {"activity": activity, "before_title": "Trước", "after_title": "Sau"}
    made = place.officer.call("create_before_after", **arguments)
    assert place.officer.call("create_before_after", **arguments) == made
    kinds = world.rows(
        "select kind, title, status, counted from consultation where id in (%s, %s) order by title",
        made[0]["before_id"], made[0]["after_id"],
    )  # fmt: skip
    assert kinds == [("before_after", "Sau", "draft", False), ("before_after", "Trước", "draft", False)]


def test_whoever_runs_an_activity_opens_and_closes_its_questions_whoever_made_them(world: World, place: Place) -> None:
    teacher = world.as_staff("facilitator", place.commune)
    elsewhere = world.as_staff("officer", world.new_commune())
    activity = save(teacher, place, school=None)
    world.rows(
        "insert into questionnaire (id, version, title, definition) values ('right-to-participate', '0', '{}', '{}') "
        "on conflict do nothing"
    )
    (made,) = teacher.call("create_before_after", activity=activity, before_title="Trước", after_title="Sau")
    for asked in (made["before_id"], made["after_id"]):
        place.officer.call("open_consultation", consultation=asked)
        place.officer.call("close_consultation", consultation=asked)
        with pytest.raises(NotAllowed):
            elsewhere.call("open_consultation", consultation=asked)
    own = world.new_consultation(teacher, place.commune, is_open=False)
    with pytest.raises(NotAllowed):
        place.officer.call("open_consultation", consultation=own)
