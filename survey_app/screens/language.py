"""The language that this member of staff reads, and numbers and dates written in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st
from babel.numbers import format_decimal

from survey_app.messages import catalogue, text

DOMAIN = "staff"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
PARAMETER = "lang"
"""Key of the switch and of the address's parameter, so that a reload or a sent link keeps the language."""
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def current() -> str:
    """The code of the language on screen."""
    chosen = st.session_state.get(PARAMETER) or st.query_params.get(PARAMETER)
    # The address holds the name that the switch shows.
    by_name = {name: code for code, name in LANGUAGES.items()}
    return str(chosen) if chosen in LANGUAGES else by_name.get(str(chosen), "vi")


def say(key: str, **values: Any) -> str:
    """The text of the catalogue in this language."""
    return text(DOMAIN, current(), key, **values)


def say_if_known(key: str) -> str | None:
    """The text, or None when the catalogue has none: for codes that come from elsewhere."""
    return catalogue(DOMAIN, current()).get(key)


def said_in(texts: Mapping[str, str]) -> str:
    """The wording in this language of something that is worded in several, else whatever there is."""
    return texts.get(current()) or texts.get("vi") or next(iter(texts.values()), "")


def number(value: float) -> str:
    """A whole number with the separators of the language."""
    return str(format_decimal(round(value), locale=current()))


def day(value: str | date) -> str:
    """A date (or its ISO text) as people here write it."""
    when = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return when.strftime("%d/%m/%Y")


def moment(value: str) -> str:
    """Time and day of an ISO timestamp, by the clocks of Việt Nam."""
    return datetime.fromisoformat(value).astimezone(VIETNAM).strftime("%H:%M, %d/%m/%Y")


def today() -> date:
    """The day in Việt Nam, wherever the server stands."""
    return datetime.now(VIETNAM).date()
