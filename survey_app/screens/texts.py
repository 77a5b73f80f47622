"""Step 3 of a consultation: reading what children wrote in their own words, and releasing it."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import NotAllowed, Row
from survey_app.screens.failures import told
from survey_app.screens.form_words import FormWords, form_words
from survey_app.screens.language import number, say
from survey_app.screens.session import Member, member

HEIGHT = 130
OPEN_UP_TO = 8


def texts_to_read(who: Member, row: Row) -> list[Row] | None:
    """What children of a closed consultation said in their own words; None for whoever does not read it."""
    if row["status"] != "closed" or who.role not in ("facilitator", "officer"):
        return None
    try:
        who.database.call("gather_opinions", consultation=row["id"])
        return who.database.call("texts_to_read", consultation=row["id"])
    except NotAllowed:
        # An officer sees the consultations of her commune, and reads the texts of those that she runs.
        return None


def unread(found: list[Row]) -> int:
    """How many of them nobody has decided on."""
    return sum(text["state"] == "unread" for text in found)


def reading(who: Member, row: Row, found: list[Row]) -> None:
    """The texts (see `texts_to_read`), one after the other."""
    st.subheader(say("texts.title"))
    st.write(say("texts.explained"))
    if not found:
        st.info(say("texts.empty"), icon=":material/edit_note:")
        return
    words = form_words(who.database, row)
    decided = [text for text in found if text["state"] != "unread"]
    st.progress(
        len(decided) / len(found), text=say("texts.progress", read=number(len(decided)), all=number(len(found)))
    )
    current = _current(row, found)
    if current is None:
        st.success(say("texts.all_read"), icon=":material/task_alt:")
    else:
        _one(who, row, current, words)
    _decided(row, [text for text in decided if text != current], words)


def results_link(row: Row) -> None:
    """The way to the answers of the class, on the page of a closed consultation."""
    if row["status"] != "closed" or row["questionnaire_id"] is None:
        return
    st.page_link(
        "screens/class_results.py",
        label=say("results.link"),
        icon=":material/bar_chart:",
        query_params={"consultation": row["id"]},
    )


def _current(row: Row, found: list[Row]) -> Row | None:
    """The one that was taken up again, else the first that is unread."""
    again = st.session_state.get(_again(row))
    unread = [text for text in found if text["state"] == "unread"]
    return next((text for text in found if text["opinion"] == again), unread[0] if unread else None)


def _again(row: Row) -> str:
    return f"text_again-{row['id']}"


def _one(who: Member, row: Row, text: Row, words: FormWords) -> None:
    identity = text["opinion"]
    with st.container(border=True, key=f"text-{identity}"):
        st.html(
            f'<div class="spoken"><p>{escape(_question(text, words))}</p>'
            f'<p class="words" style="white-space:pre-wrap">{escape(text["said"])}</p></div>'
        )
        shown = st.text_area(
            say("texts.shown"),
            value=text["shown"] or text["said"],
            height=HEIGHT,
            max_chars=4000,
            key=f"shown-{identity}",
        )
        st.caption(say("texts.shown_help"))
        with st.container(key=f"halves-text-{identity}"):
            release, withhold, report = st.columns(3)
        if release.button(
            say("texts.release"), type="primary", icon=":material/check:", width="stretch", key=f"release-{identity}"
        ):
            _decide(who, row, "release_opinion", opinion=identity, shown=shown)
        if withhold.button(
            say("texts.withhold"), icon=":material/visibility_off:", width="stretch", key=f"withhold-{identity}"
        ):
            _decide(who, row, "withhold_opinion", opinion=identity)
        if report.button(
            say("texts.report"), icon=":material/notification_important:", width="stretch", key=f"report-{identity}"
        ):
            _ask_before_report(row, identity)


def _decide(who: Member, row: Row, function: str, **arguments: str) -> None:
    with told():
        who.database.call(function, **arguments)
        st.session_state.pop(_again(row), None)
        st.rerun()


def _ask_before_report(row: Row, identity: str) -> None:
    @st.dialog(say("texts.report_title"))
    def ask() -> None:
        st.write(say("texts.report_explained"))
        note = st.text_area(say("texts.report_note"), max_chars=2000, key=f"report_note-{identity}")
        keep, confirm = st.columns(2)
        if keep.button(say("texts.report_keep"), width="stretch", key="report_keep"):
            st.rerun()
        if confirm.button(say("texts.report_confirm"), type="primary", width="stretch", key="report_confirm"):
            _decide(member(), row, "raise_alert", opinion=identity, note=note)

    ask()


def _decided(row: Row, decided: list[Row], words: FormWords) -> None:
    for state in ("released", "withheld"):
        texts = [text for text in decided if text["state"] == state]
        if not texts:
            continue
        with st.expander(
            say(f"texts.{state}", count=number(len(texts))), expanded=state == "released" and len(texts) <= OPEN_UP_TO
        ):
            for text in texts:
                with st.container(horizontal=True, vertical_alignment="center", key=f"decided-{text['opinion']}"):
                    st.html(
                        f'<div class="item"><p style="white-space:pre-wrap;font-size:1.1rem">'
                        f"“{escape(text['shown'] or text['said'])}”</p>"
                        f"<p><small>{escape(_question(text, words))}</small></p></div>"
                    )
                    if st.button(say("texts.again"), key=f"again-{text['opinion']}", type="tertiary"):
                        st.session_state[_again(row)] = text["opinion"]
                        st.rerun()


def _question(text: Row, words: FormWords) -> str:
    return say("texts.recorded") if text["recorded"] else words.question(text["question"])
