import math
from typing import Any

import pandas as pd
import pytest
from shapely import unary_union
from shapely.geometry import shape

from analysis.basemap import labels, outline, view_state


def test_the_outline_is_the_border_of_all_cells_together(cells: dict[str, Any]) -> None:
    whole = unary_union([shape(f["geometry"]) for f in cells["features"]])
    assert shape(outline(cells)["geometry"]).length == pytest.approx(whole.boundary.length)


def test_every_commune_is_labelled_without_its_kind(units: pd.DataFrame) -> None:
    centres = units.assign(lat=pd.to_numeric(units["lat"]), lon=pd.to_numeric(units["lon"]))
    written = {label["code"]: label for label in labels(centres)}
    assert len(written) == 41
    assert written["29242"] == {"code": "29242", "name": "Trà Vinh", "position": [106.343, 9.91278]}


@pytest.mark.parametrize(("width", "height"), [(900, 600), (390, 700)])
def test_the_whole_province_fits_and_fills_the_view(cells: dict[str, Any], width: int, height: int) -> None:
    view = view_state(cells, width, height)
    west, south, east, north = unary_union([shape(f["geometry"]) for f in cells["features"]]).bounds
    pixels = 512 * 2 ** view["zoom"]
    across = (east - west) / 360 * pixels
    upward = (math.asinh(math.tan(math.radians(north))) - math.asinh(math.tan(math.radians(south)))) / math.tau * pixels
    assert max(across / width, upward / height) == pytest.approx(0.9)
    assert west < view["longitude"] < east
    assert south < view["latitude"] < north


def test_no_cells_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match="no cell"):
        view_state({"features": []}, 100, 100)
