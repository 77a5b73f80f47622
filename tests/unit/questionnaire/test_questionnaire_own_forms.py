"""The questionnaires that the project itself gives: valid for every XLSForm tool, complete in three languages, kind."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from survey_app.questionnaire import Questionnaire, read_questionnaire
from survey_app.questionnaire.check import compile_check
from survey_app.questionnaire.model import ASKED
from survey_app.questionnaire.order import walk

FOLDER = Path(__file__).parents[3] / "questionnaires"
FILES = sorted(FOLDER.glob("*.md"))
AGES = {"children-7-10": (7, 10, 10), "children-11-15": (11, 15, 18), "right-to-participate": (7, 15, 6)}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def questionnaire(path: Path) -> Questionnaire:
    return read_questionnaire(path)


def test_all_are_there() -> None:
    assert {path.stem for path in FILES} >= set(AGES)


def test_the_public_pyxform_command_makes_a_valid_xform(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "form.xml"
    command = [sys.executable, "-m", "pyxform.xls2xform", str(path), str(target), "--skip_validate"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    root = ElementTree.parse(target).getroot()
    assert root.tag == "{http://www.w3.org/1999/xhtml}html"
    languages = root.findall(".//{http://www.w3.org/2002/xforms}translation")
    assert [one.get("lang") for one in languages] == ["Tiếng Việt (vi)", "ខ្មែរ (km)", "English (en)"]


def test_three_languages_vietnamese_first(questionnaire: Questionnaire) -> None:
    assert questionnaire.languages == ("vi", "km", "en")
    assert questionnaire.default_language == "vi"


def test_ages_and_length_fit_the_children(questionnaire: Questionnaire) -> None:
    low, high, most = AGES[questionnaire.id]
    assert (questionnaire.min_age, questionnaire.max_age) == (low, high)
    assert sum(node.type in ASKED for node in walk(questionnaire.nodes)) <= most


def test_a_child_may_skip_everything(questionnaire: Questionnaire) -> None:
    assert compile_check(questionnaire)({}) == []


def test_the_last_question_lets_a_child_say_what_was_not_asked(questionnaire: Questionnaire) -> None:
    assert questionnaire.id == "right-to-participate" or questionnaire.nodes[-1].type == "text"


def test_no_name_address_or_phone_number_is_asked(questionnaire: Questionnaire) -> None:
    personal = re.compile(r"\b(name|address|phone_number|birth|class|school_name)\b")
    assert [node.name for node in walk(questionnaire.nodes) if personal.search(node.name)] == []


def test_khmer_texts_are_in_khmer_and_marked_for_review(path: Path, questionnaire: Questionnaire) -> None:
    for node in (node for node in walk(questionnaire.nodes) if node.type != "calculate"):
        assert re.search("[\u1780-\u17ff]", (node.label or {})["km"]), node.name
    assert "native speaker" in path.read_text(encoding="utf-8")


def test_faces_have_faces(questionnaire: Questionnaire) -> None:
    pictured = [node for node in walk(questionnaire.nodes) if {"faces", "picture-grid"} & set(node.appearance)]
    assert pictured
    for node in pictured:
        assert all(choice.emoji for choice in questionnaire.choices[node.choices or ""]), node.name
