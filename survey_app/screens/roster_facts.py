"""The classes that this member of staff works with, and the cards of one, as screens and files show them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from html import escape
from typing import Any
from uuid import UUID

import streamlit as st

from survey_app.card import animals, spaced, with_emoji
from survey_app.database import Database, Row
from survey_app.screens.language import say
from survey_app.screens.stored_rows import rows
from survey_app.vietnamese_order import vietnamese_order

COLUMNS = ("id", "name", "commune_code", "commune_name", "school_id", "school_name", "cards")
MEMBER_COLUMNS = ("participant_id", "card", "birth_year", "birth_month", "sex")


def rosters(database: Database) -> list[Row]:
    """By commune, school and class, as people count: 4A before 10A."""
    return sorted(rows(database, "roster_overview", COLUMNS), key=roster_order)


def roster(database: Database, identity: str | None) -> Row | None:
    """None for one that is not there, or not for this member of staff."""
    try:
        wanted = str(UUID(identity or ""))
    except ValueError:
        return None
    found = rows(database, "roster_overview", COLUMNS, {"id": wanted})
    return found[0] if found else None


def members(database: Database, roster_id: str) -> list[Row]:
    """Its cards, in the order of the animals."""
    found = rows(database, "roster_member", MEMBER_COLUMNS, {"roster_id": roster_id})
    return sorted(found, key=lambda row: card_order(row["card"]))


def card_order(card: str) -> tuple[int, str]:
    return animals().get(card[:-4], (100, "", ""))[0], card[-4:]


def place_of(row: Row) -> str:
    """Where the class is."""
    return " · ".join(filter(None, (row["school_name"] or say("field.school.none"), row["commune_name"])))


def next_class_name(name: str) -> str:
    """The class a year later: "Lớp 4A, 2026–2027" becomes "Lớp 5A, 2027–2028"; without a number, the same."""

    def later(found: re.Match[str]) -> str:
        number = int(found[0])
        return str(number + 1) if number < 13 or 2000 <= number < 2100 else found[0]

    grade, *rest = re.split(r"(?<=\d)(?!\d)", name, maxsplit=1) or [name]
    # The grade is the first number; behind it, only years count on.
    return re.sub(r"\d+", later, grade) + re.sub(r"\b20\d\d\b", later, "".join(rest))


def born(row: Row) -> str:
    """Year, or month and year, of birth."""
    return f"{row['birth_month']}/{row['birth_year']}" if row.get("birth_month") else str(row["birth_year"])


def sex_of(row: Row) -> str:
    return say("sex." + (row["sex"] or "any"))


def cards_table(cards: Sequence[Row]) -> None:
    """What the teacher reads beside her own list; with the row of an imported list where a card has one."""
    with_row = any("row" in card for card in cards)
    names = ("row", "card", "born", "sex") if with_row else ("card", "born", "sex")
    head = "".join(f'<th scope="col">{escape(say("cards.column." + name))}</th>' for name in names)
    body = "".join(
        "<tr>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(card, with_emoji(card["card"]), with_row=with_row))
        + "</tr>"
        for card in cards
    )
    st.html(f'<table class="plain cards"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def cards_download(cards: Sequence[Row], key: str, file_name: str = "the-tham-gia.csv") -> None:
    st.download_button(
        say("cards.download"),
        cards_csv(cards),
        file_name=file_name,
        mime="text/csv",
        icon=":material/download:",
        key=key,
        on_click="ignore",
        width="stretch",
    )


def cards_csv(cards: Sequence[Row]) -> bytes:
    """For a spreadsheet: marked as UTF-8, so that Excel reads Vietnamese."""
    with_row = any("row" in card for card in cards)
    file = io.StringIO()
    writer = csv.writer(file)
    names = ("row", "card", "born", "sex") if with_row else ("card", "born", "sex")
    writer.writerow([say("cards.column." + name) for name in names])
    for card in cards:
        writer.writerow(_cells(card, spaced(card["card"]), with_row=with_row))
    return file.getvalue().encode("utf-8-sig")


def _cells(card: Row, shown: str, *, with_row: bool) -> list[str]:
    return [*([str(card["row"])] if with_row else []), shown, born(card), sex_of(card)]


def roster_order(row: Row) -> tuple[Any, ...]:
    """Commune, school, class; no school first."""
    parts = re.split(r"(\d+)", row["name"])
    natural = [(1, int(part), ()) if part.isdigit() else (0, 0, vietnamese_order(part)) for part in parts]
    return vietnamese_order(row["commune_name"] or ""), vietnamese_order(row["school_name"] or ""), natural
