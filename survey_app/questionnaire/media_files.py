"""The files that a form names, read from the folder beside it: what each is, its content says, whatever it is called."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from survey_app.media_types import MEDIA_TYPE_OF
from survey_app.questionnaire.model import Choice, Node, Questionnaire
from survey_app.questionnaire.order import walk
from survey_app.questionnaire.problems import FormProblem, QuestionnaireError

FOLDER = "media"
"""Beside the form."""
LARGEST_PICTURE = 500_000
LARGEST_SOUND = 1_000_000
"""Bytes: forty tablets load all of it over a school's link."""

_HEADS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
    (b"OggS", "ogg"),
    (b"\x1a\x45\xdf\xa3", "webm"),
    (b"ID3", "mp3"),
)
_RIFF = {b"WEBP": "webp", b"WAVE": "wav"}
_SVG = re.compile(rb"\A(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<svg[\s>]", re.DOTALL)
_ACTIVE = re.compile(rb"<script|<foreignobject|<!entity|javascript:|\son[a-z]+\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A picture or sound. `name` is its name in the form; it is stored under a name made from its content."""

    name: str
    stored_as: str
    content: bytes
    media_type: str

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


def wanted_media(questionnaire: Questionnaire) -> dict[str, bool]:
    """The names of all files that the form shows or plays, in its order; True for a picture, False for a sound."""
    wanted: dict[str, bool] = {}
    for one in _parts(questionnaire):
        if one.image:
            wanted.setdefault(one.image, True)
        for file in (one.audio or {}).values():
            wanted.setdefault(file, False)
    return wanted


def read_media(questionnaire: Questionnaire, form: Path) -> tuple[MediaFile, ...]:
    """The files of the form at this path. Raises QuestionnaireError with every file that is missing or cannot be used."""
    found = []
    problems = []
    for name, is_picture in wanted_media(questionnaire).items():
        details = {"file": name, "form": form.name, "folder": str(form.parent / FOLDER)}
        largest = LARGEST_PICTURE if is_picture else LARGEST_SOUND
        try:
            content = (form.parent / FOLDER / name).read_bytes()
        except OSError:
            problems.append(FormProblem("media_missing", details=details))
            continue
        kind = kind_of(content)
        if kind is None or kind[1].startswith("image/") != is_picture:
            problems.append(FormProblem("media_wrong", details=details))
        elif len(content) > largest:
            problems.append(FormProblem("media_too_large", details={**details, "limit": str(largest // 1000)}))
        else:
            extension, media_type = kind
            found.append(MediaFile(name, stored_name(content, extension), content, media_type))
    if problems:
        raise QuestionnaireError(problems)
    return tuple(found)


def stored_name(content: bytes, extension: str) -> str:
    """The same for the same content, so that a copy on a tablet never grows old."""
    return f"{hashlib.sha256(content).hexdigest()[:32]}.{extension}"


def kind_of(content: bytes) -> tuple[str, str] | None:
    """Extension and media type by what the file begins with; None when it is none of ours, or a drawing that does things."""
    extension = _extension(content)
    return (extension, MEDIA_TYPE_OF[extension]) if extension else None


def _extension(content: bytes) -> str | None:
    for head, extension in _HEADS:
        if content.startswith(head):
            return extension
    if content.startswith(b"RIFF"):
        return _RIFF.get(content[8:12])
    if content[4:8] == b"ftyp":
        return "m4a"
    if len(content) > 1 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2:
        return "mp3"
    if _SVG.match(content) and not _ACTIVE.search(content):
        return "svg"
    return None


def _parts(questionnaire: Questionnaire) -> Iterator[Node | Choice]:
    yield from walk(questionnaire.nodes)
    for choices in questionnaire.choices.values():
        yield from choices
