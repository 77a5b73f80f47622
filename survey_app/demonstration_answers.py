"""Synthetic children's answers, on the way that a tablet's take."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from survey_app.api.intake import Intake
from survey_app.api.submission import Item
from survey_app.questionnaire import Questionnaire

STORED_TOGETHER = 500


def send_answers(
    intake: Intake,
    consultation: str,
    questionnaire: Questionnaire,
    held_on: date,
    cards: Sequence[str | None],
    answers: Sequence[dict[str, Any]],
    chance: random.Random,
) -> None:
    """One child a card (None: without one), each with one of these answers, in the morning of that day."""
    intake.learn(consultation)
    morning = datetime(held_on.year, held_on.month, held_on.day, 1, 30, tzinfo=UTC)
    items = []
    for card in cards:
        begun = morning + timedelta(seconds=chance.randrange(1800))
        identity = str(uuid.uuid4())
        content = {
            "id": identity,
            "consultation": consultation,
            "questionnaire": questionnaire.id,
            "version": questionnaire.version,
            "language": chance.choice(["vi", "vi", "vi", "km"]),
            "assent": {"version": 2, "given": True},
            "started_at": begun.isoformat(),
            "finished_at": (begun + timedelta(seconds=240 + chance.randrange(600))).isoformat(),
            "device": str(uuid.uuid4()),
            "receipt": f"{chance.getrandbits(50):010X}",
            "answers": chance.choice(answers),
            "card": card,
        }
        item = intake.checked(Item(identity, consultation, content), None)
        if item is not None:
            items.append(item)
    for start in range(0, len(items), STORED_TOGETHER):
        intake.store(items[start : start + STORED_TOGETHER])
