"""Submissions of many tablets on their way to the database.

Those that arrive while the database is at work wait for each other and go together: one round trip and one flush of
the disk for all of them, a verdict of its own for each.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from survey_app.api.intake import Intake
from survey_app.database import Row

LARGEST_STORE = 64
"""Submissions in one call."""
CALLS_UNDER_WAY = 2
"""While one waits for the disk, the next is put together."""


class SubmissionQueue:
    """Waiting submissions and the calls under way; lives on one event loop."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._waiting: deque[tuple[bytes, asyncio.Future[Row]]] = deque()
        self._under_way = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(CALLS_UNDER_WAY, "submissions")

    async def store(self, items: Sequence[bytes]) -> list[Row]:
        """The verdicts of these items, once they are safely stored. Raises Unavailable."""
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in items]
        self._waiting.extend(zip(items, futures, strict=True))
        if self._under_way < CALLS_UNDER_WAY:
            self._under_way += 1
            task = loop.create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        results = await asyncio.gather(*futures, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if not isinstance(result, BaseException)]

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                taken = [self._waiting.popleft() for _ in range(min(LARGEST_STORE, len(self._waiting)))]
                try:
                    rows = await loop.run_in_executor(self._threads, self._intake.store, [item for item, _ in taken])
                except Exception as error:  # noqa: BLE001 - whatever it was belongs to those who wait
                    for _, future in taken:
                        if not future.done():
                            future.set_exception(error)
                else:
                    for (_, future), row in zip(taken, rows, strict=True):
                        if not future.done():
                            future.set_result(row)
        finally:
            self._under_way -= 1

    def close(self) -> None:
        """Let calls under way end."""
        self._threads.shutdown(wait=True)
