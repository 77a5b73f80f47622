"""The map as pictures: one to take along, and year beside year."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analysis.basemap import labels
from analysis.choropleth import percent
from analysis.map_picture import map_picture
from survey_app.boundary_sets import Boundaries
from survey_app.report.typesetting import png
from survey_app.screens.language import current, say
from survey_app.screens.map_borders import source_words
from survey_app.screens.map_figures import Figures, figures, years
from survey_app.screens.places import Commune
from survey_app.screens.session import Member

MOST_YEARS = 6


def map_files(shown: Figures, drawn_with: Boundaries, places: Sequence[Commune], year: int) -> None:
    """The map as it is shown, with its legend, as SVG and PNG."""
    named = pd.DataFrame([{"code": c.code, "name": c.name, "kind": c.kind, "lat": c.lat, "lon": c.lon} for c in places])
    note = say(
        "map.picture.note",
        indicator=shown.definition.number,
        measure=say(f"map.measure.{shown.measure}"),
        year=year,
        borders=source_words(drawn_with),
    )
    svg = map_picture(drawn_with.cells, shown.communes, labels(named), shown.classes, shown.legend(), note)
    name = f"ban-do-{shown.definition.number}-{shown.measure}-{year}"
    with st.container(horizontal=True, key="map-files"):
        for ending, mime, made in (("svg", "image/svg+xml", svg.encode), ("png", "image/png", partial(png, svg))):
            st.download_button(
                say(f"map.picture.{ending}"),
                made,
                file_name=f"{name}.{ending}",
                mime=mime,
                icon=":material/image:",
                on_click="ignore",
                key=f"map_picture_{ending}",
            )


def year_by_year(who: Member, drawn_with: Boundaries, indicator: int, measure: str, communes: tuple[str, ...]) -> None:
    """Small maps of the last years in the same colours, when they are asked for."""
    found = sorted(years(who.database))[-MOST_YEARS:]
    if len(found) < 2 or not st.toggle(say("map.years"), key="map_years"):
        return
    pictures = []
    for year in found:
        shown = figures(who.database, indicator, year, communes, measure)
        svg = map_picture(drawn_with.cells, shown.communes, (), shown.classes, (), "")
        pictures.append(_figure(svg, year, shown.province))
    st.html(
        '<div style="display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr))">'
        + "".join(pictures)
        + "</div>"
    )


def _figure(svg: str, year: int, province: dict[Any, Any]) -> str:
    rate = province["rate"]
    words = say("map.years.no_rate") if pd.isna(rate) else say("map.percent", value=percent(float(rate), current()))
    return figure_html(svg, say("map.years.one", year=year, rate=words))


def figure_html(svg: str, said: str) -> str:
    """A picture with its caption, which is its description as well."""
    source = base64.b64encode(svg.encode()).decode()
    return (
        f'<figure style="margin:0"><img src="data:image/svg+xml;base64,{source}" alt="{escape(said)}" style="width:100%">'
        f"<figcaption>{escape(said)}</figcaption></figure>"
    )
