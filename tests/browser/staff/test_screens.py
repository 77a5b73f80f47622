"""What holds on every staff screen."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import SIZES, Desk

SCREENS = {
    "/staff/": "Đợt lấy ý kiến",
    "/staff/new": "Tạo đợt lấy ý kiến",
    "/staff/cards": "Lớp và thẻ",
    "/staff/map": "Chỉ tiêu 22",
    "/staff/activities": "Hoạt động",
    "/staff/new-activity": "Hoạt động mới",
    "/staff/tasks": "Việc cần làm",
    "/staff/questionnaires": "Phiếu hỏi",
    "/staff/new-questionnaire": "Thêm phiếu hỏi",
    "/staff/settings": "Cài đặt",
    "/staff/deleted": "Đã xóa",
    "/staff/report": "Báo cáo",
}


def test_every_screen_fits_and_says_that_its_data_are_synthetic(desk: Callable[..., Desk], server: Server) -> None:
    administrator = desk("administrator", "phone")
    page = administrator.page
    identity = server.rows("select id from consultation where join_code = %s", server.open_consultation())[0][0]
    form, version = server.rows("select id, version from questionnaire order by id")[0]
    one = {
        f"/staff/consultation?consultation={identity}": "Đợt thử",
        f"/staff/questionnaire?id={form}&version={version}": "Đọc to",
    }
    for path, title in (SCREENS | one).items():
        administrator.go(path)
        expect(page.get_by_role("heading", level=1)).to_contain_text(title)
        expect(page.locator(".banner")).to_have_text("Dữ liệu mô phỏng – không phải trẻ em thật")
        for width, height in SIZES.values():
            page.set_viewport_size({"width": width, "height": height})
            administrator.settle()
            assert not administrator.has_sideways_scroll(), (path, width)
        page.set_viewport_size(dict(zip(("width", "height"), SIZES["phone"], strict=True)))
    assert administrator.outside == []


def test_who_is_not_signed_in_is_shown_the_way(desk: Callable[..., Desk], server: Server) -> None:
    visitor = desk(None)
    for path in ("/staff/", "/staff/map"):
        visitor.page.goto(server.url + path)
        link = visitor.page.get_by_role("link", name="Đăng nhập", exact=True)
        expect(link).to_be_visible(timeout=60_000)
        assert re.search("/sign-in$", link.get_attribute("href") or "")
        expect(visitor.page.locator("[data-testid=stSidebar]")).to_have_count(0)
        expect(visitor.page.locator("table.figures")).to_have_count(0)
        expect(visitor.page.get_by_role("dialog")).to_have_count(0)


def test_signing_out_in_this_tab_closes_all_screens(desk: Callable[..., Desk]) -> None:
    teacher = desk("facilitator")
    teacher.go()
    teacher.page.get_by_role("link", name="Đăng xuất").click()
    teacher.page.wait_for_url(re.compile("/sign-out"))
    teacher.page.locator("form button").click()
    teacher.page.wait_for_url(teacher.url + "/")
    teacher.page.goto(teacher.url + "/staff/map")
    expect(teacher.page.get_by_role("link", name="Đăng nhập", exact=True)).to_be_visible(timeout=60_000)


def test_the_language_stays_from_screen_to_screen_and_after_a_reload(desk: Callable[..., Desk]) -> None:
    teacher = desk("facilitator")
    teacher.go()
    teacher.page.get_by_role("radio", name="English").click()
    expect(teacher.page.get_by_role("heading", level=1)).to_have_text("Consultations", timeout=15_000)
    teacher.page.get_by_role("link", name="Map", exact=True).click()
    expect(teacher.page.get_by_role("heading", level=1)).to_contain_text("Indicator 22", timeout=15_000)
    teacher.page.reload()
    expect(teacher.page.get_by_role("heading", level=1)).to_contain_text("Indicator 22", timeout=30_000)


def test_a_reviewer_cannot_create(desk: Callable[..., Desk]) -> None:
    reviewer = desk("reviewer")
    reviewer.go()
    expect(reviewer.page.get_by_role("button", name="Tạo đợt mới")).to_have_count(0)
    expect(reviewer.page.get_by_role("link", name="Tạo đợt mới")).to_have_count(0)
    reviewer.go("/staff/new")
    expect(reviewer.page.get_by_text("Tài khoản của bạn không được làm việc này")).to_be_visible()
    expect(reviewer.page.get_by_role("dialog")).to_have_count(0)
