"""Two maps beside each other: this one and another year, or another indicator."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analysis.basemap import labels
from analysis.indicators import PROVINCE
from analysis.map_picture import map_picture
from analysis.measures import MEASURES
from survey_app.boundary_sets import Boundaries
from survey_app.screens.address_choice import from_address, to_address
from survey_app.screens.language import say
from survey_app.screens.map_figures import INDICATORS, Figures, figures, measures
from survey_app.screens.map_pictures import figure_html
from survey_app.screens.places import Commune
from survey_app.screens.session import Member

NONE = ""


def beside(
    who: Member,
    drawn_with: Boundaries,
    places: Sequence[Commune],
    shown: Figures,
    year: int,
    found: Sequence[int],
) -> None:
    """A list of what to compare with; once chosen, both maps with their legends, and both in one table."""
    number = shown.definition.number
    options = [NONE, *(f"year-{one}" for one in reversed(found) if one != year)]
    options += [f"indicator-{one}" for one in INDICATORS if one != number]
    from_address("map_beside", "beside", options)
    if st.session_state.get("map_beside") not in options:
        st.session_state["map_beside"] = NONE
    chosen = st.selectbox(say("map.beside"), options, format_func=_option, key="map_beside")
    to_address("beside", chosen, NONE)
    if chosen == NONE:
        return
    what, _, which = chosen.partition("-")
    other_year = int(which) if what == "year" else year
    other_indicator = int(which) if what == "indicator" else number
    codes = tuple(place.code for place in places)
    measure = shown.measure if shown.measure in measures(other_indicator) else MEASURES[0]
    other = figures(who.database, other_indicator, other_year, codes, measure)
    both = [(shown, year), (other, other_year)]
    with st.container(key="halves-map-beside"):
        sides = st.columns(2, gap="medium")
    for side, (one, its_year) in zip(sides, both, strict=True):
        with side:
            st.html(_picture(one, its_year, drawn_with, places))
    with st.expander(say("map.beside.table"), icon=":material/table:"):
        st.html(_table(both, {place.code: place.name for place in places}))


def _option(one: str) -> str:
    if one == NONE:
        return say("map.beside.none")
    what, _, which = one.partition("-")
    return say("map.beside.year", year=which) if what == "year" else say(f"map.indicator.{which}")


def _heading(one: Figures, year: int) -> str:
    return say("map.beside.one", indicator=one.definition.number, year=year)


def _picture(one: Figures, year: int, drawn_with: Boundaries, places: Sequence[Commune]) -> str:
    named = pd.DataFrame([{"code": c.code, "name": c.name, "kind": c.kind, "lat": c.lat, "lon": c.lon} for c in places])
    svg = map_picture(drawn_with.cells, one.communes, labels(named), one.classes, one.legend(), "")
    value = one.value_words(one.province) or say("map.missing")
    return figure_html(svg, say("map.beside.caption", what=_heading(one, year), value=value))


def _table(both: Sequence[tuple[Figures, int]], names: dict[str, str]) -> str:
    values = [
        {
            row["commune_code"]: one.value_words(row) or _state(one, row["value_state"])
            for row in one.rates.to_dict("records")
        }
        for one, _ in both
    ]
    differ = both[0][0].measure != both[1][0].measure
    head = "".join(
        f'<th scope="col">{_heading(one, year)}{": " + say(f"map.measure.{one.measure}") if differ else ""}</th>'
        for one, year in both
    )
    caption = "" if differ else f"<caption>{say(f'map.measure.{both[0][0].measure}')}</caption>"
    rows = "".join(
        f'<tr><th scope="row">{name}</th>' + "".join(f"<td>{side[code]}</td>" for side in values) + "</tr>"
        for code, name in [*names.items(), (PROVINCE, say("map.province"))]
    )
    return (
        f'<table class="beside">{caption}<thead><tr>'
        f'<th scope="col">{say("field.commune")}</th>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _state(one: Figures, state: str) -> str:
    return one.text(f"map.state.{state}")
