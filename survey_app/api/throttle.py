"""Slows down those who try out codes: only misses count, so a whole school may share one address."""

from __future__ import annotations

import time
from collections import defaultdict, deque

from starlette.requests import Request

WRONG_CODES_A_MINUTE = 60
"""From one address."""
WITHDRAWALS_A_MINUTE = 20
UNKNOWN_FILES_A_MINUTE = 240
"""Tablets of a whole class that ask a server which was set back to an older state."""
WRONG_TOKENS_A_MINUTE = 20
FIGURES_A_MINUTE = 30
"""With one token: each time everything is reckoned anew."""


class Throttle:
    """Counts misses of each address within the last minute."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._misses: dict[str, deque[float]] = defaultdict(deque)

    def is_exhausted(self, address: str) -> bool:
        """Whether this address has missed too often; forgets what is over a minute old."""
        misses = self._misses.get(address)
        if misses is None:
            return False
        while misses and misses[0] < time.monotonic() - 60:
            misses.popleft()
        if not misses:
            del self._misses[address]
        return len(misses) >= self._limit

    def miss(self, address: str) -> None:
        """One more miss of this address."""
        if len(self._misses) > 10_000:
            self._misses.clear()
        self._misses[address].append(time.monotonic())


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else "unknown"
