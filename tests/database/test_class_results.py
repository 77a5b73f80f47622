"""What a class chose: how many, and nothing that points at a child."""

from __future__ import annotations

import json
import uuid
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.suppression import hidden_areas
from survey_app.database import Database, NotAllowed, Refused
from survey_app.database.embedded import EmbeddedDoor
from tests.database.conftest import World, owner_conninfo, submission, submit

FORM = "ket-qua-lop"
DEFINITION: dict[str, Any] = {
    "nodes": [
        {"name": "like", "type": "select_one", "choices": "yes_no", "label": {"vi": "Em thích không?"}},
        {"name": "g", "type": "group", "children": [
            {"name": "where", "type": "select_multiple", "choices": "places"},
            {"name": "order", "type": "rank", "choices": "yes_no"},
        ]},
        {"name": "stars", "type": "range"},
        {"name": "age", "type": "integer"},
        {"name": "wish", "type": "text", "label": {"vi": "Em mong gì?"}},
        {"name": "r", "type": "repeat", "children": [
            {"name": "pet", "type": "select_one", "choices": "yes_no"},
            {"name": "pet_wish", "type": "text"},
        ]},
        {"name": "rare", "type": "select_one", "choices": "yes_no"},
        {"name": "hello", "type": "note"},
    ],
    "choices": {"yes_no": [{"name": "yes"}, {"name": "no"}, {"name": "maybe"}], "places": [{"name": "yard"}, {"name": "hall"}]},
}  # fmt: skip


class Room:
    """A consultation of a class with DEFINITION, and its teacher."""

    def __init__(self, world: World, definition: dict[str, Any] = DEFINITION) -> None:
        self.world = world
        self.commune = world.new_commune()
        self.school = world.new_school(self.commune)
        self.teacher: Database = world.as_staff("facilitator", self.commune, self.school)
        self.id = world.new_consultation(self.teacher, self.commune, school=self.school)
        self.form = f"{FORM}-{uuid.uuid4().hex[:8]}"
        world.rows(
            "insert into questionnaire (id, version, title, definition) values (%s, '1', '{}', %s)",
            self.form,
            json.dumps(definition),
        )
        world.rows(
            "update consultation set questionnaire_id = %s, questionnaire_version = '1' where id = %s",
            self.form,
            self.id,
        )

    def answer(self, answers: dict[str, Any], **changes: Any) -> dict[str, Any]:
        told = {"questionnaire": self.form, "version": "1", "assent": {"version": 2, "given": True}}
        content = submission(self.id, answers=answers, **{**told, **changes})
        assert submit(self.world.door, content) == ["created"]
        return content

    def close(self) -> None:
        self.teacher.call("close_consultation", consultation=self.id)

    def results(
        self, asking: Database | None = None
    ) -> dict[str, dict[str | None, tuple[int | None, bool, int | None]]]:
        found: dict[str, dict[str | None, tuple[int | None, bool, int | None]]] = {}
        for row in (asking or self.teacher).call("class_results", consultation=self.id):
            found.setdefault(row["question"], {})[row["choice"]] = (row["count"], row["hidden"], row["answered"])
        return found


