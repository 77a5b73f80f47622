"""The Streamlit script: who is here, in which language, and which screens they get."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from survey_app.database import NotAllowed
from survey_app.screens.appearance import apply_style, demonstration_banner
from survey_app.screens.deleting import undo_notice
from survey_app.screens.failures import told
from survey_app.screens.language import LANGUAGES, PARAMETER, current, say
from survey_app.screens.menu import ADDRESSES, HOME, MAP, MENU, Entry
from survey_app.screens.session import Member, signed_in

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

# A picture of our own: Streamlit fetches named icons and emoji for the browser's tab from a server outside.
_ICON = Path(__file__).parent / "screens" / "icon.svg"

SIDEBAR_PIXELS = 256


def main() -> None:
    st.set_page_config(
        page_title=say("app.name"),
        page_icon=_ICON,
        layout="wide",
        initial_sidebar_state=SIDEBAR_PIXELS,
        menu_items={"Get help": None, "Report a bug": None, "About": None},
    )
    apply_style()
    with told():
        try:
            member = signed_in()
        except NotAllowed:
            _closed_door("session.no_role", say("session.sign_out"), "/sign-out")
            return
        if member is None:
            _closed_door("session.nobody", say("session.sign_in"), "/sign-in")
            return
        # All of them: Streamlit would hide some behind a word of its own, in English.
        page = st.navigation(_screens(member), expanded=True)
        _sidebar(member)
        demonstration_banner(member.database)
        undo_notice(member)
        page.run()


def _screens(member: Member) -> list[Page]:
    first = HOME if member.sees_consultations else MAP
    screens = [_screen(entry, is_first=entry.file == first) for entry in MENU if entry.may(member)]
    return screens + _same_at(ADDRESSES - {screen.url_path for screen in screens}, _not_for_you)


def _screen(entry: Entry, *, is_first: bool) -> Page:
    return st.Page(
        f"screens/{entry.file}.py",
        title=say(entry.title),
        icon=f":material/{entry.icon}:" if entry.icon else None,
        url_path=entry.address or None,
        default=is_first,
        visibility="visible" if entry.icon else "hidden",
    )


def _same_at(addresses: Iterable[str], show: Callable[[], None]) -> list[Page]:
    """Streamlit shows a dialog of its own, in English, at an address that no screen has: so each has one."""
    return [
        st.Page(show, title=say("app.name"), url_path=address, visibility="hidden") for address in sorted(addresses)
    ]


def _not_for_you() -> None:
    st.title(say("app.name"))
    st.info(say("failure.not_allowed"), icon=":material/block:")


def _sidebar(member: Member) -> None:
    with st.sidebar:
        st.segmented_control(
            say("nav.language"),
            list(LANGUAGES),
            default=current(),
            format_func=LANGUAGES.__getitem__,
            key=PARAMETER,
            required=True,
            bind="query-params",
            width="stretch",
        )
        st.caption(f"{member.name}  \n{say('role.' + member.role)}")
        # In this very tab: a link button would open another one and leave this one looking signed in.
        st.html(f'<a class="side-link" href="/sign-out">{escape(say("session.sign_out"))}</a>')


def _closed_door(message: str, label: str, address: str) -> None:
    def show() -> None:
        st.title(say("app.name"))
        st.info(say(message), icon=":material/waving_hand:")
        st.html(f'<a class="big-link" href="{address}">{escape(label)}</a>')

    default = st.Page(show, title=say("app.name"), url_path="closed", default=True)
    st.navigation([default, *_same_at(ADDRESSES, show)], position="hidden").run()


main()
