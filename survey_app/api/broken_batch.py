"""Finds the items of a batch that no JSON reader takes as a whole, so that one broken item costs the others nothing.

It looks at brackets and strings alone: a number that is none, a word, or nesting deeper than a reader goes spoil only the
item that they stand in.
"""

from __future__ import annotations

import re

MOST_TOKENS = 130_000
"""A batch of a hundred ordinary submissions has about 10,000; more than this would keep others waiting."""

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)|\[+|\]+|\{+|\}+|[,:]', re.DOTALL)


def split(body: bytes) -> tuple[bytes | None, list[bytes]] | None:
    """The JSON of "sent_at" (a string, None when it is something else) and of each item of "submissions".

    None when the body has no such list or ends before it does.
    """
    depth = 0
    key = before = b""
    sent_at: bytes | None = None
    items: list[bytes] | None = None
    start: int | None = None
    for count, found in enumerate(_TOKEN.finditer(body)):
        token, at = found.group(), found.start()
        if count > MOST_TOKENS or (count == 0 and token[:1] != b"{"):
            return None
        if token[0] in b"[{":
            if depth == 1 and token[:1] == b"[" and before == b":" and key == b'"submissions"':
                items, start = [], at + 1
            depth += len(token)
        elif token[0] in b"]}":
            if items is not None and start is not None and depth - len(token) <= 1:
                last = body[start : at + depth - 2]
                items.extend([last] if items or last.strip() else [])
                start = None
            depth -= len(token)
            if depth <= 0:
                is_whole = depth == 0 and not body[found.end() :].strip()
                return (sent_at, items) if is_whole and items is not None else None
        elif token == b"," and depth == 2 and items is not None and start is not None:
            items.append(body[start:at])
            start = at + 1
        elif depth == 1 and token[:1] == b'"':
            if before == b":":
                sent_at = token if key == b'"sent_at"' else sent_at
            else:
                key = token
        before = token
    return None
