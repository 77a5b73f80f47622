"""The order of the Vietnamese dictionary: by letters (d before đ, o before ô before ơ), then by tones, word by word."""

from __future__ import annotations

import unicodedata

_LETTERS = {letter: rank for rank, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=1)}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}

Key = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def vietnamese_order(name: str) -> Key:
    """A key for sorted(): `sorted(names, key=vietnamese_order)`."""
    return tuple(_word(word) for word in unicodedata.normalize("NFD", name.casefold()).split())


def _word(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    tones = tuple(_TONES[mark] for mark in word if mark in _TONES)
    letters = unicodedata.normalize("NFC", "".join(mark for mark in word if mark not in _TONES))
    # Anything that is no Vietnamese letter (digits, other scripts) keeps its own order after or before them.
    return tuple(_LETTERS.get(letter, ord(letter) - 1000) for letter in letters), tones
