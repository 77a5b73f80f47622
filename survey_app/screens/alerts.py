"""Screen: words that may tell of harm, for the protection officer alone."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.failures import told
from survey_app.screens.highlighting import highlighted
from survey_app.screens.language import day, moment, number, said_in, say
from survey_app.screens.session import Member, member

PAGE_LENGTH = 20
DECISIONS = ("handled", "no_concern", "seen")


def screen() -> None:
    who = member()
    st.title(say("nav.alerts"))
    st.write(say("alerts.explained"))
    st.warning(say("alerts.what_to_do"), icon=":material/call:")
    with told():
        found = who.database.call("alert_list")
        if not found:
            st.info(say("alerts.empty"), icon=":material/verified_user:")
            return
        new = [alert for alert in found if alert["state"] == "new"]
        done = [alert for alert in found if alert["state"] != "new"]
        st.subheader(say("alerts.new", count=number(len(new))))
        if not new:
            st.success(say("alerts.none_new"), icon=":material/task_alt:")
        _some(who, new, "new")
        if done:
            with st.expander(say("alerts.decided", count=number(len(done)))):
                _some(who, done, "done")


def _some(who: Member, alerts: list[Row], key: str) -> None:
    limit = st.session_state.setdefault(f"alerts_limit-{key}", PAGE_LENGTH)
    for alert in alerts[:limit]:
        _alert(who, alert)
    if len(alerts) > limit and st.button(
        say("list.more", count=number(min(PAGE_LENGTH, len(alerts) - limit))), width="stretch", key=f"alerts_more-{key}"
    ):
        st.session_state[f"alerts_limit-{key}"] = limit + PAGE_LENGTH
        st.rerun()


def _alert(who: Member, alert: Row) -> None:
    identity = alert["alert"]
    with st.container(border=True, key=f"alert-{identity}"):
        st.html(
            f'<div class="spoken"><p>{_state_chip(alert)} {escape(_where(alert))}</p>'
            f"<p>{escape(said_in(alert['asked']) if alert['asked'] else say('alerts.own_words'))}</p>"
            f'<p class="words" style="white-space:pre-wrap">{highlighted(alert["said"] or "", alert["words"] or [])}</p>'
            f"<p><small>{escape(_why(alert))}</small></p></div>"
        )
        note = st.text_area(
            say("alerts.note"),
            value=alert["note"],
            max_chars=4000,
            height=90,
            key=f"alert_note-{identity}",
        )
        st.caption(say("alerts.note_help"))
        with st.container(key=f"halves-alert-{identity}"):
            columns = st.columns(len(DECISIONS))
        for column, decision in zip(columns, DECISIONS, strict=True):
            if column.button(
                say(f"alerts.decide.{decision}"),
                key=f"{decision}-{identity}",
                type="primary" if decision == "handled" and alert["state"] in ("new", "seen") else "secondary",
                width="stretch",
            ):
                who.database.call("decide_alert", alert=identity, state=decision, note=note)
                st.rerun()


def _state_chip(alert: Row) -> str:
    look = "warn" if alert["state"] == "new" else "closed"
    return f'<span class="chip {look}">{escape(say("alerts.state." + alert["state"]))}</span>'


def _where(alert: Row) -> str:
    parts = [alert["title"], alert["school"], alert["commune"], day(alert["held_on"]) if alert["held_on"] else None]
    return " · ".join(part for part in parts if part)


def _why(alert: Row) -> str:
    why = say("alerts.by_staff") if alert["by_staff"] else say("alerts.by_words", words=", ".join(alert["words"] or []))
    decided = " " + say("alerts.decided_at", moment=moment(alert["decided_at"])) if alert["decided_at"] else ""
    return f"{why} {say('alerts.raised_at', moment=moment(alert['raised_at']))}{decided}"


screen()
