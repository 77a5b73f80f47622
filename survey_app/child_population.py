"""Official child population on its way from a file into the database, the same for the screen and the command."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.population_file import UnreadableTable, read_sheet
from analysis.population_table import Problem, Reading, Unit, read_population
from survey_app.database import Database

_CODE_LENGTH = 5
"""Of a commune's code; those of districts and provinces are shorter."""


@dataclass(frozen=True)
class PopulationFile:
    """A file as it was read."""

    name: str
    sha256: str
    reading: Reading

    @property
    def years(self) -> list[int]:
        return sorted({int(year) for year in self.reading.figures["year"]})


def units(database: Database, today: date) -> list[Unit]:
    """Every commune-level unit that ever was, with the commune that holds it today."""
    table = database.read("unit", columns=["code", "valid_from", "valid_to", "name"])
    found = [
        (str(code), date.fromisoformat(begin), date.fromisoformat(end) if isinstance(end, str) else None, str(name))
        for code, begin, end, name in table.itertuples(index=False, name=None)
        if len(code) == _CODE_LENGTH
    ]
    asked = [(code, (end or max(today, begin)).isoformat()) for code, begin, end, _ in found]
    answer = database.call("resolve_codes", codes=[code for code, _ in asked], days=[day for _, day in asked])
    heirs = {(row["code"], row["day"]): row["commune"] for row in answer}
    return [Unit(*unit, heirs.get(pair)) for unit, pair in zip(found, asked, strict=True)]


def read_file(
    content: bytes, name: str, known: Sequence[Unit], *, codes_on: date | None, year: int | None
) -> PopulationFile:
    """The file with every problem in it; see `population_table.read_population`."""
    try:
        reading = read_population(read_sheet(content, name), known, codes_on=codes_on, year=year)
    except UnreadableTable as error:
        reading = Reading(pd.DataFrame(), (Problem(None, None, error.code),))
    return PopulationFile(name, hashlib.sha256(content).hexdigest(), reading)


def take_in(database: Database, file: PopulationFile, *, title: str, published_by: str, in_force: Sequence[int]) -> str:
    """Keep the figures as a source of their own, in force in these years; its key. Raises NotAllowed, Refused."""
    figures = file.reading.figures.astype(object)
    made = database.call(
        "import_population",
        title=title,
        published_by=published_by,
        file_name=file.name,
        file_sha256=file.sha256,
        figures=figures.where(figures.notna(), None).to_dict("records"),
    )[0]["import_population"]
    for year in in_force:
        database.call("put_in_force", source=made, year=year)
    return str(made)
