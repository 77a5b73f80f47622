"""Screen: one consultation, as the steps that the law asks for."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.appearance import chip
from survey_app.screens.attachments import attachments
from survey_app.screens.collection import closed_summary, collecting
from survey_app.screens.consultation_facts import ages, consultation, place
from survey_app.screens.language import day, number, said_in, say
from survey_app.screens.preparation import preparation, what_it_counts
from survey_app.screens.review import review
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows
from survey_app.screens.texts import reading, results_link
from survey_app.screens.written_texts import written_texts

STEPS = ("prepare", "collect", "compile", "feed_back")
NOW = {"draft": 0, "open": 1, "closed": 2}
CURRENT = ' aria-current="step"'


def screen() -> None:
    who = member()
    st.page_link("screens/consultations.py", label=say("consultation.back"), icon=":material/arrow_back:")
    row = consultation(who.database, st.query_params.get("consultation"))
    if row is None:
        st.title(say("nav.consultation"))
        st.info(say("consultation.unknown"), icon=":material/search_off:")
        return
    _header(who, row)
    if who.protects:
        attachments(who, row)
        written_texts(who, row)
        return
    if row["status"] == "draft":
        preparation(who, row)
        return
    if row["status"] == "open":
        collecting(who, row)
    else:
        closed_summary(who, row)
        results_link(row)
        reading(who, row)
    review(who, row)
    if row["counted"]:
        with st.expander(say("prepare.title_done"), icon=":material/task_alt:"):
            preparation(who, row)
    else:
        st.subheader(say("prepare.title_missing"))
        preparation(who, row)


def _header(who: Member, row: Row) -> None:
    st.title(row["title"])
    named = rows(
        who.database,
        "questionnaire",
        ["title"],
        {"id": row["questionnaire_id"], "version": row["questionnaire_version"]},
    )
    facts = [
        place(row),
        day(row["held_on"]),
        said_in(named[0]["title"]) if named else row["questionnaire_id"],
        ages(row),
        say("consultation.expected", count=number(row["expected"])),
    ]
    steps = "".join(
        f'<li class="{"done" if at < NOW[row["status"]] else "now" if at == NOW[row["status"]] else ""}"'
        f"{CURRENT if at == NOW[row['status']] else ''}>{at + 1}. {escape(say('step.' + step))}</li>"
        for at, step in enumerate(STEPS)
    )
    st.html(
        f"<p>{chip(row['status'])} {escape(' · '.join(facts))}</p>"
        f'<ol class="steps" aria-label="{escape(say("step.label"))}">{steps}</ol>'
    )
    what_it_counts(row)


screen()
