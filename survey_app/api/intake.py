"""From a read submission to a stored one: checked against its questionnaire, then stored with others in one call."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from survey_app.api.alerts import found_alerts, written_questions
from survey_app.api.announced import AttachedKind, announced, attached_questions
from survey_app.api.submission import Item
from survey_app.database import DatabaseError, Door, Row, Unavailable
from survey_app.database.voucher import voucher
from survey_app.questionnaire import Problem, Questionnaire, compile_check

Check = Callable[..., Sequence[Any]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Asked:
    """What a consultation asks: the compiled check of its questionnaire, the questions that files answer, and those that are
    answered in own words (None: any may be)."""

    check: Check
    attached: Mapping[str, AttachedKind] = field(default_factory=dict)
    texts: frozenset[str] | None = None


class Intake:
    """Checks and stores; keeps what each consultation asks, which never changes once it is used."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._database = door.as_anonymous()
        self._asked: dict[str, _Asked] = {}

    def checked(self, item: Item, sent_at: str | None) -> bytes | None:
        """The item with its problems, as `store` takes it; None when its consultation's questionnaire is not known yet."""
        asked = self._asked.get(item.consultation)
        if asked is None:
            return None
        problems = list(item.problems)
        problems.extend(
            {"code": found.code, "question": found.question}
            for found in asked.check(
                item.content["answers"],
                # Sent days later, it is still held against the day on which it was answered.
                now=_moment(item.content.get("finished_at")),
                language=str(item.content.get("language") or ""),
            )
            if not _stays_on_paper(item, found, asked)
        )
        checked = {"content": item.content, "problems": problems, "sent_at": sent_at}
        expected, wrong = announced(item.content, asked.attached)
        problems += wrong
        if expected:
            checked["attachments"] = expected
        alerts = found_alerts(item.content["answers"], asked.texts)
        if alerts:
            checked["alerts"] = alerts
        return msgspec.json.encode(checked)

    def learn(self, consultation: str) -> bool:
        """Fetch the questionnaire of a consultation; False when there is no such consultation."""
        rows = self._database.call("questionnaire_of", consultation=consultation)
        if not rows:
            return False
        try:
            questionnaire = Questionnaire.from_json(rows[0]["definition"])
            self._asked[consultation] = _Asked(
                compile_check(questionnaire), attached_questions(questionnaire), written_questions(questionnaire)
            )
        except ValueError:
            _log.exception(
                "the questionnaire of consultation %s cannot be read: its answers go to review", consultation
            )
            self._asked[consultation] = _Asked(_no_check)
        return True

    def store(self, items: Sequence[bytes]) -> list[Row]:
        """Store checked items; a row with `verdict` and `reason` for each, in order.

        An item that the database cannot keep is refused alone. Raises Unavailable when nothing could be stored.
        """
        try:
            return self._submit(items)
        except Unavailable:
            raise
        except DatabaseError:
            if len(items) == 1:
                return [{"verdict": "refused", "reason": "cannot_be_stored"}]
            return [row for item in items for row in self.store([item])]

    def _submit(self, items: Sequence[bytes]) -> list[Row]:
        batch = (b'{"submissions":[' + b",".join(items) + b"]}").decode()
        secret = self._door.submission_secret
        rows = self._database.call("submit", batch=batch, voucher=voucher(secret, batch) if secret else None)
        return sorted(rows, key=lambda row: int(row["index"]))


def _stays_on_paper(item: Item, found: Any, asked: _Asked) -> bool:
    """A drawing on a sheet of paper is not entered: that it is missing is nobody's mistake."""
    is_paper = item.content.get("entered_from") == "paper"
    return is_paper and found.code == "required" and str(found.question).rsplit("/", 1)[-1] in asked.attached


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _no_check(_answers: dict[str, Any], **_more: Any) -> list[Problem]:
    return [Problem("", "unchecked", "problem.unchecked")]
