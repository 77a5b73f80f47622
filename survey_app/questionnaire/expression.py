"""XLSForm expressions, read once into a small tree that is plain JSON and runs alike in Python and on the tablet.

    {"lit": "text" | number}   {"ref": "question"}   {"self": true}   {"col": "column of the choices sheet"}
    {"op": one of and or = != < <= > >= + - * div mod neg, "args": [tree, …]}
    {"fn": "selected", "args": [tree, …]}
    {"fn": "jr:choice-name", "args": [tree], "of": "question"}
    {"all": "question", "of": "repeat"}   {"all": "repeat"}   in the functions of NODE_SET_FUNCTIONS only

`parse` knows no repeats: a reference into one is {"ref": …} until the form's reader, who does, makes it {"all": …}.
Meanings are those of XPath 1.0 with the additions of ODK XForms (https://getodk.github.io/xforms-spec/#xpath-functions).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError, UnexpectedInput, UnexpectedToken, VisitError

from survey_app.questionnaire.pattern import PatternError, portable

Expression = dict[str, Any]

MAX_LENGTH = 4000
MAX_DEPTH = 100
_MAX_EXACT_INTEGER = 2**53

_NAMING = ("ref", "all", "of")
_UNREPEATABLE = frozenset({"jr:choice-name", "now", "once", "today"})
_QUOTED_REFERENCE = re.compile(r"\s*\$\{\s*([^{}\s]+)\s*\}\s*")
_ANY_NUMBER = 10_000
# Functions and how many arguments they take: only those that mean exactly the same in functions.py and expression.js.
FUNCTIONS: dict[str, tuple[int, int]] = {
    "abs": (1, 1),
    "boolean": (1, 1),
    "boolean-from-string": (1, 1),
    "ceiling": (1, 1),
    "coalesce": (1, _ANY_NUMBER),
    "concat": (1, _ANY_NUMBER),
    "contains": (2, 2),
    "count": (1, 1),
    "count-non-empty": (1, 1),
    "count-selected": (1, 1),
    "date": (1, 1),
    "decimal-date-time": (1, 1),
    "decimal-time": (1, 1),
    "ends-with": (2, 2),
    "false": (0, 0),
    "floor": (1, 1),
    "format-date": (2, 2),
    "format-date-time": (2, 2),
    "if": (3, 3),
    "int": (1, 1),
    "join": (2, _ANY_NUMBER),
    "jr:choice-name": (2, 2),
    "max": (1, _ANY_NUMBER),
    "min": (1, _ANY_NUMBER),
    "normalize-space": (1, 1),
    "not": (1, 1),
    "now": (0, 0),
    "number": (1, 1),
    "once": (1, 1),
    "pi": (0, 0),
    "position": (0, 0),
    "pow": (2, 2),
    "regex": (2, 2),
    "round": (1, 2),
    "selected": (2, 2),
    "selected-at": (2, 2),
    "sqrt": (1, 1),
    "starts-with": (2, 2),
    "string": (1, 1),
    "string-length": (1, 1),
    "substr": (2, 3),
    "substring-after": (2, 2),
    "substring-before": (2, 2),
    "sum": (1, 1),
    "today": (0, 0),
    "translate": (3, 3),
    "true": (0, 0),
}
# Functions of ODK and XLSForm that we do not take, by the code of the text that says what to do instead.
REFUSED_FUNCTIONS: dict[str, str] = {
    **dict.fromkeys(("pulldata", "instance", "search", "csv-external"), "function_other_data"),
    "indexed-repeat": "function_indexed_repeat",
    **dict.fromkeys(("random", "randomize", "uuid"), "function_random"),
    **dict.fromkeys(("log", "log10", "exp", "exp10", "sin", "cos", "tan"), "function_inexact"),
    **dict.fromkeys(("asin", "acos", "atan", "atan2"), "function_inexact"),
    **dict.fromkeys(("checklist", "weighted-checklist"), "function_checklist"),
    **dict.fromkeys(("area", "distance", "geofence"), "function_place"),
}
# Codes of a date's parts in format-date(): those that read the same in every language.
DATE_CODES = "YymndeHhMS3"
# A power is worked out by multiplying.
MAX_EXPONENT = 64

# Functions whose argument may be all answers to a question of a repeat, {"all": question, "of": repeat}, or all times of
# a repeat, {"all": repeat}. A reference to such a question stands in no other function when it comes from outside.
NODE_SET_FUNCTIONS = frozenset({"concat", "count", "count-non-empty", "join", "max", "min", "sum"})


class ExpressionError(ValueError):
    """An expression that cannot be used: `code` of a form's problem and the `details` its text needs."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(f"{code}: {details}")
        self.code = code
        self.details = details


def parse(text: str) -> Expression:
    """The tree of an XLSForm expression. Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError("expression_too_long", limit=str(MAX_LENGTH))
    try:
        tree = cast(Expression, _parser().parse(text))
    except VisitError as error:
        if isinstance(error.orig_exc, ExpressionError):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        refused = _refused_call(text)
        if refused is not None:
            raise refused from None
        position = error.pos_in_stream or 0
        ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        near = "" if ended else text[position : position + 20]
        if near[:1] in ("/", "[", "|", "@") or near.startswith((".", "::")):
            raise ExpressionError("expression_path", expression=text) from None
        if near:
            raise ExpressionError("expression_syntax", expression=text, near=near) from None
        raise ExpressionError("expression_unfinished", expression=text) from None
    except LarkError as error:
        raise ExpressionError("expression_syntax", expression=text, near=str(error)[:60]) from None
    if depth(tree) > MAX_DEPTH:
        raise ExpressionError("expression_too_long", limit=str(MAX_DEPTH))
    return tree


def walk(tree: Expression) -> Iterator[Expression]:
    """Every part of the tree, itself first."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(part.get("args", ())))


