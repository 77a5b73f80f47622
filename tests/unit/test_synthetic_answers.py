"""Answers by chance, for the demonstration and the load test, keep every rule of their questionnaire."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from survey_app.questionnaire import compile_check, read_questionnaire
from survey_app.synthetic_answers import synthetic_answers

FORM = b"""
| survey |
| | type | name | label | relevant | repeat_count | constraint | appearance | required |
| | integer | many | Many | | | . < 4 | | |
| | begin_repeat | counted | Counted | | ${many} | | | |
| | text | nick | Nick | | | | | |
| | integer | age | Age | | | . > 2 | | yes |
| | end_repeat | | | | | | | |
| | begin_repeat | free | Free | | | | | |
| | begin_group | day | Day | | | | | |
| | time | wakes | Wakes | | | | | yes |
| | end_group | | | | | | | |
| | text | why | Why | ${wakes} = '05:00' | | | | |
| | end_repeat | | | | | | | |
| | rank wish | wishes | Wishes | | | | | yes |
| | select_multiple wish | some | Some | selected-at(${wishes}, 0) = 'a' | | | | |
| | image | drawn | Draw | | | | draw | |
| | audio | voice | Voice | | | | | |

| choices |
| | list_name | name | label |
| | wish | a | A |
| | wish | b | B |
| | wish | c | C |
"""


def test_every_type_of_question_is_answered_and_no_rule_broken() -> None:
    questionnaire = read_questionnaire(FORM, "form.md")
    check = compile_check(questionnaire)
    many = synthetic_answers(questionnaire, random.Random(7), 60)
    assert [check(answers) for answers in many] == [[]] * 60
    assert {"many", "counted", "free", "wishes", "some"} <= set().union(*many)
    assert any("wakes" in time for answers in many for time in answers.get("free", ()))
    assert {"drawn", "voice"}.isdisjoint(set().union(*many)), "a file that nobody made cannot arrive"


CALCULATED = b"""
| survey |
| | type | name | label | calculation | relevant | required |
| | integer | eggs | Eggs | | | yes |
| | select_one wish | one | One | | | |
| | calculate | twice | | ${eggs} * 2 | | |
| | calculate | half | | ${twice} div 4 | | |
| | calculate | many | | 'many' | ${eggs} > 5 | |
| | calculate | said | | jr:choice-name(${one}, '${one}') | | |
| | begin_repeat | hen | Hen | | | |
| | integer | laid | Laid | | | yes |
| | calculate | share | | concat(position(..), ': ', ${laid} + ${eggs}) | | |
| | end_repeat | | | | | |
| | calculate | all | | sum(${laid}) | | |

| choices |
| | list_name | name | label |
| | wish | a | An apple |
| | wish | b | A book |
"""


def test_what_a_form_calculates_is_worked_out() -> None:
    questionnaire = read_questionnaire(CALCULATED, "form.md")
    check = compile_check(questionnaire)
    many = synthetic_answers(questionnaire, random.Random(7), 60)
    assert [check(answers) for answers in many] == [[]] * 60
    assert all(answers["half"] == answers["eggs"] / 2 for answers in many)
    assert {answers.get("many") for answers in many} == {"many", None}
    assert {answers.get("said") for answers in many} == {"An apple", "A book", None}
    shares = [time["share"] for answers in many for time in answers.get("hen", ())]
    assert {share[0] for share in shares} == {"1", "2", "3"}


def test_a_score_follows_from_its_answers() -> None:
    form = (Path(__file__).parents[2] / "questionnaires" / "right-to-participate.md").read_bytes()
    many = synthetic_answers(read_questionnaire(form, "right-to-participate.md"), random.Random(3), 80)
    scores = {answers.get("score") for answers in many}
    assert scores >= {1, 2, 3}
    assert all((answers.get("score") is None) == (answers.get("score_maximum") is None) for answers in many)


def test_rules_that_chance_cannot_meet_are_told() -> None:
    form = b"| survey |\n| | type | name | label | required | constraint |\n| | integer | a | A | yes | . = 9999 |"
    with pytest.raises(ValueError, match="fit the rules"):
        synthetic_answers(read_questionnaire(form, "form.md"), random.Random(1), 1)
