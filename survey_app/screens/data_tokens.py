"""Part of the settings: which other systems may read the figures, each with an access token of its own."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.address import public_url
from survey_app.screens.appearance import mistake
from survey_app.screens.copy_block import copy_block
from survey_app.screens.failures import told
from survey_app.screens.language import day, moment, say, today
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows

LONGEST_LABEL = 100


def data_tokens(who: Member) -> None:
    """For administrators."""
    st.subheader(say("data.title"))
    st.write(say("data.explained"))
    tokens = rows(who.database, "data_token", ["id", "label", "created_at", "created_by", "last_used_on", "revoked_at"])
    if not tokens:
        st.caption(say("data.none"))
    names = {row["id"]: row["name"] for row in rows(who.database, "staff", ["id", "name"])} if tokens else {}
    for token in sorted(tokens, key=lambda one: (one["revoked_at"] is not None, one["created_at"])):
        _token(who, token, names.get(token["created_by"]) or say("photos.somebody"))
    _new(who)


def _token(who: Member, token: Row, maker: str) -> None:
    is_good = token["revoked_at"] is None
    state = say("data.good") if is_good else say("data.revoked", moment=moment(token["revoked_at"]))
    used = say("data.used", day=day(token["last_used_on"])) if token["last_used_on"] else say("data.unused")
    with st.container(border=True, key=f"data-token-{token['id']}"):
        st.html(
            f'<p style="margin: 0"><strong>{escape(token["label"])}</strong> <span class="chip {"open" if is_good else "draft"}">{escape(state)}</span></p>'
        )
        st.caption(say("data.made", name=maker, moment=moment(token["created_at"])) + " " + used)
        if is_good and st.button(say("data.revoke"), icon=":material/key_off:", key=f"data-revoke-{token['id']}"):
            _ask(who, token)


def _new(who: Member) -> None:
    with st.form("data-new", border=False, clear_on_submit=True):
        label = st.text_input(say("data.label"), placeholder=say("data.label.example"), max_chars=LONGEST_LABEL)
        wanted = st.form_submit_button(say("data.make"), icon=":material/key:")
    if not wanted:
        return
    if not label.strip():
        mistake(say("refused.data_token_label"))
        return
    with told():
        _show(label.strip(), who.database.call("create_data_token", label=label.strip())[0]["create_data_token"])


def _show(label: str, token: str) -> None:
    """In a dialog, for it is gone with the next run of the script."""

    @st.dialog(say("data.copy.title"), dismissible=False)
    def show() -> None:
        st.html(f"<strong>{escape(label)}</strong>")
        st.warning(say("data.copy.warning"), icon=":material/visibility_off:")
        with st.container(key="data-token-shown"):
            copy_block(token)
        st.write(say("data.copy.try"))
        copy_block(
            f'curl -H "Authorization: Bearer {token}" "{public_url()}/api/data/indicators?year={today().year}&format=csv"'
        )
        if st.button(say("data.copy.done"), type="primary", width="stretch", key="data-copied"):
            st.rerun()

    show()


def _ask(who: Member, token: Row) -> None:
    @st.dialog(say("data.revoke.title"))
    def ask() -> None:
        st.html(f"<strong>{escape(token['label'])}</strong>")
        st.write(say("data.revoke.consequence"))
        with st.container(key="halves-data-revoke"):
            keep, revoke = st.columns(2)
        if keep.button(say("data.revoke.keep"), width="stretch", key="data-keep"):
            st.rerun()
        if revoke.button(say("data.revoke.confirm"), type="primary", width="stretch", key="data-revoke-confirm"):
            with told():
                who.database.call("revoke_data_token", token=token["id"])
                st.toast(say("data.revoke.done"), icon=":material/check:")
                st.rerun()

    ask()
