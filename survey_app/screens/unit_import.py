"""Part of a screen: a file of a reorganisation, its problems or what it would do, and taking it in."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from analysis.population_file import template
from analysis.population_table import Problem
from analysis.unit_file import TEMPLATE, Change
from survey_app.child_population import units
from survey_app.screens.failures import told
from survey_app.screens.language import day, moment, number, say, today
from survey_app.screens.map_borders import boundaries, follow_boundaries
from survey_app.screens.map_figures import counts, follow_denominators
from survey_app.screens.places import communes
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows
from survey_app.screens.streamlit_words import say_in_our_words
from survey_app.unit_changes import TOUCHED, Consequences, UnitFile, consequences, read_file, take_in

FILE_TYPES = ["xlsx", "csv"]
LARGEST_MEGABYTES = 5
SHOWN_PROBLEMS = 30
SHOWN_ROWS = 60
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def follow_units() -> None:
    """Reads communes, figures and boundaries anew, for everyone: they have just been reorganised."""
    communes.clear()
    follow_boundaries()
    follow_denominators()
    counts.clear()


def import_section(who: Member) -> None:
    st.subheader(say("units.import"))
    with st.container(gap=None):
        st.write(say("units.import_explained"))
        say_in_our_words()
    st.download_button(
        say("units.template"),
        template([], TEMPLATE),
        file_name="mau-sap-xep-don-vi.xlsx",
        mime=XLSX,
        icon=":material/download:",
        on_click="ignore",
        key="units_template",
    )
    version = st.session_state.setdefault("units_version", 0)
    with st.container(border=True):
        given = st.file_uploader(
            say("units.file"), type=FILE_TYPES, max_upload_size=LARGEST_MEGABYTES, key=f"units_file-{version}"
        )
    if given is None:
        return
    file = read_file(given.getvalue(), given.name, units(who.database, today()), today())
    if file.reading.problems:
        _problems(file.reading.problems)
        return
    before = rows(who.database, "unit_change", ["imported_at", "undone_at"], {"file_sha256": file.sha256})
    if before and not before[-1]["undone_at"]:
        st.warning(
            say("units.same_file", moment=moment(str(before[-1]["imported_at"]))), icon=":material/content_copy:"
        )
    _preview(who, file.reading.changes, consequences(who.database, file.reading.changes))
    _take_in(who, file)


def _problems(problems: Sequence[Problem]) -> None:
    st.error(say("population.wrong", count=number(len(problems))), icon=":material/error:")
    for problem in problems[:SHOWN_PROBLEMS]:
        place = say("population.whole_file") if problem.row is None else say("population.row", row=problem.row)
        if problem.column:
            place += " · " + say("population.column", column=problem.column)
        with st.container(border=True):
            st.html(
                f'<div class="item"><h3>{escape(place)}</h3>'
                f"<p>{escape(say(f'units.problem.{problem.code}', **problem.values))}</p></div>"
            )
    if len(problems) > SHOWN_PROBLEMS:
        st.caption(say("population.more_problems", count=number(len(problems) - SHOWN_PROBLEMS)))


def _preview(who: Member, changes: Sequence[Change], what: Consequences) -> None:
    with st.container(border=True, key="units-preview"):
        st.write(say("units.right"))
        st.write(f"**{say('units.counts', ended=number(len(what.ended)), begun=number(len(what.begun)))}**")
        lines = [_line(change) for change in changes[:SHOWN_ROWS]]
        if len(changes) > SHOWN_ROWS:
            lines.append(say("units.more", count=number(len(changes) - SHOWN_ROWS)))
        st.html("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>")
        st.write(say("units.along", **{name: number(what.touched[name]) for name in TOUCHED}))
        warnings = [say("units.is_split", name=unit.name) for unit in what.split]
        warnings += [say("units.stays", name=unit.name, code=unit.code) for unit in what.stay]
        if what.unknown:
            warnings.append(say("units.unknown_population", names=", ".join(c.name for c in what.unknown)))
        if boundaries(who.database).is_official:
            warnings.append(say("units.boundaries"))
        for warning in warnings:
            st.warning(warning, icon=":material/warning:")


def _line(change: Change) -> str:
    new, first = f"{change.name} ({change.new_code})", day(change.first_day)
    if change.old is None or change.last_day is None:
        return say("units.of_new_province", new=new, first=first)
    old = f"{change.old.name} ({change.old.code})"
    return say("units.succession", old=old, last=day(change.last_day), new=new, first=first)


def _take_in(who: Member, file: UnitFile) -> None:
    if st.button(say("units.take_in"), type="primary", icon=":material/upload:", width="stretch", key="units_take_in"):
        with told():
            take_in(who.database, file)
            follow_units()
            st.session_state["units_version"] += 1
            st.toast(say("units.taken_in"), icon=":material/check:")
            st.rerun()
