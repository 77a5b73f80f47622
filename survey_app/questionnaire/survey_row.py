"""One row of the survey sheet → one node."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pyxform import aliases
from pyxform.errors import PyXFormError
from pyxform.parsing.parameters import parse as parse_parameters
from pyxform.utils import default_is_dynamic

from survey_app.questionnaire.answer import verifier
from survey_app.questionnaire.appearance import read_appearance
from survey_app.questionnaire.choices_sheet import ChoiceList
from survey_app.questionnaire.expression import Expression, ExpressionError, columns, parse, uses_self, walk
from survey_app.questionnaire.languages import Languages
from survey_app.questionnaire.media_cells import read_media_cells
from survey_app.questionnaire.model import ASKED, ATTACHED, MAX_TIMES, SELECTS, Node, Number, Questionnaire, Text
from survey_app.questionnaire.names import Names
from survey_app.questionnaire.problems import FormProblem
from survey_app.questionnaire.sheets import Row

SHEET = "survey"
MAX_STEPS = 1000
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")

_BIND = frozenset({"relevant", "required", "readonly", "constraint", "calculate", "jr:constraintMsg", "jr:requiredMsg"})
_COLUMN_OF_BIND = {
    "jr:count": "repeat_count",
    "readonly": "read_only",
    "calculate": "calculation",
    "jr:constraintMsg": "constraint_message",
    "jr:requiredMsg": "required_message",
}
_OF_CONTROL = ("appearance", "autoplay", "jr:count", "rows")
# Columns that are the same in every language.
_SINGLE = ("choice_filter", "default", "parameters", "trigger")
_SINGLE_OF_BIND = ("relevant", "required", "readonly", "constraint", "calculate")
# Columns that pyxform acts on and we do not. Any other unknown column is the author's own remark.
_REFUSED = ("intent", "query", "instance", "actions", "sms_field", "sms_option")
# The parameters of each type; the quality of a recording is always that of a voice.
_PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(SELECTS, ("randomize", "seed")),
    "audio": ("quality",),
    "image": ("max-pixels",),
    "range": ("start", "end", "step"),
    "text": ("rows",),
}
# What stands in a row for which pyxform makes parts of an element.
_PARTS = ("bind", "control", "media")
# Questions that a calculation can answer, and those that can begin with a calculated answer.
_CALCULABLE = frozenset({"text", "integer", "decimal", "date", "time", "range", "select_one", "hidden", "calculate"})
_BEGINNING = _CALCULABLE - {"calculate"}
_FROM_OTHER_APPLICATION = "external"


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows of one form. Problems are added, reading goes on.

    `repeat` is everywhere the repeat that the row is in, None outside all of them.
    """

    languages: Languages
    lists: Mapping[str, ChoiceList]
    names: Names
    problems: list[FormProblem]

    def container(
        self, number: int, row: Row, kind: str, name: str, children: tuple[Node, ...], repeat: str | None
    ) -> Node:
        """A group or repeat around its children."""
        unusable = {"required", "readonly", "constraint", "calculate", "default", "trigger", "parameters"}
        self._refuse(number, row, kind, unusable)
        return replace(
            self._node(number, row, kind, name, repeat),
            count=self._count(number, row, repeat) if kind == "repeat" else None,
            children=children,
        )

    def question(self, number: int, row: Row, kind: str, name: str, list_name: str | None, repeat: str | None) -> Node:
        """A row without children."""
        bind = _part(row, "bind")
        unusable = set() if kind in ASKED else {"required", "constraint", "parameters"}
        if kind not in _CALCULABLE:
            unusable.add("trigger")
        if (kind not in ASKED and kind != "hidden") or kind in ATTACHED:
            unusable.add("default")
        self._refuse(number, row, kind, unusable)
        if (kind in ASKED or kind == "note") and not row.get("label"):
            self._add("missing_label", number, "label")
        known_list = list_name is not None and list_name in self.lists
        if list_name is not None and not known_list:
            self._add("unknown_list", number, "type", list=list_name)
        if list_name is not None and known_list:
            self._check_choices(list_name, repeat)
        parameters = self._parameters(number, row)
        node = replace(
            self._node(number, row, kind, name, repeat),
            required=self._expression(number, bind, "required", repeat),
            required_message=self._text(number, bind.get("jr:requiredMsg"), "required_message", repeat),
            constraint=self._expression(number, bind, "constraint", repeat),
            constraint_message=self._text(number, bind.get("jr:constraintMsg"), "constraint_message", repeat),
            trigger=self._trigger(number, row, repeat) if kind in _CALCULABLE else (),
            read_only=self._read_only(number, bind, repeat) if kind in ASKED else False,
            choices=list_name if known_list else None,
            choice_filter=self._expression(number, row, "choice_filter", repeat, list_name),
            randomize=kind in SELECTS and parameters.get("randomize") == "true",
            seed=self._seed(number, parameters, repeat) if kind in SELECTS else None,
            parameters=self._kept_parameters(number, row, kind, parameters),
        )
        return self._with_default(number, row, self._with_calculation(number, row, node, repeat), repeat)

    def _node(self, number: int, row: Row, kind: str, name: str, repeat: str | None) -> Node:
        """What a row of any type can have: its words, its files, how it looks and when it is there."""
        image, audio = read_media_cells(row, self.languages, SHEET, number, self.problems)
        return Node(
            name=name,
            type=kind,
            label=self._text(number, row.get("label"), "label", repeat),
            hint=self._text(number, row.get("hint"), "hint", repeat),
            guidance_hint=self._text(number, row.get("guidance_hint"), "guidance_hint", repeat),
            image=image,
            audio=audio,
            autoplay=self._autoplay(number, row),
            appearance=self._appearance(number, row, kind),
            relevant=self._expression(number, _part(row, "bind"), "relevant", repeat),
        )

    def _add(self, code: str, number: int, column: str | None, /, **details: str) -> None:
        self.problems.append(FormProblem(code, SHEET, number, column, details))

    def _refuse(self, number: int, row: Row, kind: str, unusable: set[str]) -> None:
        for column in _REFUSED:
            if row.get(column):
                self._add("unsupported_column", number, column, column=column)
        for part in _PARTS:
            if row.get(part) and not isinstance(row[part], Mapping):
                self._add("unsupported_column", number, part, column=part)
        bind, control = _part(row, "bind"), _part(row, "control")
        for cells, names in ((row, _SINGLE), (bind, _SINGLE_OF_BIND), (control, _OF_CONTROL)):
            for name in names:
                if isinstance(cells.get(name), Mapping):
                    column = f"{_COLUMN_OF_BIND.get(name, name)}::{next(iter(cells[name]))}"
                    self._add("unsupported_column", number, column, column=column)
        for key, value in bind.items():
            if key not in _BIND and value:
                column = "save_to" if key == "entities:saveto" else f"bind::{key}"
                self._add("unsupported_column", number, column, column=column)
        for column in ("default", "trigger", "parameters", *_BIND):
            value = bind.get(column) if column in _BIND else row.get(column)
            if column in unusable and value and not _is_no(value):
                column = _COLUMN_OF_BIND.get(column, column)
                self._add("not_applicable", number, column, column=column, type=kind)
        for key, value in control.items():
            if key == "jr:count" and kind != "repeat":
                self._add("not_applicable", number, "repeat_count", column="repeat_count", type=kind)
            elif key not in _OF_CONTROL and value:
                self._add("unsupported_column", number, key, column=key)
        if row.get("choice_filter") and kind not in SELECTS:
            self._add("not_applicable", number, "choice_filter", column="choice_filter", type=kind)

    def _text(self, number: int, cell: Any, column: str, repeat: str | None) -> Text | None:
        text = self.languages.text(cell, SHEET, number, column, self.problems)
        for words in (text or {}).values():
            for code, details in self.names.in_text(words, repeat):
                self._add(code, number, column, **details)
        return text

    def _check_choices(self, list_name: str, repeat: str | None) -> None:
        """The ${name} in the labels of a list, where this question shows them."""
        held = self.lists[list_name]
        for choice in held.choices:
            for words in choice.label.values():
                for code, details in self.names.in_text(words, repeat):
                    row = held.rows.get(choice.name)
                    self.problems.append(FormProblem(code, "choices", row, "label", details))

    def _expression(
        self, number: int, cells: Mapping[str, Any], key: str, repeat: str | None, list_name: str | None = None
    ) -> Expression | None:
        text, column = cells.get(key), _COLUMN_OF_BIND.get(key, key)
        if not isinstance(text, str) or not text.strip() or (key == "required" and _is_no(text)):
            return None
        if key not in ("choice_filter", "default"):
            text = aliases.BINDING_CONVERSIONS.get(text, text)
        return self._tree(number, text, column, repeat, list_name)

    def _tree(
        self, number: int, text: str, column: str, repeat: str | None, list_name: str | None = None
    ) -> Expression | None:
        try:
            tree, found = self.names.resolve(parse(text), repeat)
        except ExpressionError as error:
            self._add(error.code, number, column, **error.details)
            return None
        for code, details in found:
            self._add(code, number, column, **details)
        if uses_self(tree) and column != "constraint":
            self._add("self_outside_constraint", number, column)
        if column not in ("calculation", "default") and any(part.get("fn") == "once" for part in walk(tree)):
            self._add("once_outside_calculation", number, column)
        for word in columns(tree):
            if list_name is None:
                self._add("bare_word", number, column, word=word)
            elif list_name in self.lists and not self._has_column(list_name, word):
                self._add("unknown_column", number, column, list=list_name, word=word)
        return tree

    def _has_column(self, list_name: str, column: str) -> bool:
        return column == "name" or any(column in row for row in self.lists[list_name].columns.values())

    def _appearance(self, number: int, row: Row, kind: str) -> tuple[str, ...]:
        given = _part(row, "control").get("appearance") or ""
        words, problem = read_appearance(str(given), kind)
        if problem:
            code, details = problem
            self._add(code, number, "appearance", **details)
        return words

    def _count(self, number: int, row: Row, repeat: str | None) -> Expression | None:
        tree = self._expression(number, _part(row, "control"), "jr:count", repeat)
        fixed = (tree or {}).get("lit", 1)
        if not isinstance(fixed, int) or not 1 <= fixed <= MAX_TIMES:
            self._add("bad_count", number, "repeat_count", value=str(fixed), limit=str(MAX_TIMES))
        return tree

    def _autoplay(self, number: int, row: Row) -> bool:
        given = _part(row, "control").get("autoplay")
        if not given:
            return False
        if given != "audio":
            self._add("bad_autoplay", number, "autoplay", value=str(given))
        return True

    def _read_only(self, number: int, bind: Mapping[str, Any], repeat: str | None) -> bool | Expression:
        value = bind.get("readonly")
        if isinstance(value, str) and value in aliases.yes_no:
            return bool(aliases.yes_no[value])
        return self._expression(number, bind, "readonly", repeat) or False

    def _trigger(self, number: int, row: Row, repeat: str | None) -> tuple[str, ...]:
        """The questions in the column trigger: asked ones, in the same repeat or, like the row, in none."""
        given = str(row.get("trigger") or "").strip()
        if not given:
            return ()
        found = []
        for one in given.split(","):
            name = one.strip().removeprefix("${").removesuffix("}").strip()
            if one.strip() != f"${{{name}}}" or self.names.types.get(name) not in ASKED:
                self._add("bad_trigger", number, "trigger", value=one.strip())
            elif self.names.repeats.get(name) != repeat:
                self._add("trigger_elsewhere", number, "trigger", name=name)
            else:
                found.append(name)
        return tuple(dict.fromkeys(found))

    def _with_calculation(self, number: int, row: Row, node: Node, repeat: str | None) -> Node:
        bind = _part(row, "bind")
        if not bind.get("calculate"):
            if node.type == "calculate":
                self._add("missing_calculation", number, "calculation")
            # XLSForm: what is triggered and has no calculation is emptied.
            return replace(node, calculation={"lit": ""}) if node.trigger else node
        is_calculated = node.type == "calculate" or bool(row.get("trigger")) or node.read_only is True
        if node.type not in _CALCULABLE or not is_calculated:
            self._add("calculation_on_question", number, "calculation", type=node.type)
            return node
        return replace(node, calculation=self._expression(number, bind, "calculate", repeat))

    def _parameters(self, number: int, row: Row) -> dict[str, str]:
        raw = str(row.get("parameters") or "")
        try:
            return dict(parse_parameters(raw, number))
        except PyXFormError:
            self._add("unsupported_parameter", number, "parameters", parameter=raw)
            return {}

    def _kept_parameters(self, number: int, row: Row, kind: str, given: Mapping[str, str]) -> dict[str, Number] | None:
        for name, value in given.items():
            is_known = name in _PARAMETERS.get(kind, ()) or (name, value) == ("randomize", "false")
            if not is_known or (name, value) == ("quality", _FROM_OTHER_APPLICATION):
                self._add("unsupported_parameter", number, "parameters", parameter=name)
        if kind == "range":
            return self._scale(number, str(row.get("parameters") or ""), given)
        if kind == "text":
            if "rows" in given:
                return self._whole(number, "parameters", "rows", given["rows"])
            return self._whole(number, "rows", "rows", _part(row, "control").get("rows"))
        if kind == "image":
            return self._whole(number, "parameters", "max-pixels", given.get("max-pixels"))
        return None

    def _whole(self, number: int, column: str, name: str, given: Any) -> dict[str, Number] | None:
        if given is None or not str(given).strip():
            return None
        value = _integer(str(given).strip())
        if value is None or value < 1:
            self._add("bad_parameter", number, column, parameter=name, value=str(given))
            return None
        return {name: value}

    def _scale(self, number: int, raw: str, given: Mapping[str, str]) -> dict[str, Number] | None:
        values = [given.get(name, usual) for name, usual in (("start", "1"), ("end", "10"), ("step", "1"))]
        if all(_DECIMAL.fullmatch(value) for value in values):
            start, end, step = (_number(value) for value in values)
            if step > 0 and 1 <= abs(end - start) / step <= MAX_STEPS:
                return {"start": start, "end": end, "step": step}
        self._add("bad_range", number, "parameters", value=raw)
        return None

    def _seed(self, number: int, given: Mapping[str, str], repeat: str | None) -> Expression | None:
        return self._tree(number, given["seed"], "parameters", repeat) if given.get("seed") else None

    def _with_default(self, number: int, row: Row, node: Node, repeat: str | None) -> Node:
        given = row.get("default")
        if given is None or not str(given).strip() or node.type in ATTACHED:
            return node
        if node.type not in ASKED and node.type != "hidden":
            return node
        text = str(given).strip()
        if default_is_dynamic(text, node.type):
            if node.type not in _BEGINNING:
                self._add("dynamic_default", number, "default", value=text, type=node.type)
                return node
            return replace(node, initial=self._tree(number, text, "default", repeat))
        value: Any = _CONVERT.get(node.type, str)(text)
        choices = {node.choices: self.lists[node.choices].choices} if node.choices else {}
        probe = Questionnaire("", "", {}, (), "", None, None, (), choices)
        if value is None or verifier(node, probe)(value) is not None:
            self._add("wrong_default", number, "default", value=text, type=node.type)
            return node
        return replace(node, default=value)


def _part(row: Row, name: str) -> Mapping[str, Any]:
    part = row.get(name)
    return part if isinstance(part, Mapping) else {}


def _is_no(value: Any) -> bool:
    return isinstance(value, str) and aliases.yes_no.get(value) is False


def _number(text: str) -> Number:
    return int(text) if _INTEGER.fullmatch(text) else float(text)


def _decimal(text: str) -> Number | None:
    return _number(text) if _DECIMAL.fullmatch(text) else None


def _integer(text: str) -> int | None:
    return int(text) if _INTEGER.fullmatch(text) else None


_CONVERT: dict[str, Callable[[str], Any]] = {
    "integer": _integer,
    "decimal": _decimal,
    "range": _decimal,
    "rank": str.split,
    "select_multiple": str.split,
}
