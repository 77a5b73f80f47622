"""The tablet and the server agree: what the way through a form makes of answers has nothing the check calls impossible."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from survey_app.questionnaire import Choice, Node, Questionnaire, compile_check, read_questionnaire
from survey_app.questionnaire.evaluate import VIETNAM
from survey_app.questionnaire.expression import parse
from survey_app.questionnaire.model import MAX_TIMES
from tests.unit.javascript import in_javascript

TASK = Path(__file__).with_name("run_walk.mjs")
HOUSEHOLD = read_questionnaire(Path(__file__).parents[1] / "questionnaire" / "forms" / "household.md")
ANSWERS = 150
FORMS = 100
Run = Callable[[Path, Any], Any]
# What a child may still have left undone, when the tablet tells her so; everything else would be a mistake of the tablet.
LEFT_UNDONE = {"required", "constraint", "not_all_ranked"}
FILE = "3f0c2b1a-0000-4000-8000-00000000000{}.{}"


def some_answer(node: Node, questionnaire: Questionnaire, chance: random.Random) -> Any:
    names = [choice.name for choice in questionnaire.choices.get(node.choices or "", ())]
    makers: dict[str, Any] = {
        "select_one": lambda: chance.choice(names),
        "select_multiple": lambda: chance.sample(names, chance.randint(1, len(names))),
        "rank": lambda: chance.sample(names, len(names)),
        "text": lambda: chance.choice(["Bé", "Tí", "x" * 50]),
        "integer": lambda: chance.randint(0, 7),
        "decimal": lambda: chance.choice([0.5, 3, 7.25]),
        "range": lambda: chance.choice([1, 5, 10]),
        "date": lambda: f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        "time": lambda: f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}",
        "acknowledge": lambda: "OK",
        "image": lambda: FILE.format(chance.randint(0, 9), "png"),
        "audio": lambda: FILE.format(chance.randint(0, 9), "webm"),
    }
    return makers[node.type]() if node.type in makers else None


def some_answers(nodes: tuple[Node, ...], questionnaire: Questionnaire, chance: random.Random) -> dict[str, Any]:
    """Answers to any of the questions, asked or not, as they pile up in a draft while a child changes her mind."""
    given: dict[str, Any] = {}
    for node in nodes:
        if node.type == "group":
            given |= some_answers(node.children, questionnaire, chance)
        elif node.type == "repeat":
            times = chance.choice([0, 1, 2, 3, 3])
            given[node.name] = [some_answers(node.children, questionnaire, chance) for _ in range(times)]
            if chance.random() < 0.2:
                given[node.name].append(None)  # a time that was added a moment ago
        elif chance.random() < 0.75:
            value = some_answer(node, questionnaire, chance)
            if value is not None and not (node.read_only is True or (node.calculation and not node.trigger)):
                given[node.name] = value
    return given


def disagreements(cases: list[tuple[Questionnaire, dict[str, Any]]], run: Run = in_javascript) -> list[Any]:
    now = datetime.now(VIETNAM)
    sent = [
        {
            "questionnaire": questionnaire.to_json(),
            "given": given,
            "meta": {"start": "2026-11-24T09:00:00.000+07:00", "language": "vi", "photos": position % 2 == 0},
            "acts": [["begin"]] if position % 3 == 0 else [],
        }
        for position, (questionnaire, given) in enumerate(cases)
    ]
    found = []
    for (questionnaire, given), result in zip(cases, run(TASK, sent), strict=True):
        answers = as_sent(result["answers"])
        for one in compile_check(questionnaire)(answers, now, "vi"):
            if one.code not in LEFT_UNDONE or one.question not in result["blocked"]:
                found.append((one, questionnaire.to_json()["nodes"], given, answers))
    return found


def as_sent(value: Any) -> Any:
    """JavaScript writes 5.0 as 5."""
    if isinstance(value, dict):
        return {name: as_sent(one) for name, one in value.items()}
    if isinstance(value, list):
        return [as_sent(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def households() -> list[tuple[Questionnaire, dict[str, Any]]]:
    return [(HOUSEHOLD, some_answers(HOUSEHOLD.nodes, HOUSEHOLD, random.Random(seed))) for seed in range(ANSWERS)]


def test_whatever_is_answered_in_a_rich_form_the_server_accepts_what_the_tablet_makes_of_it() -> None:
    assert disagreements(households()) == []


def some_form(chance: random.Random) -> Questionnaire:
    """Questions, groups and repeats, relevant and calculated for reasons that stand before or after them."""
    choices = {"list": tuple(Choice(name, {"vi": name.upper()}, extra={"part": name}) for name in "abc")}
    kinds = ["select_one", "select_multiple", "text", "integer", "date", "time", "rank", "range", "image", "calculate"]
    names = [f"q{number}" for number in range(chance.randint(3, 14))]
    level = {name: number for number, name in enumerate(chance.sample(names, len(names)))}
    kind_of = {name: chance.choice(kinds) for name in names}
    repeated = {name for name in names if chance.random() < 0.4}

    def reason(name: str) -> str:
        """An expression about a question that does not depend on this one."""
        others = [other for other in names if level[other] < level[name]]
        if not others:
            return chance.choice(["true()", "1 + 1", "position(..) = 1" if name in repeated else "'x'"])
        other = chance.choice(others)
        if other in repeated and name not in repeated:
            return chance.choice([f"count-non-empty(${{r/{other}}}) > 1", f"max(${{r/{other}}}) != 3"])
        return chance.choice(
            [f"${{{other}}} = 'a'", f"selected(${{{other}}}, 'b')", f"${{{other}}} != ''", f"not(${{{other}}} > 4)"]
        )

    def tree(text: str) -> dict[str, Any]:
        return across(parse(text))

    nodes: list[Node] = []
    times: list[Node] = []
    for name in names:
        kind = kind_of[name]
        listed = kind in ("select_one", "select_multiple", "rank")
        node = Node(
            name,
            kind,
            label={"vi": name},
            relevant=tree(reason(name)) if chance.random() < 0.5 else None,
            calculation=tree(chance.choice([reason(name), f"once({reason(name)})"])) if kind == "calculate" else None,
            choices="list" if listed else None,
            choice_filter=tree(f"part != 'c' or {reason(name)}") if listed and chance.random() < 0.3 else None,
            default="a" if kind == "select_one" and chance.random() < 0.2 else None,
            initial=tree("today()") if kind == "date" and chance.random() < 0.3 else None,
        )
        if kind != "calculate":
            node = replace(
                node,
                required=tree(chance.choice(["true()", reason(name)])) if chance.random() < 0.4 else None,
                constraint=tree(chance.choice([". != 'Bé'", f". = 'a' or {reason(name)}"]))
                if chance.random() < 0.4
                else None,
                read_only=chance.choice([True, tree(reason(name))]) if chance.random() < 0.2 else False,
            )
        if kind == "text" and chance.random() < 0.4:
            node = replace(
                node,
                calculation=tree(reason(name)),
                read_only=True,
                trigger=tuple(other for other in names if level[other] < level[name])[: chance.randint(0, 1)],
            )
        into = times if name in repeated else nodes
        into.append(Node(f"g_{name}", "group", children=(node,)) if chance.random() < 0.2 else node)
    if times:
        count = tree(str(chance.randint(0, 4))) if chance.random() < 0.5 else None
        nodes.insert(chance.randint(0, len(nodes)), Node("r", "repeat", count=count, children=tuple(times)))
    return Questionnaire("r", "1", {"vi": "R"}, ("vi",), "vi", None, None, tuple(nodes), choices)


def across(tree: dict[str, Any]) -> dict[str, Any]:
    if tree.get("ref", "").startswith("r/"):
        return {"all": tree["ref"][2:], "of": "r"}
    return {**tree, "args": [across(part) for part in tree["args"]]} if "args" in tree else tree


def test_any_form_and_any_answers_are_understood_alike() -> None:
    cases = []
    for seed in range(FORMS):
        chance = random.Random(seed)
        questionnaire = some_form(chance)
        cases.extend((questionnaire, some_answers(questionnaire.nodes, questionnaire, chance)) for _ in range(3))
    assert disagreements(cases) == []


def test_a_repeat_has_the_same_limit_on_both_sides() -> None:
    given = {"siblings": 1000, "lives_here": "yes"}
    [result] = in_javascript(TASK, [{"questionnaire": HOUSEHOLD.to_json(), "given": given, "meta": {}}])
    assert len(result["answers"]["sibling"]) == MAX_TIMES
    assert disagreements([(HOUSEHOLD, given)]) == []
