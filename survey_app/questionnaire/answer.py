"""What an answer of each type of question looks like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from survey_app.questionnaire.model import METADATA, SELECTS, Node, Questionnaire

MAX_TEXT = 10_000
_MAX_EXACT_INTEGER = 2**53
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")

Verifier = Callable[[Any], str | None]


def verifier(node: Node, questionnaire: Questionnaire) -> Verifier:
    """What says for one question whether a JSON value is an answer of its type: None, or a code of check.CODES."""
    if node.type in SELECTS:
        names = frozenset(choice.name for choice in questionnaire.choices.get(node.choices or "", ()))
        if node.type == "select_one":
            return _one_of(names)
        # A choice_filter leaves a part of the list, which the check itself looks at.
        return _all_of(names) if node.type == "rank" and node.choice_filter is None else _some_of(names)
    if node.type == "range":
        return _on_scale(node.parameters or {})
    if node.type in METADATA and node.type != "deviceid":
        return _date if node.type == "today" else _moment
    return _VERIFIERS.get(node.type, _text)


def _text(value: Any) -> str | None:
    if type(value) is not str:
        return "wrong_type"
    if len(value) > MAX_TEXT:
        return "too_long"
    if value.isascii():
        return "bad_characters" if "\0" in value else None
    try:
        value.encode()
    except UnicodeEncodeError:
        return "bad_characters"
    return "bad_characters" if "\0" in value else None


def _one_of(names: frozenset[str]) -> Verifier:
    def verify(value: Any) -> str | None:
        if type(value) is not str:
            return "wrong_type"
        return None if value in names else "not_a_choice"

    return verify


def _some_of(names: frozenset[str]) -> Verifier:
    def verify(value: Any) -> str | None:
        if type(value) is not list or any(type(name) is not str for name in value):
            return "wrong_type"
        chosen = set(value)
        if len(chosen) < len(value):
            return "wrong_type"
        return None if chosen <= names else "not_a_choice"

    return verify


def _all_of(names: frozenset[str]) -> Verifier:
    verify_some = _some_of(names)

    def verify(value: Any) -> str | None:
        code = verify_some(value)
        if code is None and len(value) != len(names):
            return "not_all_ranked"
        return code

    return verify


def _file_of(endings: str) -> Verifier:
    """A name that the tablet gave: a UUID, and the ending of one of the formats."""
    name = re.compile(rf"[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\.({endings})")

    def verify(value: Any) -> str | None:
        return None if type(value) is str and name.fullmatch(value) else "wrong_type"

    return verify


def _on_scale(scale: Mapping[str, int | float]) -> Verifier:
    start, end, step = scale.get("start", 1), scale.get("end", 10), scale.get("step", 1)
    low, high = min(start, end), max(start, end)

    def verify(value: Any) -> str | None:
        if _decimal(value) is not None:
            return "wrong_type"
        steps = (value - start) / step
        on_scale = low <= value <= high and abs(steps - round(steps)) < 1e-6
        return None if on_scale else "out_of_range"

    return verify


def _integer(value: Any) -> str | None:
    return None if type(value) is int and -_MAX_EXACT_INTEGER < value < _MAX_EXACT_INTEGER else "wrong_type"


def _decimal(value: Any) -> str | None:
    if type(value) is int:
        return _integer(value)
    return None if type(value) is float and -1e300 < value < 1e300 else "wrong_type"


def _date(value: Any) -> str | None:
    if type(value) is str and len(value) == 10 and value[4] == "-" and value[7] == "-":
        try:
            date.fromisoformat(value)
        except ValueError:
            return "wrong_type"
        return None
    return "wrong_type"


def _time(value: Any) -> str | None:
    return None if type(value) is str and _TIME.fullmatch(value) else "wrong_type"


def _moment(value: Any) -> str | None:
    if type(value) is str and _MOMENT.fullmatch(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return "wrong_type"
        return None
    return "wrong_type"


def _acknowledge(value: Any) -> str | None:
    return None if value == "OK" else "wrong_type"


def _text_or_number(value: Any) -> str | None:
    return _text(value) if type(value) is str else _decimal(value)


_VERIFIERS: dict[str, Verifier] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "time": _time,
    "image": _file_of("png|webp|jpg"),
    "audio": _file_of("webm|ogg|mp4|m4a|mp3"),
    "acknowledge": _acknowledge,
    "calculate": _text_or_number,
    "hidden": _text_or_number,
    "deviceid": _text,
}
