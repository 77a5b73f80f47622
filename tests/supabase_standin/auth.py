"""Supabase Auth's documented HTTP: signing in by password, who am I, signing out, and its error bodies.

Documentation: https://supabase.com/docs/reference/self-hosting-auth and /docs/guides/auth/debugging/error-codes.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import jwt
import psycopg
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

API_VERSION = "2024-01-01"
TOKEN_SECONDS = 3600
ATTEMPTS = 8


class Auth:
    """The routes under /auth/v1. Supabase limits attempts by address; here all come from one, so it is by account."""

    def __init__(self, conninfo: str, jwt_secret: str) -> None:
        self._conninfo = conninfo
        self._secret = jwt_secret
        self._sessions: set[str] = set()
        self._wrong: dict[str, int] = {}
        self.routes = [
            Route("/auth/v1/token", self._token, methods=["POST"]),
            Route("/auth/v1/user", self._user, methods=["GET"]),
            Route("/auth/v1/logout", self._logout, methods=["POST"]),
        ]

    def issue(self, user_id: str, lifetime: int = TOKEN_SECONDS) -> str:
        """An access token with a session of its own."""
        session, now = str(uuid4()), int(time.time())
        self._sessions.add(session)
        claims = {
            "aal": "aal1", "aud": "authenticated", "exp": now + lifetime, "iat": now, "role": "authenticated",
            "session_id": session, "sub": user_id,
        }  # fmt: skip
        return jwt.encode(claims, self._secret, algorithm="HS256")

    async def _token(self, request: Request) -> Response:
        try:
            given = await request.json()
        except ValueError:
            return _error(request, 400, "bad_json", "Could not parse request body as JSON")
        if request.query_params.get("grant_type") != "password":
            return _error(request, 400, "validation_failed", "unsupported_grant_type")
        return await run_in_threadpool(self._sign_in, request, str(given.get("email")), str(given.get("password")))

    def _sign_in(self, request: Request, email: str, password: str) -> Response:
        if self._wrong.get(email, 0) >= ATTEMPTS:
            return _error(request, 429, "over_request_rate_limit", "Request rate limit reached")
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            row = connection.execute("select id, password_hash from auth.users where email = %s", (email,)).fetchone()
        try:
            PasswordHasher().verify(row[1] if row else PasswordHasher().hash("nobody's"), password)
        except VerificationError:
            row = None
        if row is None:
            self._wrong[email] = self._wrong.get(email, 0) + 1
            return _error(request, 400, "invalid_credentials", "Invalid login credentials")
        self._wrong.pop(email, None)
        return JSONResponse(
            {
                "access_token": self.issue(str(row[0])),
                "token_type": "bearer",
                "expires_in": TOKEN_SECONDS,
                "expires_at": int(time.time()) + TOKEN_SECONDS,
                "refresh_token": uuid4().hex[:12],
                "user": _account(str(row[0]), email),
            }
        )

    async def _user(self, request: Request) -> Response:
        claims = self._session(request)
        return claims if isinstance(claims, Response) else JSONResponse(_account(claims["sub"], "somebody@example.org"))

    async def _logout(self, request: Request) -> Response:
        claims = self._session(request)
        if isinstance(claims, Response):
            return claims
        self._sessions.discard(claims["session_id"])
        return Response(status_code=204)

    def _session(self, request: Request) -> dict[str, Any] | Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return _error(request, 401, "no_authorization", "This endpoint requires a valid Bearer token")
        try:
            claims: dict[str, Any] = jwt.decode(token, self._secret, algorithms=["HS256"], audience="authenticated")
        except jwt.InvalidTokenError as error:
            return _error(request, 403, "bad_jwt", f"invalid JWT: unable to parse or verify signature, {error}")
        if claims.get("session_id") not in self._sessions:
            return _error(request, 403, "session_not_found", "Session from session_id claim in JWT does not exist")
        return claims


def _account(user_id: str, email: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {
        "id": user_id, "aud": "authenticated", "role": "authenticated", "email": email, "phone": "", "identities": [],
        "app_metadata": {"provider": "email", "providers": ["email"]}, "user_metadata": {}, "is_anonymous": False,
        "confirmed_at": now, "email_confirmed_at": now, "last_sign_in_at": now, "created_at": now, "updated_at": now,
    }  # fmt: skip


def _error(request: Request, status: int, code: str, message: str) -> Response:
    """Clients that name the API version get the newer body, others the older one."""
    if request.headers.get("x-supabase-api-version") == API_VERSION:
        headers = {"X-Supabase-Api-Version": API_VERSION}
        return JSONResponse({"code": code, "message": message}, status, headers)
    return JSONResponse({"code": status, "error_code": code, "msg": message}, status)
