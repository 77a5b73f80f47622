"""What all staff screens look like beyond the theme, and the small pieces of HTML that Streamlit has no widget for."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from survey_app.database import Database
from survey_app.screens.language import say
from survey_app.screens.stored_rows import rows

# The first rules take away Streamlit's own English: hints in inputs, the toolbars of charts, the status in the corner.
_STYLE = """<style>
[data-testid="InputInstructions"], [data-testid="stElementToolbar"], [data-testid="stStatusWidget"],
[data-testid="stHeaderActionElements"] { display: none !important }
[data-testid="stMainBlockContainer"] { padding: 2.75rem 2.5rem 4rem; max-width: 1240px }
@media (max-width: 1000px) { [class*="st-key-halves"] [data-testid="stHorizontalBlock"] { flex-wrap: wrap }
  [class*="st-key-halves"] [data-testid="stColumn"] { min-width: 100% !important } }
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 4.25rem 1rem 4rem }
  h1 { font-size: 1.7rem !important } }
.stButton button, .stLinkButton a, .stDownloadButton button, .stPageLink a { min-height: 2.75rem }
.stButton button[kind="primary"] { min-height: 3.25rem; font-weight: 600 }
h1 { font-size: 2.1rem !important; padding: .25rem 0 .6rem !important } h2 { font-size: 1.6rem !important }
h3 { font-size: 1.3rem !important; padding: .4rem 0 !important }
[data-testid="stCaptionContainer"] { color: inherit !important; opacity: .82 }
[data-testid="stVegaLiteChart"] { max-width: 100%; overflow: hidden }
.stPageLink a { border: 1px solid rgba(128,140,148,.45); border-radius: 10px; padding: .3rem .9rem }
.banner { background: #fff3c4; color: #4a3600; border: 1px solid #e5c65c; border-radius: 8px; padding: .45rem .8rem;
  font-weight: 600 }
.big-link { display: inline-block; background: #0b6b5d; color: #fff; padding: .8rem 1.6rem; border-radius: 10px;
  font-weight: 600; text-decoration: none }
.side-link { display: block; text-align: center; border: 1px solid rgba(128,140,148,.5); border-radius: 10px; padding: .6rem;
  color: inherit !important; text-decoration: none !important }
.chip { display: inline-block; border-radius: 99px; padding: .1rem .7rem; font-size: .875rem; font-weight: 600;
  white-space: nowrap }
