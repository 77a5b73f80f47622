"""Checks the answers of a submission against its questionnaire, after the tablet: nothing that came over a network is
taken for granted. It only reports: a submission that breaks a rule is kept and looked at by a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from survey_app.questionnaire.answer import MAX_TEXT, verifier
from survey_app.questionnaire.evaluate import VIETNAM, Compiled, Value, compile_tree, prepare, to_text, truth
from survey_app.questionnaire.expression import Expression, references, uses_clock
from survey_app.questionnaire.model import ANSWERED, Choice, Node, Questionnaire
from survey_app.questionnaire.order import depended_first, dependencies, walk

MAX_UNKNOWN = 20  # unknown questions that are told one by one
MAX_NAME = 64
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one answer; `message_key` names the text for people in the message catalogue."""

    question: str
    code: str
    message_key: str


# Every code of a Problem and what it means.
CODES = {
    "not_answers": "the answers are not an object of names and values",
    "unknown_question": "the questionnaire has no such question",
    "wrong_type": "the value is not of the question's type",
    "bad_characters": "the text holds characters that cannot be stored (NUL, half of a surrogate pair)",
    "too_long": f"the text has more than {MAX_TEXT} characters",
    "not_a_choice": "the choice is not in the list, or the filter excludes it",
    "out_of_range": "the number is not on the scale",
    "constraint": "the form's own constraint is broken",
    "required": "a required question has no answer",
    "irrelevant": "the question was not to be asked after these answers",
    "not_possible": "the value differs from what the form fixes or calculates",
}


@dataclass(frozen=True, slots=True)
class _Step:
    """One node, ready to be looked at: read in an order in which everything it depends on comes before it."""

    name: str
    group: str | None
    is_group: bool
    relevant: Compiled | None
    verify: Callable[[Any], str | None]
    calculation: Compiled | None
    # The clock or the end of the interview is in the calculation: what the tablet says is taken.
    takes_sent: bool
    fixed: Value | None


@dataclass(frozen=True, slots=True)
class _Rules:
    name: str
    required: Compiled | None
    constraint: Compiled | None
    choice_filter: Compiled | None
    rows: Mapping[str, Mapping[str, str]]


Check = Callable[..., list[Problem]]


def compile_check(questionnaire: Questionnaire) -> Check:
    """A function from answers to their problems, in the order of the form; empty when all is well.

    It takes `{name: value}` (anything at all: it never raises) and, optionally, `now`: when the answers were given,
    with its time zone; without it, today is the day of checking. Compile once for a version, call it for every
    submission.
    """
    names = {node.name: position for position, node in enumerate(walk(questionnaire.nodes))}
    answered = {node.name for node in walk(questionnaire.nodes) if node.type in ANSWERED}
    steps = _steps(questionnaire)
    rules = [
        _rules(node, questionnaire)
        for node in walk(questionnaire.nodes)
        if node.required or node.constraint or node.choice_filter
    ]
    rows = [
        (
            step.name,
            step.group,
            step.is_group,
            step.relevant,
            step.verify,
            step.calculation,
            step.takes_sent,
            step.fixed,
        )
        for step in steps
    ]
    last = len(names)

    def by_place(problem: Problem) -> int:
        return names.get(problem.question, last)

    def check(answers: Any, now: datetime | None = None) -> list[Problem]:
        if type(answers) is not dict:
            return [_problem("", "not_answers")]
        moment = _local(now)
        problems: list[Problem] = []
        values: dict[str, Value] = {}
        shown: set[str | None] = {None}
        faulty: set[str] = set()
        seen = 0
        for name, group, is_group, relevant, verify, calculation, takes_sent, fixed in rows:
            is_shown = group in shown and (relevant is None or truth(relevant(values, "", _NONE, moment)))
            if is_shown:
                shown.add(name)
            if is_group:
                continue
            if name in answers:
                seen += 1
                answer = answers[name]
                if not is_shown:
                    problems.append(_problem(name, "irrelevant"))
                    continue
                code = verify(answer)
                if code is not None:
                    problems.append(_problem(name, code))
                    faulty.add(name)
                    continue
                sent = answer if type(answer) is str else prepare(answer)
            else:
                if not is_shown:
                    continue
                sent = ""
            if calculation is not None and not takes_sent:
                expected = as_answer(calculation(values, sent, _NONE, moment))
                if to_text(sent) != to_text(expected):
                    problems.append(_problem(name, "not_possible"))
                sent = expected
            elif fixed is not None and sent != "" and to_text(sent) != to_text(fixed):
                problems.append(_problem(name, "not_possible"))
            if sent != "":
                values[name] = sent
        for rule in rules:
            if rule.name in shown and rule.name not in faulty:
                code = _broken(rule, values, answers, moment)
                if code is not None:
                    problems.append(_problem(rule.name, code))
        if seen < len(answers):
            unknown = [name for name in answers if name not in answered]
            problems.extend([_problem(_storable(name), "unknown_question") for name in unknown[:MAX_UNKNOWN]])
        if len(problems) > 1:
            problems.sort(key=by_place)
        return problems

    return check


