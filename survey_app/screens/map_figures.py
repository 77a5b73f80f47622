"""The figures behind the map: read through the door, reckoned and hidden where need be by the package `analysis`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analysis.answers import good_ratings, waiting
from analysis.choropleth import LegendEntry, RateClass, area_colour, legend, percent, signed
from analysis.indicators import PROVINCE, Definition, load_definitions, rates
from analysis.measures import ANSWERS, POINTS, measure_classes, measure_states, measured, measures_of
from analysis.progress import Changes, changes
from analysis.suppression import THRESHOLD, suppress
from survey_app.database import Database
from survey_app.database.voucher import voucher
from survey_app.running import door
from survey_app.screens.language import current, number, say, say_if_known, today
from survey_app.screens.stored_rows import rows
from survey_app.screens.stuck import unanswered_since

CONSULTATIONS, AWARENESS, ACTIVITIES = INDICATORS = (22, 23, 24)
FRESH_SECONDS = 3
"""How old a count may be on the map; many viewers within it cost one reading."""
_MONTH_SECONDS = 300
"""How old the counts of last month's end may be; they change only where something is entered late."""
_DENOMINATOR_SECONDS = 20
"""How old a denominator may be; they are many numbers and seldom change."""

_DATA = Path(__file__).parent.parent / "data"
_COUNT_COLUMNS = (
    *("indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible"),
    *("consultations", "consultations_not_counted"),
)


@dataclass(frozen=True)
class Figures:
    """One indicator in one year: a row a commune, in the order asked, then the province's."""

    definition: Definition
    rates: pd.DataFrame
    """With a column `value`, which the map is coloured by."""
    classes: tuple[RateClass, ...]
    measure: str = "rate"

    @property
    def communes(self) -> pd.DataFrame:
        return self.rates[self.rates["commune_code"] != PROVINCE]

    @property
    def province(self) -> dict[Any, Any]:
        return dict(self.rates[self.rates["commune_code"] == PROVINCE].to_dict("records")[0])

    def text(self, key: str) -> str:
        """The catalogue's words of `analysis.choropleth`, about consultations or about activities."""
        if key == "map.column.denominator":
            return say("map.column.denominator", low=self.definition.min_age, high=self.definition.max_age)
        own = None if self.definition.number == CONSULTATIONS else say_if_known(f"map_of_activities.{key}")
        return own or say(key)

    def fingerprint(self) -> str:
        """The same as long as every number and name on the map is."""
        hashed = pd.util.hash_pandas_object(self.rates.astype(str), index=False)
        return f"{self.definition.min_age}-{self.definition.max_age}-{hashed.sum()}"

    def colour(self, row: dict[Any, Any]) -> tuple[int, int, int]:
        return area_colour(row, self.classes)

    @property
    def states(self) -> tuple[str, ...]:
        """Of areas without a value."""
        return measure_states(self.measure)

    def legend(self) -> list[LegendEntry]:
        """The classes, then `states`, with the number of communes of each."""
        return legend(self.classes, self.communes, self.text, current(), self.states)

    def class_label(self, row: dict[Any, Any]) -> str:
        """The legend's words for this commune's colour."""
        wanted = self.colour(row)
        return next(entry.label for entry in self.legend() if entry.colour == wanted)

    def value_words(self, row: dict[Any, Any]) -> str:
        """The value behind the colour; empty where there is none."""
        if pd.isna(row["value"]):
            return ""
        value = float(row["value"])
        if self.measure == "waiting":
            return say("map.waiting.value", count=number(int(value)))
        if self.measure == "good_ratings":
            return say("map.good_ratings.value", value=percent(value, current()), count=number(int(row["ratings"])))
        if self.measure in POINTS:
            return say("map.gap", value=signed(value, current()))
        return say("map.percent", value=percent(value, current()))


# These caches hold counts and public figures that every member of staff may see, so they are shared by all of them;
# the screen asks who is signed in before it comes here.


@st.cache_data(ttl=FRESH_SECONDS, show_spinner=False)
def counts(_database: Database, indicator: int) -> pd.DataFrame:
    """What was counted for the indicator, all years."""
    return _database.read("participation_count", columns=_COUNT_COLUMNS, where={"indicator": indicator})


@st.cache_data(ttl=FRESH_SECONDS, show_spinner=False)
def _rules(_database: Database, indicator: int) -> tuple[Definition, pd.DataFrame, int]:
    """What the indicator counts, where denominators come from (best first), and the smallest count that is shown."""
    threshold = rows(_database, "setting", ["value"], {"name": "suppression_threshold"})
    return (
        definition_of(_database, indicator),
        _database.read("denominator_source", columns=["source", "title", "is_estimate", "in_force"]),
        int(threshold[0]["value"]) if threshold else THRESHOLD,
    )


