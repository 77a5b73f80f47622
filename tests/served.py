"""The real command `survey-app`, serving on a free port of this machine for as long as somebody needs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

START_SECONDS = 180


@dataclass(frozen=True)
class Served:
    """A serving process, where it listens and where its data are."""

    port: int
    data_dir: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def socket_dir(self) -> Path:
        """Where the embedded database listens."""
        return self.data_dir / "postgres"

    @property
    def output(self) -> str:
        """What the process has printed."""
        return (self.data_dir / "server.log").read_text(encoding="utf-8")

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement, as the database's owner."""
        with psycopg.connect(
            host=str(self.socket_dir), dbname="postgres", user="postgres", autocommit=True
        ) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def served(data_dir: Path, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Run `survey-app <command>` on this folder; stopped at the end. Raises RuntimeError with its output when it fails."""
    # PostgreSQL runs under another account when this runs as root, and must reach its folder.
    data_dir.chmod(0o755)
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SUPABASE")}
    with (data_dir / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("survey-app"), *command, "--port", str(port), "--data-dir", data_dir],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**inherited, **(environment or {})},
        )
    running = Served(port, data_dir, process)
    try:
        _wait_until_healthy(running)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_until_healthy(running: Served) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and running.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{running.url}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not start:\n{running.output}")
