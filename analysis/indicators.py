"""From counts to rates: indicators 22, 23 and 24 by commune and year, and for the province.

Source: Decision 2221/QĐ-UBND of 7 October 2021, objective 4; a child is a person under 16 (Law on Children 2016).

A worked example. In one year a commune with 100 children of the indicator's ages held two consultations. In the first
took part 12 children with cards and 8 without, in the second 20 with cards, 5 of them for the second time, and 3
without. Distinct cards: 12 + 20 − 5 = 27. The largest consultation had 20 + 3 = 23 children, so at least max(27, 23) =
27 children took part; if no child without a card was anyone else, it was 27 + 8 + 3 = 38. The rate shown is 27 %, at
most 38 %. With a target of 30 % the gap is −3 percentage points.

The province's lower bound is its distinct cards and, of every commune, the children that its lower bound has beyond its
cards. It rests on an assumption: a child without a card took part in one commune only in that year, and is not a child
who has a card in another one. Such a child who did would be counted twice; the upper bound needs no assumption.
"""

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

PROVINCE = "84"

STATES = ("measured", "not_counted", "no_data", "no_population")

_OF_INTERVAL = ("carded_certain", "carded_possible", "largest_certain", "uncarded_possible")
_COUNTS = (*_OF_INTERVAL, "consultations", "consultations_not_counted")


@dataclass(frozen=True)
class Definition:
    """An indicator: whom it is about (ages in completed years, both included) and its targets in percent by year."""

    number: int
    name: Mapping[str, str]
    counts: str
    min_age: int
    max_age: int
    targets: Mapping[int, float]
    class_edges: tuple[float, ...]
    source: Mapping[str, str]


@dataclass(frozen=True)
class Interval:
    """The number of children who took part is at least `lower` and at most `upper`."""

    lower: int
    upper: int


def load_definitions(path: Path) -> dict[int, Definition]:
    """Indicators by number from a JSON file. Raises ValueError naming the indicator whose ages or targets make no
    sense.
    """
    definitions = {}
    for item in json.loads(path.read_text(encoding="utf-8"))["indicators"]:
        targets = {int(year): float(percent) for year, percent in item["targets"].items()}
        definition = Definition(
            number=int(item["number"]),
            name=item["name"],
            counts=item["counts"],
            min_age=int(item["min_age"]),
            max_age=int(item["max_age"]),
            targets=dict(sorted(targets.items())),
            class_edges=tuple(float(edge) for edge in item["class_edges"]),
            source=item["source"],
        )
        where = f"{path}: indicator {definition.number}"
        if not 0 <= definition.min_age <= definition.max_age:
            raise ValueError(f"{where}: min_age must be at least 0 and at most max_age")
        if not targets or not all(0 <= percent <= 100 for percent in targets.values()):
            raise ValueError(f"{where}: needs at least one target, each a percentage from 0 to 100")
        if list(definition.class_edges) != sorted(set(definition.class_edges)) or len(definition.class_edges) < 2:
            raise ValueError(f"{where}: class_edges must be two or more growing percentages")
        definitions[definition.number] = definition
    return definitions


def target(definition: Definition, year: int) -> float:
    """Target in percent, linear between two target years.

    The decision sets none before the first target year or after the last one: the nearest one is held, so that an early
    year is measured against where the province wants to be first, and a late year against what was reached for last.
    """
    years = sorted(definition.targets)
    if year <= years[0]:
        return definition.targets[years[0]]
    for before, after in itertools.pairwise(years):
        if year <= after:
            low, high = definition.targets[before], definition.targets[after]
            return low + (high - low) * (year - before) / (after - before)
    return definition.targets[years[-1]]


def interval(
    carded_certain: int,
    carded_possible: int,
    largest_certain: int,
    uncarded_possible: int,
    population: float | None,
) -> Interval:
    """How many distinct children took part, from what is known of them.

    carded_certain: distinct cards, surely of the indicator's ages; carded_possible: possibly so (a birth year alone
    leaves a year of doubt). largest_certain: children surely of the ages in the largest single consultation, where all
    are distinct. uncarded_possible: children without cards, possibly of the ages, over all consultations. population
    caps the upper bound (None: unknown, no cap) but never below the lower one: an estimate of the population does not
    undo children who were seen.
    """
    lower = max(carded_certain, largest_certain)
    return Interval(lower, _most(lower, carded_possible + uncarded_possible, population))


def province_interval(
    whole: Mapping[str, int], communes: Iterable[Mapping[str, int]], population: float | None
) -> Interval:
    """As `interval`, of the province: distinct cards, and the communes' children beyond their cards, each of them assumed
    to have taken part in one commune only and to have no card elsewhere.

    whole: the province's counts, every card once. communes: the counts of every commune, also of such as no longer are
    communes, with the same names.
    """
    alone = interval(**{name: whole[name] for name in _OF_INTERVAL}, population=None)
    beyond_cards = sum(max(0, one["largest_certain"] - one["carded_certain"]) for one in communes)
    lower = max(alone.lower, whole["carded_certain"] + beyond_cards)
    return Interval(lower, _most(lower, alone.upper, population))


