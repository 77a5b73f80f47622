"""Official boundaries: a layer of a file, checked against the units in force, whole or with every problem by its place.

Needed of every unit in force: a valid area with its code, near where the unit's centre is, and no overlap with another
beyond a sliver. Areas of other units (an official file holds the whole new province) are passed over; a file that knows
units of former times is refused, for many of their codes mean other ground today. Areas that differ much from those the
package knows are told, not refused: some of the package's own look wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError, ProjError

from analysis.boundary_coverage import coverage, geojson_geometry, simplified, square_km
from analysis.boundary_file import Layer, Shape

OVERLAP_SHARE = 0.005
"""Of the smaller of two units: what they may overlap, as neighbours drawn by two hands do."""
MENDED_SHARE = 0.001
"""Of a unit: how much its area may change when its rings are mended."""
FAR_OFF_PERCENT = 20
_NEAR_DEGREES = 0.5
_CODE_DIGITS = 5


@dataclass(frozen=True)
class Unit:
    """A unit in force today; what is not known of it is None."""

    code: str
    name: str
    lat: float | None
    lon: float | None
    area_km2: float | None


@dataclass(frozen=True)
class Problem:
    """What is wrong with a shape (its number in the layer) or a unit (its name); None: with the whole layer."""

    number: int | None
    unit: str | None
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Area:
    """A unit's area in the file beside the one that is known of it."""

    code: str
    km2: float
    known_km2: float | None

    @property
    def percent_off(self) -> float | None:
        return 100 * (self.km2 / self.known_km2 - 1) if self.known_km2 else None

    @property
    def is_far_off(self) -> bool:
        return abs(self.percent_off or 0) > FAR_OFF_PERCENT


@dataclass(frozen=True)
class Checked:
    """`collection`: GeoJSON (EPSG:4326, property `code`), simplified, every unit once in their order; None as long as there
    is a problem. `crs`: the name of the file's coordinate reference system, empty where degrees were assumed.
    """

    problems: tuple[Problem, ...]
    collection: dict[str, Any] | None = None
    areas: tuple[Area, ...] = ()
    passed_over: int = 0
    mended: tuple[str, ...] = ()
    crs: str = ""


def likely_property(layer: Layer, units: Sequence[Unit]) -> str | None:
    """The property that holds most of the units' codes, `code` before others; None where none holds any."""
    known = {unit.code for unit in units}
    found = {
        name: len({_code(one.properties.get(name, "")) for one in layer.shapes} & known) for name in layer.properties
    }
    best = max(found, key=lambda name: (found[name], name.casefold() == "code"), default=None)
    return best if best is not None and found[best] else None


def check(layer: Layer, units: Sequence[Unit], *, by: str | None, former: Collection[str] = ()) -> Checked:
    """`by`: the property with the codes (None: there is none). `former`: codes that are no unit's today."""
    if by is None:
        return Checked((Problem(None, None, "no_codes"),))
    coded, passed_over, problems = _coded(layer, units, by, former)
    names = {unit.code: unit.name for unit in units}
    problems += [Problem(None, unit.name, "missing", {"code": unit.code}) for unit in units if unit.code not in coded]
    try:
        to_degrees, crs = _reprojection(layer.crs)
    except (CRSError, ProjError):
        return Checked((*problems, Problem(None, None, "unknown_crs", {"crs": layer.crs[:80]})))
    areas, mended, broken = _areas(coded, names, to_degrees)
    problems += broken
    away = _elsewhere(areas, units, is_told=bool(layer.crs))
    problems += away
    # Of what is not in degrees nobody knows how much overlaps.
    if not any(problem.unit is None for problem in away):
        problems += _overlaps(areas, names)
    if problems:
        return Checked(tuple(problems))
    codes = [unit.code for unit in units]
    drawn = simplified(coverage([areas[code] for code in codes]))
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": geojson_geometry(area)}
        for code, area in zip(codes, drawn, strict=True)
    ]
    return Checked(
        (),
        {"type": "FeatureCollection", "features": features},
        tuple(Area(unit.code, square_km(areas[unit.code]), unit.area_km2) for unit in units),
        passed_over,
        tuple(mended),
        crs,
    )


def _code(text: str) -> str:
    return text.zfill(_CODE_DIGITS) if text.isdigit() else text


def _coded(
    layer: Layer, units: Sequence[Unit], by: str, former: Collection[str]
) -> tuple[dict[str, list[Shape]], int, list[Problem]]:
    """Shapes by code, how many are of no unit of ours, and whether the file is one of former units."""
    known, found = {unit.code for unit in units}, defaultdict(list)
    for one in layer.shapes:
        found[_code(one.properties.get(by, ""))].append(one)
    old = sorted(found.keys() & set(former))
    problems = [Problem(None, None, "former_units", {"codes": ", ".join(old[:5])})] if old else []
    passed_over = sum(len(shapes) for code, shapes in found.items() if code not in known)
    return {code: shapes for code, shapes in found.items() if code in known}, passed_over, problems


