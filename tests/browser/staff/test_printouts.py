"""What a teacher prints: the cards of a class, read back from the picture of the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pypdfium2
import zxingcpp
from playwright.sync_api import expect

from survey_app.card import card_of_code
from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk


def test_the_cards_of_a_class_are_printed(desk: Callable[..., Desk], server: Server) -> None:
    asking = server.as_staff("facilitator")
    name = f"Lớp in thẻ {uuid4().hex[:6]}"
    roster = asking.call("save_roster", roster=None, commune="29242", school=None, name=name)[0]["save_roster"]
    asking.call("issue_roster_cards", roster=roster, quantity=9, birth_year=date.today().year - 9, sex=None)
    cards = asking.read("roster_member", columns=["card"], where={"roster_id": roster}, order=["card"])["card"].tolist()
    teacher = desk("facilitator", "phone")
    teacher.go(f"/staff/roster?roster={roster}")
    button = teacher.page.get_by_role("button", name="In thẻ (PDF)")
    expect(button).to_be_visible(timeout=15_000)
    with teacher.page.expect_download() as started:
        button.click()
    document = pypdfium2.PdfDocument(started.value.path())
    assert started.value.suggested_filename.endswith(".pdf")
    read = [code.text for page in document for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]
    assert len(document) == 2
    assert sorted(str(card_of_code(code)) for code in read) == sorted(cards)
    assert all(code.startswith(f"{server.url}/join?card=") for code in read)
