"""The cards whose QR codes are in a picture. The picture is decoded in memory and kept nowhere."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from survey_app.card import card_of_code

LONGEST_SIDE = 3200
"""Pixels: enough for a table full of cards; larger photos only cost time."""
MOST_PIXELS = 120_000_000
"""A small file can unpack to a picture that fills the memory."""
_QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


class NotAPicture(Exception):
    """The bytes are no picture that can be opened, or one too large to."""


def cards_in_picture(content: bytes) -> list[str]:
    """Each card once, top to bottom; codes that are not of cards are left out. Raises NotAPicture."""
    found = zxingcpp.read_barcodes(_opened(content), formats=_QR_CODES)
    ordered = sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    cards = (card_of_code(code.text) for code in ordered)
    return list(dict.fromkeys(card for card in cards if card is not None))


def _opened(content: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NotAPicture("too many pixels")
            # JPEG alone can be opened smaller than it is.
            picture.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPicture(str(error)) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return upright
