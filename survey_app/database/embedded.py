"""The embedded PostgreSQL: started in the data folder, protected by the same roles and policies as Supabase."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import pandas as pd
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool, PoolTimeout

from survey_app.database import accounts, embedded_server
from survey_app.database.contract import Condition, Database, Row, Session, same_columns, total_order
from survey_app.database.errors import (
    InvalidData,
    NotAllowed,
    SignInExpired,
    SignInRefused,
    Unavailable,
    UnknownName,
    from_sqlstate,
)
from survey_app.database.file_folder import FileFolder
from survey_app.database.files import check_content, check_digest, check_name
from survey_app.database.statements import PRIMARY_KEY, call_statement, read_statement, write_statement

SCHEMA_FILE = Path(__file__).parent.parent.parent / "schema.sql"
EMBEDDED_FILE = Path(__file__).with_name("embedded.sql")

Connection = psycopg.Connection[tuple[Any, ...]]

_SERVER_GONE = (None, "57P01", "57P02", "57P03")
"""No code: the line is dead. Otherwise the server said that it is shutting down, has crashed or is only starting."""


def open_embedded(data_dir: Path) -> EmbeddedDoor:
    """Start the database of this folder, or attach to the one that another process of ours has started there.

    Brings its schema up to date. Raises Unavailable with a remedy when the folder cannot be used.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"the data folder {data_dir} cannot be made: {error}; choose another with DATA_DIR"
        ) from error
    folder = data_dir.resolve()
    server_uri = embedded_server.join(folder)
    try:
        _apply_schema(server_uri)
        return EmbeddedDoor(folder, server_uri)
    except BaseException:
        embedded_server.leave(folder)
        raise


class EmbeddedDoor:
    """Pools of connections, one for each role, so that no statement pays for changing roles."""

    def __init__(self, data_dir: Path, server_uri: str) -> None:
        self.data_dir = data_dir
        self._revival = threading.Lock()
        as_owner = server_uri
        as_authenticator = psycopg.conninfo.make_conninfo(server_uri, user="authenticator")
        self._owner = _pool(as_owner, None, size=2, autocommit=False)
        self._anonymous = _pool(as_authenticator, "anon", size=4, autocommit=True)
        self._authenticated = _pool(as_authenticator, "authenticated", size=6, autocommit=False)
        self._token_secret = _kept_secret(self._owner, "token_secret")
        self.submission_secret: str | None = _kept_secret(self._owner, "submission_secret")
        self._keys: dict[str, list[str]] = {}
        self._files = FileFolder(data_dir / "files")
        self._files.forget_abandoned()

    def as_anonymous(self) -> Database:
        return EmbeddedDatabase(lambda: self._lend(self._anonymous), self._primary_key, self._files)

    def as_user(self, token: str) -> Database:
        claims = accounts.read_token(self._token_secret, token)
        with self._lend(self._owner) as connection:
            if (
                connection.execute("select from auth.revoked_token where id = %s", (claims.token_id,)).fetchone()
                is not None
            ):
                raise SignInExpired("signed out")
        request = json.dumps(claims.as_request())
        return EmbeddedDatabase(lambda: self._lend(self._authenticated, request), self._primary_key, self._files)

    def as_owner(self) -> Database:
        """Past all policies: for seeding and for commands at the machine itself, never for a request."""
        return EmbeddedDatabase(lambda: self._lend(self._owner), self._primary_key, self._files, is_owner=True)

    def execute_as_owner(self, statement: LiteralString) -> None:
        """One statement of ours, past all policies."""
        with self._lend(self._owner) as connection:
            connection.execute(statement)

    def sign_in(self, email: str, password: str) -> Session:
        with self._lend(self._owner) as connection:
            refusal: Exception | None = None
            try:
                return accounts.sign_in(connection, self._token_secret, email, password)
            except SignInRefused as error:
                # Leave the block without an error: the failed attempt must be kept.
                refusal = error
        raise refusal

    def sign_out(self, token: str) -> None:
        try:
            claims = accounts.read_token(self._token_secret, token)
        except SignInExpired:
            return
        with self._lend(self._owner) as connection:
            connection.execute("delete from auth.revoked_token where expires_at < now()")
            connection.execute(
                "insert into auth.revoked_token values (%s, %s) on conflict do nothing",
                (claims.token_id, claims.expires_at),
            )

    def add_staff(
        self,
        email: str,
        password: str,
        name: str,
        role: str,
        commune_code: str | None = None,
        school_id: str | None = None,
    ) -> UUID:
        """Add an account with its role, or change an existing one. Raises ValueError or InvalidData."""
        with self._lend(self._owner) as connection:
            user_id = accounts.add_account(connection, email, password)
            connection.execute(
                "insert into public.staff (id, name, role, commune_code, school_id) values (%s, %s, %s, %s, %s) "
                "on conflict (id) do update set name = excluded.name, role = excluded.role, active = true, "
                "commune_code = excluded.commune_code, school_id = excluded.school_id",
                (user_id, name, role, commune_code, school_id),
            )
        return user_id

    def close(self) -> None:
        if self._owner.closed:
            return
        for pool in (self._anonymous, self._authenticated, self._owner):
            pool.close()
        embedded_server.leave(self.data_dir)

    @contextmanager
    def _lend(self, pool: ConnectionPool[Connection], claims: str | None = None) -> Iterator[Connection]:
        try:
            with pool.connection() as connection:
                if claims is not None:
                    connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
                yield connection
        except PoolTimeout as error:
            self._revive()
            raise Unavailable("the database does not answer") from error
        except psycopg.Error as error:
            if isinstance(error, psycopg.OperationalError) and error.sqlstate in _SERVER_GONE:
                self._revive()
                raise Unavailable("the connection to the database was lost") from error
            message = error.diag.message_primary or str(error)
            if isinstance(error, psycopg.DataError) and error.sqlstate is None:
                # Refused on this side of the connection: a NUL, a number too large.
                raise InvalidData(message) from error
            raise from_sqlstate(error.sqlstate or "", message) from error
        except UnicodeEncodeError as error:
            raise InvalidData(f"text that is no Unicode: {error}") from error

    def _revive(self) -> None:
        """Start the server again if it died; the pools then find it by themselves."""
        if self._revival.acquire(blocking=False):
            try:
                embedded_server.start(self.data_dir)
                # Each connection that died with the server would fail one more request.
                for pool in (self._anonymous, self._authenticated, self._owner):
                    pool.check()
            except (Unavailable, psycopg.Error):
                return
            finally:
                self._revival.release()

    def _primary_key(self, table: str) -> list[str]:
        if table not in self._keys:
            with self._lend(self._owner) as connection:
                self._keys[table] = [row[0] for row in connection.execute(PRIMARY_KEY, (table,))]
        return self._keys[table]


