"""How long the map page's data take with a million submissions, and with ten times that; beside it DuckDB over raw facts.

"The map page's data" is all that `screens.map_figures.figures` reads and reckons for an indicator and year, nothing of it
cached, through the embedded door as a reviewer who is signed in. Ten times as much is made only with BENCH_TEN_TIMES=1:
making it takes about 12 minutes and 11 GB. BENCH_DATA names a folder that keeps what was made for the next time.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.indicators import rates
from analysis.suppression import suppress
from survey_app.database import Database
from survey_app.screens import map_figures
from tests.load import working_speed
from tests.load.province import SUBMISSIONS, YEAR, Province, province
from tests.load.raw_counts import count_in_duckdb

TIMES = 15
INDICATORS = (22, 23, 24)


def measure() -> None:
    """Print medians and worst by part and size, their ratio, and DuckDB's time for the same counts."""
    sizes = [SUBMISSIONS, *([SUBMISSIONS * 10] if os.environ.get("BENCH_TEN_TIMES") else [])]
    medians = [_measured_at(size) for size in sizes]
    if len(medians) == 2:
        print(f"map page's data, ten times the submissions: {medians[1] / medians[0]:.2f} times as long (wanted: 2)")
    else:
        print(
            "map page's data, ten times the submissions: not measured; BENCH_TEN_TIMES=1 does, and takes about 15 minutes"
        )


def _measured_at(submissions: int) -> float:
    with tempfile.TemporaryDirectory() as passing:
        kept = os.environ.get("BENCH_DATA")
        folder = Path(kept or passing) / f"province-{submissions}"
        with province(folder, submissions) as made:
            median = _map(made)
            _beside_duckdb(made)
            working_speed.measure_at(made)
            return median


def _map(made: Province) -> float:
    asking = made.as_staff("reviewer")
    communes = tuple(asking.read("unit", columns=["code"], where={"valid_to": None}, order=["code"])["code"])
    takes: dict[str, list[float]] = {}
    for _ in range(TIMES):
        for indicator in INDICATORS:
            for part, seconds in _once(asking, indicator, communes).items():
                takes.setdefault(part, []).append(seconds)
    print(f"map page's data at {made.submissions:,} submissions, uncached, ms (wanted: 200)")
    for part, seconds in takes.items():
        print(f"  {part:<12} median {statistics.median(seconds) * 1000:6.1f}   worst {max(seconds) * 1000:6.1f}")
    return statistics.median(takes["all"])


def _once(asking: Database, indicator: int, communes: tuple[str, ...]) -> dict[str, float]:
    """Seconds of each part, and of the page's own way from beginning to end."""
    for cached in (map_figures.counts, map_figures._rules, map_figures._population):
        cached.clear()
    parts: dict[str, float] = {}

    def timed(part: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        found = work()
        parts[part] = time.perf_counter() - began
        return found

    counted = timed("counts", lambda: map_figures.counts.__wrapped__(asking, indicator))
    definition, sources, threshold = timed("rules", lambda: map_figures._rules.__wrapped__(asking, indicator))
    population = timed(
        "population",
        lambda: map_figures._population.__wrapped__(asking, YEAR, definition.min_age, definition.max_age),
    )
    reckoned = timed("rates", lambda: rates(counted, population, definition, [YEAR], communes, sources=sources))
    timed("suppress", lambda: suppress(reckoned, threshold))
    timed("all", lambda: map_figures.figures(asking, indicator, YEAR, communes))
    return parts


def _beside_duckdb(made: Province) -> None:
    kept = made.as_staff("reviewer").read(
        "participation_count", columns=map_figures._COUNT_COLUMNS, where={"indicator": 22}
    )
    seconds, exported, counted = count_in_duckdb(made)
    ours = {(row.area_code, row.year): tuple(row[4:]) for row in kept.itertuples()}
    different = {key for key in ours.keys() | counted.keys() if ours.get(key) != counted.get(key)}
    print(
        f"  the same counts of indicator 22 by DuckDB over the raw facts: {seconds * 1000:,.0f} ms"
        f" (and {exported:,.0f} s to hand them over)"
    )
    print(f"  areas and years whose counts differ: {len(different)} of {len(ours)}")
    for key in sorted(different)[:5]:
        print(f"    {key}: kept {ours.get(key)}, DuckDB {counted.get(key)}")


if __name__ == "__main__":
    measure()
