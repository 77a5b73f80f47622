"""What a tablet does with drawings and voices: a form that asks for them, files of each kind, and sending in parts."""

from __future__ import annotations

import hashlib
import os
import uuid
from typing import Any

import httpx

from survey_app.api.attachments import PART_TYPE
from tests.database.api_client import Asked, DescribedClient, item

FORM = "api-tep"
FORM_TEXT = """
| survey |
|        | type         | name   | label::Tiếng Việt (vi) | appearance |
|        | image        | tranh  | Em vẽ gì?              | draw       |
|        | image        | anh    | Em chụp gì?            |            |
|        | audio        | tieng  | Em nói gì?             |            |
|        | text         | mong   | Em mong gì?            |            |
|        | begin_repeat | lan    | Mỗi lần                |            |
|        | audio        | ke     | Em kể nghe             |            |
|        | end_repeat   |        |                        |            |
| settings |
|        | form_id | version | form_title | default_language |
|        | api-tep | 1       | Thử tệp    | Tiếng Việt (vi)  |
"""
HEADS = {
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "webp": b"RIFF\x00\x00\x00\x00WEBP",
    "webm": b"\x1a\x45\xdf\xa3",
    "ogg": b"OggS\x00\x02",
    "m4a": b"\x00\x00\x00\x20ftypM4A ",
    "mp4": b"\x00\x00\x00\x20ftypisom",
    "mp3": b"ID3\x04\x00",
}
MEDIA_TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "webm": "audio/webm", "ogg": "audio/ogg",
    "m4a": "audio/mp4", "mp4": "video/mp4", "mp3": "audio/mpeg",
}  # fmt: skip


def content_of(extension: str, size: int = 5000) -> bytes:
    """Bytes that begin as such a file does."""
    head = HEADS[extension]
    return head + os.urandom(size - len(head))


def announcement(question: str, extension: str, content: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "name": f"{uuid.uuid4()}.{extension}", "question": question, "media_type": MEDIA_TYPES[extension],
        "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), **changes,
    }  # fmt: skip


def item_with(asked: Asked, *announced: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A submission whose answers name these files; questions of the repeat are given as lan/0/ke."""
    answers: dict[str, Any] = {}
    for one in announced:
        path = one["question"].split("/")
        if len(path) == 1:
            answers[path[0]] = one["name"]
        else:
            answers.setdefault(path[0], []).append({path[2]: one["name"]})
    content = {"questionnaire": FORM, "answers": answers, "attachments": list(announced), **changes}
    return item(asked.id, **content)


def address(submission: str, name: str) -> str:
    return f"/api/attachments/{submission}/{name}"


def head(client: DescribedClient, submission: str, name: str) -> httpx.Response:
    return client.request("HEAD", address(submission, name))


def patch(
    client: DescribedClient, submission: str, name: str, offset: int | str, part: bytes, **headers: str
) -> httpx.Response:
    sent = {"Content-Type": PART_TYPE, "Upload-Offset": str(offset), **headers}
    return client.request("PATCH", address(submission, name), content=part, headers=sent)


def send_all(
    client: DescribedClient, submission: str, name: str, content: bytes, size_of_part: int = 100_000
) -> httpx.Response:
    """From where the server is, to the end; the last answer."""
    offset = int(head(client, submission, name).headers["upload-offset"])
    while True:
        answer = patch(client, submission, name, offset, content[offset : offset + size_of_part])
        if answer.status_code != 204 or answer.headers.get("upload-stored") == "true":
            return answer
        offset = int(answer.headers["upload-offset"])
