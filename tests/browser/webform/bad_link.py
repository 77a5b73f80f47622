"""The Wi-Fi of a school: a way to the server that fails one request in three and at times is gone altogether.

It stands between a tablet and the server as a proxy with a port of its own, so that the browser meets what it meets in
class: connections that break, confirmations that never arrive, requests that nobody answers.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PASSES, LOST, UNCONFIRMED = "passes", "lost before the server", "processed, but the answer lost"
FATES = (PASSES,) * 6 + (LOST,) * 2 + (UNCONFIRMED,)
"""One request in three fails, a third of those after the server has processed it."""


@dataclass
class Delivery:
    """A batch of submissions that reached the server; times are the test machine's."""

    ids: list[str]
    forwarded: float
    answered: float = float("inf")


@dataclass
class BadLink:
    """One tablet's way to the server. Good until `fails` is set; nothing comes through while `is_down`."""

    server_port: int
    chance: random.Random
    port: int = 0
    fails: bool = False
    is_down: bool = False
    deliveries: list[Delivery] = field(default_factory=list)
    fates: list[str] = field(default_factory=list)
    _deck: list[str] = field(default_factory=list)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _is_back: asyncio.Event = field(default_factory=asyncio.Event)
    _listening: asyncio.Server | None = None
    _loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def goes_down(self) -> None:
        """From now on requests get no answer at all."""
        self._is_back.clear()
        self.is_down = True

    def comes_back(self) -> None:
        """What was left hanging is broken off."""
        self.is_down = False
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._is_back.set)

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._listening is not None
        self._listening.close()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            request = await _message(reader)
            if self.is_down:
                await self._is_back.wait()
            elif request:
                fate = self._fate()
                answer = None if fate == LOST else await self._ask(request)
                if answer and fate == PASSES:
                    writer.write(_last_on_its_connection(answer))
                    await writer.drain()
                    writer.close()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            if not writer.is_closing():
                writer.transport.abort()

    def _fate(self) -> str:
        if not self.fails:
            return PASSES
        if not self._deck:
            self._deck = self.chance.sample(FATES, len(FATES))
        self.fates.append(self._deck.pop())
        return self.fates[-1]

    async def _ask(self, request: bytes) -> bytes | None:
        delivery = None
        if request.startswith(b"POST /api/submissions "):
            batch = json.loads(request.split(b"\r\n\r\n", 1)[1])
            delivery = Delivery([item["id"] for item in batch["submissions"]], time.time())
            self.deliveries.append(delivery)
        # A connection of its own: the server closes idle ones, which would be one more way to fail.
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self.server_port)
        to_server.write(request)
        answer = await _message(from_server, bodiless=request.startswith(b"HEAD "))
        to_server.close()
        if delivery and answer:
            delivery.answered = time.time()
        return answer


def _last_on_its_connection(answer: bytes) -> bytes:
    """Browsers quietly repeat what fails on a connection that has served before; here they may not."""
    head, body = answer.split(b"\r\n\r\n", 1)
    return head + b"\r\nConnection: close\r\n\r\n" + body


async def _message(reader: asyncio.StreamReader, bodiless: bool = False) -> bytes | None:
    """A whole request or answer with its body; None when the other side has closed."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:") and not bodiless:
            length = int(line.split(b":")[1])
        assert not line.startswith(b"transfer-encoding:"), "this link knows only bodies of a known length"
    return head + await reader.readexactly(length)


@contextmanager
def bad_links(server_port: int, number: int, seed: int) -> Iterator[list[BadLink]]:
    """So many links; each has its own luck, the same in every run."""
    links = [BadLink(server_port, random.Random(seed * 1000 + each)) for each in range(number)]
    ready, over = threading.Event(), asyncio.Event()

    async def run() -> None:
        for link in links:
            await link.start()
        ready.set()
        await over.wait()
        for link in links:
            await link.stop()

    loop = asyncio.new_event_loop()
    running = threading.Thread(target=lambda: asyncio.Runner(loop_factory=lambda: loop).run(run()), daemon=True)
    running.start()
    assert ready.wait(10)
    yield links
    loop.call_soon_threadsafe(over.set)
    running.join(10)
