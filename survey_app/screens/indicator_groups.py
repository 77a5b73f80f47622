"""Part of the map's screen: who the children with cards are, by sex, age, school and other groups, or by former district."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analysis.choropleth import percent
from analysis.indicators import PROVINCE
from analysis.suppression import SUPPRESSED
from survey_app.database import SignInExpired
from survey_app.indicator_figures import read_facts
from survey_app.indicator_groups import GROUPINGS, NOT_RECORDED, Asking, by_district, grouped
from survey_app.running import door
from survey_app.screens.failures import told
from survey_app.screens.language import current, number, say, say_if_known
from survey_app.screens.map_figures import FRESH_SECONDS
from survey_app.screens.session import Member, member

_CHOICES = (*GROUPINGS, "district")
_BAR = (
    '<span style="display:block;height:.6rem;border-radius:3px;background:rgba(128,140,148,.25)" aria-hidden="true">'
    '<span style="display:block;height:100%;border-radius:3px;background:#0b6b5d;width:{share:.1f}%"></span></span>'
)


def by_groups(who: Member, indicator: int, year: int, commune: str | None, name: str) -> None:
    """Of the commune, or of the province, called `name`; nothing for who may not see it."""
    if not who.reports:
        return
    st.subheader(say("by_group.title"))
    _chosen(indicator, year, commune, name)


@st.fragment
def _chosen(indicator: int, year: int, commune: str | None, name: str) -> None:
    """Another grouping draws this part anew, not the map."""
    with told():
        try:
            who = member()
        except SignInExpired:
            st.rerun(scope="app")
        _groups(who, indicator, year, commune, name)


def _groups(who: Member, indicator: int, year: int, commune: str | None, name: str) -> None:
    choice = st.selectbox(
        say("by_group.choice"), _CHOICES, format_func=lambda one: say(f"by_group.{one}"), key="map_grouping"
    )
    table = _table(who, door().submission_secret, indicator, year, choice)
    if choice != "district":
        table = table[table["area_code"] == (commune or PROVINCE)]
    st.caption(say("by_group.caption.districts") if choice == "district" else say("by_group.caption", name=name))
    if table.empty:
        st.info(say("by_group.none"), icon=":material/info:")
        return
    lines = [_line(row, choice) for row in table.to_dict("records")]
    shares: list[float | None] = [None] * len(lines) if choice == "district" else _shares(table)
    st.html(_html(lines, shares, choice))
    if table["is_estimate"].fillna(value=False).any() and table["rate"].notna().any():
        st.caption(say("by_group.estimate"))
    st.download_button(
        say("by_group.download"),
        pd.DataFrame(lines, columns=_head(choice)).to_csv(index=False).encode("utf-8-sig"),
        file_name=f"chi-tieu-{indicator}-{year}-{choice}-{commune or 'toan-tinh'}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="map_groups_download",
    )


@st.cache_data(ttl=FRESH_SECONDS, show_spinner=False)
def _table(_who: Member, _secret: str | None, indicator: int, year: int, choice: str) -> pd.DataFrame:
    """Small counts are hidden in it, and everybody who gets here may see the same, so it is shared."""
    asking = Asking(_who.database, _secret)
    facts = read_facts(_who.database, year)
    if choice != "district":
        return grouped(facts, indicator, choice, asking)
    found = by_district(facts, indicator, asking)
    found = found[found["lower"].notna() | (found["state"] == SUPPRESSED)]
    return found.rename(columns={"commune_code": "group", "lower": "children"})


def _head(choice: str) -> list[str]:
    counted = say("by_group.column.at_least" if choice == "district" else "by_group.column.cards")
    return [say(f"by_group.{choice}"), counted, say("by_group.column.population"), say("map.column.rate")]


def _line(row: dict[Any, Any], choice: str) -> list[str]:
    hidden = row["state"] == SUPPRESSED
    missing = say("map.state.suppressed") if hidden else "–"
    return [
        _name(str(row["group"]), choice),
        missing if pd.isna(row["children"]) else number(int(row["children"])),
        "–" if pd.isna(row["population"]) else number(int(row["population"])),
        missing if pd.isna(row["rate"]) else f"{percent(float(row['rate']), current())} %",
    ]


def _name(group: str, choice: str) -> str:
    if choice == "district":
        return group
    if group == NOT_RECORDED:
        return say("by_group.not_recorded")
    if choice in ("age", "age-band"):
        return say("by_group.years", ages=group.replace("-", "–"))
    return say_if_known(f"by_group.{choice}.{group}") or group


def _shares(table: pd.DataFrame) -> list[float | None]:
    """Percent of the children of the groups; none where one is hidden, for the others' would tell of it."""
    if table["children"].isna().any() or not table["children"].sum():
        return [None] * len(table)
    return [float(share) for share in 100 * table["children"] / table["children"].sum()]


def _html(lines: list[list[str]], shares: list[float | None], choice: str) -> str:
    head = _head(choice)
    body = ""
    for (name, *cells), share in zip(lines, shares, strict=True):
        bar = "" if share is None else _BAR.format(share=share)
        fields = "".join(
            f'<td class="figure" data-label="{escape(label)}"><span style="flex:1">{escape(cell)}{bar if not at else ""}</span></td>'
            for at, (label, cell) in enumerate(zip(head[1:], cells, strict=True))
        )
        body += f'<tr><th scope="row">{escape(name)}</th>{fields}</tr>'
    columns = "".join(f'<th scope="col">{escape(label)}</th>' for label in head)
    return (
        f'<table class="figures groups" aria-label="{escape(say("by_group.title"))}"><thead><tr>{columns}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
