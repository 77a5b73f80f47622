"""The light public side as one ASGI application: pages, web form, API. Everything but /staff."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from survey_app import running
from survey_app.api.answers import error_answer, json_answer
from survey_app.api.attachments import Attachments
from survey_app.api.data_for_others import DataForOthers
from survey_app.api.feedback import FeedbackRoutes
from survey_app.api.intake import Intake
from survey_app.api.media import Media
from survey_app.api.openapi import description
from survey_app.api.public_pages import PublicPages, accounts_fragment
from survey_app.api.sign_in import SignIn
from survey_app.api.submission_queue import SubmissionQueue
from survey_app.api.tablets import Tablets, ping
from survey_app.api.throttle import (
    FIGURES_A_MINUTE,
    UNKNOWN_FILES_A_MINUTE,
    WITHDRAWALS_A_MINUTE,
    WRONG_CODES_A_MINUTE,
    WRONG_TOKENS_A_MINUTE,
    Throttle,
)
from survey_app.api.webform_files import WebformFiles
from survey_app.database import Door
from survey_app.demonstration import ACCOUNTS
from survey_app.settings import Settings

STAFF_PATH = "/staff"


def public_side(door: Door, settings: Settings) -> Starlette:
    """The application for this door."""
    anonymous = door.as_anonymous()
    intake = Intake(door)
    attachments = Attachments(anonymous, door.submission_secret, Throttle(UNKNOWN_FILES_A_MINUTE))
    media = Media(anonymous, Throttle(UNKNOWN_FILES_A_MINUTE))
    tablets = Tablets(
        anonymous,
        intake,
        SubmissionQueue(intake),
        attachments,
        Throttle(WRONG_CODES_A_MINUTE),
        Throttle(WITHDRAWALS_A_MINUTE),
    )
    feedback = FeedbackRoutes(anonymous, tablets.wrong_codes, tablets.withdrawals)
    pages = PublicPages(
        WebformFiles(),
        anonymous,
        settings,
        tablets.wrong_codes,
        lambda: accounts_fragment([(a.role, a.email, a.password) for a in ACCOUNTS]),
    )
    data = DataForOthers(anonymous, door.submission_secret, Throttle(WRONG_TOKENS_A_MINUTE), Throttle(FIGURES_A_MINUTE))
    signing_in = SignIn(door)
    described = description()

    async def openapi(_request: Request) -> Response:
        return json_answer(described)

    async def not_found(request: Request, _error: Exception) -> Response:
        if request.url.path.startswith("/api/"):
            return error_answer(request, "unknown_address", 404)
        return await pages.not_found(request)

    async def not_allowed(request: Request, error: Exception) -> Response:
        allowed = error.headers if isinstance(error, HTTPException) else None
        return error_answer(request, "wrong_method", 405, dict(allowed or {}))

    async def broken(request: Request, _error: Exception) -> Response:
        return error_answer(request, "broken", 500)

    return Starlette(
        routes=[
            Route("/api/submissions", tablets.submissions, methods=["POST"]),
            Route("/api/presence", tablets.presence, methods=["POST"]),
            Route("/api/ping", ping),
            Route("/api/consultations/{code}", tablets.consultation),
            Route("/api/withdrawals", tablets.withdrawal, methods=["POST"]),
            Route("/api/attachments/{submission}/{name}", attachments.state, methods=["HEAD"]),
            Route("/api/attachments/{submission}/{name}", attachments.part, methods=["PATCH"]),
            Route("/api/arrivals", attachments.arrivals, methods=["POST"]),
            Route("/api/feedback", feedback.by_receipt, methods=["POST"]),
            Route("/api/feedback/ratings", feedback.rating, methods=["POST"]),
            Route("/api/feedback/{code}", feedback.by_code),
            Route("/api/communes-with-feedback", feedback.communes),
            Route("/api/communes/{code}/feedback", feedback.of_commune),
            Route("/api/community-surveys", tablets.community_surveys),
            Route("/api/data/indicators", data.indicators),
            Route("/api/data/metadata", data.metadata),
            Route("/api/openapi.json", openapi),
            Route("/health", tablets.health),
            Route("/", pages.home),
            Route("/join", pages.join),
            Route("/join/{code}", pages.join),
            Route("/feedback", pages.feedback),
            Route("/feedback/{code}", pages.feedback),
            Route("/feedback/commune/{code}", pages.feedback),
            Route("/withdraw", pages.withdraw),
            Route("/poster/{code}", pages.poster),
            Route("/sign-in", pages.sign_in),
            Route("/sign-out", pages.sign_out),
            Route("/auth/sign-in", signing_in.sign_in, methods=["POST"]),
            Route("/auth/sign-out", signing_in.sign_out, methods=["POST"]),
            Route("/webform/media/{name}", media.file),
            Route("/webform/{name}", pages.file),
            Route("/sw.js", pages.service_worker),
            Route("/manifest.webmanifest", pages.manifest),
            Route(STAFF_PATH, pages.staff),
        ],
        exception_handlers={404: not_found, 405: not_allowed, 500: broken},
    )


class PublicSideFirst:
    """Hands to Streamlit only what is its own, so that a tablet's request never passes through Streamlit's layers."""

    def __init__(self, app: ASGIApp) -> None:
        self._streamlit = app
        self._public: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(STAFF_PATH + "/"):
            await self._streamlit(scope, receive, send)
            return
        if self._public is None:
            self._public = public_side(running.door(), running.settings())
        await self._public(scope, receive, send)
