"""Screen: one activity: the plan, who came, what shows that it was held, and what changed."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.activity_attendance import attendance
from survey_app.screens.activity_draft import activity_mistakes, save_activity
from survey_app.screens.activity_facts import activity, facts, indicator_of, state_chip
from survey_app.screens.activity_fields import activity_fields
from survey_app.screens.before_after import before_after
from survey_app.screens.deleting import delete_button
from survey_app.screens.failures import told
from survey_app.screens.language import number, say
from survey_app.screens.session import Member, member


def screen() -> None:
    who = member()
    st.page_link("screens/activities.py", label=say("activity.back"), icon=":material/arrow_back:")
    row = activity(who.database, st.query_params.get("activity"))
    if row is None:
        st.title(say("nav.activity"))
        st.info(say("activity.unknown"), icon=":material/search_off:")
        return
    st.title(row["title"])
    st.html(
        f"<p>{state_chip(row)} {escape(' · '.join(facts(row)))}</p>"
        f"<p>{escape(say('activity.counts_for', indicator=row['indicator']))}</p>"
    )
    _plan(who, row)
    attendance(who, row)
    _evidence(who, row)
    before_after(who, row)
    if who.runs_consultations:
        _deleting(who, row)


def _deleting(who: Member, row: Row) -> None:
    children = row["attended"] + row["headcount"]
    consequence = say("delete.activity.children", children=number(children)) if children else ""
    if row["before_id"] is not None:
        consequence = f"{consequence} {say('delete.activity.before_after')}"
    delete_button(who, "activity", row["id"], row["title"], consequence.strip(), "screens/activities.py")


def _plan(who: Member, row: Row) -> None:
    if row["plan"]:
        st.subheader(say("activity.plan"))
        st.text(row["plan"])
    if who.runs_consultations:
        with st.expander(say("activity.edit"), icon=":material/edit:"):
            _edit(who, row)


def _edit(who: Member, row: Row) -> None:
    key = f"edit-{row['id']}"
    wrong = st.session_state.get(f"{key}_mistakes", {})
    draft = activity_fields(who, key, wrong, row)
    if draft.kind and indicator_of(draft.kind) != row["indicator"]:
        st.warning(
            say("activity.counts_otherwise", before=row["indicator"], after=indicator_of(draft.kind)),
            icon=":material/swap_horiz:",
        )
    if not st.button(say("activity.save"), icon=":material/save:", key=f"{key}-save", width="stretch"):
        return
    st.session_state[f"{key}_mistakes"] = activity_mistakes(draft)
    if st.session_state[f"{key}_mistakes"]:
        st.rerun()
    with told():
        save_activity(who.database, draft, row["id"])
        st.toast(say("saved"), icon=":material/check:")
        st.rerun()


def _evidence(who: Member, row: Row) -> None:
    st.subheader(say("evidence.title"))
    st.caption(say("evidence.explained"))
    if not who.runs_consultations:
        st.text(row["evidence"] or say("evidence.none"))
        return
    evidence = st.text_area(
        say("evidence.field"),
        value=row["evidence"],
        placeholder=say("evidence.example"),
        height=120,
        max_chars=4000,
        key=f"evidence-{row['id']}",
    )
    if st.button(say("evidence.save"), icon=":material/save:", width="stretch"):
        with told():
            who.database.call("set_activity_evidence", activity=row["id"], evidence=(evidence or "").strip())
            st.toast(say("saved"), icon=":material/check:")
            st.rerun()


screen()
