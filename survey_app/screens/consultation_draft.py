"""What a teacher entered for a new consultation, and what is still wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LEAST_AGE, GREATEST_AGE = 3, 120
MOST_EXPECTED = 10_000


@dataclass(frozen=True)
class Draft:
    """Entries as they stand; None: not entered. `school` is an id, "new" (then with school_name) or "none".

    Where needs_questionnaire is False, questionnaire None means: by word.
    """

    commune: str | None
    school: str | None
    school_name: str | None
    held_on: date | None
    expected: int | None
    questionnaire: tuple[str, str] | None
    min_age: int | None
    max_age: int | None
    title: str
    commune_name: str
    form: str = "questionnaire"
    needs_questionnaire: bool = True
    roster: str | None = None


def mistakes(draft: Draft) -> dict[str, str]:
    """Field → key of the message that says what is wrong and what to do; empty when it can be created."""
    found = {}
    if draft.commune is None:
        found["commune"] = "mistake.commune"
    if draft.school is None:
        found["school"] = "mistake.school"
    elif draft.school == "new" and not 1 <= len(draft.school_name or "") <= 200:
        found["school"] = "mistake.school_name"
    if draft.held_on is None:
        found["held_on"] = "mistake.held_on"
    if draft.expected is None or not 1 <= draft.expected <= MOST_EXPECTED:
        found["expected"] = "mistake.expected"
    if draft.questionnaire is None and draft.needs_questionnaire:
        found["questionnaire"] = "mistake.questionnaire"
    if draft.min_age is None or draft.max_age is None:
        found["ages"] = "mistake.ages_missing"
    elif draft.min_age > draft.max_age:
        found["ages"] = "mistake.ages_reversed"
    elif draft.min_age < LEAST_AGE or draft.max_age > GREATEST_AGE:
        found["ages"] = "mistake.ages_range"
    return found
