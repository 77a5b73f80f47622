"""Words that may tell of harm: what must be found, and what children say every day."""

from __future__ import annotations

import time
import unicodedata

import pytest

from survey_app.harm_words import harm_words

HARM = [
    ("Bố hay đánh em khi say rượu", "đánh"),
    ("bo danh em dau lam", "danh em"),
    ("Em bị Đánh Đập", "bị Đánh"),
    ("thầy sờ vào người em", "sờ vào"),
    ("chu ay so mo em", "so mo"),
    ("Em không muốn sống nữa", "không muốn sống"),
    ("em ko muon song nua", "ko muon song"),
    ("em muon chet", "muon chet"),
    ("Mẹ bỏ đói em", "bỏ đói"),
    ("Các anh lớn bắt nạt và trấn lột em", "bắt nạt"),
    ("em muốn bỏ nhà đi", "bỏ nhà đi"),
    ("Chú đe doạ không được kể với ai", "đe doạ"),
    ("người ta định bán em qua biên giới", "bán em"),
    ("My father beats me every day", "beats me"),
    ("I don’t want to live", "don’t want to live"),
    ("He touched me", "touched me"),
    ("ឪពុកវាយខ្ញុំ", "ឪពុកវាយ"),
    ("ខ្ញុំចង់ស្លាប់", "ចង់ស្លាប់"),
]
EVERYDAY = [
    "",
    "Em đánh răng mỗi sáng",
    "em danh rang moi sang",
    "Em thích đánh cầu lông với bạn",
    "Em muốn có sân để đánh bóng chuyền và đánh đàn",
    "Thầy cô đánh giá công bằng hơn",
    "Em muốn trường có thêm cây xanh và nước sạch",
    "Danh sách lớp em có nhiều bạn",
    "Lop em hay do sach, em thich hoc anh van",
    "Nhà vệ sinh ở trường cần sạch hơn",
    "I like to play football with my friends",
    "ខ្ញុំចូលចិត្តលេងបាល់ជាមួយមិត្តភក្តិ",
]


@pytest.mark.parametrize(("text", "word"), HARM)
def test_found(text: str, word: str) -> None:
    assert any(word in found or found in word for found in harm_words(text)), harm_words(text)
    assert harm_words(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_words_alert_nobody(text: str) -> None:
    assert harm_words(text) == ()


def test_harm_beside_everyday_words_is_still_found() -> None:
    assert harm_words("Em đánh răng xong thì bố đánh em") == ("bố đánh em",)


def test_a_long_text_takes_no_time() -> None:
    text = "Em thích đi học và đánh cầu với các bạn trong lớp. " * 200
    begun = time.perf_counter()
    assert harm_words(text) == ()
    assert time.perf_counter() - begun < 0.5
