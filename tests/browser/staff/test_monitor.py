"""A teacher sees card by card who has joined, who is answering, and who is missing at the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk
from tests.browser.webform.child import Child


def test_two_tablets_and_who_is_missing(
    desk: Callable[..., Desk], server: Server, new_tablet: Callable[..., Child]
) -> None:
    code = server.open_consultation(expected=3)
    identity, commune, school = server.rows(
        "select id::text, commune_code, school_id::text from consultation where join_code = %s", code
    )[0]
    staff = server.as_staff("facilitator")
    roster = staff.call("save_roster", roster=None, commune=commune, school=school, name=f"4{uuid4().hex[:4]}")
    made: list[dict[str, Any]] = staff.call(
        "issue_roster_cards", roster=roster[0]["save_roster"], quantity=3, birth_year=datetime.now(UTC).year - 9
    )
    absent, first, second = (row["card"] for row in made)
    staff.call("set_consultation_roster", consultation=identity, roster=roster[0]["save_roster"])
    teacher = desk("facilitator", "phone")
    teacher.go(f"/staff/consultation?consultation={identity}")

    def seat(card: str) -> Locator:
        return teacher.page.locator(f".seats li[data-card={card}]")

    expect(seat(absent)).to_have_attribute("data-state", "not_joined", timeout=15_000)
    tablets = [new_tablet(), new_tablet()]
    for tablet, card in zip(tablets, (first, second), strict=True):
        tablet.open(code)
        tablet.choose_language()
        tablet.type_card(card)
        tablet.assent()
        tablet.wait_for("question")
        expect(seat(card)).to_have_attribute("data-state", "answering", timeout=20_000)
    # One is reloaded in the middle and goes on where she was.
    tablets[0].page.reload()
    tablets[0].wait_for("question")
    tablets[0].answer_all()
    tablets[0].send()
    expect(seat(first)).to_have_attribute("data-state", "sent", timeout=20_000)
    expect(seat(second)).to_contain_text("câu 1/")
    assert not teacher.has_sideways_scroll()

    staff.call("close_consultation", consultation=identity)
    teacher.go(f"/staff/consultation?consultation={identity}&step=2")
    page = teacher.page
    expect(page.get_by_text("Đối chiếu với lớp: 1/3 thẻ đã tham gia")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Chưa vào (1):")).to_be_visible()
    expect(page.get_by_text("Đã bắt đầu nhưng chưa gửi (1):")).to_be_visible()
    assert teacher.barriers() == []
