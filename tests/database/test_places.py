"""Old units and reused codes lead to the commune of today."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.database.conftest import World, _numbers


@dataclass(frozen=True)
class Codes:
    """Codes of a test's own."""

    first: str
    second: str
    third: str
    reused: str
    gone: str


def unit(world: World, code: str, valid_from: str | None, valid_to: str | None) -> None:
    world.rows(
        "insert into unit (code, valid_from, valid_to, name, kind) values (%s, coalesce(%s::date, '0001-01-01'), %s, 'Xã', 'xã')",
        code, valid_from, valid_to,
    )  # fmt: skip


def merged(world: World, old: str, on: str, new: str) -> None:
    world.rows("insert into unit_succession values (%s, %s, %s)", old, on, new)


@pytest.fixture
def codes(world: World) -> Codes:
    """first → second → third in two steps; `reused` was merged into third and is now the code of another commune."""
    made = Codes(*(f"{next(_numbers):05d}" for _ in range(5)))
    unit(world, made.first, None, "2019-12-31")
    unit(world, made.second, "2020-01-01", "2025-06-30")
    # The third begins a month after the second has ended.
    unit(world, made.third, "2025-08-01", None)
    unit(world, made.reused, None, "2025-06-30")
    unit(world, made.reused, "2025-07-01", None)
    unit(world, made.gone, None, "2010-01-01")
    merged(world, made.first, "2019-12-31", made.second)
    merged(world, made.second, "2025-06-30", made.third)
    merged(world, made.reused, "2025-06-30", made.third)
    return made


@pytest.mark.parametrize(
    ("asked", "on_date", "expected"),
    [
        ("third", "2026-01-01", "third"),
        ("third", "2025-08-01", "third"),
        ("third", "2025-07-31", None),
        ("second", "2020-01-01", "third"),
        ("second", "2025-06-30", "third"),
        ("second", "2025-07-15", "third"),
        ("second", "2030-01-01", "third"),
        ("second", "2019-12-31", None),
        ("first", "1999-01-01", "third"),
        ("first", "2024-01-01", "third"),
        ("reused", "2025-06-30", "third"),
        ("reused", "2025-07-01", "reused"),
        ("gone", "2005-01-01", None),
        ("gone", "2026-01-01", None),
    ],
)
def test_a_code_and_a_day_give_the_commune_of_today(
    world: World, codes: Codes, asked: str, on_date: str, expected: str | None
) -> None:
    found = world.as_staff("reviewer").call("resolve", code=getattr(codes, asked), on_date=on_date)
    assert found == [{"resolve": getattr(codes, expected) if expected else None}]


def test_a_code_that_passes_to_its_own_successor_is_no_circle(world: World) -> None:
    code = f"{next(_numbers):05d}"
    unit(world, code, None, "2025-06-30")
    unit(world, code, "2025-07-01", None)
    merged(world, code, "2025-06-30", code)
    asking = world.as_staff("reviewer")
    assert [asking.call("resolve", code=code, on_date=day)[0]["resolve"] for day in ("2020-01-01", "2026-01-01")] == [
        code,
        code,
    ]


def test_a_code_that_no_unit_ever_had_is_nowhere(world: World) -> None:
    assert world.as_staff("reviewer").call("resolve", code="99999", on_date="2026-01-01") == [{"resolve": None}]
