"""Which words many opinions share."""

from __future__ import annotations

import socket

import pytest

from analysis.word_counts import LEAST_TEXTS, MOST_WORDS, common_words

TEXTS = {
    "a": "Em muốn sân trường có thêm cây xanh.",
    "b": "Nhà vệ sinh hết nước, sân trường nhiều rác",
    "c": "Em thích cây xanh ở SÂN TRƯỜNG!",
    "d": "Nhà vệ sinh chưa sạch, em muốn nhà vệ sinh có nước",
}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_words_of_several_syllables_are_one_and_counted_once_a_text() -> None:
    found = {one.word: one.texts for one in common_words(TEXTS)}
    assert found["sân trường"] == ("a", "b", "c")
    assert found["cây xanh"] == ("a", "c")
    assert found["nhà vệ sinh"] == ("b", "d")
    assert "sân" not in found
    assert not {"em", "muốn", "có", ",", "!"} & found.keys()


def test_what_most_mention_comes_first_and_what_one_mentions_not_at_all() -> None:
    found = common_words(TEXTS)
    counts = [len(one.texts) for one in found]
    assert counts == sorted(counts, reverse=True)
    assert min(counts) >= LEAST_TEXTS
    assert "rác" not in {one.word for one in found}


def test_few_and_foreign_texts_suggest_nothing() -> None:
    assert common_words({}) == []
    assert common_words({"a": "Sân trường"}) == []
    assert common_words({"a": "😀 123 ...", "b": "123 ... 😀"}) == []


def test_no_more_than_a_handful_is_suggested() -> None:
    long = " , ".join(f"{first}{last}" for first in "bcdghklmnp" for last in ("ưa", "iu"))
    assert len(common_words({"a": long, "b": long})) == MOST_WORDS
