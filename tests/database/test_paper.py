"""What was written on paper and entered by a facilitator."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from survey_app.api.submission import Item, read_batch
from survey_app.database import NotAllowed
from tests.database.conftest import World, submission, submit


@pytest.fixture
def consultation(world: World) -> str:
    return world.new_consultation(world.as_staff("administrator"), world.new_commune())


def read(content: dict[str, Any]) -> Item:
    (item,) = read_batch(json.dumps({"submissions": [content]}).encode())[1]
    assert isinstance(item, Item)
    return item


def test_it_is_kept_as_paper_and_the_same_again_is_a_duplicate(world: World, consultation: str) -> None:
    content = submission(consultation, entered_from="paper")
    assert [submit(world.door, content) for _ in range(2)] == [["created"], ["duplicate"]]
    kept = "select entered_from, status, problems from submission where id = %s"
    assert world.rows(kept, content["id"])[0] == ("paper", "accepted", [])
    without = {name: value for name, value in content.items() if name != "entered_from"}
    assert submit(world.door, without) == ["conflict"]
    tablet = submission(consultation)
    submit(world.door, tablet)
    assert world.rows(kept, tablet["id"])[0][0] == "tablet"


def test_what_is_not_from_paper_is_read_as_before() -> None:
    content = submission(str(uuid.uuid4()))
    assert "entered_from" not in read(content).content
    assert "entered_from" not in read({**content, "entered_from": None}).content
    assert read({**content, "entered_from": "paper"}).content["entered_from"] == "paper"
    wrong = read({**content, "entered_from": "fax"})
    assert "entered_from" not in wrong.content
    assert wrong.problems == [{"code": "wrong_field", "question": "entered_from"}]


def test_many_sheets_from_one_device_within_seconds_are_nobody_s_mistake(world: World, consultation: str) -> None:
    now = datetime.now(UTC)
    device = str(uuid.uuid4())
    sheets = [
        submission(
            consultation,
            entered_from="paper",
            device=device,
            started_at=(now + timedelta(milliseconds=10 * n)).isoformat(),
            finished_at=(now + timedelta(milliseconds=10 * n + 5)).isoformat(),
        )
        for n in range(30)
    ]
    assert submit(world.door, *sheets) == ["created"] * 30
    assert world.value("select in_review from consultation_tally where consultation_id = %s", consultation) == 0


def test_how_many_came_from_paper_is_told_to_whom_the_consultation_is_shown(world: World) -> None:
    commune = world.new_commune()
    school = world.new_school(commune)
    teacher = world.as_staff("facilitator", commune, school)
    made = world.new_consultation(teacher, commune, school=school)
    sheets = [submission(made, entered_from="paper") for _ in range(3)]
    submit(world.door, *sheets, submission(made))
    assert teacher.call("paper_count", consultation=made)[0]["paper_count"] == 3
    world.door.as_anonymous().call("withdraw", receipt=sheets[0]["receipt"])
    assert teacher.call("paper_count", consultation=made)[0]["paper_count"] == 2
    for stranger in (
        world.as_staff("facilitator", commune, world.new_school(commune)),
        world.door.as_anonymous(),
    ):
        with pytest.raises(NotAllowed):
            stranger.call("paper_count", consultation=made)
