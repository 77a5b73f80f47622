"""The figures behind the map: read through the door, reckoned and hidden where need be by the package `analysis`."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analysis.choropleth import RateClass, classes, colour, legend
from analysis.indicators import PROVINCE, Definition, load_definitions, rates
from analysis.suppression import THRESHOLD, suppress
from survey_app.database import Database
from survey_app.screens.language import current, say, today
from survey_app.screens.stored_rows import rows

INDICATOR = 22
FRESH_SECONDS = 3
"""How old a count may be on the map; many viewers within it cost one reading."""

_DATA = Path(__file__).parent.parent / "data"
_COUNT_COLUMNS = (
    *("indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible"),
    *("consultations", "consultations_not_counted"),
)


@dataclass(frozen=True)
class Figures:
    """Indicator 22 in one year: a row a commune, in the order asked, then the province's."""

    definition: Definition
    rates: pd.DataFrame
    classes: tuple[RateClass, ...]

    @property
    def communes(self) -> pd.DataFrame:
        return self.rates[self.rates["commune_code"] != PROVINCE]

    @property
    def province(self) -> dict[Any, Any]:
        return dict(self.rates[self.rates["commune_code"] == PROVINCE].to_dict("records")[0])

    def colour(self, row: dict[Any, Any]) -> tuple[int, int, int]:
        return colour(row["state"], None if pd.isna(row["rate"]) else float(row["rate"]), self.classes)

    def class_label(self, row: dict[Any, Any]) -> str:
        """The legend's words for this commune's colour."""
        wanted = self.colour(row)
        return next(entry.label for entry in legend(self.classes, self.rates, say, current()) if entry.colour == wanted)


# These caches hold counts and public figures that every member of staff may see, so they are shared by all of them;
# the screen asks who is signed in before it comes here.


@st.cache_data(ttl=FRESH_SECONDS, show_spinner=False)
def counts(_database: Database) -> pd.DataFrame:
    """What was counted, all years."""
    return _database.read("participation_count", columns=_COUNT_COLUMNS, where={"indicator": INDICATOR})


@st.cache_data(ttl=30, show_spinner=False)
def _population(_database: Database, year: int, min_age: int, max_age: int) -> pd.DataFrame:
    return _database.read(
        "population",
        columns=["source", "commune_code", "year", "age", "children"],
        where={"year": year, "age": list(range(min_age, max_age + 1))},
    )


def years(database: Database) -> list[int]:
    """Years to choose from, latest first: those with consultations, and this one."""
    return sorted({*(int(year) for year in counts(database)["year"]), today().year}, reverse=True)


def figures(database: Database, year: int, communes: tuple[str, ...]) -> Figures:
    """The year's figures with small ones hidden."""
    definition = _definition(database)
    reckoned = rates(
        counts(database),
        _population(database, year, definition.min_age, definition.max_age),
        definition,
        [year],
        communes,
        sources=database.read("population_source", columns=["source", "title", "is_estimate"]),
    )
    threshold = rows(database, "setting", ["value"], {"name": "suppression_threshold"})
    shown = suppress(reckoned, int(threshold[0]["value"]) if threshold else THRESHOLD)
    return Figures(definition, shown, classes(definition.class_edges))


def cells() -> dict[str, Any]:
    """The approximate cells of the communes, GeoJSON."""
    return _cells()


@cache
def _cells() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_DATA / "approximate_cells.geojson").read_text(encoding="utf-8"))
    return found


def _definition(database: Database) -> Definition:
    """The decision's indicator, with the ages that an administrator has set."""
    written = load_definitions(_DATA / "indicators.json")[INDICATOR]
    own = rows(database, "indicator", ["min_age", "max_age"], {"id": INDICATOR})
    return replace(written, **own[0]) if own else written
