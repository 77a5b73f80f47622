"""What both doors hold to when files are kept: the buckets, names that are safe anywhere, and content that stayed the same.

Supabase Storage enforces sizes and types by itself (schema.sql tells it the same ones).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from survey_app.database.errors import DatabaseError, InvalidData, NoSuchFile

_SOUNDS = frozenset({"audio/webm", "audio/ogg", "audio/mp4", "audio/mpeg"})
_PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})
_NAME = re.compile(r"[0-9a-f]{8}[0-9a-f-]{24,28}\.[a-z0-9]{2,4}", re.ASCII)


@dataclass(frozen=True)
class Bucket:
    """What a bucket takes."""

    largest: int
    """Bytes."""
    media_types: frozenset[str]


BUCKETS: Mapping[str, Bucket] = MappingProxyType(
    {
        "attachment": Bucket(3 * 1024 * 1024, _SOUNDS | _PICTURES),
        "media": Bucket(1024 * 1024, _SOUNDS | _PICTURES | {"image/gif", "image/svg+xml", "audio/wav"}),
    }
)


def check_name(bucket: str, name: str) -> None:
    """Raises InvalidData for a bucket that there is not and for a name that is none of ours."""
    if bucket not in BUCKETS:
        raise InvalidData(f"there is no bucket {bucket!r}; there are {', '.join(BUCKETS)}")
    if not _NAME.fullmatch(name):
        raise InvalidData(f"{name!r} is no name of a stored file: 32 hex digits or a UUID, and an extension")


def check_content(bucket: str, content: bytes, media_type: str) -> None:
    """Raises InvalidData for what the bucket does not take."""
    if not 0 < len(content) <= BUCKETS[bucket].largest:
        raise InvalidData(f"{len(content)} bytes: the bucket {bucket} takes 1 to {BUCKETS[bucket].largest}")
    if media_type not in BUCKETS[bucket].media_types:
        raise InvalidData(f"the bucket {bucket} does not take {media_type}")


class _Reader(Protocol):
    def read(self, view: str, *, columns: list[str], where: dict[str, Any]) -> Any: ...


def check_digest(reader: _Reader, name: str, content: bytes) -> None:
    """Raises DatabaseError when an attachment is not what was verified before it was kept."""
    stored = reader.read("attachment", columns=["sha256"], where={"name": name})["sha256"].tolist()
    if not stored:
        raise NoSuchFile(name)
    if stored != [hashlib.sha256(content).hexdigest()]:
        raise DatabaseError(f"the file {name} was changed after it was stored")
