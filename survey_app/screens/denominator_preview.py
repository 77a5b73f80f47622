"""Part of a screen: what an import of child population would change, beside what stands and the estimate."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st
from babel.numbers import format_decimal

from analysis.indicators import PROVINCE, Definition
from analysis.population_change import FAR_OFF_PERCENT, changes, far_off
from survey_app.database import Database
from survey_app.screens.appearance import tiles
from survey_app.screens.denominator_facts import age_ranges
from survey_app.screens.language import current, number, say
from survey_app.screens.map_table import STYLE
from survey_app.screens.places import communes
from survey_app.screens.session import Member

_COLUMNS = ("before", "after", "difference", "estimate", "off")


def preview(who: Member, imported: pd.DataFrame) -> None:
    st.html(STYLE)
    st.success(say("population.right"), icon=":material/check_circle:")
    ranges = age_ranges(who.database)
    years = sorted({int(year) for year in imported["year"]}, reverse=True)
    with st.container(key="halves-population-preview"):
        left, right = st.columns(2)
    ages = left.selectbox(
        say("population.ages"),
        list(ranges),
        format_func=lambda one: say("population.ages_from_to", low=one[0], high=one[1]),
        key="population_preview_ages",
    )
    year = right.selectbox(say("field.year"), years, key="population_preview_year", format_func=str)
    names = {c.code: c.name for c in communes(who.database)}
    changed = _changes(who.database, imported[imported["year"] == year], ranges[ages], int(year), tuple(names))
    province = changed[changed["commune_code"] == PROVINCE].to_dict("records")[0]
    taken = int(changed["taken"].sum()) - 1
    tiles(
        [
            (say("population.column.after"), _figure(province["after"]), "strong"),
            (say("population.column.before"), _figure(province["before"]), ""),
            (say("population.column.difference"), _signed(province["difference"]), ""),
            (say("population.column.estimate"), _figure(province["estimate"]), ""),
            (say("population.column.off"), _percent(province["off"]), "warn" if PROVINCE in far_off(changed) else ""),
            (say("population.taken"), f"{number(taken)} / {number(len(names))}", "" if taken == len(names) else "warn"),
        ],
        say("map.province"),
    )
    _warnings(changed, names, imported[imported["year"] == year], ranges[ages])
    on_a_phone = "Mobi" in (st.context.headers.get("User-Agent") or "")
    with st.expander(say("population.preview"), expanded=not on_a_phone, icon=":material/table:"):
        st.html(_table(changed, {PROVINCE: say("map.province"), **names}))


def _changes(
    database: Database, imported: pd.DataFrame, definition: Definition, year: int, codes: tuple[str, ...]
) -> pd.DataFrame:
    population = database.read(
        "population",
        columns=["source", "commune_code", "year", "age", "children", "band_from", "band_to"],
        where={"year": year, "age": list(range(definition.min_age, definition.max_age + 1))},
    )
    sources = database.read("denominator_source", columns=["source", "title", "is_estimate", "in_force"])
    return changes(imported, population, sources, definition, year, codes)


def _warnings(changed: pd.DataFrame, names: Mapping[str, str], imported: pd.DataFrame, definition: Definition) -> None:
    missing = [names[code] for code in changed[~changed["taken"]]["commune_code"] if code in names]
    if len(missing) == len(names):
        st.warning(say("population.none_taken", low=definition.min_age, high=definition.max_age))
    elif missing:
        st.warning(say("population.missing", count=number(len(missing)), names=", ".join(missing)))
    if off := [code for code in far_off(changed) if code in names]:
        st.warning(say("population.far_off", count=number(len(off)), percent=FAR_OFF_PERCENT), icon=":material/rule:")
    bands = imported[(imported["band_from"] < definition.min_age) | (imported["band_to"] > definition.max_age)]
    if len(bands):
        st.info(
            say("population.spread", low=definition.min_age, high=definition.max_age),
            icon=":material/horizontal_distribute:",
        )


def _table(changed: pd.DataFrame, names: Mapping[str, str]) -> str:
    labels = {name: say(f"population.column.{name}") for name in _COLUMNS}
    head = "".join(f'<th scope="col">{escape(label)}</th>' for label in (say("map.column.name"), *labels.values()))
    write = {"difference": _signed, "off": _percent}
    far = set(far_off(changed))
    order = {code: at for at, code in enumerate(names)}
    body = ""
    for row in sorted(changed.to_dict("records"), key=lambda one: order[one["commune_code"]]):
        code = str(row["commune_code"])
        cells = "".join(
            f'<td class="figure" data-label="{escape(label)}">{escape(write.get(name, _figure)(row[name]))}</td>'
            for name, label in labels.items()
        )
        mark = f' <span class="chip warn">{escape(say("population.look_again"))}</span>' if code in far else ""
        body += f'<tr data-code="{escape(code)}"><th scope="row">{escape(names[code])}{mark}</th>{cells}</tr>'
    caption = f'<caption class="unseen">{escape(say("population.preview"))}</caption>'
    return f'<table class="figures" id="population-preview">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _figure(value: Any) -> str:
    return "–" if pd.isna(value) else number(value)


def _signed(value: Any) -> str:
    return "–" if pd.isna(value) else ("+" if value > 0 else "−" if value < 0 else "") + number(abs(value))


def _percent(value: Any) -> str:
    if pd.isna(value):
        return "–"
    words = format_decimal(abs(round(value, 1)), "#,##0.0", locale=current())
    return ("+" if value > 0 else "−" if value < 0 else "") + f"{words} %"
