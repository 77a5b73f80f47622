"""Screen: one questionnaire, recorded text by text for children who read badly."""

from __future__ import annotations

import streamlit as st

from survey_app.screens.language import said_in, say
from survey_app.screens.questionnaire_facts import facts, forms
from survey_app.screens.reading_aloud import reading_aloud
from survey_app.screens.session import member


def screen() -> None:
    who = member()
    st.page_link("screens/questionnaires.py", label=say("forms.back"), icon=":material/arrow_back:")
    identity, version = st.query_params.get("id", ""), st.query_params.get("version", "")
    known = forms(who.database)
    form = next(
        (one for one in known if (one.questionnaire.id, one.questionnaire.version) == (identity, version)), None
    )
    if form is None:
        st.title(say("nav.forms"))
        st.info(say("forms.unknown"), icon=":material/search_off:")
        return
    st.title(f"{say('aloud.title')}: {said_in(form.questionnaire.title)}")
    st.caption(facts(form.questionnaire))
    reading_aloud(who, form, known)


screen()
