"""Screen: what waits for somebody: consultations that stand still, promises and petitions that are overdue, communes not asked."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.appearance import tiles
from survey_app.screens.consultation_facts import consultations, place
from survey_app.screens.language import day, number, said_in, say, today
from survey_app.screens.places import communes
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows
from survey_app.screens.stuck import Stuck, stuck

SHOWN = 10
PETITION_WITHIN = timedelta(days=15)


def screen() -> None:
    who = member()
    st.title(say("nav.tasks"))
    st.caption(say("tasks.explained"))
    waiting = stuck(consultations(who.database), today())
    overdue = _overdue_commitments(who)
    petitions = _waiting_petitions(who)
    not_asked = _communes_not_asked(who)
    alerts = None if who.role == "facilitator" else who.database.call("alert_count")[0]["alert_count"]
    figures = [
        (say("tasks.stuck"), number(len(waiting)), "warn" if waiting else ""),
        (say("tasks.overdue"), number(len(overdue)), "warn" if overdue else ""),
    ]
    if who.answers_petitions:
        figures.append((say("tasks.petitions"), number(len(petitions)), "warn" if petitions else ""))
    if who.role != "facilitator":
        figures.append((say("tasks.not_asked"), number(len(not_asked)), "warn" if not_asked else ""))
    if alerts is not None:
        figures.append((say("tasks.alerts"), number(alerts), "warn" if alerts else ""))
    tiles(figures, say("nav.tasks"))
    if alerts:
        st.warning(say("tasks.alerts.explained"), icon=":material/notification_important:")
    if not (waiting or overdue or petitions or not_asked):
        st.success(say("tasks.none"), icon=":material/task_alt:")
        return
    _commitments(overdue)
    _petitions(petitions)
    _consultations(who, waiting)
    _communes(not_asked)


def _overdue_commitments(who: Member) -> list[Row]:
    found = rows(
        who.database,
        "commitment",
        ["due_on", "id", "body", "promise", "status"],
        {"status": ["planned", "under_way"], "due_on": ("<", today().isoformat())},
    )
    return sorted(found, key=lambda row: row["due_on"])


def _waiting_petitions(who: Member) -> list[Row]:
    if not who.answers_petitions:
        return []
    found = rows(
        who.database,
        "petition",
        ["received_on", "id", "due_on", "state", "assigned_to"],
        {"state": ["registered", "assigned"]},
    )
    return [row for row in found if _petition_due(row) < today()]


def _petition_due(row: Row) -> date:
    """The day set for the answer; without one, 15 days after it came."""
    if row["due_on"]:
        return date.fromisoformat(row["due_on"][:10])
    return date.fromisoformat(row["received_on"][:10]) + PETITION_WITHIN


def _communes_not_asked(who: Member) -> list[str]:
    """Names of the communes this member looks after where no consultation was held this year."""
    if who.role == "facilitator":
        return []
    held = rows(who.database, "participation_count", ["area_code"], {"indicator": 22, "year": today().year})
    asked = {row["area_code"] for row in held}
    own = [c for c in communes(who.database) if who.commune_code in (None, c.code)]
    return [c.name for c in own if c.code not in asked]


def _commitments(overdue: list[Row]) -> None:
    if not overdue:
        return
    st.subheader(say("tasks.overdue"))
    items = "".join(
        f"<li><b>{escape(row['body'])}</b> – {escape(said_in(row['promise']))} · "
        f"{escape(say('tasks.due', day=day(row['due_on'])))}</li>"
        for row in overdue[:SHOWN]
    )
    st.html(f"<ul>{items}</ul>")
    _more(len(overdue))
    st.page_link("screens/commitments.py", label=say("tasks.to_commitments"), icon=":material/arrow_forward:")


def _petitions(waiting: list[Row]) -> None:
    if not waiting:
        return
    st.subheader(say("tasks.petitions"))
    st.markdown(
        "\n".join(
            "- " + say("tasks.petition", received=day(row["received_on"]), due=day(_petition_due(row)))
            for row in waiting[:SHOWN]
        )
    )
    _more(len(waiting))
    st.page_link("screens/petitions.py", label=say("tasks.to_petitions"), icon=":material/arrow_forward:")


def _consultations(who: Member, waiting: list[Stuck]) -> None:
    if not waiting:
        return
    st.subheader(say("tasks.stuck"))
    for one in waiting[:SHOWN]:
        row = one.consultation
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"stuck-{row['id']}"):
            st.html(
                f'<div class="item"><h3>{escape(row["title"])}</h3><p>{escape(place(row))} · {escape(day(row["held_on"]))}</p>'
                f'<p class="counts">{escape(say("tasks.stuck." + one.step, days=number(one.days(today()))))}</p></div>'
            )
            if who.sees_consultations:
                st.page_link(
                    "screens/consultation.py",
                    label=say("list.open"),
                    icon=":material/arrow_forward:",
                    query_params={"consultation": row["id"]},
                )
    _more(len(waiting))


def _communes(not_asked: list[str]) -> None:
    if not_asked:
        st.subheader(say("tasks.not_asked"))
        st.write(", ".join(not_asked))


def _more(count: int) -> None:
    if count > SHOWN:
        st.caption(say("tasks.more", count=number(count - SHOWN)))


screen()
