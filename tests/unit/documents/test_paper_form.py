"""Questionnaires on paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from survey_app.documents.paper_form import paper_form
from survey_app.questionnaire import Questionnaire, read_questionnaire
from survey_app.questionnaire.order import walk
from survey_app.reference_data import QUESTIONNAIRES
from tests.unit.documents.opened import LONG_NAME, OCCASION, assert_within, pages, text

OWN = [read_questionnaire(path) for path in sorted(QUESTIONNAIRES.glob("*.md"))]
SURVEY = (
    "| survey |\n| | type | name | label::Tiếng Việt (vi) | appearance | relevant | parameters | readonly | default |\n"
)
CHOICES = (
    "| choices |\n| | list_name | name | label::Tiếng Việt (vi) |\n| | yes_no | yes | Có |\n| | yes_no | no | Không |\n"
    "| settings |\n| | form_title | default_language |\n| | Thử | Tiếng Việt (vi) |\n"
)


def form(*survey_rows: str) -> Questionnaire:
    return read_questionnaire((SURVEY + "".join(f"| | {row} |\n" for row in survey_rows) + CHOICES).encode(), "thu.md")


def printed(*survey_rows: str) -> str:
    return text(paper_form(form(*survey_rows), "vi", OCCASION))


@pytest.mark.parametrize("questionnaire", OWN, ids=lambda questionnaire: questionnaire.id)
def test_our_own_questionnaires_are_whole_on_paper(questionnaire: Questionnaire) -> None:
    made = paper_form(questionnaire, "vi", OCCASION)
    said = text(made)
    for node in walk(questionnaire.nodes):
        if node.label:
            assert node.label["vi"] in said
        for choice in questionnaire.choices.get(node.choices or "", ()):
            assert all(word in said for word in choice.label["vi"].split())
    # A sheet printed on both sides; the older ones are asked more.
    assert pages(made) <= (3 if questionnaire.id == "children-11-15" else 2)
    assert f"Trang {pages(made)} / {pages(made)}" in said
    assert said.count("482 913") == pages(made)
    assert said.count("111 (miễn phí") == pages(made)


@pytest.mark.parametrize("questionnaire", OWN, ids=lambda questionnaire: questionnaire.id)
@pytest.mark.parametrize("language", ["vi", "km"])
def test_nothing_leaves_the_page(questionnaire: Questionnaire, language: str) -> None:
    occasion = replace(OCCASION, school=LONG_NAME, title="Một tên rất dài của đợt lấy ý kiến " * 3)
    assert_within(paper_form(questionnaire, language, occasion), 8)


def test_the_child_is_asked_first_and_told_to_leave_out_her_name() -> None:
    said = printed("text | wish | Em mong gì? | multiline | | | |")
    order = ["Thẻ của em:", "Em đừng ghi tên", "Không ghi tên em", "Có, em muốn tham gia", "Em mong gì?"]
    assert [said.index(one) for one in order] == sorted(said.index(one) for one in order)
    assert "Thôi, em không tham gia" in said
    assert "từ 7 đến 10 tuổi" in said


def test_khmer_is_in_khmer() -> None:
    said = text(paper_form(OWN[0], "km", OCCASION))
    assert "កាត" in said
    assert "Thẻ của em" not in said
    assert "Cảm ơn" not in said


def test_who_is_meant_is_said_in_words() -> None:
    said = printed(
        "select_one yes_no | yard | Có sân không? | | | | |",
        "text | wish | Em mong gì? | | ${yard} = 'yes' or selected(${yard}, 'no') | | |",
        "integer | times | Mấy lần? | | | | |",
        "text | why | Vì sao? | | ${times} > 3 and ${yard} = 'yes' | | |",
        "today | opened_on | | | | | |",
        "text | only_today | Hôm nay thì sao? | | ${opened_on} != '' | | |",
    )
    assert "Câu này chỉ dành cho em chọn “Có”, “Không” ở câu 1. Em mong gì?" in said
    assert "là tùy câu 1, 3. Chưa rõ thì em hỏi thầy cô. Vì sao?" in said
    assert "Em hỏi thầy cô xem có cần trả lời phần này không. Hôm nay thì sao?" in said


def test_what_needs_a_tablet_is_left_out_with_a_remark_and_without_a_number() -> None:
    said = printed(
        "text | first | Câu một? | | | | |",
        "audio | voice | Em nói nhé | | | | |",
        "image | picture | Em vẽ nhé | draw | | | |",
        "text | second | Câu hai? | | | | |",
    )
    assert said.count("Câu này chỉ có trên máy.") == 2
    assert "1. Câu một?" in said
    assert "2. Câu hai?" in said
    assert "3." not in said.split("Câu hai?")[1].split("Cảm ơn")[0]


def test_every_kind_of_answer_has_its_place() -> None:
    said = printed(
        "range | stars | Mấy sao? | stars | | start=1 end=5 step=1 | |",
        "range | far | Bao xa? | slider | | start=0 end=100 step=1 | |",
        "rank yes_no | order | Xếp thứ tự | rank | | | |",
        "select_multiple yes_no | many | Chọn đi | | | | |",
        "date | when | Ngày nào? | | | | |",
        "time | hour | Giờ nào? | | | | |",
        "acknowledge | seen | Em đọc nhé | | | | |",
        "text | rule | Điều này: | | | | yes | Điều 12",
    )
    for words in ("từ 0 đến 100", "Em ghi số 1", "Em chọn nhiều ô", "Ngày ...", "... phút", "Em hiểu rồi", "Điều 12"):
        assert words in said, words
    assert said.count("⭐") == 1 + 2 + 3 + 4 + 5


def test_an_answer_within_a_text_is_left_open() -> None:
    said = printed("text | place | Ở đâu? | | | | |", "text | more | Ở ${place} có gì vui? | | | | |")
    assert "Ở ………… có gì vui?" in said
    assert "${" not in said


def test_the_same_form_is_the_same_file() -> None:
    assert paper_form(OWN[0], "vi", OCCASION) == paper_form(OWN[0], "vi", OCCASION)
