"""Checks the answers of a submission against its questionnaire, after the tablet: nothing that came over a network is
taken for granted. It only reports: a submission that breaks a rule is kept and looked at by a person.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from survey_app.questionnaire.answer import MAX_TEXT, verifier
from survey_app.questionnaire.evaluate import LANGUAGE, POSITION, VIETNAM, Compiled, Labels, compile_tree
from survey_app.questionnaire.expression import Expression, is_repeatable, references, uses_clock
from survey_app.questionnaire.model import ANSWERED, DRAWN, MAX_TIMES, Node, Questionnaire
from survey_app.questionnaire.order import depended_first, dependencies, walk
from survey_app.questionnaire.values import Value, clock, prepare, to_number, to_text, truth, wall, words_of

MAX_UNKNOWN = 20  # unknown questions that are told one by one
MAX_PROBLEMS = 200
MAX_NAME = 64
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one answer; `message_key` names the text for people in the message catalogue.

    A question of a repeat is named with the time of the repeat, counted from 0: "members/0/age".
    """

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
    "not_all_ranked": "choices are missing in the order that was asked for",
    "out_of_range": "the number is not on the scale",
    "too_many_times": f"the repeat was answered more than {MAX_TIMES} times",
    "wrong_count": "the repeat was not answered as often as the form says",
    "constraint": "the form's own constraint is broken",
    "required": "a required question has no answer",
    "irrelevant": "the question was not to be asked after these answers",
    "not_possible": "the value differs from what the form fixes or calculates",
}


class _Step(NamedTuple):
    """One node, ready to be looked at: read in an order in which everything it depends on comes before it."""

    name: str
    parent: str | None
    kind: str
    relevant: Compiled | None
    verify: Callable[[Any], str | None]
    calculation: Compiled | None
    # The value cannot be worked out again (the clock, the end of the interview, a trigger): what the tablet says is taken.
    takes_sent: bool
    fixed: Value | None
    times: Compiled | None


@dataclass(frozen=True, slots=True)
class _Rules:
    name: str
    required: Compiled | None
    constraint: Compiled | None
    # What a child cannot change cannot be wrong by her doing: the tablet does not look at it either.
    read_only: bool | Compiled
    choice_filter: Compiled | None
    ranks: bool
    rows: Mapping[str, Mapping[str, str]]


class _TimeValues(dict[str, Any]):
    """The values of one time of a repeat, before those of the form around it."""

    __slots__ = ("outer",)

    def __init__(self, outer: Mapping[str, Any], position: int) -> None:
        super().__init__({POSITION: position})
        self.outer = outer

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key in self else self.outer.get(key, default)


@dataclass(slots=True)
class _Scope:
    """Answers that stand beside each other: those of the form, or those of one time of a repeat."""

    sent: Mapping[str, Any]
    values: dict[str, Any]
    shown: set[str | None]
    prefix: str = ""
    place: tuple[int, ...] = ()
    faulty: set[str] = field(default_factory=set)
    seen: int = 0


Check = Callable[..., list[Problem]]
# Steps that follow each other in the same repeat (None: in none).
_Run = tuple[str | None, list[_Step]]


