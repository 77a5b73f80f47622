"""Answers that a person must look at before they count: why each one waits, and the decision."""

from __future__ import annotations

from typing import Any

import streamlit as st

from survey_app.database import Row
from survey_app.screens.failures import told
from survey_app.screens.language import moment, number, say, say_if_known
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows

SHOWN = 30


def review(who: Member, row: Row) -> None:
    """The answers of this consultation in review; nothing when there is none."""
    waiting = rows(
        who.database,
        "submission_in_review",
        ["received_at", "id", "problems", "late", "answered_at"],
        {"consultation_id": row["id"]},
    )
    decided: list[tuple[str, str]] = st.session_state.setdefault(f"accepted-{row['id']}", [])
    if not waiting and not decided:
        return
    st.subheader(say("review.title", count=number(len(waiting))))
    st.caption(say("review.explained"))
    for one in waiting[:SHOWN]:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"review-{one['id']}"):
            st.markdown(
                f"**{say('review.answered', moment=moment(one['answered_at']))}**\n\n"
                + "\n".join(f"- {reason}" for reason in _reasons(one["problems"])),
            )
            if st.button(say("review.accept"), key=f"accept-{one['id']}", icon=":material/check:"):
                _decide(who, one["id"], accept=True)
                decided.append((one["id"], one["answered_at"]))
                st.rerun()
    if len(waiting) > SHOWN:
        st.caption(say("review.more", count=number(len(waiting) - SHOWN)))
    for identity, answered_at in decided:
        with st.container(horizontal=True, vertical_alignment="center", key=f"accepted-row-{identity}"):
            st.markdown(f":material/check_circle: {say('review.accepted', moment=moment(answered_at))}")
            if st.button(say("review.keep_aside"), key=f"aside-{identity}", type="tertiary"):
                _decide(who, identity, accept=False)
                decided.remove((identity, answered_at))
                st.rerun()


def _decide(who: Member, submission: str, *, accept: bool) -> None:
    with told():
        who.database.call("review_submission", submission=submission, accept=accept)
        return
    st.stop()


def _reasons(problems: list[dict[str, Any]]) -> list[str]:
    """Each kind of problem once, with the questions it concerns."""
    questions: dict[str, list[str]] = {}
    for problem in problems:
        named = questions.setdefault(str(problem.get("code")), [])
        if problem.get("question"):
            named.append(str(problem["question"]))
    return [
        (say_if_known(f"problem.{code}") or say("problem.other", code=code))
        + (f" ({', '.join(dict.fromkeys(named))})" if named else "")
        for code, named in questions.items()
    ] or [say("problem.none")]
