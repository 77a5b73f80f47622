"""JSON answers of the API: the shape of its errors, and texts in the asker's language."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from survey_app.messages import text

LANGUAGES = ("vi", "km", "en")


def json_answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer that no cache on the way keeps."""
    return Response(
        msgspec.json.encode(content),
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        media_type="application/json",
    )


def error_answer(request: Request, code: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """{"error": code, "message": the catalogue's words for it}."""
    return json_answer({"error": code, "message": reason_text(request, code)}, status, headers)


def unavailable_answer(request: Request, again_after: int = 5) -> Response:
    """The database cannot be reached; the tablet asks again after so many seconds."""
    return error_answer(request, "unavailable", 503, {"Retry-After": str(again_after)})


def slow_down_answer(request: Request) -> Response:
    """This address has asked for too much that is not there."""
    return error_answer(request, "slow_down", 429, {"Retry-After": "60"})


def reason_text(request: Request, code: str) -> str:
    """The words for a reason code in the language that the request prefers."""
    return text("api", language_of(request), code)


def language_of(request: Request) -> str:
    """The first of our languages that the request accepts; Vietnamese when it names none."""
    for part in request.headers.get("accept-language", "").split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in LANGUAGES:
            return language
    return "vi"
