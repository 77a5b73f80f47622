"""The indicators by group: read with the application's voucher, since small counts are in it, and hidden before anybody sees them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

import pandas as pd

from analysis.districts import district_rates
from analysis.group_suppression import suppress_groups
from analysis.indicators import PROVINCE, group_populations, rates
from analysis.suppression import suppress, suppress_districts
from survey_app.database import Database, NotAllowed
from survey_app.database.voucher import voucher
from survey_app.indicator_figures import DATA, IndicatorFacts

GROUPINGS = ("sex", "age", "age-band", "school-type", "ethnicity", "disability")
NOT_RECORDED = "not_recorded"
_STORED = {"age-band": "age", "school-type": "school_type"}
_COLUMNS = ("indicator", "area_code", "group", "children", "possible")


@dataclass(frozen=True)
class Asking:
    """Who asks, and the door's secret, without which the database tells nothing by group."""

    database: Database
    secret: str | None

    def told(self, grouping: str, year: int) -> pd.DataFrame:
        """Small counts as they are. Raises NotAllowed."""
        if self.secret is None:
            raise NotAllowed("the submission secret is not set")
        rows = self.database.call(
            "participation_by_group",
            for_year=year,
            grouped_by=grouping,
            voucher=voucher(self.secret, f"groups {grouping} {year}"),
        )
        return pd.DataFrame(rows, columns=list(_COLUMNS))


@cache
def age_bands() -> tuple[tuple[int, int], ...]:
    """First and last age of each, as the definitions' file has them."""
    written = json.loads((DATA / "indicators.json").read_text(encoding="utf-8"))["age_bands"]
    return tuple((int(low), int(high)) for low, high in written)


def band_of(age: str) -> str:
    """The band of an age in years, '7-10'; a child who turns 16 in the year is in none and stays by her age."""
    return next((f"{low}-{high}" for low, high in age_bands() if low <= int(age) <= high), age)


def grouped(facts: IndicatorFacts, indicator: int, grouping: str, asking: Asking) -> pd.DataFrame:
    """One of GROUPINGS: area_code, group, children (pandas.NA where hidden), state, population (where known), rate
    (percent of it), is_estimate.
    """
    told = asking.told(_STORED.get(grouping, grouping), facts.year)
    told = told[told["indicator"] == indicator]
    if grouping == "age-band":
        told = told.assign(group=[band_of(age) for age in told["group"]])
        told = told.groupby(["indicator", "area_code", "group"], as_index=False)[["children", "possible"]].sum()
    reckoned, shown = _areas(facts, indicator)
    districts = _districts(facts, indicator, reckoned, shown, asking)
    seen = set(districts[districts["lower"].notna()]["commune_code"])
    blocks = {code: name for code, name in facts.district_of.items() if name in seen}
    hidden = suppress_groups(told[["area_code", "group", "children"]], shown, reckoned, facts.threshold, blocks=blocks)
    people = group_populations(
        facts.population,
        reckoned,
        {"sex": "sex", "age": "age", "age-band": "band"}.get(grouping, ""),
        facts.definitions[indicator],
        age_bands(),
    )
    table = hidden.merge(people, on=["area_code", "group"], how="left")
    share = 100 * table["children"].astype("Float64") / table["population"].where(table["population"] > 0)
    return table.assign(rate=share).sort_values("group", key=lambda names: names.map(_place), kind="stable")


def _place(group: str) -> tuple[bool, int, str]:
    """Ages in their order, what is not recorded last."""
    first = group.partition("-")[0]
    return group == NOT_RECORDED, int(first) if first.isdecimal() else 0, group


def by_district(facts: IndicatorFacts, indicator: int, asking: Asking) -> pd.DataFrame:
    """One row a former district, columns as of `analysis.indicators.rates`, small figures hidden."""
    return _districts(facts, indicator, *_areas(facts, indicator), asking)


def _areas(facts: IndicatorFacts, indicator: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    codes = [code for code in facts.names if code != PROVINCE]
    reckoned = rates(
        facts.counts, facts.population, facts.definitions[indicator], [facts.year], codes, sources=facts.sources
    )
    return reckoned, suppress(reckoned, facts.threshold)


def _districts(
    facts: IndicatorFacts, indicator: int, reckoned: pd.DataFrame, shown: pd.DataFrame, asking: Asking
) -> pd.DataFrame:
    districts = district_rates(
        facts.counts,
        asking.told("district", facts.year),
        facts.population,
        facts.definitions[indicator],
        facts.year,
        facts.district_of,
        sources=facts.sources,
    )
    return suppress_districts(districts, reckoned, shown, facts.district_of, facts.threshold)
