"""A form as KoboToolbox's form builder gives it: taken as it is, answered whole by a child, stored without a complaint."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from survey_app.questionnaire import read_questionnaire
from survey_app.reference_data import load_questionnaires
from tests.browser.conftest import Server
from tests.browser.webform.child import PHOTO, Child

KOBO = Path(__file__).parents[2] / "unit" / "questionnaire" / "forms" / "kobo.md"
SOUND = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + bytes(413)


def as_workbook(form: Path, workbook: Path) -> None:
    """The sheets of a form in Markdown as KoboToolbox's .xlsx, with the empty cells that it leaves."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for line in form.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if len(cells) == 1:
            sheet = book.create_sheet(cells[0])
        elif cells:
            sheet.append([cell or None for cell in cells[1:]])
    book.save(workbook)


@pytest.fixture
def code(server: Server, tmp_path: Path) -> str:
    """The join code of a consultation with the form, brought in as the files that KoboToolbox gives."""
    workbook = tmp_path / "aBcD3fGh1JkLm.xlsx"
    as_workbook(KOBO, workbook)
    (tmp_path / "media").mkdir()
    for file, content in {"welcome.png": PHOTO, "ball.png": PHOTO, "welcome.mp3": SOUND}.items():
        (tmp_path / "media" / file).write_bytes(content)
    load_questionnaires(server.as_staff("administrator"), [workbook])
    return server.open_consultation(read_questionnaire(workbook).id)


@pytest.fixture
def child(new_tablet: Callable[..., Child]) -> Child:
    return new_tablet(permissions=["microphone"], locale="en-GB")


def test_it_runs_unchanged_from_the_first_question_to_the_database(child: Child, code: str, server: Server) -> None:
    page = child.page
    child.open(code)
    child.without_card()
    child.assent()
    child.wait_for("question")
    identity = child.draft()["id"]

    assert child.at() == "Welcome"
    expect(page.locator(".question__image")).to_have_js_property("naturalWidth", 1)
    child.next()
    stays(child, "Please tick it")
    page.locator("[value=OK]").check()
    child.next()

    # A group on one page; its own messages; a question that another one opens.
    assert page.locator("h1").inner_text() == "About you"
    page.locator("[data-question=Age] input").fill("6")
    stays(child, "From 7 to 15")
    page.locator("[data-question=Age] input").fill("9")
    assert page.locator("[data-question=At_school] select").input_value() == "yes"
    page.locator("[data-question=Which_school] textarea").fill("4A")
    child.next()

    page.locator("[value=football]").check()
    page.locator("[value=other]").check()
    child.next()
    page.locator("[data-question=Play_other] textarea").fill("Kites")
    child.next()
    page.locator("[data-choice=football] [data-rank=down]").click()
    child.next()
    page.locator("[value=vinh_long]").check()
    child.next()
    assert page.locator("[data-question=Commune] .tile").count() == 1
    page.locator("[value=tra_vinh]").check()
    child.next()
    page.locator("[data-question=Happy] [value='8']").check()
    child.next()
    page.locator("[data-question=Distance] input").fill("1,5")
    child.next()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", page.locator("[data-question=Birthday_party] input").input_value())
    page.locator("[data-question=Birthday_party] input").fill("2099-01-01")
    stays(child, "Not in the future")
    page.locator("[data-question=Birthday_party] input").fill("2026-05-04")
    child.next()
    page.locator("[data-question=Wake_up] input").fill("06:15")
    child.next()
    child.draw(page.locator("[data-question=Drawing] canvas"))
    child.next()

    # No administrator has allowed photos: the next question is the one after.
    assert child.at() == "Voice"
    page.click("[data-record]")
    expect(page.locator(".is-recording")).to_be_visible()
    page.wait_for_timeout(1_200)
    page.click("[data-record]")
    page.locator("[data-play]").wait_for()
    child.next()

    # As many times as there are siblings.
    page.locator("[data-question=Siblings] input").fill("2")
    child.next()
    for age in ("3", "14"):
        page.locator("[data-question=Sibling_age] input").fill(age)
        child.next()
    assert re.fullmatch(r"\d\d:\d\d", page.locator("[data-question=Changed_at] .fixed").inner_text().strip())
    child.next()
    assert "Together they are 17 years old" in page.locator("[data-question=Thanks]").inner_text()
    child.next()
    child.send()
    child.wait_until_sent()

    ((answers, status, problems),) = server.rows(
        "select answers, status, problems from submission where id = %s", identity
    )
    assert (status, problems) == ("accepted", [])
    assert known(answers) == {
        "Ready": "OK",
        "Age": 9,
        "At_school": "yes",
        "Which_school": "4A",
        "Play": {"football", "other"},
        "Play_other": "Kites",
        "Best": ["swimming", "football", "other"],
        "Province": "vinh_long",
        "Commune": "tra_vinh",
        "Happy": 8,
        "Distance": 1.5,
        "Birthday_party": "2026-05-04",
        "Wake_up": "06:15",
        "Siblings": 2,
        "Sibling": [{"Sibling_age": 3, "Place": 1}, {"Sibling_age": 14, "Place": 2}],
        "All_ages": 17,
        "Counted": "yes",
    }
    stored = server.rows("select question, state from attachment where submission_id = %s", identity)
    assert sorted(stored) == [("Drawing", "stored"), ("Voice", "stored")]


def stays(child: Child, why: str) -> None:
    """Next is not possible, and the form's own words say why."""
    here = child.at()
    child.page.click("[data-way=next]")
    expect(child.page.get_by_text(why)).to_be_visible()
    assert child.at() == here


def known(answers: dict[str, Any]) -> dict[str, Any]:
    """What a test can know beforehand: neither times nor names of files, nor the order of choices that are shuffled."""
    left_out = {"start", "end", "Changed_at", "Drawing", "Voice"}
    return {name: set(value) if name == "Play" else value for name, value in answers.items() if name not in left_out}
