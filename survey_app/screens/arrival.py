"""Whether everything that children answered has reached the server, as a teacher asks before she goes home."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from survey_app.database import Row
from survey_app.screens.language import moment, number, say
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows


@dataclass(frozen=True)
class Arrival:
    """Answers and files (drawings, voices) here, and what tablets last said is still on them."""

    received: int
    waiting: int
    tablets_waiting: int
    """0 when it is not known which tablets they are."""
    files_expected: int
    files_stored: int

    @property
    def files_missing(self) -> int:
        return max(0, self.files_expected - self.files_stored)

    @property
    def is_complete(self) -> bool:
        return not self.waiting and not self.files_missing


def sentence(arrival: Arrival) -> str:
    """What a teacher needs to know, in one sentence or two."""
    if arrival.waiting and arrival.tablets_waiting:
        return say(
            "arrival.waiting", waiting=number(arrival.waiting), tablets=number(arrival.tablets_waiting)
        ) + _and_files(arrival)
    if arrival.waiting:
        return say("arrival.waiting_somewhere", waiting=number(arrival.waiting)) + _and_files(arrival)
    if arrival.files_missing:
        return say("arrival.files_only", received=number(arrival.received), missing=number(arrival.files_missing))
    if not arrival.received:
        return say("arrival.nothing")
    if arrival.files_expected:
        return say("arrival.all_with_files", received=number(arrival.received), files=number(arrival.files_stored))
    return say("arrival.all", received=number(arrival.received))


def _and_files(arrival: Arrival) -> str:
    return " " + say("arrival.files", missing=number(arrival.files_missing)) if arrival.files_missing else ""


def arrival_of(who: Member, row: Row, live: Row) -> Arrival:
    files = rows(who.database, "attachment_count", ["expected", "stored"], {"consultation_id": row["id"]})
    counted = files[0] if files else {"expected": 0, "stored": 0}
    return Arrival(
        received=live["sent"],
        waiting=live["waiting"],
        tablets_waiting=len(_tablets_waiting(who, row)),
        files_expected=counted["expected"],
        files_stored=counted["stored"],
    )


def say_arrival(who: Member, row: Row, live: Row) -> Arrival:
    """The sentence, and the tablets that still hold answers."""
    arrival = arrival_of(who, row, live)
    if not arrival.is_complete:
        st.warning(sentence(arrival), icon=":material/hourglass_top:")
        for tablet in _tablets_waiting(who, row):
            st.markdown(
                "- " + say("arrival.tablet", waiting=number(tablet["waiting"]), moment=moment(tablet["seen_at"]))
            )
    elif arrival.received:
        st.success(sentence(arrival), icon=":material/cloud_done:")
    else:
        st.info(sentence(arrival), icon=":material/cloud:")
    if live["tablets"]:
        st.caption(say("arrival.as_told"))
    return arrival


def _tablets_waiting(who: Member, row: Row) -> list[Row]:
    """Nothing for those who do not run the consultation: which tablets there are is not theirs to see."""
    return rows(who.database, "presence", ["seen_at", "waiting"], {"consultation_id": row["id"], "waiting": (">", 0)})
