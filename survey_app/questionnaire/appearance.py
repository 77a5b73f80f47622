"""The appearances of XLSForm, by type: those that the web form follows, and those that it may pass over."""

from __future__ import annotations

import re

# Where these are not followed, a child sees another arrangement of the same question and gives the same answer.
_CHOICES = ("minimal", "quick", "no-buttons", "autocomplete", "search", "columns", "columns-pack", "horizontal")
_RANGE = ("vertical", "picker", "no-ticks", "distress")
KNOWN: dict[str, tuple[str, ...]] = {
    "select_one": ("faces", "picture-grid", "likert", "stars", *_CHOICES),
    "select_multiple": ("picture-grid", *_CHOICES),
    "rank": ("rank", *_CHOICES),
    "text": ("multiline", "numbers", "thousands-sep"),
    "integer": ("stars", "counter", "thousands-sep"),
    "decimal": ("thousands-sep",),
    "range": ("stars", "slider", "faces", *_RANGE),
    "date": ("no-calendar", "minimal"),
    "time": ("minimal",),
    "image": ("draw", "signature", "new"),
    "audio": ("new",),
    "group": ("field-list", "minimal", "no-collapse"),
    "repeat": ("field-list", "minimal", "no-collapse"),
}
# The same with a number, and older names.
_ARRANGED = re.compile(r"columns-([0-9]{1,2}|flex)|(quick)?compact(-[0-9]{1,2})?|horizontal-compact")
# Widths on a grid, of any row.
_WIDTH = re.compile(r"w([1-9]|10)")
# Our names of what XLSForm calls otherwise.
_OURS = {("range", "rating"): "stars"}
# The front camera takes the face of the child who holds the tablet.
_FACE = frozenset({"new-front", "selfie", "front"})
# A date without its day, or without its month.
_PART_OF_DATE = frozenset({"month-year", "year"})


def read_appearance(given: str, kind: str) -> tuple[tuple[str, ...], tuple[str, dict[str, str]] | None]:
    """The words of an appearance cell, and what is wrong with the first that a row of this type cannot have.

    Rows without a screen may have any. The problem is the code and the details of its text.
    """
    words = tuple(_OURS.get((kind, word), word) for word in given.split())
    if kind not in KNOWN and kind not in ("note", "acknowledge"):
        return words, None
    wrong = next((word for word in words if not _is_known(word, kind)), None)
    if wrong is None:
        return words, None
    if kind == "image" and wrong in _FACE:
        return words, ("photo_of_face", {"appearance": wrong})
    if kind == "date" and wrong in _PART_OF_DATE:
        return words, ("part_of_date", {"appearance": wrong})
    known = ", ".join(KNOWN.get(kind, ())) or "–"
    return words, ("unsupported_appearance", {"appearance": wrong, "type": kind, "known": known})


def _is_known(word: str, kind: str) -> bool:
    if word in KNOWN.get(kind, ()) or _WIDTH.fullmatch(word):
        return True
    return kind in ("select_one", "select_multiple", "rank") and _ARRANGED.fullmatch(word) is not None
