"""Reading a request's body without taking in more than it may hold."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

_Told = TypeVar("_Told")


class BadRequest(ValueError):
    """The whole body cannot be read; `code` is worded by the message catalogue."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


async def read_body(request: Request, largest: int) -> bytes:
    """The body. Raises BadRequest as soon as it is longer than `largest` bytes."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdecimal() and int(length[:20]) > largest:
        raise BadRequest("too_large", 413)
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > largest:
                raise BadRequest("too_large", 413)
            parts.append(part)
    except ClientDisconnect as error:
        raise BadRequest("not_json", 400) from error
    return b"".join(parts)


async def read_as(request: Request, largest: int, kind: type[_Told]) -> _Told:
    """The body as this type of msgspec's. Raises BadRequest when it is longer than `largest` bytes, or something else."""
    try:
        return msgspec.json.decode(await read_body(request, largest), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest("not_readable", 422) from error
