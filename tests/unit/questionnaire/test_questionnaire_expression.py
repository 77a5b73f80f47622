"""Expressions mean the same in Python and on the tablet: one table of cases for both, and random trees through both."""

from __future__ import annotations

import json
import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from survey_app.questionnaire import evaluate as evaluator
from survey_app.questionnaire.evaluate import evaluate
from survey_app.questionnaire.expression import (
    DATE_CODES,
    FUNCTIONS,
    NODE_SET_FUNCTIONS,
    REFUSED_FUNCTIONS,
    ExpressionError,
    is_repeatable,
    parse,
    references,
)
from survey_app.questionnaire.expression_texts import EXPRESSION_TEXTS
from survey_app.questionnaire.values import truth
from tests.unit.javascript import in_javascript

HERE = Path(__file__).parent
TASK = HERE / "run_expressions.mjs"
CASES: list[dict[str, Any]] = json.loads((HERE / "expression_cases.json").read_text(encoding="utf-8"))
NOW = "2026-11-24T09:30:00+07:00"
TREES = 500


def plain(value: Any) -> Any:
    """A value as run_expressions.mjs writes it."""
    if isinstance(value, float) and (not math.isfinite(value) or (value == 0 and math.copysign(1, value) < 0)):
        if math.isinf(value):
            return {"number": "Infinity" if value > 0 else "-Infinity"}
        return {"number": "-0" if value == 0 else "NaN"}
    return value


def same(left: Any, right: Any) -> bool:
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def tree_of(case: dict[str, Any]) -> dict[str, Any]:
    """Its expression, with what the form's reader makes of a reference into a repeat: ${repeat/question}, ${repeat/}."""
    return case.get("tree") or in_repeats(parse(case["expression"]))


def in_repeats(tree: dict[str, Any]) -> dict[str, Any]:
    if "/" in tree.get("ref", ""):
        repeat, _, question = tree["ref"].partition("/")
        return {"all": question, "of": repeat} if question else {"all": repeat}
    return {**tree, "args": [in_repeats(part) for part in tree["args"]]} if "args" in tree else tree


def in_python(case: dict[str, Any]) -> Any:
    now = datetime.fromisoformat(case.get("now", NOW)).astimezone(evaluator.VIETNAM)
    labels = case.get("labels", {})
    return evaluate(
        tree_of(case),
        case.get("answers", {}),
        case.get("self", ""),
        case.get("row"),
        now,
        position=case.get("position"),
        labels=lambda question, choice, _language: labels.get(question, {}).get(choice, ""),
    )


def sent(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"now": NOW, **case, "tree": tree_of(case)} for case in cases]


@pytest.mark.parametrize("case", CASES, ids=[f"{n}:{case['expression']}" for n, case in enumerate(CASES)])
def test_case_in_python(case: dict[str, Any]) -> None:
    value = plain(in_python(case))
    assert same(value, case["value"]), value


def test_all_cases_in_javascript() -> None:
    results = in_javascript(TASK, sent(CASES))
    wrong = [
        (case["expression"], value, case["value"])
        for case, (value, _) in zip(CASES, results, strict=True)
        if not same(value, case["value"])
    ]
    assert wrong == []


def test_every_function_is_in_the_table() -> None:
    text = " ".join(case["expression"] for case in CASES)
    assert [name for name in FUNCTIONS if f"{name}(" not in text] == []


