"""Screen: the consultations that this member of staff may see."""

from __future__ import annotations

from collections import Counter
from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.appearance import chip
from survey_app.screens.consultation_facts import STATUSES, consultations, summary_html
from survey_app.screens.language import number, say
from survey_app.screens.places import communes
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows
from survey_app.vietnamese_order import vietnamese_order

PAGE_LENGTH = 20
ALL = ""


def screen() -> None:
    who = member()
    st.title(say("nav.consultations"))
    found = consultations(who.database)
    files, alerts = _attachments(who), _alerts(who)
    # What may tell of harm, and what children drew or said, is what the protection officer comes for.
    found.sort(key=lambda row: (row["id"] not in alerts, row["id"] not in files))
    if not found:
        _empty(who)
        return
    if who.runs_consultations:
        _new_button()
    shown = _filtered(found, who)
    st.caption(say("list.count", shown=number(len(shown)), all=number(len(found))))
    if not shown:
        st.info(say("list.nothing_matches"), icon=":material/filter_alt_off:")
    limit = st.session_state.setdefault("list_limit", PAGE_LENGTH)
    for row in shown[:limit]:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"consultation-{row['id']}"):
            st.html(
                summary_html(row, chip(row["status"]) + _alert_chip(alerts.get(row["id"], 0)), files.get(row["id"], 0))
            )
            st.page_link(
                "screens/consultation.py",
                label=say("list.open"),
                icon=":material/arrow_forward:",
                icon_position="right",
                query_params={"consultation": row["id"]},
            )
    if len(shown) > limit and st.button(
        say("list.more", count=number(min(PAGE_LENGTH, len(shown) - limit))), width="stretch"
    ):
        st.session_state["list_limit"] = limit + PAGE_LENGTH
        st.rerun()


def _new_button() -> None:
    if st.button(say("nav.new"), type="primary", icon=":material/add_circle:"):
        st.switch_page("screens/new_consultation.py")


def _empty(who: Member) -> None:
    with st.container(border=True):
        st.subheader(say("list.empty"))
        if who.runs_consultations:
            st.write(say("list.empty_explained"))
            _new_button()
        else:
            st.write(say("list.empty_reader" if who.reviews else "list.empty_protection"))


def _attachments(who: Member) -> dict[str, int]:
    """Drawings and voices by consultation; nothing for who cannot open them."""
    if not who.protects:
        return {}
    counted = rows(who.database, "attachment_count", ["consultation_id", "expected"])
    return {row["consultation_id"]: row["expected"] for row in counted if row["expected"]}


def _alerts(who: Member) -> Counter[str]:
    """New alerts by consultation; nothing for who cannot open them."""
    if not who.protects:
        return Counter()
    raised = rows(who.database, "alert", ["id", "consultation_id"], {"state": "new"})
    return Counter(alert["consultation_id"] for alert in raised if alert["consultation_id"])


def _alert_chip(count: int) -> str:
    return f' <span class="chip warn">{escape(say("alerts.count", count=number(count)))}</span>' if count else ""


def _filtered(found: list[Row], who: Member) -> list[Row]:
    years = sorted({row["year"] for row in found}, reverse=True)
    present = {row["commune_code"] for row in found}
    names = {c.code: c.name for c in communes(who.database) if c.code in present}
    places = sorted(present, key=lambda code: vietnamese_order(str(names.get(code, code))))
    first, second, third = st.columns(3)
    year = first.selectbox(
        say("field.year"),
        [ALL, *years],
        format_func=lambda y: say("filter.all") if y == ALL else str(y),
        key="list_year",
    )
    status = second.selectbox(
        say("field.status"),
        [ALL, *STATUSES],
        format_func=lambda s: say("filter.all") if s == ALL else say(f"status.{s}"),
        key="list_status",
    )
    commune = third.selectbox(
        say("field.commune"),
        [ALL, *places],
        format_func=lambda code: say("filter.all") if code == ALL else names.get(code, code),
        key="list_commune",
    )
    return [
        row
        for row in found
        if year in (ALL, row["year"]) and status in (ALL, row["status"]) and commune in (ALL, row["commune_code"])
    ]


screen()
