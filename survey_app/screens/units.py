"""Screen: the reorganisations of communes that were taken in, taking the latest one back, and the import of another."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from survey_app.database import Row
from survey_app.screens.denominator_facts import names_of_staff
from survey_app.screens.failures import told
from survey_app.screens.language import day, moment, number, say
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows
from survey_app.screens.unit_comparison import comparison
from survey_app.screens.unit_import import follow_units, import_section

_COLUMNS = (
    *(
        "id",
        "imported_at",
        "imported_by",
        "file_name",
        "first_day",
        "ended",
        "begun",
        "moved",
        "undone_at",
        "undone_by",
    ),
)


def screen() -> None:
    who = member()
    st.title(say("nav.units"))
    st.write(say("units.explained"))
    with told():
        comparison(who, _kept(who))
    with told():
        import_section(who)


def _kept(who: Member) -> list[Row]:
    st.subheader(say("units.kept"))
    found = sorted(rows(who.database, "unit_change", _COLUMNS), key=lambda row: str(row["imported_at"]), reverse=True)
    if not found:
        st.caption(say("units.none"))
    names = names_of_staff(who.database)
    latest = next((row["id"] for row in found if not row["undone_at"]), None)
    for row in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"unit-change-{row['id']}"):
            _item(row, names)
            if row["id"] == latest and row["moved"].get("renumbered"):
                _renumbered(who, row)
            if row["id"] == latest and st.button(
                say("units.undo"), icon=":material/undo:", key=f"undo-units-{row['id']}"
            ):
                _ask(who, row)
    return found


def _item(row: Row, names: dict[str, str]) -> None:
    def by(key: str) -> str:
        return names.get(str(row[key]), say("population.somebody"))

    state = f' <span class="chip">{escape(say("units.undone"))}</span>' if row["undone_at"] else ""
    lines = [
        say("units.counts", ended=number(row["ended"]), begun=number(row["begun"])),
        say(
            "population.imported",
            moment=moment(str(row["imported_at"])),
            name=by("imported_by"),
            file=row["file_name"] or "–",
        ),
    ]
    renumbered = int(row["moved"].get("renumbered", 0))
    if renumbered and not row["undone_at"]:
        lines.append(say("units.renumbered", count=number(renumbered)))
    if row["undone_at"]:
        lines.append(f"{say('units.undone')}: {moment(str(row['undone_at']))} · {by('undone_by')}")
    title = escape(say("units.change", day=day(str(row["first_day"]))))
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    st.html(f'<div class="item"><h3>{title}{state}</h3>{body}</div>')


def _renumbered(who: Member, row: Row) -> None:
    columns = ("former_commune", "school", "roster", "former_card", "card")
    found = pd.DataFrame(who.database.call("renumbered_cards", change=row["id"]), columns=list(columns))
    words = found.rename(columns={name: say(f"units.renumbered.{name}") for name in columns})
    st.download_button(
        say("units.renumbered.list"),
        words.to_csv(index=False).encode("utf-8-sig"),
        file_name="the-doi-so.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"renumbered-{row['id']}",
    )


def _ask(who: Member, row: Row) -> None:
    @st.dialog(say("units.ask"))
    def ask() -> None:
        st.html(f"<strong>{escape(say('units.change', day=day(str(row['first_day']))))}</strong>")
        st.write(say("units.consequence"))
        with st.container(key="halves-units"):
            keep, change = st.columns(2)
        if keep.button(say("population.keep"), key="units-keep", width="stretch"):
            st.rerun()
        if change.button(say("units.undo"), key="units-undo", type="primary", width="stretch"):
            with told():
                who.database.call("undo_units", change=row["id"])
                follow_units()
                st.toast(say("units.undo_done"), icon=":material/check:")
                st.rerun()

    ask()


screen()
