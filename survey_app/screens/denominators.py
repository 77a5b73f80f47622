"""Screen: child population by source, which one is the denominator of a year, and the import of another."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.screens.denominator_facts import (
    Source,
    history,
    in_force,
    names_of_staff,
    sources_of_year,
    years_with_figures,
)
from survey_app.screens.denominator_import import import_section
from survey_app.screens.failures import told
from survey_app.screens.language import moment, number, say, today
from survey_app.screens.map_figures import follow_denominators
from survey_app.screens.places import communes
from survey_app.screens.session import Member, member


def screen() -> None:
    who = member()
    st.title(say("nav.denominators"))
    st.write(say("population.explained"))
    with told():
        _year(who)
    with told():
        import_section(who)


def _year(who: Member) -> None:
    years = years_with_figures(who.database)
    if not years:
        st.info(say("population.empty"), icon=":material/info:")
        return
    now = today().year
    year = st.selectbox(
        say("field.year"), years, index=years.index(now) if now in years else 0, key="population_year", format_func=str
    )
    st.subheader(say("population.sources", year=year))
    found = sources_of_year(who.database, year)
    chosen = in_force(who.database, year)
    # Without a choice, the first estimate is the denominator.
    used = chosen or next((source.key for source in found if source.is_estimate), None)
    names = names_of_staff(who.database)
    every = len(communes(who.database))
    for source in found:
        _source(who, source, year, names, every, is_used=source.key == used)
    if len(found) == 1 and found[0].is_estimate:
        st.caption(say("population.only_estimate"))
    _history(who, year, {source.key: source.title for source in found}, names)


def _source(who: Member, source: Source, year: int, names: dict[str, str], every: int, *, is_used: bool) -> None:
    state = f'<span class="chip open">{escape(say("population.in_use"))}</span>' if is_used else ""
    kind = f'<span class="chip draft">{escape(say("population.estimate"))}</span>' if source.is_estimate else ""
    facts = [source.published_by or "", say("population.communes", count=number(source.communes), all=number(every))]
    lines = [" · ".join(filter(None, facts))]
    if source.imported_at:
        name = names.get(source.imported_by or "", say("population.somebody"))
        lines.append(
            say("population.imported", moment=moment(source.imported_at), name=name, file=source.file_name or "–")
        )
    counts = " · ".join(
        say(
            "population.children",
            low=low,
            high=high,
            count=say("population.unknown") if total is None else number(total),
        )
        for (low, high), total in source.totals.items()
    )
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"population-source-{source.key}"):
        st.html(
            f'<div class="item"><h3>{escape(source.title)} {state} {kind}</h3><p class="counts">{escape(counts)}</p>'
            + "".join(f"<p>{escape(line)}</p>" for line in lines)
            + "</div>"
        )
        if source.is_estimate:
            return
        if is_used and st.button(say("population.take_back"), icon=":material/undo:", key=f"take-back-{source.key}"):
            _ask(who, None, say("population.back_to_estimate"), year)
        if not is_used and st.button(
            say("population.use", year=year), icon=":material/check_circle:", key=f"use-{source.key}"
        ):
            _ask(who, source.key, source.title, year)


def _ask(who: Member, source: str | None, title: str, year: int) -> None:
    @st.dialog(say("population.ask", year=year))
    def ask() -> None:
        st.html(f"<strong>{escape(title)}</strong>")
        st.write(say("population.consequence", year=year))
        with st.container(key="halves-population"):
            keep, change = st.columns(2)
        if keep.button(say("population.keep"), key="population-keep", width="stretch"):
            st.rerun()
        if change.button(say("population.change"), key="population-change", type="primary", width="stretch"):
            with told():
                who.database.call("put_in_force", source=source, year=year)
                follow_denominators()
                st.toast(say("population.changed", year=year), icon=":material/check:")
                st.rerun()

    ask()


def _history(who: Member, year: int, titles: dict[str, str], names: dict[str, str]) -> None:
    changes = history(who.database, year)
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
                    source=titles.get(change["source"] or "", say("population.back_to_estimate")),
                )
            )
            + "</li>"
            for change in changes
        )
        st.html(f'<ul class="checks">{lines}</ul>')


screen()
