"""Boundaries as they come in a file: GeoJSON, a Shapefile in a zip, or a GeoPackage.

What a file is, its content tells, not its name. Read without GDAL: a Shapefile by pyshp, a GeoPackage by the SQLite that
comes with Python; both from memory, so nothing of an uploaded file touches the disk.
"""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import shapefile
import shapely
from shapely.geometry import shape as geometry_of

LARGEST_UNPACKED = 300_000_000
MOST_SHAPES = 20_000
DEGREES = "OGC:CRS84"
"""Longitude and latitude of WGS 84, GeoJSON's own."""
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_WRONG_GEOMETRY = (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError)


class UnreadableBoundaries(ValueError):
    """`code`: what is wrong with the file as a whole (not_boundaries, encoding, empty, too_large, no_table)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Shape:
    """One feature: its number in the file from 1, its properties as text, its geometry (None: missing or broken)."""

    number: int
    properties: Mapping[str, str]
    geometry: Any


@dataclass(frozen=True)
class Layer:
    """`crs`: the coordinate reference system as the file tells it, in any form that pyproj takes; empty: it tells none."""

    name: str
    shapes: tuple[Shape, ...]
    crs: str

    @property
    def properties(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for one in self.shapes for name in one.properties))


def read_layers(content: bytes) -> tuple[Layer, ...]:
    """Every layer with shapes in it, at least one. Raises UnreadableBoundaries."""
    if content.startswith(b"SQLite format 3\0"):
        found = tuple(_geopackage(content))
    elif content.startswith(b"PK"):
        found = _zip(content)
    else:
        found = (_geojson(content),)
    found = tuple(layer for layer in found if layer.shapes)
    if not found:
        raise UnreadableBoundaries("empty")
    return found


def _geojson(content: bytes) -> Layer:
    try:
        told = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableBoundaries("encoding") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableBoundaries("not_boundaries") from error
    if not isinstance(told, dict) or not isinstance(told.get("features"), list):
        raise UnreadableBoundaries("not_boundaries")
    features = [one if isinstance(one, dict) else {} for one in _few(told["features"])]
    crs = told.get("crs")
    named = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    return Layer(
        str(told.get("name") or ""),
        tuple(
            Shape(number, _texts(one.get("properties")), _geometry(one.get("geometry")))
            for number, one in enumerate(features, 1)
        ),
        str(named or DEGREES),
    )


def _zip(content: bytes) -> tuple[Layer, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = {
                PurePosixPath(one.filename): one
                for one in packed.infolist()
                if not one.is_dir() and not one.filename.startswith("__MACOSX")
            }
            if sum(one.file_size for one in entries.values()) > LARGEST_UNPACKED:
                raise UnreadableBoundaries("too_large")
            # Never more of an entry than it says itself is unpacked.
            parts = {path: packed.read(one) for path, one in entries.items()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise UnreadableBoundaries("not_boundaries") from error
    layers = [_shapefile(path, parts) for path in sorted(parts) if path.suffix.lower() == ".shp"]
    if layers:
        return tuple(layers)
    others = [part for path, part in parts.items() if path.suffix.lower() in (".gpkg", ".geojson", ".json")]
    if len(others) != 1 or others[0].startswith(b"PK"):
        raise UnreadableBoundaries("not_boundaries")
    return read_layers(others[0])


def _shapefile(path: PurePosixPath, parts: Mapping[PurePosixPath, bytes]) -> Layer:
    beside = {
        other.suffix.lower(): content
        for other, content in parts.items()
        if other.parent == path.parent and other.stem.lower() == path.stem.lower()
    }
    if ".dbf" not in beside:
        raise UnreadableBoundaries("no_table")
    encoding = beside.get(".cpg", b"").decode("ascii", "replace").strip() or "utf-8"
    opened = {name: io.BytesIO(beside[f".{name}"]) for name in ("shp", "shx", "dbf") if f".{name}" in beside}
    try:
        with shapefile.Reader(**opened, encoding=_known(encoding), encodingErrors="replace") as reader:
            shapes = tuple(
                Shape(number, _texts(one.record.as_dict()), _outline(one.shape))
                for number, one in enumerate(_few(list(reader.iterShapeRecords())), 1)
            )
    except UnreadableBoundaries:
        raise
    # A broken file fails in many ways inside the library.
    except Exception as error:
        raise UnreadableBoundaries("not_boundaries") from error
    return Layer(path.stem, shapes, beside.get(".prj", b"").decode("utf-8", "replace").strip())


def _known(encoding: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        return "utf-8"
    return encoding


def _outline(of: Any) -> Any:
    try:
        return _geometry(of.__geo_interface__)
    except Exception:  # noqa: BLE001 - one broken shape is a problem of its own, not of the file
        return None


def _geopackage(content: bytes) -> Iterator[Layer]:
    # In memory there is no second file beside the database, as its mode "WAL" wants.
    content = content[:18] + b"\1\1" + content[20:]
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.deserialize(content)
            database.execute("pragma trusted_schema = off")
            database.text_factory = lambda text: text.decode("utf-8", "replace")
            layers = database.execute(
                "select g.table_name, g.column_name, s.organization, s.organization_coordsys_id, s.definition "
                "from gpkg_geometry_columns g left join gpkg_spatial_ref_sys s on s.srs_id = g.srs_id order by 1"
            ).fetchall()
            for table, column, organization, number, definition in layers:
                yield Layer(
                    str(table),
                    tuple(_rows(database, str(table), str(column))),
                    _crs(organization, number, definition),
                )
        except sqlite3.Error as error:
            raise UnreadableBoundaries("not_boundaries") from error


def _rows(database: sqlite3.Connection, table: str, column: str) -> Iterator[Shape]:
    quoted = '"' + table.replace('"', '""') + '"'
    rows = database.execute(f"select * from {quoted} limit {MOST_SHAPES + 1}")  # noqa: S608
    names = [one[0] for one in rows.description]
    for number, values in enumerate(_few(rows.fetchall()), 1):
        row = dict(zip(names, values, strict=True))
        blob = row.pop(column, None)
        yield Shape(number, _texts({n: v for n, v in row.items() if not isinstance(v, bytes)}), _from_blob(blob))


def _crs(organization: object, number: object, definition: object) -> str:
    if number in (None, 0, -1):
        return ""
    if str(organization).upper() == "EPSG":
        return f"EPSG:{number}"
    return "" if str(definition or "undefined") == "undefined" else str(definition)


def _from_blob(blob: object) -> Any:
    """A geometry in the GeoPackage's own packing: a header of 8 bytes, its extent, then well-known binary."""
    if not isinstance(blob, bytes) or len(blob) < 9 or not blob.startswith(b"GP"):
        return None
    start = 8 + _ENVELOPE_BYTES.get(blob[3] >> 1 & 7, 0)
    try:
        return shapely.from_wkb(blob[start:])
    except _WRONG_GEOMETRY:
        return None


def _geometry(told: object) -> Any:
    try:
        return geometry_of(told) if told else None
    except _WRONG_GEOMETRY:
        return None


def _few(features: list[Any]) -> list[Any]:
    if len(features) > MOST_SHAPES:
        raise UnreadableBoundaries("too_large")
    return features


def _texts(properties: object) -> dict[str, str]:
    if not isinstance(properties, Mapping):
        return {}
    return {str(name): _text(value) for name, value in properties.items() if not isinstance(value, dict | list)}


def _text(value: object) -> str:
    if value is None:
        return ""
    # Codes come as numbers, too.
    return str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
