"""The indicators by the units in force on an earlier day, beside those of today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analysis.geographies import Family, Succession, Unit, hide
from analysis.indicators import PROVINCE, rates
from survey_app.database import Database
from survey_app.indicator_figures import COUNT_COLUMNS, POPULATION_COLUMNS, IndicatorFigures, read_facts, reckoned

_CODE_LENGTH = 5
"""Of a commune's code; those of districts and provinces are shorter."""


@dataclass(frozen=True)
class Compared:
    """Units of an earlier day that changed, with those of today that hold their ground: name and row of `rates`, by code."""

    before: tuple[tuple[str, dict[Any, Any]], ...]
    today: tuple[tuple[str, dict[Any, Any]], ...]


@dataclass(frozen=True)
class _Geography:
    names: dict[Unit, str]
    succession: Succession

    def families(self, day: date) -> list[Family]:
        return self.succession.families(day, max(unit.valid_from for unit in self.names if unit.valid_to is None))


def figures_on(database: Database, year: int, indicators: Sequence[int], day: date) -> IndicatorFigures:
    """The year's figures as everybody may see them, by the units in force on the day. Raises NotAllowed but for
    administrators.

    A unit's children are known where it is in force today or was ended by a reorganisation that was taken in; of any other
    there is no denominator.
    """
    return _figures(database, year, indicators, day, _geography(database))[0]


def compared(database: Database, year: int, indicator: int, day: date) -> list[Compared]:
    """What the year's figures are by the units of the day and by today's, of units that changed; hidden as in `figures_on`."""
    geography = _geography(database)
    before, today = _figures(database, year, [indicator], day, geography)
    old, now = ({str(row["commune_code"]): row for row in each.rates.to_dict("records")} for each in (before, today))
    return [
        Compared(
            tuple((before.names[code], old[code]) for code in sorted(family.before)),
            tuple((today.names[code], now[code]) for code in sorted(family.today)),
        )
        for family in geography.families(day)
        if not family.is_unchanged
    ]


def _geography(database: Database) -> _Geography:
    table = database.read("unit", columns=["code", "valid_from", "valid_to", "name"])
    table = table[table["code"].str.len() == _CODE_LENGTH]
    names = {
        Unit(str(code), date.fromisoformat(begin), date.fromisoformat(end) if isinstance(end, str) else None): str(name)
        for code, begin, end, name in table.itertuples(index=False, name=None)
    }
    rows = database.read("unit_succession", columns=["old_code", "old_valid_to", "new_code"])
    took_over = [
        (str(old), date.fromisoformat(end), str(new)) for old, end, new in rows.itertuples(index=False, name=None)
    ]
    return _Geography(names, Succession(list(names), took_over))


def _figures(
    database: Database, year: int, indicators: Sequence[int], day: date, geography: _Geography
) -> tuple[IndicatorFigures, IndicatorFigures]:
    units = geography.succession.on(day)
    told = database.call(
        "participation_in_units",
        for_year=year,
        units=[
            {"area": m.area, "code": m.unit.code, "valid_from": m.unit.valid_from.isoformat(), "sure": m.sure}
            for m in geography.succession.memberships(day)
        ],
    )
    facts = read_facts(database, year)
    province = facts.counts[facts.counts["area_code"] == PROVINCE]
    counts = pd.concat([pd.DataFrame(told, columns=list(COUNT_COLUMNS)), province], ignore_index=True)
    population = _population(database, facts.population, units, year)
    codes = [unit.code for unit in units]
    today = reckoned(facts, indicators)
    whole = [
        hide(
            rates(counts, population, facts.definitions[number], [year], codes, sources=facts.sources),
            today.rates[today.rates["indicator"] == number],
            geography.families(day),
            facts.threshold,
        )
        for number in indicators
    ]
    names = {PROVINCE: facts.names[PROVINCE], **{unit.code: geography.names[unit] for unit in units}}
    return IndicatorFigures(year, names, pd.concat(whole, ignore_index=True)), today


def _population(database: Database, present: pd.DataFrame, units: Sequence[Unit], year: int) -> pd.DataFrame:
    still = {unit.code for unit in units if unit.valid_to is None}
    former = pd.DataFrame(database.call("former_population", for_year=year), columns=[*POPULATION_COLUMNS, "unit_from"])
    wanted = {(unit.code, unit.valid_from.isoformat()) for unit in units if unit.code not in still}
    keys = zip(former["commune_code"], former["unit_from"].astype(str), strict=True)
    former = former[[key in wanted for key in keys]].drop(columns="unit_from")
    mine = present[present["commune_code"].isin(still)]
    return mine if former.empty else pd.concat([mine, former], ignore_index=True)
