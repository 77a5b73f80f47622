"""A teacher prepares, opens, watches and closes a consultation."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.answering import answer
from tests.browser.staff.desk import PRINCIPLES, Desk

GIANT_PIXELS = 60


def test_from_creating_to_closing(desk: Callable[..., Desk], server: Server) -> None:
    teacher = desk("facilitator")
    page = teacher.page
    teacher.create_consultation(f"Trường Tiểu học {uuid4().hex[:6]}")
    identity = re.search(r"consultation=([0-9a-f-]{36})", page.url)
    assert identity is not None
    expect(page.get_by_text("Chưa được tính vào chỉ tiêu 22")).to_be_visible()

    for principle in PRINCIPLES:
        teacher.tick(principle)
    teacher.enter("Số phụ huynh đồng ý", "28")
    teacher.press("Ghi nhận")
    expect(page.get_by_text("Đã ghi nhận: 28 phụ huynh")).to_be_visible()
    expect(page.get_by_text("Đợt này được tính vào chỉ tiêu 22")).to_be_visible()
    assert server.rows("select counted, status from consultation where id = %s", identity[1]) == [(True, "draft")]

    teacher.press("Mở đợt lấy ý kiến")
    code = page.locator(".code")
    expect(code).to_be_visible()
    shown = code.inner_text().replace(" ", "")
    assert server.rows("select join_code, status from consultation where id = %s", identity[1]) == [(shown, "open")]
    size = code.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= GIANT_PIXELS
    qr = page.locator("img.qr")
    expect(qr).to_have_attribute("alt", f"Mã QR dẫn đến {server.url}/join/{shown}")
    assert qr.evaluate("image => image.naturalWidth") > 0
    poster = page.get_by_role("link", name="Trình chiếu toàn màn hình")
    expect(poster).to_have_attribute("href", re.compile(rf"/poster/{shown}$"))
    expect(poster).to_have_attribute("target", "_blank")

    page.reload()
    expect(page.locator(".code")).to_have_text(re.compile(rf"{shown[:3]}\s{shown[3:]}"), timeout=30_000)
    teacher.settle()

    teacher.press("Đóng đợt")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Không còn em nào đang trả lời")
    dialog.get_by_role("button", name="Đóng", exact=True).click()
    expect(page.get_by_text("Đã đóng lúc")).to_be_visible(timeout=15_000)
    assert server.rows("select status from consultation where id = %s", identity[1]) == [("closed",)]

    teacher.settle()
    teacher.step(2)
    teacher.press("Mở lại")
    expect(page.locator(".code")).to_be_visible(timeout=15_000)


def test_the_count_follows_what_tablets_report(desk: Callable[..., Desk], server: Server) -> None:
    code = server.open_consultation(expected=20)
    identity = str(server.rows("select id from consultation where join_code = %s", code)[0][0])
    teacher = desk("facilitator")
    teacher.go(f"/staff/consultation?consultation={identity}")
    expect(teacher.page.get_by_text("Chưa có phiếu nào được gửi về.")).to_be_visible(timeout=15_000)
    tile = teacher.page.locator(".tiles > div")
    expect(tile.filter(has_text="Đang trả lời").locator("dd")).to_have_text("0", timeout=15_000)
    server.door.as_anonymous().call(
        "report_presence",
        consultation=identity,
        device=str(uuid4()),
        begun=3,
        answering=True,
        question=2,
        question_count=10,
        sent=0,
        waiting=2,
    )
    expect(tile.filter(has_text="Đang trả lời").locator("dd")).to_have_text("1", timeout=8_000)
    expect(tile.filter(has_text="Còn chờ trên máy").locator("dd")).to_have_text("2")
    expect(tile.filter(has_text="Đã tham gia").locator("dd")).to_have_text("3")
    expect(teacher.page.get_by_text("Còn 2 phiếu trên 1 máy chưa về máy chủ.")).to_be_visible()
    expect(teacher.page.get_by_text("Một máy còn 2 phiếu, báo về lúc")).to_be_visible()
    teacher.press("Đóng đợt")
    expect(teacher.page.get_by_role("dialog")).to_contain_text("Còn 1 em đang trả lời và 2 phiếu đang chờ trên máy")


def test_a_teacher_learns_that_everything_has_arrived_and_her_pin(desk: Callable[..., Desk], server: Server) -> None:
    teacher = desk("facilitator", "phone")
    page = teacher.page
    code = server.open_consultation(expected=20)
    identity, pin = server.rows("select id::text, pin from consultation where join_code = %s", code)[0]
    device = str(uuid4())

    def report(waiting: int) -> None:
        server.door.as_anonymous().call(
            "report_presence",
            consultation=identity,
            device=device,
            begun=1,
            answering=False,
            question=None,
            question_count=None,
            sent=1,
            waiting=waiting,
        )

    report(1)
    teacher.go(f"/staff/consultation?consultation={identity}")
    expect(page.get_by_text("Còn 1 phiếu trên 1 máy chưa về máy chủ.")).to_be_visible(timeout=15_000)
    # The PIN is not for the eyes of children who look at the same screen.
    shown = page.locator(".pin")
    expect(shown).to_be_hidden()
    page.get_by_text("Máy tính bảng của lớp: chuẩn bị trước và mã PIN").click()
    expect(shown).to_have_text(pin)
    teacher_page = f"{server.url}/join/{code}#teacher"
    expect(page.get_by_role("link", name=teacher_page)).to_have_attribute("href", teacher_page)
    expect(page.locator("img.teachers-qr")).to_have_attribute("alt", f"Mã QR dẫn đến {teacher_page}")
    assert not teacher.has_sideways_scroll()

    answer(server, identity)
    report(0)
    expect(page.get_by_text("Tất cả đã về máy chủ: 1 phiếu.")).to_be_visible(timeout=10_000)
    teacher.press("Đóng đợt")
    page.get_by_role("dialog").get_by_role("button", name="Đóng", exact=True).click()
    expect(page.get_by_text("Đã đóng lúc")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Tất cả đã về máy chủ: 1 phiếu.")).to_be_visible()
    # A tablet that comes home later.
    answer(server, identity)
    expect(page.get_by_text("Tất cả đã về máy chủ: 2 phiếu.")).to_be_visible(timeout=20_000)

    reviewer = desk("reviewer")
    reviewer.go(f"/staff/consultation?consultation={identity}")
    expect(reviewer.page.get_by_text("Tất cả đã về máy chủ: 2 phiếu.")).to_be_visible(timeout=15_000)
    expect(reviewer.page.locator(".pin")).to_have_count(0)


def test_what_is_missing_is_said_beside_each_field(desk: Callable[..., Desk]) -> None:
    teacher = desk("administrator")
    teacher.go("/staff/new")
    teacher.press("Tạo đợt")
    expect(teacher.page.locator(".mistake")).to_have_count(5)
    assert teacher.mistakes() == [
        "Hãy chọn xã/phường.",
        "Hãy chọn trường, hoặc chọn “Không ở trường học”.",
        "Hãy nhập số trẻ dự kiến, từ 1 đến 10.000.",
        "Hãy chọn một phiếu hỏi.",
        "Hãy nhập cả hai tuổi.",
    ]


def test_ages_come_from_the_questionnaire_and_are_checked(desk: Callable[..., Desk]) -> None:
    teacher = desk("facilitator")
    teacher.go("/staff/new")
    teacher.fill_new_consultation(f"Trường {uuid4().hex[:6]}")
    assert teacher.page.get_by_label("Từ tuổi", exact=True).first.input_value() == "7"
    assert teacher.page.get_by_label("Đến tuổi", exact=True).first.input_value() == "10"
    teacher.enter("Từ tuổi", "12")
    teacher.press("Tạo đợt")
    expect(teacher.page.locator(".mistake")).to_have_text("Tuổi nhỏ nhất đang lớn hơn tuổi lớn nhất. Hãy đổi lại.")


def test_a_draft_is_deleted_only_after_asking(desk: Callable[..., Desk], server: Server) -> None:
    school = f"Trường Tiểu học {uuid4().hex[:6]}"
    teacher = desk("facilitator")
    teacher.create_consultation(school)
    held = "select count(*) from consultation c join school s on s.id = c.school_id where s.name = %s and c.deleted_at is null"
    teacher.press("Xóa đợt này")
    teacher.press("Giữ lại")
    assert server.rows(held, school) == [(1,)]
    teacher.press("Xóa đợt này")
    teacher.page.get_by_role("dialog").get_by_role("button", name="Xóa", exact=True).click()
    expect(teacher.page.get_by_role("heading", name="Đợt lấy ý kiến", level=1)).to_be_visible(timeout=15_000)
    assert server.rows(held, school) == [(0,)]


def test_an_unknown_consultation_is_said_in_words(desk: Callable[..., Desk]) -> None:
    teacher = desk("facilitator")
    for address in (
        f"/staff/consultation?consultation={uuid4()}",
        "/staff/consultation?consultation=x",
        "/staff/consultation",
    ):
        teacher.go(address)
        expect(teacher.page.get_by_text("Không tìm thấy đợt này")).to_be_visible()
