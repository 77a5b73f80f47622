"""Part of a screen: one indicator by the units before a reorganisation and by today's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analysis.choropleth import percent
from survey_app.database import Row
from survey_app.former_units import Compared, compared
from survey_app.screens.language import current, day, say
from survey_app.screens.map_figures import INDICATORS, years
from survey_app.screens.session import Member


def comparison(who: Member, changes: Sequence[Row]) -> None:
    """Of reorganisations that were not taken back; of the last of some that began on one day, nothing else is asked."""
    days = sorted({date.fromisoformat(str(row["first_day"])) for row in changes if not row["undone_at"]}, reverse=True)
    if not days:
        return
    st.subheader(say("units.compare"))
    with st.container(key="halves-units-compare"):
        left, middle, right = st.columns(3)
    first = left.selectbox(say("units.compare.day"), days, format_func=day, key="units_compare_day")
    indicator = middle.selectbox(
        say("map.indicator"),
        INDICATORS,
        format_func=lambda one: say(f"map.indicator.{one}"),
        key="units_compare_indicator",
    )
    year = right.selectbox(say("field.year"), years(who.database), format_func=str, key="units_compare_year")
    found = compared(who.database, int(year), int(indicator), first - timedelta(days=1))
    st.html(_table(found))
    st.caption(say("units.compare.explained"))


def _table(found: Sequence[Compared]) -> str:
    names = (say("units.compare.before"), say("units.compare.today"))
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(f"<tr><td>{_cell(one.before)}</td><td>{_cell(one.today)}</td></tr>" for one in found)
    return (
        f'<table class="plain" id="units-compared" aria-label="{escape(say("units.compare"))}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(units: Sequence[tuple[str, dict[Any, Any]]]) -> str:
    return "<br>".join(f"{escape(name)}: <strong>{escape(_rate(row))}</strong>" for name, row in units)


def _rate(row: dict[Any, Any]) -> str:
    if row["state"] != "measured" or pd.isna(row["rate"]):
        return say(f"map.state.{row['state']}")
    low, high = (say("map.percent", value=percent(float(row[name]), current())) for name in ("rate", "rate_upper"))
    told = low if low == high else say("units.compare.interval", low=low, high=high)
    return told.replace(" ", "\u00a0")
