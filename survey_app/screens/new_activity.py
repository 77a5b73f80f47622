"""Screen: a new activity."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from survey_app.screens.activity_draft import ActivityDraft, activity_mistakes, save_activity
from survey_app.screens.activity_fields import activity_fields
from survey_app.screens.failures import told
from survey_app.screens.language import say
from survey_app.screens.session import Member, member


def screen() -> None:
    who = member()
    st.page_link("screens/activities.py", label=say("activity.back"), icon=":material/arrow_back:")
    st.title(say("nav.new_activity"))
    wrong: Mapping[str, str] = st.session_state.get("newact_mistakes", {})
    with st.container(border=True):
        draft = activity_fields(who, "newact", wrong)
    if wrong:
        st.error(say("new.look_above"), icon=":material/error:")
    if st.button(say("activity.create"), type="primary", icon=":material/check:", width="stretch"):
        found = activity_mistakes(draft)
        st.session_state["newact_mistakes"] = found
        if found:
            st.rerun()
        _create(who, draft)


def _create(who: Member, draft: ActivityDraft) -> None:
    with told():
        made = save_activity(who.database, draft)
        for key in [str(key) for key in st.session_state if str(key).startswith("newact_")]:
            del st.session_state[key]
        st.switch_page("screens/activity.py", query_params={"activity": made})


screen()
