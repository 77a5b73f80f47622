"""Official boundaries: every mistake is told by its place, and what passes is light and still fits together."""

from __future__ import annotations

import io
import json
import math
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyproj
import pytest
import shapefile
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.basemap import outline
from analysis.boundaries import Checked, Unit, check, likely_property
from analysis.boundary_coverage import coverage, simplified, square_km
from analysis.boundary_file import Layer, UnreadableBoundaries, read_layers

WEST, SOUTH, STEP = 106.2, 9.8, 0.1
CODES = ("29001", "29002", "29003", "29004")


def square(column: int, row: int, step: float = STEP) -> Any:
    x, y = WEST + column * STEP, SOUTH + row * STEP
    return shapely.box(x, y, x + step, y + step)


SQUARES = {code: square(number % 2, number // 2) for number, code in enumerate(CODES)}
UNITS = [
    Unit(code, f"Xã {number}", area.centroid.y, area.centroid.x, square_km(area))
    for number, (code, area) in enumerate(SQUARES.items(), 1)
]


def geojson(areas: Mapping[str, Any] | Sequence[tuple[str, Any]], by: str = "code", **more: Any) -> bytes:
    pairs = areas.items() if isinstance(areas, Mapping) else areas
    features = [
        {"type": "Feature", "properties": {by: code}, "geometry": shapely.geometry.mapping(area) if area else None}
        for code, area in pairs
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def zipped_shapefile(areas: Mapping[str, Any], prj: str | None, field: str = "MA_XA") -> bytes:
    parts = {name: io.BytesIO() for name in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, shapeType=shapefile.POLYGON) as writer:
        writer.field(field, "N", 10)
        for code, area in areas.items():
            writer.record(int(code))
            writer.shape(shapely.geometry.mapping(shapely.orient_polygons(area, exterior_cw=True)))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(f"ranh giới/xa.{name}", part.getvalue())
        if prj is not None:
            archive.writestr("ranh giới/xa.prj", prj)
    return packed.getvalue()


def geopackage(areas: Mapping[str, Any], epsg: int, envelope: bool = True) -> bytes:
    database = sqlite3.connect(":memory:")
    database.executescript(
        "create table gpkg_spatial_ref_sys (srs_name text, srs_id integer primary key, organization text, "
        "organization_coordsys_id integer, definition text, description text);"
        "create table gpkg_geometry_columns (table_name text, column_name text, geometry_type_name text, srs_id integer, "
        "z integer, m integer);"
        'create table "xã ""mới""" (fid integer primary key, geom blob, code text, name text);'
    )
    database.execute("insert into gpkg_spatial_ref_sys values ('', ?, 'EPSG', ?, 'undefined', '')", (epsg, epsg))
    database.execute("""insert into gpkg_geometry_columns values ('xã "mới"', 'geom', 'POLYGON', ?, 0, 0)""", (epsg,))
    for code, area in areas.items():
        extent = struct.pack("<4d", area.bounds[0], area.bounds[2], area.bounds[1], area.bounds[3]) if envelope else b""
        blob = b"GP\0" + bytes([3 if envelope else 1]) + struct.pack("<i", epsg) + extent + shapely.to_wkb(area)
        database.execute('insert into "xã ""mới""" (geom, code, name) values (?, ?, ?)', (blob, code, "Xã"))
    database.commit()
    made = database.serialize()
    # As most programs leave it.
    return made[:18] + b"\2\2" + made[20:]


def only_layer(content: bytes) -> Layer:
    (layer,) = read_layers(content)
    return layer


def checked(content: bytes, units: Sequence[Unit] = UNITS, former: Sequence[str] = ()) -> Checked:
    layer = only_layer(content)
    return check(layer, units, by=likely_property(layer, units), former=former)


def told(content: bytes, **more: Any) -> list[tuple[int | None, str | None, str]]:
    found = checked(content, **more)
    assert found.collection is None
    return [(problem.number, problem.unit, problem.code) for problem in found.problems]


def in_system(epsg: int) -> dict[str, Any]:
    into = pyproj.Transformer.from_crs("EPSG:4326", f"EPSG:{epsg}", always_xy=True)
    return {
        code: shapely.transform(area.segmentize(0.01), lambda p: np.column_stack(into.transform(p[:, 0], p[:, 1])))
        for code, area in SQUARES.items()
    }


def drawn(found: Checked) -> dict[str, Any]:
    assert found.problems == ()
    assert found.collection is not None
    return {one["properties"]["code"]: shapely.geometry.shape(one["geometry"]) for one in found.collection["features"]}


def test_a_right_file_passes_with_every_unit_once_in_their_order() -> None:
    found = checked(geojson(SQUARES))
    assert list(drawn(found)) == list(CODES)
    for code, area in SQUARES.items():
        assert drawn(found)[code].symmetric_difference(area).area < 1e-12
    assert found.crs == "WGS 84"
    assert [area.is_far_off for area in found.areas] == [False] * 4
    assert (found.passed_over, found.mended) == (0, ())


@pytest.mark.parametrize("epsg", [4326, 3405, 9210, 4756, 32648])
def test_all_formats_give_the_same_in_degrees_and_in_vn_2000(epsg: int) -> None:
    areas, prj = in_system(epsg), pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI")
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}}
    for content in (
        geojson(areas, crs=crs),
        zipped_shapefile(areas, prj),
        geopackage(areas, epsg),
        geopackage(areas, epsg, envelope=False),
    ):
        shapes = drawn(checked(content))
        for code, area in SQUARES.items():
            # 0.00002 degrees are 2 m.
            assert shapes[code].hausdorff_distance(area) < 0.00002


def test_a_zip_may_hold_a_geopackage_and_a_shapefile_may_lack_its_system() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xa.gpkg", geopackage(SQUARES, 4326))
    assert drawn(checked(packed.getvalue())).keys() == SQUARES.keys()
    assert checked(zipped_shapefile(SQUARES, None)).crs == ""
    assert told(zipped_shapefile(in_system(3405), None)) == [(None, None, "no_crs")]


def test_a_wrong_system_is_told_with_what_is_wrong() -> None:
    assert told(geojson(in_system(3405))) == [(None, None, "elsewhere")]
    turned = {code: shapely.transform(area, lambda p: p[:, ::-1]) for code, area in SQUARES.items()}
    assert told(geojson(turned)) == [(None, None, "turned")]
    assert told(zipped_shapefile(SQUARES, 'PROJCS["tự chế"]')) == [(None, None, "unknown_crs")]
    nowhere = pyproj.CRS.from_proj4("+proj=tmerc +lon_0=105.5 +ellps=bessel +units=m").to_wkt("WKT1_ESRI")
    assert told(zipped_shapefile(in_system(3405), nowhere)) == [(None, None, "unknown_crs")]
    away = {**SQUARES, "29002": shapely.transform(SQUARES["29002"], lambda p: p + 3)}
    assert told(geojson(away)) == [(None, "Xã 2", "one_elsewhere")]


def test_a_missing_unit_is_named_and_unknown_ones_are_passed_over() -> None:
    assert told(geojson({**SQUARES, "29009": SQUARES["29004"], "29004": None})) == [(4, "Xã 4", "no_geometry")]
    three = {code: area for code, area in SQUARES.items() if code != "29003"}
    assert told(geojson({**three, "99999": SQUARES["29003"]})) == [(None, "Xã 3", "missing")]
    found = checked(geojson([*SQUARES.items(), ("99999", square(5, 5)), ("", square(6, 6))]))
    assert (found.passed_over, drawn(found).keys()) == (2, SQUARES.keys())
    assert told(geojson([*SQUARES.items(), ("29100", square(5, 5))]), former=["29100"]) == [
        (None, None, "former_units")
    ]
    assert told(geojson(SQUARES, by="name"), units=[Unit("1", "Khác", None, None, None)]) == [(None, None, "no_codes")]


def test_overlaps_beyond_a_sliver_are_told_and_slivers_go_to_one_side() -> None:
    found = checked(geojson({**SQUARES, "29001": square(0, 0, STEP + 0.002)}))
    # The corner that only touches diagonally overlaps by next to nothing.
    assert [(one.unit, one.values["other"]) for one in found.problems] == [("Xã 1", "Xã 2"), ("Xã 1", "Xã 3")]
    assert int(found.problems[0].values["hectares"]) == pytest.approx(0.2 * 100 * 12.06, rel=0.05)
    for change in (0.0003, -0.0003):
        shapes = drawn(checked(geojson({**SQUARES, "29001": square(0, 0, STEP + change)})))
        assert shapely.coverage_is_valid(list(shapes.values()))
        whole = shapely.unary_union(list(shapes.values()))
        assert isinstance(whole, shapely.Polygon)
        assert len(whole.interiors) == 0


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    line = shapely.LineString([(WEST, SOUTH), (WEST + 0.1, SOUTH)])
    assert told(geojson({"29001": square(0, 0, STEP + 0.01), "29002": square(1, 0), "29003": line})) == [
        (None, "Xã 4", "missing"),
        (3, "Xã 3", "not_an_area"),
        (None, "Xã 1", "overlap"),
    ]


def test_a_ring_that_crosses_itself_is_refused_and_a_slip_is_mended() -> None:
    x, y = WEST, SOUTH
    bow = shapely.Polygon([(x, y), (x + 0.1, y + 0.1), (x + 0.1, y), (x, y + 0.1)])
    found = checked(geojson({**SQUARES, "29001": bow}))
    assert [(one.number, one.unit, one.code) for one in found.problems] == [(1, "Xã 1", "invalid")]
    assert found.problems[0].values["at"] == "106.25 9.85"
    slip = shapely.Polygon(
        [(x, y), (x + 0.1, y), (x + 0.1, y + 0.1), (x + 0.05, y + 0.1), (x + 0.0501, y + 0.1001),
         (x + 0.0501, y + 0.1), (x + 0.05, y + 0.1001), (x + 0.04, y + 0.1), (x, y + 0.1)]
    )  # fmt: skip
    assert not slip.is_valid
    assert checked(geojson({**SQUARES, "29001": slip})).mended == ("29001",)


def test_what_is_no_area_is_told() -> None:
    line = shapely.LineString([(WEST, SOUTH), (WEST + 0.1, SOUTH)])
    assert told(geojson({**SQUARES, "29001": line})) == [(1, "Xã 1", "not_an_area")]
    broken = geojson(SQUARES).replace(b'"Polygon"', b'"Vielleicht"', 1)
    assert told(broken) == [(1, "Xã 1", "no_geometry")]


def test_shapes_with_the_same_code_are_one_unit() -> None:
    parts = [(code, area) for code, area in SQUARES.items() if code != "29001"]
    halves = [
        shapely.box(WEST, SOUTH, WEST + 0.05, SOUTH + 0.1),
        shapely.box(WEST + 0.05, SOUTH, WEST + 0.1, SOUTH + 0.1),
    ]
    shapes = drawn(checked(geojson([*parts, *(("29001", half) for half in halves)])))
    assert shapes["29001"].symmetric_difference(SQUARES["29001"]).area < 1e-12


def test_areas_far_from_what_is_known_are_told_not_refused() -> None:
    units = [Unit(u.code, u.name, u.lat, u.lon, (u.area_km2 or 0) * (0.8 if u.code == "29002" else 1)) for u in UNITS]
    found = checked(geojson(SQUARES), [*units[:3], Unit("29004", "Xã 4", None, None, None)])
    assert [area.code for area in found.areas if area.is_far_off] == ["29002"]
    assert [area.percent_off for area in found.areas][1:] == [pytest.approx(25), pytest.approx(0), None]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_boundaries"),
        (b"%PDF-1.7", "not_boundaries"),
        (b"[" * 100_000, "not_boundaries"),
        (b'{"type": "FeatureCollection", "features": "4"}', "not_boundaries"),
        (b'{"type": "FeatureCollection", "features": []}', "empty"),
        ('{"name": "Xã"}'.encode("utf-16"), "encoding"),
        (b"PK\3\4 cut off", "not_boundaries"),
        (b"SQLite format 3\0" + b"\0" * 200, "not_boundaries"),
        (geopackage(SQUARES, 4326)[:5000], "not_boundaries"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableBoundaries) as wrong:
        read_layers(content)
    assert wrong.value.code == code


def test_a_zip_without_its_table_or_cut_off_says_so() -> None:
    whole = io.BytesIO(zipped_shapefile(SQUARES, None))
    parts = {one: zipfile.ZipFile(whole).read(one) for one in zipfile.ZipFile(whole).namelist()}

    def packed(change: Callable[[str, bytes], bytes | None]) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for name, part in parts.items():
                if (kept := change(name, part)) is not None:
                    archive.writestr(name, kept)
        return made.getvalue()

    for code, change in (
        ("no_table", lambda name, part: None if name.endswith(".dbf") else part),
        ("not_boundaries", lambda name, part: None if name.endswith(".shp") else part),
        ("not_boundaries", lambda name, part: part[:50] if name.endswith(".dbf") else part),
    ):
        with pytest.raises(UnreadableBoundaries) as wrong:
            read_layers(packed(change))
        assert wrong.value.code == code


def wavy(columns: int, rows: int, seed: int) -> list[Any]:
    """A grid of areas with winding borders, each the same line on both sides."""
    random = np.random.default_rng(seed)

    def line(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
        steps = np.linspace(0, 1, 40)[1:-1]
        off = random.normal(0, 0.004, len(steps))
        across = (-(b[1] - a[1]) / STEP, (b[0] - a[0]) / STEP)
        middle = [
            (a[0] + (b[0] - a[0]) * t + across[0] * o, a[1] + (b[1] - a[1]) * t + across[1] * o)
            for t, o in zip(steps, off, strict=True)
        ]
        return [a, *middle, b]

    def corner(column: int, row: int) -> tuple[float, float]:
        return WEST + column * STEP, SOUTH + row * STEP

    lines = [line(corner(c, r), corner(c + 1, r)) for c in range(columns) for r in range(rows + 1)]
    lines += [line(corner(c, r), corner(c, r + 1)) for c in range(columns + 1) for r in range(rows)]
    faces = shapely.polygonize([shapely.unary_union([shapely.LineString(one) for one in lines])]).geoms
    return [face for face in faces if math.sqrt(face.area) > STEP / 2]


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 4), st.integers(1, 3), st.integers(0, 10_000), st.sampled_from([120, 300, 1000]))
def test_simplified_neighbours_still_touch_and_neither_overlap_nor_leave_gaps(
    columns: int, rows: int, seed: int, most: int
) -> None:
    exact = coverage(wavy(columns, rows, seed))
    light = simplified(exact, most)
    assert shapely.coverage_is_valid(light)
    assert all(one.is_valid and not one.is_empty for one in light)
    assert shapely.get_num_coordinates(light).sum() <= max(most, 14 * len(light))
    for first in range(len(exact)):
        for second in range(first):
            touched = exact[first].intersection(exact[second]).length > 0
            assert (light[first].intersection(light[second]).length > 0) == touched
            assert light[first].intersection(light[second]).area == 0
    before, after = shapely.unary_union(exact), shapely.unary_union(light)
    assert len(getattr(after, "geoms", [after])) == len(getattr(before, "geoms", [before]))
    cells = {"features": [{"geometry": shapely.geometry.mapping(one)} for one in light]}
    border = shapely.MultiLineString(outline(cells)["geometry"]["coordinates"])
    assert border.length == pytest.approx(after.boundary.length), "every inner border is the same on both sides"


def test_areas_that_do_not_fit_together_are_not_simplified() -> None:
    with pytest.raises(ValueError, match="coverage"):
        simplified([square(0, 0), square(0, 0, STEP / 2)])
