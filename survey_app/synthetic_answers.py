"""Random answers that a questionnaire accepts, for demonstration and load; no child gave them."""

from __future__ import annotations

import random
from typing import Any

from survey_app.questionnaire import Questionnaire, compile_calculations, compile_check
from survey_app.questionnaire.model import Node

_MOST_TRIES = 60
_MOST_REPAIRS = 30
_MOST_TIMES = 3
_TEXTS = (
    "Con muốn sân trường có thêm cây.",
    "Em mong có sân bóng gần nhà.",
    "Con thích giờ đọc truyện.",
    "Em muốn thầy cô hỏi ý kiến tụi em nhiều hơn.",
    "Đường tới trường còn tối.",
)


def synthetic_answers(questionnaire: Questionnaire, chance: random.Random, quantity: int) -> list[dict[str, Any]]:
    """So many sets of answers without a problem. Raises ValueError when the form's rules are too narrow to be met by chance."""
    check, calculate = compile_check(questionnaire), compile_calculations(questionnaire)
    return [_one(questionnaire, check, calculate, chance) for _ in range(quantity)]


def _one(questionnaire: Questionnaire, check: Any, calculate: Any, chance: random.Random) -> dict[str, Any]:
    for _ in range(_MOST_TRIES):
        answers = _some(questionnaire.nodes, questionnaire, chance)
        unasked: set[str] = set()
        for _ in range(_MOST_REPAIRS):
            calculate(answers)
            # What the form would calculate and does not ask.
            for question in sorted(unasked, reverse=True):
                _mend(answers, question, "irrelevant")
            problems = check(answers)
            if not problems:
                return answers
            unasked |= {problem.question for problem in problems if problem.code == "irrelevant"}
            unasked -= {problem.question for problem in problems if problem.code == "not_possible"}
            for problem in reversed(problems):
                _mend(answers, problem.question, problem.code)
    raise ValueError(f"no answers by chance fit the rules of {questionnaire.id}")


def _some(nodes: tuple[Node, ...], questionnaire: Questionnaire, chance: random.Random) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for node in nodes:
        if node.type == "group":
            answers |= _some(node.children, questionnaire, chance)
        elif node.type == "repeat":
            times = chance.randint(0, _MOST_TIMES)
            if times:
                answers[node.name] = [_some(node.children, questionnaire, chance) for _ in range(times)]
        elif (value := _value(node, questionnaire, chance)) is not None:
            answers[node.name] = value
    return answers


def _mend(answers: dict[str, Any], question: str, code: str) -> None:
    """Takes back what there is a problem with; of a repeat asked too often, its last time."""
    repeat, _, inside = question.partition("/")
    if inside:
        index, _, name = inside.partition("/")
        times = answers.get(repeat, ())
        if int(index) < len(times):
            times[int(index)].pop(name, None)
    elif code == "wrong_count" and answers.get(question):
        answers[question].pop()
        if not answers[question]:
            del answers[question]
    else:
        answers.pop(question, None)


def _value(node: Node, questionnaire: Questionnaire, chance: random.Random) -> Any:
    if node.read_only or node.calculation or (node.required is None and chance.random() < 0.06):
        return None
    match node.type:
        case "select_one":
            return chance.choice(questionnaire.choices[node.choices or ""]).name
        case "select_multiple":
            names = [choice.name for choice in questionnaire.choices[node.choices or ""]]
            return chance.sample(names, chance.randint(1, min(3, len(names))))
        case "rank":
            names = [choice.name for choice in questionnaire.choices[node.choices or ""]]
            return chance.sample(names, len(names))
        case "time":
            return f"{chance.randint(5, 21):02}:{chance.randrange(0, 60, 5):02}"
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