@st.cache_data(ttl=_DENOMINATOR_SECONDS, show_spinner=False)
def _population(_database: Database, year: int, min_age: int, max_age: int) -> pd.DataFrame:
    return _database.read(
        "population",
        columns=["source", "commune_code", "year", "age", "children", "band_from", "band_to"],
        where={"year": year, "age": list(range(min_age, max_age + 1))},
    )


def follow_denominators() -> None:
    """Reads the denominators anew, for everyone, as soon as they are asked for: some have just been changed."""
    _population.clear()
    _rules.clear()


def years(database: Database) -> list[int]:
    """Years to choose from, latest first: those in which anything was counted, and this one."""
    counted = {int(year) for indicator in INDICATORS for year in counts(database, indicator)["year"]}
    return sorted({*counted, today().year}, reverse=True)


def figures(database: Database, indicator: int, year: int, communes: tuple[str, ...], measure: str = "rate") -> Figures:
    """The year's figures with small ones hidden; `measure` is one of `analysis.measures.MEASURES`."""
    definition = _rules(database, indicator)[0]
    shown = _shown(database, indicator, year, communes)
    before = _shown(database, indicator, year - 1, communes) if measure == "change" else None
    answers = _answers(database, measure, year) if measure in ANSWERS else None
    return Figures(definition, measured(shown, measure, before, answers), measure_classes(measure, definition), measure)


def measures(indicator: int) -> tuple[str, ...]:
    """What the map can show of an indicator; without the application's secret nobody reads what children think of answers."""
    readable = door().submission_secret is not None
    return tuple(one for one in measures_of(indicator) if readable or one != "good_ratings")


def _answers(database: Database, measure: str, year: int) -> pd.DataFrame:
    if measure == "waiting":
        return waiting(_waiting(database, year))
    return good_ratings(_ratings(database), year, _rules(database, CONSULTATIONS)[2])


@st.cache_data(ttl=FRESH_SECONDS, show_spinner=False)
def _waiting(_database: Database, year: int) -> list[str | None]:
    columns = ["area_code", "held_on", "closed_at", "consultations"]
    found = _database.read("unanswered_consultation", columns=columns, where={"year": year}, order=columns[:3])
    found = found.astype(object).where(found.notna(), None)
    late = [row for row in found.to_dict("records") if unanswered_since(row, today())]
    return [row["area_code"] for row in late for _ in range(row["consultations"])]


@st.cache_data(ttl=_DENOMINATOR_SECONDS, show_spinner=False)
def _ratings(_database: Database) -> pd.DataFrame:
    columns = ["area_code", "year", *(f"{most}{one}" for most in ("", "most_") for one in ("ratings", "good", "other"))]
    found = _database.call("ratings_by_area", voucher=voucher(door().submission_secret or "", "ratings"))
    return pd.DataFrame(found, columns=columns)


def _shown(database: Database, indicator: int, year: int, communes: tuple[str, ...]) -> pd.DataFrame:
    definition, sources, threshold = _rules(database, indicator)
    reckoned = rates(
        counts(database, indicator),
        _population(database, year, definition.min_age, definition.max_age),
        definition,
        [year],
        communes,
        sources=sources,
    )
    return suppress(reckoned, threshold)


def all_years(database: Database, indicator: int, communes: tuple[str, ...]) -> tuple[Definition, pd.DataFrame]:
    """Every year in which anything of the indicator was counted, and this one, with small figures hidden; see `rates`."""
    definition, sources, threshold = _rules(database, indicator)
    counted = counts(database, indicator)
    found = sorted({today().year, *(int(year) for year in counted["year"])})
    population = pd.concat(
        [_population(database, year, definition.min_age, definition.max_age) for year in found], ignore_index=True
    )
    return definition, suppress(rates(counted, population, definition, found, communes, sources=sources), threshold)


@st.cache_data(ttl=_MONTH_SECONDS, show_spinner=False)
def _before_this_month(_database: Database, secret: str) -> pd.DataFrame:
    asked = voucher(secret, "before this month")
    return pd.DataFrame(_database.call("participation_before_this_month", voucher=asked))


def since_last_month(database: Database, secret: str, communes: tuple[str, ...]) -> tuple[dict[int, Changes], int]:
    """By indicator what changed since the end of last month, and how many consultations were answered to since.

    `secret`: the submission secret, with which the application vouches that it hides what is small.
    """
    found = _before_this_month(database, secret)
    year = today().year
    changed = {}
    for indicator in INDICATORS:
        definition, sources, threshold = _rules(database, indicator)
        population = _population(database, year, definition.min_age, definition.max_age)
        then, now = (
            rates(counted, population, definition, [year], communes, sources=sources)
            for counted in (found, counts(database, indicator))
        )
        changed[indicator] = changes(then, now, year, threshold)
    return changed, int(found["published_since"].sum())


def definition_of(database: Database, indicator: int) -> Definition:
    """The decision's indicator, with the ages that an administrator has set."""
    written = load_definitions(_DATA / "indicators.json")[indicator]
    own = rows(database, "indicator", ["min_age", "max_age"], {"id": indicator})
    return replace(written, **own[0]) if own else written
