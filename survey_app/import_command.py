"""The command `survey-app import`: what an administrator brings in from files."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from analysis.population_table import Problem
from survey_app import unit_changes
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

    reorganisation = kinds.add_parser(
        "units",
        parents=[where],
        help="a reorganisation of communes (.xlsx, .csv; docs/units.md), as the screen for units takes it",
        description="Signs in as an administrator (ADMIN_EMAIL and ADMIN_PASSWORD, else it asks).",
    )
    reorganisation.add_argument("file", type=Path, metavar="FILE")
    reorganisation.add_argument("--check", action="store_true", help="only say what it would do")


def run(database: Database, options: argparse.Namespace, out: TextIO, complaints: TextIO) -> int:
    """What was asked for; the exit code. Raises NotAllowed, Refused, InvalidData."""
    return (import_units if options.kind == "units" else import_population)(database, options, out, complaints)


def import_units(database: Database, options: argparse.Namespace, out: TextIO, complaints: TextIO) -> int:
    """Takes the reorganisation in whole or, when the file has problems, says them by row and changes nothing."""
    content = _content(options.file, complaints)
    if content is None:
        return 2
    today = date.today()
    file = unit_changes.read_file(content, options.file.name, units(database, today), today)
    _tell_problems(file.reading.problems, "units", complaints)
    if file.reading.problems:
        return 1
    what = unit_changes.consequences(database, file.reading.changes)
    for change in file.reading.changes:
        old = "–" if change.old is None else f"{change.old.code} {change.old.name} (…{change.last_day})"
        print(f"{old} → {change.new_code} {change.name} ({change.first_day}…)", file=out)
    touched = ", ".join(f"{what.touched[name]} {name}" for name in unit_changes.TOUCHED)
    print(f"{len(what.ended)} units end, {len(what.begun)} begin; along go: {touched}", file=out)
    for unit in what.split:
        print(
            f"{unit.code} {unit.name} is split: what was held there is in the upper bound of each part alone", file=out
        )
    for change in what.unknown:
        print(f"{change.new_code} {change.name}: no child population is known; import it", file=out)
    if not options.check:
        print(f"taken in: {unit_changes.take_in(database, file)}", file=out)
    return 0


def import_population(database: Database, options: argparse.Namespace, out: TextIO, complaints: TextIO) -> int:
    """Takes the file in whole or, when it has problems, says them by row and takes in nothing; the exit code."""
    content = _content(options.file, complaints)
    if content is None:
        return 2
    known = units(database, date.today())
    codes_on = None if options.codes_on == BY_YEAR else options.codes_on
    file = read_file(content, options.file.name, known, codes_on=codes_on, year=options.year)
    _tell_problems(file.reading.problems, "population", complaints)
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


def _content(file: Path, complaints: TextIO) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError as error:
        print(f"survey-app: {file} cannot be read: {error.strerror}", file=complaints)
        return None


def _tell_problems(problems: Sequence[Problem], of: str, complaints: TextIO) -> None:
    for problem in problems:
        place = _say("population.whole_file") if problem.row is None else _say("population.row", row=problem.row)
        if problem.column:
            place += " · " + _say("population.column", column=problem.column)
        said = f"units.problem.{problem.code}" if of == "units" else f"population.problem.{problem.code}"
        print(f"{place}: {_say(said, **problem.values)}", file=complaints)


def _say(key: str, **values: Any) -> str:
    return text("staff", "vi", key, **values)


def _day(written: str) -> date | str:
    if written == BY_YEAR:
        return written
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{written} is no day such as 2025-06-30") from error
