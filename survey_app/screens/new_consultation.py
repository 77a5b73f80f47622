"""Screen: a new consultation, down to what a teacher must decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import streamlit as st

from survey_app.database import AlreadyExists, Row
from survey_app.screens.appearance import mistake
from survey_app.screens.consultation_draft import Draft, mistakes
from survey_app.screens.consultation_facts import BY_WORD, FORMS, ages
from survey_app.screens.language import day, said_in, say, today
from survey_app.screens.places import SCHOOL_KINDS, Commune, communes, schools
from survey_app.screens.roster_choice import roster_choice
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows

NO_SCHOOL, NEW_SCHOOL = "none", "new"
NO_QUESTIONNAIRE = ""
USUAL_AGES = (7, 15)


def screen() -> None:
    who = member()
    st.title(say("new.title"))
    st.caption(say("new.explained"))
    wrong: Mapping[str, str] = st.session_state.get("new_mistakes", {})
    with st.container(border=True):
        draft, school_name, school_kind = _fields(who, wrong)
    if wrong:
        st.error(say("new.look_above"), icon=":material/error:")
    if st.button(say("new.create"), type="primary", icon=":material/check:", width="stretch"):
        found = mistakes(draft)
        st.session_state["new_mistakes"] = found
        if found:
            st.rerun()
        _create(who, draft, school_name, school_kind)


def _fields(who: Member, wrong: Mapping[str, str]) -> tuple[Draft, str, str]:
    left, right = st.columns(2)
    with left:
        commune = _commune(who)
        _say_mistake(wrong, "commune")
    with right:
        school, school_name, school_kind = _school(who, commune)
        _say_mistake(wrong, "school")
    left, right = st.columns(2)
    with left:
        held_on = st.date_input(say("field.held_on"), value=today(), format="DD/MM/YYYY", key="new_held_on")
        _say_mistake(wrong, "held_on")
    with right:
        expected = st.number_input(
            say("field.expected"), value=None, step=1, placeholder=say("field.expected.example"), key="new_expected"
        )
        _say_mistake(wrong, "expected")
    left, right = st.columns(2)
    with left:
        form = st.selectbox(say("field.form"), FORMS, format_func=lambda one: say(f"form.{one}"), key="new_form")
    with right:
        code = commune.code if commune else None
        own = school if school not in (None, NO_SCHOOL, NEW_SCHOOL) else None
        roster = roster_choice(who, code, own, f"new_roster_{code}_{own}")
    chosen = _questionnaire(who, can_do_without=form in BY_WORD)
    _say_mistake(wrong, "questionnaire")
    low, high = _ages(chosen, form)
    _say_mistake(wrong, "ages")
    title = st.text_input(say("field.title"), key="new_title", placeholder=say("field.title.example"), max_chars=200)
    draft = Draft(
        commune=commune.code if commune else None,
        school=school,
        school_name=school_name if school == NEW_SCHOOL else None,
        held_on=held_on if isinstance(held_on, date) else None,
        expected=expected,
        questionnaire=(chosen["id"], chosen["version"]) if chosen else None,
        min_age=low,
        max_age=high,
        title=(title or "").strip(),
        commune_name=commune.name if commune else "",
        form=form,
        needs_questionnaire=form not in BY_WORD,
        roster=roster,
    )
    return draft, school_name, school_kind


def _commune(who: Member) -> Commune | None:
    offered = [c for c in communes(who.database) if who.role == "administrator" or who.commune_code in (None, c.code)]
    return st.selectbox(
        say("field.commune"),
        offered,
        index=0 if len(offered) == 1 else None,
        format_func=lambda c: c.name,
        placeholder=say("field.commune.choose"),
        disabled=len(offered) == 1,
        key="new_commune",
    )


def _school(who: Member, commune: Commune | None) -> tuple[str | None, str, str]:
    """The school's id, or NO_SCHOOL or NEW_SCHOOL; name and kind of a new one."""
    present = {s.id: s.name for s in schools(who.database, commune.code)} if commune else {}
    options = [*present, NEW_SCHOOL, NO_SCHOOL]
    own = options.index(who.school_id) if who.school_id in present else None
    school = st.selectbox(
        say("field.school"),
        options,
        index=own,
        format_func=lambda choice: present.get(choice) or say(f"field.school.{choice}"),
        placeholder=say("field.school.choose" if commune else "field.school.commune_first"),
        disabled=commune is None,
        # Another commune has other schools: a field of its own.
        key=f"new_school_{commune.code if commune else ''}",
    )
    if school != NEW_SCHOOL:
        return school, "", ""
    name = st.text_input(say("field.school_name"), key="new_school_name", placeholder=say("field.school_name.example"))
    kind = st.selectbox(
        say("field.school_kind"), SCHOOL_KINDS, format_func=lambda k: say(f"school_kind.{k}"), key="new_school_kind"
    )
    return NEW_SCHOOL, (name or "").strip(), kind


