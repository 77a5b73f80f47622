"""The fields of an answer to children: which body answers, what it says, what it will do by when, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from survey_app.database import Row
from survey_app.screens.appearance import mistake
from survey_app.screens.failures import told
from survey_app.screens.language import say
from survey_app.screens.session import Member

STATUSES = ("planned", "under_way", "done", "declined")
UNDER_WAY = ("planned", "under_way")
OTHER_LANGUAGES = ("km", "en")
LONGEST = 2000


def commitment_fields(
    who: Member, key: str, commitment: Row | None, *, theme: str | None = None, petition: str | None = None
) -> None:
    """A new one of a theme or of a petition, or one that is there. `key` is unique on the screen."""
    now: dict[str, Any] = dict(commitment or {})
    version = st.session_state.get(f"{key}-version", 0)
    fields = f"{key}-{now.get('changed_at', '')}-{version}"
    wrong: list[str] = st.session_state.get(f"{key}-wrong", [])
    body = st.text_input(
        say("commitment.body"),
        value=now.get("body", ""),
        placeholder=say("commitment.body.example"),
        max_chars=200,
        key=f"{fields}-body",
    )
    mistake(say("refused.commitment_body") if "body" in wrong else None)
    answer = texts_fields(say("commitment.answer"), now.get("answer"), f"{fields}-answer")
    mistake(say("refused.commitment_answer") if "answer" in wrong else None)
    promise = texts_fields(say("commitment.promise"), now.get("promise"), f"{fields}-promise")
    left, right = st.columns(2)
    status = left.selectbox(
        say("commitment.status"),
        STATUSES,
        index=STATUSES.index(now.get("status", "planned")),
        format_func=lambda one: say(f"commitment.status.{one}"),
        key=f"{fields}-status",
    )
    due = right.date_input(
        say("commitment.due_on"),
        value=date.fromisoformat(now["due_on"][:10]) if now.get("due_on") else None,
        format="DD/MM/YYYY",
        key=f"{fields}-due",
    )
    mistake(say("refused.commitment_needs_due") if "due" in wrong else None)
    outcome = texts_fields(say("commitment.outcome"), now.get("outcome"), f"{fields}-outcome")
    if not st.button(
        say("commitment.save"), type="primary", icon=":material/save:", key=f"{key}-save", width="stretch"
    ):
        return
    found = [
        field
        for field, right_ in (
            ("body", bool((body or "").strip())),
            ("answer", bool(answer.get("vi", "").strip())),
            ("due", status not in UNDER_WAY or due is not None),
        )
        if not right_
    ]
    st.session_state[f"{key}-wrong"] = found
    if not found:
        with told():
            who.database.call(
                "save_commitment",
                commitment=now.get("id"),
                theme=None if commitment else theme,
                petition=None if commitment else petition,
                body=body,
                answer=answer,
                promise=promise,
                due_on=due.isoformat() if isinstance(due, date) else None,
                status=status,
                outcome=outcome,
            )
            st.session_state[f"{key}-version"] = version + 1
            st.toast(say("saved"), icon=":material/check:")
            st.rerun()
    else:
        st.rerun()


def texts_fields(label: str, now: dict[str, str] | None, key: str) -> dict[str, str]:
    """A text in Vietnamese, and, when asked for, in the other languages that children read."""
    written = dict(now or {})
    texts = {"vi": st.text_area(label, value=written.get("vi", ""), height=80, max_chars=LONGEST, key=f"{key}-vi")}
    for language in OTHER_LANGUAGES:
        if written.get(language) or st.session_state.get("other_languages"):
            texts[language] = st.text_area(
                say(f"commitment.in.{language}", label=label),
                value=written.get(language, ""),
                height=80,
                max_chars=LONGEST,
                key=f"{key}-{language}",
            )
    return {language: text or "" for language, text in texts.items()}


def other_languages() -> None:
    """Whether fields for Khmer and English are shown; once for a whole screen."""
    st.toggle(say("commitment.other_languages"), key="other_languages")
