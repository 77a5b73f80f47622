"""Which consultations stand still."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from survey_app.screens.stuck import stuck

TODAY = date(2026, 11, 25)


def consultation(**facts: Any) -> dict[str, Any]:
    return {
        "kind": "consultation",
        "title": "Đợt",
        "held_on": "2026-11-20",
        "status": "draft",
        "closed_at": None,
        "published_at": None,
        **facts,
    }


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        ({}, "prepare"),
        ({"held_on": "2026-11-25"}, None),
        ({"held_on": "2026-12-01"}, None),
        ({"status": "open"}, None),
        ({"status": "open", "held_on": "2026-11-17"}, "collect"),
        ({"status": "closed", "closed_at": "2026-11-20T08:00:00+00:00"}, None),
        ({"status": "closed", "held_on": "2026-10-01", "closed_at": "2026-10-01T08:00:00+00:00"}, "feed_back"),
        ({"status": "closed", "held_on": "2026-10-01", "closed_at": "2026-11-20T08:00:00+00:00"}, None),
        ({"status": "closed", "held_on": "2026-10-01", "closed_at": "2026-10-01T08:00:00", "published_at": "x"}, None),
        ({"kind": "community_survey", "held_on": "2026-01-01"}, None),
    ],
)
def test_a_consultation_stands_still(facts: dict[str, Any], step: str | None) -> None:
    assert [one.step for one in stuck([consultation(**facts)], TODAY)] == ([step] if step else [])


def test_the_longest_wait_comes_first() -> None:
    found = stuck([consultation(held_on=f"2026-11-{day}") for day in ("20", "03", "11")], TODAY)
    assert [one.days(TODAY) for one in found] == [22, 14, 5]
