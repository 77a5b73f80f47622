"""The map by commune as an SVG that can be printed: the same cells, classes and colours as on the screen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import Any

import pandas as pd

from analysis.basemap import outline
from analysis.choropleth import BORDER, STATE_COLOURS, Colour, LegendEntry, RateClass, area_colour

WIDTH, MARGIN = 760, 28
FONT = "Noto Sans"
_LINE, _COLUMN = 24, 372
_NOTE_LINE, _NOTE_LETTERS = 16, 112


def map_picture(
    cells: Mapping[str, Any],
    rates: pd.DataFrame,
    labels: Sequence[Mapping[str, Any]],
    of: Sequence[RateClass],
    entries: Sequence[LegendEntry],
    note: str,
) -> str:
    """`rates`: one indicator and year, a row an area; `labels`: see `analysis.basemap.labels`; `entries`: the legend.

    Communes without data are hatched, in the map and in the legend. `note` says how the borders were made.
    """
    rows = {row["commune_code"]: row for row in rates.to_dict("records")}
    where, height = _placing(cells)
    shapes = []
    for cell in cells["features"]:
        row = rows.get(cell["properties"]["code"])
        if row is None:
            continue
        shapes.append(f'<path d="{_path(cell["geometry"], where)}" fill="{_fill(area_colour(row, of))}"/>')
    border = outline(cells)["geometry"]["coordinates"]
    edge = "".join(_line(line, where, closed=False) for line in border)
    names = "".join(_name(label, where) for label in labels)
    in_column = math.ceil(len(entries) / 2)
    legend = "".join(_entry(entry, *divmod(number, in_column), height) for number, entry in enumerate(entries))
    lines = wrap(note, _NOTE_LETTERS) or [""]
    total = height + in_column * _LINE + 18 + _NOTE_LINE * len(lines)
    said = "".join(
        f'<text x="{MARGIN}" y="{total - 8 - _NOTE_LINE * below}" font-size="12.5" fill="#333">{escape(line)}</text>'
        for below, line in enumerate(reversed(lines))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{total}" viewBox="0 0 {WIDTH} {total}" '
        f'font-family="{FONT}"><defs>{_hatching()}</defs>'
        f'<g stroke="{_hex(BORDER)}" stroke-width="0.8" stroke-linejoin="round">{"".join(shapes)}</g>'
        f'<path d="{edge}" fill="none" stroke="#283c46" stroke-width="2"/>'
        f'<g font-size="12.5" font-weight="600" text-anchor="middle">{names}</g>{legend}{said}</svg>'
    )


def _placing(cells: Mapping[str, Any]) -> tuple[tuple[float, float, float, float], int]:
    """West, north and the two scales (east, south) that fit all cells into WIDTH; and the height that they need."""
    points = [p for cell in cells["features"] for ring in _rings(cell["geometry"]) for p in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    across = (WIDTH - 2 * MARGIN) / (east - west)
    down = across / math.cos(math.radians((south + north) / 2))
    return (west, north, across, down), math.ceil((north - south) * down + 2 * MARGIN)


def _rings(geometry: Mapping[str, Any]) -> list[Any]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for polygon in polygons for ring in polygon]


def _at(point: Sequence[float], where: tuple[float, float, float, float]) -> tuple[float, float]:
    west, north, across, down = where
    return MARGIN + (point[0] - west) * across, MARGIN + (north - point[1]) * down


def _line(points: Sequence[Sequence[float]], where: tuple[float, float, float, float], *, closed: bool = True) -> str:
    steps = " ".join("{:.1f},{:.1f}".format(*_at(point, where)) for point in points)
    return f"M{steps}{'Z' if closed else ''}"


def _path(geometry: Mapping[str, Any], where: tuple[float, float, float, float]) -> str:
    return "".join(_line(ring, where) for ring in _rings(geometry))


def _name(label: Mapping[str, Any], where: tuple[float, float, float, float]) -> str:
    x, y = _at(label["position"], where)
    placed = f'x="{x:.1f}" y="{y + 4:.1f}"'
    name = escape(str(label["name"]))
    # Twice, the wide white one below: not every program draws an outline under its letters.
    halo = f'<text {placed} fill="#fff" stroke="#fff" stroke-width="3" stroke-linejoin="round">{name}</text>'
    return f'{halo}<text {placed} fill="#141e24">{name}</text>'


def _entry(entry: LegendEntry, column: int, line: int, top: int) -> str:
    x, y = MARGIN + column * _COLUMN, top + 8 + line * _LINE
    return (
        f'<rect x="{x}" y="{y}" width="24" height="16" fill="{_fill(entry.colour)}" stroke="#555" stroke-width="0.8"/>'
        f'<text x="{x + 32}" y="{y + 13}" font-size="15">{escape(entry.label)}</text>'
        f'<text x="{x + _COLUMN - 40}" y="{y + 13}" font-size="15" font-weight="600" text-anchor="end">'
        f"{entry.communes}</text>"
    )


def _fill(of: Colour) -> str:
    return "url(#no_data)" if of == STATE_COLOURS["no_data"] else _hex(of)


def _hatching() -> str:
    ground = _hex(STATE_COLOURS["no_data"])
    return (
        '<pattern id="no_data" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="{ground}"/><path d="M0,0V6" stroke="#5a5a5a" stroke-width="1.6"/></pattern>'
    )


def _hex(of: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*of)
