"""Part of an activity: who came, by card, and how many without one."""

from __future__ import annotations

import streamlit as st

from survey_app.card import with_emoji
from survey_app.database import Row
from survey_app.screens.appearance import mistake, tiles
from survey_app.screens.card_entry import card_entry
from survey_app.screens.failures import told
from survey_app.screens.language import moment, number, say, today
from survey_app.screens.session import Member

MOST = 10_000


def attendance(who: Member, row: Row) -> None:
    """For who runs the activity; others see the counts."""
    st.subheader(say("attendance.title"))
    _counts(row)
    if not who.runs_consultations:
        return
    if str(row["held_on"]) > today().isoformat():
        st.info(say("attendance.not_yet"), icon=":material/event_upcoming:")
        return
    present = who.database.call("activity_attendance", activity=row["id"])
    with st.container(border=True):

        def record(cards: list[str]) -> list[Row]:
            return who.database.call("record_attendance", activity=row["id"], cards=cards)

        card_entry(
            who,
            row["roster_id"],
            row["commune_code"],
            f"attendance-{row['id']}",
            record,
            {one["card"] for one in present},
        )
    with st.container(border=True):
        _headcount(who, row)
    _listed(who, row, present)


def _counts(row: Row) -> None:
    low, high = (11, 15) if row["indicator"] == 24 else (7, 15)
    tiles(
        [
            (say("attendance.cards"), number(row["attended"]), "strong"),
            (say("attendance.of_counted_ages", low=low, high=high), number(row["of_counted_ages"]), ""),
            (say("attendance.headcount"), number(row["headcount"]), ""),
        ],
        say("attendance.title"),
    )
    st.caption(say("attendance.counts_explained", indicator=row["indicator"], low=low, high=high))


def _headcount(who: Member, row: Row) -> None:
    st.markdown(f"**{say('headcount.title')}**")
    st.caption(say("headcount.explained"))
    wrong_key = f"headcount-wrong-{row['id']}"
    children = st.number_input(
        say("headcount.field"), value=row["headcount"], step=1, key=f"headcount-{row['id']}-{row['headcount']}"
    )
    mistake(say("refused.headcount_0_to_10000") if st.session_state.get(wrong_key) else None)
    if st.button(say("headcount.save"), icon=":material/save:", key=f"headcount-save-{row['id']}", width="stretch"):
        st.session_state[wrong_key] = children is None or not 0 <= children <= MOST
        if not st.session_state[wrong_key]:
            with told():
                who.database.call("set_activity_headcount", activity=row["id"], children=children)
                st.toast(say("saved"), icon=":material/check:")
                st.rerun()
        else:
            st.rerun()


def _listed(who: Member, row: Row, present: list[Row]) -> None:
    if not present:
        st.caption(say("attendance.nobody"))
        return
    with st.expander(say("attendance.list", count=number(len(present))), icon=":material/list:"):
        st.caption(say("attendance.remove_explained"))
        for one in present:
            with st.container(horizontal=True, vertical_alignment="center", key=f"present-{one['card']}"):
                st.markdown(f"**{with_emoji(one['card'])}** · {moment(one['recorded_at'])}", width="stretch")
                if st.button(
                    say("attendance.remove"), icon=":material/remove_circle:", key=f"remove-{row['id']}-{one['card']}"
                ):
                    with told():
                        who.database.call("remove_attendance", activity=row["id"], card=one["card"])
                        st.rerun()
