"""Children read what was answered, by code, receipt or commune, and answer with a face that counts once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from survey_app.api.public_side import public_side
from survey_app.database import DatabaseError, NotAllowed
from survey_app.database.voucher import voucher
from survey_app.settings import Settings
from tests.database.api_client import Asked, DescribedClient, ask, item, send
from tests.database.conftest import World

ANSWERED = {"vi": "Nhà trường sẽ sửa.", "km": "សាលានឹងជួសជុល។"}


@pytest.fixture
def client(world: World) -> Iterator[DescribedClient]:
    with DescribedClient(public_side(world.door, Settings())) as client:
        yield client


@pytest.fixture
def asked(world: World) -> Asked:
    return ask(world)


def answer(world: World, asked: Asked, *, published: bool = True) -> str:
    """A theme with one answer; the commitment's id."""
    theme, commitment = str(uuid.uuid4()), str(uuid.uuid4())
    world.rows(
        "insert into theme (id, consultation_id, name, said) values (%s, %s, %s, %s)",
        theme, asked.id, json.dumps({"vi": "Nhà vệ sinh"}), json.dumps({"vi": "Chúng em muốn sạch hơn."}),
    )  # fmt: skip
    world.rows(
        "insert into commitment (id, consultation_id, theme_id, commune_code, body, answer, promise, due_on) "
        "values (%s, %s, %s, %s, 'Trường Tiểu học', %s, %s, '2027-03-01')",
        commitment, asked.id, theme, asked.commune, json.dumps(ANSWERED), json.dumps({"vi": "Sửa ba phòng"}),
    )  # fmt: skip
    if published:
        world.rows("update consultation set published_at = now() where id = %s", asked.id)
    return commitment


def ratings(world: World, commitment: str) -> list[int]:
    found = world.rows("select rating from feedback_rating where commitment_id = %s order by rating", commitment)
    return [rating for (rating,) in found]


def rate(client: DescribedClient, commitment: str, rating: int, **more: Any) -> int:
    told = {"commitment": commitment, "rating": rating, "device": str(uuid.uuid4()), **more}
    return int(client.post("/api/feedback/ratings", json=told).status_code)


def test_what_was_answered_is_read_by_code(world: World, client: DescribedClient, asked: Asked) -> None:
    commitment = answer(world, asked)
    found = client.get(f"/api/feedback/{asked.code}").json()
    assert found["state"] == "published"
    assert [theme["name"] for theme in found["themes"]] == [{"vi": "Nhà vệ sinh"}]
    assert [(one["id"], one["answer"], one["due_on"]) for one in found["themes"][0]["answers"]] == [
        (commitment, ANSWERED, "2027-03-01")
    ]


def test_until_it_is_published_nothing_of_it_is_shown(world: World, client: DescribedClient, asked: Asked) -> None:
    commitment = answer(world, asked, published=False)
    found = client.get(f"/api/feedback/{asked.code}").json()
    assert (found["state"], found["themes"]) == ("not_yet", [])
    assert rate(client, commitment, 3) == 404
    assert ratings(world, commitment) == []


def test_nothing_of_staff_is_in_it(world: World, client: DescribedClient, asked: Asked) -> None:
    answer(world, asked)
    text = client.get(f"/api/feedback/{asked.code}").text
    owner = world.value("select created_by from consultation where id = %s", asked.id)
    assert str(owner) not in text
    assert "Cô Lan" not in text
    assert "created_by" not in text


def test_a_receipt_opens_her_own_consultation(world: World, client: DescribedClient, asked: Asked) -> None:
    answer(world, asked)
    given = item(asked.id)
    send(client, given)
    receipt = given["receipt"]
    found = client.post("/api/feedback", json={"receipt": f"{receipt[:5]} {receipt[5:].lower()}"})
    assert found.json()["code"] == asked.code
    client.post("/api/withdrawals", json={"receipt": receipt})
    assert client.post("/api/feedback", json={"receipt": receipt}).json()["error"] == "unknown_receipt"


def test_a_commune_shows_what_is_published_in_it(world: World, client: DescribedClient, asked: Asked) -> None:
    assert client.get(f"/api/communes/{asked.commune}/feedback").json() == {"consultations": []}
    answer(world, asked)
    found = client.get(f"/api/communes/{asked.commune}/feedback").json()["consultations"]
    assert [one["code"] for one in found] == [asked.code]
    listed = client.get("/api/communes-with-feedback").json()["communes"]
    assert {"code": asked.commune, "name": f"Xã {asked.commune}", "consultations": 1} in listed
    world.rows("update consultation set deleted_at = now() where id = %s", asked.id)
    assert client.get(f"/api/communes/{asked.commune}/feedback").json() == {"consultations": []}


def test_a_face_counts_once_for_each_child(world: World, client: DescribedClient, asked: Asked) -> None:
    commitment = answer(world, asked)
    first, second = item(asked.id), item(asked.id)
    send(client, first, second)
    tablet = str(uuid.uuid4())
    assert rate(client, commitment, 1, device=tablet, receipt=first["receipt"]) == 200
    assert rate(client, commitment, 3, device=tablet, receipt=first["receipt"]) == 200
    assert rate(client, commitment, 2, device=tablet, receipt=second["receipt"]) == 200
    assert ratings(world, commitment) == [2, 3]


def test_without_a_receipt_a_tablet_has_one_voice(world: World, client: DescribedClient, asked: Asked) -> None:
    commitment = answer(world, asked)
    tablet = str(uuid.uuid4())
    for rating in (1, 2):
        assert rate(client, commitment, rating, device=tablet) == 200
    assert rate(client, commitment, 3, receipt="ZZZZZZZZZZ", device=tablet) == 200
    assert ratings(world, commitment) == [3]


@pytest.mark.parametrize("rating", [0, 4, -1])
def test_there_are_three_faces(world: World, client: DescribedClient, asked: Asked, rating: int) -> None:
    assert rate(client, answer(world, asked), rating) == 422


def test_only_the_application_gets_ratings_by_area_and_only_of_published_answers(world: World, asked: Asked) -> None:
    commitment = answer(world, asked)
    anyone = world.door.as_anonymous()
    for rating in (3, 3, 1):
        anyone.call("rate_feedback", commitment=commitment, rating=rating, device=str(uuid.uuid4()))
    vouched = voucher(world.door.submission_secret or "", "ratings")
    reviewer = world.as_staff("reviewer")

    def by_area() -> dict[str, list[int]]:
        return {
            row["area_code"]: [row["ratings"], row["good"], row["other"], row["most_good"]]
            for row in reviewer.call("ratings_by_area", voucher=vouched)
        }

    assert by_area()[asked.commune] == [3, 2, 1, 2]
    assert "84" in by_area()
    for asking, given in ((reviewer, "ratings"), (anyone, vouched)):
        with pytest.raises((NotAllowed, DatabaseError)):
            asking.call("ratings_by_area", voucher=given)
    world.rows("update consultation set published_at = null where id = %s", asked.id)
    assert asked.commune not in by_area()


def test_every_member_of_staff_sees_where_children_wait_for_an_answer(world: World, asked: Asked) -> None:
    def waiting() -> int:
        where = {"area_code": asked.commune}
        columns = ["held_on", "consultations"]
        found = world.as_staff("protection_officer").read("unanswered_consultation", columns=columns, where=where)
        return int(found["consultations"].sum())

    before = waiting()
    world.rows("update consultation set status = 'closed', closed_at = now() where id = %s", asked.id)
    assert waiting() == before + 1
    world.rows("update consultation set published_at = now() where id = %s", asked.id)
    assert waiting() == before
