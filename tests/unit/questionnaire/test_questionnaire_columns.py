"""The columns of the survey and choices sheets beyond type, name and label: what becomes of each."""

from __future__ import annotations

from typing import Any

import pytest
from pyxform import aliases

from survey_app.questionnaire.model import Choice
from tests.unit.questionnaire.form_text import YES_NO, nodes, problems, read, survey


def test_a_question_may_have_help_on_request_a_picture_and_a_recording() -> None:
    form = survey(
        "hint | guidance_hint | media::image | media::audio | autoplay",
        "text | q | Hỏi | Gợi ý | Giải thích | q.png | q.mp3 | audio",
        "note | n | Chào | | | n.webp | n.ogg |",
        "begin_group | g | Nhóm | | Giải thích | g.svg | g.m4a | audio",
        "text | inside | Trong | | | | |",
        "end_group | | | | | | |",
        "begin_repeat | r | Lặp | | | r.jpg | r.wav |",
        "image | drawn | Vẽ | | | | |",
        "end_repeat | | | | | | |",
    )
    found = {name: node.to_json() for name, node in nodes(form).items()}
    assert found["q"]["guidance_hint"] == {"vi": "Giải thích"}
    assert (found["q"]["image"], found["q"]["audio"], found["q"]["autoplay"]) == ("q.png", {"vi": "q.mp3"}, True)
    assert (found["n"]["image"], found["n"]["audio"]) == ("n.webp", {"vi": "n.ogg"})
    assert (found["g"]["image"], found["g"]["audio"], found["g"]["autoplay"]) == ("g.svg", {"vi": "g.m4a"}, True)
    assert found["g"]["guidance_hint"] == {"vi": "Giải thích"}
    assert (found["r"]["image"], found["r"]["audio"]) == ("r.jpg", {"vi": "r.wav"})
    assert not {"image", "audio", "autoplay", "guidance_hint"} & set(found["inside"])


MEDIA = """
| survey |
| | type | name | label::vi | label::en | media::image::vi | media::image::en | media::audio::vi | media::audio::en |
| | select_one yn | q | Hỏi | Ask | q.png | q.png | q-vi.mp3 | q-en.webm |
| | note | n | Chào | Hello | | | n-vi.mp3 | |
| choices |
| | list_name | name | label::vi | label::en | media::audio::vi | media::audio::en |
| | yn        | yes  | Có        | Yes       | yes-vi.mp3       | yes-en.mp3       |
| | yn        | no   | Không     | No        |                  | no-en.mp3        |
"""


def test_recordings_are_by_language_and_may_be_missing_in_one() -> None:
    questionnaire = read(MEDIA)
    question, note = questionnaire.nodes
    assert question.audio == {"vi": "q-vi.mp3", "en": "q-en.webm"}
    assert note.audio == {"vi": "n-vi.mp3"}
    assert questionnaire.choices["yn"] == (
        Choice("yes", {"vi": "Có", "en": "Yes"}, audio={"vi": "yes-vi.mp3", "en": "yes-en.mp3"}),
        Choice("no", {"vi": "Không", "en": "No"}, audio={"en": "no-en.mp3"}),
    )


def test_a_picture_is_the_same_in_every_language() -> None:
    assert problems(MEDIA.replace("| q.png | q.png |", "| q.png | other.png |")) == [
        ("bad_image", "survey", 2, "media::image")
    ]


def test_a_recording_without_language_in_a_form_with_several_is_refused() -> None:
    form = MEDIA.replace("media::audio::vi | media::audio::en |\n| | select_one", "media::audio | x |\n| | select_one")
    assert ("column_without_language", "survey", 1, "media::audio") in problems(form)


def test_a_language_that_only_media_have_must_have_all_texts() -> None:
    form = survey("label::vi | media::audio::km", "text | q | | Hỏi | q.mp3").replace("| label |", "|  |", 1)
    assert problems(form) == [("missing_translation", "survey", 2, "label::km")]


def test_help_on_request_must_be_in_every_language() -> None:
    form = survey("label::vi | label::en | guidance_hint::vi | guidance_hint::en", "text | q | | Hỏi | Ask | | Help")
    assert problems(form.replace("| label |", "|  |", 1)) == [("missing_translation", "survey", 2, "guidance_hint::vi")]


@pytest.mark.parametrize("kind", ["video", "big-image"])
def test_choices_have_pictures_and_recordings_only(kind: str) -> None:
    form = survey("hint", "select_one yn | q | Hỏi |") + YES_NO.replace("| label |", f"| label | media::{kind} |")
    form = form.replace("| Có    |", "| Có    | a.mp4 |")
    assert problems(form) == [("unsupported_column", "choices", 2, f"media::{kind}")]


