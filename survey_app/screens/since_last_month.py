"""Part of the progress page: what changed since the end of last month, a line or two an indicator."""

from __future__ import annotations

import math
from html import escape

import streamlit as st
from babel.numbers import format_decimal

from analysis.progress import Changes
from survey_app.database import Database
from survey_app.running import door
from survey_app.screens.language import current, number, say, today
from survey_app.screens.map_figures import CONSULTATIONS, since_last_month

NAMED = 5
"""So many communes are named, the others counted."""
STYLE = """<style>
ul.changed { list-style: none; margin: 0 0 .6rem; padding: 0 !important } ul.changed li { margin: 0; padding: .45rem .2rem;
  border-bottom: 1px solid rgba(128,140,148,.3) } ul.changed p { margin: 0; line-height: 1.45 }
ul.changed p:first-child { display: flex; flex-wrap: wrap; gap: 0 .8rem } ul.changed .points { margin-left: auto; font-weight: 600;
  font-variant-numeric: tabular-nums }
</style>"""


def since_last_month_part(database: Database, names: dict[str, str]) -> None:
    """`names`: of all communes by code. Nothing where the application has no secret to vouch with."""
    secret = door().submission_secret
    if secret is None:
        return
    changed, published = since_last_month(database, secret, tuple(names))
    st.subheader(say("progress.month", month=today().month))
    st.html(
        STYLE + "".join(["<ul class='changed'>", *(_line(*one, published, names) for one in changed.items()), "</ul>"])
    )
    st.caption(say("progress.month.explained"))


def _line(indicator: int, found: Changes, published: int, names: dict[str, str]) -> str:
    of_consultations = indicator == CONSULTATIONS
    what = [
        say(
            "progress.month.consultations" if of_consultations else "progress.month.activities",
            count=number(found.held),
        )
    ]
    if of_consultations:
        what.append(say("progress.month.published", count=number(published)))
    notes = [" · ".join(what)]
    if found.begun:
        notes.append(say("progress.month.begun", names=_named(found.begun, names)))
    if found.reached:
        notes.append(say("progress.month.reached", names=_named(found.reached, names)))
    return (
        f'<li data-indicator="{indicator}"><p><span>{escape(say(f"map.indicator.{indicator}"))}</span>'
        f'<span class="points">{escape(_points(found.points))}</span></p>'
        + "".join(f"<p>{escape(note)}</p>" for note in notes)
        + "</li>"
    )


def _points(points: float | None) -> str:
    if points is None:
        return say("progress.month.not_shown")
    rounded = math.floor(points * 10 + 1e-6) / 10
    return say(
        "progress.month.points",
        points=format_decimal(rounded, "+#,##0.0;−#,##0.0" if rounded else "0.0", locale=current()),
    )


def _named(codes: tuple[str, ...], names: dict[str, str]) -> str:
    named = ", ".join(names[code] for code in codes[:NAMED])
    more = len(codes) - NAMED
    return say("progress.month.more", names=named, count=number(more)) if more > 0 else named
