"""Words of a child that may tell of harm: they bring a text before the protection officer, and nothing else.

An alert too many costs a reading, an alert too few may cost a child: what is doubtful alerts. Vietnamese is found with and
without its marks (children type both); words that would mean something else without them only with marks. What is not meant
as harm ("đánh răng") is listed as such.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "harm_words.json"
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_KHMER = re.compile(r"[\u1780-\u17ff]")

Phrase = tuple[frozenset[str], ...]
"""Of each of its words the ways to write it."""


@dataclass(frozen=True)
class _Lists:
    """Phrases by the first word of them; Khmer writes no spaces, so its phrases are looked for anywhere."""

    harm: dict[str, tuple[Phrase, ...]]
    harmless: dict[str, tuple[Phrase, ...]]
    khmer: re.Pattern[str]


def harm_words(text: str) -> tuple[str, ...]:
    """The words of the text that may tell of harm, as they are written there, each once; empty when there are none."""
    text = unicodedata.normalize("NFC", text)
    lists = _lists()
    places = [(word.start(), word.end()) for word in _WORD.finditer(text)]
    words = [text[start:end].casefold().replace("’", "'") for start, end in places]
    harmless = list(_found(words, lists.harmless))
    harm = [
        (start, end)
        for start, end in _found(words, lists.harm)
        if not any(first < end <= last for first, last in harmless)
    ]
    found = [text[places[start][0] : places[end - 1][1]] for start, end in _joined(harm)]
    if _KHMER.search(text):
        # Zero-width spaces divide words for the eye of a program alone.
        found += lists.khmer.findall(text.replace("\u200b", ""))
    return tuple(dict.fromkeys(found))


def _found(words: list[str], phrases: dict[str, tuple[Phrase, ...]]) -> Iterator[tuple[int, int]]:
    for at, word in enumerate(words):
        for phrase in phrases.get(word, ()):
            end = at + len(phrase)
            if end <= len(words) and all(words[at + i] in ways for i, ways in enumerate(phrase)):
                yield at, end


def _joined(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that share words become one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


@cache
def _lists() -> _Lists:
    read = json.loads(_FILE.read_text(encoding="utf-8"))
    marked = frozenset(read["only_with_marks"])
    spaced = [phrase for theme in read["themes"].values() for language in ("vi", "en") for phrase in theme[language]]
    khmer = sorted({phrase for theme in read["themes"].values() for phrase in theme["km"]}, key=len, reverse=True)
    return _Lists(
        _by_first_word(_phrase(phrase, unmarked=phrase not in marked) for phrase in spaced),
        _by_first_word(_phrase(phrase, unmarked=True) for phrase in read["not_harm"]),
        re.compile("|".join(map(re.escape, khmer))),
    )


def _phrase(phrase: str, *, unmarked: bool) -> Phrase:
    words = unicodedata.normalize("NFC", phrase).casefold().split()
    return tuple(frozenset({word, _without_marks(word)} if unmarked else {word}) for word in words)


def _by_first_word(phrases: Iterable[Phrase]) -> dict[str, tuple[Phrase, ...]]:
    by_first: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        for way in phrase[0]:
            by_first.setdefault(way, []).append(phrase)
    return {word: tuple(found) for word, found in by_first.items()}


def _without_marks(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
