"""Runs expression trees: the meanings of XPath 1.0 and of ODK's functions, to the last bit as expression.js has them.

A value is a text, a number or a truth value. No answer is the empty text; a list of choices is their names with spaces
between; a date is "YYYY-MM-DD", and as a number the days since 1970-01-01. Texts are counted in code points.
All answers to a question of a repeat are a list of values; the functions for such lists take a single value as one of
its own, and pass over what was not answered: sum, min and max of what the children did answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from survey_app.questionnaire.expression import MAX_EXPONENT, Expression

Value = str | float | bool
# Beside the answers: POSITION, LANGUAGE, and under "/repeat" the times of a repeat, each with the answers given in it.
Values = Mapping[str, Any]
# The label of a choice: the question, the choice's name, the language ("" is the form's own).
Labels = Callable[[str, str, str], str]
# answers, the answer itself (the dot), the row of the choices sheet, the time
Compiled = Callable[[Values, Value, Mapping[str, str], datetime | None], Any]

VIETNAM = timezone(timedelta(hours=7))
# A longer text matches no pattern: matching must stay quick.
MAX_MATCHED = 1000

# No question has such a name.
POSITION = ".."
LANGUAGE = "/language"

_NUMBER = re.compile(r"[ \t\r\n]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[ \t\r\n]*")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?)(?:Z|([+-])([0-9]{2}):([0-9]{2})))?"
)
_TIME = re.compile(
    r"(?:[0-9-]{10}T)?([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]+)?))?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_PARTS = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?)?")
_FORMAT = re.compile(r"%(.)")
_WORDS = re.compile(r"[^ \t\r\n]+")
_EPOCH = date(1970, 1, 1).toordinal()
_NAN = math.nan
_MAX_EXACT_INTEGER = 2**53


def evaluate(
    tree: Expression,
    answers: Mapping[str, Any],
    self_value: Any = "",
    row: Mapping[str, str] | None = None,
    now: datetime | None = None,
    *,
    position: int | None = None,
    labels: Labels | None = None,
) -> Value:
    """The value of a tree for these answers (as a submission holds them). `now` must know its time zone.

    `position` is the number of the time of the repeat that one is in, from 1.
    """
    prepared: dict[str, Any] = {name: prepare(value) for name, value in answers.items()}
    for name, value in answers.items():
        if isinstance(value, list):
            prepared[f"/{name}"] = [_prepared_time(time) for time in value]
    if position is not None:
        prepared[POSITION] = position
    result: Value = compile_tree(tree, labels)(prepared, prepare(self_value), row or {}, now)
    return result


def _prepared_time(time: Any) -> dict[str, Value]:
    return {name: prepare(value) for name, value in time.items()} if isinstance(time, dict) else {}


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
        return _days(match) if match else _NAN
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


def compile_tree(tree: Expression, labels: Labels | None = None) -> Compiled:
    """The tree as one Python function; compile once, run for every submission."""
    if "lit" in tree:
        literal = tree["lit"]
        return lambda _answers, _self, _row, _now: literal
    if "ref" in tree:
        name = tree["ref"]
        return lambda answers, _self, _row, _now: answers.get(name, "")
    if "self" in tree:
        return lambda _answers, self_value, _row, _now: self_value
    if "col" in tree:
        column = tree["col"]
        return lambda _answers, _self, row, _now: row.get(column, "")
    if "all" in tree:
        return _compile_all(tree["all"], tree.get("of"))
    arguments = [compile_tree(argument, labels) for argument in tree["args"]]
    if "op" in tree:
        return _compile_operator(tree["op"], arguments)
    if tree["fn"] == "jr:choice-name":
        return _compile_label(tree["of"], arguments[0], labels)
    return _compile_call(tree["fn"], tree["args"], arguments)


def _compile_all(name: str, repeat: str | None) -> Compiled:
    times = f"/{repeat or name}"
    if repeat is None:
        return lambda answers, _self, _row, _now: [True for _ in answers.get(times, ())]
    return lambda answers, _self, _row, _now: [time.get(name, "") for time in answers.get(times, ())]


def _compile_label(question: str, value: Compiled, labels: Labels | None) -> Compiled:
    if labels is None:
        return lambda _answers, _self, _row, _now: ""
    return lambda a, s, r, n: labels(question, to_text(value(a, s, r, n)), a.get(LANGUAGE, ""))


def _compile_operator(operator: str, arguments: list[Compiled]) -> Compiled:
    if operator == "and":
        return lambda a, s, r, n: all(truth(part(a, s, r, n)) for part in arguments)
    if operator == "or":
        return lambda a, s, r, n: any(truth(part(a, s, r, n)) for part in arguments)
    first = arguments[0]
    if operator == "neg":
        return lambda a, s, r, n: -to_number(first(a, s, r, n))
    second = arguments[1]
    if operator == "=":
        return lambda a, s, r, n: _equal(first(a, s, r, n), second(a, s, r, n))
    if operator == "!=":
        return lambda a, s, r, n: _unequal(first(a, s, r, n), second(a, s, r, n))
    numeric = _NUMERIC[operator]
    return lambda a, s, r, n: numeric(to_number(first(a, s, r, n)), to_number(second(a, s, r, n)))


def _compile_call(name: str, trees: list[Expression], arguments: list[Compiled]) -> Compiled:
    if name == "if":
        condition, yes, no = arguments
        return lambda a, s, r, n: yes(a, s, r, n) if truth(condition(a, s, r, n)) else no(a, s, r, n)
    if name == "today":
        return lambda _a, _s, _r, n: (n or datetime.now(VIETNAM)).date().isoformat()
    if name == "now":
        return lambda _a, _s, _r, n: (n or datetime.now(VIETNAM)).isoformat(timespec="milliseconds")
    if name == "position":
        return lambda a, _s, _r, _n: a.get(POSITION, "")
    if name == "once":
        usual = arguments[0]
        return lambda a, s, r, n: s if s != "" else usual(a, s, r, n)
    if name == "regex":
        text, match = arguments[0], re.compile(trees[1]["lit"]).fullmatch
        return lambda a, s, r, n: _matches(match, to_text(text(a, s, r, n)))
    function = _FUNCTIONS[name]
    if len(arguments) == 1:
        only = arguments[0]
        return lambda a, s, r, n: function(only(a, s, r, n))
    if len(arguments) == 2:
        first, second = arguments
        return lambda a, s, r, n: function(first(a, s, r, n), second(a, s, r, n))
    return lambda a, s, r, n: function(*[argument(a, s, r, n) for argument in arguments])


def _equal(left: Value, right: Value) -> bool:
    if type(left) is str and type(right) is str:
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) == truth(right)
    return to_number(left) == to_number(right)


def _unequal(left: Value, right: Value) -> bool:
    return not _equal(left, right)


def _days(match: re.Match[str]) -> float:
    day, hour, minute, second, sign, offset_hours, offset_minutes = match.groups()
    try:
        days = date.fromisoformat(day).toordinal() - _EPOCH
    except ValueError:
        return _NAN
    if hour is None:
        return float(days)
    if int(hour) > 23 or int(minute) > 59 or float(second) >= 60:
        return _NAN
    offset = (int(offset_hours) * 60 + int(offset_minutes)) * (-1 if sign == "-" else 1) if sign else 0
    return days + ((int(hour) * 60 + int(minute) - offset) * 60 + float(second)) / 86400


def _divide(left: float, right: float) -> float:
    if right == 0:
        return _NAN if left == 0 or left != left else math.copysign(math.inf, left) * math.copysign(1, right)
    return left / right


def _remainder(left: float, right: float) -> float:
    return _NAN if right == 0 or math.isinf(left) else math.fmod(left, right)


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
        return _NAN
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
    return _extreme(tuple(given), better) if given else _NAN


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
    return math.sqrt(number) if number >= 0 else _NAN


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


def _day_time(value: Value) -> float:
    match = _TIME.fullmatch(to_text(value))
    if match is None:
        return _NAN
    hour, minute, second = match.groups()
    return ((int(hour) * 60 + int(minute)) * 60 + float(second or 0)) / 86400


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


def words_of(value: Value) -> list[str]:
    """The words of a text: the choices that were chosen."""
    return _WORDS.findall(to_text(value))


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


def _matches(match: Callable[[str], re.Match[str] | None], text: str) -> bool:
    return len(text) <= MAX_MATCHED and match(text) is not None


_NUMERIC: dict[str, Callable[[float, float], float | bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "div": _divide,
    "mod": _remainder,
}

_FUNCTIONS: dict[str, Callable[..., Value]] = {
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
    "decimal-time": _day_time,
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
