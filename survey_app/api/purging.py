"""What was deleted 30 days ago is erased: at the application's start and once a day, with the files that belonged to it."""

from __future__ import annotations

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from survey_app.api.attachments import SETTLED_TOGETHER, Attachments
from survey_app.api.throttle import UNKNOWN_FILES_A_MINUTE, Throttle
from survey_app.database import DatabaseError, Door
from survey_app.database.voucher import voucher

DAY = 24 * 60 * 60.0
PURGED_TOGETHER = 200
"""As many as the database erases in one call."""
_MOST_ROUNDS = 100

_log = logging.getLogger(__name__)


def purge(door: Door) -> int:
    """Erase what is due; how much it was. What fails is left for the next time; without the door's secret nothing is due."""
    if door.submission_secret is None:
        return 0
    database = door.as_anonymous()
    gone = 0
    try:
        for _ in range(_MOST_ROUNDS):
            rows = database.call("purge_deleted", voucher=voucher(door.submission_secret, "deleted"))
            gone += rows[0]["purge_deleted"]
            if rows[0]["purge_deleted"] < PURGED_TOGETHER:
                break
    except DatabaseError as error:
        _log.warning("what was deleted waits to be erased: %s", error)
    attachments = Attachments(database, door.submission_secret, Throttle(UNKNOWN_FILES_A_MINUTE))
    for _ in range(_MOST_ROUNDS):
        if attachments.tidy(now=True) < SETTLED_TOGETHER:
            break
    if gone:
        _log.info("%s deleted items were erased after 30 days", gone)
    return gone


async def purge_daily(door: Door) -> None:
    """Until cancelled."""
    while True:
        try:
            await run_in_threadpool(purge, door)
        # What goes wrong today must not keep tomorrow's from running.
        except Exception:  # noqa: BLE001
            _log.exception("what was deleted could not be erased")
        await asyncio.sleep(DAY)