def _most(lower: int, upper: int, population: float | None) -> int:
    return max(lower, upper if population is None else min(upper, round(population)))


def denominators(
    population: pd.DataFrame,
    sources: pd.DataFrame,
    definition: Definition,
    years: Sequence[int],
    communes: Sequence[str],
) -> pd.DataFrame:
    """Children of the indicator's ages: one row (commune_code, year, population, source, source_title, is_estimate).

    Of several sources, one that is no estimate goes before an estimate; among equals the order of `sources` decides.
    Where `sources` has the column in_force (years), the source in force in a year goes before all others, and one that
    is neither in force nor an estimate is not used. A source that lacks one of the ages for a commune and year is
    passed over there, never filled up from another one. Where `population` has the columns band_from and band_to,
    ages that cut a band (an even spread, then) make the figure an estimate. Whole children; population is missing
    where no source will do.
    """
    ages = range(definition.min_age, definition.max_age + 1)
    chosen = population[population["age"].isin(ages) & population["year"].isin(list(years))]
    sums = chosen.groupby(["source", "commune_code", "year"]).agg(
        population=("children", "sum"), ages=("age", "nunique")
    )
    complete = sums[sums["ages"] == len(ages)]["population"].to_dict()
    spread = _spread(chosen, definition)
    ranked = sources.sort_values("is_estimate", kind="stable").to_dict("records")
    rows = []
    for code in communes:
        for year in years:
            best = next((s for s in _in_order(ranked, year) if (s["source"], code, year) in complete), None)
            rows.append(
                {
                    "commune_code": code,
                    "year": year,
                    "population": round(complete[(best["source"], code, year)]) if best else None,
                    "source": best["source"] if best else None,
                    "source_title": best["title"] if best else None,
                    "is_estimate": bool(best["is_estimate"]) or (best["source"], code, year) in spread
                    if best
                    else None,
                }
            )
    return pd.DataFrame(rows)


def _in_order(ranked: Sequence[Mapping[Any, Any]], year: int) -> list[Mapping[Any, Any]]:
    """The sources that may be used in a year, best first."""
    in_force = [source for source in ranked if year in source.get("in_force", ())]
    return in_force + [s for s in ranked if s not in in_force and (s["is_estimate"] or "in_force" not in s)]


def _spread(population: pd.DataFrame, definition: Definition) -> set[tuple[Any, ...]]:
    """(source, commune, year) whose bands reach beyond the indicator's ages."""
    if "band_from" not in population:
        return set()
    cut = (population["band_from"] < definition.min_age) | (population["band_to"] > definition.max_age)
    return set(
        population[cut.fillna(value=False)][["source", "commune_code", "year"]].itertuples(index=False, name=None)
    )


def rates(
    counts: pd.DataFrame,
    population: pd.DataFrame,
    definition: Definition,
    years: Sequence[int],
    communes: Sequence[str],
    *,
    sources: pd.DataFrame,
) -> pd.DataFrame:
    """One row a commune and year, then one a year for the province (commune_code '84'), whether or not anything took
    place.

    `counts`: indicator, area_code, year, carded_certain, carded_possible, largest_certain, uncarded_possible,
    consultations (those that count) and consultations_not_counted; rows of other indicators and years are passed over.
    Areas that are not among `communes` have no row, but their children without cards are in the province's figure. `population`: source, commune_code, year, age, children. `sources`: source, title, is_estimate (see
    `denominators`).

    Columns: indicator, commune_code, year, lower, upper, population, source, source_title, is_estimate, rate and
    rate_upper (percent of population), target (percent), gap (rate − target, percentage points), reached,
    consultations, consultations_not_counted, state. Missing values are pandas.NA. state is one of STATES: measured;
    not_counted (consultations took place but none counts); no_data (none took place: the rate is missing, not 0);
    no_population (children were counted, but the denominator is missing or 0).
    """
    wanted_years, wanted_communes = list(years), list(communes)
    below = denominators(population, sources, definition, wanted_years, wanted_communes)
    province = [_province_denominator(year, below[below["year"] == year]) for year in wanted_years]
    mine = counts[counts["indicator"] == definition.number]
    keys = list(zip(mine["area_code"].astype(str), mine["year"].astype(int), strict=True))
    if len(set(keys)) != len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(
            f"rates: two rows of counts for area {twice[0]}, year {twice[1]}; give one row an area and year"
        )
    records = mine[list(_COUNTS)].astype(int).to_dict("records")
    by_key = dict(zip(keys, records, strict=True))
    rows = []
    for denominator in [*below.to_dict("records"), *province]:
        area, year = denominator["commune_code"], denominator["year"]
        parts = [one for (code, when), one in by_key.items() if area == PROVINCE and when == year and code != PROVINCE]
        rows.append(_rate_row(definition, denominator, by_key.get((area, year)), parts))
    return pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)


