"""Words marked in a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape


def highlighted(text: str, words: Sequence[str]) -> str:
    """HTML of the text with these words marked, however they are capitalised."""
    if not words:
        return escape(text)
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    at, parts = 0, []
    for found in pattern.finditer(text):
        parts += [escape(text[at : found.start()]), f"<mark>{escape(found.group())}</mark>"]
        at = found.end()
    return "".join(parts) + escape(text[at:])
