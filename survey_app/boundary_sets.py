"""Official boundaries on their way from a file into the database, and those that maps are drawn with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.boundaries import Checked, Unit
from survey_app.database import Database

_CODE_LENGTH = 5
"""Of a commune's code; those of districts and provinces are shorter."""
_APPROXIMATE = Path(__file__).parent / "data" / "approximate_cells.geojson"


@dataclass(frozen=True)
class Boundaries:
    """What maps are drawn with: GeoJSON (property `code`) and, for official ones, where it comes from."""

    cells: dict[str, Any]
    id: str | None = None
    title: str = ""
    published_by: str = ""

    @property
    def is_official(self) -> bool:
        return self.id is not None

    @property
    def source(self) -> str:
        return f"{self.title} ({self.published_by})" if self.is_official else ""


def boundaries_in_force(database: Database) -> Boundaries:
    """The official ones in force, else the approximate cells."""
    found = database.read("boundary_set", columns=["id", "title", "published_by", "geojson"], where={"in_force": True})
    if found.empty:
        return Boundaries(approximate_cells())
    row = found.to_dict("records")[0]
    return Boundaries(row["geojson"], str(row["id"]), row["title"], row["published_by"])


@cache
def approximate_cells() -> dict[str, Any]:
    """GeoJSON, property `code`. The same object for everyone: not to be changed."""
    found: dict[str, Any] = json.loads(_APPROXIMATE.read_text(encoding="utf-8"))
    return found


def units_and_former_codes(database: Database) -> tuple[list[Unit], frozenset[str]]:
    """The units in force, by code, and the codes of communes of former times that are no unit's today."""
    table = database.read(
        "unit", columns=["code", "valid_to", "name", "lat", "lon", "area_km2"], order=["code", "valid_from"]
    )
    today = table[table["valid_to"].isna()]
    units = [
        Unit(str(code), str(name), *(None if pd.isna(value) else float(value) for value in known))
        for code, name, *known in today[["code", "name", "lat", "lon", "area_km2"]].itertuples(index=False, name=None)
    ]
    former = {str(code) for code in table["code"] if len(str(code)) == _CODE_LENGTH}
    return units, frozenset(former - {unit.code for unit in units})


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def take_in(
    database: Database, checked: Checked, *, title: str, published_by: str, file_name: str, file_sha256: str
) -> str:
    """Keep boundaries without a problem, not in force yet; their key. Raises NotAllowed, Refused."""
    made: Sequence[dict[str, Any]] = database.call(
        "import_boundaries",
        title=title,
        published_by=published_by,
        file_name=file_name,
        file_sha256=file_sha256,
        geojson=checked.collection,
    )
    return str(made[0]["import_boundaries"])
