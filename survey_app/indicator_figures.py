"""The indicators' figures as everybody may see them: read through the door, reckoned and hidden where need be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from analysis.indicators import PROVINCE, Definition, load_definitions, rates
from analysis.suppression import THRESHOLD, suppress
from survey_app.database import Database

DATA = Path(__file__).parent / "data"
COUNT_COLUMNS = (
    *("indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible"),
    *("consultations", "consultations_not_counted"),
)
SOURCE_COLUMNS = ("source", "title", "is_estimate", "in_force")
POPULATION_COLUMNS = ("source", "commune_code", "year", "age", "children", "band_from", "band_to", "girls", "boys")


@dataclass(frozen=True)
class IndicatorFigures:
    """Of one year. `names`: communes of today by code, and the province. Tables stand in the order of `names`."""

    year: int
    names: dict[str, str]
    rates: pd.DataFrame
    """As made by `analysis.suppression.suppress`, of the indicators asked for."""


@dataclass(frozen=True)
class IndicatorFacts:
    """What a year's figures are reckoned from; `counts` hold small numbers as they are, so they go no further."""

    year: int
    names: dict[str, str]
    threshold: int
    definitions: dict[int, Definition]
    sources: pd.DataFrame
    population: pd.DataFrame
    counts: pd.DataFrame
    district_of: Mapping[str, str] = field(default_factory=dict)
    """The former district of each commune of today."""


def read_figures(database: Database, year: int, indicators: Sequence[int]) -> IndicatorFigures:
    """The year's figures of the indicators."""
    return reckoned(read_facts(database, year), indicators)


def reckoned(facts: IndicatorFacts, indicators: Sequence[int]) -> IndicatorFigures:
    """The figures that everybody may see."""
    communes = [code for code in facts.names if code != PROVINCE]
    whole = [
        suppress(
            rates(
                facts.counts,
                facts.population,
                facts.definitions[number],
                [facts.year],
                communes,
                sources=facts.sources,
            ),
            facts.threshold,
        )
        for number in indicators
    ]
    return IndicatorFigures(facts.year, facts.names, pd.concat(whole, ignore_index=True))


def read_facts(database: Database, year: int) -> IndicatorFacts:
    units = database.read("unit", columns=["code", "name", "former_district"], where={"valid_to": None}).sort_values(
        "code"
    )
    settings = database.read("setting", columns=["name", "value"]).set_index("name")["value"].to_dict()
    return IndicatorFacts(
        year,
        area_names(zip(units["code"], units["name"], strict=True)),
        int(settings.get("suppression_threshold", THRESHOLD)),
        definitions_in_force(database),
        database.read("denominator_source", columns=SOURCE_COLUMNS),
        database.read("population", columns=POPULATION_COLUMNS, where={"year": year}),
        database.read("participation_count", columns=COUNT_COLUMNS, where={"year": year}),
        {code: name for code, name in zip(units["code"], units["former_district"], strict=True) if not pd.isna(name)},
    )


def area_names(communes: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names by code: the province, then its communes of today."""
    return {PROVINCE: "Trà Vinh (cũ)", **dict(communes)}


def definitions_in_force(database: Database) -> dict[int, Definition]:
    """The decision's, with the ages that an administrator has set."""
    own = database.read("indicator", columns=["id", "min_age", "max_age"])
    return definitions_with({int(number): (int(low), int(high)) for number, low, high in own.itertuples(index=False)})


def definitions_with(ages: Mapping[int, tuple[int, int]]) -> dict[int, Definition]:
    """The decision's, with these first and last ages."""
    return {
        number: replace(one, min_age=ages[number][0], max_age=ages[number][1]) if number in ages else one
        for number, one in load_definitions(DATA / "indicators.json").items()
    }
