"""Screen: one activity: the plan, who came, what shows that it was held, and what changed."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.activity_attendance import attendance
from survey_app.screens.activity_draft import ActivityDraft, activity_mistakes
from survey_app.screens.activity_facts import activity, facts, state_chip
from survey_app.screens.appearance import mistake
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
    wrong = st.session_state.get("activity_mistakes", {})
    title = st.text_input(say("field.activity_title"), value=row["title"], max_chars=200, key=f"edit-title-{row['id']}")
    _say_mistake(wrong, "title")
    with st.container(key="halves-edit"):
        left, right = st.columns(2)
    held_on = left.date_input(
        say("field.activity_day"),
        value=date.fromisoformat(row["held_on"]),
        format="DD/MM/YYYY",
        key=f"edit-day-{row['id']}",
    )
    planned = right.number_input(say("field.planned"), value=row["planned"], step=1, key=f"edit-planned-{row['id']}")
    _say_mistake(wrong, "held_on")
    _say_mistake(wrong, "planned")
    left, right = st.columns(2)
    min_age = left.number_input(say("field.min_age"), value=row["min_age"], step=1, key=f"edit-min-{row['id']}")
    max_age = right.number_input(say("field.max_age"), value=row["max_age"], step=1, key=f"edit-max-{row['id']}")
    _say_mistake(wrong, "ages")
    plan = st.text_area(
        say("field.plan"),
        value=row["plan"],
        placeholder=say("field.plan.example"),
        height=160,
        max_chars=4000,
        key=f"edit-plan-{row['id']}",
    )
    if not st.button(say("activity.save"), icon=":material/save:", key=f"edit-save-{row['id']}", width="stretch"):
        return
    draft = ActivityDraft(
        kind=row["kind"],
        title=(title or "").strip(),
        commune=row["commune_code"],
        school=row["school_id"],
        roster=row["roster_id"],
        held_on=held_on if isinstance(held_on, date) else None,
        min_age=min_age,
        max_age=max_age,
        planned=planned,
        plan=(plan or "").strip(),
    )
    st.session_state["activity_mistakes"] = activity_mistakes(draft)
    if st.session_state["activity_mistakes"] or draft.held_on is None:
        st.rerun()
    with told():
        who.database.call(
            "save_activity",
            activity=row["id"],
            kind=draft.kind,
            title=draft.title,
            commune=draft.commune,
            school=draft.school,
            roster=draft.roster,
            held_on=draft.held_on.isoformat(),
            min_age=draft.min_age,
            max_age=draft.max_age,
            planned=draft.planned,
            plan=draft.plan,
        )
        st.toast(say("saved"), icon=":material/check:")
        st.rerun()


def _say_mistake(wrong: dict[str, str], field: str) -> None:
    mistake(say(wrong[field]) if field in wrong else None)


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