def compile_check(questionnaire: Questionnaire) -> Check:
    """A function from answers to their problems, in the order of the form; empty when all is well.

    It takes `{name: value}` (anything at all: it never raises) and, optionally, `now`: when the answers were given,
    by the clock and in the time zone of the tablet (without it, today is the day of checking), and `language`: in which one the child read the
    labels that a calculation takes. Compile once for a version, call it for every submission.
    """
    places = {node.name: place for place, node in enumerate(walk(questionnaire.nodes))}
    repeat_of = dict(repeats(questionnaire.nodes))
    known: dict[str | None, set[str]] = {None: set()}
    for node in walk(questionnaire.nodes):
        if node.type in ANSWERED or node.type == "repeat":
            known.setdefault(repeat_of.get(node.name), set()).add(node.name)
    labels = labels_of(questionnaire)
    runs = _runs(_steps(questionnaire, labels), repeat_of)
    rules: dict[str | None, list[_Rules]] = {}
    for node in walk(questionnaire.nodes):
        if node.required or node.constraint or node.choice_filter or node.type == "rank":
            rules.setdefault(repeat_of.get(node.name), []).append(_rules(node, questionnaire, labels))
    last = len(places)

    def check(answers: Any, now: datetime | None = None, language: str = "") -> list[Problem]:
        if type(answers) is not dict:
            return [_problem("", "not_answers")]
        moment = _local(now)
        found: list[tuple[tuple[int, ...], Problem]] = []
        form = _Scope(answers, {LANGUAGE: language} if language else {}, {None})
        scopes: dict[str | None, list[_Scope]] = {None: [form]}

        def tell(scope: _Scope, name: str, code: str) -> None:
            found.append(((*scope.place, places.get(name, last)), _problem(scope.prefix + name, code)))

        for repeat, steps in runs:
            for scope in scopes.get(repeat, ()):
                sent_answers, values, shown, seen = scope.sent, scope.values, scope.shown, scope.seen
                for name, parent, kind, relevant, verify, calculation, takes_sent, fixed, count in steps:
                    is_shown = parent in shown and (relevant is None or truth(relevant(values, "", _NONE, moment)))
                    if is_shown:
                        shown.add(name)
                    if kind:
                        if kind == "repeat":
                            seen += name in sent_answers
                            expected = count(values, "", _NONE, moment) if count and is_shown else None
                            scopes[name] = _times(name, scope, is_shown, expected, places[name], tell)
                        continue
                    if name in sent_answers:
                        seen += 1
                        answer = sent_answers[name]
                        if not is_shown:
                            tell(scope, name, "irrelevant")
                            continue
                        code = verify(answer)
                        if code is not None:
                            tell(scope, name, code)
                            scope.faulty.add(name)
                            continue
                        sent = answer if type(answer) is str else prepare(answer)
                    else:
                        if not is_shown:
                            continue
                        sent = ""
                    if calculation is not None and not takes_sent:
                        expected = calculation(values, sent, _NONE, moment)
                        if to_text(sent) != to_text(expected):
                            tell(scope, name, "not_possible")
                        sent = expected
                    elif fixed is not None and sent != "" and to_text(sent) != to_text(fixed):
                        tell(scope, name, "not_possible")
                    if sent != "":
                        values[name] = sent
                scope.seen = seen
        for repeat, of_scope in rules.items():
            for scope in scopes.get(repeat, ()):
                for rule in of_scope:
                    if rule.name in scope.shown and rule.name not in scope.faulty:
                        code = _broken(rule, scope.values, scope.sent, moment)
                        if code is not None:
                            tell(scope, rule.name, code)
        unknown = 0
        for repeat, its_scopes in scopes.items():
            for scope in its_scopes:
                if scope.seen < len(scope.sent):
                    names = [name for name in scope.sent if name not in known.get(repeat, ())]
                    for name in names[: MAX_UNKNOWN - unknown]:
                        problem = _problem(scope.prefix + _storable(name), "unknown_question")
                        found.append(((*scope.place, last), problem))
                        unknown += 1
        if len(found) > 1:
            found.sort(key=_by_place)
        return [problem for _, problem in found[:MAX_PROBLEMS]]

    return check


def _times_of(count: Value) -> int:
    """How often a repeat is asked, from the value of its count; none when that is no number."""
    number = to_number(count)
    return int(min(max(number, 0), MAX_TIMES)) if number == number else 0


def as_answer(value: Value, kind: str) -> Value:
    """A calculated value as it stands in a submission for a question of this type, or "" when there is none."""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if kind in ("integer", "decimal", "range"):
        number = to_number(value)
        return number if math.isfinite(number) else ""
    if kind == "date":
        return wall(value)[:10]
    if kind == "time":
        return clock(value)
    if kind in ("select_multiple", "rank"):
        return " ".join(words_of(value))
    return to_text(value) if isinstance(value, bool) or kind not in ("calculate", "hidden") else value


def _local(now: datetime | None) -> datetime:
    """What the tablet's clock showed, as wrong as it may be: by it the form was answered."""
    return datetime.now(VIETNAM) if now is None else now


def _storable(name: Any) -> str:
    """A name that somebody invented, short and without what no database can hold."""
    return "".join([character if character.isprintable() else "\ufffd" for character in str(name)[:MAX_NAME]])


def _problem(question: str, code: str) -> Problem:
    return Problem(question, code, f"check.{code}")


def _by_place(found: tuple[tuple[int, ...], Problem]) -> tuple[int, ...]:
    return found[0]


def _times(
    name: str,
    scope: _Scope,
    is_shown: bool,
    expected: Value | None,
    place: int,
    tell: Callable[[_Scope, str, str], None],
) -> list[_Scope]:
    """The times of a repeat as they were sent, each to be looked at on its own."""
    given: Any = []
    if name in scope.sent:
        if not is_shown:
            tell(scope, name, "irrelevant")
            return []
        given = scope.sent[name]
        if type(given) is not list or any(type(time) is not dict for time in given):
            tell(scope, name, "wrong_type")
            return []
        if len(given) > MAX_TIMES:
            tell(scope, name, "too_many_times")
            given = given[:MAX_TIMES]
    if expected is not None and _times_of(expected) != len(given):
        tell(scope, name, "wrong_count")
    times = [
        _Scope(sent, _TimeValues(scope.values, index + 1), {name}, f"{name}/{index}/", (place, index))
        for index, sent in enumerate(given)
    ]
    scope.values[f"/{name}"] = [time.values for time in times]
    return times


