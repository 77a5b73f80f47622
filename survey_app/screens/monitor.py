"""Who of the class has joined, is answering, has sent or has gone quiet, card by card; and, at the end, who is missing."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from itertools import groupby

import streamlit as st

from survey_app.card import with_emoji
from survey_app.database import Row, SignInExpired
from survey_app.screens.appearance import tiles
from survey_app.screens.arrival import say_arrival
from survey_app.screens.failures import told
from survey_app.screens.language import moment, number, say
from survey_app.screens.session import Member, member

EVERY = timedelta(seconds=2)
STATES = ("quiet", "left", "answering", "joined", "not_joined", "waiting", "sent", "took_part")
"""Who may need help comes first."""
_SIGNS = {
    "quiet": "💤",
    "left": "⏸",
    "answering": "✏️",
    "joined": "👋",
    "not_joined": "…",
    "waiting": "⏳",
    "sent": "✓",
    "took_part": "✓",
}
_STYLE = """<style>
.seats { list-style: none; margin: 0; padding: 0 !important; display: grid; gap: .5rem;
  grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)) }
.seats li { margin: 0; border: 1px solid rgba(128,140,148,.45); border-left-width: 6px; border-radius: 8px; padding: .35rem .6rem;
  line-height: 1.35; overflow-wrap: anywhere }
.seats b { display: block; font-size: 1.05rem } .seats small { display: block }
.seats .quiet, .seats .left { background: #fff1e0; color: #4f2600; border-color: #d9822b }
.seats .answering, .seats .joined { border-color: #3b6fb6 }
.seats .waiting { border-color: #8a6d00 } .seats .sent, .seats .took_part { background: rgba(11,107,93,.1); border-color: #0b6b5d }
</style>"""


@st.fragment(run_every=EVERY)
def monitor(row: Row) -> None:
    """Of an open consultation; refreshes by itself. Asks anew who is signed in: a session that was ended elsewhere must not go on
    watching.
    """
    with told():
        who = still_signed_in()
        live = live_count(who, row)
        tiles(
            [
                (say("live.sent"), f"{number(live['sent'])} / {number(row['expected'])}", "strong"),
                (say("live.joined"), number(live["joined"]), ""),
                (say("live.answering"), number(live["answering"]), ""),
                (say("live.waiting"), number(live["waiting"]), "warn" if live["waiting"] else ""),
                (say("live.in_review"), number(live["in_review"]), "warn" if live["in_review"] else ""),
                (say("live.late"), number(live["late"]), ""),
                (say("live.tablets"), number(live["tablets"]), ""),
            ],
            say("live.title"),
        )
        st.progress(min(live["sent"] / row["expected"], 1.0))
        if who.runs_consultations:
            _seats(_cards(who, row))
        say_arrival(who, row, live)
        seen = live["last_seen_at"]
        st.caption(say("live.waiting_explained") + (" " + say("live.seen", moment=moment(seen)) if seen else ""))
        if live["in_review"] != row["in_review"]:
            st.rerun(scope="app")


def reconciliation(who: Member, row: Row) -> None:
    """At the end: who of the class is missing, and what to do about it. Nothing where there is no class."""
    cards = _cards(who, row)
    of_class = [card for card in cards if card["in_roster"]]
    if not of_class:
        return
    there = [card for card in of_class if card["state"] in ("sent", "took_part")]
    st.subheader(say("reconciliation.title", there=number(len(there)), all=number(len(of_class))))
    if len(there) == len(of_class):
        st.success(say("reconciliation.complete"), icon=":material/task_alt:")
    groups = {
        "not_joined": [card for card in of_class if card["state"] == "not_joined"],
        "begun": [card for card in of_class if card["state"] in ("joined", "answering", "quiet", "left")],
        "waiting": [card for card in of_class if card["state"] == "waiting"],
        "others": [card for card in cards if not card["in_roster"] and card["state"] in ("sent", "took_part")],
    }
    for name, found in groups.items():
        if found:
            st.markdown(
                f"**{say(f'reconciliation.{name}', count=number(len(found)))}** "
                + ", ".join(with_emoji(card["card"]) for card in found)
                + f"  \n{say(f'reconciliation.{name}.do')}"
            )


def still_signed_in() -> Member:
    """For what refreshes by itself."""
    try:
        return member()
    except SignInExpired:
        st.rerun(scope="app")


def live_count(who: Member, row: Row) -> Row:
    """What the tablets of a consultation said last, and what has arrived."""
    return who.database.call("live_count", consultation=row["id"])[0]


def _cards(who: Member, row: Row) -> list[Row]:
    """As of `live_cards`, who may need help first; those out of the class who only looked in are left out."""
    found = who.database.call("live_cards", consultation=row["id"])
    return sorted(found, key=lambda card: (STATES.index(card["state"]), card["card"]))


def _seats(cards: list[Row]) -> None:
    if not cards:
        return
    counts = [
        f"{say(f'seat.{state}')}: {number(len(list(group)))}"
        for state, group in groupby(cards, lambda card: card["state"])
    ]
    seats = "".join(_seat(card) for card in cards)
    st.html(f"{_STYLE}<p>{escape(' · '.join(counts))}</p><ul class='seats'>{seats}</ul>")


def _seat(card: Row) -> str:
    state = card["state"]
    at = ""
    if state in ("answering", "quiet") and card["question"] and card["question_count"]:
        at = say("seat.question", question=number(card["question"]), of=number(card["question_count"]))
    beside = "" if card["in_roster"] else f"<small>{escape(say('seat.not_of_class'))}</small>"
    words = " · ".join(filter(None, (say(f"seat.{state}"), at)))
    return (
        f'<li class="{state}" data-card="{escape(card["card"])}" data-state="{state}"><b>{escape(with_emoji(card["card"]))}</b>'
        f'<span aria-hidden="true">{_SIGNS[state]}</span> {escape(words)}{beside}</li>'
    )
