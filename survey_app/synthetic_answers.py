"""Random answers that a questionnaire accepts, for demonstration and load; no child gave them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from survey_app.questionnaire import Questionnaire, compile_check
from survey_app.questionnaire.model import Node

_MOST_TRIES = 60
_TEXTS = (
    "Con muốn sân trường có thêm cây.",
    "Em mong có sân bóng gần nhà.",
    "Con thích giờ đọc truyện.",
    "Em muốn thầy cô hỏi ý kiến tụi em nhiều hơn.",
    "Đường tới trường còn tối.",
)


def synthetic_answers(questionnaire: Questionnaire, chance: random.Random, quantity: int) -> list[dict[str, Any]]:
    """So many sets of answers without a problem. Raises ValueError when the form's rules are too narrow to be met by chance."""
    check = compile_check(questionnaire)
    return [_one(questionnaire, check, chance) for _ in range(quantity)]


def _one(questionnaire: Questionnaire, check: Any, chance: random.Random) -> dict[str, Any]:
    for _ in range(_MOST_TRIES):
        answers = {
            node.name: value
            for node in _questions(questionnaire.nodes)
            if (value := _value(node, questionnaire, chance)) is not None
        }
        for _ in range(len(answers) + 1):
            problems = check(answers)
            if not problems:
                return answers
            for problem in problems:
                answers.pop(problem.question, None)
    raise ValueError(f"no answers by chance fit the rules of {questionnaire.id}")


def _questions(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _questions(node.children)


def _value(node: Node, questionnaire: Questionnaire, chance: random.Random) -> Any:
    if node.read_only or (node.required is None and chance.random() < 0.06):
        return None
    match node.type:
        case "select_one":
            return chance.choice(questionnaire.choices[node.choices or ""]).name
        case "select_multiple":
            names = [choice.name for choice in questionnaire.choices[node.choices or ""]]
            return chance.sample(names, chance.randint(1, min(3, len(names))))
        case "text":
            return chance.choice(_TEXTS) if chance.random() < 0.3 else None
        case "integer":
            return chance.randint(1, 10)
        case "decimal":
            return float(chance.randint(1, 10))
        case "range":
            scale = node.parameters or {}
            steps = int((scale.get("end", 10) - scale.get("start", 1)) / scale.get("step", 1))
            return scale.get("start", 1) + scale.get("step", 1) * chance.randint(0, steps)
        case "acknowledge":
            return "OK"
        case _:
            return None
