"""Official boundaries: a file with a mistake, the mended one, the map that is drawn with it at once, and taking it back."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from survey_app.boundary_sets import approximate_cells
from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk

TITLE = "Địa giới thử nghiệm"


def shifted() -> dict[str, Any]:
    """Boundaries of all communes: the approximate cells, 200 m to the east, with codes in a column of another name."""
    cells = copy.deepcopy(approximate_cells())
    for cell in cells["features"]:
        geometry = cell["geometry"]
        for polygon in geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]:
            for ring in polygon:
                ring[:] = [[round(lon + 0.002, 5), lat] for lon, lat in ring]
        cell["properties"] = {"ten": "Xã", "ma_xa": int(cell["properties"]["code"])}
    return cells


def give(desk: Desk, name: str, told: dict[str, Any]) -> None:
    content = json.dumps(told).encode()
    desk.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/geo+json", "buffer": content}
    )
    desk.settle()


def test_boundaries_are_mended_taken_in_drawn_with_and_taken_back(desk: Callable[..., Desk], server: Server) -> None:
    right = shifted()
    wrong = copy.deepcopy(right)
    left_out = str(wrong["features"].pop()["properties"]["ma_xa"])
    first = wrong["features"][0]["geometry"]
    corners = first["coordinates"][0]
    corners[1], corners[2] = corners[2], corners[1]

    officer = desk("reviewer")
    officer.go("/staff/map")
    approximate = officer.page.get_by_text("Ranh giới gần đúng, vẽ từ tâm")
    official = officer.page.get_by_text(f"Ranh giới theo {TITLE} (Sở thử nghiệm), đã giản lược.")
    expect(approximate).to_be_visible()

    administrator = desk("administrator", "phone")
    administrator.go("/staff/boundaries")
    give(administrator, "ranh-gioi.geojson", wrong)
    expect(administrator.page.get_by_text(f"Không có hình nào mang mã {left_out}.")).to_be_visible()
    expect(administrator.page.get_by_text("hình số 1 trong tệp")).to_be_visible()
    expect(administrator.page.locator("#boundary-picture")).to_have_count(0)
    assert not administrator.has_sideways_scroll()

    give(administrator, "ranh-gioi-da-sua.geojson", right)
    expect(administrator.page.locator("#boundary-picture")).to_be_visible()
    expect(administrator.page.get_by_text("Tệp có đủ 41 xã/phường và không có lỗi.")).to_be_visible()
    assert administrator.barriers() == []
    assert not administrator.has_sideways_scroll()
    administrator.press("Nhập ranh giới")
    expect(administrator.page.locator(".mistake")).to_have_count(2)
    administrator.enter("Tên bộ ranh giới", TITLE)
    administrator.enter("Cơ quan công bố", "Sở thử nghiệm")
    administrator.press("Nhập ranh giới")
    kept = administrator.page.locator(".item", has_text=TITLE)
    expect(kept).to_contain_text("Đang dùng")
    expect(official).to_be_visible(timeout=20_000)
    expect(approximate).to_have_count(0)

    (boundary_set,) = server.rows("select id::text from boundary_set where in_force")[0]
    administrator.page.locator(f".st-key-take-back-{boundary_set} button").click()
    administrator.page.locator(".st-key-boundaries-change button").click()
    administrator.settle()
    expect(administrator.page.locator(f".st-key-use-{boundary_set} button")).to_be_visible()
    expect(kept).not_to_contain_text("Đang dùng")
    expect(approximate).to_be_visible(timeout=20_000)


def test_others_do_not_get_the_boundaries(desk: Callable[..., Desk]) -> None:
    officer = desk("officer")
    officer.go("/staff/boundaries")
    expect(officer.page.locator("input[type=file]")).to_have_count(0)
