"""Screen: what adults have promised children, the overdue first."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.appearance import tiles
from survey_app.screens.commitment_fields import STATUSES, commitment_fields, other_languages
from survey_app.screens.commitment_summary import commitment_summary
from survey_app.screens.deleting import delete_button
from survey_app.screens.language import number, said_in, say
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows
from survey_app.screens.themes import COMMITMENT_COLUMNS
from survey_app.vietnamese_order import vietnamese_order

SHOWN = 30
ALL = ""
OVERDUE = "overdue"


def screen() -> None:
    who = member()
    st.title(say("nav.commitments"))
    st.caption(say("commitments.explained"))
    found = _board(who)
    if not found:
        st.info(say("commitments.empty"), icon=":material/handshake:")
        return
    late = [row for row in found if row["is_overdue"]]
    done = [row for row in found if row["status"] == "done"]
    tiles(
        [
            (say("commitments.all"), number(len(found)), ""),
            (say("commitment.overdue"), number(len(late)), "warn" if late else ""),
            (say("commitment.status.done"), number(len(done)), ""),
        ],
        say("nav.commitments"),
    )
    chosen = _filtered(found)
    if who.runs_consultations:
        other_languages()
    st.caption(say("commitments.count", shown=number(len(chosen)), all=number(len(found))))
    for row in chosen[:SHOWN]:
        _one(who, row)
    if len(chosen) > SHOWN:
        st.caption(say("commitments.more", count=number(len(chosen) - SHOWN)))


def _board(who: Member) -> list[Row]:
    """Overdue first, then what is due soonest, then the rest."""
    found = rows(
        who.database,
        "commitment_board",
        [*COMMITMENT_COLUMNS, "commune_name", "school_name", "theme_name", "consultation_title", "petition_request"],
        {},
    )
    return sorted(
        found,
        key=lambda row: (not row["is_overdue"], row["status"] in ("done", "declined"), row["due_on"] or "9", row["id"]),
    )


def _filtered(found: list[Row]) -> list[Row]:
    communes = sorted({row["commune_name"] for row in found if row["commune_name"]}, key=vietnamese_order)
    left, right = st.columns(2)
    status = left.selectbox(
        say("commitment.status"),
        [ALL, OVERDUE, *STATUSES],
        format_func=lambda one: (
            {ALL: say("commitments.any"), OVERDUE: say("commitment.overdue")}.get(one)
            or say(f"commitment.status.{one}")
        ),
        key="commitments_status",
    )
    commune = right.selectbox(
        say("field.commune"),
        [ALL, *communes],
        format_func=lambda one: one or say("commitments.any"),
        key="commitments_commune",
        disabled=len(communes) < 2,
    )
    return [
        row
        for row in found
        if (status == ALL or (row["is_overdue"] if status == OVERDUE else row["status"] == status))
        and commune in (ALL, row["commune_name"])
    ]


def _one(who: Member, row: Row) -> None:
    with st.container(border=True, key=f"commitment-{row['id']}"):
        about = said_in(row["theme_name"]) if row["theme_name"] else row["petition_request"] or ""
        place = ", ".join(filter(None, (row["school_name"], row["commune_name"])))
        st.html(f"<small>{escape(' · '.join(filter(None, (about[:120], place))))}</small>")
        commitment_summary(row)
        if row["consultation_id"]:
            st.page_link(
                "screens/consultation.py",
                label=say("commitments.consultation", title=row["consultation_title"] or ""),
                icon=":material/arrow_forward:",
                query_params={"consultation": row["consultation_id"], "step": "3"},
            )
        if row["petition_id"] and who.answers_petitions:
            st.page_link("screens/petitions.py", label=say("tasks.to_petitions"), icon=":material/arrow_forward:")
        if who.runs_consultations:
            with st.expander(say("commitment.edit"), icon=":material/edit:"):
                commitment_fields(who, f"commitment-{row['id']}", row)
                delete_button(who, "commitment", row["id"], row["body"])


screen()
