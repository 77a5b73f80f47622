"""The command `survey-app report`."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from analysis.report import Letterhead
from analysis.report_content import report
from analysis.report_facts import FIRST_YEAR, KINDS, LAST_YEAR, MIDDLE_YEAR
from survey_app.database import Database
from survey_app.report.facts import read_facts
from survey_app.report.files import FORMATS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    today = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    parser.add_argument("--kind", choices=KINDS, default="annual", help="default: annual")
    parser.add_argument(
        "--year", type=int, choices=range(FIRST_YEAR, LAST_YEAR + 1), metavar="YEAR",
        default=min(today.year, LAST_YEAR), help="of an annual report (default: this year)",
    )  # fmt: skip
    parser.add_argument("--date", type=date.fromisoformat, default=today, help="day of the report (default: today)")
    parser.add_argument("--format", choices=list(FORMATS), required=True)
    parser.add_argument("--output", type=Path, required=True, metavar="FILE")


def write_report(database: Database, options: argparse.Namespace, out: TextIO) -> int:
    """Writes the file; the process's exit code."""
    year = {"annual": options.year, "midterm": MIDDLE_YEAR, "final": LAST_YEAR}[options.kind]
    made = report(read_facts(database, options.kind, year, options.date), Letterhead())
    write, _ = FORMATS[options.format]
    options.output.write_bytes(write(made))
    print(options.output, file=out)
    return 0
