"""The settings sheet: what is read, what is refused, and what may be passed over."""

from __future__ import annotations

import pytest
from pyxform.survey import SURVEY_EXTRA_FIELDS

from survey_app.questionnaire.settings_sheet import HARMLESS, REFUSED, USED
from tests.unit.questionnaire.form_text import problems, read, survey

ONE = survey("hint", "text | q | Hỏi |")
# What pyxform keeps of a form beside its settings.
NOT_SETTINGS = {"choices", "file_name", "setgeopoint_by_triggering_ref", "setvalues_by_triggering_ref"}


def setting(name: str, value: str) -> str:
    return f"{ONE}\n| settings |\n| | {name} |\n| | {value} |"


def test_every_setting_that_pyxform_knows_is_used_refused_or_harmless() -> None:
    known = {name for name in SURVEY_EXTRA_FIELDS if not name.startswith("_")} - NOT_SETTINGS
    assert known - USED - REFUSED - HARMLESS == set()
    assert not USED & REFUSED
    assert not (USED | REFUSED) & HARMLESS


@pytest.mark.parametrize("name", sorted(HARMLESS - {"name"}))
def test_harmless_settings_are_passed_over(name: str) -> None:
    value = "yes" if name in ("flat", "omit_instanceID") else "concat('a', ${q})" if name == "instance_name" else "x"
    assert read(setting(name, value)).nodes == read(ONE).nodes


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("public_key", "MIIBIjANBgkq", "encrypted_form"),
        ("submission_url", "https://elsewhere.example", "sent_elsewhere"),
        ("add_none_option", "yes", "unsupported_setting"),
        ("attribute::esri:version", "1", "unsupported_setting"),
        ("namespaces", 'esri="http://esri.com/xforms"', "unsupported_setting"),
    ],
)
def test_settings_that_we_cannot_keep_to_are_refused(name: str, value: str, code: str) -> None:
    assert (code, "settings", 2, name.split("::")[0]) in problems(setting(name, value))


def test_a_refused_setting_that_says_no_is_no_harm() -> None:
    assert read(setting("add_none_option", "no")).nodes == read(ONE).nodes


def test_a_title_is_divided_by_language_in_columns_of_our_own() -> None:
    assert ("translated_title", "settings", 1, "form_title") in problems(setting("form_title::English (en)", "Title"))


@pytest.mark.parametrize(
    ("sheet", "columns", "cells"),
    [
        ("external_choices", "list_name | name | label", "village | a | A"),
        ("entities", "dataset | label", "children | x"),
        ("osm", "list name | name | label", "building | a | A"),
    ],
)
def test_sheets_that_we_cannot_keep_to_are_refused(sheet: str, columns: str, cells: str) -> None:
    assert ("unsupported_sheet", sheet, None, None) in problems(f"{ONE}\n| {sheet} |\n| | {columns} |\n| | {cells} |")


def test_two_choices_of_one_name_are_refused_even_where_the_settings_allow_them() -> None:
    form = survey("hint", "select_one yn | q | Hỏi |")
    form += "\n| choices |\n| | list_name | name | label |\n| | yn | a | A |\n| | yn | a | Á |"
    form += "\n| settings |\n| | allow_choice_duplicates |\n| | yes |"
    assert problems(form) == [("duplicate_choice", "choices", 3, "name")]
