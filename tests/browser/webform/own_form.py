"""A consultation of a test's own: with its form, its files and its recordings."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from survey_app.questionnaire import read_questionnaire
from survey_app.reference_data import load_questionnaires
from tests.browser.conftest import Server


def open_form(server: Server, form: str, media: Mapping[str, bytes] | None = None) -> str:
    """Store this form (Markdown tables), with its files by name, and open a consultation of it; the join code."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.md"
        path.write_text(form, encoding="utf-8")
        path.with_name("media").mkdir()
        for file, content in (media or {}).items():
            (path.with_name("media") / file).write_bytes(content)
        load_questionnaires(server.as_staff("administrator"), [path])
        return server.open_consultation(read_questionnaire(path).id)


def keep_media(server: Server, file: str, content: bytes) -> str:
    """Store a file of a form or a recording; the name that it is fetched by."""
    extension = file.rsplit(".", 1)[1]
    stored_as = f"{hashlib.sha256(content).hexdigest()[:32]}.{extension}"
    kinds = {"png": "image/png", "mp3": "audio/mpeg", "webm": "audio/webm", "m4a": "audio/mp4", "wav": "audio/wav"}
    server.as_staff("administrator").keep_file("media", stored_as, content, kinds[extension])
    return stored_as


def pin_of(server: Server, code: str) -> str:
    """The facilitator's PIN of a consultation."""
    return str(server.rows("select pin from consultation where join_code = %s", code)[0][0])
