"""Figures by the units of any day: which units that anything was noted in are of which, and what of it may be shown.

Whatever took place was noted in a unit, a code with the days it was in force. On another day its ground may be of another
unit, whole (then what was noted there is surely that one's) or in parts (then perhaps each part's: in its upper bound, not in
its lower one). It goes both ways: what was noted in a merged commune was perhaps in any of those that it was made of.

Two geographies of one year shown together tell more than each: a merged commune is a total of its old ones. What may be
shown of the older one is decided against what is shown of today's (`hide`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

import pandas as pd

from analysis.suppression import HIDDEN_COLUMNS, SUPPRESSED

MOST_UNITS_TOGETHER = 12
"""Of more units that are one another's parts, none that changed is shown: all their sums would have to be looked at."""
_BOUNDS = ("lower", "upper")


@dataclass(frozen=True)
class Unit:
    code: str
    valid_from: date
    valid_to: date | None

    def was_in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)


@dataclass(frozen=True)
class Membership:
    """What was noted in `unit` is of the area with this code: surely, or perhaps."""

    area: str
    unit: Unit
    sure: bool


@dataclass(frozen=True)
class Family:
    """Units of one day and of today that hold ground of one another."""

    before: frozenset[str]
    today: frozenset[str]

    @property
    def is_unchanged(self) -> bool:
        return len(self.before) == len(self.today) == 1


class Succession:
    """Who took over whom; `took_over`: old code, its last day, new code."""

    def __init__(self, units: Sequence[Unit], took_over: Sequence[tuple[str, date, str]]) -> None:
        self.units = tuple(units)
        ended = {(unit.code, unit.valid_to): unit for unit in units if unit.valid_to is not None}
        self._heirs: dict[Unit, set[Unit]] = defaultdict(set)
        self._parts: dict[Unit, set[Unit]] = defaultdict(set)
        for old_code, last_day, new_code in took_over:
            old = ended.get((old_code, last_day))
            later = [unit for unit in units if unit.code == new_code and unit.valid_from > last_day]
            if old is not None and later:
                new = min(later, key=lambda unit: unit.valid_from)
                self._heirs[old].add(new)
                self._parts[new].add(old)

    def on(self, day: date) -> list[Unit]:
        """The units in force, by code."""
        return sorted((unit for unit in self.units if unit.was_in_force(day)), key=lambda unit: unit.code)

    def ground(self, unit: Unit, day: date) -> frozenset[Unit]:
        """The units in force on the day that hold ground of this one; none where nobody knows."""
        if unit.was_in_force(day):
            return frozenset({unit})
        nearer = self._parts[unit] if unit.valid_from > day else self._heirs[unit]
        return frozenset().union(*(self.ground(other, day) for other in nearer))

    def memberships(self, day: date) -> Iterator[Membership]:
        """Where what was noted in any unit stands in the geography of the day."""
        for unit in self.units:
            areas = self.ground(unit, day)
            for area in sorted(areas, key=lambda one: one.code):
                yield Membership(area.code, unit, len(areas) == 1)

    def families(self, day: date, today: date) -> list[Family]:
        """The units of the day with those of today."""
        found: list[Family] = []
        for unit in self.on(day):
            grown = Family(frozenset({unit.code}), frozenset(heir.code for heir in self.ground(unit, today)))
            for family in [family for family in found if family.today & grown.today]:
                found.remove(family)
                grown = Family(grown.before | family.before, grown.today | family.today)
            found.append(grown)
        return found


def hide(before: pd.DataFrame, today: pd.DataFrame, families: Sequence[Family], threshold: int) -> pd.DataFrame:
    """`before` (by `indicators.rates`, one indicator and year, by older units) as it may be shown beside `today` (the same by
    today's units, by `suppression.suppress`), with figures hidden (pandas.NA) and state 'suppressed' where need be.

    An unchanged unit has today's figures and denominator. Of units that changed, figures are shown where all of today's in the family are, and
    where no count of theirs, and no difference between a sum of older and a sum of today's counts, is from 1 to threshold − 1.
    The rows of areas that are in no family (the province) are today's.
    """
    shown = before.copy()
    now = {str(row["commune_code"]): row for row in today.to_dict("records")}
    old = {str(row["commune_code"]): row for row in before.to_dict("records")}
    hidden: set[str] = set()
    same = {code: code for code in old if not any(code in family.before for family in families) and code in now}
    for family in families:
        if family.is_unchanged:
            same[next(iter(family.before))] = next(iter(family.today))
        elif not _is_safe(family, old, now, threshold):
            hidden |= family.before
    for place, code in zip(shown.index, shown["commune_code"].astype(str), strict=True):
        if code in hidden:
            shown.loc[place, list(HIDDEN_COLUMNS)] = pd.NA
            shown.loc[place, "state"] = SUPPRESSED
        elif code in same:
            for column in shown.columns.drop("commune_code"):
                shown.loc[place, column] = now[same[code]][column]
    return shown


def _is_safe(
    family: Family, old: Mapping[str, Mapping[Hashable, Any]], now: Mapping[str, Mapping[Hashable, Any]], threshold: int
) -> bool:
    if len(family.before) + len(family.today) > MOST_UNITS_TOGETHER:
        return False
    if any(now[code]["state"] == SUPPRESSED for code in family.today):
        return False
    for bound in _BOUNDS:
        mine = [_count(old[code][bound]) for code in family.before]
        theirs = [_count(now[code][bound]) for code in family.today]
        sums = {sum(some) for size in range(len(mine) + 1) for some in combinations(mine, size)}
        others = {sum(some) for size in range(len(theirs) + 1) for some in combinations(theirs, size)}
        if any(0 < abs(one - other) < threshold for one in sums for other in others):
            return False
    return True


def _count(value: Any) -> int:
    return 0 if pd.isna(value) else int(value)
