"""What children write in their own words: read by who runs it, before the class hears it; harm by the protection officer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk


def answer(server: Server, consultation: str, **answers: object) -> None:
    """As a tablet sends it that has shown the wording of today."""
    form, version = server.rows(
        "select questionnaire_id, questionnaire_version from consultation where id = %s", consultation
    )[0]
    now = datetime.now(UTC).isoformat()
    item = {
        "id": str(uuid4()), "consultation": consultation, "questionnaire": form, "version": version, "language": "vi",
        "card": None, "assent": {"version": 2, "given": True}, "started_at": now, "finished_at": now,
        "device": str(uuid4()), "receipt": uuid4().hex[:10].upper(), "answers": answers,
    }  # fmt: skip
    sent = httpx.post(f"{server.url}/api/submissions", json={"sent_at": now, "submissions": [item]})
    assert sent.json()["results"][0]["verdict"] == "created", sent.text


@pytest.fixture(scope="module")
def consultation(server: Server) -> str:
    """A consultation with answers of seven children, one of whom writes of harm; still open."""
    code = server.open_consultation("children-11-15")
    made = str(server.rows("select id from consultation where join_code = %s", code)[0][0])
    for child in range(7):
        written = {
            0: "Con muốn sân trường có ghế đá dưới bóng cây.",
            1: "Bạn Minh nói sân bóng của xã bị khóa.",
            2: "Ở nhà em hay bị đánh, em sợ lắm.",
        }.get(child, f"Con thích đọc truyện tranh số {child}.")
        answer(server, made, school_safe="always" if child < 6 else "never", message=written, counsellor="yes")
    return made


def test_a_teacher_reads_releases_and_shows_the_class(
    desk: Callable[..., Desk], server: Server, consultation: str
) -> None:
    teacher = desk("facilitator", "phone")
    page = teacher.page
    teacher.go(f"/staff/results?consultation={consultation}")
    expect(page.get_by_text("Kết quả chỉ hiện sau khi đợt đã đóng.")).to_be_visible()
    server.as_staff("facilitator").call("close_consultation", consultation=consultation)

    teacher.go(f"/staff/consultation?consultation={consultation}&step=3")
    expect(page.get_by_text("Đã đọc 0/6")).to_be_visible()
    for read in range(6):
        words = page.locator("[class*=st-key-text-] .words").inner_text()
        assert "đánh" not in words
        if words.startswith("Bạn Minh"):
            teacher.enter("Cho đọc như sau", "Một bạn nói sân bóng của xã bị khóa.")
            teacher.press("Cho đọc trước lớp")
        elif words.startswith("Con muốn"):
            teacher.press("Cho đọc trước lớp")
        elif words.endswith("số 3."):
            teacher.press("Báo cán bộ bảo vệ")
            teacher.press("Báo ngay")
        else:
            teacher.press("Giữ lại")
        expect(page.get_by_text(f"Đã đọc {read + 1}/6").or_(page.get_by_text(f"Đã đọc {read}/5")).or_(
            page.get_by_text(f"Đã đọc {read + 1}/5"))).to_be_visible()  # fmt: skip
        assert not teacher.has_sideways_scroll()
    expect(page.get_by_text("Anh chị đã đọc hết.")).to_be_visible()

    page.get_by_role("link", name="Xem kết quả trước lớp").click()
    expect(page.locator(".wall h2")).to_contain_text("Ở trường, em cảm thấy an toàn")
    teacher.settle()
    # Six and one: of the one nothing may be found by subtraction either.
    expect(page.locator(".wall li").filter(has_text="Luôn luôn")).to_contain_text("ẩn để giữ kín")
    assert not teacher.has_sideways_scroll()
    assert teacher.barriers() == []
    page.keyboard.press("ArrowRight")
    expect(page.locator(".wall h2")).not_to_contain_text("Ở trường, em cảm thấy an toàn ở mức nào")
    page.locator("label", has_text="Xem tất cả các câu cùng lúc").click()
    teacher.settle()
    expect(page.locator(".wall li").filter(has_text="7 bạn")).to_be_visible()
    quotes = page.locator(".wall blockquote").all_inner_texts()
    assert sorted(quotes) == ["Con muốn sân trường có ghế đá dưới bóng cây.", "Một bạn nói sân bóng của xã bị khóa."]
    assert "bị đánh" not in page.locator("[data-testid=stMain]").inner_text()


def test_the_protection_officer_has_what_tells_of_harm(
    desk: Callable[..., Desk], server: Server, consultation: str
) -> None:
    officer = desk("protection_officer", "phone")
    page = officer.page
    officer.go()
    expect(page.locator(f"[class*=st-key-consultation-{consultation}]")).to_contain_text("cảnh báo mới")
    officer.go("/staff/alerts")
    alert = server.rows(
        "select id from alert where consultation_id = %s and raised_by is null", consultation
    )[0][0]  # fmt: skip
    mine = page.locator(f".st-key-alert-{alert}")
    expect(mine).to_contain_text("Ở nhà em hay bị đánh, em sợ lắm.")
    expect(mine.locator("mark")).to_contain_text("bị đánh")
    assert not officer.has_sideways_scroll()
    assert officer.barriers() == []
    mine.get_by_label("Ghi chú (không ghi tên)").fill("Đã gọi 111")
    mine.get_by_role("button", name="Đã xử lý").click()
    officer.settle()
    assert server.rows("select state, note from alert where id = %s", alert) == [("handled", "Đã gọi 111")]
    officer.go(f"/staff/consultation?consultation={consultation}")
    expect(page.get_by_text("Tất cả lời các em tự viết (7)")).to_be_visible()


def test_nobody_else_opens_the_alerts(desk: Callable[..., Desk]) -> None:
    teacher = desk("facilitator")
    teacher.go("/staff/alerts")
    expect(teacher.page.get_by_text("Cảnh báo", exact=True)).to_have_count(0)
