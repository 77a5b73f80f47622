"""Cards as people write them."""

from __future__ import annotations

import pytest

from survey_app.card import card_mistake, card_of_code, check_digit, parse_cards, spaced, with_emoji
from tests.card_pictures import card

ELEPHANT, CAT, RABBIT = card("VOI", "482"), card("MEO", "006"), card("THO", "115")


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert check_digit("0794") == 5


@pytest.mark.parametrize(
    "written",
    [
        f"{ELEPHANT} {CAT}",
        f"{spaced(ELEPHANT)}, {spaced(CAT)}",
        f"{ELEPHANT.lower()};{CAT.lower()}",
        f"{ELEPHANT}\n{CAT}\n{ELEPHANT}",
        f"Voi-{ELEPHANT[-4:]},Mèo {CAT[-4:]}",
        f"{ELEPHANT}{CAT}",
    ],
)
def test_cards_are_read_however_they_are_separated(written: str) -> None:
    found = parse_cards(written)
    assert (found.cards, found.mistakes) == ((ELEPHANT, CAT), ())


def test_a_mistake_says_what_is_wrong() -> None:
    wrong = f"{ELEPHANT[:-1]}{(int(ELEPHANT[-1]) + 1) % 10}"
    found = parse_cards(f"{RABBIT}, {wrong}, XYZ 1234, voi 12, 4821, ?!")
    assert found.cards == (RABBIT,)
    assert found.mistakes == (
        (wrong, "digits"), ("XYZ 1234", "animal"), ("voi 12", "form"), ("4821", "form"), ("?!", "form"),
    )  # fmt: skip


def test_nothing_written_is_no_mistake() -> None:
    assert parse_cards(" ,\n; ") == parse_cards("")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"https://example.org/join?card={ELEPHANT}", ELEPHANT),
        (f"https://example.org/join/123456?lang=vi&card={ELEPHANT[:-4]}%20{ELEPHANT[-4:]}#top", ELEPHANT),
        (spaced(ELEPHANT), ELEPHANT),
        ("https://example.org/join", None),
        ("https://example.org/?card=VOI0000000", None),
        ("", None),
    ],
)
def test_a_code_holds_a_card_or_none(content: str, expected: str | None) -> None:
    assert card_of_code(content) == expected


def test_a_card_is_shown_with_its_animal() -> None:
    assert with_emoji(ELEPHANT) == f"🐘 VOI {ELEPHANT[-4:]}"
    assert card_mistake("voi4821") == "form"
