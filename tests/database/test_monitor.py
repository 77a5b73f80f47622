"""Where each card stands while a class answers."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from survey_app.api.purging import purge
from survey_app.database import Database, NotAllowed
from survey_app.reference_data import card_animals
from tests.database.conftest import World, submission, submit

BIRTH_YEAR = datetime.now(UTC).year - 9


def report(world: World, consultation: str, device: str, card: str | None, state: str | None, **changes: Any) -> None:
    told = {"begun": 1, "answering": state == "answering", "question": 2, "question_count": 10, "sent": 0, "waiting": 0}
    world.door.as_anonymous().call(
        "report_presence", consultation=consultation, device=device, card=card, state=state, **{**told, **changes}
    )


def stands(asking: Database, consultation: str) -> dict[str, tuple[str, bool]]:
    return {
        row["card"]: (row["state"], row["in_roster"]) for row in asking.call("live_cards", consultation=consultation)
    }


def test_every_card_of_the_class_is_told_from_not_joined_to_sent(world: World) -> None:
    world.as_staff("administrator").write("card_animal", card_animals())
    commune = world.new_commune()
    school = world.new_school(commune)
    teacher = world.as_staff("facilitator", commune, school)
    roster = teacher.call("save_roster", roster=None, commune=commune, school=school, name="3A")[0]["save_roster"]
    cards = [
        row["card"] for row in teacher.call("issue_roster_cards", roster=roster, quantity=6, birth_year=BIRTH_YEAR)
    ]
    (other,) = world.new_cards(commune, 1, BIRTH_YEAR)
    made = world.new_consultation(teacher, commune, school=school)
    teacher.call("set_consultation_roster", consultation=made, roster=roster)
    absent, begins, answers, silent, done, sent = cards
    tablets = {card: str(uuid.uuid4()) for card in [*cards, other]}
    report(world, made, tablets[begins], begins, "joined")
    report(world, made, tablets[answers], answers, "answering", question=3)
    report(world, made, tablets[silent], silent, "answering")
    report(world, made, tablets[done], done, "waiting")
    report(world, made, tablets[other], other, "answering")
    world.rows(
        "update presence_card set seen_at = now() - interval '3 minutes' where (consultation_id, card) = (%s, %s)",
        made, silent,
    )  # fmt: skip
    submit(world.door, submission(made, card=sent))
    assert stands(teacher, made) == {
        absent: ("not_joined", True), begins: ("joined", True), answers: ("answering", True), silent: ("quiet", True),
        done: ("waiting", True), sent: ("sent", True), other: ("answering", False),
    }  # fmt: skip
    # She goes on after a reload, on the same tablet or on another one.
    report(world, made, str(uuid.uuid4()), silent, "answering", question=4)
    assert stands(teacher, made)[silent] == ("answering", True)


def test_the_tablet_that_she_has_left_does_not_speak_for_her(world: World) -> None:
    commune = world.new_commune()
    officer = world.as_staff("administrator")
    made = world.new_consultation(officer, commune)
    (card,) = world.new_cards(commune, 1, BIRTH_YEAR)
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    report(world, made, first, card, "answering")
    report(world, made, second, card, "answering")
    report(world, made, first, card, "left")
    assert stands(officer, made) == {card: ("answering", False)}
    report(world, made, second, card, "left")
    assert stands(officer, made) == {card: ("left", False)}


def test_what_is_no_card_here_is_kept_nowhere(world: World) -> None:
    commune, elsewhere = world.new_commune(), world.new_commune()
    officer = world.as_staff("administrator")
    made = world.new_consultation(officer, commune)
    (foreign,) = world.new_cards(elsewhere, 1, BIRTH_YEAR)
    for card, state in ((foreign, "answering"), ("VOI0000", "answering"), (None, "answering"), (foreign, None)):
        report(world, made, str(uuid.uuid4()), card, state)
    assert stands(officer, made) == {}


def test_who_took_part_by_word_is_told_and_only_who_runs_it_is_told(world: World) -> None:
    commune = world.new_commune()
    officer = world.as_staff("officer", commune)
    made = world.new_consultation(officer, commune)
    (card,) = world.new_cards(commune, 1, BIRTH_YEAR)
    officer.call("record_participation", consultation=made, cards=[card])
    assert stands(officer, made) == {card: ("took_part", False)}
    for stranger in (
        world.as_staff("facilitator", commune, world.new_school(commune)),
        world.as_staff("reviewer"),
        world.door.as_anonymous(),
    ):
        with pytest.raises(NotAllowed):
            stranger.call("live_cards", consultation=made)


def test_where_a_child_stood_is_forgotten_after_a_month(world: World) -> None:
    commune = world.new_commune()
    officer = world.as_staff("administrator")
    made = world.new_consultation(officer, commune)
    old, fresh = world.new_cards(commune, 2, BIRTH_YEAR)
    for card in (old, fresh):
        report(world, made, str(uuid.uuid4()), card, "answering")
    world.rows(
        "update presence_card set seen_at = now() - interval '31 days' where card = %s and consultation_id = %s",
        old,
        made,
    )
    purge(world.door)
    assert stands(officer, made) == {fresh: ("answering", False)}
