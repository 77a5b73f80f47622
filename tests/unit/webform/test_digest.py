"""The web form's own SHA-256 is SHA-256."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.unit.javascript import in_javascript

TASK = Path(__file__).with_name("run_digest.mjs")
# Around the ends of a block, where the padding changes; and more than one block.
LENGTHS = (0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 70_000)


def test_our_own_digest_is_sha_256() -> None:
    contents = [bytes((i * 7 + length) % 256 for i in range(length)) for length in LENGTHS]
    digests = in_javascript(TASK, [*map(list, contents), "Trà Vinh"])
    assert digests == [hashlib.sha256(content).hexdigest() for content in (*contents, "Trà Vinh".encode())]
