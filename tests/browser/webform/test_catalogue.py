"""Every text on the public side is in the catalogue, in all three languages, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import survey_app

PACKAGE = Path(survey_app.__file__).parent
LANGUAGES = ("vi", "km", "en")
# Keys put together while running: `assent.${name}` and the like.
PUT_TOGETHER = ("assent.", "teacher.", "refused.", "kept.", "deleted.", "sign-in.error.")


def texts(language: str) -> dict[str, str]:
    with (PACKAGE / f"locale/{language}/LC_MESSAGES/webform.po").open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id}


def source() -> str:
    return "\n".join(path.read_text() for path in (PACKAGE / "webform").iterdir() if path.suffix in (".js", ".html"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    said = texts(language)
    assert said.keys() == texts("vi").keys()
    assert [key for key, text in said.items() if not text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_places_to_fill(language: str) -> None:
    other = texts(language)
    assert {key: set(re.findall(r"\{\w+\}", text)) for key, text in texts("vi").items()} == {
        key: set(re.findall(r"\{\w+\}", text)) for key, text in other.items()
    }


def test_no_text_is_left_over() -> None:
    written = source()
    assert [key for key in texts("vi") if f'"{key}"' not in written and not key.startswith(PUT_TOGETHER)] == []


def test_no_text_is_missing() -> None:
    asked = set(re.findall(r"""(?:\bt\(|data-t(?:-label)?=)"([a-z.-]+)\"""", source()))
    assert len(asked) > 50
    assert asked - texts("vi").keys() == set()


def test_khmer_asks_for_a_native_speaker() -> None:
    head = (PACKAGE / "locale/km/LC_MESSAGES/webform.po").read_text().split("msgid")[0]
    assert "native speaker" in head
