"""Photos of cards on a table, drawn."""

from __future__ import annotations

import io
from collections.abc import Sequence

import segno
from PIL import Image

from survey_app.card import animals, check_digit


def card(animal: str, first_digits: str) -> str:
    """A card whose check digit is true."""
    return f"{animal}{first_digits}{check_digit(f'{animals()[animal][0]:02d}{first_digits}')}"


def picture_of(contents: Sequence[str], *, tilt: float = 7, suffix: str = "JPEG", scale: int = 5) -> bytes:
    """QR codes of these contents on grey, three in a row, each tilted a bit more than the one before."""
    side = 330 * scale // 5
    table = Image.new("RGB", (side * 3, side * ((len(contents) + 2) // 3)), (205, 200, 190))
    for at, content in enumerate(contents):
        drawn = io.BytesIO()
        segno.make(content, error="m").save(drawn, kind="png", scale=scale, border=4)
        code = Image.open(drawn).convert("RGBA").rotate(tilt * (at - len(contents) // 2), expand=True, resample=3)
        table.paste(code, (at % 3 * side + 20, at // 3 * side + 20), code)
    written = io.BytesIO()
    table.save(written, suffix)
    return written.getvalue()
