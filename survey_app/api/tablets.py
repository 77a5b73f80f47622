"""The tablets' routes: read a consultation, send submissions, tell how things stand, take answers back."""

from __future__ import annotations

import gzip
import time
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from survey_app.api.answers import error_answer, json_answer, reason_text, slow_down_answer, unavailable_answer
from survey_app.api.attachments import Attachments
from survey_app.api.intake import Intake
from survey_app.api.patience import asked_patiently
from survey_app.api.request_body import BadRequest, read_as, read_body
from survey_app.api.submission import LARGEST_BODY, Item, RefusedItem, read_batch
from survey_app.api.submission_queue import SubmissionQueue
from survey_app.api.throttle import Throttle, address_of
from survey_app.api.webform_files import compressed_answer
from survey_app.database import Database, DatabaseError, InvalidData, Unavailable


class Presence(msgspec.Struct, frozen=True):
    """What a tablet says of itself."""

    consultation: UUID
    device: UUID
    begun: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    answering: bool
    sent: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    waiting: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    question: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    of: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    card: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2,8}[0-9]{4}$")] | None = None
    """Of the child who is on it, or has just left it."""
    state: Literal["joined", "answering", "waiting", "left"] | None = None
    """Where this card stands; waiting: done, and not sent yet."""


class Withdrawal(msgspec.Struct, frozen=True):
    """The receipt that a child got at the end."""

    receipt: Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z -]{8,24}$")]


@dataclass(frozen=True)
class Tablets:
    """What the routes work with."""

    database: Database
    intake: Intake
    queue: SubmissionQueue
    attachments: Attachments
    wrong_codes: Throttle
    withdrawals: Throttle

    async def consultation(self, request: Request) -> Response:
        """GET /api/consultations/{code}"""
        code = request.path_params["code"]
        address = address_of(request)
        if self.wrong_codes.is_exhausted(address):
            return slow_down_answer(request)
        if not (len(code) == 6 and code.isascii() and code.isdigit()):
            return error_answer(request, "unknown_code", 404)
        try:
            rows = await run_in_threadpool(self.database.call, "consultation_by_code", code=code)
        except Unavailable:
            return unavailable_answer(request)
        if not rows:
            self.wrong_codes.miss(address)
            return error_answer(request, "unknown_code", 404)
        found = rows[0]["consultation"]
        if found["status"] != "open":
            return error_answer(request, "closed", 410)
        content = msgspec.json.encode(found)
        headers = {"Cache-Control": "no-cache", "Content-Type": "application/json", "Vary": "Accept-Encoding"}
        # A third of the size: on a thin link this is what the child waits for.
        return compressed_answer(request, content, gzip.compress(content, 6), headers)

    async def submissions(self, request: Request) -> Response:
        """POST /api/submissions"""
        try:
            body = await read_body(request, LARGEST_BODY)
            sent_at, items = read_batch(body)
        except BadRequest as error:
            return error_answer(request, error.code, error.status)
        try:
            verdicts = await self._verdicts(items, sent_at)
        except Unavailable:
            return unavailable_answer(request)
        return json_answer({"results": [_result(request, number, verdict) for number, verdict in enumerate(verdicts)]})

    async def _verdicts(self, items: list[Item | RefusedItem], sent_at: str | None) -> list[dict[str, Any]]:
        verdicts: list[dict[str, Any]] = []
        to_store: list[tuple[int, bytes]] = []
        for number, item in enumerate(items):
            checked = item if isinstance(item, RefusedItem) else await self._checked(item, sent_at)
            if isinstance(checked, RefusedItem):
                verdicts.append({"id": checked.id, "verdict": "refused", "reason": checked.reason})
                continue
            verdicts.append({"id": item.id})
            to_store.append((number, checked))
        if to_store:
            rows = await self.queue.store([checked for _, checked in to_store])
            for (number, _), row in zip(to_store, rows, strict=True):
                verdicts[number].update(verdict=row["verdict"], reason=row["reason"])
        return verdicts

    async def _checked(self, item: Item, sent_at: str | None) -> bytes | RefusedItem:
        try:
            checked = self.intake.checked(item, sent_at)
            if checked is None and await run_in_threadpool(self.intake.learn, item.consultation):
                checked = self.intake.checked(item, sent_at)
        except RecursionError:
            return RefusedItem(item.id, "not_readable")
        return checked or RefusedItem(item.id, "unknown_consultation")

    async def presence(self, request: Request) -> Response:
        """POST /api/presence"""
        try:
            told = await read_as(request, LARGEST_BODY, Presence)
        except BadRequest as error:
            return error_answer(request, error.code, error.status)
        try:
            await run_in_threadpool(
                self.database.call,
                "report_presence",
                consultation=str(told.consultation),
                device=str(told.device),
                begun=told.begun,
                answering=told.answering,
                question=told.question,
                question_count=told.of,
                sent=told.sent,
                waiting=told.waiting,
                card=told.card,
                state=told.state,
            )
        except Unavailable:
            return unavailable_answer(request, 30)
        return Response(status_code=204)

    async def withdrawal(self, request: Request) -> Response:
        """POST /api/withdrawals"""
        address = address_of(request)
        if self.withdrawals.is_exhausted(address):
            return slow_down_answer(request)
        try:
            told = await read_as(request, LARGEST_BODY, Withdrawal)
            receipt = told.receipt.replace(" ", "").replace("-", "")
            withdrawn = (await run_in_threadpool(self.database.call, "withdraw", receipt=receipt))[0]["withdraw"]
            if withdrawn:
                # Her answers are gone already; a file that cannot be removed now is removed later.
                await run_in_threadpool(self.attachments.tidy, now=True)
        except BadRequest as error:
            return error_answer(request, error.code, error.status)
        except InvalidData:
            return error_answer(request, "not_readable", 422)
        except Unavailable:
            return unavailable_answer(request)
        if not withdrawn:
            self.withdrawals.miss(address)
            return error_answer(request, "unknown_receipt", 404)
        return json_answer({"withdrawn": True})

    async def community_surveys(self, request: Request) -> Response:
        """GET /api/community-surveys"""
        try:
            return json_answer({"surveys": await run_in_threadpool(self.database.call, "community_surveys")})
        except Unavailable:
            return unavailable_answer(request)

    async def health(self, _request: Request) -> Response:
        """GET /health: whether the database can be written."""
        started = time.perf_counter()
        try:
            await asked_patiently(self.database.call, "health_check")
        except (DatabaseError, TimeoutError):
            return json_answer({"status": "unavailable", "database": "unavailable"}, 503)
        return json_answer(
            {"status": "ok", "database": "ok", "milliseconds": round((time.perf_counter() - started) * 1000, 1)}
        )


async def ping(_request: Request) -> Response:
    """GET /api/ping: a body that a captive portal does not give."""
    return json_answer({"survey_app": "pong"})


def _result(request: Request, number: int, verdict: dict[str, Any]) -> dict[str, Any]:
    result = {"index": number, "id": verdict["id"], "verdict": verdict["verdict"]}
    if verdict["reason"] is not None:
        result["reason"] = verdict["reason"]
        result["message"] = reason_text(request, verdict["reason"])
    return result
