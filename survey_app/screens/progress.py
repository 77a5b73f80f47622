"""Screen: how far the province is from its three targets, to be read in ten seconds on a phone."""

from __future__ import annotations

import math
from html import escape

import streamlit as st
from babel.numbers import format_decimal

from analysis.choropleth import percent
from analysis.progress import Behind, Standing, behind, standing
from survey_app.screens.commune_trend import commune_trend
from survey_app.screens.language import current, number, say, today
from survey_app.screens.map_figures import CONSULTATIONS, INDICATORS, all_years
from survey_app.screens.places import communes
from survey_app.screens.session import member
from survey_app.screens.since_last_month import since_last_month_part

STYLE = """<style>
.standings { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: .75rem; margin: 0 0 .5rem }
.standings section { border: 1px solid rgba(128,140,148,.4); border-left: .5rem solid #b45309; border-radius: 10px;
  padding: .5rem .9rem }
.standings section.reached { border-left-color: #0b6b5d } .standings section.unknown { border-left-color: #7b878e }
.standings h2 { font-size: 1rem !important; line-height: 1.3; margin: 0; padding: 0 !important }
.standings .rate { font-size: 2.6rem; font-weight: 800; line-height: 1.15; font-variant-numeric: tabular-nums; margin: 0 }
.standings .rate.words { font-size: 1.3rem; padding: .5rem 0 } .standings p { margin: 0; line-height: 1.45 }
.standings div { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem } .standings .gap { font-weight: 600 }
ol.behind { list-style: none; margin: 0 0 .6rem; padding: 0 !important } ol.behind li { display: flex; gap: .8rem; margin: 0;
  padding: .4rem .2rem; border-bottom: 1px solid rgba(128,140,148,.3) } ol.behind .gap { margin-left: auto; font-weight: 600;
  white-space: nowrap; font-variant-numeric: tabular-nums }
</style>"""


def screen() -> None:
    who = member()
    st.html(STYLE)
    year = today().year
    st.title(say("nav.progress"))
    st.caption(say("progress.explained", year=year))
    places = communes(who.database)
    names = {one.code: one.name for one in places}
    found = {indicator: all_years(who.database, indicator, tuple(names)) for indicator in INDICATORS}
    standings = [_standing_html(n, standing(rates, definition, year)) for n, (definition, rates) in found.items()]
    st.html(f'<div class="standings">{"".join(standings)}</div>')
    since_last_month_part(who.database, names)
    indicator = st.segmented_control(
        say("map.indicator"),
        INDICATORS,
        format_func=lambda one: say(f"map.indicator.{one}"),
        default=CONSULTATIONS,
        required=True,
        key="progress_indicator",
        width="stretch",
    )
    st.subheader(say("progress.behind"))
    st.html(_behind_html(behind(found[indicator][1], year), names))
    st.page_link(
        "screens/indicator_map.py",
        label=say("progress.to_map"),
        icon=":material/map:",
        query_params={"indicator": str(indicator)},
    )
    commune_trend(who, indicator, tuple(names), None, say("map.province"))


def _standing_html(indicator: int, found: Standing) -> str:
    known = found.rate is not None and found.gap is not None
    look = "unknown" if not known else "reached" if (found.gap or 0) >= 0 else ""
    rate = _percent(found.rate) if found.rate is not None else say(f"map.state.{found.state}")
    gap = f'<p class="gap">{escape(_gap(found.gap))}</p>' if found.gap is not None else ""
    aim = [say("progress.target", target=_percent(found.target))]
    if found.upper is not None and found.rate is not None and _percent(found.upper) != _percent(found.rate):
        aim.append(say("progress.at_most", upper=_percent(found.upper)))
    lines = "".join(f"<p>{escape(' · '.join(line))}</p>" for line in (aim, _pace(found)) if line)
    return (
        f'<section class="{look}" data-indicator="{indicator}"><h2>{escape(say(f"map.indicator.{indicator}"))}</h2>'
        f'<div><p class="rate{"" if known else " words"}">{escape(rate)}</p>{gap}</div>{lines}</section>'
    )


def _gap(gap: float) -> str:
    if gap >= 0:
        return say("progress.above", points=_points(gap))
    return say("progress.below", points=_points(-gap, up=True))


def _pace(found: Standing) -> list[str]:
    lines = []
    goal = {"year": found.last_year, "goal": _percent(found.goal)}
    if found.pace_needed:
        lines.append(say("progress.pace", points=_points(found.pace_needed, up=True), **goal))
    elif found.pace_needed is not None:
        lines.append(say("progress.goal_reached", **goal))
    if found.pace_so_far is not None:
        fell = found.pace_so_far < 0
        points = _points(abs(found.pace_so_far), up=fell)
        sign = "" if points == _points(0) else "−" if fell else "+"
        lines.append(say("progress.so_far", points=sign + points, year=found.year - 1))
    return lines


def _behind_html(found: Behind, names: dict[str, str]) -> str:
    lines = "".join(
        f'<li data-code="{escape(code)}"><span>{escape(names[code])}</span>'
        f'<span class="gap">{escape(say("progress.line", rate=_percent(rate), gap=_points(-gap, up=True)))}</span></li>'
        for code, rate, gap in found.furthest
    )
    notes = [] if found.furthest else [say("progress.none_behind")]
    if found.more:
        notes.append(say("progress.more", count=number(found.more)))
    if found.without:
        held = ", ".join(names[code] for code in found.without)
        notes.append(say("progress.without", count=number(len(found.without)), names=held))
    if found.hidden:
        notes.append(say("progress.hidden", count=number(found.hidden)))
    if found.unknown:
        notes.append(say("progress.unknown", count=number(found.unknown)))
    return f'<ol class="behind">{lines}</ol>' + "".join(f"<p>{escape(note)}</p>" for note in notes)


def _percent(value: float) -> str:
    # Does not break before its sign.
    return f"{percent(value, current())}\N{NO-BREAK SPACE}%"


def _points(value: float, *, up: bool = False) -> str:
    """Percentage points, rounded as the map rounds gaps: down, and what is missing up."""
    shifted = math.ceil(value * 10 - 1e-6) if up else math.floor(value * 10 + 1e-6)
    return str(format_decimal(shifted / 10, "#,##0.0", locale=current()))


screen()
