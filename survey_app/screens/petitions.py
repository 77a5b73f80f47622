"""Screen: opinions and requests of children, parents and guardians that came outside a consultation."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.harm_words import harm_words
from survey_app.screens.appearance import mistake, tiles
from survey_app.screens.commitment_fields import commitment_fields, other_languages
from survey_app.screens.commitment_summary import commitment_summary
from survey_app.screens.deleting import delete_button
from survey_app.screens.failures import told
from survey_app.screens.language import day, number, say, today
from survey_app.screens.place_choice import commune_choice, school_choice
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows
from survey_app.screens.themes import COMMITMENT_COLUMNS

RAISED_BY = ("child", "children", "parent", "guardian", "other")
CHANNELS = ("in_person", "telephone", "letter", "online", "box", "other")
STATES = ("registered", "assigned", "answered", "closed")
WAITING = ("registered", "assigned")
LONGEST = 4000
MOST_WORDS = 20
SHOWN = 30


def screen() -> None:
    who = member()
    st.title(say("nav.petitions"))
    st.caption(say("petitions.explained"))
    found = _petitions(who)
    if found:
        tiles(
            [(say(f"petition.state.{one}"), number(sum(p["state"] == one for p in found)), "") for one in STATES],
            say("nav.petitions"),
        )
    with st.expander(say("petition.new"), icon=":material/add:", expanded=not found):
        _register(who)
    if not found:
        st.info(say("petitions.empty"), icon=":material/inbox:")
        return
    state = st.segmented_control(
        say("petition.show"),
        ("waiting", "all"),
        default="waiting",
        format_func=lambda one: say(f"petition.show.{one}"),
        key="petitions_show",
        required=True,
    )
    shown = [one for one in found if state == "all" or one["state"] != "closed"]
    if not shown:
        st.success(say("petitions.none_waiting"), icon=":material/task_alt:")
    other_languages()
    answers = rows(who.database, "commitment_board", COMMITMENT_COLUMNS, {"consultation_id": None})
    for petition in shown[:SHOWN]:
        _one(who, petition, [one for one in answers if one["petition_id"] == petition["id"]])
    if len(shown) > SHOWN:
        st.caption(say("petitions.more", count=number(len(shown) - SHOWN)))


def _petitions(who: Member) -> list[Row]:
    """Those that wait first, the oldest before."""
    found = rows(
        who.database,
        "petition",
        [
            *("received_on", "id", "commune_code", "school_id", "raised_by", "channel", "request", "state"),
            *("assigned_to", "due_on", "answer", "answered_on", "closed_on"),
        ],
        {"deleted_at": None},
    )
    return sorted(found, key=lambda p: (STATES.index(p["state"]), p["due_on"] or p["received_on"], p["id"]))


def _register(who: Member) -> None:
    st.info(say("petition.no_names"), icon=":material/privacy_tip:")
    wrong: list[str] = st.session_state.get("petition_wrong", [])
    at = st.session_state.get("petition_at", 0)
    left, right = st.columns(2)
    with left:
        commune = commune_choice(who, "petition_commune")
        mistake(say("mistake.commune") if "commune" in wrong else None)
    with right:
        school = school_choice(who, commune, "petition_school", who.school_id)
    left, middle, right = st.columns(3)
    received = left.date_input(
        say("petition.received_on"), value=today(), max_value=today(), format="DD/MM/YYYY", key=f"petition_on_{at}"
    )
    raised_by = middle.selectbox(
        say("petition.raised_by"), RAISED_BY, format_func=lambda one: say(f"petition.by.{one}"), key="petition_by"
    )
    channel = right.selectbox(
        say("petition.channel"), CHANNELS, format_func=lambda one: say(f"petition.by_way.{one}"), key="petition_channel"
    )
    request = st.text_area(say("petition.request"), max_chars=LONGEST, height=110, key=f"petition_request_{at}")
    mistake(say("refused.petition_request") if "request" in wrong else None)
    if st.button(say("petition.register"), type="primary", icon=":material/check:", key="petition_register"):
        found = [
            field
            for field, right_ in (("commune", commune is not None), ("request", bool((request or "").strip())))
            if not right_
        ]
        st.session_state["petition_wrong"] = found
        if not found and commune is not None:
            with told():
                words = list(harm_words(request))[:MOST_WORDS]
                who.database.call(
                    "save_petition",
                    petition=None,
                    received_on=received.isoformat() if isinstance(received, date) else None,
                    raised_by=raised_by,
                    channel=channel,
                    request=request,
                    commune=commune,
                    school=school,
                    words=words,
                )
                st.session_state["petition_at"] = at + 1
                st.session_state["petition_guarded"] = bool(words)
                st.toast(say("saved"), icon=":material/check:")
                st.rerun()
        else:
            st.rerun()
    if st.session_state.get("petition_guarded"):
        st.warning(say("petition.guarded"), icon=":material/shield:")


def _one(who: Member, petition: Row, answers: list[Row]) -> None:
    identity = petition["id"]
    late = petition["state"] in WAITING and petition["due_on"] and petition["due_on"][:10] < today().isoformat()
    with st.container(border=True, key=f"petition-{identity}"):
        facts = [
            say(f"petition.by.{petition['raised_by']}"),
            say(f"petition.by_way.{petition['channel']}"),
            day(petition["received_on"]),
        ]
        look = "warn" if late else {"closed": "draft", "answered": "open"}.get(petition["state"], "closed")
        state = say("petition.late") if late else say(f"petition.state.{petition['state']}")
        st.html(
            f'<div class="item"><h3>{escape(" · ".join(facts))} <span class="chip {look}">{escape(state)}</span></h3>'
            f'<p style="white-space:pre-wrap">{escape(petition["request"])}</p>{_more_html(petition)}</div>'
        )
        for answer in answers:
            commitment_summary(answer)
            with st.expander(say("commitment.edit"), icon=":material/edit:"):
                commitment_fields(who, f"commitment-{answer['id']}", answer)
                delete_button(who, "commitment", answer["id"], answer["body"])
        if petition["state"] in WAITING:
            with st.expander(say("petition.assign"), icon=":material/assignment_ind:"):
                _assign(who, petition)
            with st.expander(say("petition.answer"), icon=":material/reply:"):
                _answer(who, petition)
            with st.expander(say("petition.correct"), icon=":material/edit:"):
                _correct(who, petition)
        if petition["state"] == "answered" and st.button(
            say("petition.close"), icon=":material/task_alt:", key=f"petition-close-{identity}"
        ):
            with told():
                who.database.call("close_petition", petition=identity)
                st.rerun()
        with st.expander(say("petition.promise"), icon=":material/handshake:"):
            commitment_fields(who, f"commitment-of-{identity}", None, petition=identity)
        delete_button(who, "petition", identity, petition["received_on"])


def _more_html(petition: Row) -> str:
    lines = []
    if petition["assigned_to"]:
        until = say("commitment.until", day=day(petition["due_on"])) if petition["due_on"] else ""
        lines.append(f"<b>{escape(say('petition.assigned_to'))}:</b> {escape(petition['assigned_to'])} {escape(until)}")
    if petition["answer"]:
        when = day(petition["answered_on"])
        lines.append(f"<b>{escape(say('petition.answered_on', day=when))}:</b> {escape(petition['answer'])}")
    return "".join(f"<p>{line}</p>" for line in lines)


def _assign(who: Member, petition: Row) -> None:
    identity = petition["id"]
    body = st.text_input(
        say("petition.assigned_to"),
        value=petition["assigned_to"] or "",
        max_chars=200,
        key=f"assign-body-{identity}",
    )
    due = st.date_input(
        say("commitment.due_on"),
        value=date.fromisoformat(petition["due_on"][:10]) if petition["due_on"] else None,
        format="DD/MM/YYYY",
        key=f"assign-due-{identity}",
    )
    mistake(say("refused.petition_assignment") if st.session_state.get(f"assign-wrong-{identity}") else None)
    if st.button(say("petition.assign.save"), key=f"assign-{identity}", width="stretch"):
        is_right = bool((body or "").strip()) and isinstance(due, date)
        st.session_state[f"assign-wrong-{identity}"] = not is_right
        if is_right:
            with told():
                who.database.call("assign_petition", petition=identity, body=body, due_on=str(due))
                st.rerun()
        else:
            st.rerun()


def _correct(who: Member, petition: Row) -> None:
    identity = petition["id"]
    request = st.text_area(
        say("petition.request"),
        value=petition["request"],
        max_chars=LONGEST,
        height=110,
        key=f"correct-text-{identity}",
    )
    mistake(say("refused.petition_request") if st.session_state.get(f"correct-wrong-{identity}") else None)
    if st.button(say("petition.correct.save"), key=f"correct-{identity}", width="stretch"):
        st.session_state[f"correct-wrong-{identity}"] = not (request or "").strip()
        if (request or "").strip():
            with told():
                who.database.call(
                    "save_petition",
                    petition=identity,
                    received_on=petition["received_on"],
                    raised_by=petition["raised_by"],
                    channel=petition["channel"],
                    request=request,
                    commune=petition["commune_code"],
                    school=petition["school_id"],
                    words=list(harm_words(request))[:MOST_WORDS],
                )
                st.toast(say("saved"), icon=":material/check:")
                st.rerun()
        else:
            st.rerun()


def _answer(who: Member, petition: Row) -> None:
    identity = petition["id"]
    answer = st.text_area(say("petition.answer.field"), max_chars=LONGEST, key=f"answer-text-{identity}")
    mistake(say("refused.petition_answer") if st.session_state.get(f"answer-wrong-{identity}") else None)
    if st.button(say("petition.answer.save"), type="primary", key=f"answer-{identity}", width="stretch"):
        st.session_state[f"answer-wrong-{identity}"] = not (answer or "").strip()
        if (answer or "").strip():
            with told():
                who.database.call("answer_petition", petition=identity, answer=answer)
                st.rerun()
        else:
            st.rerun()


screen()
