"""Indicator 22 on the map and in the table beside it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk

COMMUNES = 41
TOLERANCE = 6


def rows_by_code(desk: Desk) -> dict[str, tuple[str, str]]:
    """Commune code → (state, colour) as the table says."""
    found = desk.page.locator("table.figures tbody tr[data-code]").evaluate_all(
        "rows => rows.map(r => [r.dataset.code, r.dataset.state, r.dataset.colour])"
    )
    return {code: (state, colour) for code, state, colour in found}


def red_green_blue(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def test_every_commune_is_there_drawn_in_the_colour_that_the_table_names(
    desk: Callable[..., Desk], server: Server
) -> None:
    officer = desk("reviewer")
    officer.go("/staff/map")
    page = officer.page
    expect(page.locator("table.figures tbody tr[data-code]")).to_have_count(COMMUNES)
    in_force = {str(code) for (code,) in server.rows("select code from unit where valid_to is null")}
    table = rows_by_code(officer)
    assert table.keys() == in_force
    shown = page.locator(".legend li").evaluate_all("lines => lines.map(l => Number(l.dataset.communes))")
    assert sum(shown) == COMMUNES

    chart = page.locator("[data-testid=stDeckGlJsonChart]")
    expect(chart.locator("canvas").first).to_be_visible(timeout=20_000)
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(4_000)
    picture = Image.open(io.BytesIO(chart.screenshot())).convert("RGB")
    seen = [colour for count, colour in picture.getcolors(picture.width * picture.height) or [] if count > 30]
    for colour in {colour for _, colour in table.values()}:
        wanted = red_green_blue(colour)
        assert any(max(abs(a - b) for a, b in zip(wanted, pixel, strict=True)) <= TOLERANCE for pixel in seen), colour

    assert officer.outside == []
    expect(page.locator("[data-testid=stAlertContentError], [data-testid=stException]")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    # What has no data is never shown as zero.
    for row in page.locator("table.figures tbody tr[data-state=no_data]").all():
        assert row.get_attribute("data-colour") == "#dedede"
        assert "Chưa có đợt nào" in row.inner_text()
        assert "0,0 %" not in row.inner_text()


def test_a_commune_is_found_without_marks_and_shows_its_consultations(
    desk: Callable[..., Desk], server: Server
) -> None:
    officer = desk("reviewer")
    officer.go("/staff/map")
    expect(officer.page.locator("[data-testid=stDeckGlJsonChart] canvas").first).to_be_visible(timeout=20_000)
    officer.settle()
    officer.page.get_by_label("Tìm xã/phường").fill("cau ngang")
    expect(officer.page.locator("table.figures tbody tr[data-code]")).to_have_count(1, timeout=10_000)
    officer.settle()
    server.open_consultation(commune="29242")
    officer.choose("Xem các đợt của xã/phường", "Phường Trà Vinh")
    expect(officer.page.get_by_role("heading", name="Phường Trà Vinh: các đợt năm")).to_be_visible(timeout=15_000)
    assert officer.page.locator("[class*=st-key-map-consultation-]").count() > 0


def test_a_click_on_the_map_chooses_a_commune(desk: Callable[..., Desk]) -> None:
    officer = desk("reviewer")
    officer.go("/staff/map")
    chart = officer.page.locator("[data-testid=stDeckGlJsonChart]")
    chart.scroll_into_view_if_needed()
    officer.page.wait_for_timeout(2_000)
    box = chart.bounding_box()
    assert box is not None
    officer.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(officer.page.get_by_role("heading", name=": các đợt năm")).to_be_visible(timeout=15_000)
    expect(officer.page.locator("table.figures tr.chosen")).to_have_count(1)


def test_a_new_consultation_changes_the_commune_within_seconds(desk: Callable[..., Desk], server: Server) -> None:
    empty = server.rows(
        "select u.code from unit u where valid_to is null and not exists (select from consultation c where "
        "c.commune_code = u.code and c.held_on >= date_trunc('year', now())) order by 1 limit 1"
    )
    officer = desk("reviewer")
    officer.go("/staff/map")
    if empty:
        code = str(empty[0][0])
        row = officer.page.locator(f"table.figures tr[data-code='{code}']")
        expect(row).to_have_attribute("data-state", "no_data")
    else:
        code = "29242"
        row = officer.page.locator(f"table.figures tr[data-code='{code}']")
    before = row.locator("td").last.inner_text()
    server.open_consultation(commune=code)
    expect(row.locator("td").last).not_to_have_text(before, timeout=15_000)


def test_attendance_at_an_activity_moves_indicator_24(desk: Callable[..., Desk], server: Server) -> None:
    code = "29242"
    officer = desk("reviewer")
    officer.go("/staff/map?indicator=24")
    expect(officer.page.get_by_role("heading", name="Chỉ tiêu 24")).to_be_visible()
    held = officer.page.locator(f"table.figures tr[data-code='{code}'] td").last
    expect(held).to_have_attribute("data-label", "Số hoạt động đã tổ chức")
    before = held.inner_text()
    ((activity,),) = server.rows(
        "insert into activity (kind, title, commune_code, held_on, min_age, max_age, headcount, state) "
        f"values ('club', 'Câu lạc bộ thử', '{code}', current_date, 11, 15, 20, 'held') returning id"
    )
    server.rows(f"select private.recount_activity('{activity}')")
    expect(held).not_to_have_text(before, timeout=15_000)
    officer.choose("Xem các hoạt động của xã/phường", "Phường Trà Vinh")
    expect(officer.page.get_by_role("heading", name="Phường Trà Vinh: các hoạt động năm")).to_be_visible(timeout=15_000)
    expect(officer.page.locator(f".st-key-map-activity-{activity}")).to_contain_text("Câu lạc bộ thử")
    officer.page.set_viewport_size({"width": 390, "height": 844})
    officer.settle()
    assert not officer.has_sideways_scroll()


def test_the_years_and_the_file_say_what_the_map_says(desk: Callable[..., Desk]) -> None:
    officer = desk("reviewer")
    officer.go("/staff/map")
    page = officer.page
    rate = page.locator(".tiles .strong dd").inner_text().split("%")[0].strip()
    page.get_by_text("Các số này trong bảng").click()
    year = str(datetime.now(UTC).year)
    line = page.locator("[data-testid=stExpander] tr", has_text=year)
    expect(line).to_contain_text(f"{rate} %")
    with page.expect_download() as downloading:
        page.locator(".st-key-map_download button").click()
    lines = downloading.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + COMMUNES + 1
    assert lines[-1].startswith("84,Toàn tỉnh")
    assert f"{rate} %" in lines[-1]
    assert officer.outside == []
    officer.choose("Chia theo", "Nhóm tuổi")
    groups = page.locator("table.groups tbody tr")
    expect(groups.filter(has_text="7–10 tuổi")).to_have_count(1)
    with page.expect_download() as downloading:
        page.locator(".st-key-map_groups_download button").click()
    told = downloading.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in told[1:4]] == ["7–10 tuổi", "11–13 tuổi", "14–15 tuổi"]
    assert groups.first.locator("td").first.inner_text().strip() == told[1].split(",")[1]


def test_other_measures_are_shown_in_colours_of_their_own(desk: Callable[..., Desk]) -> None:
    officer = desk("reviewer")
    officer.go("/staff/map")
    for measure, label in (
        ("Khoảng cách tới mục tiêu", "Từ 0 đến dưới +5 điểm"),
        ("Thay đổi so với năm trước", "Năm trước chưa có số"),
        ("Đợt chưa phản hồi cho trẻ", "Từ 6 đợt trở lên"),
        ("Trẻ hài lòng với câu trả lời", "Chưa có đánh giá nào"),
    ):
        officer.choose("Thể hiện", measure)
        lines = officer.page.locator(".legend li")
        expect(lines.filter(has_text=label)).to_have_count(1)
        shown = lines.evaluate_all("lines => lines.map(l => [l.dataset.colour, Number(l.dataset.communes)])")
        assert sum(communes for _, communes in shown) == COMMUNES
        colours = [colour for _, colour in rows_by_code(officer).values()]
        assert {colour: colours.count(colour) for colour in colours} == {c: n for c, n in shown if n}
    assert officer.barriers() == []


def test_a_link_opens_the_same_view_and_the_picture_is_what_is_shown(desk: Callable[..., Desk]) -> None:
    officer = desk("reviewer")
    officer.go("/staff/map?measure=gap&commune=29242")
    page = officer.page
    expect(page.get_by_label("Thể hiện", exact=True)).to_have_value("Khoảng cách tới mục tiêu")
    expect(page.locator("table.figures tr.chosen")).to_have_attribute("data-code", "29242")
    officer.choose("Thể hiện", "Tỷ lệ nhiều nhất")
    expect(page).to_have_url(re.compile("measure=rate_upper"))
    with page.expect_download() as downloading:
        page.locator(".st-key-map_picture_svg button").click()
    svg = downloading.value.path().read_text(encoding="utf-8")
    for _, colour in rows_by_code(officer).values():
        # What has no data is hatched.
        assert f'fill="{colour}"' in svg or colour == "#dedede"
    with page.expect_download() as downloading:
        page.locator(".st-key-map_picture_png button").click()
    assert Image.open(downloading.value.path()).width > 700
    page.get_by_text("Xem các năm cạnh nhau").click()
    officer.settle()
    expect(page.locator("figure img").last).to_have_attribute("alt", re.compile(r"^Năm 20\d\d: toàn tỉnh"))
    assert not officer.has_sideways_scroll()


def test_the_years_are_walked_through_beside_another_indicator(desk: Callable[..., Desk], server: Server) -> None:
    reviewer = desk("reviewer")
    reviewer.go("/staff/map?raised=1&beside=indicator-24")
    page = reviewer.page
    expect(page.get_by_role("switch", name="Dựng cao theo tỷ lệ")).to_be_checked()
    (mine, other) = (figure.get_attribute("alt") or "" for figure in page.locator("figure img").all())
    last = datetime.now(UTC).year
    assert mine.startswith(f"Chỉ tiêu 22, năm {last}")
    assert other.startswith(f"Chỉ tiêu 24, năm {last}")
    page.get_by_text("Các số này trong bảng so sánh").click()
    expect(page.locator("table.beside tbody tr")).to_have_count(COMMUNES + 1)

    first = min(year for (year,) in server.rows("select year from private.participation_facts"))
    page.get_by_role("button", name="Chạy qua các năm").click()
    expect(page.locator("figure img").first).to_have_attribute("alt", re.compile(f"năm {first}"), timeout=15_000)
    expect(page.get_by_role("button", name="Chạy qua các năm")).to_be_visible(timeout=20_000)
    expect(page.locator("figure img").first).to_have_attribute("alt", re.compile(f"năm {last}"))
    assert "beside=indicator-24" in page.url
    assert not reviewer.has_sideways_scroll()
