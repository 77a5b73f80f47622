"""Proof to the database that the application has checked what it passes on; private.vouched is its twin."""

from __future__ import annotations

from hashlib import sha256


def voucher(secret: str, text: str) -> str:
    """The voucher for this text (a batch, or the name of what is asked for), in hexadecimal digits."""
    inner = sha256((secret + text).encode()).hexdigest()
    return sha256((secret + inner).encode()).hexdigest()
