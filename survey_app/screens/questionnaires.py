"""Screen: the questionnaires, and how much of each is recorded for reading aloud."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.screens.language import number, said_in, say
from survey_app.screens.questionnaire_facts import Form, facts, forms, language_name
from survey_app.screens.session import member


def screen() -> None:
    who = member()
    st.title(say("nav.forms"))
    found = forms(who.database)
    if not found:
        st.info(say("forms.empty"), icon=":material/quiz:")
    else:
        st.write(say("forms.explained"))
    if st.button(say("nav.new_form"), icon=":material/add_circle:"):
        st.switch_page("screens/new_questionnaire.py")
    newest = {form.questionnaire.id: form for form in reversed(found)}
    for form in found:
        questionnaire = form.questionnaire
        with st.container(
            border=True,
            horizontal=True,
            vertical_alignment="center",
            key=f"form-{questionnaire.id}-{questionnaire.version}",
        ):
            st.html(_summary(form, is_newest=newest[questionnaire.id] is form))
            st.page_link(
                "screens/questionnaire.py",
                label=say("aloud.title"),
                icon=":material/mic:",
                query_params={"id": questionnaire.id, "version": questionnaire.version},
            )


def _summary(form: Form, *, is_newest: bool) -> str:
    questionnaire = form.questionnaire
    old = "" if is_newest else f' <span class="chip draft">{escape(say("forms.older"))}</span>'
    heard = " · ".join(
        f"{language_name(code)} {number(form.heard(code))}/{number(len(form.texts))}"
        for code in questionnaire.languages
    )
    return (
        f'<div class="item"><h3>{escape(said_in(questionnaire.title))}{old}</h3><p>{escape(facts(questionnaire))}</p>'
        f'<p class="counts">{escape(say("forms.recordings"))}: {escape(heard)}</p></div>'
    )


screen()