_TYPES: dict[str, Any] = {
    "indicator": "int64",
    "commune_code": "str",
    "year": "int64",
    "lower": "Int64",
    "upper": "Int64",
    "population": "Int64",
    "source": "string",
    "source_title": "string",
    "is_estimate": "boolean",
    "rate": "Float64",
    "rate_upper": "Float64",
    "target": "Float64",
    "gap": "Float64",
    "reached": "boolean",
    "consultations": "int64",
    "consultations_not_counted": "int64",
    "state": "str",
}


def group_populations(
    population: pd.DataFrame,
    table: pd.DataFrame,
    grouping: str,
    definition: Definition,
    bands: Sequence[tuple[int, int]],
) -> pd.DataFrame:
    """Children of the indicator's ages by area and group, of the source that serves for the area in `table` (one year, as
    made by `rates`): area_code, group, population, is_estimate; no row where they are not known.

    `grouping`: 'sex' (where girls and boys are known for every age), 'age', 'band' (groups '7-10', …, of which only the
    indicator's ages), or another one, of which nothing is known. An age within a band of the source that was spread
    evenly, or an age band that cuts one, makes an estimate. The province's are the sum, where every commune's is known.
    """
    rows: list[tuple[str, str, int, bool]] = []
    communes = table[table["commune_code"] != PROVINCE]
    served = zip(communes["commune_code"], communes["source"], communes["year"], communes["is_estimate"], strict=True)
    here = population[population["age"].between(definition.min_age, definition.max_age)]
    by_area = dict(tuple(here.groupby(["commune_code", "source", "year"])))
    for code, source, year, is_estimate in served:
        if pd.isna(source) or (code, source, year) not in by_area:
            continue
        mine = by_area[code, source, year]
        if grouping == "sex" and "girls" in mine and mine[["girls", "boys"]].notna().all(axis=None):
            rows += [(code, "female", round(mine["girls"].sum()), bool(is_estimate))]
            rows += [(code, "male", round(mine["boys"].sum()), bool(is_estimate))]
        wanted = {"age": [(age, age) for age in mine["age"]], "band": bands}.get(grouping, ())
        for low, high in wanted:
            part = mine[mine["age"].between(low, high)]
            if len(part):
                cut = "band_from" in part and bool(
                    ((part["band_from"] < low) | (part["band_to"] > high)).fillna(value=False).any()
                )
                name = str(low) if grouping == "age" else f"{low}-{high}"
                rows.append((code, name, round(part["children"].sum()), bool(is_estimate) or cut))
    found = pd.DataFrame(rows, columns=["area_code", "group", "population", "is_estimate"])
    every = found.groupby("group").filter(lambda group: len(group) == len(communes)) if len(found) else found
    whole = every.groupby("group", as_index=False).agg(
        population=("population", "sum"), is_estimate=("is_estimate", "any")
    )
    told = pd.concat([found, whole.assign(area_code=PROVINCE)], ignore_index=True)
    return told.astype({"population": "Int64", "is_estimate": "boolean"})


def _province_denominator(year: int, below: pd.DataFrame) -> dict[Any, Any]:
    """Sum of the communes' whole-number denominators, so that what is shown adds up; missing when one is missing."""
    if below.empty or below["population"].isna().any():
        return {"commune_code": PROVINCE, "year": year, "population": None, "source": None}
    return {
        "commune_code": PROVINCE,
        "year": year,
        "population": int(below["population"].sum()),
        "source": "; ".join(below["source"].unique()),
        "source_title": "; ".join(below["source_title"].unique()),
        "is_estimate": bool(below["is_estimate"].any()),
    }


def _rate_row(
    definition: Definition,
    denominator: Mapping[Any, Any],
    count: Mapping[Any, int] | None,
    parts: Sequence[Mapping[Any, int]],
) -> dict[str, Any]:
    aim = target(definition, denominator["year"])
    people = None if pd.isna(denominator["population"]) else int(denominator["population"])
    row: dict[str, Any] = {
        "indicator": definition.number,
        **{str(key): None if pd.isna(value) else value for key, value in denominator.items()},
        "target": aim,
        "consultations": count["consultations"] if count else 0,
        "consultations_not_counted": count["consultations_not_counted"] if count else 0,
    }
    if not count or not (count["consultations"] or count["consultations_not_counted"]):
        return row | {"state": "no_data"}
    if not count["consultations"]:
        return row | {"state": "not_counted"}
    bounds = province_interval(count, parts, people)
    row |= {"lower": bounds.lower, "upper": bounds.upper}
    if not people:
        return row | {"state": "no_population"}
    rate = 100 * bounds.lower / people
    return row | {
        "rate": rate,
        "rate_upper": 100 * bounds.upper / people,
        "gap": rate - aim,
        "reached": rate >= aim,
        "state": "measured",
    }
