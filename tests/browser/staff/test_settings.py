"""What an administrator decides for the whole instance."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk


def test_photos_are_off_until_an_administrator_has_agreed_to_what_they_mean(
    desk: Callable[..., Desk], server: Server
) -> None:
    code = server.open_consultation()
    administrator = desk("administrator")
    page = administrator.page

    def allowed() -> bool:
        return bool(page.request.get(f"{server.url}/api/consultations/{code}").json()["photos_allowed"])

    administrator.go("/staff/settings")
    expect(page.locator(".st-key-settings-photos .chip")).to_have_text("Không cho phép")
    expect(page.get_by_text("Gương mặt trẻ em là dữ liệu cá nhân")).to_be_visible()
    administrator.press("Cho phép chụp ảnh…")
    dialog = page.get_by_role("dialog")
    agree = dialog.get_by_role("button", name="Cho phép", exact=True)
    expect(agree).to_be_disabled()
    administrator.press("Chưa cho phép")
    assert not allowed()
    administrator.press("Cho phép chụp ảnh…")
    administrator.tick("Phụ huynh đã đồng ý")
    agree.click()
    expect(page.locator(".st-key-settings-photos .chip")).to_have_text("Đang cho phép", timeout=15_000)
    assert allowed()
    expect(page.get_by_text("Chị Hoa (mô phỏng) đổi lần cuối")).to_be_visible()
    administrator.settle()
    administrator.press("Không cho phép nữa")
    expect(page.locator(".st-key-settings-photos .chip")).to_have_text("Không cho phép", timeout=15_000)
    assert not allowed()


def test_nobody_else_finds_the_settings(desk: Callable[..., Desk]) -> None:
    for role in ("facilitator", "protection_officer"):
        other = desk(role)
        other.go("/staff/settings")
        expect(other.page.get_by_text("Tài khoản của bạn không được làm việc này")).to_be_visible()
        expect(other.page.get_by_role("link", name="Cài đặt")).to_have_count(0)
