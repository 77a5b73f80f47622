"""What the daily screens ask for, with a whole province's data behind them: none of it may grow with what was answered before.

Only the list of all consultations must grow with their number: whoever may see all of them is given all of them.
"""

from __future__ import annotations

import json
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from survey_app.database.voucher import voucher
from survey_app.screens.consultation_facts import _COLUMNS
from tests.load.province import YEAR, Province

TIMES = 7
PATIENCE = 10
"""Seconds after which a question is not asked again."""
BATCH, BATCHES = 32, 20


def measure_at(made: Province) -> None:
    """Print what each question takes."""
    teacher, reviewer = made.as_staff("facilitator"), made.as_staff("reviewer")
    one = made.value(
        "select id::text from public.consultation where created_by is not null and status = 'closed' and deleted_at is null order by id"
    )
    overdue = {"status": ["planned", "under_way"], "due_on": ("<", f"{YEAR}-12-31")}
    questions: dict[str, Callable[[], Any]] = {
        "live_count": lambda: teacher.call("live_count", consultation=one),
        "live_cards": lambda: teacher.call("live_cards", consultation=one),
        "class_results": lambda: teacher.call("class_results", consultation=one),
        "one consultation": lambda: teacher.read("consultation_overview", columns=_COLUMNS, where={"id": one}),
        "a facilitator's consultations": lambda: teacher.read("consultation_overview", columns=_COLUMNS),
        "a facilitator's overdue commitments": lambda: teacher.read("commitment", columns=["id"], where=overdue),
        "a facilitator's classes": lambda: teacher.read("roster_overview", columns=["id"]),
        "all consultations, for a reviewer": lambda: reviewer.read("consultation_overview", columns=_COLUMNS),
        "communes not asked this year": lambda: reviewer.read(
            "participation_count", columns=["area_code"], where={"indicator": 22, "year": YEAR}
        ),
    }
    print(f"daily screens at {made.submissions:,} submissions, ms")
    for name, ask in questions.items():
        print(f"  {name:<36} {_took(ask)}", flush=True)
    print(f"  {f'submit, a batch of {BATCH}':<36} {_submitting(made)}", flush=True)


def _took(ask: Callable[[], Any]) -> str:
    seconds: list[float] = []
    while len(seconds) < TIMES and sum(seconds) < PATIENCE:
        began = time.perf_counter()
        try:
            ask()
        except Exception as error:  # noqa: BLE001 - a question that is not answered in time is a figure, too
            return f"not answered after {time.perf_counter() - began:.1f} s: {type(error).__name__}"
        seconds.append(time.perf_counter() - began)
    return f"median {statistics.median(seconds) * 1000:8.1f}   worst {max(seconds) * 1000:8.1f}"


def _submitting(made: Province) -> str:
    """Batches as the application hands them on, with cards; to an open consultation of a class that has not answered."""
    consultation, commune = made.owner.execute(
        "select c.id::text, c.commune_code from public.consultation c where c.status = 'open' and c.kind = 'consultation' and c.counted "
        "and c.deleted_at is null order by c.id limit 1"
    ).fetchone() or ("", "")
    cards = [
        row[0]
        for row in made.owner.execute(
            "select card from public.participant p where commune_code = %s and not exists (select from "
            "public.consultation_participant k where k.participant_id = p.id and k.consultation_id = %s) order by md5(card) limit %s",
            (commune, consultation, BATCH * BATCHES),
        ).fetchall()
    ]
    seconds = []
    with made.owner.transaction(force_rollback=True):
        for number in range(BATCHES):
            text = _batch(made, consultation, cards[number * BATCH : (number + 1) * BATCH])
            vouched = voucher(made.door.submission_secret or "", text)
            began = time.perf_counter()
            made.owner.execute("select * from public.submit(%s, %s)", (text, vouched)).fetchall()
            seconds.append(time.perf_counter() - began)
    return f"median {statistics.median(seconds) * 1000:8.1f}   worst {max(seconds) * 1000:8.1f}"


def _batch(made: Province, consultation: str, cards: list[str]) -> str:
    now = datetime.now(UTC).isoformat()
    asked = made.value("select questionnaire_id from public.consultation where id = %s", consultation)
    version = made.value("select questionnaire_version from public.consultation where id = %s", consultation)
    items = [
        {
            "content": {
                "id": str(uuid.uuid4()),
                "consultation": consultation,
                "questionnaire": asked,
                "version": version,
                "language": "vi",
                "card": card,
                "assent": {"version": 2, "given": True},
                "started_at": now,
                "finished_at": now,
                "device": str(uuid.uuid4()),
                "receipt": uuid.uuid4().hex[:10].upper(),
                "answers": {f"q{n}": "b" for n in range(12)} | {"wish": "Em mong đường tới trường có đèn. " * 40},
            },
            "problems": [],
            "sent_at": now,
        }
        for card in cards
    ]
    return json.dumps({"submissions": items}, ensure_ascii=False)
