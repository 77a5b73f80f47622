"""Reading a batch: each item alone, whatever stands beside it."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.api import broken_batch
from survey_app.api.request_body import BadRequest
from survey_app.api.submission import LARGEST_BATCH, LARGEST_BODY, Item, RefusedItem, read_batch

CONSULTATION = str(uuid.UUID(int=7))


def submission(**changes: Any) -> dict[str, Any]:
    content = {
        "id": str(uuid.uuid4()), "consultation": CONSULTATION, "questionnaire": "q", "version": "1", "language": "vi",
        "card": "voi 4821", "assent": {"version": 1, "given": True}, "started_at": "2026-11-24T08:00:00+07:00",
        "finished_at": "2026-11-24T08:10:00.123Z", "device": str(uuid.uuid4()), "receipt": "ABCD2345EF",
        "answers": {"vui": "yes"},
    }  # fmt: skip
    return {**content, **changes}


def read(*items: bytes | dict[str, Any], sent_at: str = '"2026-11-24T08:11:00Z"') -> tuple[str | None, list[Any]]:
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in items]
    return read_batch(b'{"sent_at": ' + sent_at.encode() + b', "submissions": [' + b",".join(parts) + b"]}")


def test_a_right_submission_is_read_as_it_is() -> None:
    sent = submission()
    sent_at, (found,) = read(sent)
    assert sent_at == "2026-11-24T08:11:00+00:00"
    assert isinstance(found, Item)
    assert (found.id, found.consultation, found.problems) == (sent["id"], CONSULTATION, [])
    assert found.content["card"] == "VOI4821"
    assert found.content["answers"] == {"vui": "yes"}
    assert found.content.keys() == sent.keys()


def test_the_same_content_is_read_the_same_however_it_is_written() -> None:
    sent = submission()
    (_, (plain,)), (_, (escaped,)) = read(sent), read(json.dumps(sent).replace("yes", "\\u0079es").encode())
    assert plain == escaped


def test_a_wrong_field_is_left_out_and_told() -> None:
    _, (found,) = read(submission(language=5, version=None))
    assert isinstance(found, Item)
    assert (found.content["language"], found.content["version"]) == (None, None)
    assert found.problems == [
        {"code": "wrong_field", "question": "version"},
        {"code": "wrong_field", "question": "language"},
    ]


def test_assent_that_is_half_wrong_keeps_the_childs_yes() -> None:
    _, (yes, no) = read(submission(assent={"given": True}), submission(assent={"given": "yes"}))
    assert yes.content["assent"] == {"version": 0, "given": True}
    assert no.content["assent"] == {"version": 0, "given": False}


@pytest.mark.parametrize("odd", [b"nonsense", b"NaN", b"", b"{,}", b"1e", b'{"a": 01}', b"[" * 5000 + b"]" * 5000])
def test_an_item_that_is_no_json_costs_the_others_nothing(odd: bytes) -> None:
    before, after = submission(), submission()
    sent_at, (first, broken, last) = read(before, odd, after)
    assert sent_at == "2026-11-24T08:11:00+00:00"
    assert (first.id, last.id) == (before["id"], after["id"])
    assert isinstance(broken, RefusedItem)


@pytest.mark.parametrize(
    ("sent_at", "read_as"),
    [
        ('"2026-11-24T08:11:00Z"', "2026-11-24T08:11:00+00:00"),
        ('"2026-11-24T08:11:00"', None),
        ('"0001-01-01T00:00:00Z"', None),
        ('"9999-12-31T23:59:59Z"', None),
        ("5", None),
        ("null", None),
        ('"\\ud800"', None),
        ("[[[[]]]]", None),
    ],
)
def test_the_tablets_clock_counts_only_when_it_says_something(sent_at: str, read_as: str | None) -> None:
    assert read(submission(), sent_at=sent_at)[0] == read_as
    assert read(submission(), b"nonsense", sent_at=sent_at)[0] == read_as


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"", "not_json", 400),
        (b"[" * 100_000, "not_json", 400),
        (b'{"submissions": [nonsense', "not_json", 400),
        (b'{"submissions": [nonsense]} and more', "not_json", 400),
        (b'{"x": {"submissions": [1]}}', "no_submissions", 422),
        (b'["submissions", [1]]', "no_submissions", 422),
        (b'{"submissions": ' + json.dumps([1] * (LARGEST_BATCH + 1)).encode() + b"}", "batch_too_large", 422),
        (b'{"submissions": [' + b"nonsense," * LARGEST_BATCH + b"1]}", "batch_too_large", 422),
    ],
)
def test_a_body_that_is_no_batch(body: bytes, code: str, status: int) -> None:
    with pytest.raises(BadRequest) as refused:
        read_batch(body)
    assert (refused.value.code, refused.value.status) == (code, status)


CODES = ("not_json", "batch_too_large", "no_submissions")


def code_and_items(body: bytes) -> tuple[str | None, list[Any]]:
    try:
        return None, read_batch(body)[1]
    except BadRequest as error:
        return error.code, []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)


@settings(max_examples=150, deadline=None)
@given(items=st.lists(JSON, max_size=6), rest=st.dictionaries(st.text(max_size=4), JSON, max_size=3))
def test_brackets_alone_find_the_items_that_a_reader_finds(items: list[Any], rest: dict[str, Any]) -> None:
    body = json.dumps({**rest, "submissions": items, "sent_at": "x"}).encode()
    found = broken_batch.split(body)
    assert found is not None
    assert json.loads(found[0] or b"null") == "x"
    assert [json.loads(part) for part in found[1]] == items


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=80) | st.text(alphabet='[]{}",:\\ submissions1', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for whole in (body, b'{"submissions": [' + body + b"]}"):
        code, items = code_and_items(whole)
        assert code in {None, *CODES}
        assert all(isinstance(one, Item | RefusedItem) for one in items)


@pytest.mark.parametrize("filler", [b",", b'"', b'\\"', b"[", b"[]", b'{"":', b"\\", b"1,"])
def test_no_body_keeps_the_server_busy(filler: bytes) -> None:
    body = b'{"submissions": [' + filler * ((LARGEST_BODY - 50) // len(filler))
    begun = time.process_time()
    for whole in (body, body + b"]}", body + b"nonsense]}"):
        code, items = code_and_items(whole)
        assert code in CODES or all(isinstance(one, RefusedItem) for one in items)
    assert time.process_time() - begun < 6
