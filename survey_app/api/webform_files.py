"""The light public side's files: read and compressed once at start, served from memory.

The version of the whole is the digest of all of it, so a browser may keep each file for ever under ?v=version.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from survey_app.api.answers import LANGUAGES
from survey_app.messages import catalogue
from survey_app.reference_data import card_animals

FOLDER = Path(__file__).parent.parent / "webform"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
FOR_EVER = "public, max-age=31536000, immutable"
# Texts that a child's way does not need are modules of their own, by the beginning of their keys. All others are in page.js.
_PARTS = {
    "messages-pages.js": ("home.", "withdraw.", "sign-in.", "sign-out.", "poster.", "not-found."),
    "messages-feedback.js": ("feedback.",),
    "messages-teacher.js": ("teacher.", "ready.", "shared."),
    "messages-paper.js": ("paper.",),
    "messages-making.js": ("draw.", "voice.", "photo.", "rank.", "lists.", "dates.", "repeat."),
}
# Whole lines only: what looks like a comment inside a text stays.
_COMMENTS = re.compile(r"^[ \t]*(?:/\*.*?\*/|//[^\n]*)[ \t]*\n", re.MULTILINE | re.DOTALL)
_INDENTATION = re.compile(r"^[ \t]+|\n(?=\n)", re.MULTILINE)
_IMPORTED = re.compile(r"""(?:\bfrom |\bimport ?\(?)"\./([a-z-]+\.js)""")


@dataclass(frozen=True)
class WebformFile:
    """A file as it goes out."""

    content: bytes
    compressed: bytes
    content_type: str
    etag: str


class WebformFiles:
    """All files of the web form by name, with the version put in where they ask for it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        texts = {
            path.name: _without_comments(path.name, path.read_text(encoding="utf-8"))
            for path in sorted(folder.iterdir())
            if path.suffix in _TYPES
        }
        texts |= _message_parts()
        texts["page.js"] = _with_core(texts["page.js"])
        texts["sw.js"] = texts["sw.js"].replace("{{files}}", _compact(_needed_offline(texts)))
        self.version = sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:12]
        self.texts = {name: text.replace("{{version}}", self.version) for name, text in texts.items()}
        self._files = {name: _file(name, text) for name, text in self.texts.items() if not name.endswith(".html")}

    def answer(self, request: Request, name: str) -> Response:
        """The file, or 404; 304 when the browser has it."""
        file = self._files.get(name)
        if file is None:
            return Response("not found", 404, media_type="text/plain")
        named_version = request.query_params.get("v") == self.version
        headers = {
            "ETag": file.etag,
            "Cache-Control": FOR_EVER if named_version else "no-cache",
            "Vary": "Accept-Encoding",
            "Content-Type": file.content_type,
        }
        if request.headers.get("if-none-match") == file.etag:
            return Response(status_code=304, headers=headers)
        return compressed_answer(request, file.content, file.compressed, headers)


def compressed_answer(
    request: Request, content: bytes, compressed: bytes, headers: dict[str, str], status: int = 200
) -> Response:
    """The compressed bytes when the browser takes them."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(compressed, status, {**headers, "Content-Encoding": "gzip"})
    return Response(content, status, headers)


def _file(name: str, text: str) -> WebformFile:
    content = text.encode()
    return WebformFile(
        content, gzip.compress(content, 9, mtime=0), _TYPES[Path(name).suffix], f'"{sha256(content).hexdigest()[:16]}"'
    )


def _without_comments(name: str, text: str) -> str:
    """What a tablet need not load stays here: comments and indentation of scripts and stylesheets."""
    if not name.endswith((".js", ".css")):
        return text
    return _INDENTATION.sub("", _COMMENTS.sub("", text))


def _texts(beginnings: tuple[str, ...], are_wanted: bool = True) -> dict[str, dict[str, str]]:
    """By language, the texts whose keys begin like that, or all others."""
    return {
        language: {
            key: text
            for key, text in catalogue("webform", language).items()
            if key.startswith(beginnings) == are_wanted
        }
        for language in LANGUAGES
    }


def _message_parts() -> dict[str, str]:
    """ES modules, each with its part of the texts in every language."""
    return {name: f"export const messages={_compact(_texts(part))};\n" for name, part in _PARTS.items()}


def _with_core(page: str) -> str:
    """page.js with all other texts and the animals of the cards in it: one request less for a first visit."""
    elsewhere = tuple(beginning for part in _PARTS.values() for beginning in part)
    core = _compact(_texts(elsewhere, are_wanted=False))
    return page.replace("{{messages}}", core).replace("{{animals}}", _compact(card_animals()))


def _needed_offline(texts: dict[str, str]) -> list[str]:
    """What the form can ever load: its stylesheet and every module that is reached from its page."""
    found = ["webform.css"]
    queue = _IMPORTED.findall(texts["join.html"].replace('src="/webform/', 'import "./'))
    while queue:
        name = queue.pop()
        if name not in found and name in texts:
            found.append(name)
            queue += _IMPORTED.findall(texts[name])
    return sorted(found)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
