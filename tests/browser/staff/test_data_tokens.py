"""An administrator gives another system the figures, and takes them away again."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import SIZES, Desk


def test_another_system_reads_the_figures_with_a_token_that_is_shown_once(
    desk: Callable[..., Desk], server: Server
) -> None:
    administrator = desk("administrator")
    page = administrator.page
    label = f"DHIS2 thử {uuid.uuid4().hex[:6]}"
    administrator.go("/staff/settings")
    administrator.press("Tạo khóa truy cập")
    expect(administrator.page.locator(".mistake")).to_have_text("Hãy ghi khóa dành cho nơi nào, nhiều nhất 100 chữ.")
    administrator.enter("Khóa dành cho nơi nào", label)
    administrator.press("Tạo khóa truy cập")
    shown = page.locator(".st-key-data-token-shown code")
    expect(shown).to_be_visible()
    token = shown.inner_text().strip()
    page.locator(".st-key-data-token-shown button").click()
    expect(page.locator(".st-key-data-token-shown button")).to_have_text("Đã chép ✓")

    def answered() -> int:
        header = {"Authorization": f"Bearer {token}"}
        return page.request.get(f"{server.url}/api/data/indicators?year=2026", headers=header).status

    assert answered() == 200
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        assert not administrator.has_sideways_scroll()
    assert administrator.barriers() == []
    administrator.press("Đã chép, đóng lại")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert token not in page.content()
    card = page.locator("[class*=st-key-data-token-]", has_text=label)
    expect(card.locator(".chip")).to_have_text("Đang dùng được")
    expect(card).to_contain_text("Dùng lần cuối ngày")
    card.get_by_role("button").click()
    administrator.settle()
    page.get_by_role("dialog").get_by_role("button", name="Thu hồi", exact=True).click()
    expect(card.locator(".chip")).to_contain_text("Đã thu hồi", timeout=15_000)
    expect(card.get_by_role("button")).to_have_count(0)
    assert answered() == 401
