"""What a form calculates, worked out for answers that no tablet gave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from survey_app.questionnaire.check import as_answer, labels_of, repeats
from survey_app.questionnaire.evaluate import evaluate
from survey_app.questionnaire.model import Node, Questionnaire
from survey_app.questionnaire.order import depended_first, dependencies, walk


def compile_calculations(questionnaire: Questionnaire) -> Callable[[dict[str, Any]], None]:
    """A function that writes into answers what the form makes of them, and takes out what it makes nothing of.

    Also where a question would not be asked: `relevant` is for the check. What a trigger sets is left alone.
    """
    nodes = {node.name: node for node in walk(questionnaire.nodes)}
    repeat_of = dict(repeats(questionnaire.nodes))
    labels = labels_of(questionnaire)
    ordered = [nodes[name] for name in depended_first(dependencies(questionnaire.nodes))]
    calculated = [node for node in ordered if node.calculation and not node.trigger]

    def value(node: Node, answers: Mapping[str, Any], own: Any, position: int | None) -> Any:
        found = evaluate(node.calculation or {}, answers, own, position=position, labels=labels)
        return _as_sent(as_answer(found, node.type), node.type)

    def calculate(answers: dict[str, Any]) -> None:
        for node in calculated:
            repeat = repeat_of.get(node.name)
            if repeat is None:
                _put(answers, node.name, value(node, answers, answers.get(node.name, ""), None))
                continue
            for index, time in enumerate(answers.get(repeat, ())):
                _put(time, node.name, value(node, {**answers, **time}, time.get(node.name, ""), index + 1))

    return calculate


def _as_sent(value: Any, kind: str) -> Any:
    if isinstance(value, str) and kind in ("select_multiple", "rank"):
        return value.split()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _put(answers: dict[str, Any], name: str, value: Any) -> None:
    if value in ("", []):
        answers.pop(name, None)
    else:
        answers[name] = value
