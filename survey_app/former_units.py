"""The indicators by the units in force on an earlier day, beside those of today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analysis.geographies import Succession, Unit, hide
from analysis.indicators import PROVINCE, rates
from survey_app.database import Database
from survey_app.indicator_figures import COUNT_COLUMNS, POPULATION_COLUMNS, IndicatorFigures, read_facts, reckoned

_CODE_LENGTH = 5
"""Of a commune's code; those of districts and provinces are shorter."""


def figures_on(database: Database, year: int, indicators: Sequence[int], day: date) -> IndicatorFigures:
    """The year's figures as everybody may see them, by the units in force on the day. Raises NotAllowed but for
    administrators.

    A unit's children are known where it is in force today or was ended by a reorganisation that was taken in; of any other
    there is no denominator.
    """
    table = database.read("unit", columns=["code", "valid_from", "valid_to", "name"])
    table = table[table["code"].str.len() == _CODE_LENGTH]
    named = {
        Unit(str(code), date.fromisoformat(begin), date.fromisoformat(end) if isinstance(end, str) else None): str(name)
        for code, begin, end, name in table.itertuples(index=False, name=None)
    }
    took_over = database.read("unit_succession", columns=["old_code", "old_valid_to", "new_code"])
    succession = Succession(
        list(named),
        [
            (str(old), date.fromisoformat(end), str(new))
            for old, end, new in took_over.itertuples(index=False, name=None)
        ],
    )
    units = succession.on(day)
    memberships = list(succession.memberships(day))
    facts = read_facts(database, year)
    told = database.call(
        "participation_in_units",
        for_year=year,
        units=[
            {"area": m.area, "code": m.unit.code, "valid_from": m.unit.valid_from.isoformat(), "sure": m.sure}
            for m in memberships
        ],
    )
    province = facts.counts[facts.counts["area_code"] == PROVINCE]
    counts = pd.concat([pd.DataFrame(told, columns=list(COUNT_COLUMNS)), province], ignore_index=True)
    population = _population(database, facts.population, units, year)
    today = reckoned(facts, indicators).rates
    families = succession.families(day, max(unit.valid_from for unit in named if unit.valid_to is None))
    whole = [
        hide(
            rates(
                counts, population, facts.definitions[number], [year], [u.code for u in units], sources=facts.sources
            ),
            today[today["indicator"] == number],
            families,
            facts.threshold,
        )
        for number in indicators
    ]
    names = {PROVINCE: facts.names[PROVINCE], **{unit.code: named[unit] for unit in units}}
    return IndicatorFigures(year, names, pd.concat(whole, ignore_index=True))


def _population(database: Database, present: pd.DataFrame, units: Sequence[Unit], year: int) -> pd.DataFrame:
    still = {unit.code for unit in units if unit.valid_to is None}
    former = pd.DataFrame(database.call("former_population", for_year=year), columns=[*POPULATION_COLUMNS, "unit_from"])
    wanted = {(unit.code, unit.valid_from.isoformat()) for unit in units if unit.code not in still}
    keys = zip(former["commune_code"], former["unit_from"].astype(str), strict=True)
    former = former[[key in wanted for key in keys]].drop(columns="unit_from")
    mine = present[present["commune_code"].isin(still)]
    return mine if former.empty else pd.concat([mine, former], ignore_index=True)
