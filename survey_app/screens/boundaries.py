"""Screen: the official boundaries that were imported, which ones maps are drawn with, and the import of others."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.boundary_import import import_section
from survey_app.screens.denominator_facts import names_of_staff
from survey_app.screens.failures import told
from survey_app.screens.language import moment, number, say
from survey_app.screens.map_borders import follow_boundaries
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows

_COLUMNS = ("id", "title", "published_by", "file_name", "imported_at", "imported_by", "in_force")


def screen() -> None:
    who = member()
    st.title(say("nav.boundaries"))
    st.write(say("boundaries.explained"))
    with told():
        _kept(who)
    with told():
        import_section(who)


def _kept(who: Member) -> None:
    st.subheader(say("boundaries.kept"))
    found = sorted(rows(who.database, "boundary_set", _COLUMNS), key=lambda row: str(row["imported_at"]), reverse=True)
    names = names_of_staff(who.database)
    for row in found:
        name = names.get(str(row["imported_by"]), say("population.somebody"))
        line = say(
            "population.imported", moment=moment(str(row["imported_at"])), name=name, file=row["file_name"] or "–"
        )
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"boundary-set-{row['id']}"):
            _item(str(row["title"]), [str(row["published_by"]), line], is_used=bool(row["in_force"]))
            if row["in_force"]:
                if st.button(say("population.take_back"), icon=":material/undo:", key=f"take-back-{row['id']}"):
                    _ask(who, None, say("boundaries.approximate"))
            elif st.button(say("boundaries.use"), icon=":material/check_circle:", key=f"use-{row['id']}"):
                _ask(who, str(row["id"]), str(row["title"]))
    with st.container(border=True, key="boundary-set-approximate"):
        is_used = not any(row["in_force"] for row in found)
        _item(say("boundaries.approximate"), [say("boundaries.approximate_explained")], is_used=is_used)
    _history(who, {str(row["id"]): str(row["title"]) for row in found}, names)


def _item(title: str, lines: list[str], *, is_used: bool) -> None:
    state = f' <span class="chip open">{escape(say("population.in_use"))}</span>' if is_used else ""
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    st.html(f'<div class="item"><h3>{escape(title)}{state}</h3>{body}</div>')


def _ask(who: Member, boundary_set: str | None, title: str) -> None:
    @st.dialog(say("boundaries.ask"))
    def ask() -> None:
        st.html(f"<strong>{escape(title)}</strong>")
        st.write(say("boundaries.consequence"))
        with st.container(key="halves-boundaries"):
            keep, change = st.columns(2)
        if keep.button(say("population.keep"), key="boundaries-keep", width="stretch"):
            st.rerun()
        if change.button(say("population.change"), key="boundaries-change", type="primary", width="stretch"):
            with told():
                who.database.call("put_boundaries_in_force", boundary_set=boundary_set)
                follow_boundaries()
                st.toast(say("boundaries.changed"), icon=":material/check:")
                st.rerun()

    ask()


def _history(who: Member, titles: dict[str, str], names: dict[str, str]) -> None:
    changes: list[Row] = rows(who.database, "boundary_set_change", ["id", "boundary_set", "changed_at", "changed_by"])
    if not changes:
        return
    with st.expander(say("population.history", count=number(len(changes))), icon=":material/history:"):
        lines = "".join(
            "<li>"
            + escape(
                say(
                    "population.history_line",
                    moment=moment(change["changed_at"]),
                    name=names.get(change["changed_by"] or "", say("population.somebody")),
                    source=titles.get(change["boundary_set"] or "", say("boundaries.approximate")),
                )
            )
            + "</li>"
            for change in sorted(changes, key=lambda one: -int(one["id"]))
        )
        st.html(f'<ul class="checks">{lines}</ul>')


screen()
