"""Cards in a photo."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from survey_app.card_scan import LONGEST_SIDE, NotAPicture, cards_in_picture
from tests.card_pictures import card, picture_of

CARDS = [card(animal, f"{at}42") for at, animal in enumerate(("VOI", "MEO", "THO", "COP", "VOI"))]
CODES = [f"https://khaosat.example.org/join?card={one}" for one in CARDS]


@pytest.mark.parametrize("suffix", ["JPEG", "PNG", "WEBP"])
def test_five_tilted_cards_in_one_picture(suffix: str) -> None:
    assert sorted(cards_in_picture(picture_of(CODES, suffix=suffix))) == sorted(CARDS)


def test_a_large_photo_is_read_too() -> None:
    photo = picture_of(CODES, scale=25)
    assert max(Image.open(io.BytesIO(photo)).size) > LONGEST_SIDE
    assert sorted(cards_in_picture(photo)) == sorted(CARDS)


def test_other_codes_are_left_out_and_a_card_comes_once() -> None:
    assert cards_in_picture(picture_of(["https://example.org", CODES[0], CODES[0]])) == [CARDS[0]]


def test_a_picture_without_codes_has_no_cards() -> None:
    blank = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(blank, "PNG")
    assert cards_in_picture(blank.getvalue()) == []


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff\xe0 broken", picture_of(CODES)[:2000]])
def test_what_is_no_picture_is_told(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        cards_in_picture(content)