class EmbeddedDatabase:
    """Stored data as one role with one set of claims sees it."""

    def __init__(
        self,
        lend: Callable[[], Any],
        primary_key: Callable[[str], list[str]],
        files: FileFolder,
        *,
        is_owner: bool = False,
    ) -> None:
        self._lend = lend
        self._primary_key = primary_key
        self._files = files
        self._is_owner = is_owner

    def call(self, function: str, /, **arguments: Any) -> list[Row]:
        statement, values = call_statement(function, arguments)
        with self._lend() as connection:
            rows = [row[0] for row in connection.execute(statement, values)]
        # A function without a result has nothing to tell, not a row with nothing in it.
        return [row for row in rows if row != {function: ""}]

    def read(
        self,
        view: str,
        *,
        columns: Sequence[str],
        where: Mapping[str, Condition] | None = None,
        order: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        statement, values = read_statement(view, columns, where or {}, total_order(columns, order))
        with self._lend() as connection:
            rows = [row[0] for row in connection.execute(statement, values)]
        return pd.DataFrame(rows, columns=list(columns))

    def write(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        columns = same_columns(rows)
        key = self._primary_key(table)
        if not key:
            raise UnknownName(f"there is no table {table} with a primary key")
        with self._lend() as connection:
            connection.execute(write_statement(table, columns, key), (Jsonb([dict(row) for row in rows]),))

    def keep_file(self, bucket: str, name: str, content: bytes, media_type: str) -> None:
        check_name(bucket, name)
        check_content(bucket, content, media_type)
        self._require("may_keep_file", bucket, name)
        self._files.keep(bucket, name, content)

    def read_file(self, bucket: str, name: str) -> bytes:
        check_name(bucket, name)
        self._require("may_read_file", bucket, name)
        content = self._files.read(bucket, name)
        if bucket == "attachment":
            check_digest(self, name, content)
        return content

    def remove_file(self, bucket: str, name: str) -> None:
        check_name(bucket, name)
        self._require("may_remove_file", bucket, name)
        self._files.remove(bucket, name)

    def _require(self, function: str, bucket: str, name: str) -> None:
        """The database decides, as its policies do at Supabase."""
        if not self._is_owner and not self.call(function, bucket=bucket, name=name)[0][function]:
            raise NotAllowed(f"{function}: {bucket}/{name}")


def _apply_schema(server_uri: str) -> None:
    texts = [EMBEDDED_FILE.read_text(encoding="utf-8"), SCHEMA_FILE.read_text(encoding="utf-8")]
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    with psycopg.connect(server_uri, autocommit=True) as connection:
        known = connection.execute("select to_regclass('private.setting')").fetchone()
        if known is not None and known[0] is not None:
            row = connection.execute("select value from private.setting where name = 'schema_digest'").fetchone()
            if row is not None and row[0] == digest:
                return
        for text in texts:
            # Trusted text of this package, not input.
            connection.execute(text.encode())
        connection.execute(
            "insert into private.setting values ('schema_digest', %s) on conflict (name) do update set value = excluded.value",
            (digest,),
        )


def _kept_secret(owner: ConnectionPool[Connection], name: str) -> str:
    with owner.connection() as connection:
        connection.execute(
            "insert into private.setting values (%s, %s) on conflict (name) do nothing", (name, secrets.token_hex(32))
        )
        row = connection.execute("select value from private.setting where name = %s", (name,)).fetchone()
    if row is None:
        raise Unavailable(f"the secret {name} could not be kept")
    return str(row[0])


def _pool(conninfo: str, role: str | None, *, size: int, autocommit: bool) -> ConnectionPool[Connection]:
    def take_role(connection: Connection) -> None:
        # As Supabase has it: a time reads the same wherever the machine stands.
        connection.execute("set timezone = 'UTC'")
        if role is not None:
            statement = sql.SQL("set role {}; set statement_timeout = '30s'; set request.jwt.claims = {}").format(
                sql.Identifier(role), sql.Literal(json.dumps({"role": role}))
            )
            connection.execute(statement)
        if not connection.autocommit:
            connection.commit()

    pool: ConnectionPool[Connection] = ConnectionPool(
        conninfo,
        min_size=1,
        max_size=size,
        timeout=10,
        kwargs={"autocommit": autocommit},
        configure=take_role,
        name=role or "owner",
        open=False,
    )
    pool.open()
    return pool
