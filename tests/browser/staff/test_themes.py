"""From released opinions to published answers, and a child who reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk

SAID = ("Sân trường ít cây xanh", "Em muốn sân trường có cây xanh", "Nhà vệ sinh hết nước")


@pytest.fixture
def closed(server: Server) -> tuple[str, str]:
    """Id and join code of a closed consultation with released opinions."""
    code = server.open_consultation(expected=20)
    identity = str(server.rows("select id from consultation where join_code = %s", code)[0][0])
    server.as_staff("facilitator").call("close_consultation", consultation=identity)
    for text in SAID:
        server.rows(
            "insert into opinion (consultation_id, said, shown, state, read_at) values (%s, %s, %s, 'released', now())",
            identity,
            text,
            text,
        )
    return identity, code


def test_opinions_are_grouped_answered_and_published(
    desk: Callable[..., Desk], server: Server, closed: tuple[str, str]
) -> None:
    identity, code = closed
    teacher = desk("facilitator", "phone")
    page = teacher.page
    teacher.go(f"/staff/consultation?consultation={identity}")
    # A suggestion of words; nothing is grouped by itself.
    grouping = page.locator(".st-key-grouping")
    grouping.locator("button", has_text="cây xanh").click()
    teacher.settle()
    expect(grouping.get_by_role("button", name="Xếp 2 ý kiến vào nhóm")).to_be_enabled()
    assert server.rows("select count(*) from theme where consultation_id = %s", identity) == [(0,)]
    teacher.press("Xếp 2 ý kiến vào nhóm")
    expect(page.locator(".mistake")).to_have_text("Hãy đặt tên cho nhóm ý kiến bằng tiếng Việt, tối đa 200 chữ cái.")
    teacher.enter("Tên nhóm", "Sân trường")
    teacher.press("Xếp 2 ý kiến vào nhóm")
    theme = str(server.rows("select id from theme where consultation_id = %s", identity)[0][0])
    assert server.rows("select count(*) from opinion_theme where theme_id = %s", theme) == [(2,)]

    card = page.locator(f".st-key-theme-{theme}")
    expect(card.get_by_text("Nhóm này chưa có trả lời.")).to_be_visible()
    card.get_by_label("Ai trả lời (cơ quan, trường)", exact=True).fill("Ban giám hiệu")
    card.get_by_label("Trả lời các em", exact=True).fill("Các em nói đúng: sân trường ít bóng mát.")
    card.get_by_label("Sẽ làm gì", exact=True).fill("Trồng mười cây")
    page.keyboard.press("Tab")
    teacher.settle()
    save = card.locator(f".st-key-commitment-of-{theme}-save button")
    save.click()
    teacher.settle()
    expect(page.locator(".mistake")).to_have_count(1)
    card.locator(f"[class*=st-key-commitment-of-{theme}] input[placeholder='DD/MM/YYYY']").or_(
        card.get_by_label("Hạn xong", exact=True)
    ).first.click()
    due = datetime.now(UTC).date() + timedelta(days=40)
    page.keyboard.type(due.strftime("%d/%m/%Y"))
    page.keyboard.press("Enter")
    teacher.settle()
    save.click()
    teacher.settle()
    assert server.rows("select body, due_on from commitment where theme_id = %s", theme) == [("Ban giám hiệu", due)]
    expect(card.get_by_text("Nhóm này chưa có trả lời.")).to_have_count(0)
    assert not teacher.has_sideways_scroll()
    assert teacher.barriers() == []

    teacher.step(4)
    teacher.press("Công bố cho các em")
    expect(page.get_by_text("Đã công bố lúc")).to_be_visible()
    look = page.get_by_role("link", name="Xem trang các em đọc")
    expect(look).to_have_attribute("href", re.compile(rf"/feedback/{code}$"))
    page.goto(f"{server.url}/feedback/{code}")
    expect(page.get_by_text("Trồng mười cây")).to_be_visible()
    expect(page.get_by_text("Sân trường", exact=True)).to_be_visible()

    teacher.go(f"/staff/consultation?consultation={identity}")
    teacher.press("Rút lại, không công bố nữa")
    page.get_by_role("dialog").get_by_role("button", name="Rút lại", exact=True).click()
    expect(page.get_by_role("button", name="Công bố cho các em")).to_be_visible(timeout=15_000)


def test_the_board_shows_what_is_overdue_and_keeps_what_came_of_it(
    desk: Callable[..., Desk], server: Server, closed: tuple[str, str]
) -> None:
    identity, _ = closed
    facilitator = server.as_staff("facilitator")
    theme = facilitator.call("save_theme", theme=None, consultation=identity, name={"vi": "Nước"}, said={})
    made = facilitator.call(
        "save_commitment",
        commitment=None,
        theme=theme[0]["save_theme"],
        petition=None,
        body="Trạm y tế",
        answer={"vi": "Sẽ sửa"},
        promise={"vi": "Thay bể nước"},
        due_on="2024-01-31",
        status="planned",
        outcome={},
    )[0]["save_commitment"]
    teacher = desk("facilitator")
    teacher.go("/staff/commitments")
    teacher.choose("Tình trạng", "Quá hạn")
    mine = teacher.page.locator(f".st-key-commitment-{made}")
    expect(mine).to_contain_text("Quá hạn")
    mine.get_by_text("Sửa trả lời").click()
    teacher.settle()
    mine.get_by_label("Tình trạng", exact=True).click()
    teacher.page.keyboard.type("Đã làm")
    teacher.page.get_by_role("option", name="Đã làm xong").click()
    teacher.settle()
    mine.get_by_label("Kết quả đã làm được", exact=True).fill("Đã thay bể nước")
    teacher.page.keyboard.press("Tab")
    teacher.settle()
    mine.locator(f".st-key-commitment-{made}-save button").click()
    teacher.settle()
    assert server.rows("select status, outcome ->> 'vi' from commitment where id = %s", made) == [
        ("done", "Đã thay bể nước")
    ]
    expect(mine).to_have_count(0)
    assert not teacher.has_sideways_scroll()
