"""The map's legend and its numbers as HTML that everyone and every screen reader can read."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from analysis.choropleth import FIELDS, table
from survey_app.screens.language import current, say
from survey_app.screens.map_figures import Figures
from survey_app.vietnamese_order import vietnamese_order

ORDERS = ("name", "rate", "gap", "value")
_MOST_FIRST = ("rate_upper", "waiting")
"""Measures of which the largest value is looked for; of others the smallest."""

STYLE = """<style>
.st-key-map_indicator button { min-height: 2.75rem; padding: 0 .4rem }
.swatch { display: inline-block; width: 1.1rem; height: 1.1rem; border: 1px solid #555; border-radius: 3px;
  vertical-align: -.2rem; margin-right: .45rem }
.swatch.no_data { background-image: repeating-linear-gradient(45deg, transparent 0 3px, rgba(90,90,90,.55) 3px 4px) }
.legend { list-style: none; padding: 0 !important; margin: 0 }
.legend li { margin: 0; padding: .14rem 0; display: flex }
.legend .communes { margin-left: auto; padding-left: 1rem; font-variant-numeric: tabular-nums; font-weight: 600 }
table.figures { border-collapse: collapse; width: 100%; font-size: .875rem }
table.figures th, table.figures td { text-align: left; padding: .4rem .45rem; line-height: 1.35;
  border-bottom: 1px solid rgba(128,140,148,.35); vertical-align: top }
table.figures tbody th { font-weight: 600 } table.figures td.figure { font-variant-numeric: tabular-nums }
table.figures tr.chosen { outline: 3px solid #c41e3a; outline-offset: -3px }
table.beside { border-collapse: collapse; width: 100%; font-size: .875rem }
table.beside caption { text-align: left; padding-bottom: .3rem; opacity: .8 }
table.beside th, table.beside td { text-align: left; padding: .35rem .45rem; line-height: 1.35; vertical-align: top;
  border-bottom: 1px solid rgba(128,140,148,.35); font-variant-numeric: tabular-nums }
@media (max-width: 900px) {
  table.figures thead { position: absolute; left: -9999px }
  table.figures, table.figures caption, table.figures tbody, table.figures tr, table.figures th, table.figures td {
    display: block; width: 100% }
  table.figures tr { border: 1px solid rgba(128,140,148,.45); border-radius: 10px; margin-bottom: .6rem;
    padding: .3rem 0 }
  table.figures tbody th { font-size: 1rem }
  table.figures td { border: 0; padding: .12rem .6rem; display: flex; gap: .6rem }
  table.figures td::before { content: attr(data-label); flex: 0 0 40%; opacity: .8 }
}
</style>"""


def legend_html(shown: Figures) -> str:
    """Every class and state with its colour and its number of communes."""
    entries = shown.legend()
    states = [None] * len(shown.classes) + list(shown.states)
    lines = "".join(
        f'<li data-colour="{_hex(entry.colour)}" data-communes="{entry.communes}">{_swatch(entry.colour, state)}'
        f'<span>{escape(entry.label)}</span><span class="communes">{entry.communes}</span></li>'
        for entry, state in zip(entries, states, strict=True)
    )
    return f'<ul class="legend" aria-label="{escape(say("map.legend", measure=say("map.measure." + shown.measure)))}">{lines}</ul>'


def table_html(
    shown: Figures, names: Mapping[str, str], *, search: str, order: str, chosen: str | None
) -> tuple[str, int]:
    """The table of communes whose name holds the words searched for, and how many there are."""
    words = table(shown.communes, names, shown.text, current())
    records = [row for row in shown.communes.to_dict("records") if _matches(names.get(row["commune_code"], ""), search)]
    records.sort(key=lambda row: vietnamese_order(_plain_name(names.get(row["commune_code"], ""))))
    if order != "name":
        # Largest rate first, widest gap first; what has no figure comes last.
        sign = -1 if order == "rate" or (order == "value" and shown.measure in _MOST_FIRST) else 1
        records.sort(key=lambda row: (pd.isna(row[order]), 0 if pd.isna(row[order]) else sign * float(row[order])))
    labels = [say("map.column.name"), say("map.column.class"), *(shown.text(f"map.column.{field}") for field in FIELDS)]
    head = "".join(f'<th scope="col">{escape(label)}</th>' for label in labels)
    body = "".join(_row(shown, row, words.loc[row["commune_code"]], labels, chosen) for row in records)
    caption = f'<caption style="text-align:left;padding:.3rem 0">{escape(shown.text("map.table.caption"))}</caption>'
    return f'<table class="figures">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>', len(records)


def _row(shown: Figures, row: dict[Any, Any], words: pd.Series[Any], labels: Sequence[str], chosen: str | None) -> str:
    code, colour, state = row["commune_code"], _hex(shown.colour(row)), row["value_state"]
    name, *cells = [str(word) for word in words]
    fields = "".join(
        f'<td class="figure" data-label="{escape(label)}">{escape(cell)}</td>'
        for label, cell in zip(labels[2:], cells, strict=True)
    )
    return (
        f'<tr data-code="{escape(code)}" data-state="{escape(state)}" data-colour="{colour}"'
        f'{" class=chosen" if code == chosen else ""}><th scope="row">{escape(name)}</th>'
        f'<td data-label="{escape(labels[1])}"><span>{_swatch(shown.colour(row), state)}'
        f"{escape(_class_words(shown, row))}</span></td>"
        f"{fields}</tr>"
    )


def _class_words(shown: Figures, row: dict[Any, Any]) -> str:
    """The class; with the value where no other column has it."""
    value = "" if shown.measure == "rate" else shown.value_words(row)
    return f"{value} ({shown.class_label(row)})" if value else shown.class_label(row)


def _swatch(colour: tuple[int, int, int], state: str | None) -> str:
    return f'<span class="swatch {state or ""}" style="background-color:{_hex(colour)}" aria-hidden="true"></span>'


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _matches(name: str, search: str) -> bool:
    """Whether the name holds the words, typed with or without marks."""
    wanted = search.strip()
    return wanted.casefold() in name.casefold() or _bare(wanted) in _bare(name)


def _bare(text: str) -> str:
    spread = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(mark for mark in spread if not unicodedata.combining(mark))


def _plain_name(name: str) -> str:
    return name.partition(" ")[2] or name
