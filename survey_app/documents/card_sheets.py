"""Cards to cut out, eight on a page: animal, code and QR code, and a line on which the teacher writes the name by hand."""

from __future__ import annotations

import io
from collections.abc import Iterable
from textwrap import shorten
from typing import Any

import segno

from survey_app.card import spaced
from survey_app.documents.occasion import HOTLINE
from survey_app.documents.typesetting import pdf, said
from survey_app.reference_data import card_animals

LANGUAGE = "vi"
"""The animal's name stands in Khmer beside the Vietnamese."""
LONGEST_OWNER = 200
"""Letters that find room on a card at the smallest size."""


def card_sheets(cards: Iterable[str], owner: str, address: str) -> bytes:
    """A PDF of these cards ("VOI4821"), in order. `owner` is the class and the school, `address` what tablets reach.

    Raises KeyError for an animal that no card has.
    """
    animals = {animal["code"]: animal for animal in card_animals()}
    return pdf(
        "card_sheets.typ",
        LANGUAGE,
        {
            "title": said(LANGUAGE, "cards.title", owner=owner),
            "owner": shorten(owner, LONGEST_OWNER, placeholder="…"),
            "name-line": said(LANGUAGE, "cards.name"),
            "hotline": said(LANGUAGE, "cards.hotline", number=HOTLINE),
            "cards": [_card(card, animals[card[:-4]], address) for card in cards],
        },
    )


def _card(card: str, animal: dict[str, Any], address: str) -> dict[str, str]:
    return {
        "code": spaced(card),
        "emoji": animal["emoji"],
        "vi": animal["vi"][0].upper() + animal["vi"][1:],
        "km": animal["km"],
        "qr": _qr_svg(f"{address}/join?card={card}"),
    }


def _qr_svg(content: str) -> str:
    file = io.BytesIO()
    segno.make(content, error="m", micro=False).save(file, kind="svg", border=2, xmldecl=False, light="#fff")
    return file.getvalue().decode()
