"""A Supabase project, reached through its public HTTP door with the public key and the user's own token."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
import jwt
import pandas as pd
from postgrest import CountMethod, ReturnMethod
from pydantic import ValidationError
from storage3.exceptions import StorageApiError
from storage3.types import FileOptions
from supabase import (
    AuthApiError,
    AuthError,
    AuthInvalidCredentialsError,
    AuthRetryableError,
    AuthUnknownError,
    Client,
    ClientOptions,
    PostgrestAPIError,
)

from survey_app.database.contract import Condition, Database, Row, Session, comparison, same_columns, total_order
from survey_app.database.errors import (
    DatabaseError,
    InvalidData,
    NoSuchFile,
    NotAllowed,
    SignInExpired,
    SignInRefused,
    Unavailable,
    UnknownName,
    from_sqlstate,
)
from survey_app.database.files import check_content, check_digest, check_name
from survey_app.settings import Settings, SettingsError

TIMEOUT = httpx.Timeout(connect=3.0, read=20.0, write=10.0, pool=5.0)
PAUSES = (0.2, 0.8)
"""Seconds before a request is sent again."""
ROWS_ASKED = 1000
"""Supabase gives no more than this at once unless the project is set otherwise."""
READS_OF_A_CHANGING_VIEW = 3
TOKEN_TRUSTED_FOR = 60.0
"""Seconds until Supabase Auth is asked again whether a token's session was ended."""