def as_answer(value: Value) -> Value:
    """A calculated value as it stands in a submission: a text or a number, or "" when there is none."""
    if isinstance(value, bool):
        return to_text(value)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return ""
    return value


def _local(now: datetime | None) -> datetime:
    """The time where the form was answered; a tablet's clock may be as wrong as it likes."""
    if now is not None:
        try:
            return now.astimezone(VIETNAM)
        except OverflowError:
            pass
    return datetime.now(VIETNAM)


def _storable(name: Any) -> str:
    """A name that somebody invented, short and without what no database can hold."""
    return "".join([character if character.isprintable() else "\ufffd" for character in str(name)[:MAX_NAME]])


def _problem(question: str, code: str) -> Problem:
    return Problem(question, code, f"check.{code}")


def _broken(rule: _Rules, values: Mapping[str, Value], answers: Mapping[str, Any], now: datetime) -> str | None:
    value = values.get(rule.name, "")
    if value == "":
        required = rule.required is not None and truth(rule.required(values, value, _NONE, now))
        return "required" if required else None
    if rule.choice_filter is not None:
        answer = answers.get(rule.name)
        for chosen in answer if isinstance(answer, list) else [answer]:
            if not truth(rule.choice_filter(values, value, rule.rows.get(str(chosen), _NONE), now)):
                return "not_a_choice"
    if rule.constraint is not None and not truth(rule.constraint(values, value, _NONE, now)):
        return "constraint"
    return None


def _rules(node: Node, questionnaire: Questionnaire) -> _Rules:
    choices: Iterable[Choice] = questionnaire.choices.get(node.choices or "", ())
    return _Rules(
        name=node.name,
        required=_compiled(node.required),
        constraint=_compiled(node.constraint),
        choice_filter=_compiled(node.choice_filter),
        rows={choice.name: {"name": choice.name, **(choice.extra or {})} for choice in choices},
    )


def _compiled(tree: Expression | None) -> Compiled | None:
    return compile_tree(tree) if tree else None


def _steps(questionnaire: Questionnaire) -> list[_Step]:
    nodes = {node.name: node for node in walk(questionnaire.nodes)}
    group_of = {child.name: node.name for node in nodes.values() for child in node.children}
    ordered = depended_first(dependencies(questionnaire.nodes))
    clocked: set[str] = {name for name, node in nodes.items() if node.type == "end"}
    steps = []
    for name in ordered:
        node = nodes[name]
        if node.calculation and (uses_clock(node.calculation) or clocked.intersection(references(node.calculation))):
            clocked.add(name)
        fixes = node.type == "hidden" or node.read_only
        steps.append(
            _Step(
                name=name,
                group=group_of.get(name),
                is_group=node.type not in ANSWERED,
                relevant=_compiled(node.relevant),
                verify=verifier(node, questionnaire),
                calculation=_compiled(node.calculation),
                takes_sent=name in clocked,
                fixed=prepare(node.default) if fixes and not node.calculation else None,
            )
        )
    return steps
