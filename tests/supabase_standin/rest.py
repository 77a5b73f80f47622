"""PostgREST's documented HTTP over a PostgreSQL database: functions, filtered reads, upserts, errors, the row cap.

Documentation: https://docs.postgrest.org/en/v14/references/. Only what a client of this project sends is here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import jwt
import psycopg
from psycopg import sql
from psycopg_pool import ConnectionPool, PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

MAX_ROWS = 1000
ALLOWED_SKEW_SECONDS = 30
COMPARISONS = {
    "eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "isdistinct": "is distinct from",
}  # fmt: skip
IS_VALUES = {"null", "not_null", "true", "false", "unknown"}
RESERVED = {"select", "order", "limit", "offset", "columns", "on_conflict"}

ARGUMENTS = """
select p.oid, p.proretset, p.prorettype::regtype::text, p.pronargs, p.pronargdefaults, p.proargnames,
       array(select t::regtype::text from unnest(p.proargtypes) with ordinality a (t, n) order by n),
       t.typtype = 'c' or coalesce(p.proargmodes::text[] && '{t,b,o}', false)
from pg_proc p join pg_type t on t.oid = p.prorettype
where p.pronamespace = 'public'::regnamespace and p.proname = %s and p.prokind = 'f'
"""
COLUMNS = """
select array_agg(a.attname::text) from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relname = %s and c.relkind in ('r', 'v', 'm', 'p', 'f')
  and a.attnum > 0 and not a.attisdropped
"""
PRIMARY_KEY = """
select array_agg(a.attname::text order by a.attnum) from pg_index i
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
where i.indisprimary and i.indrelid = ('public.' || quote_ident(%s))::regclass
"""


class Problem(Exception):
    """An error answer in PostgREST's form."""

    def __init__(
        self, status: int, code: str, message: str, details: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "details": details, "hint": hint, "message": message}


