"""Expressions mean the same in Python and on the tablet: one table of cases for both, and random trees through both."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from survey_app.questionnaire import evaluate as evaluator
from survey_app.questionnaire.evaluate import evaluate, truth
from survey_app.questionnaire.expression import FUNCTIONS, ExpressionError, parse

HERE = Path(__file__).parent
JAVASCRIPT = Path(evaluator.__file__).parents[1] / "webform" / "expression.js"
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


def in_python(case: dict[str, Any]) -> Any:
    now = datetime.fromisoformat(case.get("now", NOW)).astimezone(evaluator.VIETNAM)
    tree = case.get("tree") or parse(case["expression"])
    return evaluate(tree, case.get("answers", {}), case.get("self", ""), case.get("row"), now)


def in_javascript(cases: list[dict[str, Any]]) -> list[Any]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed, so expression.js cannot be run outside a browser")
    sent = [{"now": NOW, **case, "tree": case.get("tree") or parse(case["expression"])} for case in cases]
    done = subprocess.run(
        [node, str(HERE / "run_expressions.mjs"), str(JAVASCRIPT)],
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "TZ": "Asia/Ho_Chi_Minh"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # JavaScript has no whole numbers of their own: 2**60 is written with digits that a float does not have.
    results: list[Any] = json.loads(done.stdout, parse_int=float)
    return results


@pytest.mark.parametrize("case", CASES, ids=[f"{n}:{case['expression']}" for n, case in enumerate(CASES)])
def test_case_in_python(case: dict[str, Any]) -> None:
    value = plain(in_python(case))
    assert same(value, case["value"]), value


def test_all_cases_in_javascript() -> None:
    results = in_javascript(CASES)
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
    st.sampled_from(["", "a", "b", "a b", " ", "0", "5", "-1.5", "2026-11-24", "2024-02-30", "x😀y", "false"]),
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
)


def _branches(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    two_sided = ["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "and", "or"]
    operators = st.builds(lambda op, a, b: {"op": op, "args": [a, b]}, st.sampled_from(two_sided), children, children)
    negations = children.map(lambda a: {"op": "neg", "args": [a]})
    patterns = st.sampled_from([parse(f"regex('', '{p}')")["args"][1] for p in ("[a-z]+", ".*", r"\d+\.?\d*", "a|b")])
    matches = st.builds(lambda a, p: {"fn": "regex", "args": [a, p]}, children, patterns)

    def call(name: str) -> st.SearchStrategy[Any]:
        fewest, most = FUNCTIONS[name]
        arguments = st.lists(children, min_size=fewest, max_size=min(most, fewest + 2))
        return arguments.map(lambda given: {"fn": name, "args": given})

    return st.one_of(operators, negations, matches, *(call(name) for name in FUNCTIONS if name != "regex"))


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
            }
        ),
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
    results = in_javascript(cases)
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
        ("pulldata('a', 'b', 'c', 'd')", "unknown_function"),
        ("jr:choice-name(${a}, 'a')", "unknown_function"),
        ("position(.)", "unknown_function"),
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
