"""What children write in their own words: who reads it, when, and who never does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from survey_app.api.intake import Intake
from survey_app.api.submission import Item
from survey_app.database import Database, NotAllowed, Refused
from survey_app.database.voucher import voucher
from survey_app.questionnaire import read_questionnaire
from tests.database.conftest import World, submission
from tests.database.test_class_results import Room

FORM_TEXT = """
| survey |
|        | type         | name     | label::Tiếng Việt (vi) |
|        | text         | wish     | Em mong gì?            |
|        | select_one q | ok       | Được không?            |
|        | begin_repeat | pets     | Con vật                |
|        | text         | pet_wish | Con vật mong gì?       |
|        | end_repeat   |          |                        |
| choices |
|         | list_name | name | label::Tiếng Việt (vi) |
|         | q         | yes  | Có                     |
| settings |
|        | form_id | version | form_title | default_language |
|        | loi-em  | 1       | Lời em     | Tiếng Việt (vi)  |
"""
HARM = "Bố hay đánh em"


@pytest.fixture
def room(world: World) -> Room:
    return Room(world, read_questionnaire(FORM_TEXT.encode(), "loi-em.md").to_json())


def send(room: Room, answers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """As the application takes it, looked through for words of harm."""
    told = {"questionnaire": room.form, "version": "1", "assent": {"version": 2, "given": True}}
    content = submission(room.id, answers=answers, **{**told, **changes})
    intake = Intake(room.world.door)
    assert intake.learn(room.id)
    item = intake.checked(Item(content["id"], room.id, content), None)
    assert item is not None
    assert intake.store([item])[0]["verdict"] == "created"
    return content


def texts(room: Room, asking: Database | None = None) -> dict[str, dict[str, Any]]:
    who = asking or room.teacher
    who.call("gather_opinions", consultation=room.id)
    return {row["said"]: row for row in who.call("texts_to_read", consultation=room.id)}


def alerts(room: Room, officer: Database) -> list[dict[str, Any]]:
    return [row for row in officer.call("alert_list") if row["consultation"] == room.id]


def test_texts_are_gathered_once_after_closing(room: Room) -> None:
    send(room, {"wish": "Em mong có cây", "ok": "yes", "pets": [{"pet_wish": "Đi chơi"}, {"pet_wish": "Ngủ"}]})
    send(room, {"wish": "  "})
    send(room, {"wish": "Lời hứa cũ"}, assent={"version": 1, "given": True})
    with pytest.raises(Refused, match="not_closed_yet"):
        room.teacher.call("gather_opinions", consultation=room.id)
    room.close()
    found = texts(room)
    assert found.keys() == {"Em mong có cây", "Đi chơi", "Ngủ"}
    assert texts(room) == found
    one = found["Ngủ"]
    assert (one["question"], one["state"], one["shown"], one["recorded"]) == ("pet_wish", "unread", None, False)


def test_who_runs_it_releases_withholds_and_changes_her_mind(room: Room) -> None:
    send(room, {"wish": "Bạn Nam ngồi cạnh em rất vui"})
    room.close()
    opinion = texts(room)["Bạn Nam ngồi cạnh em rất vui"]["opinion"]
    assert room.teacher.call("released_texts", consultation=room.id) == []
    with pytest.raises(Refused, match="shown_empty"):
        room.teacher.call("release_opinion", opinion=opinion, shown="  ")
    room.teacher.call("release_opinion", opinion=opinion, shown=" Bạn ngồi cạnh em rất vui ")
    for reader in (room.teacher, room.world.as_staff("reviewer"), room.world.as_staff("administrator")):
        shown = reader.call("released_texts", consultation=room.id)
        assert [row["shown"] for row in shown] == ["Bạn ngồi cạnh em rất vui"]
    room.teacher.call("withhold_opinion", opinion=opinion)
    assert room.teacher.call("released_texts", consultation=room.id) == []
    assert next(iter(texts(room).values()))["state"] == "withheld"


def test_others_neither_read_nor_release(room: Room) -> None:
    send(room, {"wish": "Em mong có cây"})
    room.close()
    opinion = texts(room)["Em mong có cây"]["opinion"]
    world = room.world
    strangers = [
        world.as_staff("facilitator", world.new_commune()), world.as_staff("reviewer"), world.as_staff("administrator"),
        world.as_staff("protection_officer"), world.as_staff("officer"), world.door.as_anonymous(),
    ]  # fmt: skip
    for stranger in strangers:
        for function, arguments in (
            ("gather_opinions", {"consultation": room.id}), ("texts_to_read", {"consultation": room.id}),
            ("release_opinion", {"opinion": opinion, "shown": "x"}), ("withhold_opinion", {"opinion": opinion}),
            ("raise_alert", {"opinion": opinion, "note": ""}),
        ):  # fmt: skip
            with pytest.raises(NotAllowed):
                stranger.call(function, **arguments)
    for stranger in (strangers[0], strangers[-1]):
        with pytest.raises(NotAllowed):
            stranger.call("released_texts", consultation=room.id)


def test_words_of_harm_go_to_the_protection_officer_and_not_to_the_teacher(room: Room) -> None:
    send(room, {"wish": HARM, "pets": [{"pet_wish": "Bình thường"}, {"pet_wish": "em muốn chết"}]})
    send(room, {"wish": "Em đánh răng"})
    room.close()
    officer = room.world.as_staff("protection_officer")
    found = {alert["question"]: alert for alert in alerts(room, officer)}
    assert found.keys() == {"wish", "pet_wish"}
    assert found["wish"]["said"] == HARM
    assert found["wish"]["words"] == ["hay đánh em"]
    assert found["wish"]["asked"] == {"vi": "Em mong gì?"}
    assert (found["wish"]["state"], found["wish"]["by_staff"]) == ("new", False)
    # Of a question that was asked several times, all that she wrote is with the officer.
    assert texts(room).keys() == {"Em đánh răng"}
    every = officer.call("texts_for_protection", consultation=room.id)
    assert {row["said"] for row in every} == {HARM, "Bình thường", "em muốn chết", "Em đánh răng"}

    officer.call("decide_alert", alert=found["wish"]["alert"], state="handled", note="Đã báo 111")
    assert HARM not in texts(room)
    assert {alert["note"] for alert in alerts(room, officer)} == {"Đã báo 111", ""}
    officer.call("decide_alert", alert=found["wish"]["alert"], state="no_concern", note="")
    assert HARM in texts(room)


def test_a_text_that_was_handed_over_is_out_of_the_teachers_hands(room: Room) -> None:
    send(room, {"wish": "Em buồn lắm"})
    room.close()
    opinion = texts(room)["Em buồn lắm"]["opinion"]
    room.teacher.call("release_opinion", opinion=opinion, shown="Em buồn lắm")
    room.teacher.call("raise_alert", opinion=opinion, note="Em này hay nghỉ học")
    assert texts(room) == {}
    assert room.teacher.call("released_texts", consultation=room.id) == []
    with pytest.raises(Refused, match="text_is_guarded"):
        room.teacher.call("release_opinion", opinion=opinion, shown="Em buồn lắm")
    officer = room.world.as_staff("protection_officer")
    [alert] = alerts(room, officer)
    assert (alert["said"], alert["note"], alert["by_staff"]) == ("Em buồn lắm", "Em này hay nghỉ học", True)
    officer.call("decide_alert", alert=alert["alert"], state="no_concern", note="")
    assert texts(room)["Em buồn lắm"]["state"] == "withheld"


def test_alerts_are_for_the_protection_officer(room: Room) -> None:
    send(room, {"wish": HARM})
    world = room.world
    officer = world.as_staff("protection_officer")
    alert = alerts(room, officer)[0]["alert"]
    for role in ("facilitator", "officer", "reviewer", "administrator"):
        other = room.teacher if role == "facilitator" else world.as_staff(role)
        for function, arguments in (
            ("alert_list", {}), ("decide_alert", {"alert": alert, "state": "handled", "note": ""}),
            ("texts_for_protection", {"consultation": room.id}),
        ):  # fmt: skip
            with pytest.raises(NotAllowed):
                other.call(function, **arguments)
        assert other.read("alert", columns=["id"]).empty
        if role == "facilitator":
            with pytest.raises(NotAllowed):
                other.call("alert_count")
        else:
            assert other.call("alert_count")[0]["alert_count"] >= 1
    with pytest.raises(Refused, match="alert_state_unknown"):
        officer.call("decide_alert", alert=alert, state="new", note="")
    with pytest.raises(Refused, match="alert_gone"):
        officer.call("decide_alert", alert=room.id, state="seen", note="")


def test_what_nobody_vouched_for_alerts_nobody(room: Room) -> None:
    content = submission(room.id, questionnaire=room.form, version="1", answers={"wish": HARM})
    item = {"content": content, "problems": [], "alerts": [{"question": "wish", "words": ["đánh"]}], "sent_at": None}
    batch = json.dumps({"submissions": [item]})
    room.world.door.as_anonymous().call("submit", batch=batch)
    officer = room.world.as_staff("protection_officer")
    assert alerts(room, officer) == []
    # The application sends it again: now somebody has looked.
    for _ in range(2):
        secret = room.world.door.submission_secret
        assert secret is not None
        room.world.door.as_anonymous().call("submit", batch=batch, voucher=voucher(secret, batch))
        assert len(alerts(room, officer)) == 1


def test_who_takes_her_answers_back_leaves_no_text_and_no_alert(room: Room) -> None:
    content = send(room, {"wish": HARM, "pets": [{"pet_wish": "Đi chơi"}]})
    room.close()
    released = texts(room)["Đi chơi"]["opinion"]
    room.teacher.call("release_opinion", opinion=released, shown="Đi chơi")
    assert room.world.door.as_anonymous().call("withdraw", receipt=content["receipt"])
    officer = room.world.as_staff("protection_officer")
    assert alerts(room, officer) == []
    assert texts(room) == {}
    assert room.teacher.call("released_texts", consultation=room.id) == []
    assert officer.call("texts_for_protection", consultation=room.id) == []
    for table in ("alert", "opinion"):
        assert room.world.value(f"select count(*) from {table} where submission_id = %s", content["id"]) == 0