class Rest:
    """The routes under /rest/v1."""

    def __init__(self, conninfo: str, jwt_secret: str) -> None:
        self._secret = jwt_secret
        self._pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            conninfo, min_size=1, max_size=8, timeout=5, open=True, name="standin"
        )
        self.routes = [
            Route("/rest/v1/rpc/{name}", self._guarded(self._call), methods=["POST"]),
            Route("/rest/v1/{name}", self._guarded(self._read), methods=["GET"]),
            Route("/rest/v1/{name}", self._guarded(self._write), methods=["POST"]),
        ]

    def close(self) -> None:
        self._pool.close()

    def _guarded(self, handle: Any) -> Any:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            return await run_in_threadpool(answer, request, body)

        def answer(request: Request, body: bytes) -> Response:
            claims: dict[str, Any] = {}
            try:
                claims = self._claims(request)
                with self._pool.connection() as connection:
                    connection.execute(sql.SQL("set local role {}").format(sql.Identifier(claims["role"])))
                    connection.execute("set local statement_timeout = '8s'; set local timezone = 'UTC'")
                    connection.execute("select set_config('request.jwt.claims', %s, true)", (json.dumps(claims),))
                    response: Response = handle(connection, request, body)
                    return response
            except Problem as problem:
                return _error(problem.status, problem.body)
            except (PoolTimeout, psycopg.OperationalError) as error:
                if isinstance(error, psycopg.OperationalError) and error.sqlstate is not None:
                    return _postgres_error(error, claims)
                body_ = {"code": "PGRST000", "message": "Database connection error. Retrying the connection."}
                return _error(503, {**body_, "details": None, "hint": None})
            except psycopg.Error as error:
                return _postgres_error(error, claims)

        return endpoint

    def _claims(self, request: Request) -> dict[str, Any]:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return {"role": "anon"}
        try:
            claims = jwt.decode(
                token, self._secret, algorithms=["HS256"], leeway=ALLOWED_SKEW_SECONDS, options={"verify_aud": False}
            )
        except jwt.ExpiredSignatureError as error:
            raise Problem(401, "PGRST303", "JWT expired") from error
        except jwt.DecodeError as error:
            parts = len(token.split("."))
            message = "JWSError JWSInvalidSignature" if parts == 3 else f"Expected 3 parts in JWT; got {parts}"
            raise Problem(401, "PGRST301", message) from error
        return {"role": "anon", **claims}

    def _call(self, connection: psycopg.Connection[Any], request: Request, body: bytes) -> Response:
        name = request.path_params["name"]
        given = _json(body or b"{}")
        chosen = None
        for row in connection.execute(ARGUMENTS, (name,)).fetchall():
            _, _, _, count, defaults, names, _, _ = row
            inputs = list(names or [])[:count]
            if set(given) <= set(inputs) and set(inputs[: count - defaults]) <= set(given):
                chosen = row
        if chosen is None:
            named = f"public.{name}({', '.join(sorted(given))})" if given else f"public.{name} without parameters"
            raise Problem(
                404, "PGRST202", f"Could not find the function {named} in the schema cache",
                f"Searched for the function {named}, but no matches were found in the schema cache.",
            )  # fmt: skip
        _, returns_set, return_type, count, _, names, types, is_composite = chosen
        declared = dict(zip(list(names or [])[:count], types, strict=True))
        arguments = sql.SQL(", ").join(sql.SQL("{0} := _.{0}").format(sql.Identifier(each)) for each in given)
        if given:
            fields = sql.SQL(", ").join(
                sql.SQL("{} {}").format(sql.Identifier(each), sql.SQL(declared[each])) for each in given
            )
            source = sql.SQL("json_to_record(%s::json) as _({}), ").format(fields)
            values = [body.decode()]
        else:
            source, values = sql.SQL(""), []
        rows = sql.SQL("select {} from {} lateral public.{}({}) as pgrst limit {}").format(
            sql.SQL("pgrst.*") if is_composite else sql.SQL("pgrst"),
            source, sql.Identifier(name), arguments, sql.Literal(MAX_ROWS),
        )  # fmt: skip
        shape = "coalesce(json_agg(r), '[]')" if is_composite else "coalesce(json_agg(r.pgrst), '[]')"
        statement = sql.SQL("select ({})::text, (json_agg(r) -> 0)::text from ({}) r").format(sql.SQL(shape), rows)
        many, first = connection.execute(statement, values).fetchone() or (None, None)
        if return_type == "void":
            return Response(status_code=204)
        if returns_set:
            return _json_response(many)
        return _json_response(first if is_composite else json.dumps(json.loads(first or '{"pgrst": null}')["pgrst"]))

    def _read(self, connection: psycopg.Connection[Any], request: Request, _body: bytes) -> Response:
        name = request.path_params["name"]
        self._columns(connection, name)
        conditions, values = _conditions(request)
        where = sql.SQL(" where ") + sql.SQL(" and ").join(conditions) if conditions else sql.SQL("")
        chosen = request.query_params.get("select", "*")
        picked = sql.SQL("*") if chosen == "*" else sql.SQL(", ").join(map(sql.Identifier, chosen.split(",")))
        offset, limit = _range(request)
        statement = sql.SQL(
            "select coalesce(json_agg(r), '[]')::text, count(*) from (select {} from public.{}{}{} {}) r"
        )
        paged = sql.SQL("limit {} offset {}").format(sql.Literal(min(limit, MAX_ROWS)), sql.Literal(offset))
        text, shown = connection.execute(
            statement.format(picked, sql.Identifier(name), where, _order(request), paged), values
        ).fetchone() or ("[]", 0)
        total: int | None = None
        if "count=exact" in request.headers.get("prefer", ""):
            counted = sql.SQL("select count(*) from (select 1 from public.{}{}) r").format(sql.Identifier(name), where)
            total = int((connection.execute(counted, values).fetchone() or (0,))[0])
            if offset > total or (offset == total and offset > 0):
                details = f"An offset of {offset} was requested, but there are only {total} rows."
                raise Problem(416, "PGRST103", "Requested range not satisfiable", details)
        span = f"{offset}-{offset + shown - 1}" if shown else "*"
        partial = total is not None and shown < total
        return _json_response(
            text, 206 if partial else 200, {"Content-Range": f"{span}/{'*' if total is None else total}"}
        )

    def _write(self, connection: psycopg.Connection[Any], request: Request, body: bytes) -> Response:
        name = request.path_params["name"]
        known = self._columns(connection, name)
        given = _json(body)
        rows = given if isinstance(given, list) else [given]
        asked = request.query_params.get("columns")
        columns = [part.strip('"') for part in asked.split(",")] if asked else list(rows[0])
        for column in columns:
            if column not in known:
                raise Problem(400, "PGRST204", f"Could not find the '{column}' column of '{name}' in the schema cache")
        prefer = request.headers.get("prefer", "")
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL(
            "insert into public.{0} ({1}) select {1} from json_populate_recordset(null::public.{0}, %s::json)"
        )
        statement_ = statement.format(sql.Identifier(name), names)
        conflict = request.query_params.get("on_conflict")
        row = connection.execute(PRIMARY_KEY, (name,)).fetchone() or (None,)
        key = conflict.split(",") if conflict else row[0] or []
        if "resolution=merge-duplicates" in prefer and key:
            statement_ += sql.SQL(" on conflict ({}) do update set {}").format(
                sql.SQL(", ").join(map(sql.Identifier, key)),
                sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column)) for column in columns),
            )
        returned = "return=representation" in prefer
        if returned:
            statement_ = sql.SQL(
                "with made as ({} returning *) select coalesce(json_agg(made), '[]')::text from made"
            ).format(statement_)
        cursor = connection.execute(statement_, (json.dumps(rows),))
        return _json_response((cursor.fetchone() or ("[]",))[0], 201) if returned else Response(status_code=201)

    def _columns(self, connection: psycopg.Connection[Any], name: str) -> list[str]:
        row = connection.execute(COLUMNS, (name,)).fetchone()
        if row is None or row[0] is None:
            raise Problem(404, "PGRST205", f"Could not find the table 'public.{name}' in the schema cache")
        return list(row[0])


