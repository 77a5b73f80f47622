"""What changed between before and after, and how sure that is."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.score_change import score_change

SCORES = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=2, max_size=40)


def test_the_worked_example() -> None:
    before, after = [3, 2, 4, 1, 3], [5, 4, 4, 3, 4]
    differences = [b - a for a, b in zip(before, after, strict=True)]
    found = score_change(
        5, statistics.mean(before), statistics.mean(after), statistics.mean(differences), statistics.stdev(differences)
    )
    assert found.change == pytest.approx(1.4)
    assert (found.lower, found.upper) == (pytest.approx(0.289, abs=1e-3), pytest.approx(2.511, abs=1e-3))
    assert found.is_certain


@pytest.mark.parametrize(
    ("pairs", "quantile"), [(2, 12.706), (6, 2.571), (11, 2.228), (31, 2.042), (121, 1.980)], ids=str
)
def test_the_interval_is_that_of_printed_tables_of_t(pairs: int, quantile: float) -> None:
    found = score_change(pairs, 3, 3, 0, math.sqrt(pairs))
    assert found.upper == pytest.approx(quantile, abs=1e-3)
    assert found.lower == pytest.approx(-quantile, abs=1e-3)
    assert not found.is_certain


@given(SCORES)
def test_the_interval_is_the_one_that_scipy_reckons_from_the_raw_scores(scores: list[tuple[int, int]]) -> None:
    from scipy import stats

    before, after = zip(*scores, strict=True)
    differences = [b - a for a, b in scores]
    sd = statistics.stdev(differences)
    found = score_change(len(scores), statistics.mean(before), statistics.mean(after), statistics.mean(differences), sd)
    if sd == 0:
        assert found.lower == found.upper == found.change
        return
    wanted = stats.ttest_rel(after, before).confidence_interval(0.95)
    assert (found.lower, found.upper) == (pytest.approx(wanted.low), pytest.approx(wanted.high))


def test_one_pair_says_nothing_of_chance() -> None:
    found = score_change(1, 2, 5, 3, None)
    assert (found.change, found.lower, found.upper, found.is_certain) == (3, None, None, False)


@pytest.mark.parametrize(("pairs", "sd", "confidence"), [(0, 1.0, 0.95), (5, -1.0, 0.95), (5, 1.0, 1.0)], ids=str)
def test_what_makes_no_sense_is_refused(pairs: int, sd: float, confidence: float) -> None:
    with pytest.raises(ValueError, match="score_change"):
        score_change(pairs, 1, 2, 1, sd, confidence)


def test_scipy_is_loaded_only_by_who_asks_for_an_interval() -> None:
    command = "import sys, analysis.score_change; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0
