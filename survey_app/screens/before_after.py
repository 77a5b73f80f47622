"""Part of an activity: the same questions before and after it, to see what changed."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.address import public_url
from survey_app.screens.appearance import chip
from survey_app.screens.consultation_facts import consultation
from survey_app.screens.failures import told
from survey_app.screens.language import number, say
from survey_app.screens.score_change import score_change
from survey_app.screens.session import Member

TIMES = ("before", "after")


def before_after(who: Member, row: Row) -> None:
    st.subheader(say("around.title"))
    st.caption(say("around.explained"))
    if row["before_id"] is None:
        if who.runs_consultations and st.button(say("around.create"), icon=":material/quiz:", width="stretch"):
            with told():
                who.database.call(
                    "create_before_after",
                    activity=row["id"],
                    before_title=say("around.before_of", title=row["title"]),
                    after_title=say("around.after_of", title=row["title"]),
                )
                st.rerun()
        return
    with st.container(key="halves-around"):
        sides = st.columns(2, gap="medium")
    for side, time in zip(sides, TIMES, strict=True):
        asked = consultation(who.database, row[f"{time}_id"])
        with side, st.container(border=True, key=f"around-{time}"):
            st.markdown(f"**{say('around.' + time)}**")
            if asked is None:
                st.caption(say("around.gone"))
            else:
                _one(who, asked)
    score_change(who, row)


def _one(who: Member, asked: Row) -> None:
    st.html(f"<p>{chip(asked['status'])} {escape(say('around.received', count=number(asked['received'])))}</p>")
    if asked["status"] == "open":
        code = asked["join_code"]
        address = public_url().split("://", 1)[-1] + "/join"
        st.html(
            f'<div class="way-in"><div class="code" style="font-size:2.8rem" aria-label="{escape(say("join.code"))} '
            f'{" ".join(code)}">{code[:3]} {code[3:]}</div><p>{escape(say("join.how", address=address))}</p></div>'
        )
        st.link_button(say("join.poster"), f"/poster/{code}", icon=":material/fullscreen:", width="stretch")
    if not who.runs_consultations:
        return
    if asked["status"] == "open":
        label, function, icon = say("around.close"), "close_consultation", ":material/stop_circle:"
    else:
        label = say("around.open" if asked["status"] == "draft" else "around.reopen")
        function, icon = "open_consultation", ":material/play_circle:"
    if st.button(label, icon=icon, key=f"around-{function}-{asked['id']}", width="stretch"):
        with told():
            who.database.call(function, consultation=asked["id"])
            st.rerun()
