"""XLSForm expressions, read once into a small tree that is plain JSON and runs alike in Python and on the tablet.

    {"lit": "text" | number}   {"ref": "question"}   {"self": true}   {"col": "column of the choices sheet"}
    {"op": one of and or = != < <= > >= + - * div mod neg, "args": [tree, …]}
    {"fn": "selected", "args": [tree, …]}

Meanings are those of XPath 1.0 with the additions of ODK XForms (https://getodk.github.io/xforms-spec/#xpath-functions).
"""

from __future__ import annotations

import functools
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

_ANY_NUMBER = 10_000
# Functions and how many arguments they take: only those that mean exactly the same in evaluate.py and expression.js.
FUNCTIONS: dict[str, tuple[int, int]] = {
    "boolean": (1, 1),
    "coalesce": (1, _ANY_NUMBER),
    "concat": (1, _ANY_NUMBER),
    "contains": (2, 2),
    "count-selected": (1, 1),
    "ends-with": (2, 2),
    "false": (0, 0),
    "if": (3, 3),
    "int": (1, 1),
    "max": (1, _ANY_NUMBER),
    "min": (1, _ANY_NUMBER),
    "normalize-space": (1, 1),
    "not": (1, 1),
    "now": (0, 0),
    "number": (1, 1),
    "regex": (2, 2),
    "round": (1, 2),
    "selected": (2, 2),
    "selected-at": (2, 2),
    "starts-with": (2, 2),
    "string": (1, 1),
    "string-length": (1, 1),
    "substr": (2, 3),
    "today": (0, 0),
    "true": (0, 0),
}


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
    """Names of the questions that the expression reads, in order, each once."""
    return list(dict.fromkeys(part["ref"] for part in walk(tree) if "ref" in part))


def columns(tree: Expression) -> list[str]:
    """Columns of the choices sheet that the expression reads, in order, each once."""
    return list(dict.fromkeys(part["col"] for part in walk(tree) if "col" in part))


def uses_self(tree: Expression) -> bool:
    return any("self" in part for part in walk(tree))


def uses_clock(tree: Expression) -> bool:
    return any(part.get("fn") in ("now", "today") for part in walk(tree))


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

    def call(self, parts: list[Any]) -> Expression:
        name = str(parts[0])
        arguments: list[Expression] = [part for part in parts[1:] if part is not None]
        if name not in FUNCTIONS:
            raise ExpressionError("unknown_function", function=name, known=", ".join(FUNCTIONS))
        fewest, most = FUNCTIONS[name]
        if not fewest <= len(arguments) <= most:
            wanted = str(fewest) if fewest == most else f"{fewest}+" if most == _ANY_NUMBER else f"{fewest}–{most}"
            raise ExpressionError("argument_count", function=name, wanted=wanted, given=str(len(arguments)))
        if name == "regex":
            arguments = [arguments[0], _pattern(arguments[1])]
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


@functools.cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("expression.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=_Build(), maybe_placeholders=True)
