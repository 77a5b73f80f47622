"""Drawings, photos and voices on their way from the tablet to the one person who may see them."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from survey_app.api import attachments as routes
from survey_app.api.announced import LARGEST_PICTURE, LARGEST_VOICE, MOST_ATTACHMENTS
from survey_app.api.attachments import LARGEST_PART, Attachments
from survey_app.api.public_side import public_side
from survey_app.api.throttle import UNKNOWN_FILES_A_MINUTE
from survey_app.database import Database, DatabaseError, NoSuchFile, NotAllowed, Unavailable
from survey_app.database.voucher import voucher
from survey_app.settings import Settings
from tests.database.api_client import Asked, DescribedClient, ask, send
from tests.database.attachment_sender import (
    FORM,
    FORM_TEXT,
    HEADS,
    MEDIA_TYPES,
    announcement,
    content_of,
    head,
    item_with,
    patch,
    send_all,
)
from tests.database.conftest import World, batch_text


@pytest.fixture
def client(each_world: World) -> Iterator[DescribedClient]:
    with DescribedClient(public_side(each_world.door, Settings())) as client:
        yield client


@pytest.fixture
def asked(each_world: World) -> Asked:
    return ask(each_world, form=FORM, form_text=FORM_TEXT)


@pytest.fixture
def photos(each_world: World) -> Iterator[None]:
    """An administrator allows them for as long as the test runs."""
    administrator = each_world.as_staff("administrator")
    administrator.write("setting", [{"name": "photos_allowed", "value": True}])
    yield
    administrator.write("setting", [{"name": "photos_allowed", "value": False}])


def problems(world: World, submission: str) -> list[tuple[str, str]]:
    found = world.value("select problems from submission where id = %s", submission)
    return [(one["code"], one.get("question", "")) for one in found]


def state(world: World, name: str) -> str | None:
    rows = world.rows("select state from attachment where name = %s", name)
    return rows[0][0] if rows else None


def complete(client: DescribedClient, *ids: str) -> dict[str, bool]:
    answer = client.post("/api/arrivals", json={"ids": ids})
    return {one["id"]: one["complete"] for one in answer.json()["arrived"]}


def sent(
    client: DescribedClient, asked: Asked, question: str, extension: str, size: int = 5000
) -> tuple[str, str, bytes]:
    """A submission that is stored and announces one file: its id, the file's name and content."""
    content = content_of(extension, size)
    one = announcement(question, extension, content)
    submission = item_with(asked, one)
    assert send(client, submission)[0]["verdict"] == "created"
    return submission["id"], one["name"], content


# From the tablet to the protection officer


@pytest.mark.parametrize("extension", list(HEADS))
def test_a_file_of_each_kind_arrives_in_parts(
    each_world: World, client: DescribedClient, asked: Asked, extension: str
) -> None:
    question = "tranh" if MEDIA_TYPES[extension].startswith("image/") else "tieng"
    submission, name, content = sent(client, asked, question, extension, 250_001)
    first = head(client, submission, name)
    assert (first.status_code, first.content) == (204, b"")
    assert (first.headers["upload-offset"], first.headers["upload-length"]) == ("0", "250001")
    assert (first.headers["tus-resumable"], first.headers["cache-control"]) == ("1.0.0", "no-store")
    assert "upload-stored" not in first.headers
    assert complete(client, submission) == {submission: False}

    part = patch(client, submission, name, 0, content[:100_000])
    assert (part.status_code, part.headers["upload-offset"], "upload-stored" in part.headers) == (204, "100000", False)
    assert head(client, submission, name).headers["upload-offset"] == "100000"
    with DescribedClient(public_side(each_world.door, Settings())) as another_process:
        last = send_all(another_process, submission, name, content)
    assert (last.headers["upload-offset"], last.headers["upload-stored"]) == ("250001", "true")
    assert head(client, submission, name).headers["upload-stored"] == "true"
    assert complete(client, submission) == {submission: True}

    officer = each_world.as_staff("protection_officer")
    assert officer.read_file("attachment", name) == content
    row = officer.read(
        "attachment",
        columns=["submission_id", "consultation_id", "question", "media_type", "size", "sha256", "state"],
        where={"name": name},
    ).to_dict("records")
    kind = MEDIA_TYPES[extension].replace("video/", "audio/")
    assert row == [
        {
            "submission_id": submission, "consultation_id": asked.id, "question": question, "media_type": kind,
            "size": 250_001, "sha256": hashlib.sha256(content).hexdigest(), "state": "stored",
        }
    ]  # fmt: skip
    assert each_world.rows("select name from private.upload where name = %s", name) == [], "no second copy is kept"


