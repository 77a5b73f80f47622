"""The way to entering what children wrote on paper, and how many submissions came by it."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from survey_app.database import Row
from survey_app.screens.failures import told
from survey_app.screens.language import number, say
from survey_app.screens.monitor import still_signed_in

EVERY = timedelta(seconds=10)


def paper_entry(row: Row) -> None:
    """For an open consultation, to whom runs it: the sheets are entered in the web form, in a tab of its own."""
    with st.container(border=True, key="halves-paper"):
        left, right = st.columns([5, 3], gap="medium", vertical_alignment="center")
        with left:
            st.markdown(f"**{say('paper.title')}**  \n{say('paper.explained')}")
            from_paper(row)
        right.link_button(
            say("paper.enter"), f"/join/{row['join_code']}#paper", icon=":material/edit_document:", width="stretch"
        )


@st.fragment(run_every=EVERY)
def from_paper(row: Row) -> None:
    """Nothing while there are none. Sheets are entered elsewhere meanwhile: it refreshes by itself."""
    with told():
        count = still_signed_in().database.call("paper_count", consultation=row["id"])[0]["paper_count"]
        if count:
            st.caption(say("paper.count", count=number(count)))
