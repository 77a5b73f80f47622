"""Reading what a tablet sends: a batch of submissions, each judged alone.

What is not a submission at all is refused with a reason; what breaks a rule is kept, with its problems, for review.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from survey_app.api import broken_batch
from survey_app.api.announced import LARGEST_VOICE, MEDIA_TYPES, MOST_ATTACHMENTS, NAME
from survey_app.api.request_body import BadRequest

LARGEST_BATCH = 100
LARGEST_BODY = 1_000_000
"""Bytes of a request's body."""
PLAUSIBLE_YEARS = range(1900, 2200)
"""Of a tablet's clock when it sends: one that is further off says nothing about when a child answered."""
_LONGEST_NUMBER = 4000

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its offset."""


class Assent(msgspec.Struct, frozen=True):
    """The child's own yes, and the wording she read."""

    version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    given: bool


class Attachment(msgspec.Struct, frozen=True):
    """A file that will follow; an answer has its name. `question` is the name of the question, in a repeat its path."""

    name: Annotated[str, msgspec.Meta(pattern=NAME)]
    question: Annotated[str, msgspec.Meta(max_length=200)]
    media_type: Annotated[str, msgspec.Meta(pattern=f"^({'|'.join(MEDIA_TYPES)})$")]
    size: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_VOICE)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")] | None = None


class Submission(msgspec.Struct, frozen=True):
    """One child's finished answers."""

    id: UUID
    consultation: UUID
    questionnaire: Annotated[str, msgspec.Meta(max_length=100)]
    version: Annotated[str, msgspec.Meta(max_length=100)]
    language: Annotated[str, msgspec.Meta(pattern="^[a-z]{2,3}$")]
    assent: Assent
    started_at: Moment
    finished_at: Moment
    device: UUID
    receipt: Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z]{8,20}$")]
    answers: dict[str, Any]
    card: Annotated[str, msgspec.Meta(max_length=20)] | None = None
    attachments: Annotated[list[Attachment], msgspec.Meta(max_length=MOST_ATTACHMENTS)] | None = None
    entered_from: Literal["paper"] | None = None
    """paper: written on paper, entered by a facilitator. Both times are then those of entering."""


class Batch(msgspec.Struct, frozen=True):
    """What POST /api/submissions takes."""

    submissions: Annotated[list[Submission], msgspec.Meta(max_length=LARGEST_BATCH)]
    sent_at: Moment | None = None
    """The tablet's clock at the moment of sending."""


class _RawBatch(msgspec.Struct, frozen=True):
    submissions: list[msgspec.Raw]
    sent_at: Any = None


@dataclass(frozen=True)
class Item:
    """One submission as it will be stored."""

    id: str
    consultation: str
    content: dict[str, Any]
    problems: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class RefusedItem:
    """Something in a batch that is not a submission."""

    id: str | None
    reason: str


_submission_decoder = msgspec.json.Decoder(Submission)
_batch_decoder = msgspec.json.Decoder(_RawBatch)


def read_batch(body: bytes) -> tuple[str | None, list[Item | RefusedItem]]:
    """The tablet's clock at sending (ISO, None when unreadable) and the items, in order. Raises BadRequest."""
    try:
        raw = _batch_decoder.decode(body)
        parts: list[bytes | Any] = [bytes(part) for part in raw.submissions]
        sent_at = raw.sent_at
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        parts, sent_at = _read_broken(body)
    if len(parts) > LARGEST_BATCH:
        raise BadRequest("batch_too_large", 422)
    return _time(sent_at), [_read_item(part) for part in parts]


def _read_broken(body: bytes) -> tuple[list[bytes | Any], Any]:
    found = broken_batch.split(body)
    if found is not None:
        sent_at = None if found[0] is None else found[0].decode("utf-8", "replace").strip('"')
        return list(found[1]), sent_at
    envelope, _ = _read_leniently(body)
    if not isinstance(envelope, dict) or not isinstance(envelope.get("submissions"), list):
        raise BadRequest("no_submissions", 422)
    return envelope["submissions"], envelope.get("sent_at")