def test_the_labels_of_choices_may_name_answers_where_they_are_shown() -> None:
    choices = YES_NO.replace("Không", "Không, ${a}")
    assert nodes(survey("hint", "text | a | A |", "select_one yn | q | Hỏi |") + choices)["q"].choices == "yn"
    inside = ("begin_repeat | r | R |", "text | a | A |", "select_one yn | q | Hỏi |", "end_repeat | | |")
    assert nodes(survey("hint", *inside) + choices)["q"].choices == "yn"
    outside = survey("hint", *inside, "select_one yn | again | Hỏi lại |")
    assert problems(outside + choices) == [("repeat_reference", "choices", 3, "label")]
    assert ("unknown_reference", "choices", 3, "label") in problems(survey("hint", "rank yn | q | Hỏi |") + choices)


@pytest.mark.parametrize("kind", ["image", "audio"])
def test_a_file_is_no_words_but_whether_there_is_one_may_be_asked(kind: str) -> None:
    form = survey("relevant", f"{kind} | a | A |", "text | q | Hỏi ${a} |")
    assert problems(form) == [("file_in_text", "survey", 3, "label")]
    assert nodes(survey("relevant", f"{kind} | a | A |", "text | q | Hỏi | ${a} != ''"))["q"].relevant is not None


def test_a_calculation_may_be_made_anew_when_questions_change() -> None:
    form = survey(
        "calculation | trigger",
        "integer | a | A | |",
        "integer | b | B | |",
        "text | when | Lúc nào | now() | ${a}",
        "calculate | both | | ${a} + ${b} | ${a}, ${b}",
        "text | emptied | Xóa | | ${a}",
        "hidden | kept | | ${a} * 2 | ${b}",
    )
    found = nodes(form)
    assert (found["when"].calculation, found["when"].trigger) == ({"fn": "now", "args": []}, ("a",))
    assert found["both"].trigger == ("a", "b")
    assert (found["emptied"].calculation, found["emptied"].trigger) == ({"lit": ""}, ("a",))
    assert (found["kept"].type, found["kept"].trigger) == ("hidden", ("b",))


@pytest.mark.parametrize("kind", ["note", "image", "audio", "rank yn", "select_multiple yn", "start", "acknowledge"])
def test_not_every_row_can_be_triggered(kind: str) -> None:
    form = survey("calculation | trigger", "integer | a | A | |", f"{kind} | b | B | 1 + 1 | ${{a}}")
    assert ("not_applicable", "survey", 3, "trigger") in problems(form + YES_NO)


def test_a_trigger_and_what_it_triggers_are_in_the_same_repeat() -> None:
    within = (
        "begin_repeat | r | R | |",
        "integer | a | A | |",
        "text | b | B | now() | ${a}",
        "end_repeat | | | |",
    )
    assert nodes(survey("calculation | trigger", *within))["b"].trigger == ("a",)
    outward = survey("calculation | trigger", *within, "text | c | C | now() | ${a}")
    assert problems(outward) == [("trigger_elsewhere", "survey", 6, "trigger")]
    inward = survey("calculation | trigger", "integer | z | Z | |", *within).replace("now() | ${a}", "now() | ${z}")
    assert problems(inward) == [("trigger_elsewhere", "survey", 5, "trigger")]


def test_a_question_that_is_only_read_may_be_calculated() -> None:
    form = survey("calculation | read_only", "integer | a | A | |", "integer | twice | Gấp đôi | ${a} * 2 | yes")
    node = nodes(form)["twice"]
    assert (node.read_only, node.calculation) == (True, {"op": "*", "args": [{"ref": "a"}, {"lit": 2}]})


def test_a_question_that_is_only_sometimes_read_cannot_be_calculated() -> None:
    form = survey("calculation | read_only", "integer | a | A | |", "integer | b | B | ${a} * 2 | ${a} > 3")
    assert problems(form) == [("calculation_on_question", "survey", 3, "calculation")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("yes", True),
        ("true()", True),
        ("no", None),
        ("", None),
        ("${a} > 3", {"op": ">", "args": [{"ref": "a"}, {"lit": 3}]}),
    ],
)
def test_read_only_is_yes_no_or_an_expression(cell: str, expected: Any) -> None:
    form = survey("readonly", "integer | a | A |", f"text | q | Hỏi | {cell}")
    assert nodes(form)["q"].to_json().get("read_only") == expected


def test_read_only_on_a_note_is_what_it_is_anyway() -> None:
    assert nodes(survey("read_only", "note | n | Chào | yes", "text | q | Hỏi |"))["n"].read_only is False


