"""What several test suites stand on."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
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
        _stop_server(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


def _stop_server(folder: Path) -> None:
    """A server whose folder is gone could not be stopped by anybody any more."""
    running = folder / "postmaster.pid"
    if running.is_file():
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(int(running.read_text().split()[0]))
            server.send_signal(signal.SIGQUIT)
            server.wait(10)


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
