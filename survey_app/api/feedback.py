"""What children read of the answers to them: by join code, by receipt, by commune; and the faces they answer with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from survey_app.api.answers import error_answer, json_answer, slow_down_answer, unavailable_answer
from survey_app.api.request_body import BadRequest, read_as
from survey_app.api.throttle import Throttle, address_of
from survey_app.database import Database, InvalidData, Row, Unavailable

LARGEST_BODY = 4096
Receipt = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z -]{8,24}$")]


class FeedbackAsked(msgspec.Struct, frozen=True):
    """The receipt that a child got at the end; in a body, so that it stays out of addresses and logs."""

    receipt: Receipt


class FeedbackRating(msgspec.Struct, frozen=True):
    """A face: 3 good, 2 so-so, 1 not good. One for each child and answer; the last one holds."""

    commitment: UUID
    rating: Annotated[int, msgspec.Meta(ge=1, le=3)]
    device: UUID
    receipt: Receipt | None = None


@dataclass(frozen=True)
class FeedbackRoutes:
    """What the routes work with."""

    database: Database
    wrong_codes: Throttle
    wrong_receipts: Throttle

    async def by_code(self, request: Request) -> Response:
        """GET /api/feedback/{code}"""
        code = request.path_params["code"]
        address = address_of(request)
        if self.wrong_codes.is_exhausted(address):
            return slow_down_answer(request)
        if not (len(code) == 6 and code.isascii() and code.isdigit()):
            return error_answer(request, "unknown_code", 404)
        try:
            found = await run_in_threadpool(self.database.call, "feedback_by_code", code=code)
        except Unavailable:
            return unavailable_answer(request)
        if not found:
            self.wrong_codes.miss(address)
            return error_answer(request, "unknown_code", 404)
        return json_answer(found[0]["feedback"])

    async def by_receipt(self, request: Request) -> Response:
        """POST /api/feedback"""
        address = address_of(request)
        if self.wrong_receipts.is_exhausted(address):
            return slow_down_answer(request)
        try:
            asked = await read_as(request, LARGEST_BODY, FeedbackAsked)
            found = await run_in_threadpool(self.database.call, "feedback_by_receipt", receipt=_plain(asked.receipt))
        except BadRequest as error:
            return error_answer(request, error.code, error.status)
        except Unavailable:
            return unavailable_answer(request)
        if not found:
            self.wrong_receipts.miss(address)
            return error_answer(request, "unknown_receipt", 404)
        return json_answer(found[0]["feedback"])

    async def of_commune(self, request: Request) -> Response:
        """GET /api/communes/{code}/feedback"""
        code = request.path_params["code"]
        found: list[Row] = []
        if 2 <= len(code) <= 5 and code.isascii() and code.isdigit():
            try:
                found = await run_in_threadpool(self.database.call, "feedback_of_commune", commune=code)
            except Unavailable:
                return unavailable_answer(request)
        return json_answer({"consultations": [row["feedback"] for row in found]})

    async def communes(self, request: Request) -> Response:
        """GET /api/communes-with-feedback"""
        try:
            return json_answer({"communes": await run_in_threadpool(self.database.call, "communes_with_feedback")})
        except Unavailable:
            return unavailable_answer(request)

    async def rating(self, request: Request) -> Response:
        """POST /api/feedback/ratings"""
        try:
            told = await read_as(request, LARGEST_BODY, FeedbackRating)
            arguments: dict[str, Any] = {
                "commitment": str(told.commitment),
                "rating": told.rating,
                "device": str(told.device),
                "receipt": None if told.receipt is None else _plain(told.receipt),
            }
            kept = (await run_in_threadpool(self.database.call, "rate_feedback", **arguments))[0]["rate_feedback"]
        except BadRequest as error:
            return error_answer(request, error.code, error.status)
        except InvalidData:
            return error_answer(request, "not_readable", 422)
        except Unavailable:
            return unavailable_answer(request)
        return json_answer({"counted": True}) if kept else error_answer(request, "not_published", 404)


def _plain(receipt: str) -> str:
    return receipt.replace(" ", "").replace("-", "")
