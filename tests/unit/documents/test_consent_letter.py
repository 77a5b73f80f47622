"""The letter to guardians."""

from __future__ import annotations

from dataclasses import replace

import pytest

from survey_app.documents.consent_letter import consent_letter
from tests.unit.documents.opened import LONG_NAME, OCCASION, assert_within, pages, text


def test_it_says_what_a_guardian_must_know() -> None:
    said = text(consent_letter("vi", OCCASION))
    for words in (
        OCCASION.title,
        "Trường Tiểu học Nguyễn Văn Trỗi",
        "Xã Càng Long",
        "25/11/2026",
        "từ 7 đến 10 tuổi",
        "Việc tham gia là tự nguyện",
        "mã biên nhận",
        "Luật Trẻ em năm 2016",
        "36/2018/TT-BLĐTBXH",
        "bảo vệ trẻ em: 111",
    ):
        assert words in said, words


def test_the_slip_asks_for_both_answers_and_stays_at_the_school() -> None:
    slip = text(consent_letter("vi", OCCASION)).split("cắt theo đường này")[1]
    for words in ("Họ và tên học sinh:", "Tôi ĐỒNG Ý", "Tôi KHÔNG đồng ý", "ký, ghi rõ họ tên", "không nhập tên"):
        assert words in slip, words


@pytest.mark.parametrize("language", ["vi", "km"])
@pytest.mark.parametrize("school", ["", "Trường Tiểu học Nguyễn Văn Trỗi", LONG_NAME])
def test_it_is_one_page_whatever_the_names(language: str, school: str) -> None:
    made = consent_letter(language, replace(OCCASION, school=school, title="Ý kiến của em về mọi điều " * 5))
    assert pages(made) == 1
    assert_within(made, 9)


def test_khmer_is_in_khmer() -> None:
    said = text(consent_letter("km", OCCASION))
    assert "សាលា" in said
    assert "Kính gửi" not in said


def test_the_same_letter_is_the_same_file() -> None:
    assert consent_letter("km", OCCASION) == consent_letter("km", OCCASION)
