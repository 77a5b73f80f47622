"""Part of an activity: what changed between the questions before and after it."""

from __future__ import annotations

import streamlit as st
from babel.numbers import format_decimal

from analysis.score_change import ScoreChange
from analysis.score_change import score_change as reckoned
from survey_app.database import Row
from survey_app.screens.appearance import tiles
from survey_app.screens.language import current, number, say
from survey_app.screens.session import Member


def score_change(who: Member, row: Row) -> None:
    """Mean scores of the children who answered both times, and how sure the change is."""
    found = who.database.call("paired_scores", activity=row["id"])[0]
    st.markdown(f"**{say('change.title')}**")
    if found["n"] is None:
        st.info(say("change.hidden"), icon=":material/shield:")
        return
    change = reckoned(found["n"], found["mean_before"], found["mean_after"], found["mean_change"], found["sd_change"])
    tiles(
        [
            (say("change.before"), _of(change.before, found["maximum"]), ""),
            (say("change.after"), _of(change.after, found["maximum"]), ""),
            (say("change.change"), _signed(change.change), "strong"),
            (say("change.pairs"), number(change.pairs), ""),
        ],
        say("change.title"),
    )
    st.write(f"{_interval(change)} {_meaning(change)}")
    st.caption(say("change.caution"))


def _interval(change: ScoreChange) -> str:
    if change.lower is None or change.upper is None:
        return say("change.no_interval")
    return say("change.interval", low=_signed(change.lower), high=_signed(change.upper))


def _meaning(change: ScoreChange) -> str:
    if not change.is_certain:
        return say("change.unsure")
    return say("change.up" if change.change > 0 else "change.down")


def _of(score: float, maximum: float | None) -> str:
    return _points(score) if maximum is None else say("change.of", score=_points(score), maximum=number(maximum))


def _points(score: float) -> str:
    return str(format_decimal(score, "0.0", locale=current()))


def _signed(points: float) -> str:
    # The true minus, which screen readers read out.
    return ("−" if points < 0 else "+" if points > 0 else "") + _points(abs(points))
