"""The protocol of the door to stored data: what screens, API and commands may ask, whichever database answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import pandas as pd

Scalar = str | int | float | bool | None
Condition = Scalar | Sequence[Scalar] | tuple[str, Scalar]
"""A value (equal), a list of values (one of), or an operator with a value: ("<", 5). Operators: = != < <= > >=."""

Row = dict[str, Any]
"""Column → value as JSON has it: dates and times are ISO strings, ids are strings."""


@dataclass(frozen=True)
class Session:
    """A member of staff who has signed in."""

    token: str
    expires_at: datetime


class Database(Protocol):
    """Stored data as one asker may see and change it."""

    def call(self, function: str, /, **arguments: Any) -> list[Row]:
        """The rows of a function of schema.sql; a scalar comes as one row with one column named after the function."""
        ...

    def read(
        self,
        view: str,
        *,
        columns: Sequence[str],
        where: Mapping[str, Condition] | None = None,
        order: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """All rows of a table or view, however many, ordered by `order` (default: all columns), in these columns."""
        ...

    def write(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows, or update those whose primary key is there; all or nothing. Rows have the same columns."""
        ...

    def keep_file(self, bucket: str, name: str, content: bytes, media_type: str) -> None:
        """Keep a file; the same name again means the same content. Buckets: "attachment" (private), "media" (public).

        Raises NotAllowed, and InvalidData for a name, size or type that the bucket does not take.
        """
        ...

    def read_file(self, bucket: str, name: str) -> bytes:
        """The content of a file. Raises NotAllowed or NoSuchFile, and DatabaseError when an attachment was changed."""
        ...

    def remove_file(self, bucket: str, name: str) -> None:
        """Remove a file; one that is not there is no error. Raises NotAllowed."""
        ...


class Door(Protocol):
    """A database that a process has opened."""

    submission_secret: str | None
    """Proves to the database that this process has checked a submission."""

    def as_anonymous(self) -> Database:
        """What anyone may do."""
        ...

    def as_user(self, token: str) -> Database:
        """What the holder of the token may do. Raises SignInExpired."""
        ...

    def sign_in(self, email: str, password: str) -> Session:
        """Raises SignInRefused or Unavailable."""
        ...

    def sign_out(self, token: str) -> None:
        """Ends the session of this token; a token that is no longer good is no error."""
        ...

    def close(self) -> None:
        """Gives back what the process holds."""
        ...


def same_columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns of rows to write. Raises ValueError when they differ between rows."""
    columns = list(rows[0])
    for position, row in enumerate(rows):
        if row.keys() != rows[0].keys():
            raise ValueError(f"row {position} has other columns than row 0: {sorted(row.keys() ^ rows[0].keys())}")
    return columns


OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


def comparison(column: str, condition: Condition) -> tuple[str, Any]:
    """A condition as an operator and its value; a list gives "in". Raises ValueError for what cannot be compared.

    "!=" is true of a missing value, too. None goes with "=" (is missing) and "!=" (is there) only.
    """
    if isinstance(condition, tuple):
        operator, value = condition
        if operator not in OPERATORS:
            raise ValueError(f"unknown operator {operator!r} on {column}; use one of {', '.join(OPERATORS)}")
        if value is None and operator not in ("=", "!="):
            raise ValueError(f"nothing is {operator} a missing value ({column})")
        return operator, value
    if isinstance(condition, Sequence) and not isinstance(condition, str):
        return "in", list(condition)
    return "=", condition


def total_order(columns: Sequence[str], order: Sequence[str] | None) -> list[str]:
    """The order asked for, made total by the other columns, so that pages of rows join without a gap or a repetition."""
    first = list(order or ())
    return [*first, *(column for column in columns if column not in first)]
