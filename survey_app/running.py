"""What this process has open: set once at start, read by screens and API."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.database import Door
from survey_app.settings import Settings


@dataclass(frozen=True)
class _Running:
    settings: Settings
    door: Door


_running: _Running | None = None


def start(settings: Settings, door: Door) -> None:
    """Make the settings and the open door known to the whole process."""
    global _running
    _running = _Running(settings, door)


def stop() -> None:
    """Close the door."""
    global _running
    if _running is not None:
        _running.door.close()
        _running = None


def is_started() -> bool:
    """Whether `start` was called."""
    return _running is not None


def door() -> Door:
    """The open door. Raises RuntimeError before the process has started."""
    return _started().door


def settings() -> Settings:
    """The settings of this process. Raises RuntimeError before it has started."""
    return _started().settings


def _started() -> _Running:
    if _running is None:
        raise RuntimeError("the process has not opened its database yet")
    return _running
