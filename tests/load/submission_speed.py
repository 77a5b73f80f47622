"""How many submissions a second one process stores, beside a bare insert of the same row on the same server.

32 clients, about 2 kB of answers, durable (the defaults of PostgreSQL: fsync and synchronous_commit on). The two are
measured in turns, so that a machine whose speed drifts is unfair to neither.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import statistics
import subprocess
import tempfile
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import psycopg
import uvloop

from survey_app.database.embedded_server import pgserver
from tests.load.instance import Instance, running_instance

CLIENTS = 32
SECONDS = 8
ROUNDS = 3
TEXT = "Em mong đường tới trường có đèn, vì buổi tối mùa mưa trời tối sớm và nước ngập. " * 19


def measure(rounds: int = ROUNDS, seconds: int = SECONDS) -> None:
    """Print submissions a second, bare inserts a second, and their ratio."""
    with tempfile.TemporaryDirectory() as folder, running_instance(Path(folder)) as instance:
        bare, ours = [], []
        for _ in range(rounds):
            bare.append(_bare_inserts(instance, seconds))
            ours.append(_submissions(instance, seconds))
        stored = instance.served.rows("select count(*) from submission where status = 'accepted'")[0][0]
        print(
            f"submissions/s ({CLIENTS} clients, {len(_body(instance))} bytes, durable, one process): {statistics.median(ours):,.0f}"
        )
        print(f"bare inserts/s (pgbench, {CLIENTS} clients, same row): {statistics.median(bare):,.0f}")
        print(
            f"ratio: {statistics.median(ours) / statistics.median(bare):.3f}   rounds: {[round(a / b, 3) for a, b in zip(ours, bare, strict=True)]}"
        )
        print(f"accepted in all: {stored:,}")


def _submissions(instance: Instance, seconds: float) -> float:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        count = pool.apply(_load, (instance.served.port, instance.consultation, seconds))
    return count / seconds


def _load(port: int, consultation: str, seconds: float) -> int:
    """Runs in a process of its own; as lean as can be, for it takes its share of the same machine."""
    return uvloop.run(_clients(port, consultation, seconds))


async def _clients(port: int, consultation: str, seconds: float) -> int:
    loop = asyncio.get_running_loop()
    start, end = _item_around_id(consultation)
    head = (
        "POST /api/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(start) + 36 + len(end)}\r\n\r\n"
    ).encode()
    deadline = time.monotonic() + seconds
    clients = [_Client(head + start, end, deadline) for _ in range(CLIENTS)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)
    return sum(await asyncio.gather(*(client.finished for client in clients)))


class _Client(asyncio.Protocol):
    """Sends the next submission as soon as the one before is stored; `finished` tells how many were."""

    def __init__(self, start: bytes, end: bytes, deadline: float) -> None:
        self._start, self._end, self._deadline = start, end, deadline
        self._stored = 0
        self._received = b""
        self.finished: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._received.endswith(b"]}"):
            return
        if b'"created"' not in self._received:
            self.finished.set_exception(RuntimeError(f"not created: {self._received!r}"))
            self._transport.close()
            return
        self._stored += 1
        if time.monotonic() < self._deadline:
            self._send()
        else:
            self.finished.set_result(self._stored)
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_exception(ConnectionError(f"the server closed the connection: {error}"))

    def _send(self) -> None:
        self._received = b""
        self._transport.write(self._start + str(uuid.uuid4()).encode() + self._end)


def _item_around_id(consultation: str) -> tuple[bytes, bytes]:
    now = datetime.now(UTC).isoformat()
    item = {
        "consultation": consultation,
        "questionnaire": "bench",
        "version": "1",
        "language": "vi",
        "card": None,
        "assent": {"version": 1, "given": True},
        "started_at": now,
        "finished_at": now,
        "device": str(uuid.uuid4()),
        "receipt": "ABCDEFGH23",
        "answers": {f"q{n}": "b" for n in range(1, 12)} | {"wish": TEXT},
    }
    body = json.dumps({"sent_at": now, "submissions": [{"id": "@", **item}]}, ensure_ascii=False).encode()
    start, end = body.split(b"@", 1)
    return start, end


def _body(instance: Instance) -> bytes:
    start, end = _item_around_id(instance.consultation)
    return start + b"@" * 36 + end


def _bare_inserts(instance: Instance, seconds: int) -> float:
    """pgbench inserting the row that a submission becomes into a table with nothing but its primary key."""
    instance.served.rows("drop table if exists bare_submission")
    instance.served.rows("create table bare_submission (like submission including defaults)")
    instance.served.rows("alter table bare_submission alter received_number drop not null, add primary key (id)")
    template = instance.served.rows("select answers from submission limit 1")
    answers = template[0][0] if template else {f"q{n}": "b" for n in range(1, 12)} | {"wish": TEXT}
    script = instance.served.data_dir / "bare.sql"
    literal = psycopg.sql.Literal(json.dumps(answers, ensure_ascii=False)).as_string(None)
    script.write_text(
        "insert into bare_submission (id, consultation_id, questionnaire_id, questionnaire_version, language, answers, content_hash,"
        " status, late, problems, card_state, assent_version, receipt_hash, device_id, started_at, finished_at, sent_at, answered_at,"
        f" received_at) values (gen_random_uuid(), '{instance.consultation}', 'bench', '1', 'vi', {literal},"
        " '\\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 'accepted', false, '[]', 'none', 1,"
        " '\\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', gen_random_uuid(), now(), now(), now(), now(), now());\n"
    )
    pgbench = next(Path(pgserver.__file__).parent.glob("pginstall18/bin/pgbench"))
    done = subprocess.run(
        [
            pgbench,
            "-n",
            "-c",
            str(CLIENTS),
            "-j",
            "2",
            "-T",
            str(seconds),
            "-f",
            script,
            "-h",
            str(instance.served.socket_dir),
            "-U",
            "postgres",
            "postgres",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


if __name__ == "__main__":
    measure()
