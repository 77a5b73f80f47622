"""Who was there, card by card: scanned from a photo, tapped in the class, or typed. For activities and for forums."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import groupby

import streamlit as st

from survey_app.card import animals, parse_cards, with_emoji
from survey_app.card_scan import NotAPicture, cards_in_picture
from survey_app.database import DatabaseError, Row
from survey_app.screens.appearance import mistake
from survey_app.screens.failures import worded
from survey_app.screens.language import number, say
from survey_app.screens.places import communes
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows
from survey_app.screens.streamlit_words import say_in_our_words

Record = Callable[[list[str]], list[Row]]
"""Cards → {card, outcome} each; raises what the database raises."""

WAYS = ("scan", "tap", "type")
PHOTO_TYPES = ("jpg", "jpeg", "png", "webp")
OUTCOMES = ("recorded", "already", "answered", "unknown")
"""In the order in which they are told; what else a function answers comes last."""
_ICONS = {"recorded": ":material/check_circle:", "unknown": ":material/help:"}


def card_entry(
    who: Member, roster_id: str | None, commune_code: str, key: str, record: Record, done: Collection[str] = ()
) -> None:
    """Three ways to say which cards were there; what became of each is told in words.

    `key` is unique on the screen; `done` are cards that are recorded already and need not be offered again.
    """
    way = st.segmented_control(
        say("entry.way"),
        WAYS,
        default="tap" if roster_id else "scan",
        format_func=lambda one: say(f"entry.way.{one}"),
        key=f"{key}-way",
        required=True,
        width="stretch",
    )
    if way == "scan":
        _scan(key, record)
    elif way == "tap":
        _tap(who, roster_id, key, record, done)
    else:
        _type(key, record)
    _told(who, commune_code, key)


def _scan(key: str, record: Record) -> None:
    st.caption(say("entry.scan.explained"))
    say_in_our_words()
    version = _version(key)
    given = [
        st.file_uploader(say("entry.scan.photo"), type=PHOTO_TYPES, key=f"{key}-photo-{version}", max_upload_size=20)
    ]
    if not _may_use_camera():
        st.caption(say("entry.scan.no_camera"))
    elif st.toggle(say("entry.scan.camera"), key=f"{key}-camera"):
        given.append(
            st.camera_input(
                say("entry.scan.look"),
                key=f"{key}-look-{version}",
                resolution="1080p",
                label_visibility="collapsed",
            )
        )
    for photo in given:
        if photo is None:
            continue
        content = photo.getvalue()
        try:
            cards = cards_in_picture(content)
        except NotAPicture:
            _tell(key, mistakes=[say("entry.scan.no_picture")])
        else:
            if cards:
                _send(key, cards, record)
            else:
                _tell(key, mistakes=[say("entry.scan.nothing")])
        # A field of its own for the next photo; this one is gone with the old field.
        _next_version(key)
        st.rerun()


def _may_use_camera() -> bool:
    """Browsers give a camera to https and to this very computer only."""
    address = st.context.url or ""
    return (
        st.context.headers.get("X-Forwarded-Proto") == "https"
        or address.startswith("https:")
        or address.startswith(("http://localhost", "http://127.0.0.1"))
    )


def _tap(who: Member, roster_id: str | None, key: str, record: Record, done: Collection[str]) -> None:
    if roster_id is None:
        st.info(say("entry.tap.no_roster"), icon=":material/groups:")
        return
    cards = _cards_of(who, roster_id)
    offered = [card for card in cards if card not in done]
    if not cards:
        st.info(say("entry.tap.empty_roster"), icon=":material/groups:")
        return
    if not offered:
        st.success(say("entry.tap.all_done", count=number(len(cards))), icon=":material/check_circle:")
        return
    version = _version(key)
    chosen = st.pills(
        say("entry.tap.explained", done=number(len(cards) - len(offered)), all=number(len(cards))),
        offered,
        selection_mode="multi",
        format_func=with_emoji,
        key=f"{key}-tap-{version}",
        wrap=True,
    )
    count = len(chosen or ())
    one, everyone = st.columns(2)
    if one.button(
        say("entry.record", count=number(count)),
        type="primary",
        icon=":material/check:",
        disabled=not count,
        key=f"{key}-tap-record",
        width="stretch",
    ):
        _send(key, list(chosen or ()), record)
        _next_version(key)
        st.rerun()
    if everyone.button(
        say("entry.tap.everyone", count=number(len(offered))),
        icon=":material/done_all:",
        key=f"{key}-tap-everyone",
        width="stretch",
    ):
        _send(key, offered, record)
        _next_version(key)
        st.rerun()


def _cards_of(who: Member, roster_id: str) -> list[str]:
    """In the order of the animals."""
    present = rows(who.database, "roster_card", ["participant_id"], {"roster_id": roster_id, "left_at": None})
    if not present:
        return []
    found = rows(who.database, "participant", ["card"], {"id": sorted({one["participant_id"] for one in present})})
    return sorted(
        (one["card"] for one in found), key=lambda card: (animals().get(card[:-4], (100, "", ""))[0], card[-4:])
    )


def _type(key: str, record: Record) -> None:
    version = _version(key)
    left = st.session_state.pop(f"{key}-left", "")
    text = st.text_area(
        say("entry.type.label"),
        value=left,
        placeholder=say("entry.type.example"),
        key=f"{key}-typed-{version}",
        height=96,
    )
    if not st.button(
        say("entry.type.record"), type="primary", icon=":material/check:", key=f"{key}-type-record", width="stretch"
    ):
        return
    written = parse_cards(text or "")
    _tell(key)
    if written.cards:
        _send(key, list(written.cards), record)
    mistakes = [say(f"entry.mistake.{why}", written=what) for what, why in written.mistakes]
    if not written.cards and not mistakes:
        mistakes = [say("entry.type.nothing")]
    st.session_state[_key(key)]["mistakes"] += mistakes
    st.session_state[f"{key}-left"] = ", ".join(what for what, _ in written.mistakes)
    _next_version(key)
    st.rerun()


def _send(key: str, cards: list[str], record: Record) -> None:
    try:
        _tell(key, outcomes=record(cards))
    except DatabaseError as error:
        _tell(key, mistakes=[worded(error)])


def _tell(key: str, *, outcomes: Sequence[Row] = (), mistakes: Sequence[str] = ()) -> None:
    """To be told on the next run, instead of what was told before."""
    st.session_state[_key(key)] = {"outcomes": list(outcomes), "mistakes": list(mistakes)}


def _told(who: Member, commune_code: str, key: str) -> None:
    """What became of the cards that were sent last."""
    said = st.session_state.get(_key(key))
    if not said:
        return
    with st.container(key=f"{key}-told"):
        order = {outcome: at for at, outcome in enumerate(OUTCOMES)}
        outcomes = sorted(said["outcomes"], key=lambda row: order.get(row["outcome"], len(order)))
        for outcome, group in groupby(outcomes, key=lambda row: str(row["outcome"])):
            cards = [with_emoji(row["card"]) for row in group]
            commune = next((c.name for c in communes(who.database) if c.code == commune_code), commune_code)
            words = say(f"entry.outcome.{outcome}", count=number(len(cards)), cards=", ".join(cards), commune=commune)
            show = {"recorded": st.success, "unknown": st.warning}.get(outcome, st.info)
            show(words, icon=_ICONS.get(outcome, ":material/info:"))
        for message in said["mistakes"]:
            mistake(message)


def _key(key: str) -> str:
    return f"{key}-told-last"


def _version(key: str) -> int:
    return int(st.session_state.get(f"{key}-version", 0))


def _next_version(key: str) -> None:
    st.session_state[f"{key}-version"] = _version(key) + 1
