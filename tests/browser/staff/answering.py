"""A child's answers, sent as a tablet sends them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from tests.browser.conftest import Server


@dataclass(frozen=True)
class File:
    """What a child drew or said."""

    name: str
    media_type: str
    content: bytes


def answer(server: Server, consultation: str, files: Mapping[str, File] | None = None, *, upload: bool = True) -> None:
    """A finished answer without a card: to each question of `files` a file, and nothing else."""
    given = files or {}
    questionnaire, version = server.rows(
        "select questionnaire_id, questionnaire_version from consultation where id = %s", consultation
    )[0]
    now, submission = datetime.now(UTC).isoformat(), str(uuid4())
    item: dict[str, Any] = {
        **{"id": submission, "consultation": consultation, "questionnaire": questionnaire, "version": version},
        **{
            "language": "vi",
            "card": None,
            "assent": {"version": 1, "given": True},
            "started_at": now,
            "finished_at": now,
        },
        **{"device": str(uuid4()), "receipt": uuid4().hex[:10].upper()},
        "answers": {question: file.name for question, file in given.items()},
    }
    if given:
        item["attachments"] = [
            {
                **{"name": file.name, "question": question, "media_type": file.media_type},
                **{"size": len(file.content), "sha256": hashlib.sha256(file.content).hexdigest()},
            }
            for question, file in given.items()
        ]
    sent = httpx.post(f"{server.url}/api/submissions", json={"sent_at": now, "submissions": [item]})
    assert sent.json()["results"][0]["verdict"] == "created", sent.text
    for file in given.values() if upload else ():
        stored = httpx.patch(
            f"{server.url}/api/attachments/{submission}/{file.name}",
            content=file.content,
            headers={"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"},
        )
        assert stored.status_code == 204, stored.text