@pytest.mark.parametrize(
    ("kind", "cell", "default", "initial"),
    [
        ("text", "xanh", "xanh", None),
        ("text", "'a-b'", "'a-b'", None),
        ("text", "concat('a', ${first})", None, {"fn": "concat", "args": [{"lit": "a"}, {"ref": "first"}]}),
        ("integer", "-5", -5, None),
        ("integer", "2 + 3", None, {"op": "+", "args": [{"lit": 2}, {"lit": 3}]}),
        ("decimal", "1.5", 1.5, None),
        ("range", "3", 3, None),
        ("date", "2026-11-24", "2026-11-24", None),
        ("date", "today()", None, {"fn": "today", "args": []}),
        ("time", "08:30", "08:30", None),
        ("select_one yn", "yes", "yes", None),
        ("select_one yn", "${first}", None, {"ref": "first"}),
        ("select_multiple yn", "yes no", ["yes", "no"], None),
        ("rank yn", "no yes", ["no", "yes"], None),
        ("hidden", "x", "x", None),
        ("hidden", "once(${first})", None, {"fn": "once", "args": [{"ref": "first"}]}),
    ],
)
def test_a_default_is_fixed_or_worked_out_at_the_beginning(kind: str, cell: str, default: Any, initial: Any) -> None:
    node = nodes(survey("default", "text | first | Một |", f"{kind} | q | Hỏi | {cell}") + YES_NO)["q"]
    assert (node.default, node.initial) == (default, initial)


@pytest.mark.parametrize("kind", ["select_one", "select_multiple", "rank"])
def test_choices_may_come_in_an_order_that_differs_from_child_to_child(kind: str) -> None:
    form = survey("parameters", "integer | a | A |", f"{kind} yn | q | Hỏi | randomize=true seed=${{a}}")
    node = nodes(form + YES_NO)["q"]
    assert (node.randomize, node.seed) == (True, {"ref": "a"})
    fixed = nodes(form.replace("randomize=true seed=${a}", "randomize=false") + YES_NO)["q"]
    assert (fixed.randomize, fixed.seed) == (False, None)


@pytest.mark.parametrize(
    ("kind", "cell", "kept"),
    [
        ("image", "max-pixels=640", {"max-pixels": 640}),
        ("text", "rows=5", {"rows": 5}),
        ("audio", "quality=low", None),
        ("range", "start=0 end=4", {"start": 0, "end": 4, "step": 1}),
        ("range", "", {"start": 1, "end": 10, "step": 1}),
        ("text", "", None),
    ],
)
def test_parameters_are_kept_where_they_mean_something(kind: str, cell: str, kept: Any) -> None:
    assert nodes(survey("parameters", f"{kind} | q | Hỏi | {cell}"))["q"].parameters == kept


def test_a_text_field_may_have_rows_of_its_own_column() -> None:
    assert nodes(survey("rows", "text | q | Hỏi | 7"))["q"].parameters == {"rows": 7}


@pytest.mark.parametrize("kind", ["select_one", "select_multiple"])
def test_or_other_adds_a_choice_to_the_list_and_a_question_after_it(kind: str) -> None:
    form = """
    | survey |
    | | type | name | label::Tiếng Việt (vi) | label::ខ្មែរ (km) | label::English (en) | label::Français (fr) |
    | | %s yn or_other | q | Hỏi | សួរ | Ask | Demander |
    | | rank yn | r | Xếp | រៀប | Order | Ordonner |
    | | text | last | Cuối | ចុង | Last | Fin |
    | choices |
    | | list_name | name | label::Tiếng Việt (vi) | label::ខ្មែរ (km) | label::English (en) | label::Français (fr) |
    | | yn        | yes  | Có                     | បាទ            | Yes                 | Oui                  |
    """
    questionnaire = read(form % kind)
    assert [node.name for node in questionnaire.nodes] == ["q", "q_other", "r", "last"]
    other = questionnaire.nodes[1]
    assert other.type == "text"
    assert other.relevant == {"fn": "selected", "args": [{"ref": "q"}, {"lit": "other"}]}
    assert set(other.label or {}) == {"vi", "km", "en", "fr"}
    assert len(set((other.label or {}).values())) == 3  # French has the English words
    assert [choice.name for choice in questionnaire.choices["yn"]] == ["yes", "other"]
    assert questionnaire.choices["yn"][1].label["vi"] == "Khác"


def test_or_other_leaves_a_list_with_an_other_as_it_is() -> None:
    form = survey("hint", "select_one yn or_other | q | Hỏi |") + YES_NO.replace("no  ", "other")
    assert [choice.label for choice in read(form).choices["yn"]] == [{"vi": "Có"}, {"vi": "Không"}]


