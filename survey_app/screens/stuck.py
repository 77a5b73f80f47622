"""Which consultations stand still in one of the four steps, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from survey_app.database import Row

OPEN_AT_MOST = timedelta(days=7)
ANSWERED_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Stuck:
    """A consultation that waits for somebody: `step` is prepare, collect or feed_back."""

    consultation: Row
    step: str
    since: date

    def days(self, today: date) -> int:
        return (today - self.since).days


def stuck(consultations: Iterable[Row], today: date) -> list[Stuck]:
    """Those that should be further by today, the longest wait first.

    A draft whose day is past; an open one a week after its day; a closed one that children were not answered to within 30 days of
    closing (Circular 36/2018/TT-BLĐTBXH, article 3, names feedback as the fourth step and sets no day: 30 is ours). Community surveys
    are passed over.
    """
    found = []
    for row in consultations:
        if row["kind"] != "consultation":
            continue
        held_on = date.fromisoformat(row["held_on"][:10])
        if row["status"] == "draft" and held_on < today:
            found.append(Stuck(row, "prepare", held_on))
        elif row["status"] == "open" and held_on + OPEN_AT_MOST < today:
            found.append(Stuck(row, "collect", held_on))
        elif row["status"] == "closed" and row["published_at"] is None:
            closed_on = unanswered_since(row, today)
            if closed_on:
                found.append(Stuck(row, "feed_back", closed_on))
    return sorted(found, key=lambda one: (one.since, one.consultation["title"]))


def unanswered_since(closed: Mapping[Any, Any], today: date) -> date | None:
    """The day on which a consultation without published feedback was closed, where children wait too long; else None."""
    held_on = date.fromisoformat(closed["held_on"][:10])
    closed_on = max(held_on, date.fromisoformat(closed["closed_at"][:10]) if closed["closed_at"] else held_on)
    return closed_on if closed_on + ANSWERED_WITHIN < today else None
