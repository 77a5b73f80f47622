"""Forums, talks and telephone calls: who took part and what was said, as the facilitator records it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from survey_app.database import Database, NotAllowed, Refused
from tests.database.conftest import PRINCIPLES, World, record_consent, submission, submit

TODAY = datetime.now(UTC).date()
BIRTH_YEAR = TODAY.year - 11


def forum(asking: Database, commune: str, *, is_open: bool = True, **changes: Any) -> str:
    values = {
        "title": "Diễn đàn", "commune": commune, "school": None, "held_on": TODAY.isoformat(), "questionnaire_id": None,
        "questionnaire_version": None, "min_age": 7, "max_age": 15, "expected": 30, "form": "forum",
    }  # fmt: skip
    made = str(asking.call("create_consultation", **{**values, **changes})[0]["id"])
    asking.call("set_principles", consultation=made, principles=PRINCIPLES)
    record_consent(asking, made)
    if is_open:
        asking.call("open_consultation", consultation=made)
    return made


def outcomes(asking: Database, consultation: str, *cards: str) -> dict[str, str]:
    answered = asking.call("record_participation", consultation=consultation, cards=list(cards))
    return {row["card"]: row["outcome"] for row in answered}


def counted(world: World, commune: str) -> int:
    found = world.rows(
        "select possible from private.participation_tally where (indicator, area_code, year) = (22, %s, %s)",
        commune, TODAY.year,
    )  # fmt: skip
    return int(found[0][0]) if found else 0


def test_a_forum_needs_no_questionnaire_and_counts_who_took_part(world: World) -> None:
    commune = world.new_commune()
    officer = world.as_staff("officer", commune)
    made = forum(officer, commune)
    first, second = world.new_cards(commune, 2, BIRTH_YEAR)
    assert outcomes(officer, made, first, f"https://example.org/join?card={second}", "XXX 0000", first) == {
        first: "recorded", second: "recorded", "XXX0000": "unknown",
    }  # fmt: skip
    assert outcomes(officer, made, first) == {first: "already"}
    assert counted(world, commune) == 2
    assert [row["card"] for row in officer.call("participation_by_word", consultation=made)] == sorted([first, second])
    officer.call("remove_participation", consultation=made, card=first)
    assert counted(world, commune) == 1
    officer.call("set_headcount", consultation=made, children=12)
    seen = officer.read("consultation_overview", columns=["carded", "uncarded", "headcount"], where={"id": made})
    assert seen.to_dict("records") == [{"carded": 1, "uncarded": 12, "headcount": 12}]


def test_a_questionnaire_needs_a_questionnaire(world: World) -> None:
    commune = world.new_commune()
    officer = world.as_staff("officer", commune)
    for form in ("questionnaire", "online"):
        with pytest.raises(Refused, match="unknown_questionnaire"):
            forum(officer, commune, form=form)


def test_who_also_answers_the_questionnaire_is_one_child(world: World) -> None:
    commune = world.new_commune()
    officer = world.as_staff("officer", commune)
    made = world.new_consultation(officer, commune)
    (card,) = world.new_cards(commune, 1, BIRTH_YEAR)
    assert outcomes(officer, made, card) == {card: "recorded"}
    content = submission(made, card=card)
    assert submit(world.door, content) == ["created"]
    tally = "select accepted, in_review, carded_possible from consultation_tally where consultation_id = %s"
    assert world.rows(tally, made) == [(1, 0, 1)]
    assert outcomes(officer, made, card) == {card: "already"}
    # She takes her answers back: that she was there stays.
    assert world.door.as_anonymous().call("withdraw", receipt=content["receipt"])
    assert (world.rows(tally, made), counted(world, commune)) == ([(0, 0, 1)], 1)
    officer.call("remove_participation", consultation=made, card=card)
    assert (world.rows(tally, made), counted(world, commune)) == ([(0, 0, 0)], 0)


def test_who_answered_is_not_recorded_again(world: World) -> None:
    commune = world.new_commune()
    officer = world.as_staff("officer", commune)
    made = world.new_consultation(officer, commune)
    (card,) = world.new_cards(commune, 1, BIRTH_YEAR)
    submit(world.door, submission(made, card=card))
    assert outcomes(officer, made, card) == {card: "answered"}
    officer.call("remove_participation", consultation=made, card=card)
    assert counted(world, commune) == 1


def test_what_was_said_is_shown_and_what_may_tell_of_harm_is_for_the_protection_officer_alone(world: World) -> None:
    commune = world.new_commune()
    school = world.new_school(commune)
    teacher = world.as_staff("facilitator", commune, school)
    made = forum(teacher, commune, school=school)
    teacher.call("record_opinion", consultation=made, said="  Sân trường ít bóng mát ")
    teacher.call("record_opinion", consultation=made, said="Em hay bị đánh", words=["bị đánh"])
    heard = [row["shown"] for row in teacher.call("released_texts", consultation=made)]
    assert heard == ["Sân trường ít bóng mát"]
    assert [row["said"] for row in teacher.call("texts_to_read", consultation=made)] == ["Sân trường ít bóng mát"]
    protector = world.as_staff("protection_officer")
    assert [row["said"] for row in protector.call("alert_list") if row["consultation"] == made] == ["Em hay bị đánh"]
    with pytest.raises(Refused, match="opinion_empty"):
        teacher.call("record_opinion", consultation=made, said="  ")


def test_nothing_is_recorded_before_it_begins_nor_by_others(world: World) -> None:
    commune = world.new_commune()
    school = world.new_school(commune)
    teacher = world.as_staff("facilitator", commune, school)
    draft = forum(teacher, commune, school=school, is_open=False)
    for function, arguments in (
        ("record_participation", {"cards": ["VOI0000"]}),
        ("set_headcount", {"children": 3}),
        ("record_opinion", {"said": "Sân trường"}),
    ):
        with pytest.raises(Refused, match="not_opened_yet"):
            teacher.call(function, consultation=draft, **arguments)
    teacher.call("open_consultation", consultation=draft)
    strangers = (
        world.as_staff("facilitator", commune, world.new_school(commune)),
        world.as_staff("reviewer"),
        world.as_staff("protection_officer"),
        world.door.as_anonymous(),
    )
    for stranger in strangers:
        for function, arguments in (
            ("record_participation", {"cards": ["VOI0000"]}),
            ("remove_participation", {"card": "VOI0000"}),
            ("participation_by_word", {}),
            ("set_headcount", {"children": 3}),
            ("record_opinion", {"said": "Sân trường"}),
            ("set_consultation_roster", {"roster": None}),
        ):
            with pytest.raises(NotAllowed):
                stranger.call(function, consultation=draft, **arguments)


def test_a_class_of_the_own_school_can_be_given_and_its_cards_are_known(world: World) -> None:
    commune, elsewhere = world.new_commune(), world.new_commune()
    school = world.new_school(commune)
    teacher = world.as_staff("facilitator", commune, school)
    own = teacher.call("save_roster", roster=None, commune=commune, school=school, name="5A")[0]["save_roster"]
    (card,) = world.new_cards(elsewhere, 1, BIRTH_YEAR)
    world.rows(
        "insert into roster_card (roster_id, participant_id) select %s, id from participant where (commune_code, card) = (%s, %s)",
        own, elsewhere, card,
    )  # fmt: skip
    made = forum(teacher, commune, school=school)
    assert outcomes(teacher, made, card) == {card: "unknown"}
    teacher.call("set_consultation_roster", consultation=made, roster=own)
    assert outcomes(teacher, made, card) == {card: "recorded"}
    stranger = world.as_staff("facilitator", elsewhere, world.new_school(elsewhere))
    with pytest.raises(Refused, match="unknown_roster"):
        forum(stranger, elsewhere, roster=own)
