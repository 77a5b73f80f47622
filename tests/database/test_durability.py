"""Real server processes: one row for each submission whatever happens, and none lost that was acknowledged."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from survey_app.database.embedded import open_embedded
from survey_app.questionnaire import read_questionnaire
from tests.database.attachment_sender import FORM, FORM_TEXT, announcement, content_of
from tests.load.instance import EMAIL, PASSWORD, _open_consultation

COMMAND = Path(sys.executable).with_name("survey-app")
SUBMISSIONS, TOGETHER, CLIENTS = 500, 5, 4
STARTED_WITHIN = 60
BACK_WITHIN = 20
ANSWERS_WITHIN = 15
TOLD_WITHIN = 6


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@dataclass
class Served:
    """Server processes on one data folder."""

    folder: Path
    servers: list[tuple[subprocess.Popen[bytes], str]] = field(default_factory=list)
    consultation: str = ""

    def start(self) -> str:
        """One more server; its address once it answers."""
        port = free_port()
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(port), "--data-dir", self.folder],
            env={**os.environ, "ADMIN_EMAIL": EMAIL, "ADMIN_PASSWORD": PASSWORD},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        address = f"http://127.0.0.1:{port}"
        self.servers.append((process, address))
        deadline = time.monotonic() + STARTED_WITHIN
        while not is_healthy(address):
            assert process.poll() is None, f"the server ended with {process.returncode}"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)
        return address

    def rows(self, identities: Sequence[str]) -> Counter[str]:
        """How many rows each submission has."""
        with closing(open_embedded(self.folder)) as door:
            found = door.as_owner().read("submission", columns=["id"], where={"consultation_id": self.consultation})
        return Counter(identity for identity in found["id"] if identity in set(identities))

    def kill_everything(self) -> None:
        """As when the power fails."""
        database = self._database()
        doomed = [psutil.Process(process.pid) for process, _ in self.servers if process.poll() is None]
        for process in [*doomed, *database]:
            process.kill()
        self._gather([*doomed, *database])

    def kill_database(self) -> None:
        """The database alone."""
        database = self._database()
        for process in database:
            process.kill()
        psutil.wait_procs(database, timeout=10)

    def stop(self) -> None:
        for process, _ in self.servers:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process, _ in self.servers:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        left = self._database()
        for one in left:
            one.kill()
        psutil.wait_procs(left, timeout=10)

    def _database(self) -> list[psutil.Process]:
        try:
            server = psutil.Process(int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0]))
            return [server, *server.children(recursive=True)]
        except (OSError, ValueError, psutil.NoSuchProcess):
            return []

    def _gather(self, doomed: list[psutil.Process]) -> None:
        for process, _ in self.servers:
            process.wait(10)
        self.servers.clear()
        psutil.wait_procs(doomed, timeout=10)


@pytest.fixture(scope="module")
def served(new_folder: Callable[[], Path]) -> Iterator[Served]:
    folder = new_folder()
    running = Served(folder)
    try:
        running.start()
        with closing(open_embedded(folder)) as door:
            running.consultation, _ = _open_consultation(door)
        yield running
    finally:
        running.stop()


def is_healthy(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def item(consultation: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {
        "id": str(uuid.uuid4()), "consultation": consultation, "questionnaire": "bench", "version": "1", "language": "vi",
        "card": None, "assent": {"version": 1, "given": True}, "started_at": now, "finished_at": now,
        "device": str(uuid.uuid4()), "receipt": uuid.uuid4().hex[:10].upper(),
        "answers": {f"q{n}": "b" for n in range(1, 12)} | {"wish": "Em mong đường tới trường có đèn."},
    }  # fmt: skip


def send(client: httpx.Client, address: str, items: Sequence[dict[str, Any]]) -> list[str]:
    """The verdicts; a busy server is asked again, as a tablet does."""
    for _ in range(20):
        answer = client.post(f"{address}/api/submissions", json={"submissions": items}, timeout=30)
        if answer.status_code == 200:
            return [result["verdict"] for result in answer.json()["results"]]
        assert answer.status_code == 503, answer.text
        time.sleep(0.2)
    raise AssertionError("the server stayed busy")


def test_the_same_submission_over_two_processes_is_one_row(served: Served) -> None:
    addresses = [served.servers[0][1], served.start()]
    sent: list[dict[str, Any]] = []
    with httpx.Client() as client, ThreadPoolExecutor(10) as pool:
        in_series = item(served.consultation)
        verdicts = [
            send(client, address, [in_series])[0] for address in itertools.islice(itertools.cycle(addresses), 5)
        ]
        assert verdicts == ["created", "duplicate", "duplicate", "duplicate", "duplicate"]
        sent.append(in_series)

        for _ in range(10):
            in_parallel = item(served.consultation)
            together = threading.Barrier(5)

            def at_once(
                address: str, one: dict[str, Any] = in_parallel, together: threading.Barrier = together
            ) -> list[str]:
                together.wait(10)
                return send(client, address, [one])

            results = list(pool.map(at_once, itertools.islice(itertools.cycle(addresses), 5)))
            assert sorted(itertools.chain(*results)) == ["created", *["duplicate"] * 4]
            sent.append(in_parallel)

        # Two tablets that send the same submissions in opposite order wait for each other, and neither loses.
        many = [item(served.consultation) for _ in range(50)]
        batches = [(addresses[0], many), (addresses[1], many[::-1])] * 5
        results = list(pool.map(lambda batch: send(client, *batch), batches))
        counted = Counter(itertools.chain(*results))
        assert counted.keys() == {"created", "duplicate"}
        assert counted["created"] == 50
        sent.extend(many)
    rows = served.rows([one["id"] for one in sent])
    assert len(rows) == len(sent)
    assert set(rows.values()) == {1}


def test_the_server_outlives_its_database(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    address = served.servers[0][1]
    acknowledged: list[str] = []
    statuses: Counter[int] = Counter()
    slowest = 0.0
    back_after: float | None = None
    with httpx.Client(timeout=ANSWERS_WITHIN) as client:

        def one_more() -> int:
            nonlocal slowest
            made, begun = item(served.consultation), time.monotonic()
            answer = client.post(f"{address}/api/submissions", json={"submissions": [made]})
            slowest = max(slowest, time.monotonic() - begun)
            if answer.status_code == 200:
                assert answer.json()["results"][0]["verdict"] == "created"
                acknowledged.append(made["id"])
            else:
                assert answer.json()["error"] == "unavailable"
                assert "retry-after" in answer.headers
            return answer.status_code

        assert [one_more() for _ in range(20)] == [200] * 20
        served.kill_database()
        killed = time.monotonic()
        while back_after is None:
            status = one_more()
            statuses[status] += 1
            back_after = time.monotonic() - killed if status == 200 else None
            assert time.monotonic() - killed < BACK_WITHIN, "the database did not come back"
        assert statuses.keys() == {503, 200}
        assert [one_more() for _ in range(20)] == [200] * 20
        assert client.get(f"{address}/health").status_code == 200
    assert set(served.rows(acknowledged)) == set(acknowledged)
    with capsys.disabled():
        print(f" [{statuses[503]} × 503, back after {back_after:.1f} s, slowest answer {slowest:.1f} s]", end="")


def test_health_tells_at_once_that_the_database_cannot_come_back(served: Served) -> None:
    address = served.servers[0][1]
    postgres = served.folder / "postgres"
    served.kill_database()
    aside = postgres.rename(served.folder / "aside")
    postgres.write_text("in the way")
    try:
        for _ in range(3):
            begun = time.monotonic()
            answer = httpx.get(f"{address}/health", timeout=ANSWERS_WITHIN)
            assert answer.status_code == 503
            assert time.monotonic() - begun < TOLD_WITHIN
            assert httpx.get(f"{address}/join", timeout=TOLD_WITHIN).status_code == 200, "pages go on"
    finally:
        postgres.unlink()
        aside.rename(postgres)
    deadline = time.monotonic() + BACK_WITHIN
    while not is_healthy(address):
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_sudden_death_loses_nothing_that_was_acknowledged(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    items = [item(served.consultation) for _ in range(SUBMISSIONS)]
    batches = [items[start : start + TOGETHER] for start in range(0, SUBMISSIONS, TOGETHER)]
    address = served.servers[0][1]
    acknowledged: list[str] = []
    a_third = threading.Event()
    waiting = iter(batches)
    turn = threading.Lock()

    def tablet() -> None:
        with httpx.Client(timeout=30) as client:
            while True:
                with turn:
                    batch = next(waiting, None)
                if batch is None:
                    return
                try:
                    answer = client.post(f"{address}/api/submissions", json={"submissions": batch})
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    acknowledged.extend(result["id"] for result in answer.json()["results"])
                if len(acknowledged) >= SUBMISSIONS // 3:
                    a_third.set()

    tablets = [threading.Thread(target=tablet, daemon=True) for _ in range(CLIENTS)]
    for one in tablets:
        one.start()
    assert a_third.wait(60)
    served.kill_everything()
    for one in tablets:
        one.join(40)
    assert SUBMISSIONS // 3 <= len(acknowledged) < SUBMISSIONS, "the power fails in the middle"

    begun = time.monotonic()
    address = served.start()
    restarted = time.monotonic() - begun
    kept = served.rows([one["id"] for one in items])
    assert set(acknowledged) <= kept.keys()
    assert set(kept.values()) == {1}
    with httpx.Client() as client:
        verdicts = [verdict for batch in batches for verdict in send(client, address, batch)]
    assert Counter(verdicts) == {"duplicate": len(kept), "created": SUBMISSIONS - len(kept)}
    assert len(served.rows([one["id"] for one in items])) == SUBMISSIONS
    with capsys.disabled():
        print(f" [acknowledged {len(acknowledged)}, kept {len(kept)}, restarted in {restarted:.1f} s]", end="")


# Attachments

FILES, PART = 12, 20_000


@dataclass
class Voice:
    """A child's voice on a tablet, and how much of it the server has acknowledged."""

    submission: str
    name: str
    content: bytes
    acknowledged: int = 0
    is_stored: bool = False

    def send_one(self, client: httpx.Client, address: str) -> None:
        """One part, from where the server says that it is."""
        url = f"{address}/api/attachments/{self.submission}/{self.name}"
        offset = int(client.head(url).headers["upload-offset"])
        assert offset >= self.acknowledged, "what was acknowledged is kept"
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        answer = client.patch(url, content=self.content[offset : offset + PART], headers=headers)
        if answer.status_code == 204:
            self.acknowledged = int(answer.headers["upload-offset"])
            self.is_stored = answer.headers.get("upload-stored") == "true"


