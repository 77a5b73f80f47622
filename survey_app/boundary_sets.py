"""Official boundaries on their way from a file into the database, and those that maps are drawn with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.boundaries import Checked, Unit
from survey_app.database import Database

_CODE_LENGTH = 5
"""Of a commune's code; those of districts and provinces are shorter."""
_CELLS_OF = "2025-07-01"
"""A day on which the communes of the approximate cells were in force."""
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
    found = database.read(
        "boundary_set", columns=["id", "title", "published_by", "imported_at", "geojson"], where={"in_force": True}
    )
    if found.empty:
        return Boundaries(_of_today(database, approximate_cells(), _CELLS_OF))
    row = found.to_dict("records")[0]
    cells = _of_today(database, row["geojson"], str(row["imported_at"])[:10])
    return Boundaries(cells, str(row["id"]), row["title"], row["published_by"])


def _of_today(database: Database, cells: dict[str, Any], day: str) -> dict[str, Any]:
    """The shapes of that day's communes as those of the communes that they are in today; a split one's is of none."""
    codes = [str(feature["properties"]["code"]) for feature in cells["features"]]
    told = database.call("resolve_codes", codes=codes, days=[day] * len(codes))
    heirs = {str(row["code"]): row["commune"] for row in told}
    if None in heirs.values():
        # Of a code that is no unit's there is nothing to know.
        known = set(database.read("unit", columns=["code"])["code"])
        heirs = {code: heir or (None if code in known else code) for code, heir in heirs.items()}
    return cells if all(heirs[code] == code for code in codes) else merged(cells, heirs)


def merged(cells: dict[str, Any], heirs: Mapping[str, str | None]) -> dict[str, Any]:
    """Each shape under its heir's code, several with one heir as one of many parts."""
    parts: dict[str, list[Any]] = {}
    for feature in cells["features"]:
        heir, geometry = heirs[str(feature["properties"]["code"])], feature["geometry"]
        if heir is not None:
            many = geometry["type"] == "MultiPolygon"
            parts.setdefault(heir, []).extend(geometry["coordinates"] if many else [geometry["coordinates"]])
    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": {"type": "Polygon", "coordinates": held[0]}
            if len(held) == 1
            else {"type": "MultiPolygon", "coordinates": held},
        }
        for code, held in sorted(parts.items())
    ]
    return {**cells, "features": features}


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