_FILTERS = {"=": "eq", "!=": "isdistinct", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_NEVER_SENT: tuple[type[Exception], ...] = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_LOST = (httpx.NetworkError, httpx.RemoteProtocolError)
_Answer = TypeVar("_Answer")


def open_supabase(settings: Settings) -> SupabaseDoor:
    """The door to the project that the settings name; nothing is sent yet.

    Raises SettingsError when the address or the key cannot be used; only the public (anon, publishable) key may be given.
    """
    url, key = settings.supabase_url, settings.supabase_anon_key
    if not url or not key:
        raise SettingsError("SUPABASE_URL and SUPABASE_ANON_KEY go together: set both")
    if not url.startswith(("https://", "http://")):
        raise SettingsError(f"SUPABASE_URL is {url!r}; it must start with https://")
    if not key.isascii() or key.split() != [key]:
        raise SettingsError(
            "SUPABASE_ANON_KEY is not a key of a Supabase project; copy it from the project's API settings"
        )
    if key.startswith("sb_secret_") or _unverified(key).get("role") == "service_role":
        raise SettingsError(
            "SUPABASE_ANON_KEY holds the project's secret key, which passes all policies; put the public (anon) key"
        )
    return SupabaseDoor(url.rstrip("/"), key, settings.submission_secret)


class SupabaseDoor:
    """One pool of connections for all; a client of its own for each asker, so that no token serves a second user."""

    def __init__(self, url: str, anon_key: str, submission_secret: str | None) -> None:
        self.submission_secret = submission_secret
        self._url = url
        self._anon_key = anon_key
        # HTTP/2 connections of httpx may not be shared by threads; HTTP/1.1 ones are lent to one request at a time.
        self._http = httpx.Client(http2=False, timeout=TIMEOUT, event_hooks={"response": [_refuse_foreign_answer]})
        self._trusted: dict[bytes, float] = {}
        self._trusting = threading.Lock()

    def as_anonymous(self) -> Database:
        return SupabaseDatabase(self._client(self._anon_key))

    def as_user(self, token: str) -> Database:
        claims = _unverified(token)
        if claims.get("role") != "authenticated" or not isinstance(claims.get("exp"), int):
            raise SignInExpired("not a token of a signed-in user")
        if claims["exp"] <= time.time():
            raise SignInExpired("the token has expired")
        self._check_session(token)
        return SupabaseDatabase(self._client(token))

    def sign_in(self, email: str, password: str) -> Session:
        credentials = {"email": email.strip().lower(), "password": password}
        try:
            answer = self._client(self._anon_key).auth.sign_in_with_password(credentials)  # type: ignore[arg-type]
        except AuthInvalidCredentialsError as error:
            raise SignInRefused("credentials") from error
        except AuthApiError as error:
            if error.status == 429:
                raise SignInRefused("locked") from error
            if error.status in (400, 422):
                raise SignInRefused("credentials") from error
            raise _auth_error(error) from error
        except (AuthError, httpx.HTTPError, ValidationError) as error:
            raise _auth_error(error) from error
        if answer.session is None:
            raise Unavailable("Supabase Auth gave no session")
        token = answer.session.access_token
        return Session(token, datetime.fromtimestamp(_unverified(token)["exp"], UTC))

    def sign_out(self, token: str) -> None:
        if not _unverified(token):
            return
        with self._trusting:
            self._trusted.pop(_digest(token), None)
        try:
            # The user's own token ends the user's own session; this is no act of an administrator.
            self._client(self._anon_key).auth.admin.sign_out(token, "local")
        except AuthApiError as error:
            if error.status not in (401, 403, 404):
                raise _auth_error(error) from error
        except (AuthError, httpx.HTTPError) as error:
            raise _auth_error(error) from error

    def close(self) -> None:
        self._http.close()

    def _client(self, token: str) -> Client:
        options = ClientOptions(
            headers={"Authorization": f"Bearer {token}"},
            auto_refresh_token=False,
            persist_session=False,
            httpx_client=self._http,
            postgrest_client_retry=False,
        )
        return Client(self._url, self._anon_key, options)

    def _check_session(self, token: str) -> None:
        """A token outlives its session at Supabase, so ask Auth about the session, once a minute and token."""
        digest, now = _digest(token), time.monotonic()
        with self._trusting:
            self._trusted = {key: until for key, until in self._trusted.items() if until > now}
            if digest in self._trusted:
                return
        try:
            _with_retries(lambda: self._client(self._anon_key).auth.get_user(token), again_after=(AuthRetryableError,))
        except AuthApiError as error:
            if error.status in (401, 403, 404):
                raise SignInExpired(error.message) from error
            raise _auth_error(error) from error
        except (AuthError, httpx.HTTPError, ValidationError) as error:
            raise _auth_error(error) from error
        with self._trusting:
            self._trusted[digest] = now + TOKEN_TRUSTED_FOR


class SupabaseDatabase:
    """Stored data as the holder of one token sees it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def call(self, function: str, /, **arguments: Any) -> list[Row]:
        answer = _send(lambda: self._client.rpc(function, arguments).execute().data, is_read=False)
        if not isinstance(answer, list):
            return [{function: answer}]
        return [row if isinstance(row, dict) else {function: row} for row in answer]

    def read(
        self,
        view: str,
        *,
        columns: Sequence[str],
        where: Mapping[str, Condition] | None = None,
        order: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        for _ in range(READS_OF_A_CHANGING_VIEW):
            rows = self._read_all(view, columns, where or {}, total_order(columns, order))
            if rows is not None:
                return pd.DataFrame(rows, columns=list(columns))
        raise Unavailable(f"{view} changes faster than it can be read")

    def _read_all(
        self, view: str, columns: Sequence[str], where: Mapping[str, Condition], order: Sequence[str]
    ) -> list[Row] | None:
        """Page after page until all are there; None when the number of rows changed in between."""
        rows: list[Row] = []
        total: int | None = None
        while total is None or len(rows) < total:
            query = self._client.table(view).select(*columns, count=CountMethod.exact)
            for column, condition in where.items():
                query = query.filter(column, *_filter(column, condition))
            for column in order:
                query = query.order(column)
            query = query.range(len(rows), len(rows) + ROWS_ASKED - 1)
            try:
                page = _send(query.execute, is_read=True)
            except _PastTheEnd:
                return None
            if page.count is None:
                raise Unavailable("the answer does not tell how many rows there are")
            if total not in (None, page.count) or (not page.data and len(rows) < page.count):
                return None
            total = page.count
            rows.extend(page.data)  # type: ignore[arg-type]
        return rows

    def write(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        same_columns(rows)
        # Without on_conflict PostgREST takes the table's primary key; one request is one transaction.
        query = self._client.table(table).upsert([dict(row) for row in rows], returning=ReturnMethod.minimal)
        _send(query.execute, is_read=False)

    def keep_file(self, bucket: str, name: str, content: bytes, media_type: str) -> None:
        check_name(bucket, name)
        check_content(bucket, content, media_type)
        options: FileOptions = {"content-type": media_type, "cache-control": "31536000"}
        try:
            # Sent twice, it is the same file: the second time it is there already.
            _send_file(lambda: self._client.storage.from_(bucket).upload(name, content, options))
        except _AlreadyThere:
            self._require("may_keep_file", bucket, name)

    def read_file(self, bucket: str, name: str) -> bytes:
        check_name(bucket, name)
        # Storage tells "not allowed" and "not there" in the same words.
        self._require("may_read_file", bucket, name)
        content = _send_file(lambda: self._client.storage.from_(bucket).download(name))
        if bucket == "attachment":
            check_digest(self, name, content)
        return content

    def remove_file(self, bucket: str, name: str) -> None:
        check_name(bucket, name)
        self._require("may_remove_file", bucket, name)
        _send_file(lambda: self._client.storage.from_(bucket).remove([name]))

    def _require(self, function: str, bucket: str, name: str) -> None:
        if not self.call(function, bucket=bucket, name=name)[0][function]:
            raise NotAllowed(f"{function}: {bucket}/{name}")


class _PastTheEnd(Exception):
    """A page was asked for that is not there any more."""


class _AlreadyThere(Exception):
    """A file of this name is kept."""


def _send(request: Callable[[], _Answer], *, is_read: bool) -> _Answer:
    try:
        return _with_retries(request, again_after=_LOST if is_read else ())
    except PostgrestAPIError as error:
        raise _database_error(error) from error
    except httpx.HTTPError as error:
        raise Unavailable(f"Supabase cannot be reached: {error or type(error).__name__}") from error
    except ValueError as error:
        raise InvalidData(f"a value that JSON cannot hold: {error}") from error


def _send_file(request: Callable[[], _Answer]) -> _Answer:
    try:
        return _with_retries(request, again_after=_LOST)
    except StorageApiError as error:
        raise _storage_error(error) from error
    except httpx.HTTPError as error:
        raise Unavailable(f"Supabase Storage cannot be reached: {error or type(error).__name__}") from error
    except (ValidationError, ValueError, KeyError) as error:
        raise Unavailable("what answers is not Supabase Storage") from error


def _with_retries(request: Callable[[], _Answer], again_after: tuple[type[Exception], ...]) -> _Answer:
    """What never reached the server is sent again; what got lost on the way back only where the caller says so."""
    for pause in PAUSES:
        try:
            return request()
        except _NEVER_SENT + again_after:
            time.sleep(pause)
    return request()


def _database_error(error: PostgrestAPIError) -> DatabaseError | _PastTheEnd:
    code, message = error.code or "", error.message or str(error)
    if code == "PGRST103":
        return _PastTheEnd(message)
    if code in ("PGRST301", "PGRST302", "PGRST303"):
        return SignInExpired(message)
    if code.startswith("PGRST2"):
        return UnknownName(message)
    if code.startswith("PGRST1"):
        return InvalidData(message)
    if code.startswith(("PGRST0", "PGRSTX")):
        return Unavailable(message)
    if len(code) == 5:
        return from_sqlstate(code, message)
    if code.isdecimal():
        # Not PostgREST but what stands before it spoke: a gateway, a captive portal.
        return Unavailable(f"Supabase answered {code} {message}")
    return DatabaseError(f"Supabase refused the request: {message}; check SUPABASE_URL and SUPABASE_ANON_KEY")


def _storage_error(error: StorageApiError) -> DatabaseError | _AlreadyThere:
    """Storage answers 400 to most and gives the status that it means in the body."""
    status, message = str(error.status), error.message
    if status == "409":
        return _AlreadyThere(message)
    if status == "404":
        return NoSuchFile(message)
    if "exp" in message and error.code in ("InvalidJWT", "Unauthorized", "invalid_jwt"):
        return SignInExpired(message)
    if status in ("401", "403"):
        return NotAllowed(message)
    if status in ("413", "415", "422"):
        return InvalidData(message)
    if status == "429" or (status.isdecimal() and int(status) >= 500):
        return Unavailable(message)
    return DatabaseError(f"Supabase Storage refused the request: {message}")


def _auth_error(error: Exception) -> DatabaseError:
    if isinstance(error, AuthApiError) and error.status < 500 and error.status != 429:
        return DatabaseError(
            f"Supabase Auth refused the request: {error.message}; check SUPABASE_URL and SUPABASE_ANON_KEY"
        )
    if isinstance(error, AuthUnknownError | ValidationError):
        return Unavailable("what answers is not Supabase Auth")
    return Unavailable(f"Supabase Auth cannot be reached: {error or type(error).__name__}")


def _refuse_foreign_answer(response: httpx.Response) -> None:
    """A captive portal answers 200 with a page of its own; that is no answer of the database."""
    kind = response.headers.get("content-type", "")
    is_file = response.request.method == "GET" and "/storage/v1/object/" in response.request.url.path
    if is_file and response.is_success and not kind.startswith("text/html"):
        return
    if kind and "json" not in kind and response.is_success:
        raise httpx.RemoteProtocolError(f"an answer of type {kind} came instead of JSON", request=response.request)


def _filter(column: str, condition: Condition) -> tuple[str, str]:
    operator, value = comparison(column, condition)
    if operator == "in":
        return "in", f"({','.join(map(_quoted, value))})"
    if value is None:
        return ("is" if operator == "=" else "not.is"), "null"
    return _FILTERS[operator], _plain(value)


def _plain(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _quoted(value: Any) -> str:
    """Quoted always: a bare empty text would be no element at all."""
    escaped = _plain(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unverified(token: str) -> dict[str, Any]:
    """The claims of a token as it states them, to tell early what cannot be good; Supabase checks the signature."""
    try:
        return dict(jwt.decode(token, options={"verify_signature": False, "verify_exp": False, "verify_aud": False}))
    except jwt.InvalidTokenError:
        return {}


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
