"""Reorganisations read from a table: mergers, splits, new names; every mistake by row, column and remedy."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.population_file import template
from analysis.population_table import Unit
from analysis.unit_file import HEADINGS, NEEDED, TEMPLATE, UnitReading, read_units
from survey_app.unit_changes import read_file

TODAY = date(2027, 3, 1)
BEGAN = date(2025, 7, 1)
UNITS = [
    Unit("29242", date.min, date(2025, 6, 30), "Phường 3", "29242"),
    Unit("29245", date.min, date(2024, 12, 31), "Phường 4", "29242"),
    Unit("29242", BEGAN, None, "Phường Trà Vinh", "29242"),
    Unit("29254", BEGAN, None, "Phường Nguyệt Hóa", "29254"),
    Unit("29263", BEGAN, None, "Phường Long Đức", "29263"),
]
HEAD = "Mã cũ;Tên cũ;Ngày cuối;Mã mới;Tên mới;Loại;Ngày đầu"


def read(*lines: str, head: str = HEAD) -> UnitReading:
    return read_file("\n".join([head, *lines]).encode(), "sap-xep.csv", UNITS, TODAY).reading


def test_a_merger_a_split_and_a_new_name() -> None:
    reading = read(
        "29242;Phường Trà Vinh;31/12/2026;29242;Phường Trà Vinh;;",
        "29254;;31/12/2026;29242;;;",
        "29263;;31/12/2026;29264;Xã Long Đức;;01/01/2027",
        "29263;;31/12/2026;29265;Long Hồ;Xã;",
    )
    assert reading.problems == ()
    told = [(c.old and c.old.name, c.last_day, c.new_code, c.name, c.kind, c.first_day) for c in reading.changes]
    end, begin = date(2026, 12, 31), date(2027, 1, 1)
    assert told == [
        ("Phường Trà Vinh", end, "29242", "Phường Trà Vinh", "Phường", begin),
        ("Phường Nguyệt Hóa", end, "29242", "Phường Trà Vinh", "Phường", begin),
        ("Phường Long Đức", end, "29264", "Xã Long Đức", "Xã", begin),
        ("Phường Long Đức", end, "29265", "Long Hồ", "Xã", begin),
    ]


def test_units_of_another_province_have_no_old_unit() -> None:
    reading = read(";;;29600;Xã Một;;01/01/2026", ";;;29603;Xã Hai;;01/01/2026")
    assert [(c.old, c.last_day, c.new_code, c.first_day) for c in reading.changes] == [
        (None, None, "29600", date(2026, 1, 1)),
        (None, None, "29603", date(2026, 1, 1)),
    ]


@pytest.mark.parametrize(
    ("lines", "row", "column", "code"),
    [
        (["2924x;;31/12/2026;29242;Phường A;;"], 2, "Mã cũ", "code_malformed"),
        (["29999;;31/12/2026;29242;Phường A;;"], 2, "Mã cũ", "old_unknown"),
        (["29245;;31/12/2026;29245;Phường A;;"], 2, "Mã cũ", "old_ended"),
        (["29254;Phường Khác;31/12/2026;29254;Phường A;;"], 2, "Tên cũ", "old_name_differs"),
        ([";Phường Khác;;29254;Phường A;;01/01/2027"], 2, "Mã cũ", "old_missing"),
        (["29254;;31/12/2026;;Phường A;;"], 2, "Mã mới", "code_missing"),
        (["29254;;;29254;Phường A;;"], 2, "Ngày đầu", "first_day_missing"),
        (["29254;;31/12/2026;29254;;;"], 2, "Tên mới", "name_missing"),
        (["29254;;31/12/2026;29254;Nguyệt Hóa;;"], 2, "Loại", "kind_missing"),
        (["29254;;31/13/2026;29254;Phường A;;"], 2, "Ngày cuối", "day_unclear"),
        (["29254;;31/12/2027;29254;Phường A;;"], 2, "Ngày đầu", "in_future"),
        (["29254;;31/12/2026;29254;Phường A;;31/12/2026"], 2, "Ngày cuối", "days_cross"),
        (["29254;;31/12/2024;29254;Phường A;;"], 2, "Ngày cuối", "before_it_began"),
        (["29254;;31/12/2026;29263;Phường A;;"], 2, "Mã mới", "in_force_twice"),
        (["29254;;31/12/2026;29254;Phường A;;", "29254;;31/12/2026;29254;;;"], 3, "Mã mới", "double"),
        (["29254;;31/12/2026;29254;Phường A;;", "29263;;31/12/2026;29254;Phường B;;"], 3, "Tên mới", "differs"),
        (["29254;;31/12/2026;29254;Phường A;;", "29254;;30/11/2026;29255;Phường B;;"], 3, "Ngày cuối", "ends_twice"),
    ],
)
def test_a_mistake_is_told_by_row_and_column(lines: list[str], row: int, column: str, code: str) -> None:
    reading = read(*lines)
    assert [(p.row, p.column, p.code) for p in reading.problems] == [(row, column, code)]
    assert reading.changes == ()


def test_all_mistakes_are_told_at_once() -> None:
    reading = read(
        "x;;31/12/2026;29254;Phường A;;", "29999;;31/12/2026;29255;Phường B;;", "29263;;hôm qua;29263;Phường C;;"
    )
    assert [problem.row for problem in reading.problems] == [2, 3, 4]


def test_an_excel_file_from_the_template_is_read() -> None:
    row = ("29254", "", "2026-12-31", "29254", "Phường Mới", "", "", "9,93", "106.3", "21")
    file = read_file(template([row], TEMPLATE), "sap-xep.xlsx", UNITS, TODAY)
    assert file.reading.problems == ()
    assert [(c.lat, c.lon, c.area_km2) for c in file.reading.changes] == [(9.93, 106.3, 21.0)]
    assert set(NEEDED) <= set(HEADINGS)


def test_a_file_without_headings_is_told_of_as_a_whole() -> None:
    reading = read("1;2", head="a;b")
    assert [(p.row, p.code) for p in reading.problems] == [(None, "headings")]
    assert read_units.__doc__
