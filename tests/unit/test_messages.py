"""The message catalogues: complete, alike in every language, and clear about what is missing."""

from __future__ import annotations

from string import Formatter

import pytest

from analysis.choropleth import TEXT_KEYS
from survey_app.messages import CatalogueError, catalogue, text


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name}


def test_staff_texts_have_the_same_keys_in_both_languages() -> None:
    assert catalogue("staff", "vi").keys() == catalogue("staff", "en").keys()


@pytest.mark.parametrize("key", sorted(catalogue("staff", "vi")))
def test_a_staff_text_asks_for_the_same_values_in_both_languages(key: str) -> None:
    assert placeholders(catalogue("staff", "vi")[key]) == placeholders(catalogue("staff", "en")[key])


def test_the_map_finds_all_its_texts() -> None:
    assert set(TEXT_KEYS) <= catalogue("staff", "vi").keys()


def test_values_are_filled_in() -> None:
    assert text("staff", "vi", "consultation.ages", low=7, high=10) == "7–10 tuổi"


def test_a_missing_message_names_catalogue_and_key() -> None:
    with pytest.raises(CatalogueError, match=r"staff\.po in 'vi' has no message 'no\.such\.key'"):
        text("staff", "vi", "no.such.key")


def test_a_missing_value_names_the_placeholder() -> None:
    with pytest.raises(CatalogueError, match=r"'consultation\.ages'.*'high'"):
        text("staff", "vi", "consultation.ages", low=7)


def test_a_missing_language_names_the_file() -> None:
    with pytest.raises(CatalogueError, match=r"staff\.po cannot be read"):
        catalogue("staff", "xx")
