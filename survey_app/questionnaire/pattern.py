"""Patterns of `regex()`: one text that means the same to Java (ODK), JavaScript and Python.

Engines differ in what `.`, `\\s` or `$` match and in what they can be made to hang on, so a pattern is read once, when
the form is loaded, and written again in words that all of them share. What cannot be shared is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LENGTH = 500
MAX_REPEAT = 1000

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": r"\t\n\x0b\f\r "}
# Java's line terminators: what its `.` does not match.
_ANY = r"[^\n\r\x85\u2028\u2029]"
_SYNTAX = set("^$\\.*+?()[]{}|/")
_CONTROLS = {"n": r"\n", "t": r"\t", "r": r"\r", "f": r"\f"}
_QUANTIFIER = re.compile(r"[*+?]|\{([0-9]+)(,([0-9]*))?\}")


class PatternError(ValueError):
    """Why a pattern cannot be used; `reason` is one of the codes below `pattern_` in the form's problems."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class _Group:
    varies: bool = False


def portable(pattern: str) -> str:
    """The same pattern for JavaScript's `u` mode and Python's `re`, to be matched against the whole text.

    Raises PatternError: "syntax", "unsupported" or "nested" (a repetition inside a repetition can take for ever).
    """
    if len(pattern) > MAX_LENGTH:
        raise PatternError("too_long")
    out: list[str] = []
    groups = [_Group()]
    position = 0
    repeatable: _Group | bool = False  # what a quantifier here would repeat: a group, one character (True), or nothing
    while position < len(pattern):
        character = pattern[position]
        if quantifier := _QUANTIFIER.match(pattern, position):
            if repeatable is False:
                raise PatternError("syntax")
            _quantify(quantifier, repeatable, groups[-1])
            out.append(quantifier.group())
            position = quantifier.end()
            if pattern[position : position + 1] == "+":
                raise PatternError("unsupported")
            if pattern[position : position + 1] == "?":
                position += 1  # lazy or greedy: the whole text matches or does not
            repeatable = False
            continue
        if character == "(":
            if pattern[position + 1 : position + 2] == "?":
                if pattern[position + 2 : position + 3] != ":":
                    raise PatternError("unsupported")
                position += 2
            out.append("(?:")
            groups.append(_Group())
            repeatable = False
        elif character == ")":
            if len(groups) == 1:
                raise PatternError("syntax")
            repeatable = groups.pop()
            groups[-1].varies = groups[-1].varies or repeatable.varies
            out.append(")")
        elif character == "|":
            groups[-1].varies = groups[-1].varies or len(groups) > 1
            out.append("|")
            repeatable = False
        elif character in "^$":
            _check_anchor(pattern, position, len(groups))
            repeatable = False
        elif character == "[":
            position = _character_class(pattern, position, out)
            repeatable = True
        elif character == "\\":
            position += 1
            out.append(_escape(pattern[position : position + 1]))
            repeatable = True
        elif character == "{":
            raise PatternError("syntax")
        else:
            out.append(_ANY if character == "." else f"\\{character}" if character in "]}" else character)
            repeatable = True
        position += 1
    if len(groups) > 1:
        raise PatternError("syntax")
    result = "".join(out)
    try:
        re.compile(result)
    except (re.error, OverflowError) as error:
        raise PatternError("syntax") from error
    return result


def _quantify(quantifier: re.Match[str], repeated: _Group | bool, inside: _Group) -> None:
    text = quantifier.group()
    low, comma, high = quantifier.group(1), quantifier.group(2), quantifier.group(3)
    if low is not None:
        if int(low) > MAX_REPEAT or (high and not int(low) <= int(high) <= MAX_REPEAT):
            raise PatternError("syntax")
        most = int(low) if comma is None else int(high) if high else MAX_REPEAT
    else:
        most = 1 if text == "?" else MAX_REPEAT
    if most > 1 and isinstance(repeated, _Group) and repeated.varies:
        raise PatternError("nested")
    if low is None or comma is not None:
        inside.varies = True


def _check_anchor(pattern: str, position: int, depth: int) -> None:
    """The whole text is matched anyway, so an anchor at an end of an alternative says nothing new."""
    if pattern[position] == "^":
        at_end = position == 0 or pattern[position - 1] == "|"
    else:
        at_end = position + 1 == len(pattern) or pattern[position + 1] == "|"
    if depth > 1 or not at_end:
        raise PatternError("unsupported")


def _escape(character: str) -> str:
    if character.lower() in _CLASSES and character:
        inverse = "^" if character.isupper() else ""
        return f"[{inverse}{_CLASSES[character.lower()]}]"
    if character in _CONTROLS:
        return _CONTROLS[character]
    if not character or character.isalnum():
        raise PatternError("unsupported")
    return f"\\{character}" if character in _SYNTAX else character


def _character_class(pattern: str, position: int, out: list[str]) -> int:
    """Appends the class that begins at `position`; returns where its closing bracket is."""
    out.append("[")
    position += 1
    if pattern[position : position + 1] == "^":
        out.append("^")
        position += 1
    first = position
    while position < len(pattern):
        character = pattern[position]
        if character == "]":
            if position == first:
                raise PatternError("syntax")
            out.append("]")
            return position
        if character == "[" or pattern.startswith("&&", position):
            raise PatternError("unsupported")
        if character == "\\":
            position += 1
            character = pattern[position : position + 1]
            if character in _CLASSES and character:
                out.append(_CLASSES[character])
                position += 1
                continue
            if character in _CONTROLS:
                out.append(_CONTROLS[character])
                position += 1
                continue
            if not character or character.isalnum():
                raise PatternError("unsupported")
        out.append(_in_class(character))
        position += 1
        # A range: a hyphen between two plain characters.
        end = pattern[position + 1 : position + 2]
        if pattern[position : position + 1] == "-" and end and end not in "]\\[":
            if ord(end) < ord(character):
                raise PatternError("syntax")
            out.append("-" + _in_class(end))
            position += 2
    raise PatternError("syntax")


def _in_class(character: str) -> str:
    if character in "&~":
        return f"\\x{ord(character):02x}"
    return f"\\{character}" if character in _SYNTAX or character == "-" else character
