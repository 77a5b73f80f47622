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
from survey_app.questionnaire.choices_sheet import ChoiceList
from survey_app.questionnaire.expression import Expression, ExpressionError, columns, parse, references, uses_self
from survey_app.questionnaire.languages import Languages
from survey_app.questionnaire.model import ANSWERED, ASKED, SELECTS, Node, Number, Questionnaire, Text
from survey_app.questionnaire.problems import FormProblem
from survey_app.questionnaire.sheets import Row

SHEET = "survey"
MAX_STEPS = 1000
_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")

_BIND = frozenset({"relevant", "required", "readonly", "constraint", "calculate", "jr:constraintMsg", "jr:requiredMsg"})
_COLUMN_OF_BIND = {
    "readonly": "read_only",
    "calculate": "calculation",
    "jr:constraintMsg": "constraint_message",
    "jr:requiredMsg": "required_message",
}
# Columns that pyxform acts on and we do not. Any other unknown column is the author's own remark.
_REFUSED = ("trigger", "intent", "query", "instance", "actions", "sms_field", "sms_option", "save_to", "autoplay")
_REFUSED_APPEARANCE = re.compile(r"(search|ex:|printer:|table-list$|list-nolabel$|label$|masked$|hidden-answer$)")


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows of one form; `types` holds the type of every name in it. Problems are added, reading goes on."""

    languages: Languages
    lists: Mapping[str, ChoiceList]
    types: Mapping[str, str]
    problems: list[FormProblem]

    def group(self, number: int, row: Row, name: str, children: tuple[Node, ...]) -> Node:
        self._refuse(number, row, "group", {"required", "readonly", "constraint", "calculate"})
        return Node(
            name=name,
            type="group",
            label=self._text(number, row.get("label"), "label"),
            hint=self._text(number, row.get("hint"), "hint"),
            appearance=self._appearance(number, row),
            relevant=self._expression(number, _bind(row), "relevant"),
            children=children,
        )

    def question(self, number: int, row: Row, kind: str, name: str, list_name: str | None) -> Node:
        refused = row.get("__refused")
        if refused is not None:
            self.problems.append(refused)
        bind = _bind(row)
        unusable = set() if kind in ASKED else {"required", "readonly", "constraint"}
        self._refuse(number, row, kind, unusable)
        if kind == "calculate" and not bind.get("calculate"):
            self._add("missing_calculation", number, "calculation")
        if kind != "calculate" and bind.get("calculate"):
            self._add("calculation_on_question", number, "calculation", type=kind)
        if (kind in ASKED or kind == "note") and not row.get("label"):
            self._add("missing_label", number, "label")
        known_list = list_name is not None and list_name in self.lists
        if list_name is not None and not known_list and refused is None:
            self._add("unknown_list", number, "type", list=list_name)
        parameters = self._parameters(number, row, kind)
        node = Node(
            name=name,
            type=kind,
            label=self._text(number, row.get("label"), "label"),
            hint=self._text(number, row.get("hint"), "hint"),
            appearance=self._appearance(number, row),
            required=self._expression(number, bind, "required"),
            required_message=self._text(number, bind.get("jr:requiredMsg"), "required_message"),
            relevant=self._expression(number, bind, "relevant"),
            constraint=self._expression(number, bind, "constraint"),
            constraint_message=self._text(number, bind.get("jr:constraintMsg"), "constraint_message"),
            calculation=self._expression(number, bind, "calculate") if kind == "calculate" else None,
            read_only=self._read_only(number, bind),
            choices=list_name if known_list else None,
            choice_filter=self._expression(number, row, "choice_filter", list_name),
            parameters=parameters,
        )
        return self._with_default(number, row, node)

    def _add(self, code: str, number: int, place: str | None, /, **details: str) -> None:
        self.problems.append(FormProblem(code, SHEET, number, place, details))

    def _refuse(self, number: int, row: Row, kind: str, unusable: set[str]) -> None:
        for column in _REFUSED:
            if row.get(column):
                self._add("unsupported_column", number, column, column=column)
        for key, value in _bind(row).items():
            if key not in _BIND:
                self._add("unsupported_column", number, f"bind::{key}", column=f"bind::{key}")
            elif key in unusable and value and not _is_no(value):
                column = _COLUMN_OF_BIND.get(key, key)
                self._add("not_applicable", number, column, column=column, type=kind)
        for key in row.get("control") or ():
            if key not in ("appearance", "rows"):
                self._add("unsupported_column", number, key, column=key)
        for key in row.get("media") or ():
            self._add("unsupported_column", number, f"media::{key}", column=f"media::{key}")
        if row.get("choice_filter") and kind not in SELECTS:
            self._add("not_applicable", number, "choice_filter", column="choice_filter", type=kind)

    def _text(self, number: int, cell: Any, column: str) -> Text | None:
        text = self.languages.text(cell, SHEET, number, column, self.problems)
        for words in (text or {}).values():
            for name in _REFERENCE.findall(words):
                self._check_reference(number, name.strip(), column)
        return text

    def _check_reference(self, number: int, name: str, column: str) -> None:
        kind = self.types.get(name)
        if kind is None:
            self._add("unknown_reference", number, column, name=name)
        elif kind not in ANSWERED:
            self._add("reference_without_value", number, column, name=name, type=kind)

    def _expression(
        self, number: int, cells: Mapping[str, Any], key: str, list_name: str | None = None
    ) -> Expression | None:
        text, column = cells.get(key), _COLUMN_OF_BIND.get(key, key)
        if not isinstance(text, str) or not text.strip() or (key == "required" and _is_no(text)):
            return None
        if key != "choice_filter":
            text = aliases.BINDING_CONVERSIONS.get(text, text)
        try:
            tree = parse(text)
        except ExpressionError as error:
            self._add(error.code, number, column, **error.details)
            return None
        for name in references(tree):
            self._check_reference(number, name, column)
        if uses_self(tree) and key != "constraint":
            self._add("self_outside_constraint", number, column)
        for word in columns(tree):
            if list_name is None:
                self._add("bare_word", number, column, word=word)
            elif list_name in self.lists and not self._has_column(list_name, word):
                self._add("unknown_column", number, column, list=list_name, word=word)
        return tree

    def _has_column(self, list_name: str, column: str) -> bool:
        return column == "name" or any(column in row for row in self.lists[list_name].columns.values())

    def _appearance(self, number: int, row: Row) -> tuple[str, ...]:
        given = (row.get("control") or {}).get("appearance") or ""
        words = tuple(given.split())
        for word in words:
            if _REFUSED_APPEARANCE.match(word):
                self._add("unsupported_appearance", number, "appearance", appearance=word)
        return words

    def _read_only(self, number: int, bind: Mapping[str, Any]) -> bool:
        value = bind.get("readonly")
        if not value:
            return False
        if value not in aliases.yes_no:
            self._add("read_only_not_fixed", number, "read_only", value=str(value))
        return bool(aliases.yes_no.get(value))

    def _parameters(self, number: int, row: Row, kind: str) -> dict[str, Number] | None:
        raw = str(row.get("parameters") or "")
        try:
            given: dict[str, str] = parse_parameters(raw, number)
        except PyXFormError:
            self._add("unsupported_parameter", number, "parameters", parameter=raw)
            return None
        if kind != "range":
            for name, value in given.items():
                if name != "rows" and (name, value) != ("randomize", "false"):
                    self._add("unsupported_parameter", number, "parameters", parameter=name)
            return None
        if "tick_labelset" in given:
            self._add("unsupported_parameter", number, "parameters", parameter="tick_labelset")
        values = [given.get(name, usual) for name, usual in (("start", "1"), ("end", "10"), ("step", "1"))]
        if all(_DECIMAL.fullmatch(value) for value in values):
            start, end, step = (_number(value) for value in values)
            if step > 0 and 1 <= abs(end - start) / step <= MAX_STEPS:
                return {"start": start, "end": end, "step": step}
        self._add("bad_range", number, "parameters", value=raw)
        return None

    def _with_default(self, number: int, row: Row, node: Node) -> Node:
        given = row.get("default")
        if given is None or not str(given).strip():
            return node
        text = str(given).strip()
        if default_is_dynamic(text, node.type):
            self._add("dynamic_default", number, "default", value=text)
            return node
        if node.type not in ASKED and node.type != "hidden":
            self._add("not_applicable", number, "default", column="default", type=node.type)
            return node
        value: Any = _CONVERT.get(node.type, str)(text)
        choices = {node.choices: self.lists[node.choices].choices} if node.choices else {}
        probe = Questionnaire("", "", {}, (), "", None, None, (), choices)
        if value is None or verifier(node, probe)(value) is not None:
            self._add("wrong_default", number, "default", value=text, type=node.type)
            return node
        return replace(node, default=value)


def _bind(row: Row) -> Mapping[str, Any]:
    bind = row.get("bind")
    return bind if isinstance(bind, Mapping) else {}


def _is_no(value: Any) -> bool:
    return value in aliases.yes_no and not aliases.yes_no[value]


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
    "select_multiple": str.split,
}
