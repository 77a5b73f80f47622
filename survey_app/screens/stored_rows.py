"""Tables that the door reads, as plain rows for screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from survey_app.database import Condition, Database, Row


def rows(
    database: Database, view: str, columns: Sequence[str], where: Mapping[str, Condition] | None = None
) -> list[Row]:
    """Rows of a table or view; what is null is None, whole numbers are int."""
    frame = database.read(view, columns=columns, where=where, order=[columns[0]])
    return [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: object) -> object:
    if isinstance(value, list | dict):
        return value
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    # A column of whole numbers with a gap comes as floats.
    return int(value) if isinstance(value, float) and value.is_integer() else value
