"""Screen: a new activity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from survey_app.screens.activity_draft import ActivityDraft, activity_mistakes
from survey_app.screens.activity_facts import KINDS, USUAL_AGES, indicator_of
from survey_app.screens.appearance import mistake
from survey_app.screens.failures import told
from survey_app.screens.language import say, today
from survey_app.screens.place_choice import commune_choice, school_choice
from survey_app.screens.roster_choice import roster_choice
from survey_app.screens.session import Member, member


def screen() -> None:
    who = member()
    st.page_link("screens/activities.py", label=say("activity.back"), icon=":material/arrow_back:")
    st.title(say("nav.new_activity"))
    wrong: Mapping[str, str] = st.session_state.get("newact_mistakes", {})
    with st.container(border=True):
        draft = _fields(who, wrong)
    if wrong:
        st.error(say("new.look_above"), icon=":material/error:")
    if st.button(say("activity.create"), type="primary", icon=":material/check:", width="stretch"):
        found = activity_mistakes(draft)
        st.session_state["newact_mistakes"] = found
        if found:
            st.rerun()
        _create(who, draft)


def _fields(who: Member, wrong: Mapping[str, str]) -> ActivityDraft:
    kind = st.radio(
        say("field.activity_kind"),
        KINDS,
        index=None,
        format_func=lambda k: say(f"activity_kind.{k}"),
        captions=[
            f"{say(f'activity_kind.{k}.explained')} {say('activity.counts_for', indicator=indicator_of(k))}"
            for k in KINDS
        ],
        key="newact_kind",
    )
    _say_mistake(wrong, "kind")
    title = st.text_input(
        say("field.activity_title"),
        key="newact_title",
        placeholder=say("field.activity_title.example"),
        max_chars=200,
    )
    _say_mistake(wrong, "title")
    with st.container(key="halves-activity-place"):
        left, right = st.columns(2)
    with left:
        commune = commune_choice(who, "newact_commune")
        _say_mistake(wrong, "commune")
    with right:
        school = school_choice(who, commune, "newact_school", who.school_id)
    with st.container(key="halves-activity-class"):
        left, right = st.columns(2)
    with left:
        roster = roster_choice(who, commune, school, f"newact_roster_{commune}_{school}")
    with right:
        held_on = st.date_input(say("field.activity_day"), value=today(), format="DD/MM/YYYY", key="newact_held_on")
        _say_mistake(wrong, "held_on")
    low, high = USUAL_AGES[indicator_of(kind)] if kind else (None, None)
    indicator = indicator_of(kind) if kind else ""
    first, second, third = st.columns(3)
    # Other kinds have other usual ages: fields of their own.
    min_age = first.number_input(
        say("field.min_age"), value=low, step=1, placeholder="7", key=f"newact_min_age_{indicator}"
    )
    max_age = second.number_input(
        say("field.max_age"), value=high, step=1, placeholder="15", key=f"newact_max_age_{indicator}"
    )
    planned = third.number_input(
        say("field.planned"), value=None, step=1, placeholder=say("field.expected.example"), key="newact_planned"
    )
    _say_mistake(wrong, "ages")
    _say_mistake(wrong, "planned")
    plan = st.text_area(
        say("field.plan"), placeholder=say("field.plan.example"), key="newact_plan", height=120, max_chars=4000
    )
    return ActivityDraft(
        kind=kind,
        title=(title or "").strip(),
        commune=commune,
        school=school,
        roster=roster,
        held_on=held_on if isinstance(held_on, date) else None,
        min_age=min_age,
        max_age=max_age,
        planned=planned,
        plan=(plan or "").strip(),
    )


def _say_mistake(wrong: Mapping[str, str], field: str) -> None:
    mistake(say(wrong[field]) if field in wrong else None)


def _create(who: Member, draft: ActivityDraft) -> None:
    if draft.held_on is None:
        raise ValueError("a draft with mistakes cannot be created")
    with told():
        made = who.database.call(
            "save_activity",
            activity=None,
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
        )[0]["save_activity"]
        for key in [str(key) for key in st.session_state if str(key).startswith("newact_")]:
            del st.session_state[key]
        st.switch_page("screens/activity.py", query_params={"activity": made})


screen()
