"""What a teacher needs for the class's tablets: how to prepare them before the lesson, and her PIN on them."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.address import public_url, qr_html
from survey_app.screens.language import say


def tablets(row: Row) -> None:
    """Closed until it is asked for: children may be looking at this screen, too."""
    with st.expander(say("tablets.title"), icon=":material/tablet_android:"), st.container(key="halves-tablets"):
        left, right = st.columns([5, 3], gap="medium")
        with left:
            _pin(row["pin"])
            st.markdown(f"**{say('tablets.prepare')}**\n\n" + "\n".join(f"1. {say(step)}" for step in _STEPS))
        with right:
            _link(row["join_code"])


_STEPS = ("tablets.step.open", "tablets.step.wait", "tablets.step.bring")


def _pin(pin: str) -> None:
    st.html(
        f"<div>{escape(say('tablets.pin'))}</div>"
        f'<div class="pin" aria-label="{escape(say("tablets.pin"))} {" ".join(pin)}">{escape(pin)}</div>'
        f"<p>{escape(say('tablets.pin.explained'))}</p>"
    )


def _link(code: str) -> None:
    url = f"{public_url()}/join/{code}#teacher"
    st.html(
        qr_html(url, "teachers-qr")
        + f'<p class="teachers-link"><a href="{escape(url)}" target="_blank">{escape(url)}</a></p>'
    )
