"""What was deleted says what goes with it, and comes back by "Hoàn tác" or from "Đã xóa"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk
from tests.browser.staff.test_activities import COMMUNE, counted, new_cards


def test_deleted_undone_and_brought_back(desk: Callable[..., Desk], server: Server) -> None:
    title = f"Câu lạc bộ {uuid4().hex[:6]}"
    asking = server.as_staff("officer")
    identity = asking.call(
        "save_activity", activity=None, kind="club", title=title, commune=COMMUNE, school=None, roster=None,
        held_on=date.today().isoformat(), min_age=11, max_age=15, planned=5, plan="",
    )[0]["save_activity"]  # fmt: skip
    asking.call("record_attendance", activity=identity, cards=new_cards(server, 3))
    before = counted(server, 24)
    officer = desk("officer", "phone")
    page = officer.page

    officer.go(f"/staff/activity?activity={identity}")
    officer.press("Xóa hoạt động này")
    asks = page.get_by_role("dialog")
    expect(asks.get_by_text("3 lượt tham dự sẽ không còn được tính")).to_be_visible()
    asks.get_by_role("button", name="Giữ lại").click()
    expect(asks).to_have_count(0)
    assert counted(server, 24) == before
    officer.press("Xóa hoạt động này")
    asks.get_by_role("button", name="Xóa", exact=True).click()
    notice = page.locator(".st-key-undo")
    expect(notice.get_by_text(f"Đã xóa: {title}")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("heading", name="Hoạt động", level=1)).to_be_visible(timeout=15_000)
    assert counted(server, 24) == before - 3

    notice.get_by_role("button", name="Hoàn tác").click()
    expect(notice).to_have_count(0, timeout=15_000)
    assert counted(server, 24) == before

    officer.go(f"/staff/activity?activity={identity}")
    officer.press("Xóa hoạt động này")
    asks.get_by_role("button", name="Xóa", exact=True).click()
    expect(notice.get_by_text(f"Đã xóa: {title}")).to_be_visible(timeout=15_000)
    officer.go("/staff/deleted")
    row = page.locator("[class*=st-key-deleted-]").filter(has_text=title)
    expect(row.get_by_text("Còn 30 ngày")).to_be_visible()
    assert not officer.has_sideways_scroll()
    assert officer.barriers() == []
    row.get_by_role("button", name="Khôi phục").click()
    expect(row).to_have_count(0, timeout=15_000)
    assert counted(server, 24) == before
