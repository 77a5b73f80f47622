"""Answers against their questionnaire: every rule, any JSON, and quickly enough for a full school."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.questionnaire import Choice, Node, Questionnaire, compile_check, read_questionnaire
from survey_app.questionnaire.check import CODES
from survey_app.questionnaire.evaluate import evaluate, prepare, truth

TWELVE = read_questionnaire(Path(__file__).parent / "forms" / "twelve.md")
CHECK = compile_check(TWELVE)
NOW = datetime.fromisoformat("2026-11-24T09:30:00+07:00")
GOOD: dict[str, Any] = {
    "start": "2026-11-24T09:12:00.000+07:00",
    "feeling": "sad",
    "places": ["home", "field"],
    "age": 12,
    "why": "Vì trời mưa",
    "stars": 4,
    "council": "happy",
    "distance": 1.5,
    "last_play": "2026-11-23",
    "school": "so_so",
    "health": "happy",
    "years": 4,
    "read": "OK",
    "message": "Em muốn có sân bóng 😀",
}


def found(answers: Any, check: Any = CHECK) -> list[tuple[str, str]]:
    problems = check(answers, NOW)
    assert all(one.code in CODES and one.message_key == f"check.{one.code}" for one in problems)
    return [(one.question, one.code) for one in problems]


def form(survey: str, choices: str = "") -> Any:
    return compile_check(read_questionnaire(f"| survey |\n{survey}\n{choices}".encode(), "form.md"))


def test_good_answers_have_no_problem() -> None:
    assert found(GOOD) == []


def test_only_what_is_required_must_be_there() -> None:
    assert found({"feeling": "happy"}) == []
    assert found({}) == [("feeling", "required")]


@pytest.mark.parametrize(
    ("question", "value", "code"),
    [
        ("nobody", "x", "unknown_question"),
        ("hello", "x", "unknown_question"),
        ("older", "x", "unknown_question"),
        ("feeling", 1, "wrong_type"),
        ("feeling", ["sad"], "wrong_type"),
        ("feeling", None, "wrong_type"),
        ("school", "glad", "not_a_choice"),
        ("places", "home", "wrong_type"),
        ("places", ["home", "home"], "wrong_type"),
        ("places", ["home", 1], "wrong_type"),
        ("places", ["moon"], "not_a_choice"),
        ("places", ["home", "school", "field"], "constraint"),
        ("age", "12", "wrong_type"),
        ("age", 12.0, "wrong_type"),
        ("age", True, "wrong_type"),
        ("stars", 6, "out_of_range"),
        ("stars", 2.5, "out_of_range"),
        ("stars", "4", "wrong_type"),
        ("stars", float("nan"), "wrong_type"),
        ("distance", -1, "constraint"),
        ("distance", float("inf"), "wrong_type"),
        ("distance", 10**400, "wrong_type"),
        ("last_play", "2026-11-25", "constraint"),
        ("last_play", "2026-02-30", "wrong_type"),
        ("last_play", "20261123", "wrong_type"),
        ("last_play", "2026-W01-1", "wrong_type"),
        ("read", True, "wrong_type"),
        ("years", 5, "not_possible"),
        ("years", {}, "wrong_type"),
        ("start", "yesterday", "wrong_type"),
        ("start", "2026-11-24T09:12:00", "wrong_type"),
        ("start", "2026-13-24T09:12:00Z", "wrong_type"),
        ("message", 5, "wrong_type"),
        ("message", "x" * 10_001, "too_long"),
        ("message", "a\0b", "bad_characters"),
        ("message", "é\ud800", "bad_characters"),
    ],
)
def test_a_bad_answer_is_one_problem(question: str, value: Any, code: str) -> None:
    problems = found({**GOOD, question: value})
    assert problems[0] == (question, code)
    # A bad answer counts as none, so what depends on it is then a problem, too.
    depends = {"feeling": 1, "age": 3}
    assert len(problems) == 1 + depends.get(question, 0)


def test_html_is_a_text_like_any_other() -> None:
    assert found({**GOOD, "message": "<script>alert(1)</script>"}) == []


def test_an_answer_to_a_question_that_was_not_asked_is_told() -> None:
    assert found({**GOOD, "feeling": "happy"}) == [("why", "irrelevant")]


def test_a_group_hides_all_that_is_in_it() -> None:
    assert found({**GOOD, "age": 10, "years": 6}) == [("council", "irrelevant"), ("distance", "irrelevant")]


def test_problems_come_in_the_order_of_the_form() -> None:
    answers = {"zzz": 1, "message": 5, "age": 99, "feeling": "x"}
    assert found(answers) == [
        ("feeling", "not_a_choice"),
        ("age", "constraint"),
        ("years", "not_possible"),
        ("message", "wrong_type"),
        ("zzz", "unknown_question"),
    ]


def test_invented_names_are_told_short_and_storable_and_not_by_the_thousand() -> None:
    problems = CHECK({**GOOD, **{f"\0\ud800{number}" + "x" * 500: 1 for number in range(1000)}}, NOW)
    assert 0 < len(problems) <= 20
    for problem in problems:
        assert len(problem.question.encode()) < 200
        assert "\0" not in problem.question


def test_today_is_the_day_in_viet_nam_whatever_clock_is_given() -> None:
    utc = datetime.fromisoformat("2026-11-23T20:00:00+00:00")
    assert CHECK({**GOOD, "last_play": "2026-11-24"}, utc) == []
    assert [one.code for one in CHECK({**GOOD, "last_play": "2026-11-25"}, utc)] == ["constraint"]
    assert CHECK(GOOD, datetime.fromisoformat("0001-01-01T00:00:00+14:00")) == []


def test_answers_that_are_no_object_are_one_problem() -> None:
    for answers in (None, [], "x", 1):
        assert found(answers) == [("", "not_answers")]


def test_a_calculation_is_done_again_and_used_instead_of_what_was_sent() -> None:
    check = form("""
    | | type | name | label | calculation | relevant |
    | | integer | a | A | | |
    | | calculate | double | | ${a} * 2 | |
    | | calculate | grown | | ${double} > 20 | |
    | | text | why | Why | | ${double} > 10 |
    """)
    assert found({"a": 6, "double": 12, "grown": "false", "why": "x"}, check) == []
    assert found({"a": 6, "double": 12.0, "grown": "false"}, check) == []
    assert found({"a": 2, "double": 12, "grown": "false", "why": "x"}, check) == [
        ("double", "not_possible"),
        ("why", "irrelevant"),
    ]
    assert found({}, check) == [("grown", "not_possible")]
    assert found({"grown": "false"}, check) == []


def test_a_calculation_with_the_clock_is_taken_as_the_tablet_says() -> None:
    check = form("""
    | | type | name | label | calculation |
    | | text | q | Hỏi | |
    | | calculate | day | | today() |
    | | calculate | later | | concat(${day}, 'x') |
    """)
    assert found({"day": "2026-11-20", "later": "2026-11-20x"}, check) == []


def test_what_a_form_fixes_cannot_be_changed() -> None:
    check = form("""
    | | type | name | label | default | read_only |
    | | hidden | region | | tv | |
    | | text | place | Place | Trà Vinh | yes |
    | | integer | age | Age | 9 | |
    """)
    assert found({"region": "tv", "place": "Trà Vinh", "age": 10}, check) == []
    assert found({"region": "vl", "place": "Huế"}, check) == [("region", "not_possible"), ("place", "not_possible")]


def test_a_choice_must_pass_the_filter() -> None:
    check = form(
        """
    | | type | name | label | choice_filter |
    | | text | commune | Xã | |
    | | select_one school | one | Trường | commune = ${commune} |
    | | select_multiple school | many | Trường | commune = ${commune} or name = 'c' |
    """,
        """
    | choices |
    | | list_name | name | label | commune |
    | | school | a | A | x |
    | | school | b | B | y |
    | | school | c | C | y |
    """,
    )
    assert found({"commune": "x", "one": "a", "many": ["a", "c"]}, check) == []
    assert found({"commune": "x", "one": "b", "many": ["a", "b"]}, check) == [
        ("one", "not_a_choice"),
        ("many", "not_a_choice"),
    ]


def test_relevance_may_depend_on_a_later_question() -> None:
    check = form("""
    | | type | name | label | relevant |
    | | text | early | E | ${late} = 'x' |
    | | text | late | L | |
    """)
    assert found({"early": "a", "late": "x"}, check) == []
    assert found({"early": "a", "late": "y"}, check) == [("early", "irrelevant")]


def test_an_irrelevant_answer_counts_as_none_further_on() -> None:
    check = form("""
    | | type | name | label | relevant |
    | | text | a | A | |
    | | text | b | B | ${a} = 'x' |
    | | text | c | C | ${b} = 'y' |
    """)
    assert found({"a": "no", "b": "y", "c": "z"}, check) == [("b", "irrelevant"), ("c", "irrelevant")]


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["sad", "home", "2026-11-24"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
_NAMES = st.sampled_from([*GOOD, "hello", "older", "nobody"]) | st.text(max_size=5)


@settings(deadline=None, max_examples=100)
@given(_JSON | st.dictionaries(_NAMES, _JSON, max_size=12))
def test_any_json_is_checked_without_an_exception(answers: Any) -> None:
    found(answers)


def _random_questionnaire(chance: random.Random) -> Questionnaire:
    """Questions of all types, each perhaps relevant only for some answer to an earlier one."""
    names = ("a", "b", "c")
    choices = {"list": tuple(Choice(name, {"vi": name}) for name in names)}
    types = ["select_one", "select_multiple", "text", "integer", "decimal", "date", "range", "acknowledge"]
    nodes: list[Node] = []
    selects: list[str] = []
    for number in range(chance.randint(1, 12)):
        kind, name = chance.choice(types), f"q{number}"
        relevant = None
        if selects and chance.random() < 0.5:
            picked = {"fn": "selected", "args": [{"ref": chance.choice(selects)}, {"lit": chance.choice(names)}]}
            relevant = chance.choice([picked, {"fn": "not", "args": [picked]}])
        selected = kind.startswith("select_")
        node = Node(
            name,
            kind,
            label={"vi": name},
            relevant=relevant,
            required={"fn": "true", "args": []} if chance.random() < 0.3 else None,
            choices="list" if selected else None,
            parameters={"start": 0, "end": 10, "step": 2} if kind == "range" else None,
        )
        nodes.append(
            Node(f"g{number}", "group", relevant=relevant, children=(node,)) if chance.random() < 0.3 else node
        )
        if selected:
            selects.append(name)
    return Questionnaire("r", "1", {"vi": "R"}, ("vi",), "vi", None, None, tuple(nodes), choices)


def _random_answer(kind: str, chance: random.Random) -> Any:
    makers: dict[str, Any] = {
        "select_one": lambda: chance.choice("abc"),
        "select_multiple": lambda: chance.sample("abc", chance.randint(1, 3)),
        "text": lambda: chance.choice(["có", "<b>", "x" * 10_000]),
        "integer": lambda: chance.randint(-99, 99),
        "decimal": lambda: chance.choice([0.5, -3, 7.25]),
        "date": lambda: f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        "range": lambda: chance.choice([0, 2, 10]),
        "acknowledge": lambda: "OK",
    }
    return makers[kind]()


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 2**32))
def test_a_form_filled_in_as_it_asks_has_no_problem_and_survives_json(seed: int) -> None:
    chance = random.Random(seed)
    questionnaire = _random_questionnaire(chance)
    answers: dict[str, Any] = {}
    for outer in questionnaire.nodes:
        node = outer.children[0] if outer.children else outer
        if node.relevant and not truth(evaluate(node.relevant, answers)):
            continue
        if node.required or chance.random() < 0.7:
            answers[node.name] = _random_answer(node.type, chance)
    assert found(answers, compile_check(questionnaire)) == []
    assert Questionnaire.from_json(questionnaire.to_json()) == questionnaire
    hidden = [
        node for node in questionnaire.nodes if node.name not in answers and node.type == "text" and node.relevant
    ]
    for node in hidden:
        if not truth(evaluate(node.relevant or {}, answers)):
            assert (node.name, "irrelevant") in found({**answers, node.name: "x"}, compile_check(questionnaire))


def test_prepared_answers_are_values_of_expressions() -> None:
    assert prepare(["a", "b"]) == "a b"
    assert prepare({"x": 1}) == prepare(None) == ""