_TEXTS = st.one_of(
    st.sampled_from(["", "a", "b", "a b", " ", "0", "5", "-1.5", "2026-11-24", "2024-02-30", "x😀y", "false", "TRUE"]),
    st.sampled_from(["08:05", "23:59:59.5", "24:00", "2026-11-24T08:05:03.250+07:00", "1969-12-31T23:59:00Z"]),
    st.text(alphabet="ab 01.-\t\u00a0é😀e+:TZ", max_size=8),
)
_NUMBERS = st.one_of(
    st.integers(-20, 20),
    st.sampled_from([0.1, 2.5, -2.5, 1e21, 1e-7, 123456.789, 9007199254740991, 0.49999999999999994]),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
)
_LEAVES = st.one_of(
    _TEXTS.map(lambda text: {"lit": text}),
    _NUMBERS.map(lambda number: {"lit": number}),
    st.sampled_from(["one", "many", "number", "date", "nothing"]).map(lambda name: {"ref": name}),
    st.just({"self": True}),
    st.just({"col": "part"}),
    st.just({"fn": "position", "args": []}),
)
_NODE_SETS = st.sampled_from([{"all": "age", "of": "members"}, {"all": "members"}, {"all": "age", "of": "nobody"}])
# Their second argument is a literal with a meaning of its own.
_PARTICULAR = ("regex", "pow", "format-date", "format-date-time", "jr:choice-name", "position")


