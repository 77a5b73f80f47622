"""Part of a screen: what boundaries from a file look like, and their areas beside those that the package knows."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd
import streamlit as st
from babel.numbers import format_decimal

from analysis.basemap import labels
from analysis.boundaries import FAR_OFF_PERCENT, Area, Checked
from analysis.choropleth import CLASS_COLOURS, STATE_COLOURS, LegendEntry, classes
from analysis.map_picture import map_picture
from survey_app.screens.language import current, number, say
from survey_app.screens.map_table import STYLE
from survey_app.screens.places import Commune


def preview(checked: Checked, places: Sequence[Commune]) -> None:
    """`checked`: without a problem. `places`: the communes in the order of lists."""
    st.html(STYLE)
    st.success(say("boundaries.right", count=number(len(checked.areas))), icon=":material/check_circle:")
    notes = [say("boundaries.crs", crs=checked.crs) if checked.crs else say("boundaries.crs_assumed")]
    if checked.passed_over:
        notes.append(say("boundaries.passed_over", count=number(checked.passed_over)))
    st.caption("  \n".join(notes))
    names = {one.code: one.name for one in places}
    if checked.mended:
        st.info(say("boundaries.mended", names=", ".join(names.get(code, code) for code in checked.mended)))
    far = [area for area in checked.areas if area.is_far_off]
    if far:
        st.warning(say("boundaries.far_off", count=number(len(far)), percent=FAR_OFF_PERCENT), icon=":material/rule:")
    with st.container(key="halves-boundary-preview"):
        left, right = st.columns([3, 2], gap="medium")
    picture = b64encode(_picture(checked, places).encode()).decode()
    left.html(
        f'<img id="boundary-picture" alt="{escape(say("boundaries.alt"))}" style="width:100%;height:auto" '
        f'src="data:image/svg+xml;base64,{picture}">'
    )
    if far:
        right.html(_table(far, names, "boundary-far-off"))
    with st.expander(say("boundaries.areas"), icon=":material/table:"):
        st.html(_table(checked.areas, names, "boundary-areas"))


def _picture(checked: Checked, places: Sequence[Commune]) -> str:
    far = {area.code for area in checked.areas if area.is_far_off}
    rates = pd.DataFrame(
        [
            {"commune_code": area.code, "rate": 0.0, "state": "not_counted" if area.is_far_off else "measured"}
            for area in checked.areas
        ]
    )
    named = pd.DataFrame(
        [{"code": one.code, "name": one.name, "kind": one.kind, "lat": one.lat, "lon": one.lon} for one in places]
    )
    entries = [LegendEntry(say("boundaries.legend.near"), CLASS_COLOURS[0], len(checked.areas) - len(far))]
    if far:
        entries.append(LegendEntry(say("boundaries.legend.far"), STATE_COLOURS["not_counted"], len(far)))
    return map_picture(checked.collection or {}, rates, labels(named), classes([0, 100]), entries, "")


def _table(areas: Sequence[Area], names: Mapping[str, str], name: str) -> str:
    """In the order of `names`; `name` is the table's own in the page."""
    order = {code: place for place, code in enumerate(names)}
    columns = [say(f"boundaries.column.{name}") for name in ("file", "known", "off")]
    head = "".join(f'<th scope="col">{escape(label)}</th>' for label in (say("map.column.name"), *columns))
    body = ""
    for area in sorted(areas, key=lambda one: order.get(one.code, len(order))):
        figures = (_decimal(area.km2), _decimal(area.known_km2), _signed(area.percent_off))
        cells = "".join(
            f'<td class="figure" data-label="{escape(label)}">{escape(figure)}</td>'
            for label, figure in zip(columns, figures, strict=True)
        )
        mark = f' <span class="chip warn">{escape(say("population.look_again"))}</span>' if area.is_far_off else ""
        body += f'<tr data-code="{escape(area.code)}"><th scope="row">{escape(names.get(area.code, area.code))}{mark}</th>{cells}</tr>'
    caption = f'<caption class="unseen">{escape(say("boundaries.areas"))}</caption>'
    return f'<table class="figures" id="{name}">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _decimal(value: float | None) -> str:
    return "–" if value is None else str(format_decimal(value, "#,##0.0", locale=current()))


def _signed(value: float | None) -> str:
    if value is None:
        return "–"
    return ("+" if value > 0 else "−" if value < 0 else "") + f"{_decimal(abs(value))} %"
