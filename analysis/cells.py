"""Approximate cells: a map of the communes made from nothing but each unit's centre and area.

Official boundaries carry no open licence, so the package ships cells of its own, labelled approximate on the map:

1. centres are projected to kilometres (equirectangular at their mean latitude; the province is 80 km wide, the error
   below 0.1 %);
2. the outline is the union of discs around the centres, a disc's area in proportion to its unit's area, closed (bays
   and gaps narrower than twice `CLOSING_KM` are filled) and rounded off; the discs' scale is such that the outline's
   area is the sum of areas;
3. a power diagram (Aurenhammer 1987: a point goes to the centre with the smallest squared distance − weight) divides
   the outline. Weights start at 0 (Voronoi) and are moved until areas agree, but never so far that a centre leaves its
   own cell;
4. all borders are noded on one grid of 0.0001° (11 m) and made into polygons again, so neighbours share identical
   borders and there are neither gaps nor overlaps.

`python -m analysis.cells UNITS.csv OUT.geojson` writes the file.
"""

import argparse
import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
import shapely.geometry

GRID_DEGREES = 0.0001
KM_PER_DEGREE = 111.195  # mean Earth radius 6,371 km
CLOSING_KM = 12.0
ROUNDING_KM = 1.5
STEPS = 400

Point = tuple[float, float]


@dataclass(frozen=True)
class Centre:
    """A unit's code, centre in degrees and area in km²."""

    code: str
    lat: float
    lon: float
    area_km2: float


def approximate_cells(centres: Sequence[Centre]) -> dict[str, Any]:
    """GeoJSON FeatureCollection (EPSG:4326, property `code`), one valid polygon a centre, in the order given.

    Raises ValueError for fewer than three centres or two at the same place.
    """
    if len({(c.lat, c.lon) for c in centres}) != len(centres) or len(centres) < 3:
        raise ValueError("approximate_cells: needs at least three centres, no two at the same place")
    lat0 = sum(c.lat for c in centres) / len(centres)
    scale = (KM_PER_DEGREE * math.cos(math.radians(lat0)), KM_PER_DEGREE)
    points = [(c.lon * scale[0], c.lat * scale[1]) for c in centres]
    areas = [c.area_km2 for c in centres]
    outline = _outline(points, areas)
    weights = _weights(points, areas, outline)
    lines = [outline.boundary, *(_clipped(points, weights, i, outline).boundary for i in range(len(points)))]
    degrees = shapely.transform(shapely.MultiLineString([p for g in lines for p in _parts(g)]), lambda xy: xy / scale)
    faces = shapely.polygonize([shapely.unary_union(degrees, grid_size=GRID_DEGREES)]).geoms
    cells: list[list[Any]] = [[] for _ in points]
    for face in faces:
        inner = face.representative_point()
        at = (inner.x * scale[0], inner.y * scale[1])
        if shapely.transform(outline, lambda xy: xy / scale).contains(inner):
            cells[min(range(len(points)), key=lambda i: _power(at, points[i], weights[i]))].append(face)
    features = [
        {"type": "Feature", "properties": {"code": c.code}, "geometry": _rounded(shapely.unary_union(faces_of))}
        for c, faces_of in zip(centres, cells, strict=True)
    ]
    return {"type": "FeatureCollection", "name": "approximate_cells", "features": features}


