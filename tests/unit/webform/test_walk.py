"""The way through a questionnaire, as the tablet lays it: screens, answers, what a child's touch changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from survey_app.questionnaire import Choice, Node, Questionnaire, compile_check, read_questionnaire
from survey_app.questionnaire.expression import parse
from survey_app.questionnaire.model import MAX_TIMES
from tests.unit.javascript import in_javascript

TASK = Path(__file__).with_name("run_walk.mjs")
HOUSEHOLD = read_questionnaire(Path(__file__).parents[1] / "questionnaire" / "forms" / "household.md")


def form(survey: str, choices: str = "") -> Questionnaire:
    return read_questionnaire(f"| survey |\n{survey}\n{choices}".encode(), "form.md")


def way(questionnaire: Questionnaire, given: Any = None, *acts: list[Any], **more: Any) -> dict[str, Any]:
    """What there is after these acts of a child; see run_walk.mjs."""
    case = {"questionnaire": questionnaire.to_json(), "given": given or {}, "acts": list(acts), "meta": {}, **more}
    [result] = in_javascript(TASK, [case])
    assert isinstance(result, dict)
    return result


def names(result: dict[str, Any]) -> list[str]:
    return [screen["name"] for screen in result["screens"]]


MEMBERS = form("""
| | type | name | label | relevant | calculation | default | appearance |
| | begin_repeat | members | Người | | | | |
| | text | nick | Tên | | | Bé | |
| | calculate | number | | | position(..) | | |
| | begin_group | years | Tuổi của ${nick} | | | | field-list |
| | integer | age | Mấy tuổi, người thứ ${number}? | | | | |
| | text | grade | Lớp mấy? | ${age} > 5 | | | |
| | end_group | | | | | | |
| | end_repeat | | | | | | |
| | note | all | Tổng: ${total} | | | | |
| | calculate | total | | | sum(${age}) | | |
""")


def test_a_repeat_begins_with_the_question_whether_there_is_one() -> None:
    result = way(MEMBERS)
    assert result["screens"][0] == {"name": "members/more", "nodes": [], "more": "members"}
    assert result["answers"] == {"total": 0}


def test_each_time_of_a_repeat_has_its_own_screens_answers_and_defaults() -> None:
    result = way(
        MEMBERS,
        {},
        ["add", "members"],
        ["put", "members/0/years", "age", 12],
        ["add", "members"],
        ["take", "members/1/nick", "nick"],
        ["put", "members/1/years", "age", 3],
    )
    assert result["screens"][:3] == [
        {"name": "members/0/nick", "nodes": ["nick"], "repeat": ["members", 0]},
        {"name": "members/0/years", "nodes": ["age", "grade"], "group": "years", "repeat": ["members", 0]},
        {"name": "members/1/nick", "nodes": ["nick"], "repeat": ["members", 1]},
    ]
    assert names(result)[3:] == ["members/1/years", "members/more", "all"]
    assert result["answers"] == {
        "members": [{"nick": "Bé", "age": 12, "number": 1}, {"age": 3, "number": 2}],
        "total": 15,
    }
    assert result["words"]["members/0/years:age"] == "Mấy tuổi, người thứ 1?"
    assert result["words"]["members/1/years"] == "Mấy tuổi, người thứ 2?"
    assert result["words"]["all"] == "Tổng: 15"


def test_a_time_that_is_taken_back_is_gone_and_the_others_move_up() -> None:
    given = {"members": [{"nick": "A"}, {"nick": "B"}]}
    assert way(MEMBERS, given, ["remove", "members", 0])["answers"]["members"] == [{"nick": "B", "number": 1}]
    assert "members" not in way(MEMBERS, {"members": [{"nick": "A"}]}, ["remove", "members", 0])["answers"]


def test_a_time_without_any_answer_is_still_a_time() -> None:
    only = form("""
    | | type | name | label |
    | | begin_repeat | r | R |
    | | text | a | A |
    | | end_repeat | | |
    """)
    assert way(only, {}, ["add", "r"], ["add", "r"])["answers"] == {"r": [{}, {}]}


def test_what_is_not_asked_any_more_is_kept_in_case_she_changes_her_mind() -> None:
    given = {"members": [{"nick": "A", "age": 7, "grade": "2"}]}
    result = way(MEMBERS, given, ["put", "members/0/years", "age", 3])
    assert result["answers"]["members"] == [{"nick": "A", "age": 3, "number": 1}]
    assert result["given"] == {"members": [{"nick": "A", "age": 3, "grade": "2"}]}


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        ("integer", 7, None),
        ("integer", "bảy", "question.number"),
        ("integer", 1.5, "question.number"),
        ("integer", 2**53, "question.number"),
        ("decimal", 1.5, None),
        ("decimal", "1,5,2", "question.number"),
        ("decimal", -(10**20), "question.number"),
    ],
)
def test_what_is_no_number_is_told_before_the_form_s_own_constraint(kind: str, value: Any, problem: str | None) -> None:
    asked = form(f"| | type | name | label | constraint |\n| | {kind} | n | N | . < 9 |")
    assert way(asked, {"n": value})["problems"]["n"] == (problem and {"key": problem})
    assert bool(compile_check(asked)({"n": value})) == bool(problem)


def test_a_repeat_that_is_not_asked_any_more_does_not_count() -> None:
    counted = form("""
    | | type | name | label | repeat_count | relevant |
    | | note | many | Nhiều | | count(${r}) > 1 |
    | | integer | n | Mấy? | | |
    | | begin_repeat | r | R | ${n} | |
    | | text | a | A | | |
    | | end_repeat | | | | |
    """)
    assert names(way(counted, {"n": 0, "r": [{"a": "x"}, {"a": "y"}]})) == ["n"]


def test_a_repeat_does_not_grow_for_ever() -> None:
    assert "members/more" in names(way(MEMBERS, {"members": [{}] * (MAX_TIMES - 1)}))
    full = way(MEMBERS, {"members": [{}] * (MAX_TIMES + 5)})
    assert "members/more" not in names(full)
    assert len(full["answers"]["members"]) == MAX_TIMES


def test_what_stands_before_a_repeat_knows_how_often_it_is_asked() -> None:
    counted = form("""
    | | type | name | label | repeat_count | relevant |
    | | note | many | Nhiều | | count(${r}) > 1 |
    | | begin_repeat | r | R | 2 | |
    | | text | a | A | | |
    | | end_repeat | | | | |
    """)
    assert names(way(counted)) == ["many", "r/0/a", "r/1/a"]


def test_the_form_can_say_how_often() -> None:
    counted = form("""
    | | type | name | label | repeat_count | appearance | default |
    | | integer | many | Mấy? | | | |
    | | begin_repeat | r | R | ${many} | field-list | |
    | | text | a | A | | | x |
    | | text | b | B | | | |
    | | end_repeat | | | | | |
    """)
    result = way(counted, {"many": 2}, ["put", "r/1", "b", "y"])
    assert result["screens"][1:] == [
        {"name": f"r/{index}", "nodes": ["a", "b"], "group": "r", "repeat": ["r", index]} for index in range(2)
    ]
    assert result["answers"]["r"] == [{"a": "x"}, {"a": "x", "b": "y"}]
    assert names(way(counted, {"many": 0})) == ["many"]
    assert names(way(counted)) == ["many"]
    fewer = way(counted, {"many": 1, "r": [{"b": "1"}, {"b": "2"}]})
    assert fewer["answers"]["r"] == [{"b": "1"}]
    assert fewer["given"]["r"][1] == {"b": "2"}, "a smaller number typed by mistake loses nothing"


def test_a_group_in_a_field_list_has_no_screen_when_nothing_of_it_is_asked() -> None:
    grouped = form(
        """
    | | type | name | label | relevant | appearance | calculation |
    | | text | a | A | | | |
    | | begin_group | g | G | | field-list | |
    | | text | b | B | ${a} = 'x' | | |
    | | calculate | c | | | | 1 |
    | | end_group | | | | | |
    """
    )
    assert names(way(grouped)) == ["a"]
    assert names(way(grouped, {"a": "x"})) == ["a", "g"]


def test_a_group_inside_a_screen_is_on_that_screen() -> None:
    nested = form("""
    | | type | name | label | appearance |
    | | begin_group | outer | G | field-list |
    | | text | a | A | |
    | | begin_group | inner | G | field-list |
    | | text | b | B | |
    | | end_group | | | |
    | | end_group | | | |
    """)
    assert way(nested)["screens"] == [{"name": "outer", "nodes": ["a", "b"], "group": "outer"}]


def test_relevance_reaches_backwards_over_any_distance() -> None:
    rows = "\n".join(f"| | text | q{n} | Q | ${{q{n + 1}}} = 'x' |" for n in range(12))
    chain = form(f"| | type | name | label | relevant |\n{rows}\n| | text | q12 | Q | |")
    given = {f"q{n}": "x" for n in range(13)}
    assert way(chain, given)["answers"] == given
    assert way(chain, {**given, "q12": "y"})["answers"] == {"q12": "y"}


def test_once_keeps_what_it_first_found_and_a_calculation_does_not() -> None:
    kept = form("""
    | | type | name | label | calculation |
    | | text | a | A | |
    | | calculate | first | | once(${a}) |
    | | calculate | last | | ${a} |
    """)
    result = way(kept, {"a": "1"}, ["put", "a", "a", "2"])
    assert result["answers"] == {"a": "2", "first": "1", "last": "2"}


def test_a_trigger_works_out_once_and_what_is_written_over_it_stays() -> None:
    triggered = form("""
    | | type | name | label | calculation | trigger |
    | | text | a | A | | |
    | | text | copy | Copy | ${a} | ${a} |
    | | calculate | copied | | concat(${copy}, '!') | ${copy} |
    """)
    assert way(triggered, {}, ["put", "a", "a", "x"])["answers"] == {"a": "x"}
    acts = (["put", "a", "a", "x"], ["trigger", "a", "a"])
    assert way(triggered, {}, *acts)["answers"] == {"a": "x", "copy": "x", "copied": "x!"}
    assert way(triggered, {}, *acts, ["put", "copy", "copy", "y"])["answers"]["copy"] == "y"
    emptied = way(triggered, {}, *acts, ["take", "a", "a"], ["trigger", "a", "a"])
    assert "copy" not in emptied["answers"]


def test_a_trigger_in_a_repeat_stays_in_its_time() -> None:
    triggered = form("""
    | | type | name | label | calculation | trigger |
    | | text | base | Base | | |
    | | begin_repeat | r | R | | |
    | | text | a | A | | |
    | | calculate | own | | concat(${base}, ${a}, position(..)) | ${a} |
    | | end_repeat | | | | |
    """)
    given = {"base": "b", "r": [{"a": "1"}, {"a": "2"}]}
    result = way(triggered, given, ["trigger", "r/1/a", "a"])
    assert result["answers"]["r"] == [{"a": "1"}, {"a": "2", "own": "b22"}]


def test_defaults_fixed_and_worked_out() -> None:
    given = form("""
    | | type | name | label | default | relevant |
    | | text | a | A | x | |
    | | text | b | B | concat('y', '!') | |
    | | begin_group | g | G | | |
    | | integer | c | C | 4 | |
    | | end_group | | | | |
    | | text | d | D | z | ${a} = 'no' |
    """)
    result = way(given, {}, ["begin"])
    assert result["given"] == {"a": "x", "b": "y!", "c": 4, "d": "z"}
    assert result["answers"] == {"a": "x", "b": "y!", "c": 4}
    assert way(given, {}, ["begin"], ["take", "a", "a"])["answers"] == {"b": "y!", "c": 4}


CITIES = """
| choices |
| | list_name | name | label | commune |
| | school | a | Trường A | x |
| | school | b | Trường B | y |
| | school | c | Trường C | y |
"""


def test_a_choice_that_is_no_longer_offered_is_no_longer_chosen() -> None:
    cascade = form(
        """
    | | type | name | label | choice_filter |
    | | text | commune | Xã | |
    | | select_one school | one | Trường | commune = ${commune} |
    | | select_multiple school | many | Trường | commune = ${commune} |
    """,
        CITIES,
    )
    given = {"commune": "y", "one": "b", "many": ["b", "c"]}
    result = way(cascade, given)
    assert result["choices"]["one"] == ["b", "c"]
    assert result["answers"] == given
    moved = way(cascade, {**given, "many": ["a", "b"]}, ["put", "commune", "commune", "x"])
    assert moved["answers"] == {"commune": "x", "many": ["a"]}


def test_the_look_of_a_screen_changes_with_what_an_answer_on_it_changes() -> None:
    cascade = form(
        """
    | | type | name | label | choice_filter | appearance | read_only |
    | | begin_group | g | G | | field-list | |
    | | text | commune | Xã | | | |
    | | select_one school | one | Trường ở ${commune} | commune = ${commune} | | |
    | | text | other | Khác | | | ${commune} = 'x' |
    | | end_group | | | | | |
    """,
        CITIES,
    )
    acts: list[list[Any]] = []
    for value in ("x", "y", "y"):
        acts += [["put", "g", "commune", value], ["look", "g"]]
    first, second, third = way(cascade, {}, *acts)["looks"]
    assert first != second
    assert second == third
    locked = form("""
    | | type | name | label | appearance | read_only |
    | | begin_group | g | G | field-list | |
    | | text | a | A | | |
    | | text | b | B | | ${a} = 'x' |
    | | end_group | | | | |
    """)
    looks = way(locked, {}, ["look", "g"], ["put", "g", "a", "x"], ["look", "g"])["looks"]
    assert looks[0] != looks[1]


def in_own_order(seed: Any, meta: str = "", last: tuple[str, ...] = ()) -> list[str]:
    """How a child finds the choices A to F, and these last ones, of a question in random order."""
    node = Node("q", "select_one", label={"vi": "Q"}, choices="letters", randomize=True, seed=seed)
    letters = {"letters": tuple(Choice(name, {"vi": name}) for name in (*"ABCDEF", *last))}
    questionnaire = Questionnaire("f", "1", {"vi": "F"}, ("vi",), "vi", None, None, (node,), letters)
    order = way(questionnaire, {}, meta={"seed": meta})["choices"]["q"]
    assert sorted(order) == sorted([*"ABCDEF", *last])
    return [str(one) for one in order]


@pytest.mark.parametrize(
    ("seed", "order"), [("42", "AFCBDE"), ("-42", "EDAFBC"), ("1", "BFEACD"), ("11111111", "ACDBFE")]
)
def test_a_seed_gives_the_order_that_it_gives_in_odk(seed: str, order: str) -> None:
    assert "".join(in_own_order(parse(seed))) == order


def test_without_a_seed_the_order_is_the_childs_own_and_stays() -> None:
    assert in_own_order(None, "one child") == in_own_order(None, "one child")
    assert len({tuple(in_own_order(None, f"child {number}")) for number in range(8)}) > 3
    assert in_own_order(parse("''"), "one child") == in_own_order(None, "one child")


@pytest.mark.parametrize("seed", ["42", "1", "7"])
def test_other_comes_after_all_the_others(seed: str) -> None:
    assert in_own_order(parse(seed), last=("other",)) == [*in_own_order(parse(seed)), "other"]


def test_what_is_missing_on_a_screen() -> None:
    asked = form(
        """
    | | type | name | label | required | required_message | constraint | constraint_message | read_only |
    | | text | must | Phải | yes | | | | |
    | | text | says | Phải | yes | Em viết nhé | | | |
    | | time | wakes | Giờ | | | . >= '06:00' | | |
    | | rank school | wish | Xếp | | | | | |
    | | integer | age | Tuổi | | | . < 20 | Nhỏ thôi | |
    | | text | fixed | Cố định | yes | | | | true() |
    """,
        CITIES,
    )
    result = way(asked, {"wakes": "7:5", "wish": ["a", "b"], "age": 30})
    assert result["problems"] == {
        "must": {"key": "question.required"},
        "says": {"text": {"vi": "Em viết nhé"}},
        "wakes": {"key": "question.time"},
        "wish": {"key": "question.rank"},
        "age": {"text": {"vi": "Nhỏ thôi"}},
        "fixed": None,
    }
    assert result["readOnly"]["fixed"] is True
    assert result["readOnly"]["must"] is False
    fine = way(asked, {"must": "x", "says": "y", "wakes": "07:05", "wish": ["c", "a", "b"], "age": 3})
    assert [name for name, why in fine["problems"].items() if why] == ["wakes"], "a time is no number to compare"


PICTURES = form(
    """
