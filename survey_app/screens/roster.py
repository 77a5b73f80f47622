"""Screen: one class: its cards, and what happens to them."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.appearance import mistake
from survey_app.screens.card_moves import moved_notice, moving
from survey_app.screens.class_list_import import class_list_import
from survey_app.screens.deleting import delete_button
from survey_app.screens.failures import told
from survey_app.screens.language import number, say
from survey_app.screens.lost_card import lost_card
from survey_app.screens.new_cards import card_fields, issue
from survey_app.screens.place_choice import school_choice
from survey_app.screens.printouts import roster_printouts
from survey_app.screens.roster_facts import cards_download, cards_table, members, place_of, roster
from survey_app.screens.session import Member, member


def screen() -> None:
    who = member()
    st.page_link("screens/cards.py", label=say("roster.back"), icon=":material/arrow_back:")
    row = roster(who.database, st.query_params.get("roster"))
    if row is None:
        st.title(say("nav.roster"))
        st.info(say("roster.unknown"), icon=":material/search_off:")
        return
    st.title(row["name"])
    st.html(f"<p>{escape(place_of(row))} · <b>{escape(say('rosters.cards', count=number(row['cards'])))}</b></p>")
    if failed := st.session_state.pop(f"roster-failed-{row['id']}", None):
        st.error(failed, icon=":material/error:")
    cards = members(who.database, row["id"])
    moved_notice(row["id"])
    _just_made(row, cards)
    if not cards:
        st.info(say("roster.empty"), icon=":material/badge:")
        _actions(who, row, cards)
    else:
        with st.container(key="halves-roster"):
            left, right = st.columns(2, gap="large")
        with left:
            # First, for it comes next once there are cards.
            roster_printouts(who, row)
            _actions(who, row, cards)
        with right:
            st.subheader(say("roster.members"))
            cards_download(cards, f"roster-download-{row['id']}")
            cards_table(cards)
    delete_button(
        who,
        "roster",
        row["id"],
        row["name"],
        say("delete.roster.cards", cards=number(len(cards))) if cards else None,
        "screens/cards.py",
    )


def _actions(who: Member, row: Row, cards: list[Row]) -> None:
    _adding(who, row, is_empty=not cards)
    if cards:
        with st.expander(say("lost.title"), icon=":material/sync_problem:", key="roster-lost"):
            lost_card(who, cards)
        with st.expander(say("moving.title"), icon=":material/move_up:", key="roster-moving"):
            moving(who, row, cards)
    with st.expander(say("roster.edit"), icon=":material/edit:", key="roster-edit"):
        _edit(who, row)


def _just_made(row: Row, cards: list[Row]) -> None:
    """What was made on this screen last, so that the teacher knows which card is whose; until it is put away."""
    key = f"roster-made-{row['id']}"
    made = st.session_state.get(key)
    if not made:
        return
    if len(made) == len(cards) and "row" not in made[0]:
        # All there are: the table of the class shows them.
        st.success(say("cards.made", count=number(len(made))), icon=":material/check_circle:")
        del st.session_state[key]
        return
    with st.container(key="roster-made"):
        st.success(say("cards.made", count=number(len(made))), icon=":material/check_circle:")
        if "row" in made[0]:
            st.write(say("import.whose"))
        cards_download(made, f"roster-made-download-{row['id']}", "the-moi.csv")
        cards_table(made)
        if st.button(say("put_away"), icon=":material/check:", key="roster-made-hide", width="stretch"):
            del st.session_state[key]
            st.rerun()


def _adding(who: Member, row: Row, *, is_empty: bool) -> None:
    # Keys of their own while the class is empty: a key keeps open what was open, though there is more to see then.
    first = "-first" if is_empty else ""
    with st.expander(say("roster.add"), icon=":material/add_card:", expanded=is_empty, key=f"roster-add{first}"):
        # A form that was sent is empty again: its fields are new ones.
        version = st.session_state.get(f"roster-add-version-{row['id']}", 0)
        key = f"roster_add_{row['id']}_{version}"
        wrong_key = f"roster-add-wrong-{row['id']}"
        order = card_fields(key, st.session_state.get(wrong_key, ()))
        if st.button(
            say("cards.create"), type="primary", icon=":material/add_card:", key="roster-add-send", width="stretch"
        ):
            st.session_state[wrong_key] = order.mistakes()
            with told():
                if not st.session_state[wrong_key]:
                    st.session_state[f"roster-made-{row['id']}"] = issue(who, row["id"], order)
                    st.session_state[f"roster-add-version-{row['id']}"] = version + 1
                st.rerun()
    with st.expander(
        say("import.title"), icon=":material/upload_file:", expanded=is_empty, key=f"roster-import{first}"
    ):
        class_list_import(who, row)


def _edit(who: Member, row: Row) -> None:
    wrong_key = f"roster-edit-wrong-{row['id']}"
    with st.container(key="halves-roster-edit"):
        left, right = st.columns(2)
    with left:
        name = st.text_input(
            say("field.roster_name"), value=row["name"], max_chars=60, key=f"roster-name-{row['id']}-{row['name']}"
        )
        mistake(say("refused.roster_name") if st.session_state.get(wrong_key) else None)
    with right:
        school = school_choice(who, row["commune_code"], f"roster-school-{row['id']}", row["school_id"])
    st.caption(say("roster.edit.explained"))
    if st.button(say("roster.save"), icon=":material/save:", key="roster-save", width="stretch"):
        st.session_state[wrong_key] = not name.strip()
        with told():
            if name.strip():
                who.database.call(
                    "save_roster", roster=row["id"], commune=row["commune_code"], school=school, name=name
                )
                st.toast(say("saved"), icon=":material/check:")
            st.rerun()


screen()