.chip.draft { background: #e6ebee; color: #33424c } .chip.open { background: #c9efd9; color: #0b4a2b }
.chip.closed { background: #d9e3f5; color: #1f3864 } .chip.warn { background: #fde3c8; color: #6b3200 }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 0;
  padding: 0 !important }
.tiles > div { border: 1px solid rgba(128,140,148,.4); border-radius: 10px; padding: .6rem .8rem }
.tiles dt { font-size: .875rem; line-height: 1.25 } .tiles dd { margin: 0; font-size: 1.35rem; font-weight: 700;
  font-variant-numeric: tabular-nums; line-height: 1.4 }
.tiles dd small { font-size: .875rem; font-weight: 500; display: block }
.tiles .strong { background: rgba(11,107,93,.1); border-color: #0b6b5d }
.tiles .warn { background: #fff1e0; color: #4f2600; border-color: #d9822b }
.st-key-steps button { min-height: 3rem }
@media (max-width: 640px) { .st-key-steps [data-testid="stButtonGroup"] > div { display: grid !important;
  grid-template-columns: 1fr 1fr; gap: .4rem }
  .st-key-steps button { border: 1px solid rgba(128,140,148,.45) !important; border-radius: 10px !important; margin: 0 !important } }
.tasks { list-style: none; margin: .1rem 0 .6rem; padding: 0 !important; display: flex; flex-wrap: wrap; gap: .3rem 1.4rem }
.tasks li { margin: 0; font-weight: 600 } .tasks .is-done { font-weight: 400 } .tasks .is-done span:first-child { color: #0b6b5d }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.way-in { container-type: inline-size }
.code { font-size: clamp(2.8rem, 21cqw, 7rem); font-weight: 800; letter-spacing: .04em; line-height: 1.05;
  font-variant-numeric: tabular-nums; white-space: nowrap }
.qr { background: #fff; padding: .4rem; border-radius: 10px; width: min(100%, 17rem); display: block; margin: 0 auto }
.teachers-qr { background: #fff; width: min(100%, 11rem); display: block; margin: 0 auto }
.teachers-link { text-align: center; overflow-wrap: anywhere } .teachers-link a { color: inherit }
.pin { font-size: 2.6rem; font-weight: 800; letter-spacing: .2em; font-variant-numeric: tabular-nums; line-height: 1.2 }
.spoken p { margin: 0 0 .4rem } .spoken .words { font-size: clamp(1.35rem, 4.5vw, 1.9rem); font-weight: 600; line-height: 1.4;
  overflow-wrap: anywhere } .spoken .words:lang(km) { line-height: 1.8 }
.st-key-spoken-list .stButton button { justify-content: flex-start; border-radius: 0; padding: .5rem .2rem;
  border-bottom: 1px solid rgba(128,140,148,.3) } .st-key-spoken-list .stButton button :is(div, span) { justify-content: flex-start; text-align: left }
.childs { margin: 0 } .childs audio { width: 100% } .childs summary { list-style: none; cursor: zoom-in }
.childs img { display: block; width: 100%; height: 11rem; object-fit: contain; background: #fff;
  border: 1px solid rgba(128,140,148,.4); border-radius: 10px }
.childs details[open] summary { position: fixed; inset: 0; z-index: 1000000; background: rgba(27,42,51,.92); padding: 1rem;
  cursor: zoom-out } .childs details[open] img { height: 100% }
@media (max-width: 640px) { [class*="st-key-file-"], div:has(> [class*="st-key-file-"]) { width: 100% !important;
  flex-basis: 100% !important } .childs img { height: 15rem } }
.childs figcaption { font-size: .9rem; line-height: 1.4; margin-top: .3rem }
.checks { list-style: none; margin: 0; padding: 0 !important } .checks li { margin: 0; line-height: 1.8; overflow-wrap: anywhere }
.mistake { color: #a3170f; font-weight: 600; font-size: .9rem; margin-top: -.6rem }
table.plain { border-collapse: collapse; font-size: .95rem } table.plain th, table.plain td { text-align: left;
  padding: .35rem 1.2rem .35rem .2rem; border-bottom: 1px solid rgba(128,140,148,.35) }
[data-testid="stMain"] [data-testid="stButtonGroup"] button, [data-testid="stExpander"] summary { min-height: 2.75rem }
table.plain.cards td { white-space: nowrap }
@media (max-width: 640px) { table.plain.cards :is(th, td) { padding-right: .6rem } }
.big-card { border: 3px solid #0b6b5d; border-radius: 16px; padding: .8rem; text-align: center; margin: 0 }
.big-card span { display: block; font-size: 4.5rem; line-height: 1.2 } .big-card b { font-size: clamp(1.7rem, 9vw, 2.6rem);
  font-variant-numeric: tabular-nums; white-space: nowrap }
.big-card.is-old { border: 1px dashed rgba(128,140,148,.8); font-size: 1.4rem; font-weight: 600 }
.item h3 { font-size: 1.1rem; margin: 0 0 .15rem; padding: 0 } .item p { margin: 0; line-height: 1.45 }
.item .counts { font-weight: 600 }
</style>"""


def apply_style() -> None:
    st.html(_STYLE)


def demonstration_banner(database: Database) -> None:
    """Says on every screen of a demonstration that no child is real."""
    found = rows(database, "setting", ["value"], {"name": "demonstration"})
    if found and found[0]["value"] is True:
        st.html(f'<div class="banner" role="note">{escape(say("demonstration"))}</div>')


def tiles(figures: Sequence[tuple[str, str, str]], label: str) -> None:
    """Figures side by side: (what, figure, look); look is "", "strong" or "warn".

    What stands in brackets is set small.
    """
    body = ""
    for what, figure, look in figures:
        main, bracket, rest = figure.partition(" (")
        small = f"<small>({escape(rest)}</small>" if bracket else ""
        body += f'<div class="{look}"><dt>{escape(what)}</dt><dd>{escape(main)}{small}</dd></div>'
    st.html(f'<dl class="tiles" aria-label="{escape(label)}">{body}</dl>')


def chip(status: str) -> str:
    """HTML that shows a consultation's status."""
    return f'<span class="chip {escape(status)}">{escape(say("status." + status))}</span>'


def mistake(message: str | None) -> None:
    """Under a field: what is wrong with it and what to do."""
    if message:
        st.html(f'<div class="mistake" role="alert">{escape(message)}</div>')
