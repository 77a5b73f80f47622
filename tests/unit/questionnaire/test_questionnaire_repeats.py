"""Repeats: groups that are asked several times, and which references reach into them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.questionnaire.form_text import YES_NO, nodes, problems, read, survey

COLUMNS = "relevant | calculation | repeat_count | constraint"


def family(*rows: str) -> str:
    """A repeat “members” (rows 3 to 6) with an age and a friend, after a number; then further rows, from row 7 on."""
    return survey(
        COLUMNS,
        "integer | size | Mấy người? | | | |",
        "begin_repeat | members | Người thân | | | ${size} |",
        "integer | age | Mấy tuổi? | | | |",
        "select_one yn | friend | Là bạn? | ${age} > 6 | | |",
        "end_repeat | | | | | |",
        *rows,
    )


def calculation(form: str, name: str) -> Any:
    return nodes(form + YES_NO)[name].calculation


def test_a_repeat_is_a_node_with_children() -> None:
    (size, members) = read(family() + YES_NO).to_json()["nodes"]
    assert size["name"] == "size"
    assert members == {
        "name": "members",
        "type": "repeat",
        "label": {"vi": "Người thân"},
        "count": {"ref": "size"},
        "children": [
            {"name": "age", "type": "integer", "label": {"vi": "Mấy tuổi?"}},
            {
                "name": "friend",
                "type": "select_one",
                "label": {"vi": "Là bạn?"},
                "relevant": {"op": ">", "args": [{"ref": "age"}, {"lit": 6}]},
                "choices": "yn",
            },
        ],
    }


def test_a_repeat_may_be_in_a_group_and_hold_groups_and_have_no_count_and_no_label() -> None:
    form = survey(
        "appearance",
        "begin_group | outer | Ngoài |",
        "begin_repeat | r | | field-list",
        "begin_group | inner | Trong |",
        "text | q | Hỏi |",
        "end_group | | |",
        "end_repeat | | |",
        "end_group | | |",
    )
    (outer,) = read(form).nodes
    (repeat,) = outer.children
    assert (repeat.type, repeat.count, repeat.label, repeat.appearance) == ("repeat", None, None, ("field-list",))
    assert [(child.name, child.type) for child in repeat.children] == [("inner", "group")]


def test_a_count_may_be_a_number_or_an_expression() -> None:
    form = survey("repeat_count", "begin_repeat | r | R | 3", "text | q | Hỏi |", "end_repeat | | |")
    assert nodes(form)["r"].count == {"lit": 3}
    assert nodes(form.replace("| 3 |", "| 1 + 1 |"))["r"].count == {"op": "+", "args": [{"lit": 1}, {"lit": 1}]}


@pytest.mark.parametrize("count", ["0", "201", "2.5", "'many'"])
def test_a_fixed_count_is_one_that_a_tablet_offers(count: str) -> None:
    form = survey("repeat_count", f"begin_repeat | r | R | {count}", "text | q | Hỏi |", "end_repeat | | |")
    assert problems(form) == [("bad_count", "survey", 2, "repeat_count")]


@pytest.mark.parametrize("function", ["sum", "min", "max", "count", "count-non-empty", "concat"])
def test_from_outside_a_repeat_all_its_answers_stand_in_functions_of_many(function: str) -> None:
    form = family(f"calculate | c | | | {function}(${{age}}) | |")
    assert calculation(form, "c") == {"fn": function, "args": [{"all": "age", "of": "members"}]}


def test_join_takes_all_answers_after_what_is_put_between_them() -> None:
    form = family("calculate | c | | | join(', ', ${friend}) | |")
    assert calculation(form, "c") == {"fn": "join", "args": [{"lit": ", "}, {"all": "friend", "of": "members"}]}


def test_the_times_of_a_repeat_are_counted_from_outside_and_inside() -> None:
    times = {"fn": "count", "args": [{"all": "members"}]}
    assert calculation(family("calculate | c | | | count(${members}) | |"), "c") == times
    within = family().replace("| end_repeat", "| calculate | n | | | count(${members}) | | |\n| | end_repeat")
    assert calculation(within, "n") == times


def test_within_a_repeat_a_sibling_is_the_same_times_answer_even_in_a_function_of_many() -> None:
    within = family().replace("| end_repeat", "| calculate | n | | | max(${age}, 5) | | |\n| | end_repeat")
    assert calculation(within, "n") == {"fn": "max", "args": [{"ref": "age"}, {"lit": 5}]}


def test_another_repeats_answers_are_seen_as_from_outside() -> None:
    form = family(
        "begin_repeat | pets | Con vật | | | |",
        "integer | legs | Mấy chân? | | | |",
        "calculate | c | | | ${legs} + sum(${age}) | |",
        "end_repeat | | | | | |",
    )
    assert calculation(form, "c") == {
        "op": "+",
        "args": [{"ref": "legs"}, {"fn": "sum", "args": [{"all": "age", "of": "members"}]}],
    }


def test_position_and_outer_answers_may_stand_within_a_repeat() -> None:
    within = family().replace("| end_repeat", "| calculate | n | | | position(..) + ${size} | | |\n| | end_repeat")
    assert calculation(within, "n") == {"op": "+", "args": [{"fn": "position", "args": []}, {"ref": "size"}]}


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("text | x | Hỏi | ${age} > 3 | | |", "relevant", "repeat_reference"),
        ("calculate | x | | | sum(${age} * 2) | |", "calculation", "repeat_reference"),
        ("calculate | x | | | if(${friend} = 'yes', 1, 0) | |", "calculation", "repeat_reference"),
        ("calculate | x | | | string(${age}) | |", "calculation", "repeat_reference"),
        ("integer | x | Hỏi | | | | . < ${age}", "constraint", "repeat_reference"),
        ("note | x | Tuổi ${age} | | | |", "label", "repeat_reference"),
        ("text | x | Hỏi | ${members} = 1 | | |", "relevant", "repeat_without_value"),
        ("calculate | x | | | sum(${members}) | |", "calculation", "repeat_without_value"),
        ("note | x | Người ${members} | | | |", "label", "repeat_without_value"),
        ("calculate | x | | | count(${size}) | |", "calculation", "count_without_repeat"),
        ("calculate | x | | | count(${nobody}) | |", "calculation", "unknown_reference"),
        ("calculate | x | | | position(..) | |", "calculation", "position_outside_repeat"),
        ("calculate | x | | | jr:choice-name(1, '${friend}') | |", "calculation", "repeat_reference"),
        ("calculate | x | | | indexed-repeat(${age}, ${members}, 1) | |", "calculation", "function_indexed_repeat"),
    ],
)
def test_what_means_nothing_outside_a_repeat_is_refused_by_row(row: str, column: str, code: str) -> None:
    assert problems(family(row) + YES_NO)[0] == (code, "survey", 7, column)


def test_a_count_cannot_depend_on_what_is_counted() -> None:
    form = family().replace("${size}", "count(${members})")
    assert ("cycle", "survey", 3, None) in problems(form + YES_NO)
    form = family("calculate | c | | | sum(${age}) | |").replace("${size}", "${c}")
    assert ("cycle", "survey", 3, None) in problems(form + YES_NO)


def test_a_question_of_a_repeat_cannot_wait_for_the_sum_over_all_times() -> None:
    form = family("calculate | c | | | count-non-empty(${friend}) | |").replace("${age} > 6", "${c} < 3")
    assert ("cycle", "survey", 5, None) in problems(form + YES_NO)


def test_a_repeat_within_a_repeat_is_refused_and_its_rows_are_still_checked() -> None:
    form = survey(
        "relevant",
        "begin_repeat | outer | Ngoài |",
        "begin_group | between | Giữa |",
        "begin_repeat | inner | Trong |",
        "text | q | Hỏi | ${nobody} = 1",
        "end_repeat | | |",
        "end_group | | |",
        "end_repeat | | |",
        "text | after | Sau |",
    )
    assert problems(form) == [
        ("nested_repeat", "survey", 4, "type"),
        ("unknown_reference", "survey", 5, "relevant"),
    ]


def test_a_loop_over_a_list_is_refused() -> None:
    form = survey("hint", "begin_loop over yn | l | L |", "text | q | Hỏi |", "end_loop | | |")
    assert problems(form + YES_NO) == [("unsupported_loop", "survey", 2, "type")]


@pytest.mark.parametrize("kind", ["start", "end", "today", "deviceid"])
def test_what_the_tablet_fills_in_once_stands_outside_of_repeats(kind: str) -> None:
    form = survey("hint", "begin_repeat | r | R |", f"{kind} | m | |", "text | q | Hỏi |", "end_repeat | | |")
    assert problems(form) == [("metadata_in_repeat", "survey", 3, "type")]


@pytest.mark.parametrize("column", ["required", "constraint", "calculation", "default", "trigger", "read_only"])
def test_a_repeat_has_no_answer_of_its_own_to_look_at(column: str) -> None:
    form = survey(column, "text | a | A |", "begin_repeat | r | R | ${a}", "text | q | Hỏi |", "end_repeat | | |")
    assert ("not_applicable", "survey", 3, column) in problems(form)


def test_a_repeat_must_end() -> None:
    assert problems(survey("hint", "begin_repeat | r | R |", "text | q | Hỏi |")) == [
        ("unmatched_begin", "survey", 2, "type")
    ]
