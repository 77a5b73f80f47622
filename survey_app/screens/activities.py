"""Screen: the activities that this member of staff may see."""

from __future__ import annotations

import streamlit as st

from survey_app.database import Row
from survey_app.screens.activity_facts import KINDS, STATES, activities, summary_html
from survey_app.screens.language import number, say
from survey_app.screens.session import Member, member

PAGE_LENGTH = 20
ALL = ""


def screen() -> None:
    who = member()
    st.title(say("nav.activities"))
    st.caption(say("activities.explained"))
    found = activities(who.database)
    if not found:
        _empty(who)
        return
    if who.runs_consultations:
        _new_button()
    shown = _filtered(found)
    st.caption(say("activities.count", shown=number(len(shown)), all=number(len(found))))
    if not shown:
        st.info(say("activities.nothing_matches"), icon=":material/filter_alt_off:")
    limit = st.session_state.setdefault("activities_limit", PAGE_LENGTH)
    for row in shown[:limit]:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"activity-{row['id']}"):
            st.html(summary_html(row))
            st.page_link(
                "screens/activity.py",
                label=say("list.open"),
                icon=":material/arrow_forward:",
                icon_position="right",
                query_params={"activity": row["id"]},
            )
    if len(shown) > limit and st.button(
        say("activities.more", count=number(min(PAGE_LENGTH, len(shown) - limit))), width="stretch"
    ):
        st.session_state["activities_limit"] = limit + PAGE_LENGTH
        st.rerun()


def _new_button() -> None:
    if st.button(say("nav.new_activity"), type="primary", icon=":material/add_circle:"):
        st.switch_page("screens/new_activity.py")


def _empty(who: Member) -> None:
    with st.container(border=True):
        st.subheader(say("activities.empty"))
        if who.runs_consultations:
            st.write(say("activities.empty_explained"))
            _new_button()
        else:
            st.write(say("activities.empty_reader"))


def _filtered(found: list[Row]) -> list[Row]:
    years = sorted({row["year"] for row in found}, reverse=True)
    with st.container(key="halves-activities"):
        first, second, third = st.columns(3)
    year = first.selectbox(
        say("field.year"),
        [ALL, *years],
        format_func=lambda y: say("filter.all") if y == ALL else str(y),
        key="activities_year",
    )
    kind = second.selectbox(
        say("field.activity_kind"),
        [ALL, *KINDS],
        format_func=lambda k: say("filter.all") if k == ALL else say(f"activity_kind.{k}"),
        key="activities_kind",
    )
    state = third.selectbox(
        say("field.status"),
        [ALL, *STATES],
        format_func=lambda s: say("filter.all") if s == ALL else say(f"activity_state.{s}"),
        key="activities_state",
    )
    return [
        row
        for row in found
        if year in (ALL, row["year"]) and kind in (ALL, row["kind"]) and state in (ALL, row["state"])
    ]


screen()
