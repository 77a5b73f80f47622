"""Indicator 22's counts by area and year, by DuckDB over the raw facts: submissions, who took part, consultations, births."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from tests.load.province import Province

_FACTS = {
    "submission": "select id, consultation_id, status, card_state from public.submission",
    "part": "select consultation_id, participant_id, submission_id, by_word from public.consultation_participant",
    "consultation": (
        "select id, kind, commune_code, held_on, counted, status, min_age, max_age, headcount, deleted_at is not null as deleted "
        "from public.consultation"
    ),
    "child": "select id, birth_year, birth_month from public.participant",
    "ages": "select min_age, max_age from public.indicator where id = 22",
}
_TYPES = {
    "consultation": {"commune_code": "VARCHAR", "held_on": "DATE"},
}

# The ages that a child may be of on the day, as count_by_hand has them: who was born within the month of the day may
# have had her birthday or not, unless the day is the month's last.
_COUNT = """
with here as (
    select *, year(held_on) as year from consultation where kind = 'consultation' and status <> 'draft' and not deleted
), day as (
    select h.id as consultation_id, h.commune_code, h.year, h.counted, p.participant_id,
           h.year - c.birth_year as full_years,
           coalesce(c.birth_month, 12) < month(h.held_on) or (coalesce(c.birth_month, 12) = month(h.held_on) and h.held_on = last_day(h.held_on)) as surely_had,
           coalesce(c.birth_month, 1) <= month(h.held_on) as possibly_had
    from part p
    join here h on h.id = p.consultation_id
    join child c on c.id = p.participant_id
    left join submission s on s.id = p.submission_id
    where p.by_word or s.status = 'accepted'
), aged as (
    select d.*, full_years - (not surely_had)::integer >= a.min_age and full_years - (not possibly_had)::integer <= a.max_age as certain,
           full_years - (not possibly_had)::integer >= a.min_age and full_years - (not surely_had)::integer <= a.max_age as possible
    from day d, ages a
), areas as (
    select id, commune_code as area, year, counted, min_age, max_age, headcount from here
    union all select id, '84', year, counted, min_age, max_age, headcount from here
), children as (
    select area, year, count(distinct participant_id) filter (where certain) as certain, count(distinct participant_id) as possible
    from (select commune_code as area, year, participant_id, certain from aged where counted and possible
          union all select '84', year, participant_id, certain from aged where counted and possible)
    group by area, year
), seen as (
    select consultation_id, count(distinct participant_id) as certain from aged where certain group by consultation_id
), uncarded as (
    select consultation_id, count(*) as children from submission where status = 'accepted' and card_state <> 'known' group by consultation_id
), each as (
    select r.*, coalesce(s.certain, 0) as certain, coalesce(u.children, 0) + r.headcount as uncarded
    from areas r left join seen s on s.consultation_id = r.id left join uncarded u on u.consultation_id = r.id
), largest as (
    select e.area, e.year,
           coalesce(max(e.certain + case when e.min_age >= a.min_age and e.max_age <= a.max_age then e.uncarded else 0 end) filter (where counted), 0) as largest,
           coalesce(sum(e.uncarded) filter (where counted and e.max_age >= a.min_age and e.min_age <= a.max_age), 0)::bigint as uncarded,
           count(*) filter (where counted) as consultations, count(*) filter (where not counted) as not_counted
    from each e, ages a group by e.area, e.year
)
select l.area, l.year, coalesce(c.certain, 0), coalesce(c.possible, 0), l.largest, l.uncarded, l.consultations, l.not_counted
from largest l left join children c on c.area = l.area and c.year = l.year
"""


def count_in_duckdb(made: Province) -> tuple[float, float, dict[tuple[str, int], tuple[Any, ...]]]:
    """Seconds to count, seconds to hand the facts over, and by area and year the columns of participation_count.

    The facts are handed over as columns beforehand: what is timed is counting alone, the median of up to three.
    """
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as duck:
        duck.execute("set threads = 2")
        duck.execute("set enable_progress_bar = false")
        began = time.monotonic()
        for name, query in _FACTS.items():
            path = Path(folder) / f"{name}.csv"
            with (
                made.owner.cursor().copy(f"copy ({query}) to stdout (format csv, header)".encode()) as rows,
                path.open("wb") as file,
            ):
                for block in rows:
                    file.write(block)
            types = f", types = {_TYPES[name]}" if name in _TYPES else ""
            duck.execute(f"create table {name} as select * from read_csv('{path}', header = true{types})")
            path.unlink()
        exported = time.monotonic() - began
        took: list[float] = []
        while len(took) < 3 and sum(took) < 10:
            began = time.perf_counter()
            found = duck.execute(_COUNT).fetchall()
            took.append(time.perf_counter() - began)
    return statistics.median(took), exported, {(area, year): tuple(counts) for area, year, *counts in found}
