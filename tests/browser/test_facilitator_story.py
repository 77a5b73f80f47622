"""The facilitator's and the officer's work, end to end: from printed cards to an answer that a child finds good, and 24 on the map."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pypdfium2
import zxingcpp
from playwright.sync_api import expect

from survey_app.card import card_of_code
from tests.browser.conftest import Server
from tests.browser.staff.desk import PRINCIPLES, Desk
from tests.browser.webform.child import Child
from tests.card_pictures import picture_of

CARDS = 12
CLASS = "Lớp 4A"


def test_from_printed_cards_to_an_answer_that_children_find_good(
    desk: Callable[..., Desk], new_tablet: Callable[..., Child], server: Server
) -> None:
    teacher = desk("facilitator")
    page = teacher.page
    school = f"Trường Tiểu học {uuid4().hex[:6]}"
    teacher.create_consultation(school)
    found = re.search(r"consultation=([0-9a-f-]{36})", page.url)
    assert found
    consultation = found[1]

    # Prepares: principles, consent, the class with its cards, printed.
    for principle in PRINCIPLES:
        teacher.tick(principle)
    teacher.enter("Số phụ huynh đồng ý", "30")
    teacher.press("Ghi nhận")
    cards = print_cards(teacher, server, consultation)
    teacher.go(f"/staff/consultation?consultation={consultation}")
    teacher.choose("Lớp", CLASS)
    teacher.press("Mở đợt lấy ý kiến")
    code = re.sub(r"\D", "", page.locator(".code").inner_text())

    # Collects: two tablets, and ten forms on paper.
    receipts = []
    for card in cards[:2]:
        child = new_tablet()
        child.open(code)
        child.go_in(card=card)
        child.answer_all("Em muốn sân trường có cây xanh")
        receipts.append(child.send())
        child.wait_until_sent()
        child.page.close()
        expect(page.locator(f".seats li[data-card={card}]")).to_have_attribute("data-state", "sent", timeout=20_000)
    expect(page.get_by_role("link", name="Nhập phiếu giấy")).to_have_attribute(
        "href", re.compile(rf"/join/{code}#paper$")
    )
    enter_paper(new_tablet(), server, code, cards[2:])
    tally = "select received, accepted, carded_possible from consultation_tally where consultation_id = %s"
    assert server.rows(tally, consultation) == [(CARDS, CARDS, CARDS)]
    expect(page.locator(".seats li[data-state=sent]")).to_have_count(CARDS, timeout=20_000)

    teacher.press("Đóng đợt")
    page.get_by_role("dialog").get_by_role("button", name="Đóng", exact=True).click()
    expect(page.get_by_text("Đã đóng lúc")).to_be_visible(timeout=15_000)
    teacher.settle()

    # Shows the results, and releases what was written.
    page.get_by_role("link", name="Xem kết quả trước lớp").click()
    expect(page.locator(".wall h2").first).to_be_visible(timeout=15_000)
    teacher.go(f"/staff/consultation?consultation={consultation}")
    texts = len(server.as_staff("facilitator").call("texts_to_read", consultation=consultation))
    assert texts >= CARDS
    for read in range(texts):
        expect(page.get_by_text(f"Đã đọc {read}/{texts}")).to_be_visible(timeout=15_000)
        teacher.press("Cho đọc trước lớp")
    expect(page.get_by_text("Anh chị đã đọc hết.")).to_be_visible(timeout=15_000)

    # Two themes, each with a commitment; then back to the children.
    for name in ("Cây xanh", "Sân trường"):
        put_into_theme(teacher, name)
        commit(teacher, server, consultation, name)
    teacher.step(4)
    teacher.press("Công bố cho các em")
    expect(page.get_by_text("Đã công bố lúc")).to_be_visible()

    child = new_tablet()
    child.page.goto(f"{server.url}/feedback")
    child.page.fill("#key", receipts[0])
    child.page.keyboard.press("Enter")
    expect(child.page.get_by_text("Trồng mười cây (Cây xanh)")).to_be_visible(timeout=15_000)
    child.page.locator("[data-rating='3']").first.click()
    child.page.wait_for_timeout(1_000)
    rated = "select count(*) from feedback_rating r join commitment m on m.id = r.commitment_id where m.consultation_id = %s"
    assert server.rows(rated, consultation) == [(1,)]


def print_cards(teacher: Desk, server: Server, consultation: str) -> list[str]:
    """A class of the consultation's school; its cards as they are read from the picture of the printed file."""
    commune, school = server.rows("select commune_code, school_id::text from consultation where id = %s", consultation)[
        0
    ]
    staff = server.as_staff("facilitator")
    roster = staff.call("save_roster", roster=None, commune=commune, school=school, name=CLASS)[0]["save_roster"]
    staff.call("issue_roster_cards", roster=roster, quantity=CARDS, birth_year=datetime.now(UTC).year - 9)
    teacher.go(f"/staff/roster?roster={roster}")
    with teacher.page.expect_download() as started:
        teacher.page.get_by_role("button", name="In thẻ (PDF)").click()
    return sorted(read_cards(started.value.path()))


