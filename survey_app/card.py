"""Cards as people write them: an animal and four digits, the last of which checks the others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal
from unicodedata import normalize
from urllib.parse import parse_qs, urlsplit

from survey_app.reference_data import card_animals

Mistake = Literal["form", "animal", "digits"]
"""form: not an animal and four digits; animal: no card has it; digits: the check digit says that one is wrong."""

_CARD = re.compile(r"([A-Z]{2,8})([0-9]{4})")
_WRITTEN = re.compile(r"([^\W\d_]+)[\s.\-–]*([0-9]+)|[^\s,;]+")


@dataclass(frozen=True)
class Written:
    """What somebody wrote: cards in order, each once, and what is no card, with the reason."""

    cards: tuple[str, ...]
    mistakes: tuple[tuple[str, Mistake], ...]


@cache
def animals() -> Mapping[str, tuple[int, str, str]]:
    """Code → position, emoji and Vietnamese name."""
    return {row["code"]: (row["position"], row["emoji"], row["vi"]) for row in card_animals()}


def check_digit(digits: str) -> int:
    """ISO/IEC 7064, MOD 11,10."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (11 - product) % 10


def card_mistake(card: str) -> Mistake | None:
    """What is wrong with a card such as "VOI4821"; None when it can be one."""
    found = _CARD.fullmatch(card)
    if found is None:
        return "form"
    animal = animals().get(found[1])
    if animal is None:
        return "animal"
    digits = found[2]
    return None if check_digit(f"{animal[0]:02d}{digits[:3]}") == int(digits[3]) else "digits"


def parse_cards(text: str) -> Written:
    """Cards separated by spaces, commas, semicolons or lines: "VOI 4821, mèo0063"; accents and case do not matter."""
    cards: dict[str, None] = {}
    mistakes: list[tuple[str, Mistake]] = []
    for found in _WRITTEN.finditer(normalize("NFC", text)):
        card = _plain(f"{found[1]}{found[2]}" if found[1] else found[0])
        wrong = card_mistake(card)
        if wrong is None:
            cards[card] = None
        else:
            mistakes.append((found[0].strip(), wrong))
    return Written(tuple(cards), tuple(mistakes))


def card_of_code(content: str) -> str | None:
    """The card in the content of a QR code: an address with ?card=, or the card alone; None when it holds none."""
    named = parse_qs(urlsplit(content).query).get("card") if "card=" in content else None
    card = re.sub(r"[^A-Z0-9]", "", (named[0] if named else content).upper())
    return card if card_mistake(card) is None else None


def spaced(card: str) -> str:
    """ "VOI4821" as it is printed: "VOI 4821"."""
    return f"{card[:-4]} {card[-4:]}"


def with_emoji(card: str) -> str:
    """The animal before the printed card, so that it is found at a glance."""
    animal = animals().get(card[:-4])
    return f"{animal[1]} {spaced(card)}" if animal else spaced(card)


def _plain(written: str) -> str:
    """In capitals, without accents: animals are written as they are spoken."""
    bare = normalize("NFD", written.replace("đ", "d").replace("Đ", "D"))
    return "".join(one for one in bare if one.isascii() and one.isalnum()).upper()