def _questionnaire(who: Member, *, can_do_without: bool) -> Row | None:
    found = rows(who.database, "questionnaire", ["id", "version", "title", "min_age", "max_age", "added_at"])
    newest: dict[str, Row] = {}
    for row in sorted(found, key=lambda r: r["added_at"]):
        newest[row["id"]] = row
    if not newest and not can_do_without:
        st.warning(say("new.no_questionnaire"), icon=":material/quiz:")
        return None

    def title(identity: str) -> str:
        if identity == NO_QUESTIONNAIRE:
            return say("field.questionnaire.none")
        row = newest[identity]
        named = said_in(row["title"])
        return named if row["min_age"] is None or row["max_age"] is None else f"{named} ({ages(row)})"

    ordered = sorted(newest, key=lambda identity: (newest[identity]["min_age"] or 0, title(identity)))
    chosen = st.radio(
        say("field.questionnaire"),
        [NO_QUESTIONNAIRE, *ordered] if can_do_without else ordered,
        index=0 if can_do_without else None,
        format_func=title,
        key=f"new_questionnaire_{can_do_without}",
    )
    return newest[chosen] if chosen else None


def _ages(chosen: Row | None, form: str) -> tuple[int | None, int | None]:
    identity = chosen["id"] if chosen else form
    unasked = USUAL_AGES if form in BY_WORD else (None, None)
    preset = (chosen["min_age"], chosen["max_age"]) if chosen else unasked
    left, right = st.columns(2)
    low = left.number_input(
        say("field.min_age"), value=preset[0], step=1, key=f"new_min_age_{identity}", placeholder="7"
    )
    high = right.number_input(
        say("field.max_age"), value=preset[1], step=1, key=f"new_max_age_{identity}", placeholder="15"
    )
    return low, high


def _say_mistake(wrong: Mapping[str, str], field: str) -> None:
    mistake(say(wrong[field]) if field in wrong else None)


def _create(who: Member, draft: Draft, school_name: str, school_kind: str) -> None:
    if draft.commune is None or draft.held_on is None:
        raise ValueError("a draft with mistakes cannot be created")
    school: str | None = None if draft.school == NO_SCHOOL else draft.school
    place = draft.commune_name
    if draft.school == NEW_SCHOOL:
        school = _add_school(who, draft.commune, school_name, school_kind)
        if school is None:
            st.rerun()
        place = school_name
    elif school is not None:
        place = next(s.name for s in schools(who.database, draft.commune) if s.id == school)
    made: dict[str, Any] = who.database.call(
        "create_consultation",
        title=draft.title or f"{place}, {day(draft.held_on)}",
        commune=draft.commune,
        school=school,
        held_on=draft.held_on.isoformat(),
        questionnaire_id=draft.questionnaire[0] if draft.questionnaire else None,
        questionnaire_version=draft.questionnaire[1] if draft.questionnaire else None,
        min_age=draft.min_age,
        max_age=draft.max_age,
        expected=draft.expected,
        form=draft.form,
        roster=draft.roster,
    )[0]
    for key in [str(key) for key in st.session_state if str(key).startswith("new_")]:
        del st.session_state[key]
    st.switch_page("screens/consultation.py", query_params={"consultation": made["id"]})


def _add_school(who: Member, commune: str, name: str, kind: str) -> str | None:
    """The new school's id; None, with the mistake noted, when the commune has one of this name."""
    identity = str(uuid4())
    try:
        who.database.write("school", [{"id": identity, "commune_code": commune, "name": name, "kind": kind}])
    except AlreadyExists:
        st.session_state["new_mistakes"] = {"school": "mistake.school_exists"}
        return None
    return identity


screen()
