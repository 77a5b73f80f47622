"""All that the children of a consultation wrote in their own words: for the protection officer's eyes alone."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.harm_words import harm_words
from survey_app.screens.failures import told
from survey_app.screens.highlighting import highlighted
from survey_app.screens.language import number, said_in, say
from survey_app.screens.session import Member

PAGE_LENGTH = 30


def written_texts(who: Member, row: Row) -> None:
    """Those with words that may tell of harm first; no order tells whose they are."""
    with told():
        found = who.database.call("texts_for_protection", consultation=row["id"])
        st.subheader(say("alerts.texts_title", count=number(len(found))))
        if not found:
            st.info(say("alerts.texts_empty"), icon=":material/edit_note:")
            return
        worded = sorted(((text, harm_words(text["said"])) for text in found), key=lambda pair: not pair[1])
        key = f"written_limit-{row['id']}"
        limit = st.session_state.setdefault(key, PAGE_LENGTH)
        for text, words in worded[:limit]:
            asked = said_in(text["asked"]) if text["asked"] else text["question"]
            st.html(
                f'<div class="item"><p><small>{escape(asked)}</small></p>'
                f'<p style="white-space:pre-wrap;font-size:1.15rem">{highlighted(text["said"], words)}</p></div>'
            )
        if len(worded) > limit and st.button(
            say("list.more", count=number(min(PAGE_LENGTH, len(worded) - limit))), width="stretch", key=f"more-{key}"
        ):
            st.session_state[key] = limit + PAGE_LENGTH
            st.rerun()
