"""Neighbouring areas made light for the web, so that they still touch: no gap, no overlap, not even a hair's breadth.

All borders are noded on one grid of 0.00001° (1 m) and made into faces; what two areas claim and what lies between two
goes whole to one of them. Then all are simplified together (Visvalingam and Whyatt, as a coverage: GEOS ≥ 3.12), which
takes away corners of a shared border for both sides alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from analysis.cells import KM_PER_DEGREE

GRID_DEGREES = 0.00001
SLIVER_KM = 0.15
"""Gaps that are narrower in the middle are slips of the pen; wider ones are water or somebody else's land, and stay."""
MOST_POINTS = 6_000
_FIRST_TOLERANCE = 0.0001


def square_km(geometry: Any) -> float:
    """Area of a geometry in degrees, less than 0.5 % wrong for a commune."""
    if geometry.is_empty:
        return 0.0
    return float(geometry.area * KM_PER_DEGREE**2 * math.cos(math.radians(geometry.centroid.y)))


def coverage(areas: Sequence[Any]) -> list[Any]:
    """The same areas, in their order, sharing their borders exactly; an overlap belongs to the first of its areas.

    `areas`: valid polygons or multipolygons in degrees. An area that vanishes on the grid is empty.
    """
    snapped = [shapely.set_precision(one, GRID_DEGREES) for one in areas]
    lines = [one.boundary for one in (*snapped, *_slits(snapped))]
    faces = list(shapely.polygonize([shapely.unary_union(lines, grid_size=GRID_DEGREES)]).geoms)
    inner = [face.representative_point() for face in faces]
    owner: dict[int, int] = {}
    face_of, area_of = shapely.STRtree(snapped).query(inner, predicate="within")
    for face, area in zip(face_of.tolist(), area_of.tolist(), strict=True):
        owner[face] = min(area, owner.get(face, area))
    for face in sorted(set(range(len(faces))) - owner.keys()):
        neighbours = _neighbours(face, faces, owner)
        if len(neighbours) > 1 and _width_km(faces[face]) < SLIVER_KM:
            owner[face] = max(neighbours, key=lambda one: (neighbours[one], -one))
    return [
        shapely.unary_union([faces[face] for face in sorted(owner) if owner[face] == number])
        for number in range(len(areas))
    ]


def simplified(areas: Sequence[Any], most_points: int = MOST_POINTS) -> list[Any]:
    """A coverage with about `most_points` corners at most, as far as its shape allows.

    Raises ValueError when the areas do not share their borders exactly (see `coverage`).
    """
    if not shapely.coverage_is_valid(list(areas)):
        raise ValueError("simplified: the areas overlap or their borders differ; make a coverage of them first")
    tolerance, lighter = _FIRST_TOLERANCE, np.asarray(areas, dtype=object)
    while shapely.get_num_coordinates(lighter).sum() > most_points and tolerance < 0.02:
        lighter = shapely.coverage_simplify(np.asarray(areas, dtype=object), tolerance)
        tolerance *= 1.5
    return list(lighter)


def geojson_geometry(area: Any) -> dict[str, Any]:
    """GeoJSON with coordinates on the grid, outer rings anticlockwise (RFC 7946)."""
    told: dict[str, Any] = shapely.geometry.mapping(shapely.orient_polygons(shapely.normalize(area)))

    def rounded(value: Any) -> Any:
        return [rounded(v) for v in value] if isinstance(value, tuple | list) else round(value, 5)

    return {"type": told["type"], "coordinates": rounded(told["coordinates"])}


def _width_km(face: Any) -> float:
    return 2 * square_km(face) / float(face.length * KM_PER_DEGREE)


def _slits(areas: Sequence[Any]) -> list[Any]:
    """Narrow gaps that are open to the outside, cut off there."""
    whole, half = shapely.unary_union(areas), SLIVER_KM / KM_PER_DEGREE / 2
    closed = whole.buffer(half, join_style="mitre").buffer(-half, join_style="mitre")
    narrow = shapely.set_precision(closed.difference(whole), GRID_DEGREES)
    return [one for one in getattr(narrow, "geoms", [narrow]) if one.area]


def _neighbours(face: int, faces: Sequence[Any], owner: Mapping[int, int]) -> dict[int, float]:
    """How much border a face has in common with each area."""
    found: dict[int, float] = {}
    for other, area in owner.items():
        if faces[face].intersects(faces[other]):
            length = faces[face].boundary.intersection(faces[other].boundary).length
            found[area] = found.get(area, 0) + length
    return {area: length for area, length in found.items() if length}
