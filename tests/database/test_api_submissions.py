"""POST /api/submissions: whatever arrives, a good submission beside it is kept, and nothing is answered with a 500."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey_app.api.public_side import public_side
from survey_app.api.submission import LARGEST_BATCH, LARGEST_BODY
from survey_app.database.embedded import EmbeddedDoor
from survey_app.settings import Settings
from tests.database.api_client import Asked, DescribedClient, ask, body_of, item, send
from tests.database.conftest import World

HERE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def client(embedded_door: EmbeddedDoor) -> Iterator[DescribedClient]:
    with DescribedClient(public_side(embedded_door, Settings())) as client:
        yield client


@pytest.fixture
def asked(world: World) -> Asked:
    return ask(world)


def stored(world: World, identity: str) -> dict[str, Any] | None:
    rows = world.rows("select status, late, problems, answers from submission where id = %s", identity)
    return dict(zip(("status", "late", "problems", "answers"), rows[0], strict=True)) if rows else None


def between_good_ones(
    world: World, client: DescribedClient, asked: Asked, odd: bytes | dict[str, Any], **options: Any
) -> dict[str, Any]:
    """The verdict of the odd one, after making sure that its neighbours are stored."""
    before, after = item(asked.id), item(asked.id)
    results = send(client, before, odd, after, **options)
    assert [results[0]["verdict"], results[2]["verdict"]] == ["created", "created"]
    for good in (before, after):
        kept = stored(world, good["id"])
        assert kept is not None
        assert kept["status"] == "accepted"
    return results[1]


def with_answer(asked: Asked, name: str, json_value: bytes) -> tuple[str, bytes]:
    """A submission with this JSON text as the answer to a question."""
    made = item(asked.id, answers={"vui": "yes", name: "@here@"})
    return made["id"], json.dumps(made).encode().replace(b'"@here@"', json_value)


def problems(world: World, identity: str) -> list[tuple[str, str | None]]:
    kept = stored(world, identity)
    assert kept is not None, "it was not stored"
    return [(problem["code"], problem.get("question")) for problem in kept["problems"]]


# Verdicts


def test_answers_are_held_against_the_day_on_which_they_were_given(world: World, client: DescribedClient) -> None:
    survey = "| survey |\n| | type | name | label | constraint |\n| | date | ngay | Ngày nào? | . >= today() |"
    asked = ask(world, form="den-muon", form_text=survey)
    days_ago = datetime.now(timezone(timedelta(hours=-9))) - timedelta(days=3)
    made = item(
        asked.id,
        questionnaire="den-muon",
        finished_at=days_ago.isoformat(),
        answers={"ngay": days_ago.date().isoformat()},
    )
    send(client, made)
    assert problems(world, made["id"]) == []


def test_each_item_of_a_batch_has_its_verdict(world: World, client: DescribedClient, asked: Asked) -> None:
    known, withdrawn = item(asked.id), item(asked.id)
    assert [result["verdict"] for result in send(client, known, withdrawn)] == ["created", "created"]
    assert client.post("/api/withdrawals", json={"receipt": withdrawn["receipt"]}).status_code == 200
    changed = {**known, "answers": {"vui": "no"}}
    no_consultation = item(str(uuid.uuid4()))
    new = item(asked.id)
    results = send(client, known, changed, withdrawn, no_consultation, new, new)
    assert [result["verdict"] for result in results] == [
        "duplicate", "conflict", "gone", "refused", "created", "duplicate",
    ]  # fmt: skip
    assert [result["id"] for result in results] == [
        one["id"] for one in (known, changed, withdrawn, no_consultation, new, new)
    ]
    assert world.value("select answers from submission where id = %s", known["id"]) == {"vui": "yes"}


def test_an_empty_batch_has_no_verdicts(client: DescribedClient) -> None:
    assert send(client) == []


def test_a_full_batch_is_taken_and_one_more_is_not(client: DescribedClient, asked: Asked) -> None:
    items = [item(asked.id) for _ in range(LARGEST_BATCH)]
    assert {result["verdict"] for result in send(client, *items)} == {"created"}
    answer = client.post("/api/submissions", content=body_of([*items, item(asked.id)]))
    assert (answer.status_code, answer.json()["error"]) == (422, "batch_too_large")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi-VN,vi;q=0.9", "Không có đợt lấy ý kiến"),
        ("en-US,en;q=0.9", "There is no such consultation"),
        ("km", "គ្មានការពិគ្រោះ"),
        ("fr, en;q=0.5", "There is no such consultation"),
        ("xx", "Không có đợt lấy ý kiến"),
        ("", "Không có đợt lấy ý kiến"),
    ],
)
def test_reasons_are_worded_in_the_askers_language(client: DescribedClient, language: str, words: str) -> None:
    (result,) = send(client, item(str(uuid.uuid4())), headers={"Accept-Language": language})
    assert words in result["message"]


# Bodies that are no batch


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b"not JSON", 400, "not_json"),
        (b"\xff\xfe\x00", 400, "not_json"),
        (b'{"submissions": [{"id": 1}', 400, "not_json"),
        (b'{"submissions": ["' + b'\\"' * 100_000, 400, "not_json"),
        (b"[" * 100_000, 400, "not_json"),
        (b"[" * 100_000 + b"]" * 100_000, 400, "not_json"),
        (b'{"submissions": ' + b"[" * 450_000, 400, "not_json"),
        (b"," * 900_000, 400, "not_json"),
        (b'{"submissions": [' + b"," * 900_000 + b"]}", 400, "not_json"),
        (b"[]", 422, "no_submissions"),
        (b"null", 422, "no_submissions"),
        (b"{}", 422, "no_submissions"),
        (b'{"submissions": {}}', 422, "no_submissions"),
        (b'{"submissions": null}', 422, "no_submissions"),
        (b'{"items": []}', 422, "no_submissions"),
        (b" " * (LARGEST_BODY + 1), 413, "too_large"),
        (b'{"submissions": [' + b'"x",' * 1_200_000 + b'"x"]}', 413, "too_large"),
    ],
)
def test_a_body_that_is_no_batch_is_told_why(client: DescribedClient, body: bytes, status: int, code: str) -> None:
    answer = client.post("/api/submissions", content=body)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert answer.json()["message"]


def test_five_megabytes_in_pieces_are_refused_before_they_are_all_read(client: DescribedClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(80):
            yield b" " * 65_536

    answer = client.post("/api/submissions", content=pieces())
    assert "content-length" not in answer.request.headers
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_a_length_that_is_no_number_is_no_error_of_ours(client: DescribedClient, asked: Asked) -> None:
    for length in ("²", "-1", "9" * 30, "x"):
        answer = client.post(
            "/api/submissions", content=body_of([item(asked.id)]), headers={"Content-Length": length.encode("latin-1")}
        )
        assert answer.status_code in (200, 413)


# Items that are no submission


@pytest.mark.parametrize("odd", [b"null", b"true", b"7", b'"text"', b"[]", b'[{"id": 1}]'])
def test_what_is_no_object_is_refused_alone(world: World, client: DescribedClient, asked: Asked, odd: bytes) -> None:
    result = between_good_ones(world, client, asked, odd)
    assert (result["verdict"], result["reason"], result["id"]) == ("refused", "not_a_submission", None)


@pytest.mark.parametrize(
    "odd",
    [
        b"nonsense",
        b"{",
        b'{"id": }',
        b"{,}",
        b"",
        b'{"answers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"answers": ' + b'{"a":' * 30_000 + b"1" + b"}" * 30_000 + b"}",
    ],
)
def test_what_is_no_json_is_refused_alone(world: World, client: DescribedClient, asked: Asked, odd: bytes) -> None:
    if odd == b"{":
        # A bracket that never closes takes the rest of the body with it: nothing is stored, and the tablet is told.
        answer = client.post("/api/submissions", content=body_of([item(asked.id), odd, item(asked.id)]))
        assert (answer.status_code, answer.json()["error"]) == (400, "not_json")
        return
    result = between_good_ones(world, client, asked, odd)
    assert (result["verdict"], result["reason"]) == ("refused", "not_readable")


@pytest.mark.parametrize("identity", [None, "", "x", 5, 1.5, True, [], {}, "1" * 5000, "g" * 32, "\ud800", "\0"])
def test_without_an_id_there_is_nothing_to_keep(
    world: World, client: DescribedClient, asked: Asked, identity: Any
) -> None:
    result = between_good_ones(world, client, asked, item(asked.id, id=identity))
    assert (result["verdict"], result["reason"], result["id"]) == ("refused", "no_id", None)


@pytest.mark.parametrize("consultation", [None, "", 5, [], {}, "x", str(uuid.UUID(int=0))])
def test_an_unknown_consultation_is_refused_alone(
    world: World, client: DescribedClient, asked: Asked, consultation: Any
) -> None:
    odd = {**item(asked.id), "consultation": consultation}
    result = between_good_ones(world, client, asked, odd)
    assert (result["verdict"], result["reason"], result["id"]) == ("refused", "unknown_consultation", odd["id"])


def test_a_draft_takes_no_answers(world: World, client: DescribedClient, asked: Asked) -> None:
    draft = ask(world, is_open=False)
    odd = item(draft.id)
    assert between_good_ones(world, client, asked, odd)["reason"] == "unknown_consultation"
    draft.asking.call("open_consultation", consultation=draft.id)
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created", "once it is open, a resend is taken"


def test_a_child_who_did_not_say_yes_is_not_stored(world: World, client: DescribedClient, asked: Asked) -> None:
    for assent in ({"version": 1, "given": False}, {}, None, "yes", {"version": 1, "given": "true"}, {"given": 1}):
        odd = item(asked.id, assent=assent)
        assert between_good_ones(world, client, asked, odd)["reason"] == "no_assent", assent
        assert stored(world, odd["id"]) is None


def test_a_consultation_whose_questionnaire_cannot_be_read_loses_no_answers(
    world: World, client: DescribedClient, asked: Asked
) -> None:
    world.rows("insert into questionnaire values ('hong', '1', '{}', '{}') on conflict do nothing")
    broken = ask(world)
    world.rows(
        "update consultation set questionnaire_id = 'hong', questionnaire_version = '1' where id = %s", broken.id
    )
    odd = item(broken.id, questionnaire="hong")
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
    kept = stored(world, odd["id"])
    assert kept is not None
    assert (kept["status"], kept["answers"]) == ("review", {"vui": "yes"})


# Closed, late, and clocks


def test_answered_before_the_close_and_sent_after_it_is_accepted(
    world: World, client: DescribedClient, asked: Asked
) -> None:
    in_time = item(asked.id, finished_at=(datetime.now(UTC) - timedelta(seconds=30)).isoformat())
    other = ask(world)
    asked.asking.call("close_consultation", consultation=asked.id)
    assert between_good_ones(world, client, other, in_time)["verdict"] == "created"
    kept = stored(world, in_time["id"])
    assert kept is not None
    assert (kept["status"], kept["late"]) == ("accepted", False)


def test_answered_after_the_close_is_kept_and_marked_late(world: World, client: DescribedClient, asked: Asked) -> None:
    other = ask(world)
    asked.asking.call("close_consultation", consultation=asked.id)
    late = item(asked.id, finished_at=datetime.now(UTC).isoformat())
    assert between_good_ones(world, client, other, late)["verdict"] == "created"
    kept = stored(world, late["id"])
    assert kept is not None
    assert (kept["status"], kept["late"], kept["problems"]) == ("review", True, [{"code": "late"}])


YEAR_1, YEAR_9999 = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"


@pytest.mark.parametrize(
    "moment", [YEAR_1, YEAR_9999, "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]
)
@pytest.mark.parametrize("sent_at", [YEAR_1, YEAR_9999, "1970-01-01T00:00:00Z", "2026-11-24T08:00:00Z"])
def test_a_tablet_whose_clock_is_far_off_loses_nothing(
    world: World, client: DescribedClient, asked: Asked, moment: str, sent_at: str
) -> None:
    odd = item(asked.id, started_at=moment, finished_at=moment)
    assert between_good_ones(world, client, asked, odd, sent_at=sent_at)["verdict"] == "created"
    assert stored(world, odd["id"]) is not None


@pytest.mark.parametrize(
    "moment",
    ["2026-11-24T08:00:00", "2026-11-24", "", "24/11/2026", "2026-13-01T00:00:00Z", "2026-11-24T24:00:00Z", 0, None],
)
@pytest.mark.parametrize("field", ["started_at", "finished_at"])
def test_a_time_without_offset_or_no_time_goes_to_review(
    world: World, client: DescribedClient, asked: Asked, field: str, moment: Any
) -> None:
    odd = item(asked.id, **{field: moment})
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
    assert problems(world, odd["id"]) == [("wrong_field", field)]


@pytest.mark.parametrize("sent_at", [7, [], {}, "x", "2026-11-24T08:00:00", True, {"a": []}])
def test_an_unreadable_clock_at_sending_is_passed_over(client: DescribedClient, asked: Asked, sent_at: Any) -> None:
    assert send(client, item(asked.id), sent_at=sent_at)[0]["verdict"] == "created"


# Wrong fields


WRONG = {
    "questionnaire": [None, 5, [], "x" * 101],
    "version": [None, 1, {}, "x" * 101],
    "language": [None, 5, "", "VI", "vi_VN", "v", "\0"],
    "device": [None, 5, "x", {}],
    "receipt": [None, 5, "", "short", "x" * 21, "ABCD-EFGH", "ÁÁÁÁÁÁÁÁ"],
    "card": [5, [], {}, True, "x" * 21],
    "assent": [{"version": "1", "given": True}, {"given": True}, {"version": 0, "given": True}],
    "answers": [None, 5, "x", [], [{"vui": "yes"}]],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in WRONG.items() for value in values])
def test_a_field_of_the_wrong_type_is_kept_for_review(
    world: World, client: DescribedClient, asked: Asked, field: str, value: Any
) -> None:
    odd = item(asked.id, **{field: value})
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
    kept = stored(world, odd["id"])
    assert kept is not None
    assert kept["status"] == "review"
    assert ("wrong_field", field) in problems(world, odd["id"])
    if field == "answers":
        assert kept["answers"] == {"unreadable": value}
    else:
        assert kept["answers"] == {"vui": "yes"}
    assert send(client, odd)[0]["verdict"] == "duplicate"


def test_a_missing_field_is_kept_for_review(world: World, client: DescribedClient, asked: Asked) -> None:
    for field in ("questionnaire", "version", "language", "started_at", "finished_at", "device", "receipt", "answers"):
        odd = item(asked.id)
        del odd[field]
        assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
        assert ("wrong_field", field) in problems(world, odd["id"]), field


def test_another_version_of_the_questionnaire_is_kept_for_review(
    world: World, client: DescribedClient, asked: Asked
) -> None:
    odd = item(asked.id, version="2")
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
    assert problems(world, odd["id"]) == [("other_questionnaire", None)]


def test_a_field_that_we_do_not_know_is_no_harm(world: World, client: DescribedClient, asked: Asked) -> None:
    odd = item(asked.id, tomorrow={"a": [1]})
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
    assert problems(world, odd["id"]) == []


def test_the_last_of_two_equal_keys_counts(world: World, client: DescribedClient, asked: Asked) -> None:
    odd = item(asked.id)
    text = json.dumps(odd).encode().replace(b'"vui": "yes"', b'"vui": "no", "vui": "yes"')
    text = text.replace(b'"language": "vi"', b'"language": "km", "language": "vi"')
    assert between_good_ones(world, client, asked, text)["verdict"] == "created"
    kept = stored(world, odd["id"])
    assert kept is not None
    assert (kept["status"], kept["answers"]) == ("accepted", {"vui": "yes"})


# Odd answers


HTML = '<script>alert("x")</script><img src=x onerror=alert(1)>&amp;\'";--'


@pytest.mark.parametrize(
    "text", [HTML, "", " ", "x" * 10_000, "%s {} {{name}} ${name}", "\u202e\u200b\ufeff", "🦊" * 1000, "មេអំបៅ"]
)
def test_a_text_is_stored_as_it_was_written(world: World, client: DescribedClient, asked: Asked, text: str) -> None:
    odd = item(asked.id, answers={"vui": "yes", "mong": text})
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
    kept = stored(world, odd["id"])
    assert kept is not None
    assert kept["answers"]["mong"] == text
    assert kept["status"] == "accepted"


@pytest.mark.parametrize(
    ("json_value", "as_stored"),
    [
        (b'"a\\u0000b"', "a\ufffdb"),
        (b'"a\x00b"', "a\ufffdb"),
        (b'"a\\ud800b"', "a?b"),
        (b'"a\\udfffb"', "a?b"),
        (b'"a\\udc00\\ud800b"', "a??b"),
        (b'"a\xffb"', "a\ufffdb"),
        (b'"a\xed\xa0\x80b"', "a\ufffd\ufffd\ufffdb"),
    ],
)
def test_characters_that_cannot_be_kept_are_replaced_and_told(
    world: World, client: DescribedClient, asked: Asked, json_value: bytes, as_stored: str
) -> None:
    identity, odd = with_answer(asked, "mong", json_value)
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
    kept = stored(world, identity)
    assert kept is not None
    assert (kept["status"], kept["answers"]["mong"]) == ("review", as_stored)
    assert ("characters_replaced", None) in problems(world, identity)
    assert send(client, odd)[0]["verdict"] == "duplicate"


def test_a_whole_pair_of_surrogates_is_one_character(world: World, client: DescribedClient, asked: Asked) -> None:
    identity, odd = with_answer(asked, "mong", b'"\\ud83e\\udd8a \\ufffd"')
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
    kept = stored(world, identity)
    assert kept is not None
    assert (kept["status"], kept["answers"]["mong"]) == ("accepted", "🦊 \ufffd")


@pytest.mark.parametrize(
    "number",
    [b"1e400", b"-1e400", b"NaN", b"Infinity", b"-Infinity", b"1e308", b"1" * 30, b"1" * 4000, b"1" * 5000, b"-0.5"],
)
def test_numbers_out_of_range_go_to_review(world: World, client: DescribedClient, asked: Asked, number: bytes) -> None:
    identity, odd = with_answer(asked, "tuoi", number)
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
    assert problems(world, identity) == [("wrong_type", "tuoi")]
    assert send(client, odd)[0]["verdict"] == "duplicate"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("tuoi", "mười", "wrong_type"),
        ("tuoi", True, "wrong_type"),
        ("tuoi", None, "wrong_type"),
        ("mong", 5, "wrong_type"),
        ("mong", {"a": "b"}, "wrong_type"),
        ("mong", "x" * 10_001, "too_long"),
        ("mong", "x" * 300_000, "too_long"),
        ("vui", "maybe", "not_a_choice"),
        ("vui", ["yes"], "wrong_type"),
        ("may", "yes", "wrong_type"),
        ("may", ["yes", "yes"], "wrong_type"),
        ("may", [["yes"]], "wrong_type"),
        ("ngay", "0000-00-00", "wrong_type"),
        ("ngay", 20261124, "wrong_type"),
        ("khong-co", "yes", "unknown_question"),
        ("", "yes", "unknown_question"),
        ("x" * 100_000, "yes", "unknown_question"),
    ],
)
def test_an_answer_that_breaks_a_rule_goes_to_review(
    world: World, client: DescribedClient, asked: Asked, name: str, value: Any, code: str
) -> None:
    odd = item(asked.id, answers={"vui": "yes", name: value})
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
    kept = stored(world, odd["id"])
    assert kept is not None
    assert (kept["status"], kept["answers"][name]) == ("review", value)
    assert problems(world, odd["id"]) == [(code, name[:64])]


def test_hundreds_of_unknown_questions_do_not_fill_the_disk_with_problems(
    world: World, client: DescribedClient, asked: Asked
) -> None:
    odd = item(asked.id, answers={"vui": "yes", **{f"x{n}": n for n in range(5000)}})
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
    assert 0 < len(problems(world, odd["id"])) < 50


@pytest.mark.parametrize("depth", [2, 30, 300, 700, 850, 900, 950, 970, 980, 985, 990, 995, 1000, 2000])
def test_deep_answers_are_kept_for_review_or_refused(
    world: World, client: DescribedClient, asked: Asked, depth: int
) -> None:
    _, odd = with_answer(asked, "mong", b"[" * depth + b"]" * depth)
    result = between_good_ones(world, client, asked, odd)
    assert result["verdict"] == "created" or result["reason"] in ("not_readable", "cannot_be_stored")
    assert depth > 300 or result["verdict"] == "created"


@pytest.mark.parametrize("card", ["VOI0000", "voi 0000", "<b>", "🐘 4821", "", "   ", "'; drop table x; --"])
def test_a_wrong_card_never_loses_answers(world: World, client: DescribedClient, asked: Asked, card: str) -> None:
    odd = item(asked.id, card=card)
    assert between_good_ones(world, client, asked, odd)["verdict"] == "created"
    expected = [("unknown_card", None)] if card.strip() else []
    assert problems(world, odd["id"]) == expected


# Anything at all


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(["vi", "yes", "2026-11-24T08:00:00Z", str(uuid.UUID(int=1)), "ABCDEFGH12", "\0", "\ud800"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = [*item(""), "unknown"]


@HERE
@given(body=JSON)
def test_any_json_body_has_a_clear_answer(client: DescribedClient, body: Any) -> None:
    answer = client.post("/api/submissions", content=json.dumps(body).encode())
    assert answer.status_code in (200, 400, 422)


@HERE
@given(body=st.binary(max_size=200))
def test_any_bytes_have_a_clear_answer(client: DescribedClient, body: bytes) -> None:
    assert client.post("/api/submissions", content=body).status_code in (200, 400, 422)


@HERE
@given(odd=st.lists(JSON, max_size=3), sent_at=JSON)
def test_a_good_submission_beside_any_json_is_kept(
    world: World, client: DescribedClient, asked: Asked, odd: list[Any], sent_at: Any
) -> None:
    good = item(asked.id)
    results = send(client, *odd, good, *odd, sent_at=sent_at)
    assert results[len(odd)]["verdict"] == "created"
    assert stored(world, good["id"]) is not None


@HERE
@given(changes=st.dictionaries(st.sampled_from(FIELDS), JSON, min_size=1, max_size=5))
def test_a_good_submission_beside_one_with_any_fields_is_kept(
    world: World, client: DescribedClient, asked: Asked, changes: dict[str, Any]
) -> None:
    good, odd = item(asked.id), {**item(asked.id), **changes}
    results = send(client, good, odd)
    assert results[0]["verdict"] == "created"
    assert stored(world, good["id"]) is not None
    if not changes.keys() & {"id", "consultation", "assent"}:
        assert results[1]["verdict"] == "created"
        assert stored(world, odd["id"]) is not None


@HERE
@given(answers=st.dictionaries(st.sampled_from(["vui", "mong", "tuoi", "may", "ngay"]) | st.text(max_size=5), JSON))
def test_any_answers_are_kept(world: World, client: DescribedClient, asked: Asked, answers: dict[str, Any]) -> None:
    odd = item(asked.id, answers=answers)
    assert send(client, odd)[0]["verdict"] == "created"
    assert send(client, odd)[0]["verdict"] == "duplicate"


@HERE
@given(noise=st.binary(max_size=60).filter(lambda noise: not set(noise) & set(b'[]{}"')))
def test_a_good_submission_beside_any_bytes_is_kept(
    world: World, client: DescribedClient, asked: Asked, noise: bytes
) -> None:
    good = item(asked.id)
    answer = client.post("/api/submissions", content=body_of([noise, good]))
    assert answer.status_code == 200
    assert answer.json()["results"][-1]["verdict"] == "created"
    assert stored(world, good["id"]) is not None
