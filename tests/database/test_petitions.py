"""Petitions: registered, assigned, answered, closed, by those who answer them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from survey_app.database import Database, NotAllowed, Refused
from tests.database.conftest import World

YESTERDAY = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()


def register(asking: Database, commune: str, **changes: Any) -> str:
    values = {
        "petition": None, "received_on": YESTERDAY, "raised_by": "children", "channel": "box",
        "request": "Xin làm đèn ở ngã ba", "commune": commune, "school": None,
    }  # fmt: skip
    return str(asking.call("save_petition", **{**values, **changes})[0]["save_petition"])


def state(world: World, petition: str) -> str:
    return str(world.value("select state from petition where id = %s", petition))


def test_states_move_forward(world: World) -> None:
    commune = world.new_commune()
    officer = world.as_staff("officer", commune)
    made = register(officer, commune)
    with pytest.raises(Refused, match="petition_not_answered"):
        officer.call("close_petition", petition=made)
    officer.call("assign_petition", petition=made, body="Phòng Kinh tế", due_on="2027-01-01")
    assert state(world, made) == "assigned"
    officer.call("answer_petition", petition=made, answer="Sẽ lắp trong tháng.")
    with pytest.raises(Refused, match="petition_already_answered"):
        officer.call("assign_petition", petition=made, body="Phòng khác", due_on="2027-01-01")
    with pytest.raises(Refused, match="petition_already_answered"):
        register(officer, commune, petition=made)
    officer.call("close_petition", petition=made)
    assert state(world, made) == "closed"


def test_what_is_missing_is_said(world: World) -> None:
    commune = world.new_commune()
    officer = world.as_staff("officer", commune)
    tomorrow = (datetime.now(UTC).date() + timedelta(days=3)).isoformat()
    for changes, reason in (
        ({"request": " "}, "petition_request"),
        ({"received_on": tomorrow}, "petition_received_on"),
        ({"school": world.new_school(world.new_commune())}, "unknown_school"),
    ):
        with pytest.raises(Refused, match=reason):
            register(officer, commune, **changes)
    with pytest.raises(Refused, match="petition_assignment"):
        officer.call("assign_petition", petition=register(officer, commune), body="", due_on=None)


def test_who_may_not(world: World) -> None:
    commune = world.new_commune()
    made = register(world.as_staff("officer", commune), commune)
    for other in (
        world.as_staff("facilitator", commune, world.new_school(commune)),
        world.as_staff("officer", world.new_commune()),
        world.as_staff("reviewer"),
        world.as_staff("administrator"),
    ):
        assert other.read("petition", columns=["id"], where={"id": made}).empty
        with pytest.raises(NotAllowed):
            other.call("answer_petition", petition=made, answer="Không")
        with pytest.raises(NotAllowed):
            other.call("close_petition", petition=made)
    with pytest.raises(NotAllowed):
        register(world.as_staff("reviewer"), commune)
    with pytest.raises(NotAllowed):
        register(world.door.as_anonymous(), commune)


def test_a_commitment_of_a_petition_is_on_the_board(world: World) -> None:
    commune = world.new_commune()
    officer = world.as_staff("officer", commune)
    made = register(officer, commune)
    promised = officer.call(
        "save_commitment", commitment=None, theme=None, petition=made, body="UBND xã", answer={"vi": "Đồng ý"},
        promise={"vi": "Lắp đèn"}, due_on="2027-01-01", status="planned", outcome={},
    )[0]["save_commitment"]  # fmt: skip
    found = officer.read("commitment_board", columns=["id", "petition_id"], where={"id": str(promised)})
    assert str(found["petition_id"].iloc[0]) == made
    assert world.as_staff("reviewer").read("commitment_board", columns=["id"], where={"id": str(promised)}).empty


def test_words_that_may_tell_of_harm_reach_the_protection_officer(world: World) -> None:
    commune = world.new_commune()
    officer = world.as_staff("officer", commune)
    made = register(officer, commune, request="Em bị đánh ở nhà", words=["bị đánh"])
    protector = world.as_staff("protection_officer")
    told = [row for row in protector.call("alert_list") if row["said"] == "Em bị đánh ở nhà"]
    assert [(row["words"], row["state"]) for row in told] == [(["bị đánh"], "new")]
    register(officer, commune, petition=made, request="Em bị đánh ở nhà, xin giúp", words=["bị đánh"])
    assert world.value("select count(*) from alert where petition_id = %s", made) == 1
