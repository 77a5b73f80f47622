"""A new card for a child who lost hers."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.card import animals, spaced, with_emoji
from survey_app.database import Row
from survey_app.screens.failures import told
from survey_app.screens.language import say
from survey_app.screens.roster_facts import born, sex_of
from survey_app.screens.session import Member

_VERSION = "lost-version"


def lost_card(who: Member, cards: list[Row]) -> None:
    """Which of the cards was lost; the rest is asked in a dialog."""
    # Another field after each card that was replaced, with nothing chosen.
    version = st.session_state.get(_VERSION, 0)
    by_id = {row["participant_id"]: row for row in cards}
    st.write(say("lost.explained"))
    chosen = st.selectbox(
        say("lost.which"),
        list(by_id),
        index=None,
        format_func=lambda one: f"{with_emoji(by_id[one]['card'])} · {born(by_id[one])} · {sex_of(by_id[one])}",
        placeholder=say("lost.choose"),
        key=f"lost-which-{version}",
    )
    if st.button(say("lost.ask"), icon=":material/add_card:", disabled=chosen is None, key="lost-ask", width="stretch"):
        _ask(who, by_id[chosen])


def _ask(who: Member, row: Row) -> None:
    done_key = f"lost-new-{row['participant_id']}"
    st.session_state.pop(done_key, None)

    # However it is closed, the screen behind it then shows the new card.
    @st.dialog(say("lost.dialog"), on_dismiss="rerun")
    def ask() -> None:
        new = st.session_state.get(done_key)
        if new is not None:
            st.html(new_card_html(new))
            st.write(say("lost.done", old=spaced(row["card"])))
            if st.button(say("lost.close"), type="primary", key="lost-close", width="stretch"):
                st.rerun()
            return
        st.html(f'<p class="big-card is-old">{escape(with_emoji(row["card"]))}</p>')
        st.write(say("lost.consequence"))
        with st.container(key="halves-lost"):
            keep, replace = st.columns(2)
        if keep.button(say("lost.keep"), key="lost-keep", width="stretch"):
            st.rerun()
        if replace.button(say("lost.confirm"), key="lost-confirm", type="primary", width="stretch"):
            with told():
                st.session_state[done_key] = who.database.call("replace_card", participant=row["participant_id"])[0][
                    "replace_card"
                ]
                st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1
                st.rerun(scope="fragment")

    ask()


def new_card_html(card: str) -> str:
    """A card as large as a phone shows it, to be copied by hand."""
    animal = animals().get(card[:-4], (0, "", ""))
    return (
        f'<div class="big-card" role="img" aria-label="{escape(spaced(card))}"><span>{escape(animal[1])}</span>'
        f"<b>{escape(spaced(card))}</b></div>"
    )