def references(tree: Expression) -> list[str]:
    """Names of the questions and repeats that the expression reads, in order, each once."""
    return list(dict.fromkeys(part[key] for part in walk(tree) for key in _NAMING if key in part and "fn" not in part))


def columns(tree: Expression) -> list[str]:
    """Columns of the choices sheet that the expression reads, in order, each once."""
    return list(dict.fromkeys(part["col"] for part in walk(tree) if "col" in part))


def uses_self(tree: Expression) -> bool:
    return any("self" in part for part in walk(tree))


def uses_clock(tree: Expression) -> bool:
    return any(part.get("fn") in ("now", "today") for part in walk(tree))


def is_repeatable(tree: Expression) -> bool:
    """Whether the same answers give the same value again: not with the clock, the language or what was there before."""
    return not any(part.get("fn") in _UNREPEATABLE for part in walk(tree))


def depth(tree: Expression) -> int:
    """How deep the tree is; a leaf is 1 deep."""
    deepest = 0
    waiting = [(tree, 1)]
    while waiting:
        part, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((argument, level + 1) for argument in part.get("args", ()))
    return deepest


class _Build(Transformer[Token, Expression]):
    """Makes the tree while the text is read, so that depth costs no recursion."""

    def number(self, parts: list[Token]) -> Expression:
        text = str(parts[0])
        value = float(text)
        return {"lit": int(text) if text.isdigit() and value < _MAX_EXACT_INTEGER else value}

    def string(self, parts: list[Token]) -> Expression:
        return {"lit": str(parts[0])[1:-1]}

    def reference(self, parts: list[Token]) -> Expression:
        name = str(parts[0])[2:-1].strip()
        if name.startswith("last-saved#"):
            raise ExpressionError("last_saved", name=name)
        return {"ref": name}

    def self(self, _parts: list[Token]) -> Expression:
        return {"self": True}

    def column(self, parts: list[Token]) -> Expression:
        return {"col": str(parts[0])}

    def binary(self, parts: list[Any]) -> Expression:
        left, operator, right = parts
        return {"op": str(operator), "args": [left, right]}

    def neg(self, parts: list[Expression]) -> Expression:
        return {"op": "neg", "args": parts}

    def or_(self, parts: list[Expression]) -> Expression:
        return _flat("or", parts)

    def and_(self, parts: list[Expression]) -> Expression:
        return _flat("and", parts)

    def position(self, parts: list[Token]) -> Expression:
        if parts[0] != "position":
            raise ExpressionError("expression_path", expression=f"{parts[0]}(..)")
        return {"fn": "position", "args": []}

    def call(self, parts: list[Any]) -> Expression:
        name = str(parts[0])
        arguments: list[Expression] = [part for part in parts[1:] if part is not None]
        if name in REFUSED_FUNCTIONS:
            raise ExpressionError(REFUSED_FUNCTIONS[name], function=name)
        if name not in FUNCTIONS:
            raise ExpressionError("unknown_function", function=name, known=", ".join(FUNCTIONS))
        if name == "position":
            raise ExpressionError("position_dots")
        fewest, most = FUNCTIONS[name]
        if not fewest <= len(arguments) <= most:
            wanted = str(fewest) if fewest == most else f"{fewest}+" if most == _ANY_NUMBER else f"{fewest}–{most}"
            raise ExpressionError("argument_count", function=name, wanted=wanted, given=str(len(arguments)))
        if name == "regex":
            arguments = [arguments[0], _pattern(arguments[1])]
        elif name.startswith("format-date"):
            _check_format(name, arguments[1])
        elif name == "pow":
            _check_exponent(arguments[1])
        elif name == "jr:choice-name":
            return {"fn": name, "args": arguments[:1], "of": _named(arguments[1])}
        return {"fn": name, "args": arguments}


def _flat(operator: str, parts: list[Expression]) -> Expression:
    left, right = parts
    before = left["args"] if left.get("op") == operator else [left]
    return {"op": operator, "args": [*before, right]}


def _pattern(argument: Expression) -> Expression:
    pattern = argument.get("lit")
    if not isinstance(pattern, str):
        raise ExpressionError("pattern_not_literal")
    try:
        return {"lit": portable(pattern)}
    except PatternError as error:
        raise ExpressionError(f"pattern_{error.reason}", pattern=pattern) from None


def _check_format(function: str, argument: Expression) -> None:
    form = argument.get("lit")
    if not isinstance(form, str):
        raise ExpressionError("format_not_literal", function=function)
    for code in re.findall(r"%(.?)", form, re.DOTALL):
        if not code or code not in DATE_CODES + "%":
            known = " ".join(f"%{one}" for one in DATE_CODES)
            raise ExpressionError("format_code", mark=f"%{code}", known=known)


def _check_exponent(argument: Expression) -> None:
    exponent = argument.get("lit")
    if not (isinstance(exponent, int) and 0 <= exponent <= MAX_EXPONENT):
        raise ExpressionError("exponent_not_whole", limit=str(MAX_EXPONENT))


def _named(argument: Expression) -> str:
    named = _QUOTED_REFERENCE.fullmatch(str(argument.get("lit")))
    if named is None:
        raise ExpressionError("choice_name_question")
    return named.group(1)


def _refused_call(text: str) -> ExpressionError | None:
    """A function that we do not take, in an expression that cannot be read: it is the reason that helps most."""
    for name in re.findall(r"[\w-]+(?=\s*\()", re.sub(r"\"[^\"]*\"|'[^']*'", "''", text)):
        if name in REFUSED_FUNCTIONS:
            return ExpressionError(REFUSED_FUNCTIONS[name], function=name)
    return None


@functools.cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("expression.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=_Build(), maybe_placeholders=True)
