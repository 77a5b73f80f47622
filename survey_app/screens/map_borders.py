"""What maps are drawn with, and the words that say whose borders these are."""

from __future__ import annotations

import streamlit as st

from survey_app.boundary_sets import Boundaries, boundaries_in_force
from survey_app.database import Database
from survey_app.screens.language import say

_FRESH_SECONDS = 20
"""How old boundaries may be; they are large and seldom change."""


@st.cache_data(ttl=_FRESH_SECONDS, show_spinner=False)
def boundaries(_database: Database) -> Boundaries:
    """The same for every member of staff, hence one cache for all."""
    return boundaries_in_force(_database)


def follow_boundaries() -> None:
    """Reads the boundaries anew, for everyone, as soon as they are asked for: others have just been put in force."""
    boundaries.clear()


def source_words(drawn_with: Boundaries) -> str:
    """A sentence: official ones with their source, or that they are approximate."""
    if drawn_with.is_official:
        return say("map.official", title=drawn_with.title, by=drawn_with.published_by)
    return say("map.approximate")
