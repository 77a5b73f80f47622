"""A teacher's classes: cards for each child, a list without names, a card that is lost, a class that moves up."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from uuid import uuid4

from playwright.sync_api import FilePayload, expect

from survey_app.card import parse_cards
from tests.browser.conftest import Server
from tests.browser.staff.desk import SIZES, Desk

COMMUNE = "Phường Trà Vinh"
BORN = date.today().year - 9
NOW_IN_CLASS = (
    "select p.card from roster r join roster_card k on k.roster_id = r.id and k.left_at is null "
    "join participant p on p.id = k.participant_id where r.name = %s"
)


def class_list(text: str) -> FilePayload:
    return {"name": "lop.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}


def fill_new_class(teacher: Desk, name: str) -> None:
    teacher.go("/staff/cards")
    if teacher.page.locator(".st-key-rosters-new").count():
        teacher.page.locator(".st-key-rosters-new summary").click()
        teacher.settle()
    if teacher.page.get_by_label("Xã/phường", exact=True).first.is_enabled():
        teacher.choose("Xã/phường", COMMUNE)
    teacher.enter("Tên lớp", name)


def test_a_class_gets_cards_loses_one_and_moves_up(desk: Callable[..., Desk], server: Server) -> None:
    mark = uuid4().hex[:6].upper().translate(str.maketrans("0123456789", "GHIJKLMNOP"))
    fourth, fifth = f"Lớp 4{mark}", f"Lớp 5{mark}"
    teacher = desk("facilitator", "phone")
    page = teacher.page
    fill_new_class(teacher, "")
    teacher.press("Tạo lớp")
    expect(page.locator(".mistake")).to_have_count(3)
    assert teacher.mistakes() == [
        *("Tên lớp cần từ 1 đến 60 ký tự.", "Mỗi lần tạo được từ 1 đến 1.000 thẻ.", "Hãy chọn năm sinh."),
    ]
    teacher.enter("Tên lớp", fourth)
    teacher.enter("Số thẻ", "3")
    teacher.choose("Năm sinh", str(BORN))
    teacher.choose("Giới tính", "Nữ")
    teacher.press("Tạo lớp")
    expect(page.get_by_role("heading", level=1)).to_have_text(fourth, timeout=15_000)
    expect(page.get_by_text("Đã tạo 3 thẻ.")).to_be_visible()
    cards = [card for (card,) in server.rows(NOW_IN_CLASS, fourth)]
    assert len(cards) == 3
    with page.expect_download() as started:
        page.get_by_role("button", name="Tải bảng thẻ (CSV)").click()
    lines = started.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "Thẻ,Năm sinh,Giới tính"
    assert sorted(parse_cards(line.split(",")[0]).cards[0] for line in lines[1:]) == sorted(cards)
    assert all(re.fullmatch(rf"[A-Z]{{2,8}} \d{{4}},{BORN},Nữ", line) for line in lines[1:])

    page.locator(".st-key-roster-lost summary").click()
    teacher.settle()
    lost = cards[0]
    teacher.choose("Thẻ bị mất", f"{lost[:-4]} {lost[-4:]}")
    teacher.press("Cấp thẻ mới…")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Thẻ cũ sẽ không dùng được nữa")
    expect(dialog).to_contain_text("Những lần em đã tham gia vẫn được giữ")
    assert not teacher.barriers()
    dialog.get_by_role("button", name="Cấp thẻ mới", exact=True).click()
    shown = dialog.locator(".big-card b")
    expect(shown).to_be_visible(timeout=15_000)
    new = shown.inner_text().replace(" ", "").replace("\u00a0", "")
    assert sorted(card for (card,) in server.rows(NOW_IN_CLASS, fourth)) == sorted([new, *cards[1:]])
    assert server.rows("select reason from former_card where card = %s and until > now() - interval '1 minute'", lost)
    dialog.get_by_role("button", name="Xong", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.locator("table.plain")).to_contain_text(f"{new[:-4]} {new[-4:]}")

    page.locator(".st-key-roster-moving summary").click()
    teacher.settle()
    moving = page.locator(".st-key-roster-moving")
    # The name of next year's class is there already.
    expect(moving.get_by_label("Tên lớp")).to_have_value(fifth)
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        teacher.settle()
        assert not teacher.has_sideways_scroll(), width
    assert not teacher.barriers()
    teacher.press("Chuyển 3 thẻ")
    expect(page.get_by_text(f"Đã chuyển 3 thẻ sang lớp {fifth}.")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Lớp này chưa có thẻ.")).to_be_visible()
    assert sorted(card for (card,) in server.rows(NOW_IN_CLASS, fifth)) == sorted([new, *cards[1:]])
    page.get_by_role("link", name=f"Mở lớp {fifth}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(fifth, timeout=15_000)
    assert teacher.outside == []


def test_a_class_list_is_taken_without_names_only(desk: Callable[..., Desk], server: Server) -> None:
    name = f"Lớp danh sách {uuid4().hex[:6]}"
    teacher = desk("facilitator")
    page = teacher.page
    fill_new_class(teacher, name)
    teacher.pick("Nhập danh sách lớp")
    teacher.press("Tạo lớp")
    expect(page.get_by_role("heading", level=1)).to_have_text(name, timeout=15_000)
    upload = page.locator("[class*=st-key-roster-import] input[type=file]")
    children = f"2,{BORN},Nam,Kinh\n3,{BORN + 1},Nữ,Khmer\n"
    upload.set_input_files(
        class_list(
            f"STT,Họ và tên,Năm sinh,Giới tính\n1,Nguyễn Thị Bông Sen,12/5/{BORN},Nữ\n2,Thạch Văn Lúa,{BORN},Lạ\n"
        )
    )
    refused = page.locator(".st-key-import-refused")
    expect(refused).to_contain_text("Cột B: có tên người. Hãy xóa cả cột này trong tệp.", timeout=15_000)
    expect(refused).to_contain_text("Cột C, dòng 2: có ngày sinh đầy đủ.")
    expect(refused).to_contain_text("Cột D, dòng 3: giới tính không đúng.")
    expect(refused).to_contain_text("Số thẻ thay cho tên")
    body = page.locator("body").inner_text()
    assert "Bông Sen" not in body
    assert "Lúa" not in body
    assert not teacher.barriers()
    assert server.rows(NOW_IN_CLASS, name) == []

    upload.set_input_files(class_list("STT,Năm sinh,Giới tính,Dân tộc\n" + children))
    preview = page.locator(".st-key-import-preview")
    expect(preview).to_contain_text("Danh sách có 2 em", timeout=15_000)
    expect(refused).to_have_count(0)
    expect(preview.locator("tbody tr").filter(has_text=str(BORN + 1))).to_contain_text(re.compile(r"1\s*0\s*1"))
    expect(preview).to_contain_text("Không đọc dân tộc: nơi đây không lưu thông tin này.")
    expect(preview).to_contain_text("Không đọc cột A")
    assert server.rows(NOW_IN_CLASS, name) == []
    teacher.press("Tạo 2 thẻ")
    made = page.locator(".st-key-roster-made")
    expect(made).to_contain_text("Đã tạo 2 thẻ.", timeout=15_000)
    # The row of her own list tells the teacher whose card it is.
    rows = [row.split("\t") for row in made.locator("tbody tr").all_inner_texts()]
    assert [(row[0], row[2], row[3]) for row in rows] == [("2", str(BORN), "Nam"), ("3", str(BORN + 1), "Nữ")]
    stored = server.rows(
        "select p.card, p.birth_year, p.sex, g.ethnicity from roster r join roster_card k on k.roster_id = r.id "
        "join participant p on p.id = k.participant_id left join participant_group g on g.participant_id = p.id "
        "where r.name = %s order by p.birth_year",
        name,
    )
    assert [row[1:] for row in stored] == [(BORN, "male", None), (BORN + 1, "female", None)]
    teacher.press("Xong, cất phần này")
    expect(made).to_have_count(0)
    assert not teacher.has_sideways_scroll()


def test_groups_are_kept_only_when_an_administrator_says_so(desk: Callable[..., Desk], server: Server) -> None:
    administrator = desk("administrator", "phone")
    page = administrator.page
    administrator.go("/staff/settings")
    groups = page.locator(".st-key-settings-groups")
    expect(groups).to_contain_text("Mặc định đều tắt")
    expect(groups.get_by_role("button", name="Lưu lựa chọn")).to_be_disabled()
    administrator.tick("Lưu dân tộc")
    expect(groups).to_contain_text("những gì đã lưu vẫn còn")
    administrator.press("Lưu lựa chọn")
    expect(groups).to_contain_text("Lần đổi gần nhất", timeout=15_000)
    kept = "select value from setting where name = 'group_fields'"
    assert server.rows(kept) == [(["ethnicity"],)]
    administrator.tick("Lưu dân tộc")
    administrator.press("Lưu lựa chọn")
    expect(groups.get_by_role("button", name="Lưu lựa chọn")).to_be_disabled()
    assert server.rows(kept) == [([],)]
