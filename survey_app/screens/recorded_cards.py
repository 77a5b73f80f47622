"""The cards that were recorded, each of which can be taken out again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from survey_app.card import with_emoji
from survey_app.screens.failures import told
from survey_app.screens.language import number, say


def recorded_cards(key: str, cards: Sequence[tuple[str, str]], remove: Callable[[str], object]) -> None:
    """`cards`: (card, what stands beside it); `remove` takes one out. `key` is unique on the screen."""
    if not cards:
        st.caption(say("attendance.nobody"))
        return
    with st.expander(say("attendance.list", count=number(len(cards))), icon=":material/list:"):
        st.caption(say("attendance.remove_explained"))
        for card, beside in cards:
            with st.container(horizontal=True, vertical_alignment="center", key=f"present-{card}"):
                st.markdown(" · ".join(filter(None, (f"**{with_emoji(card)}**", beside))), width="stretch")
                if st.button(say("attendance.remove"), icon=":material/remove_circle:", key=f"remove-{key}-{card}"):
                    with told():
                        remove(card)
                        st.rerun()
