"""Step 1 of a consultation: the principles, the guardians' consent, opening it, and what all this counts for."""

from __future__ import annotations

import streamlit as st

from survey_app.database import Row
from survey_app.screens.appearance import mistake
from survey_app.screens.consultation_facts import CONSENT_METHODS, PRINCIPLES, not_counted_reasons
from survey_app.screens.failures import told
from survey_app.screens.language import day, number, say, today
from survey_app.screens.printouts import consultation_printouts
from survey_app.screens.roster_choice import roster_choice
from survey_app.screens.session import Member


def what_it_counts(row: Row) -> None:
    """That the consultation counts for indicator 22, or what is missing."""
    if row["counted"]:
        st.markdown(f":green[:material/verified:] {say('count.counts')}")
        return
    reasons = "; ".join(not_counted_reasons(row))
    st.warning(say("count.does_not_count", reasons=reasons), icon=":material/pending:")


def preparation(who: Member, row: Row) -> None:
    with st.container(key="halves-preparation"):
        left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        _principles(who, row)
    with right:
        with st.container(border=True):
            _consent(who, row)
        if who.runs_consultations:
            with st.container(border=True):
                _class(who, row)
    if row["kind"] == "consultation":
        with st.container(border=True):
            consultation_printouts(who, row)
    if row["status"] == "draft" and who.runs_consultations:
        _opening(who, row)


def _principles(who: Member, row: Row) -> None:
    st.subheader(say("principles.title"))
    st.caption(say("principles.explained"))
    ticked = [principle for principle in PRINCIPLES if _principle(principle, row, disabled=not who.runs_consultations)]
    if who.runs_consultations and set(ticked) != set(row["principles"]):
        with told():
            who.database.call("set_principles", consultation=row["id"], principles=ticked)
            st.toast(say("saved"), icon=":material/check:")
            st.rerun()


def _principle(name: str, row: Row, *, disabled: bool) -> bool:
    ticked = st.checkbox(
        f"**{say('principle.' + name)}**  \n{say('principle.' + name + '.explained')}",
        value=name in row["principles"],
        key=f"principle-{name}-{row['id']}",
        disabled=disabled,
    )
    return bool(ticked)


def _consent(who: Member, row: Row) -> None:
    st.subheader(say("consent.title"))
    st.caption(say("consent.explained"))
    recorded = row["consent_version"] is not None
    if recorded:
        st.success(
            say(
                "consent.recorded",
                method=say("consent.method." + row["consent_method"]),
                day=day(row["consent_on"]),
                guardians=number(row["consent_guardians"]),
                version=row["consent_version"],
            ),
            icon=":material/check_circle:",
        )
    if not who.runs_consultations:
        return
    if recorded:
        with st.expander(say("consent.correct")):
            _consent_fields(who, row)
    else:
        _consent_fields(who, row)


def _consent_fields(who: Member, row: Row) -> None:
    wrong = st.session_state.get("consent_mistakes", ())
    # A new version starts from empty fields.
    version = f"{row['id']}-{row['consent_version'] or 0}"
    method = st.selectbox(
        say("consent.method"),
        CONSENT_METHODS,
        format_func=lambda m: say(f"consent.method.{m}"),
        key=f"consent-method-{version}",
    )
    obtained_on = st.date_input(
        say("consent.obtained_on"), value=today(), max_value=today(), format="DD/MM/YYYY", key=f"consent-day-{version}"
    )
    mistake(say("mistake.consent_day") if "day" in wrong else None)
    guardians = st.number_input(
        say("consent.guardians"), value=None, step=1, placeholder="28", key=f"consent-number-{version}"
    )
    mistake(say("mistake.guardians") if "guardians" in wrong else None)
    if st.button(
        say("consent.record"), key=f"consent-record-{version}", icon=":material/edit_document:", width="stretch"
    ):
        found = [
            field
            for field, right in (
                ("day", obtained_on is not None),
                ("guardians", guardians is not None and 1 <= guardians <= 10_000),
            )
            if not right
        ]
        st.session_state["consent_mistakes"] = found
        if not found:
            with told():
                who.database.call(
                    "record_guardian_consent",
                    consultation=row["id"],
                    method=method,
                    obtained_on=str(obtained_on),
                    guardians=guardians,
                )
                st.toast(say("saved"), icon=":material/check:")
        st.rerun()


def _class(who: Member, row: Row) -> None:
    st.subheader(say("class.title"))
    st.caption(say("class.explained"))
    so_far = (row["roster_id"], row["roster_name"]) if row["roster_id"] else None
    chosen = roster_choice(who, row["commune_code"], row["school_id"], f"class-{row['id']}-{row['roster_id']}", so_far)
    if chosen != row["roster_id"]:
        with told():
            who.database.call("set_consultation_roster", consultation=row["id"], roster=chosen)
            st.toast(say("saved"), icon=":material/check:")
            st.rerun()


def _opening(who: Member, row: Row) -> None:
    st.subheader(say("open.title"))
    st.write(say("open.ready" if row["counted"] else "open.not_ready"))
    st.caption(say("open.before_class"))
    if st.button(say("open.button"), type="primary", icon=":material/play_circle:", width="stretch"):
        with told():
            who.database.call("open_consultation", consultation=row["id"])
            st.rerun()
