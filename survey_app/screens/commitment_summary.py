"""An answer to children, as it is read."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.language import day, said_in, say


def commitment_summary(row: Row) -> None:
    """Of a row of commitment_board."""
    look = "warn" if row["is_overdue"] else {"done": "open", "declined": "draft"}.get(row["status"], "closed")
    status = say("commitment.overdue") if row["is_overdue"] else say(f"commitment.status.{row['status']}")
    lines = [
        f'<h3>{escape(row["body"])} <span class="chip {look}">{escape(status)}</span></h3>',
        f"<p>{escape(said_in(row['answer']))}</p>",
    ]
    promise = said_in(row["promise"])
    if promise or row["due_on"]:
        until = say("commitment.until", day=day(row["due_on"])) if row["due_on"] else ""
        lines.append(f"<p><b>{escape(say('commitment.promise'))}:</b> {escape(promise)} {escape(until)}</p>")
    if outcome := said_in(row["outcome"]):
        lines.append(f"<p><b>{escape(say('commitment.outcome'))}:</b> {escape(outcome)}</p>")
    st.html(f'<div class="item">{"".join(lines)}</div>')