def _branches(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    two_sided = ["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "and", "or"]
    operators = st.builds(lambda op, a, b: {"op": op, "args": [a, b]}, st.sampled_from(two_sided), children, children)
    negations = children.map(lambda a: {"op": "neg", "args": [a]})
    patterns = st.sampled_from([parse(f"regex('', '{p}')")["args"][1] for p in ("[a-z]+", ".*", r"\d+\.?\d*", "a|b")])
    matches = st.builds(lambda a, p: {"fn": "regex", "args": [a, p]}, children, patterns)

    powers = st.builds(lambda a, n: {"fn": "pow", "args": [a, {"lit": n}]}, children, st.integers(0, 64))
    formats = st.lists(st.sampled_from([*(f"%{code}" for code in DATE_CODES), "%%", "/", " ", "ngày"])).map("".join)
    dates = st.builds(
        lambda fn, a, form: {"fn": fn, "args": [a, {"lit": form}]},
        st.sampled_from(["format-date", "format-date-time"]),
        children,
        formats,
    )
    labels = children.map(lambda a: {"fn": "jr:choice-name", "args": [a], "of": "many"})

    def call(name: str) -> st.SearchStrategy[Any]:
        fewest, most = FUNCTIONS[name]
        argument = st.one_of(children, _NODE_SETS) if name in NODE_SET_FUNCTIONS else children
        arguments = st.lists(argument, min_size=fewest, max_size=min(most, fewest + 2))
        return arguments.map(lambda given: {"fn": name, "args": given})

    calls = [call(name) for name in FUNCTIONS if name not in _PARTICULAR]
    return st.one_of(operators, negations, matches, powers, dates, labels, *calls)


_CASE = st.fixed_dictionaries(
    {
        "tree": st.recursive(_LEAVES, _branches, max_leaves=8),
        "self": st.one_of(_TEXTS, _NUMBERS),
        "row": st.fixed_dictionaries({"part": _TEXTS}),
        "answers": st.fixed_dictionaries(
            {
                "one": _TEXTS,
                "many": st.lists(st.sampled_from(["a", "b", "c"])),
                "number": _NUMBERS,
                "date": st.dates().map(str),
                "members": st.lists(
                    st.fixed_dictionaries({}, optional={"age": st.one_of(_NUMBERS, _TEXTS), "other": _TEXTS}),
                    max_size=4,
                ),
            }
        ),
        "position": st.sampled_from([1, 2, 3]),
        "labels": st.just({"many": {"a": "Cây", "5": "Năm"}}),
    }
)


def test_random_trees_mean_the_same_in_both() -> None:
    cases: list[dict[str, Any]] = []

    @settings(
        max_examples=TREES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_CASE)
    def collect(case: dict[str, Any]) -> None:
        cases.append(case)

    collect()
    expected = [in_python(case) for case in cases]
    results = in_javascript(TASK, sent(cases))
    different = [
        (json.dumps(case, ensure_ascii=False), plain(value), result)
        for case, value, result in zip(cases, expected, results, strict=True)
        if not same(plain(value), result[0]) or truth(value) != result[1]
    ]
    assert len(cases) >= TREES * 0.9
    assert different == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("${a} = ", "expression_unfinished"),
        ("", "expression_unfinished"),
        ("${a} == 1", "expression_syntax"),
        ("${a", "expression_syntax"),
        ("'open", "expression_syntax"),
        ("1 2", "expression_syntax"),
        ("../a = 1", "expression_path"),
        ("/data/a", "expression_path"),
        ("${a}[1]", "expression_path"),
        ("${last-saved#a}", "last_saved"),
        ("pulldata('a', 'b', 'c', 'd')", "function_other_data"),
        ("instance('schools')/root/item[name = ${a}]/label", "function_other_data"),
        ("indexed-repeat(${a}, ${r}, 1)", "function_indexed_repeat"),
        ("once(random())", "function_random"),
        ("uuid()", "function_random"),
        ("log10(${a})", "function_inexact"),
        ("area(${a})", "function_place"),
        ("digest(${a}, 'MD5')", "unknown_function"),
        ("jr:choice-name(${a}, 'a')", "choice_name_question"),
        ("jr:choice-name(${a}, ${a})", "choice_name_question"),
        ("position(.)", "position_dots"),
        ("position()", "position_dots"),
        ("count(..)", "expression_path"),
        ("position(../..)", "expression_path"),
        ("pow(${a}, ${b})", "exponent_not_whole"),
        ("pow(${a}, 0.5)", "exponent_not_whole"),
        ("pow(2, 65)", "exponent_not_whole"),
        ("format-date(${a}, ${b})", "format_not_literal"),
        ("format-date(${a}, '%a')", "format_code"),
        ("format-date-time(${a}, '%H:%M %')", "format_code"),
        ("selected(${a})", "argument_count"),
        ("today(1)", "argument_count"),
        ("regex(., ${a})", "pattern_not_literal"),
        ("regex(., '(')", "pattern_syntax"),
        ("regex(., '[z-a]')", "pattern_syntax"),
        ("regex(., '*a')", "pattern_syntax"),
        ("regex(., '(?=a)b')", "pattern_unsupported"),
        (r"regex(., '(a)\1')", "pattern_unsupported"),
        (r"regex(., '\p{L}+')", "pattern_unsupported"),
        ("regex(., '(a+)+b')", "pattern_nested"),
        ("regex(., '(a|a)*b')", "pattern_nested"),
        ("regex(., '((a*)b){2,}')", "pattern_nested"),
        ("1" + " + 1" * 1200, "expression_too_long"),
        ("(" * 1000 + "-" * 200 + "1" + ")" * 1000, "expression_too_long"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_code(text: str, code: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.code == code


def test_every_refusal_says_what_to_do_instead() -> None:
    for function, code in REFUSED_FUNCTIONS.items():
        assert function not in FUNCTIONS
        for language in ("vi", "en"):
            cause, remedy = EXPRESSION_TEXTS[code][language]
            assert function in cause.format(function=function)
            assert remedy.format(function=function)


def test_a_function_that_is_refused_is_only_a_word_inside_a_text() -> None:
    assert parse("${a} = 'random()'")["args"][1] == {"lit": "random()"}


def test_what_an_expression_reads() -> None:
    tree = in_repeats(parse("sum(${members/age}) + count(${members/}) + jr:choice-name(${one}, '${many}')"))
    assert references(tree) == ["age", "members", "one"]


@pytest.mark.parametrize("text", ["today()", "1 + once(2)", "jr:choice-name('a', '${q}')", "concat(now(), 'x')"])
def test_what_depends_on_more_than_the_answers_cannot_be_repeated(text: str) -> None:
    assert not is_repeatable(parse(text))
    assert is_repeatable(parse("position(..) + ${a}"))


def test_words_that_are_operators_elsewhere_can_begin_a_name() -> None:
    assert parse("orange and android")["args"] == [{"col": "orange"}, {"col": "android"}]


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        tree = parse(text)
    except ExpressionError:
        return
    evaluate(tree, {})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, max_examples=100)
@given(tree=st.recursive(_LEAVES, _branches, max_leaves=6), answer=_JSON)
def test_any_json_answers_can_be_evaluated(tree: dict[str, Any], answer: Any) -> None:
    evaluate(tree, dict.fromkeys(["one", "many", "number", "date"], answer), answer)
