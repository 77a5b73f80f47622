"""Part of a screen: a file of official child population, its problems or what it would change, and taking it in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from analysis.population_file import template
from analysis.population_table import Problem, Unit
from survey_app.child_population import PopulationFile, read_file, take_in, units
from survey_app.screens.appearance import mistake
from survey_app.screens.denominator_preview import preview
from survey_app.screens.failures import told
from survey_app.screens.language import day, moment, number, say, today
from survey_app.screens.map_figures import follow_denominators
from survey_app.screens.places import communes
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows
from survey_app.screens.streamlit_words import say_in_our_words

FILE_TYPES = ["xlsx", "csv"]
LARGEST_MEGABYTES = 10
SHOWN_PROBLEMS = 30
OLDEST_IN_TEMPLATE = 15
TODAYS, BY_YEAR = "today", "by_year"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def import_section(who: Member) -> None:
    st.subheader(say("population.import"))
    with st.container(gap=None):
        st.write(say("population.import_explained"))
        say_in_our_words()
    st.download_button(
        say("population.template"),
        _template(who),
        file_name="mau-dan-so-tre-em.xlsx",
        mime=XLSX,
        icon=":material/download:",
        on_click="ignore",
        key="population_template",
    )
    version = st.session_state.setdefault("population_version", 0)
    all_units = units(who.database, today())
    with st.container(border=True):
        given = st.file_uploader(
            say("population.file", types=", ".join(f".{one}" for one in FILE_TYPES)),
            type=FILE_TYPES,
            max_upload_size=LARGEST_MEGABYTES,
            key=f"population_file-{version}",
        )
        with st.container(key="halves-population-choices"):
            left, right = st.columns([3, 1])
        codes = left.selectbox(
            say("population.codes"), _code_days(all_units), format_func=_code_day_label, key="population_codes"
        )
        year = right.number_input(
            say("population.year_of_file"), 1990, 2100, today().year, key="population_file_year", format="%d"
        )
        st.caption(say("population.codes_explained"))
    if given is None:
        return
    of = (given.file_id, str(codes), int(year))
    # Kept, so that each file is read once with the same choices.
    kept: tuple[tuple[str, str, int], PopulationFile] | None = st.session_state.get("population_read")
    if kept is None or kept[0] != of:
        kept = of, read_file(given.getvalue(), given.name, all_units, codes_on=_codes_on(codes), year=int(year))
        st.session_state["population_read"] = kept
    read = kept[1]
    if read.reading.problems:
        _problems(read.reading.problems)
        return
    if read.reading.passed_over:
        st.caption(say("population.passed_over", count=number(read.reading.passed_over)))
    _same_file(who, read.sha256)
    preview(who, read.reading.figures)
    _take_in(who, read)


def _code_days(all_units: Sequence[Unit]) -> list[str]:
    """Today, the last days of codes that ended, and the row's own year."""
    ends = sorted({unit.valid_to.isoformat() for unit in all_units if unit.valid_to}, reverse=True)
    return [TODAYS, *ends, BY_YEAR]


def _code_day_label(choice: str) -> str:
    if choice in (TODAYS, BY_YEAR):
        return say(f"population.codes.{choice}")
    return say("population.codes.until", day=day(choice))


def _codes_on(choice: str) -> date | None:
    named = {TODAYS: today(), BY_YEAR: None}
    return named[choice] if choice in named else date.fromisoformat(choice)


def _problems(problems: Sequence[Problem]) -> None:
    st.error(say("population.wrong", count=number(len(problems))), icon=":material/error:")
    for problem in problems[:SHOWN_PROBLEMS]:
        place = say("population.whole_file") if problem.row is None else say("population.row", row=problem.row)
        if problem.column:
            place += " · " + say("population.column", column=problem.column)
        with st.container(border=True):
            st.html(
                f'<div class="item"><h3>{escape(place)}</h3>'
                f"<p>{escape(say(f'population.problem.{problem.code}', **problem.values))}</p></div>"
            )
    if len(problems) > SHOWN_PROBLEMS:
        st.caption(say("population.more_problems", count=number(len(problems) - SHOWN_PROBLEMS)))


def _same_file(who: Member, sha256: str) -> None:
    before = rows(who.database, "population_source", ["imported_at", "title"], {"file_sha256": sha256})
    if before:
        last = before[-1]
        st.warning(
            say("population.same_file", title=last["title"], moment=moment(last["imported_at"])),
            icon=":material/content_copy:",
        )


def _take_in(who: Member, read: PopulationFile) -> None:
    wrong: dict[str, str] = st.session_state.get("population_mistakes", {})
    years = read.years
    with st.container(border=True):
        title = st.text_input(
            say("population.title"), key="population_title", max_chars=200, placeholder=say("population.title_example")
        )
        mistake(wrong.get("title"))
        by = st.text_input(
            say("population.published_by"),
            key="population_by",
            max_chars=200,
            placeholder=say("population.published_by_example"),
        )
        mistake(wrong.get("published_by"))
        at_once = st.checkbox(
            say("population.at_once", years=", ".join(map(str, years))), value=True, key="population_at_once"
        )
        if st.button(say("population.take_in"), type="primary", icon=":material/upload:", width="stretch"):
            wrong = {
                name: say("population.needed")
                for name, text in (("title", title), ("published_by", by))
                if not text.strip()
            }
            st.session_state["population_mistakes"] = wrong
            if wrong:
                st.rerun()
            _store(who, read, title, by, years if at_once else [])


def _store(who: Member, read: PopulationFile, title: str, by: str, years: Sequence[int]) -> None:
    with told():
        take_in(who.database, read, title=title, published_by=by, in_force=years)
        follow_denominators()
        for key in ("population_read", "population_title", "population_by", "population_mistakes", "population_year"):
            st.session_state.pop(key, None)
        st.session_state["population_version"] += 1
        st.toast(say("population.taken_in"), icon=":material/check:")
        st.rerun()


def _template(who: Member) -> bytes:
    """Every commune and age of this year, to be filled in."""
    headings = [say(f"population.heading.{name}") for name in ("code", "name", "year", "age", "boys", "girls", "total")]
    return _filled(tuple((one.code, one.name) for one in communes(who.database)), today().year, tuple(headings))


@st.cache_data(show_spinner=False, max_entries=4)
def _filled(places: tuple[tuple[str, str], ...], year: int, headings: tuple[str, ...]) -> bytes:
    ages = range(OLDEST_IN_TEMPLATE + 1)
    return template(((code, name, year, age, None, None, None) for code, name in places for age in ages), headings)
