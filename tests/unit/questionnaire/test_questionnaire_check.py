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
from survey_app.questionnaire.check import CODES, MAX_PROBLEMS, MAX_UNKNOWN
from survey_app.questionnaire.evaluate import evaluate
from survey_app.questionnaire.expression import parse
from survey_app.questionnaire.model import MAX_TIMES
from survey_app.questionnaire.order import CycleError, depended_first, dependencies, walk
from survey_app.questionnaire.values import prepare, truth

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
        ("message", [{}], "wrong_type"),
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


def test_today_is_the_day_that_the_tablet_shows() -> None:
    for moment in ("2026-11-24T23:59:59.999-08:00", "2026-11-24T00:00:00+14:00"):
        now = datetime.fromisoformat(moment)
        assert CHECK({**GOOD, "last_play": "2026-11-24"}, now) == []
        assert [one.code for one in CHECK({**GOOD, "last_play": "2026-11-25"}, now)] == ["constraint"]
    assert CHECK({**GOOD, "last_play": "0001-01-01"}, datetime.fromisoformat("0001-01-01T00:00:00+14:00")) == []


def test_what_a_child_cannot_change_is_neither_required_nor_constrained() -> None:
    check = form("""
    | | type | name | label | required | read_only | constraint | calculation |
    | | integer | a | A | | | | |
    | | integer | worked_out | B | yes | yes | . > 3 | ${a} + 1 |
    | | integer | never_there | C | yes | yes | | |
    | | integer | at_times | D | yes | ${a} = 1 | . > 3 | |
    """)
    assert found({"a": 1, "worked_out": 2, "at_times": 2}, check) == []
    assert found({"a": 1, "worked_out": 2}, check) == []
    assert found({"a": 2, "worked_out": 3, "at_times": 2}, check) == [("at_times", "constraint")]
    assert found({"a": 2, "worked_out": 3}, check) == [("at_times", "required")]


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


HOUSEHOLD = read_questionnaire(Path(__file__).parent / "forms" / "household.md")
_HOUSEHOLD_CHECK = compile_check(HOUSEHOLD)
FAMILY = form(
    """
    | | type | name | label | relevant | calculation | constraint | required | repeat_count |
    | | integer | many | Mấy? | | | | | |
    | | begin_repeat | members | Người | ${many} != 9 | | | | ${many} |
    | | text | nick | Tên | | | string-length(.) < 5 | | |
    | | integer | age | Tuổi | | | . < 120 | yes | |
    | | begin_group | school | Trường | ${age} > 5 | | | | |
    | | select_one yes_no | learns | Có đi học không? | | | | | |
    | | end_group | | | | | | | |
    | | calculate | number | | | position(..) | | | |
    | | calculate | last | | | if(position(..) = count(${members}), 'yes', 'no') | | | |
    | | calculate | share | | | ${age} div ${total} | | | |
    | | end_repeat | | | | | | | |
    | | calculate | total | | | sum(${age}) | | | |
    | | text | old | Sao? | ${total} > 100 | | | | |
    """,
    """
    | choices |
    | | list_name | name | label |
    | | yes_no | yes | Có |
    | | yes_no | no | Không |
    """,
)


def family() -> dict[str, Any]:
    return {
        "many": 2,
        "members": [
            {"nick": "Bé", "age": 5, "number": 1, "last": "no", "share": 0.25},
            {"age": 15, "learns": "yes", "number": 2, "last": "yes", "share": 0.75},
        ],
        "total": 20,
    }


def test_every_time_of_a_repeat_is_checked_for_itself_and_for_all() -> None:
    assert found(family(), FAMILY) == []
    answers = family()
    answers["members"][0] |= {"nick": "quá dài", "learns": "no", "number": 2}
    answers["members"][1] |= {"learns": "maybe", "nobody": 1}
    assert found(answers, FAMILY) == [
        ("members/0/nick", "constraint"),
        ("members/0/learns", "irrelevant"),
        ("members/0/number", "not_possible"),
        ("members/1/learns", "not_a_choice"),
        ("members/1/nobody", "unknown_question"),
    ]


def test_what_is_worked_out_over_all_times_is_worked_out_again() -> None:
    answers = family()
    answers["members"][1]["age"] = 95
    assert found(answers, FAMILY) == [
        ("members/0/share", "not_possible"),
        ("members/1/share", "not_possible"),
        ("total", "not_possible"),
    ]
    answers["members"].append({"age": 1, "number": 3, "last": "yes"})
    assert ("members/1/last", "not_possible") in found(answers, FAMILY)
    del answers["members"][0]["age"]
    assert ("members/0/age", "required") in found(answers, FAMILY)


