"""The year of the map: a slider, and a button that walks through the years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from time import monotonic

import streamlit as st

from survey_app.screens.language import say

SECONDS_A_YEAR = 1.5
_YEAR, _NEXT, _PLAYING = "map_year", "map_year_next", "map_year_playing"
_DRAWING, _DRAWN = "drawing", "drawn"


def year_choice(found: Sequence[int]) -> int:
    """One of `found` (oldest first), at first the latest. The address holds it as `year`."""
    _begin(found)
    if len(found) == 1:
        st.html(f"<p>{say('field.year')}: <strong>{found[0]}</strong></p>")
        return found[0]
    with st.container(horizontal=True, vertical_alignment="bottom", key="map-years-choice"):
        playing = st.session_state.get(_PLAYING) is not None
        st.button(
            say("map.stop" if playing else "map.play"),
            icon=":material/stop:" if playing else ":material/play_arrow:",
            key="map_play",
            on_click=_stop if playing else _play,
            args=() if playing else (found,),
        )
        # A hand on the slider ends the walk.
        year = int(st.select_slider(say("field.year"), found, key=_YEAR, on_change=_stop))
    if str(year) != st.query_params.get("year", str(found[-1])):
        st.query_params["year"] = str(year)
    if playing:
        st.session_state[_PLAYING] = _DRAWING
        _walk(found, year)
    return year


def _begin(found: Sequence[int]) -> None:
    """Before the slider is drawn: the year of the walk's next step, or of the address, or the latest."""
    asked = st.session_state.pop(_NEXT, None)
    if asked is None and st.session_state.get(_YEAR) not in found:
        written = st.query_params.get("year", "")
        asked = int(written) if written in map(str, found) else found[-1]
    if asked is not None:
        st.session_state[_YEAR] = asked


def _play(found: Sequence[int]) -> None:
    st.session_state[_PLAYING] = _DRAWING
    if st.session_state[_YEAR] == found[-1]:
        st.session_state[_NEXT] = found[0]


def _stop() -> None:
    st.session_state.pop(_PLAYING, None)


@st.fragment(run_every=timedelta(seconds=SECONDS_A_YEAR / 4))
def _walk(found: Sequence[int], year: int) -> None:
    """Goes on to the next year when this one has been there long enough; at the last one it ends."""
    since = st.session_state.get(_PLAYING)
    if since is None:
        return
    if since == _DRAWING:
        # Called as a part of the whole screen; by itself only once that is drawn, however long it takes.
        st.session_state[_PLAYING] = _DRAWN
    elif since == _DRAWN:
        st.session_state[_PLAYING] = monotonic()
    elif monotonic() - since >= SECONDS_A_YEAR:
        at = found.index(year)
        if at + 1 < len(found):
            st.session_state[_NEXT] = found[at + 1]
        else:
            _stop()
        st.rerun(scope="app")
