"""A petition from registering to closing; others do not see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk


def test_a_petition_is_registered_assigned_answered_and_closed(desk: Callable[..., Desk], server: Server) -> None:
    teacher = desk("facilitator", "phone")
    page = teacher.page
    teacher.go("/staff/petitions")
    heading = page.get_by_text("Ghi nhận kiến nghị mới")
    if not page.get_by_label("Nội dung", exact=True).is_visible():
        heading.click()
    expect(page.get_by_text("Không ghi tên, địa chỉ hay số điện thoại")).to_be_visible()
    page.locator(".st-key-petition_register button").click()
    teacher.settle()
    expect(page.locator(".mistake").last).to_have_text(
        "Hãy ghi nội dung kiến nghị, tối đa 4000 chữ cái, không ghi tên trẻ."
    )
    request = f"Xin thêm đèn đường trước cổng trường {uuid4().hex[:6]}"
    commune = page.get_by_label("Xã/phường", exact=True).first
    if commune.is_enabled():
        teacher.choose("Xã/phường", "Xã Cầu Ngang")
    teacher.enter("Nội dung", request)
    page.locator(".st-key-petition_register button").click()
    teacher.settle()
    identity, state = server.rows("select id::text, state from petition where request = %s", request)[0]
    assert state == "registered"

    mine = page.locator(f".st-key-petition-{identity}")
    mine.get_by_text("Sửa nội dung").click()
    mine.get_by_label("Nội dung", exact=True).fill(f"{request} và sau trường")
    page.keyboard.press("Tab")
    teacher.settle()
    page.locator(f".st-key-correct-{identity} button").click()
    teacher.settle()
    expect(mine.locator(".item")).to_contain_text("và sau trường")
    mine.get_by_text("Giao cho cơ quan trả lời").click()
    mine.get_by_label("Giao cho", exact=True).fill("UBND xã")
    mine.get_by_label("Hạn xong", exact=True).first.click()
    page.keyboard.type((datetime.now(UTC).date() + timedelta(days=30)).strftime("%d/%m/%Y"))
    page.keyboard.press("Enter")
    teacher.settle()
    page.locator(f".st-key-assign-{identity} button").click()
    teacher.settle()
    expect(mine).to_contain_text("Đã giao")
    mine.get_by_text("Ghi câu trả lời").click()
    mine.get_by_label("Câu trả lời", exact=True).fill("Xã sẽ lắp ba đèn.")
    page.keyboard.press("Tab")
    teacher.settle()
    page.locator(f".st-key-answer-{identity} button").click()
    teacher.settle()
    expect(mine).to_contain_text("Xã sẽ lắp ba đèn.")
    assert not teacher.has_sideways_scroll()
    page.locator(f".st-key-petition-close-{identity} button").click()
    teacher.settle()
    expect(mine).to_have_count(0)
    assert server.rows("select state from petition where id = %s", identity) == [("closed",)]

    reviewer = desk("reviewer")
    reviewer.go("/staff/petitions")
    expect(reviewer.page.get_by_text(request)).to_have_count(0)
