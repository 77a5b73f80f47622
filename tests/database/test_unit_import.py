"""The documented example of a reorganisation, taken in by the command over the units that the application brings."""

from __future__ import annotations

import argparse
import csv
import io
import re
from datetime import date
from pathlib import Path

import psycopg
import pytest

from survey_app import import_command, reference_data
from survey_app.database.embedded import open_embedded
from survey_app.indicators_command import print_indicators
from tests.database.conftest import owner_conninfo

DOCUMENTATION = Path(__file__).parent.parent.parent / "docs" / "units.md"


def test_the_documented_example_is_taken_in_and_outlives_a_new_start(data_folder: Path, tmp_path: Path) -> None:
    example = re.search(r"```csv\n(.*?)```", DOCUMENTATION.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    file = tmp_path / "sap-xep.csv"
    file.write_text(example[1], encoding="utf-8")
    door = open_embedded(data_folder)
    try:
        door.add_staff("quan-tri@example.org", "mật-khẩu-dài", "Chị Hoa", "administrator")
        asking = door.as_user(door.sign_in("quan-tri@example.org", "mật-khẩu-dài").token)
        reference_data.load(asking)
        with psycopg.connect(owner_conninfo(door), autocommit=True) as owner:

            def population() -> dict[str, float]:
                found = owner.execute(
                    "select commune_code, sum(children) from population where year = 2026 and commune_code = any(%s) group by 1",
                    (["29242", "29254", "29263", "29264"],),
                ).fetchall()
                return {code: pytest.approx(children, abs=0.01) for code, children in found}

            before = population()
            out, complaints = io.StringIO(), io.StringIO()
            options = argparse.Namespace(kind="units", file=file, check=True)
            assert import_command.run(asking, options, out, complaints) == 0, complaints.getvalue()
            assert population() == before, "checking changes nothing"
            options.check = False
            assert import_command.run(asking, options, out, complaints) == 0
            assert "29263 Phường Long Đức is split" in out.getvalue()
            merged = before["29242"].expected + before["29254"].expected
            assert population() == {"29242": pytest.approx(merged, abs=0.01)}
            asked = argparse.Namespace(
                year=2026, indicator=22, by=(), units_on=date(2026, 6, 30), format="csv", language=None
            )
            told = io.StringIO()
            assert print_indicators(asking, asked, told) == 0
            former = {row["area_code"]: row for row in csv.DictReader(io.StringIO(told.getvalue()))}
            assert former["29254"]["area"] == "Phường Nguyệt Hóa"
            assert former["29254"]["population"]
            assert "29264" not in former
            reference_data.load(asking)
            assert population() == {"29242": pytest.approx(merged, abs=0.01)}, (
                "what the package brings is of its own units"
            )
            names = owner.execute(
                "select name from unit where code in ('29242', '29254', '29263', '29264') and valid_to is null order by code"
            ).fetchall()
            assert names == [("Phường Trà Vinh",), ("Phường Long Đức",), ("Xã Long Trị",)]
        assert import_command.run(asking, options, out, complaints) == 1, "the same units end once"
        assert "Dòng 3" in complaints.getvalue()
        assert "Nguyệt Hóa" in complaints.getvalue()
    finally:
        door.close()
