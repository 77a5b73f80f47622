"""A forum without tablets: who took part by card, how many without one, and what they said."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk


def test_a_forum_is_recorded_by_card_and_in_the_childrens_words(desk: Callable[..., Desk], server: Server) -> None:
    teacher = desk("facilitator", "phone")
    page = teacher.page
    teacher.go("/staff/new")
    teacher.fill_new_consultation(f"Trường Tiểu học {uuid4().hex[:6]}")
    teacher.choose("Hình thức", "Diễn đàn trẻ em")
    expect(page.get_by_text("Không dùng phiếu hỏi")).to_be_visible()
    teacher.press("Tạo đợt")
    page.wait_for_selector("text=Sáu nguyên tắc")
    teacher.settle()
    found = re.search(r"consultation=([0-9a-f-]{36})", page.url)
    assert found
    identity = found[1]
    teacher.press("Mở đợt lấy ý kiến")
    expect(page.get_by_text("Ghi nhận trẻ tham gia trực tiếp")).to_be_visible()
    assert page.locator(".code").count() == 0

    commune = server.rows("select commune_code from consultation where id = %s", identity)[0][0]
    (made,) = server.as_staff("facilitator").call(
        "issue_cards", commune=commune, school=None, quantity=1, birth_year=datetime.now(UTC).year - 9, sex=None
    )
    card = made["card"]
    page.locator(f".st-key-by-word-{identity}-way button").nth(2).click()
    teacher.settle()
    teacher.enter("Số thẻ, cách nhau bằng dấu phẩy hoặc xuống dòng", f"{card[:-4]} {card[-4:]}")
    page.locator(f".st-key-by-word-{identity}-type-record button").click()
    teacher.settle()
    expect(page.locator(f".st-key-by-word-{identity}-told")).to_contain_text("Đã ghi nhận 1 thẻ")
    teacher.enter("Số em không có thẻ", "12")
    page.locator(f".st-key-headcount-save-{identity} button").click()
    teacher.settle()
    for words in ("Sân trường ít *bóng* mát", "Em bị xâm hại"):
        teacher.enter("Một ý kiến", words)
        page.locator(f".st-key-opinion-record-{identity} button").click()
        teacher.settle()
    expect(page.get_by_text("đã được chuyển cho cán bộ bảo vệ trẻ em")).to_be_visible()
    page.get_by_text("Đã ghi 1 ý kiến").click()
    expect(page.get_by_text("Sân trường ít *bóng* mát")).to_be_visible()
    assert not teacher.has_sideways_scroll()
    assert teacher.barriers() == []
    assert server.rows(
        "select carded_possible, uncarded from consultation_tally where consultation_id = %s", identity
    ) == [(1, 12)]

    teacher.press("Đóng đợt")
    page.get_by_role("dialog").get_by_role("button", name="Đóng", exact=True).click()
    expect(page.get_by_text("Đã đóng lúc")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("link", name="Kết quả")).to_have_count(0)
    teacher.step(2)
    expect(page.locator(".tiles > div").filter(has_text="Không có thẻ").locator("dd")).to_have_text("12")
