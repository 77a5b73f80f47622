"""The figures for other systems: read only, with a token, and only what everybody may see."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from survey_app.api.answers import error_answer, json_answer
from survey_app.api.throttle import Throttle, address_of
from survey_app.database import Database, NotAllowed, Row, Unavailable
from survey_app.database.voucher import voucher

_TOKEN = re.compile(r"data_[0-9a-f]{64}")
_YEAR = re.compile(r"(?:19|20|21)[0-9]{2}", re.ASCII)
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}

_log = logging.getLogger(__name__)


class DataForOthers:
    """The routes of one door. Without its secret the database gives nothing."""

    def __init__(self, database: Database, secret: str | None, wrong_tokens: Throttle, asked: Throttle) -> None:
        self._database = database
        self._secret = secret
        self._wrong_tokens = wrong_tokens
        self._asked = asked
        # One at a time: whoever fetches all years at once does not slow down a class that is answering.
        self._reckoning = asyncio.Semaphore(1)

    async def indicators(self, request: Request) -> Response:
        """GET /api/data/indicators?year=2026&format=json|csv|dhis2|sdmx-json"""
        token = self._token(request)
        if isinstance(token, Response):
            return token
        year = request.query_params.get("year", "")
        kind = request.query_params.get("format", "json")
        if not _YEAR.fullmatch(year):
            return error_answer(request, "no_year", 422)
        if kind not in ("json", "csv", "dhis2", "sdmx-json"):
            return error_answer(request, "unknown_format", 422)
        return await self._answer(request, token, int(year), lambda told: _indicators(told, int(year), kind))

    async def metadata(self, request: Request) -> Response:
        """GET /api/data/metadata?format=json|dhis2"""
        token = self._token(request)
        if isinstance(token, Response):
            return token
        kind = request.query_params.get("format", "json")
        if kind not in ("json", "dhis2"):
            return error_answer(request, "unknown_format", 422)
        return await self._answer(request, token, None, lambda told: _metadata(told, kind))

    def _token(self, request: Request) -> str | Response:
        """What looks like a token of ours."""
        if self._wrong_tokens.is_exhausted(address_of(request)):
            return _too_often(request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return error_answer(request, "no_token", 401, {"WWW-Authenticate": "Bearer"})
        if not _TOKEN.fullmatch(token.strip()):
            return self._unknown(request)
        return token.strip()

    async def _answer(
        self, request: Request, token: str, year: int | None, made: Callable[[Row], Response]
    ) -> Response:
        if self._secret is None:
            return _unavailable(request)
        if self._asked.is_exhausted(token):
            return _too_often(request)
        try:
            rows = await run_in_threadpool(
                self._database.call,
                "data_for_token",
                token=token,
                for_year=year,
                voucher=voucher(self._secret, f"figures {token}"),
            )
        except NotAllowed:
            _log.error("the database does not take this application's SUBMISSION_SECRET, so others get no figures")
            return _unavailable(request)
        except Unavailable:
            return _unavailable(request)
        if not rows:
            return self._unknown(request)
        self._asked.miss(token)
        async with self._reckoning:
            return await run_in_threadpool(made, rows[0]["facts"])

    def _unknown(self, request: Request) -> Response:
        self._wrong_tokens.miss(address_of(request))
        return error_answer(request, "unknown_token", 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})


# What reckons is loaded when somebody asks for it: a tablet's server starts without.


def _indicators(told: dict[str, Any], year: int, kind: str) -> Response:
    from survey_app.data_for_others import dhis2, making, sdmx

    figures = making.figures_of(told, year)
    if kind == "csv":
        headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="indicators-{year}.csv"'}
        return Response(making.as_csv(figures), headers=headers, media_type="text/csv")
    if kind == "sdmx-json":
        content = msgspec.json.encode(sdmx.data_message(figures, datetime.now(UTC)))
        return Response(content, headers=_HEADERS, media_type=f"{sdmx.MEDIA_TYPE};version=2.0.0")
    return _json(dhis2.data_value_set(figures) if kind == "dhis2" else figures)


def _metadata(told: dict[str, Any], kind: str) -> Response:
    from survey_app.data_for_others import dhis2, making

    metadata = making.metadata_of(told)
    return _json(dhis2.data_elements(metadata) if kind == "dhis2" else metadata)


def _json(content: msgspec.Struct) -> Response:
    return json_answer(content, headers=_HEADERS)


def _too_often(request: Request) -> Response:
    return error_answer(request, "asked_too_often", 429, {"Retry-After": "60"})


def _unavailable(request: Request) -> Response:
    return error_answer(request, "figures_unavailable", 503, {"Retry-After": "30"})
