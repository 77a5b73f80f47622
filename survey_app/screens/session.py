"""Who is signed in: the token of the cookie, and the stored data as its holder may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from survey_app.database import Database, NotAllowed, SignInExpired
from survey_app.running import door

COOKIE = "session"


@dataclass(frozen=True)
class Member:
    """A signed-in member of staff. Never kept across runs or users: ask `signed_in` anew."""

    database: Database
    id: str
    name: str
    role: str
    commune_code: str | None
    school_id: str | None

    @property
    def runs_consultations(self) -> bool:
        return self.role in ("facilitator", "officer", "administrator")

    @property
    def reviews(self) -> bool:
        return self.runs_consultations or self.role == "reviewer"

    @property
    def reports(self) -> bool:
        """Makes the report that the province signs."""
        return self.role in ("officer", "reviewer", "administrator")

    @property
    def answers_petitions(self) -> bool:
        return self.role in ("facilitator", "officer")

    @property
    def protects(self) -> bool:
        """Alone sees what a single child drew or said."""
        return self.role == "protection_officer"

    @property
    def sees_consultations(self) -> bool:
        return self.reviews or self.protects

    @property
    def administers(self) -> bool:
        return self.role == "administrator"


def signed_in() -> Member | None:
    """The member of staff behind this browser, None when nobody is.

    Raises NotAllowed for an account without a role, Unavailable.
    """
    token = st.context.cookies.get(COOKIE)
    if not token:
        return None
    try:
        database = door().as_user(token)
        profile: list[dict[str, Any]] = database.call("my_profile")
    except SignInExpired:
        return None
    if not profile:
        raise NotAllowed("the account has no role")
    me = profile[0]
    return Member(database, me["id"], me["name"], me["role"], me["commune_code"], me["school_id"])


def member() -> Member:
    """The member of staff on a screen that only opens to one. Raises SignInExpired, NotAllowed, Unavailable."""
    who = signed_in()
    if who is None:
        raise SignInExpired("signed out")
    return who
