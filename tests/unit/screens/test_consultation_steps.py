"""Which step of the law a consultation is at, and what of each is done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from survey_app.screens.consultation_steps import STEPS, Facts, at_step, steps

NEW = Facts(
    status="draft",
    principles=0,
    all_principles=6,
    has_consent=False,
    participants=0,
    expected=30,
    in_review=0,
    unread=None,
    themes=0,
    themes_answered=0,
    is_published=False,
)
PREPARED = replace(NEW, principles=6, has_consent=True)
OPEN = replace(PREPARED, status="open")
ANSWERED = replace(OPEN, participants=28)
CLOSED = replace(ANSWERED, status="closed", unread=3)
READ = replace(CLOSED, unread=0)
GROUPED = replace(READ, themes=2, themes_answered=1)
EXPLAINED = replace(GROUPED, themes_answered=2)
PUBLISHED = replace(EXPLAINED, is_published=True)


def missing(facts: Facts) -> list[str]:
    return [task.name for step in steps(facts) for task in step.tasks if not task.is_done]


@pytest.mark.parametrize(
    ("facts", "at", "first_missing"),
    [
        (NEW, "prepare", "principles"),
        (PREPARED, "prepare", "open"),
        (OPEN, "collect", "participants"),
        (ANSWERED, "collect", "close"),
        (replace(ANSWERED, in_review=2), "collect", "review"),
        (CLOSED, "compile", "read"),
        (READ, "compile", "themes"),
        (GROUPED, "compile", "answers"),
        (EXPLAINED, "feed_back", "publish"),
    ],
)
def test_each_thing_done_leads_on_to_the_next(facts: Facts, at: str, first_missing: str) -> None:
    assert STEPS[at_step(facts)] == at
    assert missing(facts)[0] == first_missing


def test_a_published_consultation_is_done() -> None:
    assert missing(PUBLISHED) == []
    assert STEPS[at_step(PUBLISHED)] == "feed_back"


def test_what_was_passed_over_stays_missing_and_stops_nothing() -> None:
    opened_early = replace(OPEN, principles=5, has_consent=False)
    assert STEPS[at_step(opened_early)] == "collect"
    assert missing(opened_early)[:2] == ["principles", "consent"]
    assert not steps(opened_early)[0].is_done


def test_who_does_not_read_the_texts_is_not_told_of_them() -> None:
    assert "read" not in missing(replace(CLOSED, unread=None))