def open_with_files(folder: Path) -> str:
    """The id of an open consultation whose form asks for voices."""
    with closing(open_embedded(folder)) as door:
        asking = door.as_user(door.sign_in(EMAIL, PASSWORD).token)
        definition = read_questionnaire(FORM_TEXT.encode(), name="tep.md").to_json()
        asking.write(
            "questionnaire", [{"id": FORM, "version": "1", "title": definition["title"], "definition": definition}]
        )
        made = asking.call(
            "create_consultation", title="Tệp", commune="29242", school=None,
            held_on=datetime.now(UTC).date().isoformat(), questionnaire_id=FORM, questionnaire_version="1", min_age=7,
            max_age=15, expected=100,
        )[0]["id"]  # fmt: skip
        asking.call("open_consultation", consultation=made)
        door.add_staff("officer@example.org", PASSWORD, "Chị Thảo", "protection_officer")
    return str(made)


def test_sudden_death_in_the_middle_of_an_upload_keeps_what_was_acknowledged(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    consultation = open_with_files(served.folder)
    address = served.servers[0][1]
    voices: list[Voice] = []
    with httpx.Client() as client:
        for _ in range(FILES):
            content = content_of("webm", 300_000)
            one = announcement("tieng", "webm", content)
            answers = {"tieng": one["name"]}
            sent = {**item(consultation), "questionnaire": FORM, "answers": answers, "attachments": [one]}
            assert send(client, address, [sent]) == ["created"]
            voices.append(Voice(sent["id"], one["name"], content))
    some = threading.Event()

    def tablet(mine: list[Voice]) -> None:
        with httpx.Client(timeout=30) as client:
            while not all(voice.is_stored for voice in mine):
                try:
                    for voice in mine:
                        voice.send_one(client, address)
                except (httpx.HTTPError, KeyError):
                    return
                if sum(voice.acknowledged for voice in voices) > 150_000 * FILES:
                    some.set()

    tablets = [threading.Thread(target=tablet, args=(voices[n::CLIENTS],), daemon=True) for n in range(CLIENTS)]
    for one_tablet in tablets:
        one_tablet.start()
    assert some.wait(60)
    served.kill_everything()
    for one_tablet in tablets:
        one_tablet.join(40)
    acknowledged = sum(voice.acknowledged for voice in voices)
    assert 150_000 * FILES < acknowledged < 300_000 * FILES, "the power fails in the middle"

    address = served.start()
    with httpx.Client(timeout=30) as client:
        for voice in voices:
            while not voice.is_stored:
                voice.send_one(client, address)
        ids = [voice.submission for voice in voices]
        arrived = client.post(f"{address}/api/arrivals", json={"ids": ids}).json()["arrived"]
    assert {one["id"] for one in arrived if one["complete"]} == set(ids)
    with closing(open_embedded(served.folder)) as door:
        officer = door.as_user(door.sign_in("officer@example.org", PASSWORD).token)
        for voice in voices:
            assert officer.read_file("attachment", voice.name) == voice.content
    with capsys.disabled():
        print(f" [{acknowledged // 1000} of {300 * FILES} kB acknowledged before]", end="")
