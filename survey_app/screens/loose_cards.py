"""The cards of a facilitator's school that are of no class yet, and the way into one."""

from __future__ import annotations

import streamlit as st

from survey_app.screens.card_moves import move_to, moved_notice
from survey_app.screens.language import number, say
from survey_app.screens.roster_facts import card_order, cards_download, cards_table
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows

COLUMNS = ("participant_id", "card", "birth_year", "birth_month", "sex", "commune_code")
SHOWN = 100
SOURCE = "loose"


def loose_cards(who: Member) -> None:
    """Nothing where there are none."""
    if who.school_id is None:
        return
    found = rows(who.database, "loose_card", COLUMNS, {"school_id": who.school_id})
    moved_notice(SOURCE)
    if not found:
        return
    with st.expander(say("loose.title", count=number(len(found))), icon=":material/badge:", key="loose-cards"):
        st.write(say("loose.explained"))
        years = sorted({row["birth_year"] for row in found}, reverse=True)
        year = st.selectbox(say("cards.birth_year"), years, key="loose_year")
        cards = sorted((row for row in found if row["birth_year"] == year), key=lambda row: card_order(row["card"]))
        if len(cards) > SHOWN:
            st.caption(say("loose.first", shown=number(SHOWN), all=number(len(cards))))
        cards = cards[:SHOWN]
        move_to(who, {"id": SOURCE, "commune_code": cards[0]["commune_code"], "school_id": who.school_id}, cards)
        cards_download(cards, "loose-download")
        cards_table(cards)
