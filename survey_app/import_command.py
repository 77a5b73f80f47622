"""The command `survey-app import`: what an administrator brings in from files."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from survey_app.child_population import read_file, take_in, units
from survey_app.database import Database
from survey_app.messages import text

BY_YEAR = "year"


def add_arguments(importing: argparse.ArgumentParser, where: argparse.ArgumentParser) -> None:
    kinds = importing.add_subparsers(dest="kind", required=True, metavar="WHAT")
    population = kinds.add_parser(
        "population",
        parents=[where],
        help="official child population (.xlsx, .csv), as the screen for denominators takes it",
        description="Signs in as an administrator (ADMIN_EMAIL and ADMIN_PASSWORD, else it asks).",
    )
    population.add_argument("file", type=Path, metavar="FILE")
    population.add_argument("--title", required=True, help="name of the source, shown beside every rate")
    population.add_argument("--published-by", required=True, help="who published the figures")
    population.add_argument("--year", type=int, help="year of the figures, for a table without a column for it")
    population.add_argument(
        "--codes-on",
        type=_day,
        default=date.today(),
        metavar="DAY",
        help="the day whose commune codes the file uses, such as 2025-06-30 (default: today), "
        f"or {BY_YEAR}: the year of each row decides",
    )
    population.add_argument("--put-in-force", action="store_true", help="make them the denominators of their years")


def import_population(database: Database, options: argparse.Namespace, out: TextIO, complaints: TextIO) -> int:
    """Takes the file in whole or, when it has problems, says them by row and takes in nothing; the exit code."""
    try:
        content = options.file.read_bytes()
    except OSError as error:
        print(f"survey-app: {options.file} cannot be read: {error.strerror}", file=complaints)
        return 2
    known = units(database, date.today())
    codes_on = None if options.codes_on == BY_YEAR else options.codes_on
    file = read_file(content, options.file.name, known, codes_on=codes_on, year=options.year)
    for problem in file.reading.problems:
        place = _say("population.whole_file") if problem.row is None else _say("population.row", row=problem.row)
        if problem.column:
            place += " · " + _say("population.column", column=problem.column)
        print(f"{place}: {_say(f'population.problem.{problem.code}', **problem.values)}", file=complaints)
    if file.reading.problems:
        return 1
    years = file.years
    in_force = years if options.put_in_force else []
    source = take_in(database, file, title=options.title, published_by=options.published_by, in_force=in_force)
    for year in years:
        of_year = file.reading.figures[file.reading.figures["year"] == year]
        children, communes = round(of_year["children"].sum()), of_year["commune_code"].nunique()
        print(
            f"{source} {year}: {children} children, {communes} communes" + ("" if in_force else ", not in force"),
            file=out,
        )
    return 0


def _say(key: str, **values: Any) -> str:
    return text("staff", "vi", key, **values)


def _day(written: str) -> date | str:
    if written == BY_YEAR:
        return written
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{written} is no day such as 2025-06-30") from error
