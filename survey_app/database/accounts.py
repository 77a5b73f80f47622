"""Staff accounts and tokens of the embedded database; at Supabase these are Supabase Auth's.

Passwords are kept as Argon2id hashes (RFC 9106). Tokens are JWTs with the claims that Supabase gives.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from psycopg import Connection

from survey_app.database.contract import Session
from survey_app.database.errors import SignInExpired, SignInRefused

WORKING_DAY = timedelta(hours=12)
ATTEMPTS_BEFORE_LOCK = 8
LOCK = timedelta(minutes=5)
SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()
_NOBODYS_HASH = _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class Claims:
    """Who a token speaks for."""

    user_id: UUID
    token_id: UUID
    expires_at: datetime

    def as_request(self) -> dict[str, str]:
        """The claims as PostgREST hands them to the database."""
        return {"sub": str(self.user_id), "role": "authenticated"}


def add_account(connection: Connection[tuple[object, ...]], email: str, password: str) -> UUID:
    """Add an account, or give an existing one this password. Raises ValueError when the password is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"the password needs at least {SHORTEST_PASSWORD} characters")
    if "@" not in email.strip("@ "):
        raise ValueError(f"{email!r} is not an e-mail address")
    row = connection.execute(
        "insert into auth.users (email, password_hash) values (%s, %s) "
        "on conflict (email) do update set password_hash = excluded.password_hash, failed_attempts = 0, locked_until = null "
        "returning id",
        (email.strip().lower(), _hasher.hash(password)),
    ).fetchone()
    if row is None or not isinstance(row[0], UUID):
        raise RuntimeError("the account was not stored")
    return row[0]


def sign_in(connection: Connection[tuple[object, ...]], secret: str, email: str, password: str) -> Session:
    """A session for the right password. Raises SignInRefused; many wrong ones lock the account for a few minutes."""
    row = connection.execute(
        "select id, password_hash, locked_until > now() from auth.users where email = %s", (email.strip().lower(),)
    ).fetchone()
    user_id, password_hash, locked = row or (None, _NOBODYS_HASH, False)
    if locked:
        raise SignInRefused("locked")
    try:
        # An unknown address costs the same time as a wrong password, so that nobody can list the accounts.
        _hasher.verify(str(password_hash), password)
        right = isinstance(user_id, UUID)
    except (VerificationError, InvalidHashError):
        right = False
    if not right or not isinstance(user_id, UUID):
        connection.execute(
            "update auth.users set failed_attempts = failed_attempts + 1, "
            "locked_until = case when (failed_attempts + 1) %% %s = 0 then now() + %s end where id = %s",
            (ATTEMPTS_BEFORE_LOCK, LOCK, user_id),
        )
        raise SignInRefused("credentials")
    connection.execute(
        "update auth.users set failed_attempts = 0, locked_until = null, last_sign_in_at = now() where id = %s",
        (user_id,),
    )
    return issue_token(secret, user_id)


def issue_token(secret: str, user_id: UUID, lifetime: timedelta = WORKING_DAY) -> Session:
    """A signed token for an account."""
    expires_at = datetime.now(UTC) + lifetime
    claims = {
        "sub": str(user_id),
        "role": "authenticated",
        "aud": "authenticated",
        "exp": expires_at,
        "jti": str(uuid4()),
    }
    return Session(jwt.encode(claims, secret, algorithm="HS256"), expires_at)


def read_token(secret: str, token: str) -> Claims:
    """The claims of one of our tokens. Raises SignInExpired for any other."""
    try:
        claims = jwt.decode(
            token, secret, algorithms=["HS256"], audience="authenticated", options={"require": ["exp", "sub", "jti"]}
        )
        return Claims(UUID(claims["sub"]), UUID(claims["jti"]), datetime.fromtimestamp(claims["exp"], UTC))
    except (jwt.InvalidTokenError, ValueError) as error:
        raise SignInExpired(str(error)) from error
