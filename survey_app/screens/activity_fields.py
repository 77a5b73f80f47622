"""The fields of an activity, new or to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from survey_app.database import Row
from survey_app.screens.activity_draft import ActivityDraft
from survey_app.screens.activity_facts import KINDS, USUAL_AGES, indicator_of
from survey_app.screens.appearance import mistake
from survey_app.screens.language import say, today
from survey_app.screens.place_choice import commune_choice, school_choice
from survey_app.screens.roster_choice import roster_choice
from survey_app.screens.session import Member


def activity_fields(who: Member, key: str, wrong: Mapping[str, str], before: Row | None = None) -> ActivityDraft:
    """What is entered now. `key` begins the name of every field; `wrong`: as `activity_mistakes` gives it.

    An activity that is there already (`before`) stays in its commune: its children's cards are of there.
    """
    own = before or {}
    kind = st.radio(
        say("field.activity_kind"),
        KINDS,
        index=KINDS.index(own["kind"]) if own else None,
        format_func=lambda k: say(f"activity_kind.{k}"),
        captions=[
            f"{say(f'activity_kind.{k}.explained')} {say('activity.counts_for', indicator=indicator_of(k))}"
            for k in KINDS
        ],
        key=f"{key}_kind",
    )
    _say_mistake(wrong, "kind")
    title = st.text_input(
        say("field.activity_title"),
        value=own.get("title", ""),
        key=f"{key}_title",
        placeholder=say("field.activity_title.example"),
        max_chars=200,
    )
    _say_mistake(wrong, "title")
    with st.container(key=f"halves-{key}-place"):
        left, right = st.columns(2)
    with left:
        commune = own.get("commune_code") or commune_choice(who, f"{key}_commune")
        _say_mistake(wrong, "commune")
    with left if own else right:
        school = school_choice(who, commune, f"{key}_school", own["school_id"] if own else who.school_id)
    with st.container(key=f"halves-{key}-class"):
        below_left, below_right = st.columns(2)
    with right if own else below_left:
        as_before = bool(own) and school == own["school_id"]
        chosen = (own["roster_id"], own["roster_name"]) if as_before and own["roster_id"] else None
        roster = roster_choice(who, commune, school, f"{key}_roster_{commune}_{school}", chosen)
    with below_left if own else below_right:
        held_on = st.date_input(
            say("field.activity_day"),
            value=date.fromisoformat(own["held_on"]) if own else today(),
            format="DD/MM/YYYY",
            key=f"{key}_held_on",
        )
        _say_mistake(wrong, "held_on")
    min_age, max_age, planned = _ages_and_number(key, kind, own)
    _say_mistake(wrong, "ages")
    _say_mistake(wrong, "planned")
    plan = st.text_area(
        say("field.plan"),
        value=own.get("plan", ""),
        placeholder=say("field.plan.example"),
        key=f"{key}_plan",
        height=140,
        max_chars=4000,
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


def _ages_and_number(key: str, kind: str | None, own: Row) -> tuple[int | None, int | None, int | None]:
    indicator = indicator_of(kind) if kind else None
    low, high = USUAL_AGES[indicator] if indicator else (None, None)
    if own and indicator == own["indicator"]:
        low, high = own["min_age"], own["max_age"]
    first, second, third = st.columns(3)
    # Other kinds have other usual ages: fields of their own.
    min_age = first.number_input(
        say("field.min_age"), value=low, step=1, placeholder="7", key=f"{key}_min_age_{indicator}"
    )
    max_age = second.number_input(
        say("field.max_age"), value=high, step=1, placeholder="15", key=f"{key}_max_age_{indicator}"
    )
    planned = third.number_input(
        say("field.planned"),
        value=own.get("planned"),
        step=1,
        placeholder=say("field.expected.example"),
        key=f"{key}_planned",
    )
    return min_age, max_age, planned


def _say_mistake(wrong: Mapping[str, str], field: str) -> None:
    mistake(say(wrong[field]) if field in wrong else None)
