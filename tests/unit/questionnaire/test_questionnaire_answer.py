"""What an answer of each type looks like: those whose shape is more than a text or a number."""

from __future__ import annotations

from typing import Any

import pytest

from survey_app.questionnaire.answer import verifier
from survey_app.questionnaire.model import Choice, Node, Questionnaire

UUID = "6f1c1c9e-0f4e-4a0b-9d5e-2b7c8d9e0f1a"
LIST = tuple(Choice(name, {"vi": name}) for name in ("a", "b", "c"))


def code(node: Node, value: Any) -> str | None:
    questionnaire = Questionnaire("q", "1", {}, ("vi",), "vi", None, None, (node,), {"abc": LIST})
    return verifier(node, questionnaire)(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["a", "b", "c"], None),
        (["c", "a", "b"], None),
        (["a", "b"], "not_all_ranked"),
        ([], "not_all_ranked"),
        (["a", "a", "b"], "wrong_type"),
        (["a", "b", "c", "c"], "wrong_type"),
        (["a", "b", "x"], "not_a_choice"),
        ("a b c", "wrong_type"),
        (["a", "b", 3], "wrong_type"),
        (None, "wrong_type"),
    ],
)
def test_a_rank_holds_every_choice_once(value: Any, expected: str | None) -> None:
    assert code(Node("q", "rank", choices="abc"), value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(["c", "a"], None), (["a", "a"], "wrong_type"), (["x"], "not_a_choice"), (["a", "b", "c"], None)],
)
def test_a_rank_of_filtered_choices_holds_some_of_them(value: Any, expected: str | None) -> None:
    node = Node("q", "rank", choices="abc", choice_filter={"fn": "true", "args": []})
    assert code(node, value) == expected


@pytest.mark.parametrize("value", ["00:00", "07:05", "19:59", "23:59"])
def test_a_time_is_hours_and_minutes(value: str) -> None:
    assert code(Node("q", "time"), value) is None


@pytest.mark.parametrize(
    "value", ["24:00", "7:05", "07:60", "07:05:00", "07:05+07:00", "07.05", "", 705, None, "٠٧:٠٥"]
)
def test_anything_else_is_no_time(value: Any) -> None:
    assert code(Node("q", "time"), value) == "wrong_type"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("image", ("png", "webp", "jpg"), ("webm", "svg", "PNG", "")),
        ("audio", ("webm", "ogg", "mp4", "m4a", "mp3"), ("wav", "png", "exe", "")),
    ],
)
def test_a_file_is_named_by_the_tablet_and_its_ending_fits(kind: str, good: tuple[str], bad: tuple[str]) -> None:
    node = Node("q", kind)
    assert [code(node, f"{UUID}.{ending}") for ending in good] == [None] * len(good)
    assert [code(node, f"{UUID}.{ending}") for ending in bad] == ["wrong_type"] * len(bad)


@pytest.mark.parametrize(
    "value", ["lan.png", f"../{UUID}.png", f"{UUID}.png\n", f"{UUID.upper()}.png", f"{UUID}.png.png", UUID, 1, [], None]
)
def test_a_file_has_no_other_name(value: Any) -> None:
    assert code(Node("q", "image"), value) == "wrong_type"
