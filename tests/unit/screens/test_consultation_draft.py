"""What a teacher is told before a consultation can be created."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from survey_app.messages import catalogue
from survey_app.screens.consultation_draft import Draft, mistakes

RIGHT = Draft(
    commune="29242",
    school="none",
    school_name=None,
    held_on=date(2026, 11, 24),
    expected=35,
    questionnaire=("children-7-10", "2026.1"),
    min_age=7,
    max_age=10,
    title="",
    commune_name="Phường Trà Vinh",
)


def test_nothing_is_wrong_with_a_full_draft() -> None:
    assert mistakes(RIGHT) == {}


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"commune": None}, "commune", "mistake.commune"),
        ({"school": None}, "school", "mistake.school"),
        ({"school": "new", "school_name": ""}, "school", "mistake.school_name"),
        ({"school": "new", "school_name": "x" * 201}, "school", "mistake.school_name"),
        ({"held_on": None}, "held_on", "mistake.held_on"),
        ({"expected": None}, "expected", "mistake.expected"),
        ({"expected": 0}, "expected", "mistake.expected"),
        ({"expected": 10_001}, "expected", "mistake.expected"),
        ({"questionnaire": None}, "questionnaire", "mistake.questionnaire"),
        ({"min_age": None}, "ages", "mistake.ages_missing"),
        ({"min_age": 11}, "ages", "mistake.ages_reversed"),
        ({"min_age": 2}, "ages", "mistake.ages_range"),
        ({"max_age": 121}, "ages", "mistake.ages_range"),
    ],
)
def test_a_mistake_is_named_beside_its_field(change: dict[str, Any], field: str, message: str) -> None:
    assert mistakes(replace(RIGHT, **change)) == {field: message}
    assert message in catalogue("staff", "vi")


@pytest.mark.parametrize(
    "change", [{"expected": 1}, {"expected": 10_000}, {"min_age": 10}, {"min_age": 3, "max_age": 120}]
)
def test_the_limits_themselves_are_right(change: dict[str, Any]) -> None:
    assert mistakes(replace(RIGHT, **change)) == {}
