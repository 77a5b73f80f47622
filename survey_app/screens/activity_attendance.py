"""Part of an activity: who came, by card, and how many without one."""

from __future__ import annotations

import streamlit as st

from survey_app.database import Row
from survey_app.screens.appearance import tiles
from survey_app.screens.card_entry import card_entry
from survey_app.screens.headcount import headcount
from survey_app.screens.language import moment, number, say, today
from survey_app.screens.recorded_cards import recorded_cards
from survey_app.screens.session import Member


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
        headcount(
            row["id"],
            row["headcount"],
            lambda children: who.database.call("set_activity_headcount", activity=row["id"], children=children),
        )
    recorded_cards(
        row["id"],
        [(one["card"], moment(one["recorded_at"])) for one in present],
        lambda card: who.database.call("remove_attendance", activity=row["id"], card=card),
    )


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
