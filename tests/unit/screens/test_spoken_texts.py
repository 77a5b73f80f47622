"""Which texts of a questionnaire are recorded, in which order, and which come next."""

from __future__ import annotations

from survey_app.questionnaire import Choice, Node, Questionnaire
from survey_app.screens.spoken_texts import IN_THE_FORM, NONE, RECORDED, next_without, spoken_texts, state

YES, NO = Choice("yes", {"vi": "Có"}, audio={"vi": "co.mp3"}), Choice("no", {"vi": "Không"})


def questionnaire(*nodes: Node) -> Questionnaire:
    return Questionnaire(
        id="form",
        version="1",
        title={"vi": "Phiếu"},
        languages=("vi",),
        default_language="vi",
        min_age=7,
        max_age=10,
        nodes=nodes,
        choices={"yes_no": (YES, NO)},
    )


def test_texts_stand_in_the_order_of_the_form_and_a_list_of_choices_once() -> None:
    form = questionnaire(
        Node("start", "start"),
        Node("hello", "note", {"vi": "Chào em"}),
        Node(
            "about",
            "group",
            {"vi": "Về em"},
            children=(
                Node("play", "select_one", {"vi": "Em có chơi không?"}, choices="yes_no"),
                Node("sing", "select_one", {"vi": "Em có hát không?"}, choices="yes_no"),
            ),
        ),
        Node("sum", "calculate", {"vi": "Tổng"}),
    )
    texts = spoken_texts(form)
    assert [text.place for text in texts] == [
        "question:hello",
        "question:about",
        "question:play",
        "choice:yes_no/yes",
        "choice:yes_no/no",
        "question:sing",
    ]
    assert texts[3].question == {"vi": "Em có chơi không?"}
    assert texts[5].question is None


def test_a_recording_of_staff_wins_over_the_form_and_a_missing_file_is_none() -> None:
    form = questionnaire(Node("play", "select_one", {"vi": "Chơi?"}, choices="yes_no"))
    _, yes, no = spoken_texts(form)
    assert state(yes, "vi", {yes.place}, {"co.mp3"}) == RECORDED
    assert state(yes, "vi", set(), {"co.mp3"}) == IN_THE_FORM
    assert state(yes, "vi", set(), set()) == NONE
    assert state(yes, "km", set(), {"co.mp3"}) == NONE
    assert state(no, "vi", set(), {"co.mp3"}) == NONE


def test_a_text_that_repeats_an_answer_is_known() -> None:
    asked = spoken_texts(
        questionnaire(Node("play", "text", {"vi": "Em ${name} thích gì?"}), Node("b", "text", {"vi": "Gì?"}))
    )
    assert [text.is_filled_in for text in asked] == [True, False]


def test_the_next_without_a_recording_goes_round() -> None:
    states = [NONE, RECORDED, NONE, IN_THE_FORM]
    assert next_without(states, 0) == 2
    assert next_without(states, 2) == 0
    assert next_without([RECORDED, NONE], 1) == 1
    assert next_without([RECORDED, IN_THE_FORM], 0) is None
    assert next_without([], 0) is None
