"""A whole province's data, for measuring: children with cards, consultations, submissions and activities of five years.

Written by SQL in bulk (province.sql), the same rows each time. Ten times the submissions are ten times the children,
classes and consultations in the same five years: all that grows in use grows, while a longer history than five years
would have no denominators. Cards end at 40,000 a commune, so this is also the largest province that has enough of them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from survey_app import reference_data
from survey_app.database import Database
from survey_app.database.embedded import EmbeddedDoor, open_embedded
from survey_app.questionnaire import Questionnaire
from survey_app.synthetic_answers import synthetic_answers

SUBMISSIONS = 1_000_000
PER_CONSULTATION, PER_CLASS, ROUNDS = 25, 30, 8
YEAR = 2026
"""The last of the five years."""
PASSWORD = "only-for-measuring"
_POOL = 200
_SQL = Path(__file__).with_name("province.sql")


@dataclass(frozen=True)
class Province:
    """An opened database with so many submissions in it."""

    door: EmbeddedDoor
    owner: psycopg.Connection[Any]
    submissions: int

    def as_staff(self, role: str) -> Database:
        """The one reviewer, facilitator (of one school) or administrator there is."""
        return self.door.as_user(self.door.sign_in(f"{role}@example.org", PASSWORD).token)

    def value(self, statement: str, *values: Any) -> Any:
        """The first column of the first row, as the database's owner."""
        row = self.owner.execute(statement.encode(), values).fetchone()
        return row[0] if row else None


@contextmanager
def province(folder: Path, submissions: int = SUBMISSIONS) -> Iterator[Province]:
    """Make it in an empty folder, or open the one that was made there; print what making took."""
    # PostgreSQL runs under another account when this runs as root, and must reach its folder.
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    door = open_embedded(folder)
    try:
        address = psycopg.conninfo.make_conninfo(
            host=str(folder.resolve() / "postgres"), dbname="postgres", user="postgres"
        )
        with psycopg.connect(address, autocommit=True) as owner:
            made = Province(door, owner, submissions)
            if not made.value("select exists (select from public.submission)"):
                began = time.monotonic()
                _make(made)
                _print_made(made, time.monotonic() - began)
            yield made
    finally:
        door.close()


def _make(made: Province) -> None:
    reference_data.load(made.door.as_owner())
    for role in ("administrator", "reviewer"):
        made.door.add_staff(f"{role}@example.org", PASSWORD, "Đo tốc độ", role)
    facilitator = made.door.add_staff("facilitator@example.org", PASSWORD, "Đo tốc độ", "facilitator")
    consultations = made.submissions // PER_CONSULTATION
    sizes = {
        "submissions": made.submissions,
        "classes": consultations // ROUNDS,
        "pool": _POOL,
        "facilitator": facilitator,
    }
    with _without_full_pages(made.owner), made.owner.transaction():
        for name, value in sizes.items():
            made.owner.execute("select set_config('load.' || %s, %s, true)", (name, str(value)))
        _answer_pool(made)
        for statement in _SQL.read_text(encoding="utf-8").split(";\n"):
            made.owner.execute(statement.encode())
        made.owner.execute(
            "update public.staff set school_id = md5('school0')::uuid, commune_code = "
            "(select commune_code from public.school where id = md5('school0')::uuid) where id = %s",
            (facilitator,),
        )
        # A province with more children has more of them in its denominators, too.
        times = made.submissions / SUBMISSIONS
        made.owner.execute("update public.population set children = children * %s where %s > 1", (times, times))
    made.owner.execute("discard all")
    made.owner.execute("vacuum (freeze, analyze)")
    made.owner.execute("checkpoint")


@contextmanager
def _without_full_pages(owner: psycopg.Connection[Any]) -> Iterator[None]:
    """Less to write twice while nobody would miss what a crash takes."""
    owner.execute("alter system set full_page_writes = off")
    owner.execute("alter system set max_wal_size = '8GB'")
    owner.execute("alter system set autovacuum = off")
    owner.execute("select pg_reload_conf()")
    try:
        yield
    finally:
        owner.execute("alter system reset all")
        owner.execute("select pg_reload_conf()")


def _answer_pool(made: Province) -> None:
    """Sets of answers that the two questionnaires for children take."""
    made.owner.execute(
        "create temp table answer_pool (younger boolean, number integer, questionnaire_id text, version text, answers jsonb)"
    )
    chance = random.Random(0)
    for identity in ("children-7-10", "children-11-15"):
        definition = made.value("select definition from public.questionnaire where id = %s", identity)
        questionnaire = Questionnaire.from_json(definition)
        with made.owner.cursor() as cursor:
            cursor.executemany(
                "insert into answer_pool values (%s, %s, %s, %s, %s)",
                [
                    (identity == "children-7-10", number, questionnaire.id, questionnaire.version, Jsonb(answers))
                    for number, answers in enumerate(synthetic_answers(questionnaire, chance, _POOL))
                ],
            )


def _print_made(made: Province, seconds: float) -> None:
    counts = {
        name: made.value(f"select count(*) from {name}")
        for name in ("public.participant", "public.consultation", "public.submission", "private.participation")
    }
    size = made.value("select pg_size_pretty(pg_database_size('postgres'))")
    print(
        f"made in {seconds:,.0f} s, {size}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()),
        flush=True,
    )
    wrong = differing_recounts(made)
    print(f"  counted anew on a sample: {wrong or 'as kept'}", flush=True)


def differing_recounts(made: Province, quantity: int = 12) -> list[str]:
    """Consultations and activities of a sample whose recount changes what was kept in bulk; leaves all as it was."""
    wrong = []
    kept = (
        "select md5(coalesce(string_agg(t::text, ';' order by t::text), '')) from ("
        " select 'c', * from public.consultation_tally where consultation_id = %(one)s"
        " union all select 'a', activity_id, carded_certain, carded_possible, 0, 0, 0, 0, 0"
        " from private.activity_tally where activity_id = %(one)s"
        ") t"
    )
    totals = "select md5(string_agg(t::text, ';' order by t::text)) from private.participation_tally t where certain + possible > 0"
    for function, table, begun in (
        ("recount", "consultation", "status <> 'draft'"),
        ("recount_activity", "activity", "state = 'held'"),
    ):
        found = made.owner.execute(
            f"select id from public.{table} where {begun} order by id limit {quantity}".encode()
        ).fetchall()
        for (one,) in found:
            with made.owner.transaction(force_rollback=True):
                before = [
                    made.owner.execute(kept, {"one": one}).fetchone(),
                    made.owner.execute(totals.encode()).fetchone(),
                ]
                made.owner.execute(f"select private.{function}(%s)".encode(), (one,))
                after = [
                    made.owner.execute(kept, {"one": one}).fetchone(),
                    made.owner.execute(totals.encode()).fetchone(),
                ]
            if before != after:
                wrong.append(f"{table} {one}")
    return wrong
