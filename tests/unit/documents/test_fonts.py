"""Every character that is printed is in a font: none comes out as an empty box."""

from __future__ import annotations

import json
from pathlib import Path

import manimgx_fonts
import pytest
from fontTools.ttLib import TTFont

from survey_app.documents.typesetting import LANGUAGES
from survey_app.messages import catalogue
from survey_app.questionnaire import read_questionnaire
from survey_app.reference_data import DATA, QUESTIONNAIRES, card_animals

FILES = [Path(manimgx_fonts.__file__).parent / f"Noto{name}[wght].ttf" for name in ("Sans", "SansKhmer", "Emoji")]
UNSEEN = set("\n\u200b\u200d\ufe0f")
"""Line ends, where a word may be broken, and what joins or colours emoji."""


@pytest.fixture(scope="module")
def drawn() -> set[str]:
    return {chr(code) for file in FILES for code in TTFont(file).getBestCmap()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_texts_of_documents(drawn: set[str], language: str) -> None:
    of_the_tablet = catalogue("webform", language)
    printed = [text for key, text in of_the_tablet.items() if key.startswith(("assent.", "hotline.", "question."))]
    said = "".join([*catalogue("documents", language).values(), *printed])
    assert set(said) - UNSEEN - drawn == set()


def test_cards_and_places(drawn: set[str]) -> None:
    named = "".join(str(value) for animal in card_animals() for value in animal.values())
    assert set(named + (DATA / "units.csv").read_text(encoding="utf-8")) - UNSEEN - drawn == set()


@pytest.mark.parametrize("path", sorted(QUESTIONNAIRES.glob("*.md")), ids=lambda path: path.stem)
def test_our_own_questionnaires(drawn: set[str], path: Path) -> None:
    asked = json.dumps(read_questionnaire(path).to_json(), ensure_ascii=False)
    assert set(asked) - UNSEEN - drawn == set()
