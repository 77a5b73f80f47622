"""How far a commune, or the province, was in each year beside the target, as a picture and as a table."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from analysis.choropleth import percent
from analysis.indicators import PROVINCE, target
from survey_app.screens.language import current, say
from survey_app.screens.map_figures import all_years
from survey_app.screens.session import Member

FIRST, LAST = 2021, 2030
"""The years of the decision's programme."""
_RATE, _TARGET = "#0b6b5d", "#b45309"


def commune_trend(who: Member, indicator: int, communes: tuple[str, ...], chosen: str | None, name: str) -> None:
    """`chosen` None: the province, whose name is `name`."""
    definition, found = all_years(who.database, indicator, communes)
    mine = found[found["commune_code"] == (chosen or PROVINCE)]
    by_year = {int(row["year"]): row for row in mine.to_dict("records")}
    years = range(min([FIRST, *by_year]), max([LAST, *by_year]) + 1)
    lines = [_line(year, by_year.get(year), target(definition, year)) for year in years]
    st.subheader(say("trend.title", name=name))
    st.altair_chart(_picture(pd.DataFrame(lines)), width="stretch")
    with st.expander(say("trend.table"), icon=":material/table:"):
        st.markdown(_table(lines))


def _line(year: int, row: dict[Any, Any] | None, aim: float) -> dict[str, Any]:
    """What the picture draws (numbers) and the table says (words). A year without a figure has no point, never zero."""
    measured = row is not None and not pd.isna(row["rate"])
    rate, upper = (float(row["rate"]), float(row["rate_upper"])) if row and measured else (None, None)
    state = row["state"] if row else "no_data"
    return {
        "year": year,
        "rate": rate,
        "upper": upper,
        "target": aim,
        "rate_words": say(f"map.state.{state}") if rate is None else f"{percent(rate, current())} %",
        "upper_words": "–" if upper is None else f"{percent(upper, current())} %",
        "target_words": f"{percent(aim, current())} %",
    }


def _picture(lines: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    year = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    most = max(10.0, *lines[["upper", "target"]].max().dropna())
    scale = alt.Scale(domain=[0, min(100.0, most * 1.1)])
    axis = alt.Axis(labelExpr="datum.value + ' %'", tickCount=5)
    told = [
        alt.Tooltip("year:O", title=say("field.year")),
        alt.Tooltip("rate_words:N", title=say("map.column.rate")),
        alt.Tooltip("upper_words:N", title=say("trend.upper")),
        alt.Tooltip("target_words:N", title=say("map.column.target")),
    ]
    kind = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=[say("map.column.rate"), say("map.column.target")], range=[_RATE, _TARGET]),
        legend=alt.Legend(orient="top"),
    )
    base = alt.Chart(lines)
    aim = (
        base.transform_calculate(kind=f"'{say('map.column.target')}'")
        .mark_line(strokeDash=[6, 4], strokeWidth=2)
        .encode(year, alt.Y("target:Q", title=None, scale=scale, axis=axis), kind, tooltip=told)
    )
    known = base.transform_filter("isValid(datum.rate)").transform_calculate(kind=f"'{say('map.column.rate')}'")
    span = known.mark_rule(strokeWidth=5, opacity=0.35, color=_RATE).encode(
        year, alt.Y("rate:Q", scale=scale), alt.Y2("upper"), tooltip=told
    )
    line = known.mark_line(strokeWidth=3, point=alt.OverlayMarkDef(size=70)).encode(
        year, alt.Y("rate:Q", scale=scale), kind, tooltip=told
    )
    return alt.layer(aim, span, line).properties(height=260)


def _table(lines: list[dict[str, Any]]) -> str:
    head = [say("field.year"), say("map.column.rate"), say("trend.upper"), say("map.column.target")]
    rows = [[str(one["year"]), one["rate_words"], one["upper_words"], one["target_words"]] for one in lines]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * 4, *rows])
