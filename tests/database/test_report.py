"""What the report reads, for whom."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from analysis.report import Letterhead
from analysis.report_content import report
from analysis.report_facts import shown_children
from survey_app.database import NotAllowed
from survey_app.report.command import add_arguments, write_report
from survey_app.report.facts import read_facts, years_to_report
from survey_app.report.pdf import pdf
from tests.database.conftest import World, submission, submit
from tests.database.test_activity_counts import asked_twice

TODAY = datetime.now(UTC).date()


def held(world: World, commune: str, children: int) -> str:
    """A consultation of today that so many children with cards took part in."""
    asking = world.as_staff("administrator")
    consultation = world.new_consultation(asking, commune, held_on=TODAY)
    for card in world.new_cards(commune, children, TODAY.year - 10):
        submit(world.door, submission(consultation, card=card))
    return consultation


def promised(world: World, consultation: str) -> None:
    asking = world.as_staff("administrator")
    asking.call("close_consultation", consultation=consultation)
    theme = asking.call(
        "save_theme", theme=None, consultation=consultation, name={"vi": "Sân chơi"}, said={"vi": "Sân nóng"}
    )[0]["save_theme"]
    asking.call(
        "save_commitment", commitment=None, theme=theme, petition=None, body="Trường Thử", answer={"vi": "Đúng vậy"},
        promise={"vi": "Trồng cây"}, due_on=TODAY.isoformat(), status="planned", outcome={},
    )  # fmt: skip
    asking.call("publish_feedback", consultation=consultation)


def test_the_report_of_a_year(each_world: World) -> None:
    commune, small = each_world.new_commune(), each_world.new_commune()
    promised(each_world, held(each_world, commune, 7))
    held(each_world, small, 2)
    facts = read_facts(each_world.as_staff("reviewer"), "annual", TODAY.year, TODAY)
    row = facts.of_year(22).loc[commune]
    # Others may be hidden with it so that the small one cannot be found.
    assert row["state"] in ("no_population", "suppressed")
    assert facts.of_year(22).loc[small, "state"] == "suppressed"
    found = {
        one["commune_code"]: (one["counted"], one["status"], one["published"], children)
        for one, children in zip(facts.consultations, shown_children(facts), strict=True)
        if one["commune_code"] in (commune, small)
    }
    assert found[commune][:3] == (True, "closed", True)
    assert found[commune][3] == (7 if row["state"] == "no_population" else None)
    assert found[small] == (True, "open", False, None)
    (commitment,) = [one for one in facts.commitments if one["commune_name"] == f"Xã {commune}"]
    assert (commitment["body"], commitment["promise"], commitment["due_on"]) == ("Trường Thử", "Trồng cây", TODAY)
    assert TODAY.year in years_to_report(each_world.as_staff("reviewer"), TODAY)
    made = report(facts, Letterhead())
    assert any("Chưa vẽ được trên bản đồ" in getattr(b, "text", "") for s in made.sections for b in s.blocks)
    assert pdf(made).startswith(b"%PDF")


def test_an_officer_of_a_commune_reads_lists_of_that_commune_alone(world: World) -> None:
    commune, other = world.new_commune(), world.new_commune()
    held(world, commune, 6)
    promised(world, held(world, other, 6))
    facts = read_facts(world.as_staff("officer", commune), "annual", TODAY.year, TODAY, commune)
    assert {one["commune_code"] for one in facts.consultations} == {commune}
    assert facts.commitments == []
    assert facts.seen_of == f"Xã {commune}"


def test_nobody_reads_it_without_signing_in(world: World) -> None:
    with pytest.raises(NotAllowed):
        read_facts(world.door.as_anonymous(), "annual", TODAY.year, date.today())


def test_the_command_writes_the_file(world: World, tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    files = [tmp_path / name for name in ("one.xlsx", "two.xlsx")]
    for file in files:
        options = parser.parse_args(["--kind", "midterm", "--format", "xlsx", "--output", str(file)])
        assert write_report(world.as_staff("administrator"), options, sys.stdout) == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    assert "Qua các năm" in openpyxl.load_workbook(files[0]).sheetnames


def test_scores_before_and_after_an_activity_are_in_the_report_of_whoever_may_see_them(world: World) -> None:
    activity, _, commune = asked_twice(world, 5)
    day = world.value("update activity set state = 'held' where id = %s returning held_on", activity)
    facts = read_facts(world.as_staff("reviewer"), "annual", day.year, TODAY)
    (mine,) = [one for one in facts.changes if one["commune_code"] == commune]
    assert (mine["indicator"], mine["held_on"], mine["change"].pairs) == (23, day, 5)
    elsewhere = read_facts(world.as_staff("officer", world.new_commune()), "annual", day.year, TODAY)
    assert commune not in {one["commune_code"] for one in elsewhere.changes}