def _read_item(part: bytes | Any) -> Item | RefusedItem:
    if isinstance(part, bytes) and b"\\u" not in part:
        try:
            content = msgspec.to_builtins(_submission_decoder.decode(part))
            content["card"] = _card(content["card"])
            # What waits on a tablet since before there were these must stay the same content.
            for later in ("attachments", "entered_from"):
                if not content[later]:
                    del content[later]
            return Item(content["id"], content["consultation"], content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
    try:
        read, is_not_unicode = _read_leniently(part) if isinstance(part, bytes) else (part, False)
        found, replaced = _storable(read)
    except (BadRequest, RecursionError):
        return RefusedItem(None, "not_readable")
    if not isinstance(found, dict):
        return RefusedItem(None, "not_a_submission")
    return _repaired(found, replaced or is_not_unicode)


def _repaired(found: dict[str, Any], replaced: bool) -> Item | RefusedItem:
    """Keep each field that is right, leave out each that is wrong, and note which."""
    identity = _uuid(found.get("id"))
    if identity is None:
        return RefusedItem(None, "no_id")
    consultation = _uuid(found.get("consultation"))
    if consultation is None:
        return RefusedItem(identity, "unknown_consultation")
    problems = [{"code": "characters_replaced"}] if replaced else []
    content: dict[str, Any] = {"id": identity, "consultation": consultation}
    for info in msgspec.structs.fields(Submission):
        if info.name in content or info.name == "attachments":
            continue
        value = found.get(info.name)
        try:
            content[info.name] = msgspec.to_builtins(msgspec.convert(value, info.type))
        except (msgspec.ValidationError, RecursionError):
            content[info.name] = None
            problems.append({"code": "wrong_field", "question": info.name})
    if content["assent"] is None:
        content["assent"] = {
            "version": 0,
            "given": isinstance(found.get("assent"), dict) and found["assent"].get("given") is True,
        }
    if content["answers"] is None:
        content["answers"] = {"unreadable": found.get("answers")}
    content["card"] = _card(content["card"])
    if content["entered_from"] is None:
        del content["entered_from"]
    attachments = _attachments(found.get("attachments"), problems)
    if attachments:
        content["attachments"] = attachments
    return Item(identity, consultation, content, problems)


def _attachments(value: Any, problems: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Those that are announced as they should be: one wrong one costs the others nothing."""
    right = []
    for one in value if isinstance(value, list) else []:
        try:
            right.append(msgspec.to_builtins(msgspec.convert(one, Attachment)))
        except (msgspec.ValidationError, RecursionError):
            continue
    if value and (not isinstance(value, list) or len(right) < len(value) or len(right) > MOST_ATTACHMENTS):
        problems.append({"code": "wrong_field", "question": "attachments"})
    return right[:MOST_ATTACHMENTS]


def _read_leniently(body: bytes) -> tuple[Any, bool]:
    """The value, and whether bytes that are no UTF-8 were replaced in it.

    Takes what some programs write although it is no JSON: NaN, Infinity, line breaks and NUL inside a text.
    """
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text, strict=False, parse_int=_whole_number)
    except (ValueError, RecursionError) as error:
        raise BadRequest("not_json", 400) from error
    return value, text.count("\ufffd") > body.count("\ufffd".encode())


def _whole_number(digits: str) -> int | str:
    # Python reads no longer ones: the text of it is kept, as an answer of the wrong type.
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


def _storable(value: Any) -> tuple[Any, bool]:
    """The value without what PostgreSQL cannot keep (NUL, lone surrogates), and whether anything was replaced."""
    if isinstance(value, str):
        clean = (
            value.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8") if not _is_clean(value) else value
        )
        return clean, clean != value
    if isinstance(value, list):
        parts = [_storable(part) for part in value]
        return [part for part, _ in parts], any(replaced for _, replaced in parts)
    if isinstance(value, dict):
        pairs = [(_storable(name), _storable(part)) for name, part in value.items()]
        return {name[0]: part[0] for name, part in pairs}, any(name[1] or part[1] for name, part in pairs)
    return value, False


def _is_clean(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _uuid(value: Any) -> str | None:
    try:
        return str(UUID(value))
    except (ValueError, AttributeError, TypeError):
        return None


def _time(value: Any) -> str | None:
    try:
        moment: datetime = msgspec.convert(value, Moment)
    except msgspec.ValidationError:
        return None
    return moment.isoformat() if moment.year in PLAUSIBLE_YEARS else None


def _card(card: str | None) -> str | None:
    return card.replace(" ", "").upper() or None if card else None