def _reprojection(crs: str) -> tuple[Any, str]:
    """A function for shapely.transform, and the system's name. Raises CRSError or ProjError."""
    if not crs:
        return None, ""
    source = pyproj.CRS.from_user_input(crs)
    if source.is_geographic and source.to_authority() in (("OGC", "CRS84"), ("EPSG", "4326")):
        return None, "WGS 84"
    # Without ballpark: an unknown datum would lie some 200 m off, and nobody would be told.
    made = pyproj.Transformer.from_crs(source, "EPSG:4326", always_xy=True, allow_ballpark=False)

    def to_degrees(points: Any) -> Any:
        return np.column_stack(made.transform(points[:, 0], points[:, 1], errcheck=True))

    return to_degrees, source.name


def _areas(
    coded: Mapping[str, Sequence[Shape]], names: Mapping[str, str], to_degrees: Any
) -> tuple[dict[str, Any], list[str], list[Problem]]:
    areas, mended, problems = {}, [], []
    for code, shapes in coded.items():
        sound = []
        for one in shapes:
            try:
                geometry, was_mended = _sound(one.geometry, to_degrees)
            except _Unsound as wrong:
                problems.append(Problem(one.number, names[code], wrong.code, wrong.values))
                continue
            sound.append(geometry)
            mended += [code] if was_mended else []
        if sound:
            areas[code] = shapely.unary_union(sound)
    return areas, list(dict.fromkeys(mended)), problems


class _Unsound(ValueError):
    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def _sound(geometry: Any, to_degrees: Any) -> tuple[Any, bool]:
    """The geometry as valid areas in degrees, and whether it had to be mended. Raises _Unsound."""
    if geometry is None or geometry.is_empty:
        raise _Unsound("no_geometry")
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise _Unsound("not_an_area")
    flat = shapely.force_2d(geometry)
    if not np.isfinite(shapely.get_coordinates(flat)).all():
        raise _Unsound("no_geometry")
    try:
        flat = shapely.transform(flat, to_degrees) if to_degrees else flat
    except ProjError as error:
        raise _Unsound("not_projectable") from error
    if flat.is_valid:
        return flat, False
    made = [one for one in getattr(shapely.make_valid(flat), "geoms", [shapely.make_valid(flat)]) if one.area]
    whole = shapely.unary_union(made)
    # The area as the rings say: what crosses itself counts against itself.
    rings = list(getattr(flat, "geoms", [flat]))
    said = sum(shapely.Polygon(p.exterior).area - sum(shapely.Polygon(r).area for r in p.interiors) for p in rings)
    if whole.is_empty or abs(whole.area - said) > MENDED_SHARE * whole.area:
        reason = str(shapely.is_valid_reason(flat))
        raise _Unsound("invalid", at=reason[reason.find("[") + 1 : -1] if "[" in reason else "–")
    return whole, True


def _elsewhere(areas: Mapping[str, Any], units: Sequence[Unit], *, is_told: bool) -> list[Problem]:
    """Areas that lie far from where the units are known to be."""
    centres = [(unit.lon, unit.lat) for unit in units if unit.lat is not None and unit.lon is not None]
    if not centres or not areas:
        return []
    near = shapely.MultiPoint(centres).envelope.buffer(_NEAR_DEGREES).envelope
    away = [code for code, area in areas.items() if not near.contains(area)]
    if len(away) * 2 > len(areas):
        turned = all(near.contains(shapely.transform(areas[code], lambda points: points[:, ::-1])) for code in away)
        return [Problem(None, None, "turned" if turned else "elsewhere" if is_told else "no_crs")]
    names = {unit.code: unit.name for unit in units}
    return [Problem(None, names[code], "one_elsewhere", {"code": code}) for code in away]


def _overlaps(areas: Mapping[str, Any], names: Mapping[str, str]) -> list[Problem]:
    codes = list(areas)
    shapes = [areas[code] for code in codes]
    problems = []
    for first, second in sorted(shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist()):
        if first >= second:
            continue
        shared = square_km(shapely.intersection(shapes[first], shapes[second]))
        if shared > OVERLAP_SHARE * min(square_km(shapes[first]), square_km(shapes[second])):
            values = {"other": names[codes[second]], "hectares": f"{100 * shared:.0f}"}
            problems.append(Problem(None, names[codes[first]], "overlap", values))
    return problems
