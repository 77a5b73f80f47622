"""What README and CONTRIBUTING say is there, and what is there is said."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from survey_app import cli
from survey_app.settings import Settings

REPOSITORY = Path(__file__).parent.parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md")
MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
FOLDERS = ("survey_app/", "analysis/", "tests/", "questionnaires/", "schema.sql", "Makefile", ".ci/")


def document(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def test_every_setting_is_in_the_readme_with_its_default() -> None:
    readme = document("README.md")
    for field in dataclasses.fields(Settings):
        row = next((line for line in readme.splitlines() if f"`{field.name.upper()}`" in line and line[0] == "|"), "")
        assert row, f"{field.name.upper()} is not in README's table of settings"
        if field.default is not None:
            assert f"`{field.default}`" in row


def test_every_setting_of_the_readme_exists() -> None:
    rows = [line for line in document("README.md").splitlines() if re.match(r"\| `[A-Z_]+`", line)]
    named = {name for row in rows for name in re.findall(r"`([A-Z_]{3,})`", row.split("|")[1])}
    assert named == {field.name.upper() for field in dataclasses.fields(Settings)}


def test_every_variable_that_code_reads_is_told() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "survey_app").rglob("*.py"))
    read = set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', code))
    assert "ADMIN_EMAIL" in read
    parser = cli._parser()
    commands = next(action for action in parser._actions if isinstance(action.choices, dict))
    told = document("README.md") + "".join(command.format_help() for command in commands.choices.values())
    assert {name for name in read if name not in told} == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_target_that_is_told_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    told = set(re.findall(r"(?:`|^    )make ([a-z-]+)", document(name), re.MULTILINE))
    assert {"test"} <= told <= targets


def test_the_variables_of_make_run_are_handed_on() -> None:
    told = set(re.findall(r"make run ([^`\n]+)", document("README.md")))
    named = {name for one in told for name in re.findall(r"\b([A-Z_]+)=", one)}
    assert {"PORT", "DATA_DIR"} <= named
    exported = set(re.findall(r"^export (.+)$", MAKEFILE, re.MULTILINE)[0].split())
    assert named <= exported


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_that_is_told_exists(name: str) -> None:
    commands = next(action for action in cli._parser()._actions if isinstance(action.choices, dict)).choices
    assert commands is not None
    told = set(re.findall(r"survey-app ([a-z][a-z-]*)", document(name)))
    assert told <= set(commands)
    if name == "README.md":
        assert {"serve", "add-staff", "check"} <= told


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_is_told_exists(name: str) -> None:
    paths = {one for one in re.findall(r"`([^`\s]+)`", document(name)) if one.startswith(FOLDERS) and "<" not in one}
    paths |= {one for one in re.findall(r"\]\(([^)]+)\)", document(name)) if "://" not in one and one[0] != "#"}
    assert paths
    assert [one for one in sorted(paths) if not list(REPOSITORY.glob(one.rstrip("/")))] == []


def test_every_picture_of_a_look_is_shown_and_light() -> None:
    folder = REPOSITORY / "docs" / "screenshots" / "looks"
    shown = re.findall(r"!\[[^\]]+\]\(screenshots/looks/([^)]+)\)", document("docs/question-looks.md"))
    pictures = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert sorted(shown) == sorted(pictures)
    assert max(pictures.values()) <= 60_000
    assert sum(pictures.values()) <= 6_000_000
