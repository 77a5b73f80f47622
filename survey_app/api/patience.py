"""Asking the database without waiting for it longer than a person or a monitor would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

PATIENCE = 3.0
"""Seconds. A database that has died is started again meanwhile; what was asked of it goes on alone."""

T = TypeVar("T")


async def asked_patiently(work: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """What `work` gives, done in a thread. Raises TimeoutError."""
    return await asyncio.wait_for(asyncio.to_thread(work, *arguments, **named), PATIENCE)