| | type | name | label | appearance | relevant |
| | image | photo | Ảnh | | |
| | image | drawing | Vẽ | draw | |
| | audio | voice | Nói | | |
| | text | after | Sau | | ${photo} != '' |
"""
)


def test_photos_are_asked_only_where_they_are_allowed() -> None:
    given = {"photo": "p.png", "drawing": "d.png", "voice": "v.webm"}
    forbidden = way(PICTURES, given)
    assert names(forbidden) == ["drawing", "voice"]
    assert forbidden["answers"] == {"drawing": "d.png", "voice": "v.webm"}
    assert names(way(PICTURES, given, meta={"photos": True})) == ["photo", "drawing", "voice", "after"]


def test_how_answers_read() -> None:
    questionnaire = form(
        """
    | | type | name | label |
    | | select_multiple school | many | A |
    | | rank school | wish | B |
    | | date | day | C |
    | | time | hour | D |
    | | decimal | number | E |
    | | acknowledge | seen | F |
    """,
        CITIES,
    )
    given = {
        "many": ["b", "a"],
        "wish": ["c", "a", "b"],
        "day": "2026-11-24",
        "hour": "08:05",
        "number": 1.5,
        "seen": "OK",
    }
    assert way(questionnaire, given)["shown"] == {
        "many": "Trường B, Trường A",
        "wish": "1. Trường C, 2. Trường A, 3. Trường B",
        "day": "24 tháng 11, 2026",
        "hour": "08:05",
        "number": "1,5",
        "seen": "✓",
    }
    pictures = way(PICTURES, {"photo": "p.png", "drawing": "d.png", "voice": "v.webm"}, meta={"photos": True})
    assert pictures["shown"] == {"photo": "📷", "drawing": "🖍️", "voice": "🎤", "after": ""}


def test_labels_of_choices_come_in_the_childs_language() -> None:
    questionnaire = form(
        """
    | | type | name | label::Tiếng Việt (vi) | label::English (en) | calculation |
    | | select_one school | q | Q | Q | |
    | | calculate | said | | | jr:choice-name(${q}, '${q}') |
    """,
        """
    | choices |
    | | list_name | name | label::Tiếng Việt (vi) | label::English (en) |
    | | school | a | Trường A | School A |
    """,
    )
    for language, label in (("vi", "Trường A"), ("en", "School A"), ("km", "Trường A")):
        assert way(questionnaire, {"q": "a"}, meta={"language": language})["answers"]["said"] == label
    assert way(questionnaire, {})["answers"] == {}


def test_metadata_and_what_the_form_fixes_are_answers_without_a_screen() -> None:
    meta = {"start": "2026-11-24T09:00:00.000+07:00", "language": "vi", "photos": False, "seed": "s"}
    result = way(HOUSEHOLD, {"siblings": 0}, meta=meta)
    assert result["answers"]["start"] == meta["start"]
    assert result["answers"]["region"] == "tv"
    assert {"start", "region"}.isdisjoint(names(result))


def test_a_number_that_is_none_is_no_answer() -> None:
    numbers = form("""
    | | type | name | label | calculation |
    | | text | a | A | |
    | | calculate | twice | | ${a} * 2 |
    | | calculate | part | | 1 div ${a} |
    | | calculate | is | | ${a} = 3 |
    """)
    assert way(numbers, {"a": "x"})["answers"] == {"a": "x", "is": "false"}
    assert way(numbers, {"a": "0"})["answers"] == {"a": "0", "twice": 0, "is": "false"}
    assert way(numbers, {"a": "3"})["answers"]["is"] == "true"
