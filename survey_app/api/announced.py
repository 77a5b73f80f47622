"""What a submission says will follow it: drawings, photos and voices, held against its questionnaire and its answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from survey_app.media_types import MEDIA_TYPE_OF
from survey_app.questionnaire import Questionnaire
from survey_app.questionnaire.model import ATTACHED, DRAWN
from survey_app.questionnaire.order import walk

AttachedKind = Literal["drawing", "photo", "voice"]

NAME = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}[.](webm|ogg|mp4|m4a|mp3|png|webp|jpg)$"
"""Of an attachment: a UUID that the tablet made, and what it is."""
LARGEST_PICTURE = 1024 * 1024
LARGEST_VOICE = 3 * 1024 * 1024
MOST_ATTACHMENTS = 200
"""Of one submission."""
# What browsers call what they have recorded → what it is. The extension of its name must say the same.
MEDIA_TYPES = {
    "audio/webm": "audio/webm",
    "video/webm": "audio/webm",
    "audio/ogg": "audio/ogg",
    "audio/mp4": "audio/mp4",
    "video/mp4": "audio/mp4",
    "audio/mpeg": "audio/mpeg",
    "image/png": "image/png",
    "image/webp": "image/webp",
    "image/jpeg": "image/jpeg",
}
_MOST_TOLD = 20


def attached_questions(questionnaire: Questionnaire) -> dict[str, AttachedKind]:
    """The questions whose answers are names of files."""
    return {node.name: _kind(node.type, node.appearance) for node in walk(questionnaire.nodes) if node.type in ATTACHED}


def announced(
    content: Mapping[str, Any], questions: Mapping[str, AttachedKind]
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """The attachments to expect, as `submit` takes them, and the problems of those that are announced wrongly or not at all."""
    told: list[Mapping[str, Any]] = content.get("attachments") or []
    if not told and not questions:
        return [], []
    named = dict(_named(content["answers"], questions))
    expected: dict[str, dict[str, Any]] = {}
    problems = []
    for one in told:
        question = str(one["question"])
        if named.get(one["name"]) == question.rsplit("/", 1)[-1] and one["name"] not in expected:
            kind = questions[named[one["name"]]]
            media_type = MEDIA_TYPES[one["media_type"]]
            if _fits(kind, media_type, one):
                expected[one["name"]] = {**one, "media_type": media_type, "photo": kind == "photo"}
                continue
        problems.append({"code": "wrong_attachment", "question": question[:64]})
    known = expected.keys() | {one["name"] for one in told}
    problems += [
        {"code": "attachment_missing", "question": question} for name, question in named.items() if name not in known
    ]
    return list(expected.values()), problems[:_MOST_TOLD]


def _kind(node_type: str, appearance: tuple[str, ...]) -> AttachedKind:
    if node_type == "audio":
        return "voice"
    return "drawing" if DRAWN.intersection(appearance) else "photo"


def _named(answers: Any, questions: Mapping[str, AttachedKind]) -> Iterator[tuple[str, str]]:
    """Names of files in the answers, also in those of each time of a repeat, and the question of each."""
    if not isinstance(answers, dict):
        return
    for question, answer in answers.items():
        if isinstance(answer, str) and question in questions:
            yield answer, question
        elif isinstance(answer, list):
            for time in answer:
                if isinstance(time, dict):
                    yield from ((v, k) for k, v in time.items() if k in questions and isinstance(v, str))


def _fits(kind: AttachedKind, media_type: str, one: Mapping[str, Any]) -> bool:
    is_picture = media_type.startswith("image/")
    largest = LARGEST_PICTURE if is_picture else LARGEST_VOICE
    return (
        is_picture == (kind != "voice")
        and MEDIA_TYPE_OF[one["name"].rsplit(".", 1)[-1]] == media_type
        and one["size"] <= largest
    )
