"""Reorganisations of communes on their way from a file into the database, the same for the screen and the command."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from analysis.population_file import UnreadableTable, read_sheet
from analysis.population_table import Problem, Unit
from analysis.unit_file import HEADINGS, NEEDED, Change, UnitReading, read_units
from survey_app.database import Database

TOUCHED = ("consultation", "activity", "participant", "school", "staff")


@dataclass(frozen=True)
class UnitFile:
    """A file as it was read."""

    name: str
    sha256: str
    reading: UnitReading


@dataclass(frozen=True)
class Consequences:
    """What a reorganisation does. `split`: units with several heirs; `unknown`: new ones whose population nobody knows."""

    ended: tuple[Unit, ...]
    begun: tuple[Change, ...]
    split: tuple[Unit, ...]
    stay: tuple[Unit, ...]
    """Of the split ones, those whose code no part keeps: their schools, staff and cards go nowhere by themselves."""
    unknown: tuple[Change, ...]
    touched: dict[str, int]
    """Consultations, activities, cards, schools and accounts in the units that end: by TOUCHED."""


def read_file(content: bytes, name: str, known: Sequence[Unit], today: date) -> UnitFile:
    """The file with every problem in it; see `unit_file.read_units`."""
    try:
        reading = read_units(read_sheet(content, name, headings=HEADINGS, needed=NEEDED), known, today)
    except UnreadableTable as error:
        reading = UnitReading((), (Problem(None, None, error.code),))
    return UnitFile(name, hashlib.sha256(content).hexdigest(), reading)


def consequences(database: Database, changes: Sequence[Change]) -> Consequences:
    """Of a file without problems. Raises NotAllowed."""
    heirs: dict[Unit, list[str]] = {}
    for change in changes:
        if change.old is not None:
            heirs.setdefault(change.old, []).append(change.new_code)
    begun = tuple({change.new_code: change for change in changes}.values())
    split = tuple(unit for unit, codes in heirs.items() if len(codes) > 1)
    whole = {c.new_code for c in begun} - {c.new_code for c in changes if c.old is None or c.old in split}
    told = database.call("units_touched", codes=[unit.code for unit in heirs])
    return Consequences(
        tuple(heirs),
        begun,
        split,
        tuple(unit for unit in split if unit.code not in heirs[unit]),
        tuple(change for change in begun if change.new_code not in whole),
        {str(row["kind"]): int(row["quantity"]) for row in told},
    )


def take_in(database: Database, file: UnitFile) -> str:
    """Reorganises; the key of the change. Raises NotAllowed, Refused."""
    rows = []
    for change in file.reading.changes:
        row = {name: value for name, value in asdict(change).items() if name not in ("row", "old")}
        days = {name: day.isoformat() for name, day in row.items() if isinstance(day, date)}
        rows.append({**row, **days, "old_code": change.old.code if change.old else None})
    made = database.call("import_units", file_name=file.name, file_sha256=file.sha256, changes=rows)
    return str(made[0]["import_units"])
