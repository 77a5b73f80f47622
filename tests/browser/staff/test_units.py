"""A reorganisation: a file with a mistake, the mended one with what it does, taken in and taken back."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk

HEAD = "Mã cũ,Tên cũ,Ngày cuối,Mã mới,Tên mới"


def give(desk: Desk, name: str, *lines: str) -> None:
    content = "\n".join([HEAD, *lines]).encode()
    desk.page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    desk.settle()


def test_a_new_name_is_previewed_taken_in_and_taken_back(desk: Callable[..., Desk], server: Server) -> None:
    name = str(server.rows("select name from unit where code = '29536' and valid_to is null")[0][0])
    administrator = desk("administrator", "phone")
    administrator.go("/staff/units")
    give(administrator, "sai.csv", "29999,,30/06/2026,29536,Xã Mới")
    expect(administrator.page.get_by_text("Không có đơn vị nào mang mã 29999.")).to_be_visible()
    give(administrator, "dung.csv", f"29536,{name},30/06/2026,29536,Xã Đổi Tên Thử")
    preview = administrator.page.locator(".st-key-units-preview")
    expect(preview).to_contain_text(f"{name} (29536) (đến 30/06/2026) → Xã Đổi Tên Thử (29536) (từ 01/07/2026)")
    assert administrator.barriers() == []
    assert not administrator.has_sideways_scroll()
    administrator.press("Nhập lần sắp xếp này")
    try:
        change = server.rows("select id::text from unit_change where undone_at is null order by imported_at desc")[0][0]
        kept = administrator.page.locator(f".st-key-unit-change-{change}")
        expect(kept).to_contain_text("1 đơn vị kết thúc, 1 đơn vị bắt đầu")
        administrator.page.locator(f".st-key-undo-units-{change} button").click()
        administrator.page.locator(".st-key-units-undo button").click()
        administrator.settle()
        expect(kept).to_contain_text("Đã hoàn tác")
        assert server.rows("select name from unit where code = '29536' and valid_to is null") == [(name,)]
    finally:
        # Others look at this commune, too.
        asking = server.as_staff("administrator")
        for (left,) in server.rows("select id::text from unit_change where undone_at is null"):
            asking.call("undo_units", change=left)


def test_others_do_not_get_the_units(desk: Callable[..., Desk]) -> None:
    officer = desk("officer")
    officer.go("/staff/units")
    expect(officer.page.locator("input[type=file]")).to_have_count(0)