def test_answers_of_a_repeat_mean_nothing_outside_of_it_and_the_other_way_round() -> None:
    assert found({**family(), "nick": "Bé"}, FAMILY) == [("nick", "unknown_question")]
    answers = family()
    answers["members"][0]["total"] = 20
    assert found(answers, FAMILY) == [("members/0/total", "unknown_question")]


@pytest.mark.parametrize("shape", ["x", 1, None, {}, ["x"], [[]], [{}, 1], {"0": {}}])
def test_a_repeat_that_is_no_list_of_objects_is_one_problem(shape: Any) -> None:
    assert found({"many": 0, "members": shape, "total": 0}, FAMILY) == [("members", "wrong_type")]


def test_a_repeat_is_answered_as_often_as_the_form_says() -> None:
    assert found({**family(), "many": 3}, FAMILY) == [("members", "wrong_count")]
    assert found({"many": 1, "total": 0}, FAMILY) == [("members", "wrong_count")]
    assert found({"many": 0, "total": 0}, FAMILY) == []
    assert found({"total": 0}, FAMILY) == []
    assert found({**family(), "many": 9}, FAMILY)[0] == ("members", "irrelevant")
    assert found({"many": 9, "total": 0}, FAMILY) == []


def test_a_repeat_without_end_is_looked_at_up_to_a_limit() -> None:
    check = form("""
    | | type | name | label |
    | | begin_repeat | r | R |
    | | text | a | A |
    | | end_repeat | | |
    """)
    assert found({"r": [{}] * MAX_TIMES}, check) == []
    assert found({"r": [{}] * (MAX_TIMES + 1)}, check) == [("r", "too_many_times")]
    many = check({"r": [{"a": 1}] * 10_000}, NOW)
    assert many[0].code == "too_many_times"
    assert len(many) == MAX_PROBLEMS
    unknown = check({"r": [{f"x{n}": 1 for n in range(50)} for _ in range(50)]}, NOW)
    assert len(unknown) == MAX_UNKNOWN


def test_a_rank_is_complete_and_names_each_choice_once() -> None:
    choices = """
    | choices |
    | | list_name | name | label | part |
    | | wish | a | A | x |
    | | wish | b | B | x |
    | | wish | c | C | y |
    """
    check = form(
        """
    | | type | name | label | choice_filter |
    | | rank wish | all | Xếp | |
    | | text | part | Phần | |
    | | rank wish | some | Xếp | part = ${part} |
    """,
        choices,
    )
    assert found({"all": ["c", "a", "b"], "part": "x", "some": ["b", "a"]}, check) == []
    assert found({"all": ["c", "a"], "part": "x", "some": ["b"]}, check) == [
        ("all", "not_all_ranked"),
        ("some", "not_all_ranked"),
    ]
    assert found({"all": ["c", "a", "a"], "part": "x", "some": ["b", "c"]}, check) == [
        ("all", "wrong_type"),
        ("some", "not_a_choice"),
    ]


@pytest.mark.parametrize("hour", ["8:05", "24:00", "08:60", "08:05:00", 8, None])
def test_a_time_is_hours_and_minutes(hour: Any) -> None:
    check = form("| | type | name | label |\n| | time | hour | Giờ |")
    assert found({"hour": "08:05"}, check) == []
    assert found({"hour": hour}, check) == [("hour", "wrong_type")]


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("drawn", "drawing.png"),
        ("drawn", "../3f0c2b1a-0000-4000-8000-000000000001.png"),
        ("drawn", "3f0c2b1a-0000-4000-8000-000000000001.svg"),
        ("drawn", "3f0c2b1a-0000-4000-8000-000000000001.webm"),
        ("voice", "3f0c2b1a-0000-4000-8000-000000000001.png"),
        ("voice", {"data": "…"}),
    ],
)
def test_an_attachment_is_answered_with_the_name_of_its_file(question: str, name: Any) -> None:
    check = form("""
    | | type | name | label | appearance | required |
    | | image | drawn | Vẽ | draw | |
    | | audio | voice | Nói | | |
    | | image | photo | Ảnh | | yes |
    """)
    file = "3f0c2b1a-0000-4000-8000-000000000001"
    assert found({"drawn": f"{file}.png", "voice": f"{file}.webm"}, check) == [], "a photo need not be asked"
    assert found({question: name}, check) == [(question, "wrong_type")]


