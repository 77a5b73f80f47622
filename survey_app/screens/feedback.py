"""Step 4 of a consultation: children are told what adults answered, and say what they think of it."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.address import public_url, qr_html
from survey_app.screens.failures import told
from survey_app.screens.language import moment, number, said_in, say
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows
from survey_app.screens.themes import COMMITMENT_COLUMNS, themes_of

FACES = (("good", "😊"), ("so_so", "😐"), ("not_good", "🙁"))


def feedback(who: Member, row: Row) -> None:
    """For a closed consultation."""
    found = themes_of(who, row)
    answers = rows(who.database, "commitment_board", COMMITMENT_COLUMNS, {"consultation_id": row["id"]})
    answered = {one["theme_id"] for one in answers}
    missing = [said_in(theme["name"]) for theme in found if theme["id"] not in answered]
    if missing:
        st.warning(say("feedback.missing", names=", ".join(missing)), icon=":material/pending:")
    if row["published_at"] is None:
        st.write(say("feedback.explained"))
        if not answers:
            st.info(say("feedback.nothing"), icon=":material/campaign:")
        elif who.runs_consultations and st.button(
            say("feedback.publish"), type="primary", icon=":material/campaign:", key="feedback-publish", width="stretch"
        ):
            with told():
                who.database.call("publish_feedback", consultation=row["id"])
                st.rerun()
        return
    st.success(say("feedback.published", moment=moment(row["published_at"])), icon=":material/campaign:")
    _way_in(row)
    _ratings(who, row, answers)
    if who.runs_consultations and st.button(
        say("feedback.take_back"), type="tertiary", icon=":material/undo:", key="feedback-take-back"
    ):
        _ask_before_taking_back(row)


def _way_in(row: Row) -> None:
    url = f"{public_url()}/feedback/{row['join_code']}"
    with st.container(key="halves-feedback"):
        left, right = st.columns([5, 3], gap="medium")
    with left:
        st.write(say("feedback.how"))
        st.link_button(say("feedback.look"), url, icon=":material/open_in_new:", width="stretch")
    with right:
        st.html(
            qr_html(url, "qr") + f'<p style="text-align:center;overflow-wrap:anywhere"><code>{escape(url)}</code></p>'
        )


def _ratings(who: Member, row: Row, answers: list[Row]) -> None:
    st.subheader(say("feedback.ratings"))
    by_commitment = {one["commitment"]: one for one in who.database.call("ratings_of", consultation=row["id"])}
    for answer in answers:
        rated = by_commitment.get(answer["id"])
        st.html(f"<b>{escape(answer['body'])}</b>: {escape(said_in(answer['answer']))}")
        if rated is None or rated["ratings"] is None:
            st.caption(say("feedback.few"))
            continue
        faces = [
            f"{face} {say('feedback.hidden') if rated[name] is None else number(rated[name])}" for name, face in FACES
        ]
        st.markdown(" · ".join(faces) + " · " + say("feedback.rated", count=number(rated["ratings"])))


def _ask_before_taking_back(row: Row) -> None:
    @st.dialog(say("feedback.take_back"))
    def ask() -> None:
        st.write(say("feedback.take_back.explained"))
        keep, take = st.columns(2)
        if keep.button(say("feedback.keep"), key="feedback-keep", width="stretch"):
            st.rerun()
        if take.button(say("feedback.take_back.confirm"), key="feedback-confirm", type="primary", width="stretch"):
            with told():
                member().database.call("unpublish_feedback", consultation=row["id"])
                st.rerun()

    ask()
