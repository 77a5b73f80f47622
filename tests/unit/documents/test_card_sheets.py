"""Sheets of cards, read back from their pictures."""

from __future__ import annotations

import time

import pytest

from survey_app.card import animals, card_of_code, spaced
from survey_app.documents.card_sheets import card_sheets
from survey_app.reference_data import card_animals
from tests.card_pictures import card
from tests.unit.documents.opened import LONG_NAME, assert_within, codes, letters, pages, text

ADDRESS = "https://tiengnoi.travinh.example.org"
OWNER = "Lớp 4A, 2026–2027 · Trường Tiểu học Nguyễn Văn Trỗi"
CARDS = [card(animal, f"{100 + at}") for at, animal in enumerate(animals())]
ACROSS, DOWN, LEFT, TOP = 95, 69, 10, 10.5
"""Millimetres: a card, and where the first begins."""


@pytest.fixture(scope="module")
def sheets() -> bytes:
    return card_sheets(CARDS, OWNER, ADDRESS)


def test_every_code_is_read_back_from_the_picture_in_order(sheets: bytes) -> None:
    read = codes(sheets)
    assert [len(page) for page in read] == [8] * 5
    everything = [one for page in read for one in page]
    assert everything == [f"{ADDRESS}/join?card={one}" for one in CARDS]
    assert [card_of_code(one) for one in everything] == CARDS


def test_a_card_says_its_animal_in_both_languages_and_its_code(sheets: bytes) -> None:
    said = text(sheets)
    for one, animal in zip(CARDS, card_animals(), strict=True):
        assert spaced(one) in said
        assert animal["vi"][1:] in said
    assert said.count("Tên em (thầy cô viết tay):") == len(CARDS)
    assert said.count(OWNER) == len(CARDS)
    # Whole words without signs above or below, which readers take apart differently.
    assert "កូអាឡា" in said
    assert said.count("111") >= len(CARDS)


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (8, 1), (9, 2), (35, 5)])
def test_eight_cards_are_on_a_page(count: int, expected: int) -> None:
    assert pages(card_sheets(CARDS[:count], OWNER, ADDRESS)) == expected


def test_the_same_cards_are_the_same_file() -> None:
    assert card_sheets(CARDS[:3], OWNER, ADDRESS) == card_sheets(CARDS[:3], OWNER, ADDRESS)


@pytest.mark.parametrize("owner", [OWNER, f"Lớp 4A1, 2026–2027 · {LONG_NAME}", "Một cái tên không có chỗ " * 20])
def test_nothing_stands_across_a_cutting_line(owner: str) -> None:
    sheets = card_sheets(CARDS, owner, ADDRESS)
    assert_within(sheets, 10)
    for page in letters(sheets):
        for letter in page:
            assert int((letter.left - LEFT) // ACROSS) == int((letter.right - LEFT) // ACROSS), letter
            assert int((letter.top - TOP) // DOWN) == int((letter.bottom - TOP) // DOWN), letter


def test_a_long_name_keeps_clear_of_the_line_for_the_name() -> None:
    one = card_sheets(CARDS[:1], f"Lớp 4A1, 2026–2027 · {LONG_NAME}", ADDRESS)
    assert LONG_NAME in text(one)
    (page,) = letters(one)
    line = max(letter.bottom for letter in page if letter.character == "(")
    below = [letter for letter in page if letter.top > line]
    assert len(below) > len(LONG_NAME.replace(" ", ""))


def test_what_looks_like_markup_is_printed_as_it_is() -> None:
    assert "#pagebreak() *4A* $x$ \\ @lớp" in text(card_sheets(CARDS[:1], "#pagebreak() *4A* $x$ \\ @lớp", ADDRESS))


def test_a_class_is_made_at_once() -> None:
    started = time.perf_counter()
    card_sheets(CARDS[:35], "Lớp 5B", ADDRESS)
    assert time.perf_counter() - started < 2
