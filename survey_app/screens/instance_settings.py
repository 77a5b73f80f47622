"""Screen: what an administrator decides for the whole instance."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.class_list import GROUPS
from survey_app.screens.class_list_import import GROUP_SETTING, groups_kept
from survey_app.screens.data_tokens import data_tokens
from survey_app.screens.failures import told
from survey_app.screens.language import moment, say
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows

PHOTOS = "photos_allowed"


def screen() -> None:
    who = member()
    st.title(say("nav.settings"))
    found = rows(who.database, "setting", ["value"], {"name": PHOTOS})
    allowed = bool(found) and found[0]["value"] is True
    with st.container(border=True, key="settings-photos"):
        st.subheader(say("photos.title"))
        look, state = ("open", "photos.on") if allowed else ("draft", "photos.off")
        st.html(f'<p><span class="chip {look}">{escape(say(state))}</span></p>')
        st.write(say("photos.explained"))
        _last_change(who, PHOTOS, "photos.changed")
        if not allowed and st.button(say("photos.allow"), icon=":material/photo_camera:"):
            _confirm(who)
        if allowed and st.button(say("photos.forbid"), icon=":material/no_photography:", type="primary"):
            _write(who, PHOTOS, value=False)
    with st.container(border=True, key="settings-groups"):
        _groups(who)
    with st.container(border=True, key="settings-data"):
        data_tokens(who)


def _groups(who: Member) -> None:
    st.subheader(say("groups.title"))
    st.write(say("groups.explained"))
    kept = groups_kept(who)
    chosen = [group for group in GROUPS if st.checkbox(say(f"groups.{group}"), group in kept, key=f"groups-{group}")]
    if chosen:
        st.warning(say("groups.warning"), icon=":material/shield_person:")
    _last_change(who, GROUP_SETTING, "groups.changed")
    if st.button(say("groups.save"), icon=":material/save:", disabled=chosen == kept, key="groups-save"):
        _write(who, GROUP_SETTING, value=chosen)


def _last_change(who: Member, name_of_setting: str, key: str) -> None:
    changes = rows(who.database, "setting_change", ["id", "changed_at", "changed_by"], {"name": name_of_setting})
    if changes:
        last = max(changes, key=lambda change: int(change["id"]))
        names = rows(who.database, "staff", ["name"], {"id": last["changed_by"]})
        name = names[0]["name"] if names else say("photos.somebody")
        st.caption(say(key, name=name, moment=moment(last["changed_at"])))


def _confirm(who: Member) -> None:
    @st.dialog(say("photos.ask"))
    def ask() -> None:
        st.warning(say("photos.warning"), icon=":material/face:")
        sure = st.checkbox(say("photos.sure"))
        keep, allow = st.columns(2)
        if keep.button(say("photos.keep"), width="stretch"):
            st.rerun()
        if allow.button(say("photos.confirm"), type="primary", width="stretch", disabled=not sure):
            _write(who, PHOTOS, value=True)

    ask()


def _write(who: Member, name: str, *, value: bool | list[str]) -> None:
    with told():
        who.database.write("setting", [{"name": name, "value": value}])
        st.toast(say("saved"), icon=":material/check:")
        st.rerun()


screen()
