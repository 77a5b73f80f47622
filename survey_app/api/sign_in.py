"""Staff sign in and out; the token travels in a cookie that no script can read."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from survey_app.api.request_body import BadRequest, read_body
from survey_app.database import Door, SignInRefused, Unavailable

COOKIE = "session"
LARGEST_FORM = 10_000


class SignIn:
    """The routes of one door."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def sign_in(self, request: Request) -> Response:
        """POST /auth/sign-in: form fields email, password; on to /staff/, or back with the reason."""
        if not _is_from_here(request):
            return Response("cross-site request", 403, media_type="text/plain")
        try:
            fields = parse_qs((await read_body(request, LARGEST_FORM)).decode())
        except (BadRequest, UnicodeDecodeError, ValueError):
            fields = {}
        email, password = fields.get("email", [""])[0], fields.get("password", [""])[0]
        try:
            if not email or not password or "\0" in email + password:
                raise SignInRefused("credentials")
            session = await run_in_threadpool(self._door.sign_in, email, password)
        except SignInRefused as error:
            return RedirectResponse(f"/sign-in?error={error.reason}", 303)
        except Unavailable:
            return RedirectResponse("/sign-in?error=unavailable", 303)
        answer = RedirectResponse("/staff/", 303)
        answer.set_cookie(
            COOKIE,
            session.token,
            expires=session.expires_at,
            path="/",
            httponly=True,
            samesite="lax",
            secure=_is_https(request),
        )
        return answer

    async def sign_out(self, request: Request) -> Response:
        """POST /auth/sign-out: ends the session here and at the database."""
        if not _is_from_here(request):
            return Response("cross-site request", 403, media_type="text/plain")
        token = request.cookies.get(COOKIE)
        if token:
            try:
                await run_in_threadpool(self._door.sign_out, token)
            except Unavailable:
                return RedirectResponse("/sign-out?error=unavailable", 303)
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(COOKIE, path="/")
        return answer


def _is_https(request: Request) -> bool:
    return request.headers.get("x-forwarded-proto", request.url.scheme) == "https"


def _is_from_here(request: Request) -> bool:
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == request.headers.get("host")
    except ValueError:
        return False