def test_files_of_each_time_of_a_repeat_arrive(each_world: World, client: DescribedClient, asked: Asked) -> None:
    contents = [content_of("webm") for _ in range(3)]
    told = [announcement(f"lan/{number}/ke", "webm", content) for number, content in enumerate(contents)]
    submission = item_with(asked, *told)
    assert send(client, submission)[0]["verdict"] == "created"
    assert problems(each_world, submission["id"]) == []
    for one, content in zip(told, contents, strict=True):
        assert complete(client, submission["id"]) == {submission["id"]: False}
        assert send_all(client, submission["id"], one["name"], content).headers["upload-stored"] == "true"
    assert complete(client, submission["id"]) == {submission["id"]: True}


def test_a_file_without_a_digest_gets_its_own(each_world: World, client: DescribedClient, asked: Asked) -> None:
    content = content_of("png")
    one = announcement("tranh", "png", content, sha256=None)
    submission = item_with(asked, one)
    send(client, submission)
    assert send_all(client, submission["id"], one["name"], content).headers["upload-stored"] == "true"
    assert each_world.value("select sha256 from attachment where name = %s", one["name"]) == (
        hashlib.sha256(content).hexdigest()
    )


def test_only_the_protection_officer_reads_what_a_child_made(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    submission, name, content = sent(client, asked, "tieng", "webm")
    officer = each_world.as_staff("protection_officer")
    with pytest.raises(NotAllowed):
        officer.read_file("attachment", name)
    send_all(client, submission, name, content)
    others: list[Database] = [asked.asking, *(each_world.as_staff(role) for role in ("reviewer", "administrator"))]
    for asking in (*others, each_world.door.as_anonymous()):
        with pytest.raises(NotAllowed):
            asking.read_file("attachment", name)
        with pytest.raises(NotAllowed):
            asking.remove_file("attachment", name)
    for asking in others:
        assert asking.read("attachment", columns=["name"]).empty
    with pytest.raises(NotAllowed):
        each_world.door.as_anonymous().read("attachment", columns=["name"])
    assert officer.read_file("attachment", name) == content


def test_whoever_sees_the_consultation_sees_how_many_files_there_are(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    submission, name, content = sent(client, asked, "tieng", "webm")
    sent(client, asked, "tranh", "png")
    send_all(client, submission, name, content)

    def counts(asking: Database) -> list[dict[str, Any]]:
        where = {"consultation_id": asked.id}
        return asking.read("attachment_count", columns=["expected", "stored"], where=where).to_dict("records")

    for role in ("administrator", "reviewer", "protection_officer"):
        assert counts(each_world.as_staff(role)) == [{"expected": 2, "stored": 1}]
    assert counts(asked.asking) == [{"expected": 2, "stored": 1}]
    assert counts(each_world.as_staff("facilitator", each_world.new_commune())) == []
    with pytest.raises(NotAllowed):
        each_world.door.as_anonymous().read("attachment_count", columns=["stored"])


# What goes wrong on the way


def test_a_wrong_offset_is_told_with_the_right_one(client: DescribedClient, asked: Asked) -> None:
    submission, name, content = sent(client, asked, "tranh", "png")
    patch(client, submission, name, 0, content[:1000])
    for offset in (0, 999, 1001, 4999, 5000, 999_999_999):
        answer = patch(client, submission, name, offset, content[offset : offset + 1000])
        assert (answer.status_code, answer.json()["error"]) == (409, "wrong_offset")
        assert answer.headers["upload-offset"] == "1000"
    assert send_all(client, submission, name, content).headers["upload-stored"] == "true"
    assert patch(client, submission, name, 0, content[:1000]).status_code == 409, "what is stored stays"


@pytest.mark.parametrize("offset", ["-1", "", "1.5", "eins", "٣", "9" * 20])
def test_an_offset_that_is_none_is_refused(client: DescribedClient, asked: Asked, offset: str) -> None:
    submission, name, content = sent(client, asked, "tranh", "png")
    answer = client.patch(
        f"/api/attachments/{submission}/{name}",
        content=content,
        headers={"Content-Type": routes.PART_TYPE, "Upload-Offset": offset.encode()},  # type: ignore[dict-item]
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "no_offset")


def test_a_part_says_that_it_is_one(client: DescribedClient, asked: Asked) -> None:
    submission, name, content = sent(client, asked, "tranh", "png")
    answer = patch(client, submission, name, 0, content, **{"Content-Type": "image/png"})
    assert (answer.status_code, answer.json()["error"]) == (415, "not_a_part")


def test_a_part_and_a_whole_that_are_too_large_are_refused(client: DescribedClient, asked: Asked) -> None:
    submission, name, content = sent(client, asked, "tieng", "webm", LARGEST_PART + 10)
    answer = patch(client, submission, name, 0, content[: LARGEST_PART + 1])
    assert (answer.status_code, answer.json()["error"]) == (413, "part_too_large")
    assert patch(client, submission, name, 0, content[:LARGEST_PART]).status_code == 204
    answer = patch(client, submission, name, LARGEST_PART, content[LARGEST_PART:] + b"x")
    assert (answer.status_code, answer.json()["error"]) == (413, "attachment_too_large")
    assert send_all(client, submission, name, content).headers["upload-stored"] == "true"


def test_a_voice_of_the_longest_size_arrives(each_world: World, client: DescribedClient, asked: Asked) -> None:
    submission, name, content = sent(client, asked, "tieng", "webm", LARGEST_VOICE)
    assert send_all(client, submission, name, content, LARGEST_PART).headers["upload-stored"] == "true"
    assert each_world.as_staff("protection_officer").read_file("attachment", name) == content


def test_damaged_content_is_thrown_away_and_begun_again(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    submission, name, content = sent(client, asked, "tranh", "png")
    damaged = content[:-1] + bytes([content[-1] ^ 1])
    answer = send_all(client, submission, name, damaged, 2000)
    assert (answer.status_code, answer.json()["error"]) == (422, "attachment_wrong_digest")
    assert head(client, submission, name).headers["upload-offset"] == "0"
    assert state(each_world, name) == "expected"
    assert send_all(client, submission, name, content).headers["upload-stored"] == "true"


@pytest.mark.parametrize("pretended", ["png", "webp", "webm", "mp3"])
@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"GIF89a", b"MZ\x90\x00", b"\x00", HEADS["jpg"]])
def test_content_of_another_kind_is_never_stored(
    each_world: World, client: DescribedClient, asked: Asked, pretended: str, content: bytes
) -> None:
    question = "tranh" if pretended in ("png", "webp") else "tieng"
    one = announcement(question, pretended, content)
    submission = item_with(asked, one)
    send(client, submission)
    answer = send_all(client, submission["id"], one["name"], content)
    assert (answer.status_code, answer.json()["error"]) == (422, "attachment_wrong_type")
    assert state(each_world, one["name"]) == "expected"
    assert each_world.rows("select name from private.upload_part where name = %s", one["name"]) == []


def test_an_unknown_submission_or_name_is_unknown(client: DescribedClient, asked: Asked) -> None:
    submission, name, content = sent(client, asked, "tranh", "png")
    unknown = str(uuid.uuid4())
    assert head(client, unknown, name).status_code == 404
    assert patch(client, unknown, name, 0, content).json()["error"] == "unknown_attachment"
    for odd in ("x.png", f"{unknown}.exe", f"{unknown}.png%00", "..", f"{unknown}.PNG"):
        assert head(client, submission, odd).status_code == 404
    assert head(client, "not-a-uuid", name).status_code == 404
    assert head(client, submission, f"{unknown}.png").status_code == 410, "what was not announced is not waited for"
    assert patch(client, submission, f"{unknown}.png", 0, content).json()["error"] == "attachment_gone"
    other, _, _ = sent(client, asked, "tranh", "png")
    assert head(client, other, name).status_code == 410, "it belongs to another submission"


def test_who_tries_out_names_is_slowed_down(client: DescribedClient, asked: Asked) -> None:
    submission, name, content = sent(client, asked, "tranh", "png")
    statuses = [head(client, str(uuid.uuid4()), name).status_code for _ in range(UNKNOWN_FILES_A_MINUTE + 1)]
    assert statuses == [404] * UNKNOWN_FILES_A_MINUTE + [429]
    answer = patch(client, submission, name, 0, content)
    assert (answer.status_code, answer.json()["error"]) == (429, "slow_down")


def test_a_duplicate_of_the_submission_changes_nothing(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    content = content_of("png")
    submission = item_with(asked, announcement("tranh", "png", content))
    name = submission["attachments"][0]["name"]
    assert send(client, submission)[0]["verdict"] == "created"
    patch(client, submission["id"], name, 0, content[:2000])
    assert send(client, submission)[0]["verdict"] == "duplicate"
    assert head(client, submission["id"], name).headers["upload-offset"] == "2000"
    send_all(client, submission["id"], name, content)
    assert send(client, submission)[0]["verdict"] == "duplicate"
    assert state(each_world, name) == "stored"
    other = {**submission, "attachments": [announcement("tranh", "png", content)]}
    assert send(client, other)[0]["verdict"] == "conflict"
    assert each_world.value("select count(*) from attachment where submission_id = %s", submission["id"]) == 1


# Announcements


@pytest.mark.parametrize(
    ("question", "extension", "changes"),
    [
        ("mong", "png", {}),
        ("khong-co", "png", {}),
        ("tieng", "png", {}),
        ("tranh", "webm", {}),
        ("tranh", "png", {"media_type": "image/webp"}),
        ("tranh", "png", {"size": LARGEST_PICTURE + 1}),
    ],
)
def test_a_wrong_announcement_goes_to_review_and_costs_the_others_nothing(
    each_world: World, client: DescribedClient, asked: Asked, question: str, extension: str, changes: dict[str, Any]
) -> None:
    content = content_of(extension)
    wrong = announcement(question, extension, content, **changes)
    right = announcement("lan/0/ke", "webm", content)
    submission = item_with(asked, wrong, right)
    assert send(client, submission)[0]["verdict"] == "created"
    assert ("wrong_attachment", question) in problems(each_world, submission["id"])
    assert each_world.value("select status from submission where id = %s", submission["id"]) == "review"
    assert (state(each_world, wrong["name"]), state(each_world, right["name"])) == (None, "expected")
    assert head(client, submission["id"], wrong["name"]).status_code == 410
    assert send(client, submission)[0]["verdict"] == "duplicate"


@pytest.mark.parametrize(
    "odd",
    [
        None, 5, "x", {}, {"name": "x"}, {"name": "../../etc/passwd.png"}, {"size": 0}, {"size": -1}, {"size": "5"},
        {"size": LARGEST_VOICE + 1}, {"sha256": "xyz"}, {"media_type": "text/html"}, {"question": "x" * 201},
    ],
)  # fmt: skip
def test_an_unreadable_announcement_is_left_out_and_told(
    each_world: World, client: DescribedClient, asked: Asked, odd: Any
) -> None:
    content = content_of("png")
    right = announcement("tranh", "png", content)
    wrong = {**announcement("tieng", "webm", content), **odd} if isinstance(odd, dict) and odd else odd
    submission = item_with(asked, right)
    submission["attachments"].append(wrong)
    assert send(client, submission)[0]["verdict"] == "created"
    assert ("wrong_field", "attachments") in problems(each_world, submission["id"])
    assert each_world.rows("select name from attachment where submission_id = %s", submission["id"]) == [
        (right["name"],)
    ]


def test_no_more_are_taken_than_a_repeat_has_times(each_world: World, client: DescribedClient, asked: Asked) -> None:
    content = content_of("webm")
    told = [announcement(f"lan/{number}/ke", "webm", content) for number in range(MOST_ATTACHMENTS + 2)]
    submission = item_with(asked, *told)
    assert send(client, submission)[0]["verdict"] == "created"
    assert ("wrong_field", "attachments") in problems(each_world, submission["id"])
    assert each_world.value("select count(*) from attachment where submission_id = %s", submission["id"]) == (
        MOST_ATTACHMENTS
    )


def test_an_answer_that_names_a_file_that_is_not_announced_goes_to_review(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    submission = item_with(asked, announcement("tranh", "png", content_of("png")))
    del submission["attachments"]
    assert send(client, submission)[0]["verdict"] == "created"
    assert problems(each_world, submission["id"]) == [("attachment_missing", "tranh")]


def test_no_announcement_and_an_empty_one_are_the_same_content(client: DescribedClient, asked: Asked) -> None:
    """What has waited on a tablet since before there were attachments is the same content."""
    plain = item_with(asked)
    del plain["attachments"]
    assert send(client, plain)[0]["verdict"] == "created"
    for attachments in ([], None):
        assert send(client, {**plain, "attachments": attachments})[0]["verdict"] == "duplicate"


def test_who_cannot_prove_to_be_the_application_announces_nothing(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    one = announcement("tranh", "png", content_of("png"))
    content = item_with(asked, one)
    text = batch_text(content)
    text = text.replace('"problems"', f'"attachments": {json.dumps([{**one, "photo": False}])}, "problems"')
    anyone = each_world.door.as_anonymous()
    assert [row["verdict"] for row in anyone.call("submit", batch=text)] == ["created"]
    assert state(each_world, one["name"]) is None


def test_what_nobody_vouched_for_at_first_is_expected_when_it_is_sent_again(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    content = content_of("png")
    submission = item_with(asked, announcement("tranh", "png", content))
    send(client, submission)
    name = submission["attachments"][0]["name"]
    each_world.rows("delete from attachment where name = %s", name)
    assert send(client, submission)[0]["verdict"] == "duplicate"
    assert send_all(client, submission["id"], name, content).headers["upload-stored"] == "true"


# Photos


def test_a_photo_is_not_taken_where_photos_are_not_allowed(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    content = content_of("jpg")
    photo, drawing = announcement("anh", "jpg", content), announcement("tranh", "png", content_of("png"))
    submission = item_with(asked, photo, drawing)
    assert send(client, submission)[0]["verdict"] == "created"
    assert problems(each_world, submission["id"]) == [("photo_not_taken", "anh")]
    assert each_world.value("select status from submission where id = %s", submission["id"]) == "accepted"
    assert (state(each_world, photo["name"]), state(each_world, drawing["name"])) == (None, "expected")
    assert patch(client, submission["id"], photo["name"], 0, content).status_code == 410
    found = client.get(f"/api/consultations/{asked.code}").json()
    assert found["photos_allowed"] is False


@pytest.mark.usefixtures("photos")
def test_a_photo_is_taken_where_an_administrator_allows_photos(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    submission, name, content = sent(client, asked, "anh", "jpg")
    assert problems(each_world, submission) == []
    assert send_all(client, submission, name, content).headers["upload-stored"] == "true"
    assert client.get(f"/api/consultations/{asked.code}").json()["photos_allowed"] is True


def test_only_an_administrator_allows_photos(each_world: World) -> None:
    for role in ("facilitator", "reviewer", "protection_officer"):
        with pytest.raises(NotAllowed):
            each_world.as_staff(role).write("setting", [{"name": "photos_allowed", "value": True}])


# Taken back


def test_a_child_who_takes_her_answers_back_takes_her_drawings_back(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    content = content_of("png")
    stored, half = announcement("tranh", "png", content), announcement("tieng", "webm", content_of("webm"))
    submission = item_with(asked, stored, half)
    send(client, submission)
    send_all(client, submission["id"], stored["name"], content)
    patch(client, submission["id"], half["name"], 0, content_of("webm", 100))
    answer = client.post("/api/withdrawals", json={"receipt": submission["receipt"]})
    assert answer.json() == {"withdrawn": True}

    assert each_world.rows("select name from attachment where submission_id = %s", submission["id"]) == []
    names = [stored["name"], half["name"]]
    assert each_world.rows("select name from private.upload_part where name = any(%s)", names) == []
    each_world.rows(
        "insert into attachment (name, submission_id, consultation_id, question, media_type, size, state, stored_at) "
        "values (%s, %s, %s, 'tranh', 'image/png', 5000, 'stored', now())",
        stored["name"], submission["id"], asked.id,
    )  # fmt: skip
    with pytest.raises(NoSuchFile):
        each_world.as_staff("protection_officer").read_file("attachment", stored["name"])
    each_world.rows("delete from attachment where name = %s", stored["name"])

    assert head(client, submission["id"], half["name"]).status_code == 410
    assert patch(client, submission["id"], stored["name"], 0, content).json()["error"] == "attachment_gone"
    assert send(client, submission)[0]["verdict"] == "gone"
    assert complete(client, submission["id"]) == {submission["id"]: True}


def tidy(world: World) -> None:
    """As another process does in passing, when a teacher asks what has arrived."""
    with DescribedClient(public_side(world.door, Settings())) as client:
        complete(client)


class Interrupted(Exception):
    """A process dies here."""


def dying(world: World, step: str) -> Attachments:
    """The routes of a process that dies before or after one of its steps."""
    database = world.door.as_anonymous()

    class Dying:
        def call(self, function: str, /, **arguments: Any) -> Any:
            if function == step:
                raise Interrupted
            return database.call(function, **arguments)

        def keep_file(self, *arguments: Any) -> None:
            if step == "before keep_file":
                raise Interrupted
            database.keep_file(*arguments)

        def remove_file(self, *arguments: Any) -> None:
            if step == "remove_file":
                raise Unavailable("the disk is away")
            database.remove_file(*arguments)

    return Attachments(Dying(), world.door.submission_secret, routes.Throttle(1000))  # type: ignore[arg-type]


@pytest.mark.parametrize("step", ["verified_attachment", "before keep_file", "attachment_stored"])
@pytest.mark.parametrize("by", ["the tablet", "tidying up"])
def test_a_process_that_dies_between_two_steps_loses_nothing(
    each_world: World, client: DescribedClient, asked: Asked, step: str, by: str
) -> None:
    submission, name, content = sent(client, asked, "tieng", "webm")
    vouched = voucher(each_world.door.submission_secret or "", f"attachment {name}")
    anyone = each_world.door.as_anonymous()
    encoded = routes.base64.b64encode(content).decode()
    taken = anyone.call(
        "keep_attachment_part", submission=submission, name=name, at=0, content=encoded, voucher=vouched
    )
    assert taken[0]["verdict"] == "verified"
    with pytest.raises(Interrupted):
        dying(each_world, step)._move(name)
    waiting = head(client, submission, name)
    assert (waiting.headers["upload-offset"], "upload-stored" in waiting.headers) == ("5000", False)
    if by == "the tablet":
        assert patch(client, submission, name, 5000, b"").headers["upload-stored"] == "true"
    else:
        each_world.rows("update private.upload set verified_at = now() - interval '5 minutes' where name = %s", name)
        tidy(each_world)
        assert head(client, submission, name).headers["upload-stored"] == "true"
    assert each_world.as_staff("protection_officer").read_file("attachment", name) == content


def test_a_file_that_cannot_be_removed_now_is_removed_later(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    content = content_of("png")
    submission = item_with(asked, announcement("tranh", "png", content))
    name = submission["attachments"][0]["name"]
    send(client, submission)
    send_all(client, submission["id"], name, content)
    each_world.door.as_anonymous().call("withdraw", receipt=submission["receipt"])
    dying(each_world, "remove_file").tidy(now=True)
    left = "select erased_at is null from private.erasure where name = %s"
    assert each_world.rows(left, name) == [(True,)]
    tidy(each_world)
    assert each_world.rows(left, name) == [(False,)]


def test_a_file_that_is_stored_while_a_child_takes_it_back_is_removed(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    content = content_of("png")
    submission = item_with(asked, announcement("tranh", "png", content))
    name = submission["attachments"][0]["name"]
    send(client, submission)
    database = each_world.door.as_anonymous()

    class Meanwhile:
        def call(self, function: str, /, **arguments: Any) -> Any:
            if function == "attachment_stored":
                database.call("withdraw", receipt=submission["receipt"])
            return database.call(function, **arguments)

        def __getattr__(self, other: str) -> Any:
            return getattr(database, other)

    secret = each_world.door.submission_secret or ""
    encoded = routes.base64.b64encode(content).decode()
    database.call(
        "keep_attachment_part", submission=submission["id"], name=name, at=0, content=encoded,
        voucher=voucher(secret, f"attachment {name}"),
    )  # fmt: skip
    assert Attachments(Meanwhile(), secret, routes.Throttle(1000))._move(name) is False  # type: ignore[arg-type]
    assert each_world.rows("select erased_at is not null from private.erasure where name = %s", name) == [(True,)]
    each_world.rows("update private.erasure set asked_at = now() - interval '11 minutes' where name = %s", name)
    tidy(each_world)
    assert each_world.rows("select from private.erasure where name = %s", name) == [], "looked for once more, then done"


# What the door itself refuses


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("attachment_upload", {"submission": str(uuid.UUID(int=1))}),
        ("keep_attachment_part", {"submission": str(uuid.UUID(int=1)), "at": 0, "content": ""}),
        ("verified_attachment", {}),
        ("attachment_stored", {}),
        ("file_erased", {}),
    ],
)
def test_who_cannot_prove_to_be_the_application_takes_no_part(
    each_world: World, function: str, arguments: dict[str, Any]
) -> None:
    name = f"{uuid.uuid4()}.png"
    for asking in (each_world.door.as_anonymous(), each_world.as_staff("administrator")):
        for wrong in (None, "", voucher(each_world.door.submission_secret or "", f"attachment {uuid.uuid4()}.png")):
            with pytest.raises(NotAllowed):
                asking.call(function, name=name, voucher=wrong, **arguments)
        with pytest.raises(NotAllowed):
            asking.call("files_to_settle", voucher=None)


def test_a_file_goes_only_to_a_name_that_is_expected_and_verified(
    each_world: World, client: DescribedClient, asked: Asked
) -> None:
    submission, name, content = sent(client, asked, "tranh", "png")
    anyone = each_world.door.as_anonymous()
    for asking in (anyone, asked.asking, each_world.as_staff("administrator")):
        with pytest.raises(NotAllowed):
            asking.keep_file("attachment", name, content, "image/png")
        with pytest.raises(NotAllowed):
            asking.keep_file("attachment", f"{uuid.uuid4()}.png", content, "image/png")
    send_all(client, submission, name, content)
    with pytest.raises(NotAllowed):
        anyone.keep_file("attachment", name, content_of("png"), "image/png")
    assert each_world.as_staff("protection_officer").read_file("attachment", name) == content


def test_a_file_that_was_changed_is_not_shown(each_world: World, client: DescribedClient, asked: Asked) -> None:
    submission, name, content = sent(client, asked, "tranh", "png")
    send_all(client, submission, name, content)
    each_world.rows("update attachment set sha256 = %s where name = %s", "0" * 64, name)
    with pytest.raises(DatabaseError, match="changed"):
        each_world.as_staff("protection_officer").read_file("attachment", name)


def test_without_the_secret_tablets_keep_their_files(each_world: World, client: DescribedClient, asked: Asked) -> None:
    submission, name, content = sent(client, asked, "tranh", "png")
    secret, each_world.door.submission_secret = each_world.door.submission_secret, None
    try:
        with DescribedClient(public_side(each_world.door, Settings())) as without:
            assert head(without, submission, name).status_code == 503
            assert patch(without, submission, name, 0, content).json()["error"] == "unavailable"
    finally:
        each_world.door.submission_secret = secret


# Reconciliation


def test_arrivals_name_what_is_here(client: DescribedClient, asked: Asked) -> None:
    plain = item_with(asked)
    send(client, plain)
    with_file, name, content = sent(client, asked, "tranh", "png")
    unknown = str(uuid.uuid4())
    assert complete(client, plain["id"], with_file, unknown) == {plain["id"]: True, with_file: False}
    send_all(client, with_file, name, content)
    assert complete(client, plain["id"], with_file, unknown) == {plain["id"]: True, with_file: True}
    assert complete(client) == {}


def test_arrivals_take_at_most_five_hundred(client: DescribedClient) -> None:
    ids = [str(uuid.uuid4()) for _ in range(500)]
    assert client.post("/api/arrivals", json={"ids": ids}).json() == {"arrived": []}
    assert client.post("/api/arrivals", json={"ids": [*ids, ids[0]]}).status_code == 422


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"ids": "x"}', b'{"ids": ["x"]}', b'{"ids": [1]}', b"\xff"])
def test_anything_else_asked_of_arrivals_is_refused(client: DescribedClient, body: bytes) -> None:
    answer = client.post("/api/arrivals", content=body)
    assert (answer.status_code, answer.json()["error"]) == (422, "not_readable")
