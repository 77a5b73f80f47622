"""SQL text for calls, reads and writes on the embedded database, composed of quoted names and bound values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from survey_app.database.contract import Condition, comparison

_OPERATORS = {"=": "=", "!=": "is distinct from", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def call_statement(function: str, arguments: Mapping[str, Any]) -> tuple[sql.Composed, list[Any]]:
    """A call by named arguments whose every row is one JSON object; a scalar's column has the function's name."""
    bound = [sql.SQL("{} := %s").format(sql.Identifier(name)) for name in arguments]
    statement = sql.SQL("select to_jsonb(r) from (select {0}.* from public.{0}({1}) {0}) r").format(
        sql.Identifier(function), sql.SQL(", ").join(bound)
    )
    return statement, [_bindable(value) for value in arguments.values()]


def read_statement(
    view: str, columns: Sequence[str], where: Mapping[str, Condition], order: Sequence[str]
) -> tuple[sql.Composed, list[Any]]:
    """A select of the columns, filtered and ordered, each row one JSON object."""
    conditions: list[sql.Composable] = []
    values: list[Any] = []
    for column, condition in where.items():
        name = sql.Identifier(column)
        operator, value = comparison(column, condition)
        if operator == "in":
            conditions.append(sql.SQL("{} = any(%s)").format(name))
            values.append(_array([_untyped(each) for each in value]))
        elif value is None:
            conditions.append(sql.SQL("{} is null" if operator == "=" else "{} is not null").format(name))
        else:
            conditions.append(sql.SQL("{} {} %s").format(name, sql.SQL(_OPERATORS[operator])))
            values.append(_untyped(value))
    chosen = sql.SQL(", ").join(map(sql.Identifier, columns))
    return (
        sql.SQL("select to_jsonb(r) from (select {} from public.{} {} order by {}) r").format(
            chosen,
            sql.Identifier(view),
            sql.SQL("where ") + sql.SQL(" and ").join(conditions) if conditions else sql.SQL(""),
            sql.SQL(", ").join(map(sql.Identifier, order)),
        ),
        values,
    )


def write_statement(table: str, columns: Sequence[str], key: Sequence[str]) -> sql.Composed:
    """An upsert of a JSON array of rows, by the table's primary key."""
    changed = [column for column in columns if column not in key]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    action = (
        sql.SQL("do update set ")
        + sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column)) for column in changed)
        if changed
        else sql.SQL("do nothing")
    )
    return sql.SQL(
        "insert into public.{0} ({1}) select {1} from jsonb_populate_recordset(null::public.{0}, %s) on conflict ({2}) {3}"
    ).format(sql.Identifier(table), names, sql.SQL(", ").join(map(sql.Identifier, key)), action)


PRIMARY_KEY = """
select a.attname
from pg_index i
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
where i.indisprimary and i.indrelid = to_regclass('public.' || quote_ident(%s))
order by array_position(i.indkey::int[], a.attnum::int)
"""


def _bindable(value: Any) -> Any:
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(part, dict | list) for part in value)):
        return Jsonb(value)
    if isinstance(value, list):
        return _array([_untyped(part) for part in value])
    return None if value is None else _untyped(value)


def _untyped(value: Any) -> str:
    """The value as text, which PostgreSQL reads by the type of the column or argument, as it does for PostgREST."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _array(parts: Sequence[str]) -> str:
    quoted = (part.replace("\\", "\\\\").replace('"', '\\"') for part in parts)
    return "{" + ",".join(f'"{part}"' for part in quoted) + "}"