def _broken(rule: _Rules, values: Mapping[str, Any], answers: Mapping[str, Any], now: datetime) -> str | None:
    value = values.get(rule.name, "")
    fixed = rule.read_only
    is_free = not (fixed if isinstance(fixed, bool) else truth(fixed(values, "", _NONE, now)))
    if value == "":
        required = is_free and rule.required is not None and truth(rule.required(values, value, _NONE, now))
        return "required" if required else None
    if rule.choice_filter is not None or rule.ranks:
        answer = answers.get(rule.name)
        chosen = [str(one) for one in answer] if isinstance(answer, list) else [str(answer)]
        passing = rule.choice_filter
        if passing is not None:
            for one in chosen:
                if not truth(passing(values, value, rule.rows.get(one, _NONE), now)):
                    return "not_a_choice"
        if (
            is_free
            and rule.ranks
            and len(chosen)
            < sum(passing is None or truth(passing(values, value, row, now)) for row in rule.rows.values())
        ):
            return "not_all_ranked"
    if is_free and rule.constraint is not None and not truth(rule.constraint(values, value, _NONE, now)):
        return "constraint"
    return None


def _rules(node: Node, questionnaire: Questionnaire, labels: Labels) -> _Rules:
    def compiled(tree: Expression | None) -> Compiled | None:
        return compile_tree(tree, labels) if tree else None

    # Whether photos are asked at all is not the form's to say.
    is_photo = node.type == "image" and not DRAWN.intersection(node.appearance)
    return _Rules(
        name=node.name,
        required=None if is_photo else compiled(node.required),
        constraint=compiled(node.constraint),
        read_only=(bool(node.calculation) and not node.trigger)
        or (node.read_only if isinstance(node.read_only, bool) else compile_tree(node.read_only, labels)),
        choice_filter=compiled(node.choice_filter),
        ranks=node.type == "rank",
        rows={
            choice.name: {"name": choice.name, **(choice.extra or {})}
            for choice in questionnaire.choices.get(node.choices or "", ())
        },
    )


def labels_of(questionnaire: Questionnaire) -> Labels:
    """What a choice of a question is called in a language, else in the form's own."""
    texts = {
        node.name: {choice.name: choice.label for choice in questionnaire.choices.get(node.choices, ())}
        for node in walk(questionnaire.nodes)
        if node.choices
    }

    def label(question: str, choice: str, language: str) -> str:
        text = texts.get(question, {}).get(choice, {})
        return text.get(language) or text.get(questionnaire.default_language) or next(iter(text.values()), "")

    return label


def repeats(nodes: tuple[Node, ...]) -> Iterator[tuple[str, str]]:
    """Every node in a repeat, and the repeat."""
    for node in walk(nodes):
        if node.type == "repeat":
            for inner in walk(node.children):
                yield inner.name, node.name


def _runs(steps: list[_Step], repeat_of: Mapping[str, str]) -> list[_Run]:
    runs: list[_Run] = []
    for step in steps:
        repeat = repeat_of.get(step.name)
        if not runs or runs[-1][0] != repeat:
            runs.append((repeat, []))
        runs[-1][1].append(step)
    return runs


def _steps(questionnaire: Questionnaire, labels: Labels) -> list[_Step]:
    def compiled(tree: Expression | None) -> Compiled | None:
        return compile_tree(tree, labels) if tree else None

    nodes = {node.name: node for node in walk(questionnaire.nodes)}
    parent_of = {child.name: node.name for node in nodes.values() for child in node.children}
    clocked: set[str] = {name for name, node in nodes.items() if node.type == "end"}
    steps = []
    for name in depended_first(dependencies(questionnaire.nodes)):
        node = nodes[name]
        tree = node.calculation
        if tree and (uses_clock(tree) or clocked.intersection(references(tree))):
            clocked.add(name)
        fixes = (node.type == "hidden" or node.read_only is True) and not tree and not node.initial and not node.trigger
        steps.append(
            _Step(
                name=name,
                parent=parent_of.get(name),
                kind="" if node.type in ANSWERED else node.type,
                relevant=compiled(node.relevant),
                verify=verifier(node, questionnaire),
                calculation=_fitting(compile_tree(tree, labels), node.type) if tree else None,
                takes_sent=name in clocked or bool(node.trigger) or (tree is not None and not is_repeatable(tree)),
                fixed=prepare(node.default) if fixes else None,
                times=compiled(node.count),
            )
        )
    return steps


def _fitting(calculation: Compiled, kind: str) -> Compiled:
    return lambda a, s, r, n: as_answer(calculation(a, s, r, n), kind)
