"""Recordings of the same words, found again."""

from __future__ import annotations

from survey_app.questionnaire import Choice, Node, Questionnaire
from survey_app.screens.questionnaire_facts import Form, same_words
from survey_app.screens.spoken_texts import spoken_texts

FILE = "0" * 32 + ".mp3"


def form(version: str, label: str, recordings: dict[tuple[str, str], str]) -> Form:
    questionnaire = Questionnaire(
        id="form",
        version=version,
        title={"vi": "Phiếu"},
        languages=("vi", "km"),
        default_language="vi",
        min_age=None,
        max_age=None,
        nodes=(
            Node("play", "select_one", {"vi": label, "km": "?"}, choices="first"),
            Node("sing", "select_one", {"vi": "Hát?", "km": "??"}, choices="second"),
        ),
        choices={name: (Choice("unknown", {"vi": "Em không biết"}),) for name in ("first", "second")},
    )
    return Form(questionnaire, spoken_texts(questionnaire), {}, recordings)


def test_a_choice_that_two_lists_have_is_recorded_once() -> None:
    one = form("1", "Chơi?", {("vi", "choice:first/unknown"): FILE})
    assert same_words(one, "vi", [one]) == {"choice:second/unknown": FILE}
    assert same_words(one, "km", [one]) == {}


def test_a_new_version_takes_over_what_is_worded_as_before() -> None:
    old = form("1", "Chơi?", {("vi", "question:play"): "1" * 32 + ".mp3", ("vi", "question:sing"): FILE})
    new = form("2", "Em chơi gì?", {})
    assert same_words(new, "vi", [new, old]) == {"question:sing": FILE}
    assert same_words(old, "vi", [new, old]) == {}
