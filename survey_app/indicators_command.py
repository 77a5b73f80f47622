"""The command `survey-app indicators`: the numbers of every screen, as a table for people or programs."""

from __future__ import annotations

import argparse
import csv
import json
from datetime import date, datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import pandas as pd

from analysis.indicators import PROVINCE
from survey_app.database import Database
from survey_app.former_units import figures_on
from survey_app.indicator_figures import IndicatorFigures, definitions_in_force, read_facts, reckoned
from survey_app.indicator_groups import GROUPINGS, Asking, by_district, grouped
from survey_app.indicator_records import plain, rate_records
from survey_app.indicator_words import LANGUAGES, title, word_table

INDICATORS = (22, 23, 24)
BY = ("commune", *GROUPINGS, "district")
FORMATS = ("table", "csv", "json")
_RATES = (
    *("indicator", "year", "area_code", "area", "state", "lower", "upper", "population", "rate", "rate_upper"),
    *("target", "gap", "reached", "consultations", "consultations_not_counted", "source"),
)
_GROUPS = ("indicator", "year", "area_code", "area", "group", "state", "carded", "population", "rate")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    this_year = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).year
    parser.add_argument("--year", type=int, default=this_year, help="calendar year (default: this one)")
    parser.add_argument("--indicator", type=int, choices=INDICATORS, help="only this one (default: all three)")
    parser.add_argument(
        "--by",
        type=_parts,
        default=(),
        metavar="PART[,PART]",
        help=f"of {', '.join(BY)}; a group also with commune, as commune,sex (default: the whole province only)",
    )
    parser.add_argument(
        "--units-on",
        type=_day,
        metavar="DAY",
        help="by the communes in force on this day, such as 2025-06-30 (default: those of today); their children's numbers "
        "are known where they are units of today or a reorganisation was taken in (docs/units.md)",
    )
    parser.add_argument("--format", choices=FORMATS, default="table", help="default: table")
    parser.add_argument(
        "--language", choices=LANGUAGES, help="in words, as the map's table has it (default: plain numbers and codes)"
    )


def mistake(options: argparse.Namespace) -> str | None:
    """What does not go together in the options, with the remedy; known before anything is read."""
    groups = [part for part in options.by if part != "commune"]
    if options.units_on is not None and (groups or options.language is not None):
        return f"former units have plain rates only; leave --by {groups[0] if groups else 'sex'} and --language out, or leave --units-on out"
    if len(groups) > 1:
        return f"{' and '.join(groups)} do not go together; ask for one of them"
    if groups == ["district"] and "commune" in options.by:
        return "districts and communes are both areas; ask --by district or --by commune"
    if options.language is None:
        return None
    if groups:
        return f"the map's table has no {groups[0]}; leave --language out, or ask --by commune"
    if options.format == "json":
        return "JSON has numbers and codes, no words; leave --language out, or take --format csv"
    if options.format == "csv" and options.indicator is None:
        return "in words every indicator has a file of its own; say which one, such as --indicator 22"
    return None


def print_indicators(database: Database, options: argparse.Namespace, out: TextIO, secret: str | None = None) -> int:
    """Prints the figures; the process's exit code. Missing values are empty (null in JSON), never 0. By group or district
    it takes the door's secret: see `Asking`.
    """
    wanted = INDICATORS if options.indicator is None else (options.indicator,)
    facts = read_facts(database, options.year)
    if options.units_on is not None:
        figures = figures_on(database, options.year, wanted, options.units_on)
    else:
        figures = reckoned(facts, wanted)
    if options.language is not None:
        _write_words(database, figures, wanted, options, out)
        return 0
    grouping = next((part for part in options.by if part != "commune"), None)
    columns = _RATES if grouping in (None, "district") else _GROUPS
    asking = Asking(database, secret)
    if grouping is None:
        rows = rate_records(figures)
    elif grouping == "district":
        districts = pd.concat([by_district(facts, number, asking) for number in wanted])
        rows = _named(figures, districts.rename(columns={"commune_code": "area_code"}))
    else:
        found = pd.concat([grouped(facts, number, grouping, asking).assign(indicator=number) for number in wanted])
        rows = _named(figures, found.rename(columns={"children": "carded"}))
    records = [
        {name: plain(row.get(name)) for name in columns}
        for row in rows
        if "commune" in options.by
        or grouping == "district"
        or options.units_on is not None
        or row["area_code"] == PROVINCE
    ]
    if options.format == "json":
        json.dump(records, out, ensure_ascii=False, indent=1)
        out.write("\n")
    elif options.format == "csv":
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    else:
        _write_table(records, columns, out)
    return 0


def _named(figures: IndicatorFigures, table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            **{str(name): value for name, value in row.items()},
            "year": figures.year,
            "area": figures.names.get(row["area_code"], row["area_code"]),
        }
        for row in table.to_dict("records")
    ]


def _write_words(
    database: Database, figures: IndicatorFigures, wanted: tuple[int, ...], options: argparse.Namespace, out: TextIO
) -> None:
    definitions = definitions_in_force(database)
    for number in wanted:
        words = word_table(figures, definitions[number], options.language, by_commune="commune" in options.by)
        if options.format == "csv":
            words.to_csv(out, lineterminator="\n")
            continue
        print(f"{title(number, options.language)} ({figures.year})", file=out)
        told = words.reset_index()
        _write_table(told.to_dict("records"), tuple(told.columns), out)  # type: ignore[arg-type]


def _write_table(records: list[dict[str, Any]], columns: tuple[str, ...], out: TextIO) -> None:
    lines = [list(columns), *([_word(record[name]) for name in columns] for record in records)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    for line in lines:
        print("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip(), file=out)


def _word(value: object) -> str:
    return "" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{written} is no day such as 2025-06-30") from error


def _parts(written: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in written.split(","))
    for part in parts:
        if part not in BY:
            raise argparse.ArgumentTypeError(f"{part!r} is not known; use {', '.join(BY)} with a comma between")
    return parts
