"""What several test suites stand on."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from survey_app.database.embedded import EmbeddedDoor, open_embedded


@pytest.fixture(scope="session")
def new_folder() -> Iterator[Callable[[], Path]]:
    """Makes folders for data.

    Not pytest's own: run by root, PostgreSQL works under another account, and every other run of pytest on the machine
    closes pytest's folders to it.
    """
    made: list[Path] = []

    def make() -> Path:
        folder = Path(tempfile.mkdtemp(prefix="survey-app-"))
        folder.chmod(0o755)
        made.append(folder)
        return folder

    yield make
    for folder in made:
        for running in folder.rglob("postmaster.pid"):
            _stop_server(running)
        shutil.rmtree(folder, ignore_errors=True)


def _stop_server(running: Path) -> None:
    """A server whose folder is gone could not be stopped by anybody any more."""
    with suppress(ProcessLookupError):
        os.kill(int(running.read_text().split()[0]), signal.SIGINT)
        deadline = time.monotonic() + 10
        while running.exists() and time.monotonic() < deadline:
            time.sleep(0.02)


@pytest.fixture
def data_folder(new_folder: Callable[[], Path]) -> Path:
    """An empty folder for a test's own database."""
    return new_folder()


@pytest.fixture(scope="session")
def embedded_door(new_folder: Callable[[], Path]) -> Iterator[EmbeddedDoor]:
    """An embedded database with the schema and nothing else in it; one for each test process."""
    door = open_embedded(new_folder())
    yield door
    door.close()
