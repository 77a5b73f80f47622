"""Drawings, photos and voices that follow a submission, in parts that any process may take: the core of tus 1.0.

https://tus.io/protocols/resumable-upload#core-protocol. What was acknowledged is in the database. When all of it is there
and is what was announced, it is kept as a file and then noted as stored; a process that dies in between leaves it to the
next request for the same attachment, or to whoever tidies up next.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
import threading
import time
from typing import Annotated, Any
from uuid import UUID

import msgspec
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from survey_app.api.announced import NAME
from survey_app.api.answers import error_answer, json_answer, slow_down_answer, unavailable_answer
from survey_app.api.request_body import BadRequest, read_as, read_body
from survey_app.api.submission import LARGEST_BODY
from survey_app.api.throttle import Throttle, address_of
from survey_app.database import Database, DatabaseError, NotAllowed, Unavailable
from survey_app.database.voucher import voucher

BUCKET = "attachment"
LARGEST_PART = 256 * 1024
PART_TYPE = "application/offset+octet-stream"
STORED_TOGETHER = 3
"""Attachments that a process moves at once: each is in memory as a whole."""
TIDIED_EVERY = 30.0
SETTLED_TOGETHER = 50
"""Files that the database names at once to be removed."""
MOST_ARRIVALS = 500

_NAME = re.compile(NAME, re.ASCII)

_log = logging.getLogger(__name__)


class Arrivals(msgspec.Struct, frozen=True):
    """Submissions that a tablet asks after."""

    ids: Annotated[list[UUID], msgspec.Meta(max_length=MOST_ARRIVALS)]


class Attachments:
    """The routes of one door. Without its secret the database takes no attachments: tablets keep theirs."""

    def __init__(self, database: Database, secret: str | None, misses: Throttle) -> None:
        self._database = database
        self._secret = secret
        self._misses = misses
        self._moving = asyncio.Semaphore(STORED_TOGETHER)
        self._tidying = threading.Lock()
        self._tidied_at = float("-inf")

    async def state(self, request: Request) -> Response:
        """HEAD /api/attachments/{submission}/{name}: how far it is."""
        asked = self._asked(request)
        if isinstance(asked, Response):
            return _bare(asked)
        try:
            rows = await run_in_threadpool(self._call, "attachment_upload", asked[1], submission=asked[0])
        except Unavailable:
            return _bare(unavailable_answer(request))
        if not rows:
            self._misses.miss(address_of(request))
            return _bare(error_answer(request, "unknown_attachment", 404))
        if rows[0]["is_gone"]:
            return _bare(error_answer(request, "attachment_gone", 410))
        return _progress(rows[0]["received"], rows[0]["size"], is_stored=rows[0]["is_stored"])

    async def part(self, request: Request) -> Response:
        """PATCH /api/attachments/{submission}/{name}: the bytes from Upload-Offset on."""
        asked = self._asked(request)
        if isinstance(asked, Response):
            return asked
        if request.headers.get("content-type", "").split(";")[0].strip() != PART_TYPE:
            return error_answer(request, "not_a_part", 415)
        offset = request.headers.get("upload-offset", "")
        if not (offset.isascii() and offset.isdecimal() and len(offset) < 10):
            return error_answer(request, "no_offset", 400)
        try:
            content = await read_body(request, LARGEST_PART)
        except BadRequest as error:
            if error.status == 413:
                return error_answer(request, "part_too_large", 413)
            return error_answer(request, error.code, error.status)
        try:
            return await self._take(request, *asked, int(offset), content)
        except Unavailable:
            return unavailable_answer(request)

    async def arrivals(self, request: Request) -> Response:
        """POST /api/arrivals: which submissions are here, with all that belongs to them."""
        try:
            told = await read_as(request, LARGEST_BODY, Arrivals)
        except BadRequest as error:
            return error_answer(request, error.code, error.status)
        try:
            rows = await run_in_threadpool(self._database.call, "arrivals", ids=[str(each) for each in told.ids])
        except Unavailable:
            return unavailable_answer(request)
        answer = json_answer({"arrived": rows})
        answer.background = BackgroundTask(self.tidy)
        return answer

    def tidy(self, *, now: bool = False) -> int:
        """Finish what an interrupted process has left, and remove files of withdrawn attachments; at most every half minute.

        How many there were, up to SETTLED_TOGETHER and a few. What fails is left for the next time.
        """
        if self._secret is None or not self._tidying.acquire(blocking=now):
            return 0
        left: list[dict[str, Any]] = []
        try:
            if not now and time.monotonic() < self._tidied_at + TIDIED_EVERY:
                return 0
            self._tidied_at = time.monotonic()
            left = self._database.call("files_to_settle", voucher=voucher(self._secret, "attachments"))
            for row in left:
                try:
                    if row["is_erased"]:
                        self._erase(row["name"])
                    else:
                        self._move(row["name"])
                except Unavailable:
                    raise
                except DatabaseError:
                    # One that goes wrong every time must not keep the others waiting.
                    _log.exception("the file %s waits to be stored or removed", row["name"])
        except DatabaseError as error:
            _log.warning("files of attachments wait to be stored or removed: %s", error)
        finally:
            self._tidying.release()
        return len(left)

    def _asked(self, request: Request) -> tuple[str, str] | Response:
        """The submission's id and the attachment's name."""
        if self._misses.is_exhausted(address_of(request)):
            return slow_down_answer(request)
        if self._secret is None:
            return unavailable_answer(request)
        name = request.path_params["name"]
        try:
            submission = str(UUID(request.path_params["submission"]))
        except ValueError:
            submission = ""
        if not submission or not _NAME.fullmatch(name):
            self._misses.miss(address_of(request))
            return error_answer(request, "unknown_attachment", 404)
        return submission, name

    async def _take(self, request: Request, submission: str, name: str, offset: int, content: bytes) -> Response:
        taken = await run_in_threadpool(
            self._call,
            "keep_attachment_part",
            name,
            submission=submission,
            at=offset,
            content=base64.b64encode(content).decode(),
        )
        verdict, received, size = (taken[0][column] for column in ("verdict", "received", "size"))
        if verdict == "verified":
            async with self._moving:
                is_kept = await run_in_threadpool(self._move, name)
            verdict = "stored" if is_kept else "gone"
        match verdict:
            case "kept" | "stored":
                return _progress(received, size, is_stored=verdict == "stored", afterwards=BackgroundTask(self.tidy))
            case "unknown":
                self._misses.miss(address_of(request))
                return error_answer(request, "unknown_attachment", 404)
            case "gone":
                return error_answer(request, "attachment_gone", 410)
            case "wrong_offset":
                return error_answer(request, "wrong_offset", 409, {"Upload-Offset": str(received)})
            case "too_large":
                return error_answer(request, "attachment_too_large", 413)
            case "wrong_type":
                return error_answer(request, "attachment_wrong_type", 422)
            case _:
                return error_answer(request, "attachment_wrong_digest", 422)

    def _move(self, name: str) -> bool:
        """Keep a verified attachment as a file and note it; False when it was withdrawn meanwhile."""
        found = self._call("verified_attachment", name)
        if found:
            try:
                self._database.keep_file(
                    BUCKET, name, base64.b64decode(found[0]["content"]), str(found[0]["media_type"])
                )
            except NotAllowed:
                # Another process has stored it just now, or a child has taken it back.
                _log.info("attachment %s is not to be kept any more", name)
        if self._call("attachment_stored", name)[0]["attachment_stored"]:
            return True
        self._erase(name)
        return False

    def _erase(self, name: str) -> None:
        self._database.remove_file(BUCKET, name)
        self._call("file_erased", name)

    def _call(self, function: str, name: str, **arguments: Any) -> list[dict[str, Any]]:
        vouched = voucher(self._secret or "", f"attachment {name}")
        return self._database.call(function, name=name, voucher=vouched, **arguments)


def _progress(received: int, size: int, *, is_stored: bool, afterwards: BackgroundTask | None = None) -> Response:
    headers = {
        "Tus-Resumable": "1.0.0",
        "Cache-Control": "no-store",
        "Upload-Offset": str(received),
        "Upload-Length": str(size),
    }
    if is_stored:
        headers["Upload-Stored"] = "true"
    return Response(status_code=204, headers=headers, background=afterwards)


def _bare(answer: Response) -> Response:
    """The same without its body, which nobody reads of a HEAD."""
    headers = {name: answer.headers[name] for name in ("retry-after", "cache-control") if name in answer.headers}
    return Response(status_code=answer.status_code, headers=headers)
