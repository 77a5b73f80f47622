"""Screen: indicator 22, 23 or 24 by commune and year, as a map and as the same numbers in a table."""

from __future__ import annotations

import re
from datetime import timedelta
from html import escape

import pandas as pd
import streamlit as st

from analysis.choropleth import table, without_cell
from analysis.indicators import PROVINCE
from analysis.measures import ANSWERS
from survey_app.boundary_sets import Boundaries
from survey_app.database import SignInExpired
from survey_app.screens import activity_facts
from survey_app.screens.address_choice import from_address, to_address
from survey_app.screens.appearance import chip, tiles
from survey_app.screens.commune_trend import commune_trend
from survey_app.screens.consultation_facts import consultations, summary_html
from survey_app.screens.failures import told
from survey_app.screens.indicator_groups import by_groups
from survey_app.screens.language import current, number, said_in, say
from survey_app.screens.map_beside import beside
from survey_app.screens.map_borders import boundaries, source_words
from survey_app.screens.map_deck import chosen_code, deck
from survey_app.screens.map_figures import AWARENESS, CONSULTATIONS, INDICATORS, Figures, figures, measures, years
from survey_app.screens.map_pictures import map_files, year_by_year
from survey_app.screens.map_table import ORDERS, STYLE, legend_html, table_html
from survey_app.screens.places import Commune, communes
from survey_app.screens.session import Member, member
from survey_app.screens.year_choice import year_choice

EVERY = timedelta(seconds=4)
PHONE = (330, 360)
LARGER = (470, 500)
SHOWN_BELOW = 20


def screen() -> None:
    who = member()
    st.html(STYLE)
    indicator = _indicator()
    st.title(say(f"map.title.{indicator}"))
    places = communes(who.database)
    names = {c.code: c.name for c in places}
    year, measure, commune = _choice(who, places, indicator)
    shown = figures(who.database, indicator, year, tuple(names), measure)
    drawn_with = boundaries(who.database)
    st.caption(said_in(shown.definition.source))
    _province(shown, names)
    with st.container(key="halves-map"):
        left, right = st.columns([5, 3], gap="medium")
    with left:
        _map(shown, drawn_with, places, commune)
        map_files(shown, drawn_with, places, year)
    with right:
        st.subheader(say("map.legend", measure=say(f"map.measure.{measure}")))
        st.html(legend_html(shown))
        if measure in ANSWERS:
            st.caption(say(f"map.measure.{measure}.explained"))
        if undrawn := without_cell(drawn_with.cells, shown.communes):
            st.warning(say("map.undrawn", names=", ".join(names[code] for code in undrawn)))
    beside(who, drawn_with, places, shown, year, sorted(years(who.database)))
    year_by_year(who, drawn_with, indicator, measure, tuple(names))
    commune_trend(who, indicator, tuple(names), commune, names[commune] if commune else say("map.province"))
    if commune and indicator == CONSULTATIONS:
        _consultations_of(who, commune, names[commune], year)
    elif commune:
        _activities_of(who, indicator, commune, names[commune], year)
    _table(shown, names, commune, year)
    by_groups(who, indicator, year, commune, names[commune] if commune else say("map.province"))
    _watch(indicator, year, measure, tuple(names), (shown.fingerprint(), drawn_with.id))


def _indicator() -> int:
    asked = st.query_params.get("indicator", "")
    chosen = st.segmented_control(
        say("map.indicator"),
        INDICATORS,
        format_func=lambda number: say(f"map.indicator.{number}"),
        default=int(asked) if asked in map(str, INDICATORS) else CONSULTATIONS,
        required=True,
        key="map_indicator",
        width="stretch",
    )
    # Written here, not bound: bound, the address would hold the words of one language. Only a change is written: until the
    # browser has told of it, writing would take the language out of the address.
    if str(chosen) != (asked or str(CONSULTATIONS)):
        st.query_params["indicator"] = str(chosen)
    return int(chosen)


def _choice(who: Member, places: tuple[Commune, ...], indicator: int) -> tuple[int, str, str | None]:
    year = year_choice(sorted(years(who.database)))
    left, right = st.columns([2, 3])
    names = {c.code: c.name for c in places}
    offered = measures(indicator)
    from_address("map_measure", "measure", offered)
    if st.session_state.get("map_measure") not in offered:
        st.session_state["map_measure"] = offered[0]
    from_address("map_commune", "commune", names)
    measure = left.selectbox(
        say("map.measure"), offered, format_func=lambda one: say(f"map.measure.{one}"), key="map_measure"
    )
    commune = right.selectbox(
        say("map.commune" if indicator == CONSULTATIONS else "map.commune.activities"),
        ["", *names],
        format_func=lambda code: names.get(code) or say("map.commune.none"),
        key="map_commune",
        on_change=_forget_click,
    )
    to_address("measure", measure, offered[0])
    to_address("commune", commune, "")
    return year, measure, commune or None


def _map(shown: Figures, drawn_with: Boundaries, places: tuple[Commune, ...], commune: str | None) -> None:
    size = PHONE if "Mobi" in (st.context.headers.get("User-Agent") or "") else LARGER
    key = f"map-{st.session_state.get('map_clicks_forgotten', 0)}"

    def take_click() -> None:
        st.session_state["map_commune"] = chosen_code(st.session_state[key].selection) or ""

    raised = _raised(shown)
    st.pydeck_chart(
        deck(shown, drawn_with.cells, places, commune, size, raised=raised),
        height=size[1],
        on_select=take_click,
        selection_mode="single-object",
        key=key,
        alt=shown.text("map.alt"),
    )
    st.caption(f":material/info: {_literally(source_words(drawn_with))} {shown.text('map.grey')}")


