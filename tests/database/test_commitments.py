"""Themes, answers to them, and going back to the children: who may do it, and what is refused."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from survey_app.database import Database, NotAllowed, Refused
from tests.database.conftest import World


@dataclass(frozen=True)
class Asked:
    """A closed consultation with three opinions, of which two are released."""

    id: str
    commune: str
    facilitator: Database
    released: list[str]
    unread: str


@pytest.fixture
def asked(world: World) -> Asked:
    commune = world.new_commune()
    school = world.new_school(commune)
    facilitator = world.as_staff("facilitator", commune, school)
    made = world.new_consultation(facilitator, commune, school=school)
    facilitator.call("close_consultation", consultation=made)
    released = [
        str(world.value(
            "insert into opinion (consultation_id, said, shown, state, read_at) values (%s, %s, %s, 'released', now()) returning id",
            made, text, text,
        ))
        for text in ("Nhà vệ sinh bẩn", "Em muốn có nhà vệ sinh sạch")
    ]  # fmt: skip
    unread = world.value("insert into opinion (consultation_id, said) values (%s, 'Chưa đọc') returning id", made)
    return Asked(made, commune, facilitator, sorted(released), str(unread))


def theme(asking: Database, consultation: str, name: str = "Nhà vệ sinh") -> str:
    made = asking.call("save_theme", theme=None, consultation=consultation, name={"vi": name, "km": " "}, said={})
    return str(made[0]["save_theme"])


def promise(asking: Database, theme: str | None, **changes: Any) -> str:
    values = {
        "commitment": None, "theme": theme, "petition": None, "body": "Trường", "answer": {"vi": "Các em nói đúng."},
        "promise": {"vi": "Sửa ba phòng"}, "due_on": "2020-01-01", "status": "planned", "outcome": {},
    }  # fmt: skip
    return str(asking.call("save_commitment", **{**values, **changes})[0]["save_commitment"])


def test_released_opinions_are_grouped_and_no_others(world: World, asked: Asked) -> None:
    made = theme(asked.facilitator, asked.id)
    asked.facilitator.call("group_opinions", theme=made, opinions=asked.released)
    found = asked.facilitator.call("opinions_of", consultation=asked.id)
    assert sorted(str(row["opinion"]) for row in found) == asked.released
    assert all([str(t) for t in row["themes"]] == [made] for row in found)
    asked.facilitator.call("group_opinions", theme=made, opinions=asked.released[:1])
    assert world.value("select count(*) from opinion_theme where theme_id = %s", made) == 1
    with pytest.raises(Refused, match="opinion_not_released"):
        asked.facilitator.call("group_opinions", theme=made, opinions=[asked.unread])
    with pytest.raises(Refused, match="opinion_not_released"):
        asked.facilitator.call("group_opinions", theme=made, opinions=[str(uuid.uuid4())])


def test_who_may_not(world: World, asked: Asked) -> None:
    made = theme(asked.facilitator, asked.id)
    promised = promise(asked.facilitator, made)
    others = [
        world.as_staff("facilitator", asked.commune, world.new_school(asked.commune)),
        world.as_staff("officer", world.new_commune()),
        world.as_staff("reviewer"),
        world.as_staff("protection_officer"),
        world.door.as_anonymous(),
    ]
    for other in others:
        with pytest.raises(NotAllowed):
            theme(other, asked.id)
        with pytest.raises(NotAllowed):
            promise(other, made)
        with pytest.raises(NotAllowed):
            promise(other, None, commitment=promised)
        for function in ("opinions_of", "publish_feedback", "unpublish_feedback"):
            with pytest.raises(NotAllowed):
                other.call(function, consultation=asked.id)
        with pytest.raises(NotAllowed):
            other.call("group_opinions", theme=made, opinions=asked.released)


def test_an_officer_of_the_commune_answers_without_reading_single_texts(world: World, asked: Asked) -> None:
    officer = world.as_staff("officer", asked.commune)
    made = theme(officer, asked.id)
    assert promise(officer, made)
    with pytest.raises(NotAllowed):
        officer.call("opinions_of", consultation=asked.id)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"body": " "}, "commitment_body"),
        ({"answer": {}}, "commitment_answer"),
        ({"answer": {"en": "No"}, "status": "declined"}, "declined_needs_answer"),
        ({"due_on": None}, "commitment_needs_due"),
        ({"status": "soon"}, "commitment_status"),
    ],
)
def test_what_is_missing_in_an_answer_is_said(asked: Asked, changes: dict[str, Any], reason: str) -> None:
    made = theme(asked.facilitator, asked.id)
    with pytest.raises(Refused, match=reason):
        promise(asked.facilitator, made, **changes)


def test_the_board_knows_what_is_overdue(asked: Asked) -> None:
    promised = promise(asked.facilitator, theme(asked.facilitator, asked.id))
    columns = ["id", "is_overdue", "status", "consultation_title"]
    (row,) = asked.facilitator.read("commitment_board", columns=columns, where={"id": promised}).to_dict("records")
    assert row["is_overdue"]
    promise(asked.facilitator, None, commitment=promised, status="done", outcome={"vi": "Đã sửa"})
    (row,) = asked.facilitator.read("commitment_board", columns=columns, where={"id": promised}).to_dict("records")
    assert (bool(row["is_overdue"]), row["status"]) == (False, "done")


def test_publishing_needs_an_answer_and_can_be_taken_back(world: World, asked: Asked) -> None:
    made = theme(asked.facilitator, asked.id)
    with pytest.raises(Refused, match="nothing_to_publish"):
        asked.facilitator.call("publish_feedback", consultation=asked.id)
    promise(asked.facilitator, made)
    asked.facilitator.call("publish_feedback", consultation=asked.id)
    assert world.value("select published_at from consultation where id = %s", asked.id) is not None
    asked.facilitator.call("unpublish_feedback", consultation=asked.id)
    assert world.value("select published_at from consultation where id = %s", asked.id) is None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ((2, 1, 1), (None, None, None, None)),
        ((10, 0, 0), (10, 10, 0, 0)),
        ((20, 3, 0), (23, None, None, None)),
        ((20, 3, 6), (29, 20, None, None)),
    ],
)
def test_few_ratings_are_hidden_with_their_complement(
    world: World, asked: Asked, given: tuple[int, int, int], shown: tuple[int | None, ...]
) -> None:
    promised = promise(asked.facilitator, theme(asked.facilitator, asked.id))
    for face, count in zip((3, 2, 1), given, strict=True):
        for _ in range(count):
            world.rows(
                "insert into feedback_rating (commitment_id, rater, rating) values (%s, %s, %s)",
                promised,
                uuid.uuid4().bytes,
                face,
            )
    (row,) = asked.facilitator.call("ratings_of", consultation=asked.id)
    assert (row["ratings"], row["good"], row["so_so"], row["not_good"]) == shown