def read_cards(file: Path) -> list[str]:
    document = pypdfium2.PdfDocument(file)
    read = [code.text for sheet in document for code in zxingcpp.read_barcodes(sheet.render(scale=3).to_pil())]
    assert len(read) == CARDS
    return [str(card_of_code(text)) for text in read]


def enter_paper(desk_with_paper: Child, server: Server, code: str, cards: list[str]) -> None:
    """One sheet after the other, as children filled them in."""
    child = desk_with_paper
    child.page.goto(f"{server.url}/join/{code}#paper")
    for number, card in enumerate(cards):
        child.wait_for("paper")
        child.page.keyboard.press("1")
        child.page.fill("#paper-card", f"{card[:-4].lower()} {card[-4:]}")
        child.page.keyboard.press("Enter")
        child.wait_for("question")
        while child.screen() == "question":
            child.answer_here(f"Em muốn có cây xanh, số {number}")
            child.next()
        child.wait_for("review")
        child.page.click("[data-way=send]")
        child.wait_for("paper-done")
        child.page.click("[data-paper-enter]")
    child.wait_until_sent()


def put_into_theme(teacher: Desk, name: str) -> None:
    """The first opinion that has no theme, or, when all have one, those of a word."""
    grouping = teacher.page.locator(".st-key-grouping")
    if grouping.locator("[data-testid=stCheckbox]").count() == 0:
        grouping.locator("[data-testid=stButtonGroup] button").first.click()
        teacher.settle()
    box = grouping.locator("[data-testid=stCheckbox] label").first
    if not grouping.locator("[data-testid=stCheckbox] input").first.is_checked():
        box.click()
        teacher.settle()
    teacher.choose("Vào nhóm", "Nhóm mới")
    teacher.enter("Tên nhóm", name)
    grouping.locator("[class*=st-key-grouping-put] button").click()
    teacher.settle()
    expect(teacher.page.get_by_role("heading", name=name, level=3)).to_be_visible(timeout=15_000)


def commit(teacher: Desk, server: Server, consultation: str, theme: str) -> None:
    identity = server.rows(
        "select id::text from theme where consultation_id = %s and name ->> 'vi' = %s", consultation, theme
    )[0][0]
    card = teacher.page.locator(f".st-key-theme-{identity}")
    card.get_by_label("Ai trả lời (cơ quan, trường)", exact=True).fill("Ban giám hiệu")
    card.get_by_label("Trả lời các em", exact=True).fill(f"Các em nói đúng. ({theme})")
    card.get_by_label("Sẽ làm gì", exact=True).fill(f"Trồng mười cây ({theme})")
    card.get_by_label("Hạn xong", exact=True).first.click()
    teacher.page.keyboard.type((datetime.now(UTC).date() + timedelta(days=60)).strftime("%d/%m/%Y"))
    teacher.page.keyboard.press("Enter")
    teacher.settle()
    card.locator(f".st-key-commitment-of-{identity}-save button").click()
    teacher.settle()
    expect(card.get_by_text(f"Các em nói đúng. ({theme})").first).to_be_visible(timeout=15_000)


def test_a_council_meeting_moves_24_by_exactly_the_children_not_yet_counted(
    desk: Callable[..., Desk], server: Server
) -> None:
    commune = "29242"
    staff = server.as_staff("officer")
    year = date.today().year
    made = staff.call("issue_cards", commune=commune, school=None, quantity=43, birth_year=year - 13)
    cards = [row["card"] for row in made]
    # More than anybody else has counted there without cards, and two of the five have been counted already.
    meeting(server, "club", cards[:40])
    viewer = desk("reviewer")
    viewer.go("/staff/map?indicator=24")
    numerator = viewer.page.locator(f"table.figures tr[data-code='{commune}'] td[data-label='Tử số (trẻ tham gia)']")
    expect(numerator).to_have_text(re.compile(r"\d"), timeout=20_000)
    before = least(numerator.inner_text())

    officer = desk("officer", "phone")
    identity = meeting(server, "children_council", [])
    officer.go(f"/staff/activity?activity={identity}")
    photo = picture_of([f"{server.url}/join?card={one}" for one in cards[38:43]])
    officer.page.locator("input[type=file]").set_input_files(
        {"name": "the.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    expect(officer.page.get_by_text("Đã ghi nhận 5 thẻ:")).to_be_visible(timeout=20_000)
    expect(numerator).not_to_have_text(re.compile(rf"^{before}\b"), timeout=20_000)
    assert least(numerator.inner_text()) == before + 3


def meeting(server: Server, kind: str, cards: list[str]) -> str:
    """Held today, with these children."""
    staff = server.as_staff("officer")
    today = date.today().isoformat()
    identity = staff.call(
        "save_activity",
        activity=None, kind=kind, title=f"Họp {uuid4().hex[:6]}", commune="29242", school=None, roster=None, held_on=today,
        min_age=11, max_age=15, planned=None, plan="",
    )[0]["save_activity"]  # fmt: skip
    if cards:
        staff.call("record_attendance", activity=identity, cards=cards)
    return str(identity)


def least(words: str) -> int:
    """The lower end of what the table says: "1.204" or "1.204–1.300"."""
    return int(re.split("[–(]", words)[0].replace(".", "").strip())
