"""A served instance with one open consultation of twelve questions, for measuring."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from survey_app.database.embedded import EmbeddedDoor, open_embedded
from survey_app.demonstration import PRINCIPLES
from survey_app.questionnaire import read_questionnaire

EMAIL, PASSWORD = "bench@example.org", "only-for-measuring"
FORM = """
| survey |
|        | type             | name | label::Tiếng Việt (vi) |
{questions}
|        | text             | wish | Em muốn nói gì?        |
| choices |
|        | list_name | name | label::Tiếng Việt (vi) |
|        | scale     | a    | Không bao giờ          |
|        | scale     | b    | Đôi khi                |
|        | scale     | c    | Luôn luôn              |
| settings |
|        | form_id | version | form_title | default_language |
|        | bench   | 1       | Đo tốc độ  | Tiếng Việt (vi)  |
"""


@dataclass(frozen=True)
class Instance:
    """Where it listens and what is open in it."""

    port: int
    consultation: str
    join_code: str
    data_dir: Path
    process: subprocess.Popen[bytes]

    @property
    def socket_dir(self) -> str:
        return str(self.data_dir / "postgres")

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a statement, as the database's owner."""
        with psycopg.connect(host=self.socket_dir, dbname="postgres", user="postgres", autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def running_instance(folder: Path) -> Iterator[Instance]:
    """Serve an empty instance, make and open a consultation, stop it all at the end."""
    folder.chmod(0o755)
    port = _free_port()
    process = subprocess.Popen(
        [Path(sys.executable).with_name("survey-app"), "serve", "--port", str(port), "--data-dir", folder],
        env={**os.environ, "ADMIN_EMAIL": EMAIL, "ADMIN_PASSWORD": PASSWORD},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        door = open_embedded(folder)
        consultation, join_code = _open_consultation(door)
        yield Instance(port, consultation, join_code, folder, process)
        door.close()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _open_consultation(door: EmbeddedDoor) -> tuple[str, str]:
    asking = door.as_user(door.sign_in(EMAIL, PASSWORD).token)
    questions = "\n".join(f"|        | select_one scale | q{n} | Câu hỏi {n} |" for n in range(1, 12))
    questionnaire = read_questionnaire(FORM.format(questions=questions).encode(), name="bench.md")
    definition = questionnaire.to_json()
    asking.write(
        "questionnaire",
        [
            {
                "id": questionnaire.id,
                "version": questionnaire.version,
                "title": definition["title"],
                "definition": definition,
            }
        ],
    )
    created = asking.call(
        "create_consultation",
        title="Đo tốc độ",
        commune="29242",
        school=None,
        held_on=date.today().isoformat(),
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        min_age=7,
        max_age=15,
        expected=10000,
    )[0]
    asking.call("set_principles", consultation=created["id"], principles=PRINCIPLES)
    asking.call(
        "record_guardian_consent",
        consultation=created["id"],
        method="letter",
        obtained_on=date.today().isoformat(),
        guardians=10000,
    )
    asking.call("open_consultation", consultation=created["id"])
    return created["id"], created["join_code"]


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the instance did not start")
