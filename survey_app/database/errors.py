"""What can go wrong at the door, the same for both databases."""

from __future__ import annotations


class DatabaseError(Exception):
    """Anything that the database refused or could not do."""


class Unavailable(DatabaseError):
    """The database cannot be reached now; trying again later may help."""


class NotAllowed(DatabaseError):
    """The role that asks may not do this."""


class SignInExpired(DatabaseError):
    """The token is expired, signed out or not one of ours: sign in again."""


class SignInRefused(DatabaseError):
    """Nobody was signed in; `reason` is "credentials" or "locked"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(DatabaseError):
    """A function of schema.sql declined; `reason` is a code that the message catalogue words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AlreadyExists(DatabaseError):
    """A row with the same key is there."""


class InvalidData(DatabaseError):
    """A value that the schema does not take."""


class NoSuchFile(DatabaseError):
    """There is no file of this name in the bucket."""


class UnknownName(DatabaseError):
    """No such function, table or column, or not with these arguments."""


_BY_SQLSTATE: dict[str, type[DatabaseError]] = {
    "42501": NotAllowed,
    "23505": AlreadyExists,
    "42883": UnknownName,
    "42P01": UnknownName,
    "42703": UnknownName,
}
_BY_CLASS: dict[str, type[DatabaseError]] = {
    "21": InvalidData,
    "22": InvalidData,
    "23": InvalidData,
    "08": Unavailable,
    "40": Unavailable,
    "53": Unavailable,
    "57": Unavailable,
}


def from_sqlstate(sqlstate: str, message: str) -> DatabaseError:
    """The typed error for a PostgreSQL error code and its message."""
    if sqlstate == "22023" and message.replace("_", "").isalnum() and message == message.lower():
        return Refused(message)
    kind = _BY_SQLSTATE.get(sqlstate) or _BY_CLASS.get(sqlstate[:2]) or DatabaseError
    return kind(message)
