"""How many children without a card were there."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from survey_app.screens.appearance import mistake
from survey_app.screens.failures import told
from survey_app.screens.language import say

MOST = 10_000


def headcount(key: str, present: int, save: Callable[[int], object]) -> None:
    """A field with the number as it stands; `save` stores another one. `key` is unique on the screen."""
    st.markdown(f"**{say('headcount.title')}**")
    st.caption(say("headcount.explained"))
    wrong_key = f"headcount-wrong-{key}"
    children = st.number_input(say("headcount.field"), value=present, step=1, key=f"headcount-{key}-{present}")
    mistake(say("refused.headcount_0_to_10000") if st.session_state.get(wrong_key) else None)
    if st.button(say("headcount.save"), icon=":material/save:", key=f"headcount-save-{key}", width="stretch"):
        st.session_state[wrong_key] = children is None or not 0 <= children <= MOST
        if not st.session_state[wrong_key]:
            with told():
                save(children)
                st.toast(say("saved"), icon=":material/check:")
                st.rerun()
        else:
            st.rerun()
