"""The Streamlit script: who is here, in which language, and which screens they get."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from survey_app.database import NotAllowed
from survey_app.screens.appearance import apply_style, demonstration_banner
from survey_app.screens.deleting import undo_notice
from survey_app.screens.failures import told
from survey_app.screens.language import LANGUAGES, PARAMETER, current, say
from survey_app.screens.session import Member, signed_in

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

# A picture of our own: Streamlit fetches named icons and emoji for the browser's tab from a server outside.
_ICON = Path(__file__).parent / "screens" / "icon.svg"

SIDEBAR_PIXELS = 256
ADDRESSES = (
    *(
        "new",
        "cards",
        "roster",
        "map",
        "consultation",
        "results",
        "questionnaires",
        "questionnaire",
        "new-questionnaire",
    ),
    *(
        "activities",
        "new-activity",
        "activity",
        "alerts",
        "tasks",
        "commitments",
        "petitions",
        "settings",
        "denominators",
        "progress",
        "deleted",
    ),
    "report",
)


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
        page = st.navigation(_screens(member))
        _sidebar(member)
        demonstration_banner(member.database)
        undo_notice(member)
        page.run()


def _screens(member: Member) -> list[Page]:
    screens: list[Page] = []
    if member.sees_consultations:
        screens.append(
            st.Page("screens/consultations.py", title=say("nav.consultations"), icon=":material/forum:", default=True)
        )
    if member.protects:
        screens.append(_screen("alerts", "alerts", say("nav.alerts"), "notification_important"))
    if member.runs_consultations:
        screens += [
            _screen("new_consultation", "new", say("nav.new"), "add_circle"),
            _screen("cards", "cards", say("nav.cards"), "badge"),
            _screen("roster", "roster", say("nav.roster")),
        ]
    if member.reviews:
        screens += [
            _screen("activities", "activities", say("nav.activities"), "diversity_3"),
            _screen("activity", "activity", say("nav.activity")),
            _screen("tasks", "tasks", say("nav.tasks"), "checklist"),
            _screen("commitments", "commitments", say("nav.commitments"), "handshake"),
        ]
    if member.answers_petitions:
        screens.append(_screen("petitions", "petitions", say("nav.petitions"), "inbox"))
    if member.runs_consultations:
        screens += [
            _screen("new_activity", "new-activity", say("nav.new_activity")),
            _screen("questionnaires", "questionnaires", say("nav.forms"), "quiz"),
            _screen("questionnaire", "questionnaire", say("aloud.title")),
            _screen("new_questionnaire", "new-questionnaire", say("nav.new_form")),
        ]
    if member.reviews:
        screens.append(_screen("progress", "progress", say("nav.progress"), "trending_up"))
    screens.append(_screen("indicator_map", "map", say("nav.map"), "map", is_first=not member.sees_consultations))
    if member.reports:
        screens.append(_screen("report", "report", say("nav.report"), "summarize"))
    if member.runs_consultations:
        screens.append(_screen("deleted", "deleted", say("nav.deleted"), "delete"))
    if member.administers:
        screens += [
            _screen("denominators", "denominators", say("nav.denominators"), "family_restroom"),
            _screen("instance_settings", "settings", say("nav.settings"), "settings"),
        ]
    if member.sees_consultations:
        screens.append(_screen("consultation", "consultation", say("nav.consultation")))
        screens.append(_screen("class_results", "results", say("nav.results")))
    return screens + _same_at({*ADDRESSES} - {screen.url_path for screen in screens}, _not_for_you)


def _screen(file: str, address: str, title: str, icon: str = "", *, is_first: bool = False) -> Page:
    """A screen of the folder; without an icon it is not in the menu."""
    return st.Page(
        f"screens/{file}.py",
        title=title,
        icon=f":material/{icon}:" if icon else None,
        url_path=address,
        default=is_first,
        visibility="visible" if icon else "hidden",
    )


def _same_at(addresses: set[str], show: Callable[[], None]) -> list[Page]:
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
    st.navigation([default, *_same_at({*ADDRESSES}, show)], position="hidden").run()


main()
