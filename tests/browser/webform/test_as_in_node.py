"""A real browser works out expressions and ways through a form as Node does, in which the unit tests run them."""

from __future__ import annotations

from functools import partial

from playwright.sync_api import Browser

from tests.unit.javascript import in_browser
from tests.unit.questionnaire import test_questionnaire_expression as expressions
from tests.unit.webform import test_walk_and_check as ways


def test_every_expression_of_the_table(browser: Browser) -> None:
    results = in_browser(browser, expressions.TASK, expressions.sent(expressions.CASES))
    assert len(results) > 300
    for case, (value, _) in zip(expressions.CASES, results, strict=True):
        assert expressions.same(value, case["value"]), case


def test_the_server_accepts_what_a_browser_makes_of_any_answers(browser: Browser) -> None:
    assert ways.disagreements(ways.households(), run=partial(in_browser, browser)) == []
