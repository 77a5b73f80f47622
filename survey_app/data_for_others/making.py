"""From what the database gives for a token to what others read: small counts are hidden here, before anything else is done."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pandas as pd

from analysis.indicators import PROVINCE, Definition
from survey_app.data_for_others.shapes import Area, Figure, Figures, IndicatorMeaning, Metadata, Source
from survey_app.indicator_figures import (
    COUNT_COLUMNS,
    DATA,
    POPULATION_COLUMNS,
    SOURCE_COLUMNS,
    IndicatorFacts,
    area_names,
    definitions_with,
    reckoned,
)
from survey_app.indicator_records import rate_records

COLUMNS = {
    "indicator": "22, 23 or 24 of the decision",
    "year": "calendar year",
    "area_code": "code of the commune of today; 84 is the province as it was",
    "area": "its name",
    "state": "measured, or why figures are missing: not_counted, no_data, no_population, suppressed",
    "lower": "children who surely took part",
    "upper": "children who took part, at most: a child without a card may be somebody else each time",
    "population": "children of the indicator's ages",
    "rate": "lower in percent of population",
    "rate_upper": "upper in percent of population",
    "target": "percent, linear between two target years",
    "gap": "rate − target, percentage points",
    "reached": "whether rate is at least the target",
    "consultations": "consultations that count; of 23 and 24 the activities held",
    "consultations_not_counted": "consultations whose principles or consents are not complete",
    "source": "key of the population's source",
    "source_title": "its title",
    "is_estimate": "whether the population is an estimate, and with it every rate",
    "synthetic": "whether this is a demonstration: no child stands behind any figure",
}
STATES = {
    "measured": "all figures are there",
    "not_counted": "consultations took place, none of them counts",
    "no_data": "nothing took place: the rate is missing, not 0",
    "no_population": "children were counted, their number in all is not known",
    "suppressed": "hidden, for a small number is in it or could be found by subtraction",
}


def figures_of(told: Mapping[str, Any], year: int) -> Figures:
    """The year's figures, from what the function data_for_token of schema.sql gives for it."""
    definitions = _definitions(told)
    facts = IndicatorFacts(
        year,
        _names(told),
        int(told["threshold"]),
        definitions,
        pd.DataFrame(told["sources"], columns=list(SOURCE_COLUMNS)),
        pd.DataFrame(told["population"], columns=list(POPULATION_COLUMNS)),
        pd.DataFrame(told["counts"], columns=list(COUNT_COLUMNS)),
    )
    return Figures(
        year,
        told["demonstration"],
        msgspec.convert(rate_records(reckoned(facts, sorted(definitions))), list[Figure]),
    )


def as_csv(figures: Figures) -> str:
    """With a line of names; what is missing or hidden is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    for figure in figures.figures:
        record = {**msgspec.structs.asdict(figure), "synthetic": figures.synthetic}
        writer.writerow({name: str(v).lower() if isinstance(v, bool) else v for name, v in record.items()})
    return out.getvalue()


def metadata_of(told: Mapping[str, Any]) -> Metadata:
    """What the figures mean, from what data_for_token gives for no year."""
    return Metadata(
        synthetic=told["demonstration"],
        threshold=told["threshold"],
        decision=json.loads((DATA / "indicators.json").read_text(encoding="utf-8"))["decision"],
        indicators=[_meaning(one) for _, one in sorted(_definitions(told).items())],
        areas=[Area(code, name, "province" if code == PROVINCE else "commune") for code, name in _names(told).items()],
        sources=msgspec.convert(told["sources"], list[Source]),
        columns=COLUMNS,
        states=STATES,
    )


def _meaning(one: Definition) -> IndicatorMeaning:
    told = {name: getattr(one, name) for name in ("number", "name", "source", "counts", "min_age", "max_age")}
    return msgspec.convert(
        {**told, "targets": {str(year): percent for year, percent in one.targets.items()}}, IndicatorMeaning
    )


def _definitions(told: Mapping[str, Any]) -> dict[int, Definition]:
    return definitions_with({one["id"]: (one["min_age"], one["max_age"]) for one in told["indicators"]})


def _names(told: Mapping[str, Any]) -> dict[str, str]:
    return area_names(sorted((unit["code"], unit["name"]) for unit in told["units"]))
