"""What the counts must be, computed in plain Python from the raw rows: slow, simple, and written without the schema's SQL."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg

PROVINCE = "84"


def ages_on(day: date, birth_year: int, birth_month: int | None) -> set[int]:
    """Completed years on the day for every day on which such a child may have been born.

    Who was born on 29 February completes a year on the 28th of a common one: with no such day a period ends on the last
    day of the month (Civil Code 2015, article 148).
    """
    ages = set()
    for month in [birth_month] if birth_month else range(1, 13):
        for born in range(1, calendar.monthrange(birth_year, month)[1] + 1):
            birthday = min(born, calendar.monthrange(day.year, month)[1])
            ages.add(day.year - birth_year - ((day.month, day.day) < (month, birthday)))
    return ages


@dataclass(frozen=True)
class Answer:
    """A submission with what the count needs of its consultation and its child."""

    consultation: str
    status: str
    late: bool
    card_state: str
    child: str | None
    ages: frozenset[int]


def _all(owner: psycopg.Connection[Any], statement: str) -> list[tuple[Any, ...]]:
    return owner.execute(statement.encode()).fetchall()


def _communes_of_today(owner: psycopg.Connection[Any]) -> Callable[[str, date], set[str]]:
    """The communes of today that hold ground of the unit that bore a code on a day."""
    units = _all(owner, "select code, valid_from, valid_to from unit")
    heirs = defaultdict(set)
    for old, ended, new in _all(owner, "select old_code, old_valid_to, new_code from unit_succession"):
        heirs[old, ended].add(new)

    def ground(code: str, day: date) -> set[str]:
        bearers = sorted((begin, end) for bearer, begin, end in units if bearer == code)
        at = [end for begin, end in bearers if begin <= day and (end is None or end >= day)]
        # Noted in a commune of today for a day before it was one.
        end = at[0] if at else None
        if end is None:
            return {code}
        return {
            commune
            for heir in heirs[code, end]
            for commune in ground(heir, min(begin for bearer, begin, _ in units if bearer == heir and begin > end))
        }

    return ground


def _room(perhaps: int) -> int:
    """What the upper bound leaves beyond children of split units, so that it does not tell of fewer than five."""
    return 5 - perhaps if 0 < perhaps < 5 else 0


def count_by_hand(
    owner: psycopg.Connection[Any],
) -> tuple[dict[str, tuple[int, ...]], dict[tuple[str, int], tuple[int, ...]]]:
    """By consultation: received, accepted, in review, late, surely, possibly of the ages, without card.

    By area and year, the columns of participation_count: carded_certain, carded_possible, largest_certain,
    uncarded_possible, consultations, consultations_not_counted.
    """
    ((low, high),) = _all(owner, "select min_age, max_age from indicator where id = 22")
    of_ages = set(range(low, high + 1))
    consultations = {
        row[0]: row[1:]
        for row in _all(
            owner,
            "select id, kind, commune_code, held_on, counted, status, min_age, max_age, headcount, deleted_at is not null from consultation",
        )
    }
    today = _communes_of_today(owner)
    births = {row[0]: row[1:] for row in _all(owner, "select id, birth_year, birth_month from participant")}
    child_of = dict(
        _all(
            owner, "select submission_id, participant_id from consultation_participant where submission_id is not null"
        )
    )
    by_word: dict[str, set[str]] = defaultdict(set)
    for consultation, child in _all(
        owner, "select consultation_id, participant_id from consultation_participant where by_word"
    ):
        by_word[consultation].add(child)
    answers: dict[str, list[Answer]] = defaultdict(list)
    for identity, consultation, status, late, card_state in _all(
        owner, "select id, consultation_id, status, late, card_state from submission"
    ):
        child = child_of.get(identity)
        ages = ages_on(consultations[consultation][2], *births[child]) if child else set()
        answers[consultation].append(Answer(consultation, status, late, card_state, child, frozenset(ages)))

    tallies: dict[str, tuple[int, ...]] = {}
    children: dict[tuple[str, int], dict[str, bool]] = defaultdict(dict)
    areas: dict[tuple[str, int], list[tuple[Any, ...]]] = defaultdict(list)
    for consultation, (
        kind,
        commune,
        held_on,
        counted,
        status,
        youngest,
        oldest,
        heads,
        deleted,
    ) in consultations.items():
        there = [answer for answer in answers[consultation] if answer.status != "withdrawn"]
        accepted = [answer for answer in there if answer.status == "accepted"]
        carded = [answer for answer in accepted if answer.child and kind == "consultation"]
        present = {answer.child: answer.ages for answer in carded}
        if kind == "consultation":
            present |= {child: frozenset(ages_on(held_on, *births[child])) for child in by_word[consultation]}
        present = {} if deleted else present
        surely = {child for child, ages in present.items() if ages <= of_ages}
        possibly = {child for child, ages in present.items() if ages & of_ages}
        uncarded = heads + sum(answer.card_state != "known" for answer in accepted)
        tallies[consultation] = (
            len(there),
            len(accepted),
            sum(answer.status == "review" for answer in there),
            sum(answer.late for answer in there),
            len(surely),
            len(possibly),
            uncarded,
        )
        if kind != "consultation" or status == "draft" or deleted:
            continue
        communes = today(commune, held_on)
        for area in (PROVINCE, *communes):
            sure = area == PROVINCE or len(communes) == 1
            key = (area, held_on.year)
            all_of_ages = low <= youngest and oldest <= high
            some_of_ages = bool(set(range(youngest, oldest + 1)) & of_ages)
            perhaps = 0 if sure else len(possibly) + uncarded * some_of_ages
            certain = (len(surely) + uncarded * all_of_ages) * sure
            areas[key].append((counted, certain, uncarded * some_of_ages, perhaps))
            if counted:
                for child in possibly:
                    children[key][str(child)] = children[key].get(str(child), False) or (child in surely and sure)
    figures = {
        key: (
            sum(children[key].values()),
            len(children[key]),
            max((certain for counted, certain, *_ in held if counted), default=0),
            sum(uncarded for counted, _, uncarded, _ in held if counted)
            + _room(sum(perhaps for counted, *_, perhaps in held if counted)),
            sum(counted for counted, *_ in held),
            sum(not counted for counted, *_ in held),
        )
        for key, held in areas.items()
    }
    return tallies, figures
