"""The report's facts, read through the door as the asker may see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from analysis.indicators import Definition, rates
from analysis.report_facts import CONSULTATIONS, FIRST_YEAR, Facts
from analysis.score_change import score_change
from analysis.suppression import THRESHOLD, suppress
from survey_app.boundary_sets import boundaries_in_force
from survey_app.database import Database, NotAllowed
from survey_app.indicator_figures import definitions_in_force
from survey_app.messages import catalogue, text
from survey_app.vietnamese_order import vietnamese_order

LANGUAGE = "vi"
_COUNTS = (
    *("indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible"),
    *("consultations", "consultations_not_counted"),
)
_CONSULTATION = (
    *("title", "kind", "commune_code", "commune_name", "school_name", "held_on", "year", "carded", "uncarded"),
    *("counted", "status", "published_at"),
)
_ACTIVITY = ("id", "title", "indicator", "commune_code", "commune_name", "held_on", "year")
_COMMITMENT = ("body", "promise", "answer", "commune_name", "due_on", "status", "is_overdue", "consultation_id", "id")


def read_facts(
    database: Database,
    kind: str,
    year: int,
    made_on: date,
    seen_of: str | None = None,
) -> Facts:
    """Everything that the report of this kind and year tells; see `Facts`.

    `seen_of`: the code of the only commune whose lists the asker may see.
    """
    units = _units(database)
    settings = database.read("setting", columns=["name", "value"]).set_index("name")["value"].to_dict()
    threshold = int(settings.get("suppression_threshold", THRESHOLD))
    definitions = definitions_in_force(database)
    years = range(FIRST_YEAR if kind != "annual" else year, year + 1)
    names = dict(zip(units["code"], units["name"], strict=True))
    boundaries = boundaries_in_force(database)
    return Facts(
        kind=kind,
        year=year,
        made_on=made_on,
        definitions=definitions,
        rates=_rates(database, definitions, year, units["code"].tolist(), threshold),
        units=units,
        cells=boundaries.cells,
        borders_from=boundaries.source,
        consultations=_consultations(database, years),
        activities=_records(
            database.read("activity_overview", columns=["kind", "indicator"], where=_in(years, state="held"))
        ),
        changes=_changes(database, years),
        commitments=_commitments(database, years),
        texts={number: partial(_said, number) for number in definitions},
        threshold=threshold,
        is_demonstration=settings.get("demonstration") is True,
        seen_of=names.get(seen_of or ""),
    )


def _units(database: Database) -> pd.DataFrame:
    """Communes of today, in Vietnamese order of their names without Xã or Phường."""
    found = database.read("unit", columns=["code", "name", "kind", "lat", "lon"], where={"valid_to": None})
    rows = sorted(
        found.to_dict("records"), key=lambda row: vietnamese_order(str(row["name"]).removeprefix(f"{row['kind']} "))
    )
    return pd.DataFrame(rows, columns=found.columns)


def _rates(
    database: Database, definitions: dict[int, Definition], year: int, communes: list[str], threshold: int
) -> dict[int, pd.DataFrame]:
    years = list(range(FIRST_YEAR, year + 1))
    ages = sorted({age for one in definitions.values() for age in range(one.min_age, one.max_age + 1)})
    population = database.read(
        "population",
        columns=["source", "commune_code", "year", "age", "children", "band_from", "band_to"],
        where={"year": years, "age": ages},
    )
    sources = database.read("denominator_source", columns=["source", "title", "is_estimate", "in_force"])
    counts = database.read("participation_count", columns=_COUNTS)
    return {
        number: suppress(rates(counts, population, one, years, communes, sources=sources), threshold)
        for number, one in definitions.items()
    }


def _consultations(database: Database, years: range) -> list[dict[str, Any]]:
    found = _records(
        database.read("consultation_overview", columns=_CONSULTATION, where=_in(years, kind="consultation"))
    )
    for row in found:
        row["held_on"], row["published"] = _day(row["held_on"]), row["published_at"] is not None
    return sorted(found, key=lambda row: (row["held_on"], row["commune_code"], row["school_name"] or "", row["title"]))


def _commitments(database: Database, years: range) -> list[dict[str, Any]]:
    """Those of the consultations of these years. What answers a petition is left out: only few may read it."""
    asked = database.read("consultation_overview", columns=["id"], where=_in(years, kind="consultation"))["id"].tolist()
    found = [
        {
            **row,
            "due_on": _day(row["due_on"]),
            **{name: (row[name] or {}).get(LANGUAGE, "") for name in ("promise", "answer")},
        }
        for row in _records(database.read("commitment_board", columns=_COMMITMENT))
        if row["consultation_id"] in asked
    ]
    return sorted(found, key=lambda row: (row["due_on"] or date.max, row["commune_name"] or "", row["body"], row["id"]))


def _changes(database: Database, years: range) -> list[dict[str, Any]]:
    """Activities with questions before and after them, as far as the asker may see their scores."""
    asked = _records(
        database.read(
            "activity_overview", columns=[*_ACTIVITY, "before_id", "after_id"], where=_in(years, state="held")
        )
    )
    found = []
    for row in asked:
        if row["before_id"] is None or row["after_id"] is None:
            continue
        try:
            told = database.call("paired_scores", activity=row["id"])[0]
        except NotAllowed:
            continue
        change = (
            None
            if told["n"] is None
            else score_change(
                told["n"], told["mean_before"], told["mean_after"], told["mean_change"], told["sd_change"]
            )
        )
        found.append({**{name: row[name] for name in _ACTIVITY}, "held_on": _day(row["held_on"]), "change": change})
    return sorted(found, key=lambda row: (row["held_on"], row["commune_code"], row["title"], row["id"]))


def _in(years: range, **conditions: Any) -> dict[str, Any]:
    return {"year": list(years), **conditions}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows whose missing values are None."""
    return [
        {
            str(name): value if isinstance(value, list | dict) or not pd.isna(value) else None
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    ]


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value)[:10])


def _said(indicator: int, key: str) -> str:
    """The map's words, about consultations or about activities."""
    own = None if indicator == CONSULTATIONS else catalogue("staff", LANGUAGE).get(f"map_of_activities.{key}")
    return own or text("staff", LANGUAGE, key)


def years_to_report(database: Database, today: date) -> list[int]:
    """Years of the programme in which anything was counted, and this one, latest first."""
    counted: Iterable[int] = (int(year) for year in database.read("participation_count", columns=["year"])["year"])
    return sorted({year for year in (*counted, today.year) if FIRST_YEAR <= year <= today.year}, reverse=True)
