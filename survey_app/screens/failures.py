"""What the door refuses or cannot do, in words; no screen shows anything else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from survey_app.database import (
    AlreadyExists,
    DatabaseError,
    InvalidData,
    NoSuchFile,
    NotAllowed,
    Refused,
    SignInExpired,
    Unavailable,
)
from survey_app.screens.language import say, say_if_known

_log = logging.getLogger(__name__)

_KEYS: dict[type[DatabaseError], str] = {
    Unavailable: "failure.unavailable",
    NotAllowed: "failure.not_allowed",
    AlreadyExists: "failure.already_exists",
    InvalidData: "failure.invalid_data",
    NoSuchFile: "failure.no_such_file",
    SignInExpired: "failure.sign_in_expired",
}


def worded(error: DatabaseError) -> str:
    """One sentence: what happened and what to do."""
    if isinstance(error, Refused):
        return say_if_known(f"refused.{error.reason}") or say("refused.other", reason=error.reason)
    return say(_KEYS.get(type(error), "failure.unexpected"))


@contextmanager
def told() -> Iterator[None]:
    """Shows in words whatever goes wrong inside; the log gets the rest."""
    try:
        yield
    except DatabaseError as error:
        if type(error) not in _KEYS and not isinstance(error, Refused):
            _log.exception("unexpected answer of the database")
        st.error(worded(error), icon=":material/error:")
    # The last resort: a teacher reads words, never a traceback.
    except Exception:  # noqa: BLE001
        _log.exception("a staff screen failed")
        st.error(say("failure.unexpected"), icon=":material/error:")