def test_or_other_takes_a_name_that_must_be_free() -> None:
    form = survey("hint", "select_one yn or_other | q | Hỏi |", "text | q_other | Khác |")
    assert problems(form + YES_NO) == [("duplicate_name", "survey", 3, "name")]


def test_or_other_in_a_repeat_asks_within_it() -> None:
    form = survey("hint", "begin_repeat | r | R |", "select_one yn or_other | q | Hỏi |", "end_repeat | | |")
    (repeat,) = read(form + YES_NO).nodes
    assert [child.name for child in repeat.children] == ["q", "q_other"]


def test_or_other_with_a_choice_filter_is_what_pyxform_does_not_take() -> None:
    form = survey("choice_filter", "select_one yn or_other | q | Hỏi | name = 'yes'")
    assert problems(form + YES_NO) == [("pyxform", "survey", 2, None)]


def test_the_old_word_trigger_for_acknowledge_is_understood() -> None:
    assert nodes(survey("hint", "trigger | q | Đã đọc |"))["q"].type == "acknowledge"


# What becomes of each column that pyxform knows. A column that is neither read nor refused changes neither what a child
# sees nor what is stored: sms_… concern forms that are sent by SMS.
READ = {
    *("read_only", "readonly", "relevant", "relevance", "caption", "appearance", "required", "constraint"),
    *("constraining_message", "constraint_message", "calculation", "calculate", "command", "tag", "value", "image"),
    *("audio", "count", "repeat_count", "jr:count", "autoplay", "rows", "requiredmsg", "required_message", "body"),
}
REFUSED = {
    "sms_field": "x",
    "sms_option": "x",
    "compact_tag": "x",
    "big-image": "a.png",
    "video": "a.mp4",
    "noapperrorstring": "x",
    "no_app_error_string": "x",
    "save_to": "x",
}
WITHOUT_EFFECT = {"sms_separator", "sms_allow_media", "sms_date_format", "sms_datetime_format", "sms_response"}


def test_every_column_that_pyxform_knows_is_read_or_refused_or_without_effect() -> None:
    assert set(aliases.survey_header) == READ | set(REFUSED) | WITHOUT_EFFECT


@pytest.mark.parametrize("column", REFUSED)
def test_columns_that_we_cannot_keep_to_are_refused(column: str) -> None:
    form = survey(column, f"text | q | Hỏi | {REFUSED[column]}")
    assert [one[:3] for one in problems(form) if one[0] != "pyxform"] == [("unsupported_column", "survey", 2)]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("relevant::en", "yes"),
        ("required::en", "yes"),
        ("read_only::en", "yes"),
        ("constraint::en", ". > 1"),
        ("calculation::en", "1"),
        ("appearance::en", "multiline"),
        ("autoplay::en", "audio"),
        ("default::en", "x"),
        ("parameters::en", "rows=3"),
        ("trigger::en", "${a}"),
        ("choice_filter::en", "yes"),
    ],
)
def test_what_is_no_text_has_no_languages(column: str, cell: str) -> None:
    form = survey(column, "text | a | A |", f"text | q | Hỏi | {cell}")
    assert ("unsupported_column", "survey", 3, column) in problems(form)


def test_an_emoji_has_no_languages() -> None:
    form = survey("hint", "select_one yn | q | Hỏi |") + YES_NO.replace("| label |", "| label | emoji::en |")
    assert problems(form.replace("| Có    |", "| Có    | 🙂 |")) == [
        ("unsupported_column", "choices", 2, "emoji::en"),
    ]


@pytest.mark.parametrize(
    "words", ["Một **đậm** chữ", "# Tiêu đề", "[Xem](https://x.example)", "<span style='color:red'>Đỏ</span>", "a<br>b"]
)
def test_texts_are_plain_words_without_formatting(words: str) -> None:
    assert problems(survey("hint", f"text | q | {words} |")) == [("markup", "survey", 2, "label")]
    assert problems(survey("hint", f"text | q | Hỏi | {words}")) == [("markup", "survey", 2, "hint")]
    choices = YES_NO.replace("Không", words)
    assert problems(survey("hint", "select_one yn | q | Hỏi |") + choices) == [("markup", "choices", 3, "label")]


@pytest.mark.parametrize("words", ["2 < 3 > 1", "a * b ** c", "#1", "Em [tự chọn] (nếu muốn)", "___", "<3"])
def test_signs_that_are_no_formatting_stay(words: str) -> None:
    assert nodes(survey("hint", f"text | q | {words} |"))["q"].label == {"vi": words}
