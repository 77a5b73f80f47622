from typing import Any

import pandas as pd
import pytest
from shapely import Point, coverage_is_valid, unary_union
from shapely.geometry import shape

from analysis.cells import Centre, approximate_cells, area_errors, read_centres


@pytest.fixture(scope="module")
def polygons(cells: dict[str, Any]) -> dict[str, Any]:
    return {f["properties"]["code"]: shape(f["geometry"]) for f in cells["features"]}


def test_every_commune_has_one_valid_cell(polygons: dict[str, Any], cells: dict[str, Any], communes: list[str]) -> None:
    assert [f["properties"]["code"] for f in cells["features"]] == communes
    assert all(p.is_valid and p.geom_type == "Polygon" and p.exterior.is_ccw for p in polygons.values())


def test_cells_share_identical_borders_and_never_overlap(polygons: dict[str, Any]) -> None:
    assert coverage_is_valid(list(polygons.values()))


def test_together_they_leave_no_hole(polygons: dict[str, Any]) -> None:
    whole = unary_union(list(polygons.values()))
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0


def test_every_centre_lies_in_its_own_cell(polygons: dict[str, Any], in_force: pd.DataFrame) -> None:
    for unit in in_force.itertuples():
        assert polygons[str(unit.code)].contains(Point(float(str(unit.lon)), float(str(unit.lat)))), unit.name


def test_areas_agree_within_5_percent_and_mostly_within_half_a_percent(data: Any, cells: dict[str, Any]) -> None:
    errors = sorted(abs(e) for e in area_errors(cells, read_centres(data / "units.csv")).values())
    assert errors[-1] < 0.05
    assert errors[len(errors) * 8 // 10] < 0.005


def test_the_file_is_small_and_on_an_11_metre_grid(data: Any, polygons: dict[str, Any]) -> None:
    assert (data / "approximate_cells.geojson").stat().st_size < 60_000
    for polygon in polygons.values():
        assert all(round(value, 4) == value for point in polygon.exterior.coords for value in point)


def test_four_equal_neighbours_get_four_equal_cells() -> None:
    square = [Centre(str(i), 9.8 + 0.1 * (i // 2), 106.3 + 0.1 * (i % 2), 121.0) for i in range(4)]
    made = approximate_cells(square)
    assert all(abs(error) < 0.01 for error in area_errors(made, square).values())
    assert coverage_is_valid([shape(f["geometry"]) for f in made["features"]])


def test_two_centres_at_one_place_are_refused() -> None:
    with pytest.raises(ValueError, match="no two at the same place"):
        approximate_cells([Centre("a", 9.8, 106.3, 10), Centre("b", 9.8, 106.3, 10), Centre("c", 9.9, 106.3, 10)])


def test_a_unit_without_centre_is_named(tmp_path: Any) -> None:
    file = tmp_path / "units.csv"
    file.write_text("code,valid_to,lat,lon,area_km2\n29242,,,106.3,15\n", encoding="utf-8")
    with pytest.raises(ValueError, match="29242"):
        read_centres(file)
