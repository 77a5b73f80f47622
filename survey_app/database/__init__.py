"""The one door to stored data: `open_door(settings)` opens the database that the settings name."""

from __future__ import annotations

from survey_app.database.contract import Condition, Database, Door, Row, Session
from survey_app.database.errors import (
    AlreadyExists,
    DatabaseError,
    InvalidData,
    NoSuchFile,
    NotAllowed,
    Refused,
    SignInExpired,
    SignInRefused,
    Unavailable,
    UnknownName,
)
from survey_app.settings import Settings

__all__ = [
    "AlreadyExists",
    "Condition",
    "Database",
    "DatabaseError",
    "Door",
    "InvalidData",
    "NoSuchFile",
    "NotAllowed",
    "Refused",
    "Row",
    "Session",
    "SignInExpired",
    "SignInRefused",
    "Unavailable",
    "UnknownName",
    "open_door",
]


def open_door(settings: Settings) -> Door:
    """Open the database of this installation; the embedded one is created and brought up to date on the way.

    Raises Unavailable when it cannot be reached or its folder is in use by something else.
    """
    if settings.uses_supabase:
        from survey_app.database.supabase import open_supabase

        return open_supabase(settings)
    from survey_app.database.embedded import open_embedded

    return open_embedded(settings.data_dir)
