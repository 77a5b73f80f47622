"""What expressions work with: a value is a text, a number or a truth value, as XPath 1.0 turns one into another.

No answer is the empty text; a list of choices is their names with spaces between; a date is "YYYY-MM-DD", and as a number the
days since 1970-01-01. Texts are counted in code points.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

Value = str | float | bool

_NUMBER = re.compile(r"[ \t\r\n]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[ \t\r\n]*")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?)(?:Z|([+-])([0-9]{2}):([0-9]{2})))?"
)
_TIME = re.compile(
    r"(?:[0-9-]{10}T)?([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]+)?))?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_WORDS = re.compile(r"[^ \t\r\n]+")
_EPOCH = date(1970, 1, 1).toordinal()
_MAX_EXACT_INTEGER = 2**53


def prepare(answer: Any) -> Value:
    """An answer as expressions see it. Anything that is no answer is the empty text."""
    if isinstance(answer, str | bool):
        return answer
    if isinstance(answer, int):
        if -_MAX_EXACT_INTEGER <= answer <= _MAX_EXACT_INTEGER:
            return answer
        try:
            return float(answer)
        except OverflowError:
            return math.inf if answer > 0 else -math.inf
    if isinstance(answer, float):
        return answer
    if isinstance(answer, list):
        return " ".join([part if isinstance(part, str) else to_text(prepare(part)) for part in answer])
    return ""


def truth(value: Value) -> bool:
    """XPath boolean(): a text that is not empty, a number that is neither zero nor NaN."""
    if isinstance(value, float):
        return value == value and value != 0
    return bool(value)


def to_number(value: Value) -> float:
    """XPath number(), and days since 1970-01-01 for dates and times."""
    if isinstance(value, str):
        if match := _NUMBER.fullmatch(value):
            return float(match.group(1))
        match = _MOMENT.fullmatch(value)
        return _days(match) if match else math.nan
    return float(value)


def to_text(value: Value) -> str:
    """XPath string(): numbers without exponent, whole ones without a point."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value != value:
        return "NaN"
    if value in (math.inf, -math.inf):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    text = format(Decimal(repr(float(value))), "f")
    return text[:-2] if text.endswith(".0") else text


def wall(value: Value) -> str:
    """A date or moment as it stands on the wall; a number with a fraction is a moment in Việt Nam. "" when it is none."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return value if to_number(value) == to_number(value) else ""
    days = to_number(value)
    if not -1e9 < days < 1e9:
        return ""
    milliseconds = math.floor(days * 86_400_000 + 0.5) + (0 if days == math.floor(days) else 25_200_000)
    try:
        return (datetime(1970, 1, 1) + timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds")
    except OverflowError:
        return ""


def clock(value: Value) -> str:
    """The hour and minute of a time or moment: "HH:MM", or "" when it is none."""
    match = _TIME.fullmatch(to_text(value))
    return f"{match.group(1)}:{match.group(2)}" if match else ""


def day_time(value: Value) -> float:
    """The part of the day that has passed at a time or moment; NaN when it is none."""
    match = _TIME.fullmatch(to_text(value))
    if match is None:
        return math.nan
    hour, minute, second = match.groups()
    return ((int(hour) * 60 + int(minute)) * 60 + float(second or 0)) / 86400


def words_of(value: Value) -> list[str]:
    """The words of a text: the choices that were chosen."""
    return _WORDS.findall(to_text(value))


def _days(match: re.Match[str]) -> float:
    day, hour, minute, second, sign, offset_hours, offset_minutes = match.groups()
    try:
        days = date.fromisoformat(day).toordinal() - _EPOCH
    except ValueError:
        return math.nan
    if hour is None:
        return float(days)
    if int(hour) > 23 or int(minute) > 59 or float(second) >= 60:
        return math.nan
    offset = (int(offset_hours) * 60 + int(offset_minutes)) * (-1 if sign == "-" else 1) if sign else 0
    return days + ((int(hour) * 60 + int(minute) - offset) * 60 + float(second)) / 86400
