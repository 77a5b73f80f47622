"""Official child population from a table: what is read, and what is told about every row that cannot be."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from analysis.indicators import PROVINCE, Definition, denominators
from analysis.population_change import changes, far_off
from analysis.population_file import UnreadableTable, read_sheet, template
from analysis.population_table import Problem, Reading, Unit, meaning, read_population

MERGER = date(2025, 6, 30)
AFTER = date(2025, 7, 1)
LONG_AGO = date(1, 1, 1)
# A and B were merged into N; R was the code of a unit merged into N, and is the code of M now, which took C over.
UNITS = (
    Unit("29001", LONG_AGO, MERGER, "Xã A", "29100"),
    Unit("29002", LONG_AGO, MERGER, "Xã B", "29100"),
    Unit("29242", LONG_AGO, MERGER, "Phường 3", "29100"),
    Unit("29003", LONG_AGO, MERGER, "Xã C", "29242"),
    Unit("29100", AFTER, None, "Xã N", "29100"),
    Unit("29242", AFTER, None, "Phường M", "29242"),
)
TODAY = date(2026, 11, 25)


def sheet_of(*lines: str, headings: str = "Mã xã;Năm;Tuổi;Nam giới;Nữ giới;Tổng số") -> bytes:
    return "\n".join([headings, *lines]).encode("utf-8-sig")


def reading(content: bytes, *, on: date | None = TODAY, year: int | None = None, name: str = "a.csv") -> Reading:
    return read_population(read_sheet(content, name), UNITS, codes_on=on, year=year)


def figures(content: bytes, *, on: date | None = TODAY, year: int | None = None) -> list[tuple[object, ...]]:
    found = reading(content, on=on, year=year)
    assert found.problems == ()
    frame = found.figures.astype(object)
    return list(frame.where(frame.notna(), None).itertuples(index=False, name=None))


def problems(content: bytes, *, on: date | None = TODAY) -> list[tuple[int | None, str | None, str]]:
    found = reading(content, on=on)
    assert len(found.figures) == 0
    return [(one.row, one.column, one.code) for one in found.problems]


# What is read


def test_single_ages_with_boys_and_girls() -> None:
    assert figures(sheet_of("29100;2026;7;40;35;75", "29100;2026;8;41;;80".replace(";;80", ";39;"))) == [
        ("29100", 2026, 7, 75, 35, 40, None, None),
        ("29100", 2026, 8, 80, 39, 41, None, None),
    ]


def test_a_band_is_spread_evenly_and_keeps_its_ends() -> None:
    found = figures(sheet_of("29100;2026;5-9 tuổi;;;1.234"))
    assert [row[2] for row in found] == [5, 6, 7, 8, 9]
    assert {row[3:] for row in found} == {(1234 / 5, None, None, 5, 9)}


def test_rows_of_one_sex_each_are_put_together() -> None:
    lines = ["29100,2026,7,Nam,40", "29100,2026,7,Nữ,35"]
    found = figures(sheet_of(*lines, headings="ma xa,nam,do tuoi,gioi tinh,so tre").replace(b";", b","))
    assert found == [("29100", 2026, 7, 75, 35, 40, None, None)]


@pytest.mark.parametrize(
    "headings",
    [
        "Mã xã;Năm;Tuổi;Nam;Nữ;Tổng số",
        "MA XA;NAM;TUOI;NAM;NU;TONG SO",
        "ma_xa;nam;nhom_tuoi;nam;nu;tong_so",
        "Mã xã, phường;Năm;Nhóm tuổi;Trẻ em nam;Trẻ em nữ;Tổng cộng".replace(", ", " "),
        "code;year;age;boys;girls;total",
    ],
)
def test_headings_with_marks_and_without(headings: str) -> None:
    assert figures(sheet_of("29100;2026;7;40;35;75", headings=headings)) == [("29100", 2026, 7, 75, 35, 40, None, None)]


def test_titles_above_the_headings_are_passed_over_and_rows_keep_their_numbers() -> None:
    content = ("Dân số trẻ em;;;;;\n;;;;;\n" + sheet_of("29100;2026;7;1;1;3").decode("utf-8-sig")).encode()
    assert problems(content) == [(4, "Tổng số", "sum_of_sexes")]


def test_rows_of_totals_grown_ups_and_nothing_are_passed_over() -> None:
    found = reading(
        sheet_of(
            "29100;2026;Tổng số;;;900",
            "29100;2026;7;;;75",
            "29100;2026;85+;;;9",
            "29100;2026;20-24;;;9",
            "29242;2026;7;;;",
        )
    )
    assert (found.problems, found.passed_over, len(found.figures)) == ((), 4, 1)


@pytest.mark.parametrize("text", ["1234", "1.234", "1,234", "1 234", "1\u00a0234"])
def test_thousands_may_be_set_apart(text: str) -> None:
    assert figures(f'Mã xã;Năm;Tuổi;Tổng số\n29100;2026;7;"{text}"'.encode())[0][3] == 1234


def test_the_year_may_be_said_once_for_the_whole_table() -> None:
    content = sheet_of("29100;7;75", headings="Mã xã;Tuổi;Tổng số")
    assert figures(content, year=2024)[0][1] == 2024
    assert problems(content) == [(None, None, "no_year")]


# Codes old and new


def test_former_units_are_added_up_into_the_commune_of_today() -> None:
    lines = ["29001;2024;7;1;2;3", "29002;2024;7;10;20;30", "29242;2024;7;100;200;300", "29003;2024;7;0;5;5"]
    expected = [("29100", 2024, 7, 333, 222, 111, None, None), ("29242", 2024, 7, 5, 5, 0, None, None)]
    assert figures(sheet_of(*lines), on=MERGER) == expected
    assert figures(sheet_of(*lines), on=None) == expected, "in 2024 each code had one meaning"


def test_a_code_used_again_needs_a_day_in_the_year_of_the_change() -> None:
    lines = ["29242;2025;7;;;300", "29100;2025;7;;;9"]
    assert problems(sheet_of(*lines), on=None) == [(2, "Mã xã", "code_ambiguous")]
    assert figures(sheet_of(*lines), on=TODAY)[1] == ("29242", 2025, 7, 300, None, None, None, None)
    headings = "Mã xã;Năm;Tuổi;Tổng số;Ngày"
    days = ["29001;2025;7;1;30/06/2025", "29002;2025;7;2;30/06/2025", "29242;2025;7;4;2025-06-30"]
    assert figures(sheet_of(*days, headings=headings), on=None) == [("29100", 2025, 7, 7, None, None, None, None)]


def test_former_codes_beside_one_used_again_are_in_doubt() -> None:
    lines = ["29001;2024;7;;;1", "29002;2024;7;;;1", "29242;2024;7;;;1", "29003;2024;7;;;1"]
    found = reading(sheet_of(*lines), on=TODAY).problems
    doubts = [(one.row, dict(one.values)) for one in found if one.code == "code_ambiguous"]
    assert doubts == [(4, {"value": "29242", "before": "Phường 3", "after": "Phường M"})]


def test_a_commune_is_not_added_up_while_a_former_unit_is_missing() -> None:
    found = reading(sheet_of("29001;2024;7;;;1", "29242;2024;7;;;1"), on=MERGER).problems
    assert found == (
        Problem(2, "Mã xã", "commune_incomplete", {"name": "Xã N", "year": "2024", "missing": "Xã B (29002)"}),
    )


def test_a_commune_beside_its_own_former_units_would_be_counted_twice() -> None:
    lines = ["29100;2026;7;;;9", "29001;2026;7;;;1", "29002;2026;7;;;1"]
    assert problems(sheet_of(*lines)) == [(2, "Mã xã", "counted_twice")]


def test_former_units_need_the_same_ages() -> None:
    lines = ["29001;2024;7;;;1", "29001;2024;8;;;1", "29002;2024;7;;;1", "29242;2024;7-8;;;1"]
    found = reading(sheet_of(*lines), on=MERGER).problems
    assert [(one.row, one.code, one.values["ages"]) for one in found] == [(4, "ages_differ", "8")]


@pytest.mark.parametrize(
    ("code", "day", "name"),
    [
        ("29242", MERGER, "Phường 3"),
        ("29242", AFTER, "Phường M"),
        ("29001", TODAY, "Xã A"),
        ("29100", MERGER, None),
    ],
)
def test_what_a_code_means_on_a_day(code: str, day: date, name: str | None) -> None:
    found = meaning([unit for unit in UNITS if unit.code == code], day)
    assert (found.name if found else None) == name


# What cannot be read


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (";2026;7;;;1", "Mã xã", "code_missing"),
        ("99999;2026;7;;;1", "Mã xã", "code_unknown"),
        ("Xã N;2026;7;;;1", "Mã xã", "code_unknown"),
        ("29100;26;7;;;1", "Năm", "year_unclear"),
        ("29100;2026;;;;1", "Tuổi", "age_missing"),
        ("29100;2026;bảy;;;1", "Tuổi", "age_unclear"),
        ("29100;2026;9-7;;;1", "Tuổi", "age_unclear"),
        ("29100;2026;15+;;;1", "Tuổi", "age_open"),
        ("29100;2026;2026-09-05;;;1", "Tuổi", "age_is_date"),
        ("29100;2026;5-Sep;;;1", "Tuổi", "age_is_date"),
        ("29100;2026;7;;;-3", "Tổng số", "count_negative"),
        ("29100;2026;7;;;12,5", "Tổng số", "count_not_whole"),
        ("29100;2026;7;;;1.23", "Tổng số", "count_not_whole"),
        ("29100;2026;7;;;nhiều", "Tổng số", "count_unclear"),
        ("29100;2026;7;4;;", "Nữ giới", "sex_missing"),
        ("29100;2026;7;4;4;9", "Tổng số", "sum_of_sexes"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_by_row_and_column(line: str, column: str, code: str) -> None:
    assert problems(sheet_of("29242;2026;7;;;1", line)) == [(3, column, code)]


def test_all_problems_of_a_table_are_told_at_once() -> None:
    lines = ["29100;2026;7;;;1", "29100;2026;7;;;2", "29100;2026;9;;;1", "29100;2026;9-10;;;1", "29242;2026;7;;;x"]
    assert problems(sheet_of(*lines)) == [
        (3, "Tổng số", "double"),
        (4, "Tuổi", "age_gap"),
        (5, "Tuổi", "age_overlap"),
        (6, "Tổng số", "count_unclear"),
    ]


def test_a_code_that_begins_later_is_told_with_its_first_day() -> None:
    found = reading(sheet_of("29100;2024;7;;;1"), on=None).problems
    assert found == (Problem(2, "Mã xã", "code_later", {"value": "29100", "day": "01/07/2025"}),)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "empty"),
        (b"PK no workbook", "a.xlsx", "not_a_table"),
        ("Mã xã;Tuổi\n".encode(), "a.csv", "empty"),
        (b"a;b\n1;2", "a.csv", "headings"),
        ("Mã xã;Tuổi".encode("cp1258", "replace") + b"\xff\xfe\xfd", "a.csv", "encoding"),
    ],
)
def test_a_file_that_is_no_such_table(content: bytes, name: str, code: str) -> None:
    with pytest.raises(UnreadableTable) as told:
        read_sheet(content, name)
    assert told.value.code == code


def test_the_whole_table_may_lack_something() -> None:
    assert problems(sheet_of("29100;2026;7", headings="Mã xã;Năm;Tuổi")) == [(None, None, "no_counts")]
    assert problems(sheet_of("29100;2026;30;1", headings="Mã xã;Năm;Tuổi;Tổng số")) == [(None, None, "no_children")]
    twice = sheet_of("29100;2026;7;1;1", headings="Mã xã;Năm;Tuổi;Tổng số;Cộng")
    assert problems(twice) == [(None, None, "headings_twice")]


# Excel


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_numbers_and_dates_of_a_workbook() -> None:
    head = ["Mã xã", "Năm", "Tuổi", "Tổng số", "Ngày"]
    good = workbook([head, [29242, 2025.0, 7, 75, datetime(2025, 7, 1)]])
    assert reading(good, name="a.xlsx", on=None).figures.to_dict("records")[0]["children"] == 75
    wrong = workbook([head, [29242, 2026, datetime(2026, 9, 5), 75, None], [29100, 2026, 7, 1.234, None]])
    found = reading(wrong, name="a.xlsx").problems
    assert [(one.row, one.code) for one in found] == [(2, "age_is_date"), (3, "count_not_whole")]


def test_the_template_is_read_once_it_is_filled_in() -> None:
    head = ["Mã xã", "Tên xã/phường", "Năm", "Tuổi", "Nam giới", "Nữ giới", "Tổng số"]
    made = template([("29100", "Xã N", 2026, 7, 40, 35, None), ("29100", "Xã N", 2026, 8, None, None, None)], head)
    found = reading(made, name="mau.xlsx")
    assert (found.problems, found.passed_over) == ((), 1)
    assert found.figures["children"].tolist() == [75]


# For every table


BANDS = st.lists(st.integers(0, 17), min_size=1, max_size=6, unique=True).map(sorted)


@settings(deadline=None)
@given(starts=BANDS, counts=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), min_size=6, max_size=6))
def test_nothing_is_lost_or_won(starts: list[int], counts: list[tuple[int, int]]) -> None:
    ends = [*(start - 1 for start in starts[1:]), 20]
    bands = list(zip(starts, ends, counts, strict=False))
    lines = [f"29100;2026;{low}-{high};{boys};{girls};{boys + girls}" for low, high, (boys, girls) in bands]
    found = figures(sheet_of(*lines))
    assert [row[2] for row in found] == list(range(starts[0], 21))
    assert sum(float(str(row[3])) for row in found) == pytest.approx(sum(sum(both) for *_, both in bands))
    for low, high, (boys, girls) in bands:
        inside = [row for row in found if low <= int(str(row[2])) <= high]
        assert sum(float(str(row[4])) for row in inside) == pytest.approx(girls)
        assert sum(float(str(row[5])) for row in inside) == pytest.approx(boys)


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=8), min_size=4, max_size=4), max_size=5))
def test_no_text_in_a_cell_breaks_the_reading(rows: list[list[str]]) -> None:
    try:
        found = reading(workbook([["Mã xã", "Năm", "Tuổi", "Tổng số"], *map(_clean, rows)]), name="a.xlsx")
    except UnreadableTable:
        return
    assert found.problems or len(found.figures)


def _clean(cells: list[str]) -> list[str]:
    """Without what a workbook cannot hold; no formulas."""
    return ["".join(c for c in cell if c.isprintable()).lstrip("=") for cell in cells]


# What an import changes


ESTIMATE = pd.DataFrame(
    [("estimate", code, 2026, age, 10.0, None, None) for code in ("29100", "29242") for age in range(7, 16)],
    columns=["source", "commune_code", "year", "age", "children", "band_from", "band_to"],
)
SOURCES = pd.DataFrame(
    [("estimate", "Ước tính", True, []), ("old", "Số cũ", False, [2025])],
    columns=["source", "title", "is_estimate", "in_force"],
)


def test_what_an_import_changes(definitions: dict[int, Definition]) -> None:
    imported = reading(sheet_of("29100;2026;7-15;;;135")).figures
    found = changes(imported, ESTIMATE, SOURCES, definitions[22], 2026, ["29100", "29242"])
    rows = {row["commune_code"]: row for row in found.to_dict("records")}
    n, m, province = rows["29100"], rows["29242"], rows[PROVINCE]
    assert (n["before"], n["after"], n["difference"], n["off"], n["taken"]) == (90, 135, 45, 50, True)
    assert (m["before"], m["after"], m["taken"]) == (90, 90, False)
    assert (province["before"], province["after"], province["off"]) == (180, 225, 25)
    assert far_off(found) == ["29100", PROVINCE]


def test_one_source_is_in_force_a_year_and_no_other_official_one_is_used(definitions: dict[int, Definition]) -> None:
    official = ESTIMATE.assign(source="old", children=20.0)
    both = pd.concat([ESTIMATE, official, official.assign(year=2025)])

    def used(in_force: list[int]) -> list[tuple[str, int, int]]:
        sources = SOURCES.assign(in_force=[[], in_force])
        found = denominators(both, sources, definitions[22], [2025, 2026], ["29100"])
        return list(found[["source", "year", "population"]].dropna().itertuples(index=False, name=None))

    assert used([2026]) == [("old", 2026, 180)], "there is no estimate of 2025 here"
    assert used([2025, 2026]) == [("old", 2025, 180), ("old", 2026, 180)]
    assert used([]) == [("estimate", 2026, 90)]


@pytest.mark.parametrize(("bands", "estimate"), [((7, 15), False), ((5, 15), True), ((7, 19), True)])
def test_a_denominator_that_cuts_a_band_is_an_estimate(
    definitions: dict[int, Definition], bands: tuple[int, int], estimate: bool
) -> None:
    low, high = bands
    imported = reading(sheet_of(f"29100;2026;{low}-{high};;;{10 * (high - low + 1)}")).figures.assign(source="old")
    sources = SOURCES.assign(in_force=[[], [2026]])
    found = denominators(imported, sources, definitions[22], [2026], ["29100"]).iloc[0]
    assert (found["population"], bool(found["is_estimate"])) == (90, estimate)