def _conditions(request: Request) -> tuple[list[sql.Composable], list[str]]:
    conditions: list[sql.Composable] = []
    values: list[str] = []
    for quoted, text in request.query_params.multi_items():
        if quoted in RESERVED:
            continue
        column = sql.Identifier(quoted.strip('"'))
        negated, rest = text.startswith("not."), text.removeprefix("not.")
        operator, dot, value = rest.partition(".")
        if operator in COMPARISONS:
            condition = sql.SQL("{} {} %s").format(column, sql.SQL(COMPARISONS[operator]))
            values.append(value)
        elif operator == "in" and value.startswith("(") and value.endswith(")"):
            condition = sql.SQL("{} = any(%s)").format(column)
            values.append("{" + ",".join(_as_array_part(part) for part in _list_parts(value[1:-1])) + "}")
        elif operator == "is" and value in IS_VALUES:
            condition = sql.SQL("{} is {}").format(column, sql.SQL(value.replace("_", " ")))
        else:
            raise Problem(
                400, "PGRST100", f'"failed to parse filter ({text})" (line 1, column 1)', f"unexpected {dot!r}"
            )
        conditions.append(sql.SQL("not ({})").format(condition) if negated else condition)
    return conditions, values


def _list_parts(text: str) -> list[str]:
    """Elements of an in-list: quoted with backslash escapes, or bare up to the comma; nothing at all is no element."""
    if not text:
        return []
    parts, position = [], 0
    while position <= len(text):
        part = ""
        if text[position : position + 1] == '"':
            position += 1
            while text[position] != '"':
                position += text[position] == "\\"
                part += text[position]
                position += 1
            position += 1
        else:
            end = text.find(",", position)
            part, position = (text[position:], len(text)) if end < 0 else (text[position:end], end)
        parts.append(part)
        position += 1
    return parts


def _as_array_part(part: str) -> str:
    escaped = part.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _order(request: Request) -> sql.Composable:
    asked = request.query_params.get("order")
    if not asked:
        return sql.SQL("")
    terms = []
    for term in asked.split(","):
        column, _, direction = term.partition(".")
        words = {"desc": "desc", "desc.nullslast": "desc nulls last", "asc.nullsfirst": "asc nulls first"}
        terms.append(sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(words.get(direction, "asc"))))
    return sql.SQL(" order by ") + sql.SQL(", ").join(terms)


def _range(request: Request) -> tuple[int, int]:
    offset, limit = int(request.query_params.get("offset", 0)), int(request.query_params.get("limit", 10**9))
    header = request.headers.get("range")
    if header:
        first, _, last = header.removeprefix("items=").partition("-")
        offset = int(first)
        limit = int(last) - offset + 1 if last else limit
    return offset, limit


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise Problem(400, "PGRST102", "Empty or invalid json") from error


def _json_response(text: str | None, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(text or "null", status, headers, media_type="application/json; charset=utf-8")


def _error(status: int, body: dict[str, Any]) -> Response:
    headers = {"Proxy-Status": f"PostgREST; error={body['code']}"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _json_response(json.dumps(body), status, headers)


def _postgres_error(error: psycopg.Error, claims: dict[str, Any]) -> Response:
    code = error.sqlstate or "XX000"
    body = {
        "code": code,
        "details": error.diag.message_detail,
        "hint": error.diag.message_hint,
        "message": error.diag.message_primary,
    }
    return _error(_status(code, is_signed_in=claims.get("role") != "anon"), body)


def _status(sqlstate: str, *, is_signed_in: bool) -> int:
    """https://docs.postgrest.org/en/v14/references/errors.html#http-status-codes"""
    exact = {"23503": 409, "23505": 409, "25006": 405, "21000": 500, "22023": 400, "53400": 500, "57P01": 503}
    exact |= {"P0001": 400, "42883": 404, "42P01": 404, "42P17": 500, "42501": 403 if is_signed_in else 401}
    by_class = {"08": 503, "53": 503, "0L": 403, "0P": 403, "28": 403}
    failing: Sequence[str] = ("09", "25", "2D", "38", "39", "3B", "40", "54", "55", "57", "58", "F0", "HV", "P0", "XX")
    return exact.get(sqlstate) or by_class.get(sqlstate[:2]) or (500 if sqlstate[:2] in failing else 400)
