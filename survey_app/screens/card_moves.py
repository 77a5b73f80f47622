"""Cards that go to another class: a whole class that moves up, or single children who change."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from survey_app.card import with_emoji
from survey_app.database import Row
from survey_app.screens.appearance import mistake
from survey_app.screens.failures import told
from survey_app.screens.language import number, say
from survey_app.screens.place_choice import commune_choice, school_choice
from survey_app.screens.roster_facts import next_class_name, place_of, rosters
from survey_app.screens.session import Member

WHO = ("all", "some")
NEW = "new"


def moving(who: Member, row: Row, cards: Sequence[Row]) -> None:
    """From this class to another; `moved_notice` then tells what was moved."""
    st.write(say("moving.explained"))
    move_to(who, row, cards, suggested=next_class_name(row["name"]))


def move_to(who: Member, row: Row, cards: Sequence[Row], suggested: str = "") -> None:
    """Which of the cards, where to, and the button; `row` says where they come from: id, commune_code and school_id.

    `suggested` is the name of a new class for all of them.
    """
    which = st.segmented_control(
        say("moving.who"),
        WHO,
        default="all",
        format_func=lambda one: say(f"moving.who.{one}", count=number(len(cards))),
        key=f"moving-who-{row['id']}",
        required=True,
        width="stretch",
    )
    if which == "some":
        cards, suggested = _chosen(row["id"], cards), ""
    others = {other["id"]: other for other in rosters(who.database) if other["id"] != row["id"]}
    target = st.selectbox(
        say("moving.to"),
        [NEW, *others],
        format_func=lambda one: (
            say("moving.to.new") if one == NEW else f"{others[one]['name']} · {place_of(others[one])}"
        ),
        key=f"moving-to-{row['id']}",
    )
    wrong = st.session_state.get(f"moving-wrong-{row['id']}", ())
    name, commune, school = "", row["commune_code"], row["school_id"]
    if target == NEW:
        name = st.text_input(
            say("field.roster_name"),
            value=suggested,
            placeholder=say("field.roster_name.example"),
            max_chars=60,
            # After a move, another field: the name is taken.
            key=f"moving-name-{row['id']}-{suggested}-{len(others)}",
        )
        mistake(say("refused.roster_name") if "name" in wrong else None)
        with st.container(key=f"halves-moving-{row['id']}"):
            left, right = st.columns(2)
        with left:
            commune = commune_choice(who, f"moving-commune-{row['id']}", row["commune_code"])
        with right:
            school = school_choice(who, commune, f"moving-school-{row['id']}", row["school_id"])
    else:
        commune = others[target]["commune_code"]
    if commune != row["commune_code"]:
        st.info(say("moving.other_commune"), icon=":material/info:")
    if st.button(
        say("moving.move", count=number(len(cards))),
        icon=":material/move_up:",
        type="primary",
        disabled=not cards,
        key=f"moving-send-{row['id']}",
        width="stretch",
    ):
        st.session_state[f"moving-wrong-{row['id']}"] = ["name"] if target == NEW and not name.strip() else []
        if st.session_state[f"moving-wrong-{row['id']}"]:
            st.rerun()
        with told():
            if target == NEW:
                made = who.database.call("save_roster", roster=None, commune=commune, school=school, name=name)
                target = made[0]["save_roster"]
            else:
                name = others[target]["name"]
            moved = who.database.call(
                "move_cards", participants=[card["participant_id"] for card in cards], roster=target
            )
            _tell(row["id"], cards, moved, str(target), name.strip())
            st.rerun()


def _chosen(key: str, cards: Sequence[Row]) -> list[Row]:
    by_id = {card["participant_id"]: card for card in cards}
    picked = st.pills(
        say("moving.cards"),
        list(by_id),
        selection_mode="multi",
        format_func=lambda one: with_emoji(by_id[one]["card"]),
        key=f"moving-cards-{key}",
        wrap=True,
    )
    # What was picked may have moved meanwhile.
    return [by_id[one] for one in picked or () if one in by_id]


def _tell(source: str, cards: Sequence[Row], moved: Sequence[Row], target: str, name: str) -> None:
    before = {str(card["participant_id"]): card["card"] for card in cards}
    changed = [
        (before[str(one["participant_id"])], str(one["card"]))
        for one in moved
        if before[str(one["participant_id"])] != one["card"]
    ]
    st.session_state[f"moving-told-{source}"] = (len(moved), target, name, changed)


def moved_notice(source: str) -> None:
    """What was moved from there last, and which cards have another number now."""
    told_last = st.session_state.get(f"moving-told-{source}")
    if not told_last:
        return
    count, target, name, changed = told_last
    with st.container(border=True, key="moved"):
        st.success(say("moving.done", count=number(count), name=name), icon=":material/check_circle:")
        if changed:
            lines = "\n".join(f"- {with_emoji(old)} → **{with_emoji(new)}**" for old, new in changed)
            st.warning(f"{say('moving.changed')}\n\n{lines}", icon=":material/badge:")
        st.page_link(
            "screens/roster.py",
            label=say("moving.open", name=name),
            icon=":material/arrow_forward:",
            query_params={"roster": target},
        )
        if st.button(say("put_away"), icon=":material/check:", key="moved-hide"):
            del st.session_state[f"moving-told-{source}"]
            st.rerun()
