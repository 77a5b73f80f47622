"""What the names of a form stand for, and which of them an expression or a text may use from where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from survey_app.questionnaire.expression import NODE_SET_FUNCTIONS, Expression
from survey_app.questionnaire.model import ANSWERED, ATTACHED, SELECTS

_REFERENCE = re.compile(r"\$\{([^}]*)\}")

# Code and details of a form's problem.
Found = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Names:
    """The type of every name, and the repeat it is in (None outside all of them)."""

    types: Mapping[str, str]
    repeats: Mapping[str, str | None]

    def resolve(self, tree: Expression, repeat: str | None) -> tuple[Expression, list[Found]]:
        """The tree as it stands in this repeat (None: in none), and what it may not use there.

        References become {"all": …} where they mean all times of a repeat.
        """
        found: list[Found] = []
        return self._resolved(tree, repeat, None, found), found

    def in_text(self, words: str, repeat: str | None) -> list[Found]:
        """What is wrong with the ${name} in a text that is shown in this repeat."""
        found: list[Found] = []
        for name in (one.strip() for one in _REFERENCE.findall(words)):
            self._single(name, repeat, found)
            if self.types.get(name) in ATTACHED:
                found.append(("file_in_text", {"name": name}))
        return found

    def _resolved(self, part: Expression, repeat: str | None, function: str | None, found: list[Found]) -> Expression:
        if "ref" in part:
            name = part["ref"]
            if function == "count" and self.types.get(name) == "repeat":
                return {"all": name}
            if function in NODE_SET_FUNCTIONS and self._is_elsewhere(name, repeat):
                return {"all": name, "of": self.repeats[name]}
            self._single(name, repeat, found)
            return part
        if "args" not in part:
            return part
        before = len(found)
        inner = part.get("fn")
        arguments = [self._resolved(argument, repeat, inner, found) for argument in part["args"]]
        if len(found) == before:
            self._check_call(part, arguments, repeat, found)
        return {**part, "args": arguments}

    def _check_call(
        self, part: Expression, arguments: list[Expression], repeat: str | None, found: list[Found]
    ) -> None:
        function = part.get("fn")
        if function == "count" and not all("all" in argument for argument in arguments):
            found.append(("count_without_repeat", {}))
        elif function == "position" and repeat is None:
            found.append(("position_outside_repeat", {}))
        elif function == "jr:choice-name":
            name = str(part.get("of"))
            self._single(name, repeat, found)
            if self.types.get(name, "text") not in SELECTS:
                found.append(("choice_name_of_no_choice", {"name": name}))

    def _is_elsewhere(self, name: str, repeat: str | None) -> bool:
        """Whether the name is an answer that is given several times, seen from this repeat."""
        return self.types.get(name) in ANSWERED and self.repeats.get(name) not in (None, repeat)

    def _single(self, name: str, repeat: str | None, found: list[Found]) -> None:
        kind = self.types.get(name)
        if kind is None:
            found.append(("unknown_reference", {"name": name}))
        elif kind == "repeat":
            found.append(("repeat_without_value", {"name": name}))
        elif kind not in ANSWERED:
            found.append(("reference_without_value", {"name": name, "type": kind}))
        elif self._is_elsewhere(name, repeat):
            found.append(("repeat_reference", {"name": name, "repeat": str(self.repeats[name])}))
