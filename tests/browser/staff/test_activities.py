"""An officer plans an activity, holds it, and says by card who came."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk
from tests.card_pictures import card, picture_of

COMMUNE = "29242"
AGE = 13


def counted(server: Server, indicator: int) -> int:
    """What a reviewer reads of the officer's commune this year."""
    found = server.as_staff("reviewer").read(
        "participation_count",
        columns=["carded_possible"],
        where={"indicator": indicator, "area_code": COMMUNE, "year": date.today().year},
    )
    return int(found["carded_possible"].sum())


def new_cards(server: Server, quantity: int) -> list[str]:
    """Of children of 13 who have taken part in nothing yet."""
    made = server.as_staff("officer").call(
        "issue_cards", commune=COMMUNE, school=None, quantity=quantity, birth_year=date.today().year - AGE
    )
    return [row["card"] for row in made]


def new_meeting(officer: Desk, title: str) -> str:
    """The id of a children's council that is held today."""
    officer.go("/staff/activities")
    officer.press("Hoạt động mới")
    officer.press("Tạo hoạt động")
    for mistake in ("Hãy chọn loại hoạt động.", "Hãy ghi tên hoạt động, tối đa 200 chữ cái."):
        expect(officer.page.locator(".mistake").filter(has_text=mistake)).to_be_visible(timeout=15_000)
    officer.pick("Hội đồng trẻ em")
    officer.enter("Tên hoạt động", title)
    expect(officer.page.get_by_label("Từ tuổi", exact=True)).to_have_value("11")
    officer.press("Tạo hoạt động")
    officer.page.wait_for_url(re.compile("activity=[0-9a-f-]{36}"))
    officer.page.get_by_role("heading", name=title).wait_for()
    officer.settle()
    return officer.page.url.split("activity=")[1][:36]


def test_from_planning_to_counting(desk: Callable[..., Desk], server: Server) -> None:
    officer = desk("officer")
    page = officer.page
    cards = new_cards(server, 5)
    before = counted(server, 24)
    identity = new_meeting(officer, f"Họp hội đồng {uuid4().hex[:6]}")

    photo = picture_of([f"{server.url}/join?card={one}" for one in cards])
    page.locator("input[type=file]").set_input_files({"name": "the.jpg", "mimeType": "image/jpeg", "buffer": photo})
    expect(page.get_by_text("Đã ghi nhận 5 thẻ:")).to_be_visible(timeout=20_000)
    officer.settle()

    taken = {row[0] for row in server.rows("select card from participant where commune_code = %s", COMMUNE)}
    stranger = next(one for one in (card("VOI", f"{at:03d}") for at in range(1000)) if one not in taken)
    page.get_by_role("radio", name="Gõ số thẻ").click()
    officer.settle()
    officer.enter("Số thẻ, cách nhau bằng dấu phẩy hoặc xuống dòng", f"{stranger.lower()}, voi 12")
    officer.press("Ghi nhận thẻ")
    expect(page.get_by_text("Không tìm thấy 1 thẻ ở")).to_be_visible(timeout=15_000)
    assert officer.mistakes() == ["“voi 12” chưa phải số thẻ: cần tên con vật và bốn chữ số, ví dụ VOI 4821."]

    officer.enter("Số em không có thẻ", "3")
    officer.press("Lưu số em không có thẻ")
    expect(page.locator(".tiles > div").filter(has_text="Không có thẻ").locator("dd")).to_have_text("3", timeout=15_000)
    found = server.rows("select headcount, state from activity where id = %s", identity)
    assert found == [(3, "held")]
    present = server.rows(
        "select p.card from attendance t join participant p on p.id = t.participant_id where t.activity_id = %s",
        identity,
    )
    assert sorted(one for (one,) in present) == sorted(cards)
    assert counted(server, 24) == before + 5

    aware = counted(server, 23)
    page.get_by_text("Sửa hoạt động").click()
    officer.pick("Buổi tuyên truyền về quyền tham gia")
    expect(page.get_by_text("không còn tính vào chỉ tiêu 24")).to_be_visible(timeout=15_000)
    expect(page.get_by_label("Từ tuổi", exact=True)).to_have_value("7")
    officer.press("Lưu thay đổi")
    expect(page.get_by_text("không còn tính vào chỉ tiêu 24")).to_have_count(0, timeout=15_000)
    assert (counted(server, 23), counted(server, 24)) == (aware + 5, before)


def test_cards_of_a_class_are_tapped_and_taken_back(desk: Callable[..., Desk], server: Server) -> None:
    first, second = sorted(new_cards(server, 2))
    roster = server.rows(
        "insert into roster (commune_code, name) values (%s, %s) returning id", COMMUNE, f"Lớp {uuid4().hex[:6]}"
    )[0][0]
    server.rows(
        "insert into roster_card (roster_id, participant_id) select %s, id from participant "
        "where commune_code = %s and card = any (%s) returning 1",
        roster,
        COMMUNE,
        [first, second],
    )
    identity = server.as_staff("officer").call(
        "save_activity",
        activity=None,
        kind="awareness_session",
        title="Em có quyền tham gia",
        commune=COMMUNE,
        school=None,
        roster=str(roster),
        held_on=date.today().isoformat(),
        min_age=7,
        max_age=15,
        planned=2,
        plan="",
    )[0]["save_activity"]
    officer = desk("officer", "phone")
    page = officer.page
    officer.go(f"/staff/activity?activity={identity}")
    page.get_by_role("button", name=re.compile(rf"{first[:-4]} {first[-4:]}")).click()
    officer.settle()
    officer.press("Ghi nhận 1 thẻ")
    expect(page.get_by_text("Đã ghi nhận 1 thẻ:")).to_be_visible(timeout=15_000)
    officer.press("Cả lớp có mặt (1 thẻ)")
    expect(page.get_by_text("Cả 2 thẻ của lớp đã được ghi nhận.")).to_be_visible(timeout=15_000)
    page.get_by_text("Các thẻ đã ghi nhận (2)").click()
    page.locator(f".st-key-present-{second}").get_by_role("button").click()
    expect(page.get_by_text("Các thẻ đã ghi nhận (1)")).to_be_visible(timeout=15_000)
    assert not officer.has_sideways_scroll()
    assert server.rows("select count(*) from attendance where activity_id = %s", identity) == [(1,)]


def test_a_reviewer_reads_and_changes_nothing(desk: Callable[..., Desk], server: Server) -> None:
    identity = server.rows("select id from activity where deleted_at is null order by created_at limit 1")
    if not identity:
        return
    reviewer = desk("reviewer")
    reviewer.go(f"/staff/activity?activity={identity[0][0]}")
    expect(reviewer.page.get_by_text("Thẻ có mặt")).to_be_visible(timeout=15_000)
    expect(reviewer.page.get_by_role("button", name="Xóa hoạt động này")).to_have_count(0)