def read_centres(path: Path) -> list[Centre]:
    """Units in force (no valid_to) from a units file with the columns code, valid_to, lat, lon, area_km2."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["valid_to"]]
    for row in rows:
        if not (row["lat"] and row["lon"] and row["area_km2"]):
            raise ValueError(f"{path}: unit {row['code']} is in force but has no lat, lon or area_km2; fill them in")
    return [Centre(r["code"], float(r["lat"]), float(r["lon"]), float(r["area_km2"])) for r in rows]


def area_errors(cells: Mapping[str, Any], centres: Sequence[Centre]) -> dict[str, float]:
    """Relative area error of each cell: (cell − area_km2) / area_km2, by code."""
    errors = {}
    by_code = {f["properties"]["code"]: shapely.geometry.shape(f["geometry"]) for f in cells["features"]}
    for c in centres:
        km2 = by_code[c.code].area * KM_PER_DEGREE**2 * math.cos(math.radians(c.lat))
        errors[c.code] = km2 / c.area_km2 - 1
    return errors


def _parts(geometry: Any) -> list[Any]:
    return [g for g in getattr(geometry, "geoms", [geometry]) if not g.is_empty]


def _outline(points: Sequence[Point], areas: Sequence[float]) -> Any:
    """One polygon without holes whose area is the sum of areas (within 0.1 %)."""
    low, high = 0.3, 3.0
    outline = None
    for _ in range(20):
        factor = (low + high) / 2
        discs = [
            shapely.Point(p).buffer(factor * math.sqrt(a / math.pi), quad_segs=16)
            for p, a in zip(points, areas, strict=True)
        ]
        closed = shapely.unary_union(discs).buffer(CLOSING_KM).buffer(-CLOSING_KM)
        round_off = closed.buffer(-ROUNDING_KM).buffer(2 * ROUNDING_KM).buffer(-ROUNDING_KM).simplify(0.05)
        largest = max(_parts(round_off), key=lambda g: g.area) if not round_off.is_empty else shapely.Point().buffer(0)
        outline = shapely.Polygon(largest.exterior)
        low, high = (factor, high) if outline.area < sum(areas) else (low, factor)
    return outline


def _power(at: Point, centre: Point, weight: float) -> float:
    return (at[0] - centre[0]) ** 2 + (at[1] - centre[1]) ** 2 - weight


def _power_polygon(points: Sequence[Point], weights: Sequence[float], i: int) -> list[Point]:
    """The (convex) power cell of centre i within a square far larger than the province."""
    x, y = points[i]
    far = 200.0
    ring: list[Point] = [(x - far, y - far), (x + far, y - far), (x + far, y + far), (x - far, y + far)]
    for j, (u, v) in enumerate(points):
        if j == i or not ring:
            continue
        a, b = 2 * (u - x), 2 * (v - y)
        c = u * u + v * v - x * x - y * y - weights[j] + weights[i]
        side = [a * p + b * q - c for p, q in ring]
        kept: list[Point] = []
        for k, (p, q) in enumerate(ring):
            r, s = ring[k - 1]
            if (side[k] < 0) != (side[k - 1] < 0):
                t = side[k - 1] / (side[k - 1] - side[k])
                kept.append((r + t * (p - r), s + t * (q - s)))
            if side[k] <= 0:
                kept.append((p, q))
        ring = kept
    return ring


def _clipped(points: Sequence[Point], weights: Sequence[float], i: int, outline: Any) -> Any:
    ring = _power_polygon(points, weights, i)
    return shapely.Polygon(ring).intersection(outline) if len(ring) >= 3 else shapely.Polygon()


def _weights(points: Sequence[Point], areas: Sequence[float], outline: Any) -> list[float]:
    """Weights under which cell areas come nearest to `areas` while every centre stays inside its own cell."""
    weights = [0.0] * len(points)
    for _ in range(STEPS):
        current = [_clipped(points, weights, i, outline).area for i in range(len(points))]
        if max(abs(now / wanted - 1) for now, wanted in zip(current, areas, strict=True)) < 0.005:
            break
        for i, (now, wanted) in enumerate(zip(current, areas, strict=True)):
            step = (wanted - now) / math.pi * 0.5
            weights[i] = _bounded(points, weights, i, weights[i] + step)
    return weights


def _bounded(points: Sequence[Point], weights: Sequence[float], i: int, weight: float) -> float:
    """`weight`, held so that centre i and every neighbour stay on their own side of the border, a tenth of the way off
    it.
    """
    lowest, highest = -math.inf, math.inf
    for j, (u, v) in enumerate(points):
        if j != i:
            reach = 0.95 * ((u - points[i][0]) ** 2 + (v - points[i][1]) ** 2)
            lowest, highest = max(lowest, weights[j] - reach), min(highest, weights[j] + reach)
    return min(max(weight, lowest), highest)


def _rounded(geometry: Any) -> dict[str, Any]:
    """GeoJSON geometry with coordinates on the grid, outer rings anticlockwise (RFC 7946)."""
    mapping: dict[str, Any] = shapely.geometry.mapping(shapely.normalize(geometry).reverse())

    def rounded(value: Any) -> Any:
        return [rounded(v) for v in value] if isinstance(value, (tuple, list)) else round(value, 4)

    return {"type": mapping["type"], "coordinates": rounded(mapping["coordinates"])}


def main() -> None:
    parser = argparse.ArgumentParser(description="Compute approximate cells from centres and areas.")
    parser.add_argument("units", type=Path, help="CSV with code, valid_to, lat, lon, area_km2")
    parser.add_argument("out", type=Path, help="GeoJSON file to write")
    arguments = parser.parse_args()
    centres = read_centres(arguments.units)
    cells = approximate_cells(centres)
    arguments.out.write_text(json.dumps(cells, separators=(",", ":")) + "\n", encoding="utf-8")
    errors = sorted(abs(e) for e in area_errors(cells, centres).values())
    middle, largest = errors[len(errors) // 2], errors[-1]
    print(f"{arguments.out}: {len(centres)} cells, area error: median {middle:.1%}, largest {largest:.1%}")


if __name__ == "__main__":
    main()
