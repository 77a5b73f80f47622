"""Rates of former districts: as the province's, over the communes that a district has today."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.indicators import PROVINCE, Definition, rates

_SUMS = ("uncarded_possible", "consultations", "consultations_not_counted")


def district_rates(
    counts: pd.DataFrame,
    cards: pd.DataFrame,
    population: pd.DataFrame,
    definition: Definition,
    year: int,
    district_of: Mapping[str, str],
    *,
    sources: pd.DataFrame,
) -> pd.DataFrame:
    """One row a district as `analysis.indicators.rates` makes it, with the district's name as commune_code.

    `counts`, `population`, `sources`: as `rates` takes them. `cards`: indicator, area_code (the district), children and
    possible: its distinct cards, surely and possibly of the ages, each child once. `district_of`: of each commune.
    """
    mine = counts[(counts["indicator"] == definition.number) & (counts["year"] == year)]
    own = cards[cards["indicator"] == definition.number].set_index("area_code")
    tables = []
    for district in sorted(set(district_of.values())):
        communes = [code for code, name in district_of.items() if name == district]
        below = mine[mine["area_code"].isin(communes)]
        told = own.index.isin([district]).any()
        whole = {
            "indicator": definition.number,
            "area_code": PROVINCE,
            "year": year,
            "carded_certain": int(own["children"][district]) if told else 0,
            "carded_possible": int(own["possible"][district]) if told else 0,
            "largest_certain": int(below["largest_certain"].max()) if len(below) else 0,
            **{name: int(below[name].sum()) for name in _SUMS},
        }
        with_whole = pd.concat([below, pd.DataFrame([whole])], ignore_index=True)
        here = population[population["commune_code"].isin(communes)]
        found = rates(with_whole, here, definition, [year], communes, sources=sources)
        tables.append(found[found["commune_code"] == PROVINCE].assign(commune_code=district))
    if not tables:
        return rates(mine.iloc[:0], population, definition, [year], [PROVINCE], sources=sources).iloc[:0]
    return pd.concat(tables, ignore_index=True)