def _raised(shown: Figures) -> bool:
    """Whether communes stand as high as their value is great; only percentages have a height."""
    if shown.classes[0].unit != "percent":
        return False
    from_address("map_raised", "raised", ("1",))
    st.session_state["map_raised"] = bool(st.session_state.get("map_raised"))
    raised = st.toggle(say("map.raised"), key="map_raised")
    to_address("raised", "1" if raised else "", "")
    return raised


def _literally(text: str) -> str:
    """What somebody typed, for Markdown that leaves it as it is."""
    return re.sub(r"([\\`*_{}\[\]()#+.!:$~<>|-])", r"\\\1", text)


def _forget_click() -> None:
    """A commune chosen in the list replaces the one clicked on the map."""
    st.session_state["map_clicks_forgotten"] = st.session_state.get("map_clicks_forgotten", 0) + 1


def _province(shown: Figures, names: dict[str, str]) -> None:
    row = shown.province
    words = table(pd.DataFrame([row]), names, shown.text, current()).iloc[0].tolist()
    _, numerator, denominator, source, rate, target, gap, _held = words
    reached = sum(bool(value) for value in shown.communes["reached"].fillna(value=False))
    tiles(
        [
            (say("map.column.rate"), rate, "strong"),
            (say("map.column.target"), target, ""),
            (say("map.column.gap"), gap, ""),
            (shown.text("map.column.numerator"), numerator, ""),
            (shown.text("map.column.denominator"), denominator, ""),
            (say("map.reached"), f"{number(reached)} / {number(len(shown.communes))}", ""),
        ],
        say("map.province"),
    )
    st.html(f"<p>{escape(say('map.province.source', source=source))}</p>")


def _table(shown: Figures, names: dict[str, str], commune: str | None, year: int) -> None:
    st.subheader(say("map.table.title"))
    left, right = st.columns([2, 1])
    search = left.text_input(say("map.search"), key="map_search", placeholder=say("map.search.example"), live=True)
    orders = ORDERS if shown.measure not in ORDERS else ORDERS[:-1]
    order = right.selectbox(say("map.order"), orders, format_func=lambda o: say(f"map.order.{o}"), key="map_order")
    html, count = table_html(shown, names, search=search or "", order=order, chosen=commune)
    st.caption(say("map.table.count", shown=number(count), all=number(len(shown.communes))))
    st.html(html)
    st.download_button(
        say("map.download"),
        # For a spreadsheet: marked as UTF-8, so that Excel reads Vietnamese.
        _file(shown, names).encode("utf-8-sig"),
        file_name=f"chi-tieu-{shown.definition.number}-{year}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="map_download",
    )


def _file(shown: Figures, names: dict[str, str]) -> str:
    """The table as CSV, with what the map is coloured by where that is not the rate."""
    words = table(shown.rates, {**names, PROVINCE: say("map.province")}, shown.text, current())
    if shown.measure != "rate":
        values = [shown.value_words(row) or shown.class_label(row) for row in shown.rates.to_dict("records")]
        words.insert(1, say(f"map.measure.{shown.measure}"), values)
    return str(words.rename_axis(say("map.column.code")).to_csv())


def _consultations_of(who: Member, commune: str, name: str, year: int) -> None:
    st.subheader(say("map.consultations_of", name=name, year=year))
    found = consultations(who.database, {"commune_code": commune, "year": year})
    if not found:
        st.info(say("map.no_consultations_seen"), icon=":material/info:")
    for row in found[:SHOWN_BELOW]:
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", key=f"map-consultation-{row['id']}"
        ):
            st.html(summary_html(row, chip(row["status"])))
            if who.reviews:
                st.page_link(
                    "screens/consultation.py",
                    label=say("list.open"),
                    icon=":material/arrow_forward:",
                    query_params={"consultation": row["id"]},
                )
    if len(found) > SHOWN_BELOW:
        st.caption(say("map.more_consultations", count=number(len(found) - SHOWN_BELOW)))


def _activities_of(who: Member, indicator: int, commune: str, name: str, year: int) -> None:
    st.subheader(say("map.activities_of", name=name, year=year))
    kinds = [
        kind
        for kind in activity_facts.KINDS
        if (activity_facts.indicator_of(kind) == AWARENESS) == (indicator == AWARENESS)
    ]
    found = activity_facts.activities(who.database, {"commune_code": commune, "year": year, "kind": kinds})
    if not found:
        st.info(say("map.no_activities_seen"), icon=":material/info:")
    for row in found[:SHOWN_BELOW]:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"map-activity-{row['id']}"):
            st.html(activity_facts.summary_html(row))
            st.page_link(
                "screens/activity.py",
                label=say("list.open"),
                icon=":material/arrow_forward:",
                query_params={"activity": row["id"]},
            )
    if len(found) > SHOWN_BELOW:
        st.caption(say("map.more_activities", count=number(len(found) - SHOWN_BELOW)))


@st.fragment(run_every=EVERY)
def _watch(indicator: int, year: int, measure: str, communes: tuple[str, ...], shown: tuple[str, str | None]) -> None:
    """Draws the screen anew as soon as a figure is another one; until then costs readings that all viewers share."""
    with told():
        try:
            database = member().database
            figures_now = figures(database, indicator, year, communes, measure).fingerprint()
            now = (figures_now, boundaries(database).id)
        except SignInExpired:
            st.rerun(scope="app")
        if now != shown:
            st.rerun(scope="app")


screen()
