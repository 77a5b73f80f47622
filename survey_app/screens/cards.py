"""Screen: the classes and their cards, and a new class."""

from __future__ import annotations

from html import escape
from itertools import groupby

import streamlit as st

from survey_app.database import DatabaseError, Row
from survey_app.screens.appearance import mistake
from survey_app.screens.failures import told, worded
from survey_app.screens.language import number, say
from survey_app.screens.loose_cards import loose_cards
from survey_app.screens.new_cards import CardOrder, card_fields, issue
from survey_app.screens.place_choice import commune_choice, school_choice
from survey_app.screens.roster_facts import place_of, rosters
from survey_app.screens.session import Member, member

PAGE_LENGTH = 20
ALL = ""
WAYS = ("cards", "list")


def screen() -> None:
    who = member()
    st.title(say("nav.cards"))
    st.write(say("cards.explained"))
    found = rosters(who.database)
    if found:
        with st.expander(say("rosters.new"), icon=":material/add_circle:", key="rosters-new"):
            _new(who)
        _list(found)
    else:
        with st.container(border=True):
            st.subheader(say("rosters.empty"))
            st.write(say("rosters.empty_explained"))
            _new(who)
    loose_cards(who)


def _list(found: list[Row]) -> None:
    communes = sorted({(row["commune_name"] or "", row["commune_code"]) for row in found})
    shown = found
    if len(communes) > 1:
        names = {code: name for name, code in communes}
        chosen = st.selectbox(
            say("field.commune"),
            [ALL, *names],
            format_func=lambda code: names.get(code) or say("filter.all"),
            key="rosters_commune",
        )
        shown = [row for row in found if chosen in (ALL, row["commune_code"])]
    limit = st.session_state.setdefault("rosters_limit", PAGE_LENGTH)
    for place, group in groupby(shown[:limit], key=place_of):
        st.subheader(place)
        for row in group:
            with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"roster-{row['id']}"):
                count = say("rosters.cards", count=number(row["cards"]))
                st.html(f'<div class="item"><h3>{escape(row["name"])}</h3><p>{escape(count)}</p></div>')
                st.page_link(
                    "screens/roster.py",
                    label=say("list.open"),
                    icon=":material/arrow_forward:",
                    icon_position="right",
                    query_params={"roster": row["id"]},
                )
    if len(shown) > limit and st.button(
        say("list.more", count=number(min(PAGE_LENGTH, len(shown) - limit))), width="stretch"
    ):
        st.session_state["rosters_limit"] = limit + PAGE_LENGTH
        st.rerun()


def _new(who: Member) -> None:
    wrong = st.session_state.get("newroster_mistakes", ())
    with st.container(key="halves-newroster"):
        left, right = st.columns(2)
    with left:
        commune = commune_choice(who, "newroster_commune")
        mistake(say("mistake.commune") if "commune" in wrong else None)
    with right:
        school = school_choice(who, commune, "newroster_school", who.school_id)
    name = st.text_input(
        say("field.roster_name"), placeholder=say("field.roster_name.example"), max_chars=60, key="newroster_name"
    )
    mistake(say("refused.roster_name") if "name" in wrong else None)
    way = st.radio(
        say("rosters.way"),
        WAYS,
        format_func=lambda one: say(f"rosters.way.{one}"),
        captions=[say(f"rosters.way.{one}.explained") for one in WAYS],
        key="newroster_way",
    )
    order = card_fields("newroster", wrong) if way == "cards" else None
    if st.button(
        say("rosters.create"), type="primary", icon=":material/check:", key="newroster-create", width="stretch"
    ):
        missing = {"commune": commune is None, "name": not (name or "").strip()}
        mistakes = [field for field, is_missing in missing.items() if is_missing] + (order.mistakes() if order else [])
        st.session_state["newroster_mistakes"] = mistakes
        if mistakes:
            st.rerun()
        _create(who, commune, school, name, order)


def _create(who: Member, commune: str | None, school: str | None, name: str, order: CardOrder | None) -> None:
    with told():
        made = who.database.call("save_roster", roster=None, commune=commune, school=school, name=name)[0][
            "save_roster"
        ]
        if order is not None:
            try:
                st.session_state[f"roster-made-{made}"] = issue(who, made, order)
            # The class is there: what is missing is said and done there.
            except DatabaseError as error:
                st.session_state[f"roster-failed-{made}"] = worded(error)
        for key in [str(key) for key in st.session_state if str(key).startswith("newroster_")]:
            del st.session_state[key]
        st.switch_page("screens/roster.py", query_params={"roster": made})


screen()
