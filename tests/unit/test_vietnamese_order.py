"""The order of names as a Vietnamese reader expects it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.vietnamese_order import vietnamese_order


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Duyên Hải", "Đại An"),
        ("Long Hòa", "Long Hữu"),
        ("Ca", "Că"),
        ("Că", "Câ"),
        ("Tiểu Cần", "Trà Cú"),
        ("Trà Cú", "Trà Vinh"),
        ("ma", "mà"),
        ("mà", "mả"),
        ("mả", "mã"),
        ("mã", "má"),
        ("má", "mạ"),
        ("Long Đức", "Long Hiệp"),
        ("An", "An Trường"),
    ],
)
def test_comes_before(first: str, second: str) -> None:
    assert sorted([second, first], key=vietnamese_order) == [first, second]


@given(st.text())
def test_composed_and_decomposed_letters_are_the_same(name: str) -> None:
    import unicodedata

    assert vietnamese_order(unicodedata.normalize("NFC", name)) == vietnamese_order(unicodedata.normalize("NFD", name))


@given(st.lists(st.text()))
def test_any_names_can_be_put_in_order(names: list[str]) -> None:
    assert len(sorted(names, key=vietnamese_order)) == len(names)
