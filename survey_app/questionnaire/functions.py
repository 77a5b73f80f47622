"""The functions of expressions, as XPath 1.0 and ODK mean them, to the last bit as expression.js has them.

All answers to a question of a repeat come as a list of values; the functions for such lists take a single value as one of
its own, and pass over what was not answered: sum, min and max of what the children did answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from survey_app.questionnaire.expression import MAX_EXPONENT
from survey_app.questionnaire.values import Value, day_time, to_number, to_text, truth, wall, words_of

_PARTS = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?)?")
_FORMAT = re.compile(r"%(.)")


def _whole(number: float) -> float:
    return math.copysign(math.trunc(number), number) if math.isfinite(number) else number


def _half_up(number: float) -> float:
    if not math.isfinite(number):
        return number
    below = math.floor(number)
    return math.copysign(below + 1 if number - below >= 0.5 else below, number)


def _round(value: Value, digits: Value = 0) -> float:
    number, places = to_number(value), _whole(to_number(digits))
    if places != places:
        return math.nan
    scale = float(f"1e{min(abs(int(max(-15, min(15, places)))), 15)}")
    return _half_up(number * scale) / scale if places >= 0 else _half_up(number / scale) * scale


def _extreme(values: tuple[Value, ...], better: Callable[[float, float], bool]) -> float:
    best = to_number(values[0])
    for value in values[1:]:
        number = to_number(value)
        if number != number or better(number, best):
            best = number
        if best != best:
            break
    return best


def _least_or_most(values: tuple[Value | list[Value], ...], better: Callable[[float, float], bool]) -> float:
    given: list[Value] = []
    for value in values:
        given.extend([one for one in value if one != ""] if isinstance(value, list) else [value])
    return _extreme(tuple(given), better) if given else math.nan


def _each(values: tuple[Value | list[Value], ...]) -> list[Value]:
    """All values, those of a list one by one."""
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _sum(*values: Value | list[Value]) -> float:
    total = 0.0
    for value in _each(values):
        if value != "":
            total += to_number(value)  # one after the other: Python's own sum() rounds better than JavaScript can
    return total


def _join(between: Value | list[Value], *values: Value | list[Value]) -> str:
    separator = [to_text(value) for value in _each((between,))][:1]
    return "".join(separator).join([to_text(value) for value in _each(values)])


def _power(value: Value, exponent: Value) -> float:
    result, number, times = 1.0, to_number(value), min(to_number(exponent), MAX_EXPONENT)
    while times >= 1:
        result, times = result * number, times - 1
    return result


def _square_root(value: Value) -> float:
    number = to_number(value)
    return math.sqrt(number) if number >= 0 else math.nan


def _stepped(value: Value, step: Callable[[float], int]) -> float:
    number = to_number(value)
    return math.copysign(step(number), number) if math.isfinite(number) else number


def _before(value: Value, part: Value) -> str:
    text = to_text(value)
    return text[: max(text.find(to_text(part)), 0)]


def _after(value: Value, part: Value) -> str:
    text, sought = to_text(value), to_text(part)
    place = text.find(sought)
    return text[place + len(sought) :] if place >= 0 else ""


def _translate(value: Value, old: Value, new: Value) -> str:
    replacements = to_text(new)
    table: dict[str, str] = {}
    for index, character in enumerate(to_text(old)):
        table.setdefault(character, replacements[index : index + 1])
    return "".join([table.get(character, character) for character in to_text(value)])


def _format_date(value: Value, form: Value) -> str:
    match = _PARTS.match(wall(value))
    if match is None:
        return ""
    year, month, day, hour, minute, second, fraction = [part or "" for part in match.groups()]
    hour, minute, second = hour or "00", minute or "00", second or "00"
    parts = {
        "%": "%",
        "Y": year,
        "y": year[2:],
        "m": month,
        "n": str(int(month)),
        "d": day,
        "e": str(int(day)),
        "H": hour,
        "h": str(int(hour)),
        "M": minute,
        "S": second,
        "3": f"{fraction}000"[:3],
    }
    return _FORMAT.sub(lambda code: parts.get(code.group(1), ""), to_text(form))


def _selected(value: Value, wanted: Value) -> bool:
    return to_text(wanted).strip(" \t\r\n") in words_of(value)


def _selected_at(value: Value, position: Value) -> str:
    words, index = words_of(value), _whole(to_number(position))
    return words[int(index)] if 0 <= index < len(words) else ""


def _coalesce(*values: Value) -> Value:
    return next((value for value in values if value != "" and value == value), values[-1])


def _substr(value: Value, start: Value, end: Value | None = None) -> str:
    text = to_text(value)
    return text[_index(start, len(text)) : len(text) if end is None else _index(end, len(text))]


def _index(value: Value, length: int) -> int:
    number = _whole(to_number(value))
    if number != number:
        return 0
    return int(min(max(number + length if number < 0 else number, 0), length))


# By name; those that need more than their arguments are in evaluate.py.
MEANINGS: dict[str, Callable[..., Value]] = {
    "abs": lambda value: abs(to_number(value)),
    "boolean": truth,
    "boolean-from-string": lambda value: to_text(value) == "1" or to_text(value).lower() == "true",
    "ceiling": lambda value: _stepped(value, math.ceil),
    "coalesce": _coalesce,
    "concat": lambda *values: "".join([to_text(value) for value in _each(values)]),
    "contains": lambda text, part: to_text(part) in to_text(text),
    "count": lambda values: float(len(_each((values,)))),
    "count-non-empty": lambda values: float(sum(value != "" for value in _each((values,)))),
    "count-selected": lambda value: float(len(words_of(value))),
    "date": lambda value: wall(value)[:10],
    "decimal-date-time": to_number,
    "decimal-time": day_time,
    "ends-with": lambda text, part: to_text(text).endswith(to_text(part)),
    "false": lambda: False,
    "floor": lambda value: _stepped(value, math.floor),
    "format-date": _format_date,
    "format-date-time": _format_date,
    "int": lambda value: _whole(to_number(value)),
    "join": _join,
    "max": lambda *values: _least_or_most(values, lambda a, b: a > b),
    "min": lambda *values: _least_or_most(values, lambda a, b: a < b),
    "normalize-space": lambda value: " ".join(words_of(value)),
    "not": lambda value: not truth(value),
    "number": to_number,
    "pi": lambda: math.pi,
    "pow": _power,
    "round": _round,
    "selected": _selected,
    "selected-at": _selected_at,
    "sqrt": _square_root,
    "starts-with": lambda text, part: to_text(text).startswith(to_text(part)),
    "string": to_text,
    "string-length": lambda value: float(len(to_text(value))),
    "substr": _substr,
    "substring-after": _after,
    "substring-before": _before,
    "sum": _sum,
    "translate": _translate,
    "true": lambda: True,
}
