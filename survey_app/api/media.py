"""Pictures and sounds of questionnaires, and recordings of staff, as tablets fetch them: unchangeable under their names."""

from __future__ import annotations

import re
from collections import OrderedDict
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from survey_app.api.answers import error_answer, slow_down_answer, unavailable_answer
from survey_app.api.throttle import Throttle, address_of
from survey_app.api.webform_files import FOR_EVER
from survey_app.database import Database, NoSuchFile, Unavailable
from survey_app.media_types import MEDIA_TYPE_OF

BUCKET = "media"
MOST_REMEMBERED = 32 * 1024 * 1024
"""Bytes: a class of forty asks for the same files in the same minute."""

_NAME = re.compile(r"[0-9a-f]{32}\.([a-z0-9]+)", re.ASCII)
# No file is so long that more digits would mean anything.
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
_HEADERS = {
    "Cache-Control": FOR_EVER,
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    # A drawing (SVG) that somebody opens by itself must do nothing.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


class Media:
    """The route of one door; remembers what was asked for last."""

    def __init__(self, database: Database, misses: Throttle) -> None:
        self._database = database
        self._misses = misses
        self._remembered: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    async def file(self, request: Request) -> Response:
        """GET /webform/media/{name}, whole or a range of it."""
        name = request.path_params["name"]
        address = address_of(request)
        found = _NAME.fullmatch(name)
        media_type = MEDIA_TYPE_OF.get(found[1]) if found else None
        if media_type is None:
            return error_answer(request, "unknown_address", 404)
        etag = f'"{name}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag, "Cache-Control": FOR_EVER})
        if self._misses.is_exhausted(address):
            return slow_down_answer(request)
        try:
            content = self._remembered.get(name)
            if content is None:
                content = await run_in_threadpool(self._read, name)
        except NoSuchFile:
            self._misses.miss(address)
            return error_answer(request, "unknown_address", 404)
        except Unavailable:
            return unavailable_answer(request)
        headers = {**_HEADERS, "ETag": etag, "Content-Type": media_type}
        if "range" in request.headers and request.headers.get("if-range", etag) == etag:
            return _part(content, request.headers["range"], headers)
        return Response(content, headers=headers)

    def _read(self, name: str) -> bytes:
        content = self._database.read_file(BUCKET, name)
        with self._lock:
            if name not in self._remembered:
                self._remembered[name] = content
                self._size += len(content)
            while self._size > MOST_REMEMBERED:
                self._size -= len(self._remembered.popitem(last=False)[1])
        return content


def _part(content: bytes, asked: str, headers: dict[str, str]) -> Response:
    """One range (RFC 9110, 14.2); what cannot be read as one is answered with the whole."""
    size = len(content)
    found = _RANGE.fullmatch(asked.replace(" ", ""))
    if found is None or not (found[1] or found[2]):
        return Response(content, headers=headers)
    if found[1]:
        first, last = int(found[1]), min(int(found[2]), size - 1) if found[2] else size - 1
        if found[2] and int(found[2]) < first:
            return Response(content, headers=headers)
    else:
        first, last = max(0, size - int(found[2])), size - 1
    if first > last:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    return Response(
        content[first : last + 1], 206, headers={**headers, "Content-Range": f"bytes {first}-{last}/{size}"}
    )
