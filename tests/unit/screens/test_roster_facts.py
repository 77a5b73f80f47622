"""Classes in the order people count them, and what a class is called a year later."""

from __future__ import annotations

import pytest

from survey_app.screens.roster_facts import cards_csv, next_class_name, roster_order


@pytest.mark.parametrize(
    ("name", "later"),
    [
        ("4A", "5A"),
        ("Lớp 4A", "Lớp 5A"),
        ("Lớp 4A2", "Lớp 5A2"),
        ("9B, năm học 2026–2027", "10B, năm học 2027–2028"),
        ("4A (2026-2027)", "5A (2027-2028)"),
        ("Câu lạc bộ đọc sách", "Câu lạc bộ đọc sách"),
        ("Đội 2026", "Đội 2027"),
        ("12A", "13A"),
        ("Lớp 101", "Lớp 101"),
    ],
)
def test_a_class_is_called_by_the_next_grade_and_the_next_year(name: str, later: str) -> None:
    assert next_class_name(name) == later


def test_classes_come_by_place_and_then_as_people_count() -> None:
    def row(name: str, school: str | None = "Trường A") -> dict[str, str | None]:
        return {"name": name, "school_name": school, "commune_name": "Xã Cầu Ngang"}

    found = [row("10A"), row("4B"), row("Đội"), row("4A"), row("1A", "Trường Ă"), row("5A", None)]
    assert [one["name"] for one in sorted(found, key=roster_order)] == ["5A", "4A", "4B", "10A", "Đội", "1A"]


def test_a_list_of_cards_opens_in_a_spreadsheet() -> None:
    cards = [{"card": "VOI4821", "birth_year": 2016, "birth_month": 5, "sex": "female", "row": 2}]
    assert cards_csv(cards).decode("utf-8-sig").splitlines() == [
        "Dòng,Thẻ,Năm sinh,Giới tính",
        "2,VOI 4821,5/2016,Nữ",
    ]
