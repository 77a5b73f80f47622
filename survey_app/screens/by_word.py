"""Step 2 without a questionnaire: who took part in a forum, a talk or on the telephone, and what they said."""

from __future__ import annotations

import streamlit as st

from survey_app.database import Row
from survey_app.harm_words import harm_words
from survey_app.screens.appearance import mistake
from survey_app.screens.card_entry import card_entry
from survey_app.screens.failures import told
from survey_app.screens.headcount import headcount
from survey_app.screens.language import number, say
from survey_app.screens.recorded_cards import recorded_cards
from survey_app.screens.session import Member

LONGEST = 4000
MOST_WORDS = 20


def by_word(who: Member, row: Row) -> None:
    """For who runs the consultation, once it is open."""
    st.subheader(say("by_word.title"))
    st.caption(say("by_word.explained"))
    _cards(who, row)
    with st.container(key="halves-by-word"):
        left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        headcount(
            row["id"],
            row["headcount"],
            lambda children: who.database.call("set_headcount", consultation=row["id"], children=children),
        )
    if who.role in ("facilitator", "officer"):
        with right, st.container(border=True):
            _said(who, row)


def _cards(who: Member, row: Row) -> None:
    identity = row["id"]
    present = [one["card"] for one in who.database.call("participation_by_word", consultation=identity)]

    def record(cards: list[str]) -> list[Row]:
        return who.database.call("record_participation", consultation=identity, cards=cards)

    with st.container(border=True):
        card_entry(who, row["roster_id"], row["commune_code"], f"by-word-{identity}", record, present)
    recorded_cards(
        identity,
        [(card, "") for card in present],
        lambda card: who.database.call("remove_participation", consultation=identity, card=card),
    )


def _said(who: Member, row: Row) -> None:
    st.markdown(f"**{say('opinion.title')}**")
    st.caption(say("opinion.explained"))
    identity = row["id"]
    at = int(st.session_state.get(f"opinion-at-{identity}", 0))
    said = st.text_area(say("opinion.field"), max_chars=LONGEST, height=110, key=f"opinion-{identity}-{at}")
    wrong = st.session_state.get(f"opinion-wrong-{identity}")
    mistake(say("refused.opinion_empty") if wrong else None)
    if st.button(
        say("opinion.record"), icon=":material/add_comment:", key=f"opinion-record-{identity}", width="stretch"
    ):
        text = (said or "").strip()
        st.session_state[f"opinion-wrong-{identity}"] = not text
        if text:
            with told():
                words = list(harm_words(text))[:MOST_WORDS]
                who.database.call("record_opinion", consultation=identity, said=text, words=words)
                st.session_state[f"opinion-guarded-{identity}"] = bool(words)
                # An empty field for the next one.
                st.session_state[f"opinion-at-{identity}"] = at + 1
                st.rerun()
        else:
            st.rerun()
    if st.session_state.get(f"opinion-guarded-{identity}"):
        st.warning(say("opinion.guarded"), icon=":material/shield:")
    recorded = [
        one["shown"] for one in who.database.call("released_texts", consultation=identity) if not one["question"]
    ]
    if recorded:
        with st.expander(say("opinion.recorded", count=number(len(recorded))), icon=":material/format_quote:"):
            # What is typed is shown as it is, not as Markdown.
            for text in reversed(recorded):
                st.text(text)
