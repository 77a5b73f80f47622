"""Answers in a child's own words, looked through for what may tell of harm."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from survey_app.harm_words import harm_words
from survey_app.questionnaire import Questionnaire
from survey_app.questionnaire.order import walk

_LONGEST = 64
"""Of a question's name and of a word, as an alert keeps them."""
_MOST_WORDS = 20
_MOST_ALERTS = 50
"""Of one submission."""


def written_questions(questionnaire: Questionnaire) -> frozenset[str]:
    """The questions that are answered in own words."""
    return frozenset(node.name for node in walk(questionnaire.nodes) if node.type == "text")


def found_alerts(answers: Any, texts: Collection[str] | None) -> list[dict[str, Any]]:
    """The alerts that `submit` takes, one a question; `texts` None looks through all answers."""
    words: dict[str, dict[str, None]] = {}
    for question, text in _written(answers, texts):
        for word in harm_words(text):
            words.setdefault(question[:_LONGEST], {})[word[:_LONGEST]] = None
    return [{"question": question, "words": list(found)[:_MOST_WORDS]} for question, found in words.items()][
        :_MOST_ALERTS
    ]


def _written(answers: Any, texts: Collection[str] | None) -> Iterator[tuple[str, str]]:
    if not isinstance(answers, dict) or (texts is not None and not texts):
        return
    for question, answer in answers.items():
        if isinstance(answer, str):
            if texts is None or question in texts:
                yield question, answer
        elif isinstance(answer, list):
            for time in answer:
                yield from _written(time, texts)
        elif isinstance(answer, dict) and texts is None:
            yield from _written(answer, texts)
