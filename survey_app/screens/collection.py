"""Step 2 of a consultation: the way in for the children, the live count, closing and opening again."""

from __future__ import annotations

from datetime import timedelta
from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.address import public_url, qr_html
from survey_app.screens.appearance import tiles
from survey_app.screens.arrival import arrival_of, say_arrival
from survey_app.screens.failures import told
from survey_app.screens.language import moment, number, say
from survey_app.screens.monitor import live_count, monitor, reconciliation, still_signed_in
from survey_app.screens.paper_entry import from_paper, paper_entry
from survey_app.screens.session import Member, member
from survey_app.screens.tablets import tablets

AFTERWARDS_EVERY = timedelta(seconds=10)


def collecting(who: Member, row: Row) -> None:
    """An open consultation with a questionnaire."""
    with st.container(key="halves-open"):
        left, right = st.columns([5, 3], gap="medium")
    with left:
        with st.container(border=True):
            _way_in(row)
        st.subheader(say("live.title"))
        monitor(row)
    with right, st.container(border=True):
        _qr(row)
    if who.runs_consultations:
        tablets(row)
        paper_entry(row)


def close_button(who: Member, row: Row) -> None:
    """For an open consultation."""
    if who.runs_consultations and st.button(
        say("close.button"),
        icon=":material/stop_circle:",
        type="primary" if row["received"] or row["questionnaire_id"] is None else "secondary",
        key=f"close-{row['id']}",
        width="stretch",
    ):
        _confirm_close(row)


def closed_summary(who: Member, row: Row) -> None:
    """A closed consultation."""
    sent = [
        (say("summary.received"), f"{number(row['received'])} / {number(row['expected'])}", "strong"),
        (say("summary.accepted"), number(row["accepted"]), ""),
        (say("live.in_review"), number(row["in_review"]), "warn" if row["in_review"] else ""),
        (say("live.late"), number(row["late"]), ""),
    ]
    asks = row["questionnaire_id"] is not None
    tiles(
        [
            *(sent if asks else []),
            (say("summary.carded"), number(row["carded"]), "" if asks else "strong"),
            (say("summary.uncarded"), number(row["uncarded"]), ""),
        ],
        say("summary.title"),
    )
    if asks:
        from_paper(row)
        _still_arriving(row)
        if who.runs_consultations:
            reconciliation(who, row)
            tablets(row)
    if who.runs_consultations and st.button(say("reopen.button"), icon=":material/lock_open:"):
        with told():
            who.database.call("open_consultation", consultation=row["id"])
            st.rerun()


def closed_note(row: Row) -> None:
    """At the beginning of what comes after closing."""
    st.info(say("closed.next", moment=moment(row["closed_at"])), icon=":material/campaign:")
    if row["questionnaire_id"] is not None:
        _still_arriving(row)


def _way_in(row: Row) -> None:
    code = row["join_code"]
    shown = f"{code[:3]} {code[3:]}"
    address = public_url().split("://", 1)[-1] + "/join"
    st.html(
        f'<div class="way-in"><div>{escape(say("join.code"))}</div>'
        f'<div class="code" aria-label="{escape(say("join.code"))} {" ".join(code)}">{shown}</div>'
        f"<p>{escape(say('join.how', address=address))}</p></div>"
    )
    st.link_button(say("join.poster"), f"/poster/{code}", icon=":material/fullscreen:", type="primary", width="stretch")


def _qr(row: Row) -> None:
    url = f"{public_url()}/join/{row['join_code']}"
    address = f'<p style="text-align:center;overflow-wrap:anywhere"><code>{escape(url)}</code></p>'
    st.html(qr_html(url, "qr") + address)


@st.fragment(run_every=AFTERWARDS_EVERY)
def _still_arriving(row: Row) -> None:
    """After closing: what tablets bring home later still comes in."""
    with told():
        who = still_signed_in()
        live = live_count(who, row)
        say_arrival(who, row, live)
        if live["sent"] != row["received"]:
            st.rerun(scope="app")


def _confirm_close(row: Row) -> None:
    @st.dialog(say("close.title"))
    def ask() -> None:
        with told():
            who = member()
            live = live_count(who, row)
            if live["answering"] or live["waiting"]:
                st.warning(
                    say("close.still", answering=number(live["answering"]), waiting=number(live["waiting"])),
                    icon=":material/hourglass_top:",
                )
            elif arrival_of(who, row, live).files_missing:
                st.warning(say("close.files_missing"), icon=":material/hourglass_top:")
            else:
                st.write(say("close.nobody_left"))
            st.write(say("close.explained"))
            keep, close = st.columns(2)
            if keep.button(say("close.keep"), width="stretch"):
                st.rerun()
            if close.button(say("close.confirm"), type="primary", width="stretch"):
                who.database.call("close_consultation", consultation=row["id"])
                st.rerun()

    ask()
