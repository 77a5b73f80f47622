"""What the light public side sends: texts in parts, all that works without a network, and nothing that nobody needs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from survey_app.api.webform_files import FOLDER, WebformFiles
from survey_app.messages import catalogue

IMPORTED = re.compile(r"""["']\./([a-z-]+\.js)\?v=([0-9a-f]+)["']""")
LANGUAGES = ("vi", "km", "en")


@pytest.fixture(scope="module")
def files() -> WebformFiles:
    return WebformFiles()


def messages_in(text: str) -> dict[str, dict[str, str]]:
    found = re.search(r"const messages ?= ?(\{.*?\});$", text, re.MULTILINE)
    assert found
    return dict(json.loads(found[1]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_in_exactly_one_part(files: WebformFiles, language: str) -> None:
    parts = [name for name in files.texts if name.startswith("messages-")] + ["page.js"]
    assert len(parts) == 6
    keys = [key for name in parts for key in messages_in(files.texts[name])[language]]
    assert len(keys) == len(set(keys))
    assert set(keys) == catalogue("webform", language).keys()


def test_every_module_that_is_imported_is_there_in_the_same_version(files: WebformFiles) -> None:
    for text in files.texts.values():
        for name, version in IMPORTED.findall(text):
            assert name in files.texts
            assert version == files.version
        assert "{{version}}" not in text


def test_the_service_worker_keeps_all_that_the_form_may_ever_load(files: WebformFiles) -> None:
    found = re.search(r"FILES = (\[.*?\]);", files.texts["sw.js"])
    assert found
    kept = set(json.loads(found[1]))
    reached = {"webform.css", *re.findall(r"/webform/([a-z-]+\.js)", files.texts["join.html"])}
    for _ in range(len(files.texts)):
        reached |= {name for known in reached for name, _ in IMPORTED.findall(files.texts[known])}
    assert kept == reached
    assert {"teacher.js", "paper.js", "attachments.js", "messages-teacher.js"} <= kept
    assert kept & {"home.js", "sign-in.js", "sw.js"} == set()


def test_comments_and_indentation_stay_at_home(files: WebformFiles) -> None:
    for name, text in files.texts.items():
        if name.endswith((".js", ".css")):
            assert not re.search(r"^\s*(//|/\*)|^[ \t]", text, re.MULTILINE), name


def test_nothing_but_comments_and_indentation_is_taken_away(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "tried.js").write_text(
        '/** Of\n * two lines. */\nexport const a = "// no comment"; // stays\n\n  // goes\n  export const b = "/* nor this */";\n'
    )
    assert WebformFiles(tmp_path).texts["tried.js"] == (
        'export const a = "// no comment"; // stays\nexport const b = "/* nor this */";\n'
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="Chromium tells it in the browser tests")
def test_every_module_can_be_read(files: WebformFiles) -> None:
    for name, text in files.texts.items():
        if name.endswith(".js"):
            checked = subprocess.run(
                ["node", "--check", "--input-type=module", "-"], input=text, text=True, capture_output=True, check=False
            )
            assert checked.returncode == 0, (name, checked.stderr)
