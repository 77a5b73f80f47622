"""What lies under and over a map made of cells, with no tile server: outline, names, and where to look."""

import math
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

Position = tuple[float, float]


def outline(cells: Mapping[str, Any]) -> dict[str, Any]:
    """GeoJSON Feature with the edges that belong to one cell only: the coast and the outer border.

    Neighbours must share identical borders, as approximate cells do; otherwise inner borders show up, too.
    """
    edges: Counter[tuple[Position, Position]] = Counter()
    for ring in _rings(cells):
        for a, b in pairwise(ring):
            edges[(min(a, b), max(a, b))] += 1
    lines = [[list(a), list(b)] for (a, b), times in edges.items() if times == 1]
    geometry = {"type": "MultiLineString", "coordinates": lines}
    return {"type": "Feature", "properties": {}, "geometry": geometry}


def labels(units: pd.DataFrame) -> list[dict[str, Any]]:
    """Short names to write at the centres: code, name (without Xã or Phường), position ([lon, lat]).

    `units`: code, name, kind, lat, lon; units without a centre have no label.
    """
    return [
        {
            "code": unit["code"],
            "name": str(unit["name"]).removeprefix(f"{unit['kind']} "),
            "position": [float(unit["lon"]), float(unit["lat"])],
        }
        for unit in units.to_dict("records")
        if not pd.isna(unit["lat"]) and not pd.isna(unit["lon"])
    ]


def view_state(cells: Mapping[str, Any], width: int, height: int, margin: float = 0.05) -> dict[str, float]:
    """latitude, longitude and zoom (Web Mercator, 512-pixel world at zoom 0) that show all cells in width × height
    pixels.
    """
    points = [point for ring in _rings(cells) for point in ring]
    if not points:
        raise ValueError("view_state: there is no cell to look at")
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    bottom, top = _mercator(south), _mercator(north)
    room = 1 - 2 * margin
    across = width * room / 512 / max((east - west) / 360, 1e-9)
    upward = height * room / 512 / max((top - bottom) / (2 * math.pi), 1e-9)
    middle = 2 * math.atan(math.exp((bottom + top) / 2)) - math.pi / 2
    return {
        "latitude": math.degrees(middle),
        "longitude": (west + east) / 2,
        "zoom": math.log2(min(across, upward)),
    }


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


def _rings(cells: Mapping[str, Any]) -> list[list[Position]]:
    found = []
    for feature in cells["features"]:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        found += [[(point[0], point[1]) for point in ring] for polygon in polygons for ring in polygon]
    return found
