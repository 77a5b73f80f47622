"""The indicators' figures as everybody may see them: read through the door, reckoned and hidden where need be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.indicators import PROVINCE, Definition, load_definitions, rates
from analysis.suppression import THRESHOLD, suppress, suppress_groups
from survey_app.database import Database

DATA = Path(__file__).parent / "data"
_COUNTS = (
    *("indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible"),
    *("consultations", "consultations_not_counted"),
)


@dataclass(frozen=True)
class IndicatorFigures:
    """Of one year. `names`: communes of today by code, and the province. Tables stand in the order of `names`."""

    year: int
    names: dict[str, str]
    rates: pd.DataFrame
    """As made by `analysis.suppression.suppress`, of the indicators asked for."""
    sexes: pd.DataFrame | None = None
    """indicator, area_code, group, children: see `analysis.suppression.suppress_groups`."""


def read_figures(database: Database, year: int, indicators: Sequence[int], *, by_sex: bool = False) -> IndicatorFigures:
    """The year's figures of the indicators. By sex only an administrator may ask (NotAllowed)."""
    units = database.read("unit", columns=["code", "name"], where={"valid_to": None}).sort_values("code")
    names = {PROVINCE: "Trà Vinh (cũ)", **dict(zip(units["code"], units["name"], strict=True))}
    communes = units["code"].tolist()
    settings = database.read("setting", columns=["name", "value"]).set_index("name")["value"].to_dict()
    threshold = int(settings.get("suppression_threshold", THRESHOLD))
    definitions = definitions_in_force(database)
    sources = database.read("denominator_source", columns=["source", "title", "is_estimate", "in_force"])
    population = database.read(
        "population",
        columns=["source", "commune_code", "year", "age", "children", "band_from", "band_to"],
        where={"year": year},
    )
    counts = database.read("participation_count", columns=_COUNTS, where={"year": year})
    whole = [
        suppress(rates(counts, population, definitions[number], [year], communes, sources=sources), threshold)
        for number in indicators
    ]
    sexes = None
    if by_sex:
        told = pd.DataFrame(
            database.call("participation_by_sex", for_year=year),
            columns=["indicator", "area_code", "sex", "children"],
        ).rename(columns={"sex": "group"})
        sexes = pd.concat(
            [
                suppress_groups(told[told["indicator"] == number].drop(columns="indicator"), table, threshold).assign(
                    indicator=number
                )
                for number, table in zip(indicators, whole, strict=True)
            ],
            ignore_index=True,
        )
    return IndicatorFigures(year, names, pd.concat(whole, ignore_index=True), sexes)


def definitions_in_force(database: Database) -> dict[int, Definition]:
    """The decision's, with the ages that an administrator has set."""
    own = database.read("indicator", columns=["id", "min_age", "max_age"])
    ages = {int(number): (int(low), int(high)) for number, low, high in own.itertuples(index=False)}
    return {
        number: replace(one, min_age=ages[number][0], max_age=ages[number][1]) if number in ages else one
        for number, one in load_definitions(DATA / "indicators.json").items()
    }
