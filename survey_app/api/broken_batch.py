"""Finds the items of a batch that no JSON reader takes as a whole, so that one broken item costs the others nothing.

It looks at brackets and strings alone: a number that is none, a word, or nesting deeper than a reader goes spoil only the
item that they stand in.
"""

from __future__ import annotations

import re

MOST_TOKENS = 400_000
"""A batch of a hundred ordinary submissions has about 10,000."""

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{},:]', re.DOTALL)


def split(body: bytes) -> tuple[bytes | None, list[bytes]] | None:
    """The JSON of "sent_at" (a string, None when it is something else) and of each item of "submissions".

    None when the body has no such list or ends before it does.
    """
    depth = 0
    key = before = b""
    sent_at: bytes | None = None
    items: list[bytes] | None = None
    start: int | None = None
    is_whole = False
    for count, found in enumerate(_TOKEN.finditer(body)):
        token = found.group()
        if count > MOST_TOKENS:
            return None
        if token in b"[{":
            if depth == 1 and token == b"[" and before == b":" and key == b'"submissions"':
                items, start = [], found.end()
            depth += 1
        elif token in b"]}":
            depth -= 1
            if depth == 1 and items is not None and start is not None:
                last = body[start : found.start()]
                items.extend([last] if items or last.strip() else [])
                start = None
            if depth == 0:
                is_whole = not body[found.end() :].strip()
                break
        elif token == b"," and depth == 2 and items is not None and start is not None:
            items.append(body[start : found.start()])
            start = found.end()
        elif depth == 1 and token.startswith(b'"'):
            if before == b":":
                sent_at = token if key == b'"sent_at"' else sent_at
            else:
                key = token
        before = token
    return (sent_at, items) if is_whole and items is not None else None