def test_counts_by_question_and_choice_in_the_order_of_the_form(world: World) -> None:
    room = Room(world)
    for child in range(12):
        room.answer({
            "like": "yes" if child < 6 else "no",
            "where": ["yard"] if child < 5 else ["yard", "hall"],
            "order": ["yes", "no", "maybe"] if child < 6 else ["no", "yes", "maybe"],
            "stars": 5 if child < 6 else 3,
            "age": 7 + child,
            "wish": "cây" if child < 7 else "",
            "r": [{"pet": "yes"}, {"pet": "yes"}] if child < 6 else [{"pet": "no"}],
        })  # fmt: skip
    for _ in range(4):
        room.answer({"rare": "yes"})
    room.answer({"like": "maybe"}, version="other")  # to review: not counted
    room.close()
    found = room.results()
    assert list(found) == ["like", "where", "order", "stars", "age", "wish", "pet", "pet_wish", "rare"]
    assert found["like"] == {"yes": (6, False, 12), "no": (6, False, 12), "maybe": (0, False, 12)}
    assert list(found["like"]) == ["yes", "no", "maybe"]
    assert found["where"] == {"yard": (12, False, 12), "hall": (7, False, 12)}
    assert found["order"] == {"yes": (15, False, 12), "no": (15, False, 12), "maybe": (30, False, 12)}
    assert found["stars"] == {"3": (6, False, 12), "5": (6, False, 12)}
    assert len(found["age"]) <= 5
    assert found["wish"] == {None: (7, False, 7)}
    # Each child once, however often she was asked.
    assert found["pet"] == {"yes": (6, False, 12), "no": (6, False, 12), "maybe": (0, False, 12)}
    assert found["rare"] == {None: (None, True, None)}


def test_small_counts_are_hidden_and_cannot_be_found_by_subtraction(world: World) -> None:
    room = Room(world)
    for child in range(20):
        room.answer({
            "like": "yes" if child < 11 else "no" if child < 17 else "maybe",
            "where": ["yard"] if child < 17 else ["hall"],
        })  # fmt: skip
    room.close()
    found = room.results()
    assert found["like"] == {"yes": (11, False, 20), "no": (None, True, 20), "maybe": (None, True, 20)}
    assert found["where"] == {"yard": (None, True, 20), "hall": (None, True, 20)}


def test_a_withdrawn_answer_is_not_counted(world: World) -> None:
    room = Room(world)
    sent = [room.answer({"like": "yes"}) for _ in range(6)]
    room.close()
    assert room.results()["like"]["yes"] == (6, False, 6)
    world.door.as_anonymous().call("withdraw", receipt=sent[0]["receipt"])
    assert room.results()["like"]["yes"] == (5, False, 5)
    world.door.as_anonymous().call("withdraw", receipt=sent[1]["receipt"])
    assert room.results()["like"] == {None: (None, True, None)}


def test_only_once_closed_and_only_for_who_sees_the_consultation(world: World) -> None:
    room = Room(world)
    with pytest.raises(Refused, match="not_closed_yet"):
        room.results()
    room.close()
    for role in ("reviewer", "administrator", "protection_officer", "officer"):
        assert "like" in room.results(world.as_staff(role))
    for stranger in (
        world.as_staff("facilitator", world.new_commune()),
        world.as_staff("officer", world.new_commune()),
    ):
        with pytest.raises(NotAllowed):
            room.results(stranger)
    with pytest.raises(NotAllowed):
        room.results(world.door.as_anonymous())


def test_without_a_questionnaire_there_are_no_results(world: World) -> None:
    room = Room(world)
    world.rows(
        "update consultation set form = 'forum', questionnaire_id = null, questionnaire_version = null where id = %s",
        room.id,
    )
    room.close()
    assert room.results() == {}


@given(counts=st.lists(st.integers(0, 30), min_size=1, max_size=8), threshold=st.integers(2, 10))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hides_what_the_analysis_hides(
    counts: list[int], threshold: int, asking_the_owner: psycopg.Connection[Any]
) -> None:
    named = {f"c{at}": count for at, count in enumerate(counts)}
    row = asking_the_owner.execute("select private.hide_small(%s, %s)", (json.dumps(named), threshold)).fetchone()
    total = sum(counts)
    if total < threshold:
        return  # such a question is hidden whole
    hidden = hidden_areas({**{name: (count,) for name, count in named.items()}, "84": (total,)}, threshold, "84")
    assert row is not None
    assert (None if row[0] is None else set(row[0])) == (None if "84" in hidden else set(hidden))


@pytest.fixture(scope="module")
def asking_the_owner(embedded_door: EmbeddedDoor) -> Any:
    with psycopg.connect(owner_conninfo(embedded_door), autocommit=True) as owner:
        yield owner
