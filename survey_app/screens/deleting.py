"""A button that deletes, which asks first, and the way back right after it."""

from __future__ import annotations

import time
from html import escape

import streamlit as st

from survey_app.screens.failures import told
from survey_app.screens.language import day, say
from survey_app.screens.session import Member

UNDO_SECONDS = 300
_JUST_DELETED = "just_deleted"


def delete_button(
    who: Member, kind: str, item_id: str, title: str, consequence: str | None = None, then: str | None = None
) -> None:
    """Deletes one item of a kind that `delete_item` knows; `consequence` says what goes with it.

    Afterwards it goes to the screen `then` ("screens/….py"), or stays here.
    """
    if st.button(
        say(f"delete.{kind}.button"), type="tertiary", icon=":material/delete:", key=f"delete-{kind}-{item_id}"
    ):
        _ask(who, kind, item_id, title, consequence, then)


def _ask(who: Member, kind: str, item_id: str, title: str, consequence: str | None, then: str | None) -> None:
    @st.dialog(say(f"delete.{kind}.title"))
    def ask() -> None:
        st.html(f"<strong>{escape(shown_title(kind, title))}</strong>")
        if consequence:
            st.write(consequence)
        st.write(say("delete.explained"))
        with st.container(key="halves-delete"):
            keep, delete = st.columns(2)
        if keep.button(say("delete.keep"), key="delete-keep", width="stretch"):
            st.rerun()
        if delete.button(say("delete.confirm"), key="delete-confirm", type="primary", width="stretch"):
            with told():
                deletion = who.database.call("delete_item", kind=kind, item=item_id)[0]["delete_item"]
                st.session_state[_JUST_DELETED] = (deletion, kind, title, time.monotonic())
                if then is not None:
                    st.switch_page(then)
                st.rerun()

    ask()


def undo_notice(who: Member) -> None:
    """On every screen for a while: what was deleted last, and "Hoàn tác"."""
    deletion, kind, title, at = st.session_state.get(_JUST_DELETED, (None, "", "", 0.0))
    if deletion is None or time.monotonic() > at + UNDO_SECONDS:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="undo"):
        st.html(escape(say("deleted.done", title=shown_title(kind, title))))
        if st.button(say("deleted.undo"), icon=":material/undo:", key="undo-delete"):
            restore(who, deletion, kind, title)
        if st.button(say("deleted.hide"), type="tertiary", key="undo-hide"):
            del st.session_state[_JUST_DELETED]
            st.rerun()


def restore(who: Member, deletion: int, kind: str, title: str) -> None:
    """Brings it back and says so; as what, when its name was taken meanwhile."""
    with told():
        back_as = who.database.call("restore_item", deletion=deletion)[0]["restore_item"]
        st.session_state.pop(_JUST_DELETED, None)
        # Only a class may have another name afterwards.
        if kind != "roster" or back_as == title:
            st.toast(say("deleted.restored", title=shown_title(kind, title)), icon=":material/restore:")
        else:
            st.toast(say("deleted.restored_as", title=title, back=back_as), icon=":material/restore:", duration="long")
        st.rerun()


def shown_title(kind: str, title: str) -> str:
    """A petition is told by the day on which it came."""
    return say("deleted.petition_of", day=day(title)) if kind == "petition" else title
