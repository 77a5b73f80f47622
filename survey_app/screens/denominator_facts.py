"""Sources of child population and their history, as the screens show them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.indicators import Definition
from survey_app.database import Database, Row
from survey_app.screens.map_figures import INDICATORS, definition_of
from survey_app.screens.stored_rows import rows


@dataclass(frozen=True)
class Source:
    """One import, or an estimate that came with the application, in one year."""

    key: str
    title: str
    is_estimate: bool
    published_by: str | None
    imported_at: str | None
    imported_by: str | None
    file_name: str | None
    communes: int
    totals: dict[tuple[int, int], float | None]
    """First and last age of an indicator → its children in all communes; None where an age is missing."""


def age_ranges(database: Database) -> dict[tuple[int, int], Definition]:
    """The ages that indicators count, each once."""
    found: dict[tuple[int, int], Definition] = {}
    for indicator in INDICATORS:
        one = definition_of(database, indicator)
        found.setdefault((one.min_age, one.max_age), one)
    return found


def sources_of_year(database: Database, year: int) -> list[Source]:
    """Those with figures of the year: estimates first, then imports from the latest on."""
    totals = database.read(
        "population_total", columns=["source", "year", "age", "children", "communes"], where={"year": year}
    )
    known = rows(
        database,
        "population_source",
        ["source", "title", "is_estimate", "published_by", "imported_at", "imported_by", "file_name"],
        {"source": sorted(set(totals["source"]))} if len(totals) else {"source": ""},
    )
    ranges = age_ranges(database)
    found = []
    for row in known:
        mine = totals[totals["source"] == row["source"]]
        found.append(
            Source(
                row["source"],
                row["title"],
                bool(row["is_estimate"]),
                row["published_by"],
                row["imported_at"],
                row["imported_by"],
                row["file_name"],
                int(mine["communes"].max()),
                {ages: _total(mine, *ages) for ages in ranges},
            )
        )
    found.sort(key=lambda source: source.imported_at or "", reverse=True)
    return sorted(found, key=lambda source: not source.is_estimate)


def years_with_figures(database: Database) -> list[int]:
    """Latest first."""
    return sorted({int(row["year"]) for row in rows(database, "population_total", ["year"])}, reverse=True)


def in_force(database: Database, year: int) -> str | None:
    """The source that an administrator has put in force; None: the estimate is."""
    found = rows(database, "population_in_force", ["source"], {"year": year})
    return str(found[0]["source"]) if found else None


def history(database: Database, year: int) -> list[Row]:
    """Changes of the source in force, latest first."""
    found = rows(database, "population_in_force_change", ["id", "source", "changed_at", "changed_by"], {"year": year})
    return sorted(found, key=lambda change: -int(change["id"]))


def names_of_staff(database: Database) -> dict[str, str]:
    return {str(row["id"]): str(row["name"]) for row in rows(database, "staff", ["id", "name"])}


def _total(of_source: pd.DataFrame, low: int, high: int) -> float | None:
    wanted = of_source[of_source["age"].between(low, high)]
    return float(wanted["children"].sum()) if wanted["age"].nunique() == high - low + 1 else None
