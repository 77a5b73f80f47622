"""Pictures and recordings that a form names: files that lie beside it, each with a name that is safe anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from survey_app.questionnaire.languages import Languages
from survey_app.questionnaire.problems import FormProblem

_IMAGE = re.compile(r"[\w.-]+\.(webp|png|jpe?g|svg|gif)", re.IGNORECASE)
_AUDIO = re.compile(r"[\w.-]+\.(mp3|m4a|ogg|wav|webm)", re.IGNORECASE)


def read_media_cells(
    row: Mapping[str, Any], languages: Languages, sheet: str, number: int, problems: list[FormProblem]
) -> tuple[str | None, dict[str, str] | None]:
    """The picture of a row, one for all languages, and its recorded readings by language. Other media are refused."""
    media = row.get("media")
    if not isinstance(media, Mapping):
        if media:
            problems.append(FormProblem("unsupported_column", sheet, number, "media", {"column": "media"}))
        return None, None
    for kind, cell in media.items():
        if kind not in ("image", "audio") and cell:
            details = {"column": f"media::{kind}"}
            problems.append(FormProblem("unsupported_column", sheet, number, f"media::{kind}", details))
    return (
        _image(media.get("image"), sheet, number, problems),
        _audio(media.get("audio"), languages, sheet, number, problems),
    )


def _image(cell: Any, sheet: str, number: int, problems: list[FormProblem]) -> str | None:
    files = list(dict.fromkeys(str(file) for file in cell.values())) if isinstance(cell, Mapping) else [cell]
    if not files or not files[0]:
        return None
    image = ", ".join(str(file) for file in files)
    if not _IMAGE.fullmatch(image):
        problems.append(FormProblem("bad_image", sheet, number, "media::image", {"image": image}))
        return None
    return image


def _audio(
    cell: Any, languages: Languages, sheet: str, number: int, problems: list[FormProblem]
) -> dict[str, str] | None:
    """A language without a recording is no error: the tablet's own voice reads it."""
    audio: dict[str, str] = {}
    for code, file in languages.cells(cell).items():
        if not _AUDIO.fullmatch(file):
            problems.append(FormProblem("bad_audio", sheet, number, "media::audio", {"audio": file}))
        else:
            audio[code] = file
    return audio or None
