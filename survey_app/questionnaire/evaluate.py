"""Runs expression trees: the meanings of XPath 1.0 and of ODK's functions, to the last bit as expression.js has them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from survey_app.questionnaire.expression import Expression
from survey_app.questionnaire.functions import MEANINGS
from survey_app.questionnaire.values import Value, prepare, to_number, to_text, truth

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
    function = MEANINGS[name]
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


def _divide(left: float, right: float) -> float:
    if right == 0:
        return math.nan if left == 0 or left != left else math.copysign(math.inf, left) * math.copysign(1, right)
    return left / right


def _remainder(left: float, right: float) -> float:
    return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


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
