"""Step 3 of a consultation: what was said is grouped into themes, and each theme is answered."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import NotAllowed, Row
from survey_app.screens.commitment_fields import commitment_fields, other_languages, texts_fields
from survey_app.screens.commitment_summary import commitment_summary
from survey_app.screens.deleting import delete_button
from survey_app.screens.failures import told
from survey_app.screens.language import number, said_in, say
from survey_app.screens.opinion_grouping import opinion_grouping
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows

COMMITMENT_COLUMNS = (
    *("changed_at", "id", "theme_id", "petition_id", "consultation_id", "body", "answer", "promise", "outcome"),
    *("due_on", "status", "is_overdue"),
)


def themes(who: Member, row: Row) -> None:
    """For a closed consultation. Who may not change it reads."""
    st.subheader(say("themes.title"))
    st.write(say("themes.explained"))
    found = themes_of(who, row)
    opinions = _opinions(who, row)
    if opinions is not None and who.runs_consultations:
        opinion_grouping(who, row, opinions, found)
    if who.runs_consultations:
        other_languages()
    answers = rows(who.database, "commitment_board", COMMITMENT_COLUMNS, {"consultation_id": row["id"]})
    for theme in found:
        with st.container(border=True, key=f"theme-{theme['id']}"):
            _theme(who, row, theme, opinions, [one for one in answers if one["theme_id"] == theme["id"]])
    if not found:
        st.info(say("themes.empty"), icon=":material/category:")
    if who.runs_consultations and opinions is None:
        with st.expander(say("themes.new"), icon=":material/add:"):
            _theme_fields(who, row, None)


def themes_of(who: Member, row: Row) -> list[Row]:
    """In their order."""
    found = rows(
        who.database,
        "theme",
        ["position", "id", "name", "said"],
        {"consultation_id": row["id"], "deleted_at": None},
    )
    return sorted(found, key=lambda theme: (theme["position"], theme["id"]))


def _opinions(who: Member, row: Row) -> list[Row] | None:
    """What was released; None for whoever does not read it."""
    if who.role not in ("facilitator", "officer"):
        return None
    try:
        return who.database.call("opinions_of", consultation=row["id"])
    except NotAllowed:
        # An officer sees the consultations of her commune, and reads the texts of those that she runs.
        return None


def _theme(who: Member, row: Row, theme: Row, opinions: list[Row] | None, answers: list[Row]) -> None:
    said = said_in(theme["said"])
    st.html(
        f'<div class="item"><h3>{escape(said_in(theme["name"]))}</h3>'
        + (f"<p>{escape(said)}</p>" if said else "")
        + "</div>"
    )
    mine = [one for one in opinions or [] if theme["id"] in one["themes"]]
    if mine:
        with st.expander(say("themes.opinions", count=number(len(mine))), icon=":material/format_quote:"):
            for one in mine:
                _member(who, theme, one, mine)
    for answer in answers:
        commitment_summary(answer)
        if who.runs_consultations:
            with st.expander(say("commitment.edit"), icon=":material/edit:"):
                commitment_fields(who, f"commitment-{answer['id']}", answer)
                delete_button(who, "commitment", answer["id"], answer["body"])
    if not who.runs_consultations:
        if not answers:
            st.caption(say("themes.no_answer"))
        return
    if not answers:
        st.warning(say("themes.no_answer"), icon=":material/pending:")
    with st.expander(say("commitment.new"), icon=":material/add_comment:", expanded=not answers):
        commitment_fields(who, f"commitment-of-{theme['id']}", None, theme=theme["id"])
    with st.expander(say("themes.edit"), icon=":material/edit:"):
        _theme_fields(who, row, theme)
        delete_button(who, "theme", theme["id"], said_in(theme["name"]), say("themes.delete.explained"))


def _member(who: Member, theme: Row, one: Row, mine: list[Row]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"member-{theme['id']}-{one['opinion']}"):
        # What a child wrote is shown as it is, not as Markdown.
        st.text(one["shown"], width="stretch")
        if st.button(say("themes.take_out"), type="tertiary", key=f"out-{theme['id']}-{one['opinion']}"):
            with told():
                left = [other["opinion"] for other in mine if other is not one]
                who.database.call("group_opinions", theme=theme["id"], opinions=left)
                st.rerun()


def _theme_fields(who: Member, row: Row, theme: Row | None) -> None:
    key = f"theme-fields-{theme['id'] if theme else 'new'}-{st.session_state.get('theme_fields_version', 0)}"
    name = texts_fields(say("themes.name"), theme and theme["name"], f"{key}-name")
    said = texts_fields(say("themes.said"), theme and theme["said"], f"{key}-said")
    if st.button(say("themes.save"), icon=":material/save:", key=f"{key}-save", width="stretch"):
        with told():
            who.database.call("save_theme", theme=theme and theme["id"], consultation=row["id"], name=name, said=said)
            st.session_state["theme_fields_version"] = st.session_state.get("theme_fields_version", 0) + 1
            st.toast(say("saved"), icon=":material/check:")
            st.rerun()
