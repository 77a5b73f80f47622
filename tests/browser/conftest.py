"""A real server with a little demonstration data, and a real browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright

from survey_app.database.embedded import EmbeddedDoor, open_embedded
from survey_app.demonstration import ACCOUNTS, PRINCIPLES
from tests.browser.chromium import ARGUMENTS, find_chromium

START_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """A running instance, and a way past it to its database."""

    url: str
    join_code: str
    door: EmbeddedDoor

    @property
    def accounts(self) -> dict[str, tuple[str, str]]:
        """Role → (e-mail, password)."""
        return {account.role: (account.email, account.password) for account in ACCOUNTS}

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database's owner sees."""
        uri = psycopg.conninfo.make_conninfo(
            host=str(self.door.data_dir / "postgres"), dbname="postgres", user="postgres"
        )
        with psycopg.connect(uri, autocommit=True) as connection:
            return connection.execute(statement, values).fetchall()

    def open_consultation(
        self, questionnaire: str = "children-7-10", commune: str = "29242", expected: int = 35
    ) -> str:
        """The join code of a new open consultation whose principles and consent are complete."""
        email, password = self.accounts["facilitator"]
        asking = self.door.as_user(self.door.sign_in(email, password).token)
        version, youngest, oldest = self.rows(
            "select version, min_age, max_age from questionnaire where id = %s order by version desc", questionnaire
        )[0]
        created = asking.call(
            "create_consultation",
            title="Đợt thử",
            commune=commune,
            school=None,
            held_on=date.today().isoformat(),
            questionnaire_id=questionnaire,
            questionnaire_version=version,
            min_age=youngest,
            max_age=oldest,
            expected=expected,
        )[0]
        asking.call("set_principles", consultation=created["id"], principles=PRINCIPLES)
        asking.call(
            "record_guardian_consent",
            consultation=created["id"],
            method="letter",
            obtained_on=date.today().isoformat(),
            guardians=expected,
        )
        asking.call("open_consultation", consultation=created["id"])
        return str(created["join_code"])

    @property
    def join_code_older(self) -> str:
        """An open consultation of ages 11 to 15."""
        return self.open_consultation("children-11-15")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data_dir = tmp_path_factory.mktemp("instance")
    # PostgreSQL runs under another account when the tests run as root, and must reach its folder.
    data_dir.chmod(0o755)
    port = _free_port()
    log = (data_dir / "server.log").open("wb+")
    process = subprocess.Popen(
        [
            Path(sys.executable).with_name("survey-app"),
            "demo",
            "--scale",
            "0.02",
            "--port",
            str(port),
            "--data-dir",
            data_dir,
        ],
        stdout=log,
        stderr=subprocess.STDOUT,
        env={name: value for name, value in os.environ.items() if not name.startswith("SUPABASE")},
    )
    url = f"http://localhost:{port}"
    try:
        _wait_until_healthy(process, url, data_dir / "server.log")
        door = open_embedded(data_dir)
        joins = [line for line in (data_dir / "server.log").read_text().splitlines() if line.startswith("join: ")]
        yield Server(url, joins[0].rsplit("/", 1)[1], door)
        door.close()
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium: run python -m tests.browser.chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_until_healthy(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"the server did not start:\n{log.read_text()}")