def test_what_cannot_be_worked_out_again_is_taken_as_the_tablet_says() -> None:
    check = form(
        """
    | | type | name | label | calculation | trigger | read_only |
    | | select_one yes_no | q | Hỏi | | | |
    | | calculate | said | | jr:choice-name(${q}, '${q}') | | |
    | | calculate | first | | once(${q}) | | |
    | | text | copy | Chép | ${q} | ${q} | |
    | | text | fixed | Cố định | | | ${q} = 'yes' |
    | | text | always | Luôn tính | concat(${q}, '!') | | yes |
    """,
        """
    | choices |
    | | list_name | name | label |
    | | yes_no | yes | Có |
    | | yes_no | no | Không |
    """,
    )
    told = {"q": "yes", "said": "មាន", "first": "no", "copy": "what she wrote", "fixed": "written before"}
    assert found({**told, "always": "yes!"}, check) == []
    assert found({**told, "always": "no!"}, check) == [("always", "not_possible")]


def test_labels_are_compared_in_the_language_that_the_child_read() -> None:
    check = form(
        """
    | | type | name | label::Tiếng Việt (vi) | label::English (en) | relevant |
    | | select_one yes_no | q | Hỏi | Ask | |
    | | text | why | Sao | Why | jr:choice-name(${q}, '${q}') = 'Yes' |
    """,
        """
    | choices |
    | | list_name | name | label::Tiếng Việt (vi) | label::English (en) |
    | | yes_no | yes | Có | Yes |
    """,
    )
    assert check({"q": "yes", "why": "x"}, NOW, "en") == []
    assert [one.code for one in check({"q": "yes", "why": "x"}, NOW)] == ["irrelevant"]


def test_a_default_that_is_worked_out_may_be_anything() -> None:
    check = form("""
    | | type | name | label | default | read_only |
    | | date | day | Ngày | today() | yes |
    """)
    assert found({"day": "2026-01-01"}, check) == []


def test_other_is_told_only_when_it_is_chosen() -> None:
    check = form(
        """
    | | type | name | label |
    | | select_one place or_other | where | Ở đâu? |
    """,
        """
    | choices |
    | | list_name | name | label |
    | | place | home | Nhà |
    """,
    )
    assert found({"where": "other", "where_other": "Bờ sông"}, check) == []
    assert found({"where": "home", "where_other": "Bờ sông"}, check) == [("where_other", "irrelevant")]


def test_questions_that_need_each_other_in_a_circle_are_found_through_repeats_and_triggers() -> None:
    total = parse("sum(${age})")
    total["args"] = [{"all": "age", "of": "r"}]
    age = Node("age", "integer", relevant=parse("${total} > 3"))
    circle = (Node("r", "repeat", children=(age,)), Node("total", "calculate", calculation=total))
    with pytest.raises(CycleError):
        depended_first(dependencies(circle))
    counted = (Node("r", "repeat", count=parse("${n}"), children=(Node("n", "calculate", calculation=parse("1")),)),)
    with pytest.raises(CycleError):
        depended_first(dependencies(counted))
    triggered = (Node("a", "text", trigger=("b",)), Node("b", "text", trigger=("a",)))
    with pytest.raises(CycleError):
        depended_first(dependencies(triggered))
    kept = (Node("a", "calculate", calculation=parse("once(concat(${a}, 'x'))")),)
    assert depended_first(dependencies(kept)) == ["a"]


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


_TIMES = st.lists(st.dictionaries(st.sampled_from(["nick", "age", "learns", "number", "x", "a/b"]), _JSON), max_size=3)


@settings(deadline=None, max_examples=200)
@given(
    st.dictionaries(
        st.sampled_from([node.name for node in walk(HOUSEHOLD.nodes)] + ["members", "many", "total", "members/0/age"]),
        _JSON | _TIMES | st.sampled_from(["yes", "08:00", 3, ["tree", "ball", "book"]]),
        max_size=10,
    )
)
def test_any_json_in_repeats_is_checked_without_an_exception(answers: Any) -> None:
    found(answers, FAMILY)
    found(answers, _HOUSEHOLD_CHECK)


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
