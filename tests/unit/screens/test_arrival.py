"""What a teacher is told of answers that have arrived and that have not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from survey_app.screens import arrival as arrival_module
from survey_app.screens.arrival import Arrival, sentence

HERE = Arrival(received=32, waiting=0, tablets_waiting=0, files_expected=0, files_stored=0)


@pytest.mark.parametrize(
    ("change", "complete", "key", "figures"),
    [
        ({}, True, "arrival.all", {"received": "32"}),
        ({"received": 0}, True, "arrival.nothing", {}),
        (
            {"files_expected": 5, "files_stored": 5},
            True,
            "arrival.all_with_files",
            {"received": "32", "files": "5"},
        ),
        ({"waiting": 3, "tablets_waiting": 2}, False, "arrival.waiting", {"waiting": "3", "tablets": "2"}),
        ({"waiting": 3}, False, "arrival.waiting_somewhere", {"waiting": "3"}),
        (
            {"files_expected": 5, "files_stored": 1},
            False,
            "arrival.files_only",
            {"received": "32", "missing": "4"},
        ),
    ],
)
def test_everything_is_here_only_when_nothing_waits_anywhere(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, int], complete: bool, key: str, figures: dict[str, str]
) -> None:
    said: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(arrival_module, "say", lambda key, **values: said.append((key, values)) or key)
    arrival = replace(HERE, **change)
    assert arrival.is_complete is complete
    assert sentence(arrival) == key
    assert said == [(key, figures)]


def test_answers_and_files_that_wait_are_both_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival_module, "say", lambda key, **_: key)
    waiting = replace(HERE, waiting=3, tablets_waiting=1, files_expected=2)
    assert sentence(waiting) == "arrival.waiting arrival.files"
