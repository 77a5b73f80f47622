"""What an officer entered for an activity, what is still wrong with it, and its way into the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from survey_app.database import Database
from survey_app.screens.consultation_draft import GREATEST_AGE, LEAST_AGE, MOST_EXPECTED


@dataclass(frozen=True)
class ActivityDraft:
    """Entries as they stand; None: not entered, or for school, roster and planned number: none."""

    kind: str | None
    title: str
    commune: str | None
    school: str | None
    roster: str | None
    held_on: date | None
    min_age: int | None
    max_age: int | None
    planned: int | None
    plan: str


def activity_mistakes(draft: ActivityDraft) -> dict[str, str]:
    """Field → key of the message that says what is wrong and what to do; empty when it can be saved."""
    found = {}
    if draft.kind is None:
        found["kind"] = "mistake.activity_kind"
    if not 1 <= len(draft.title) <= 200:
        found["title"] = "mistake.activity_title"
    if draft.commune is None:
        found["commune"] = "mistake.commune"
    if draft.held_on is None:
        found["held_on"] = "mistake.activity_day"
    if draft.planned is not None and not 1 <= draft.planned <= MOST_EXPECTED:
        found["planned"] = "mistake.planned"
    if draft.min_age is None or draft.max_age is None:
        found["ages"] = "mistake.ages_missing"
    elif draft.min_age > draft.max_age:
        found["ages"] = "mistake.ages_reversed"
    elif draft.min_age < LEAST_AGE or draft.max_age > GREATEST_AGE:
        found["ages"] = "mistake.ages_range"
    return found


def save_activity(database: Database, draft: ActivityDraft, activity: str | None = None) -> str:
    """The id of the activity: a new one, or `activity` changed. The draft has no mistakes."""
    if draft.held_on is None:
        raise ValueError("a draft with mistakes cannot be saved")
    return str(
        database.call(
            "save_activity",
            activity=activity,
            kind=draft.kind,
            title=draft.title,
            commune=draft.commune,
            school=draft.school,
            roster=draft.roster,
            held_on=draft.held_on.isoformat(),
            min_age=draft.min_age,
            max_age=draft.max_age,
            planned=draft.planned,
            plan=draft.plan,
        )[0]["save_activity"]
    )
