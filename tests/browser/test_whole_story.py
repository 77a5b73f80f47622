"""The main job, end to end: ask a class, keep every answer, see the commune move on the map."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.demonstration import Server
from tests.browser.staff.desk import PRINCIPLES, SCRIPT_RUNS, SIZES, Desk
from tests.browser.webform.child import Child

COMMUNE_NAME = "Xã Cầu Ngang"
LAST_SHARE_BELOW_TEN = 0.097
CLASSMATES = 12


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    contexts: list[BrowserContext] = []

    def make(width: int, height: int) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            reduced_motion="reduce",
        )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


def test_a_class_is_asked_and_its_commune_moves_on_the_map(
    server: Server, new_context: Callable[..., BrowserContext]
) -> None:
    commune = str(server.rows("select code from unit where name = %s and valid_to is null", COMMUNE_NAME)[0][0])
    teacher = sit_down(server, new_context, "facilitator")
    officer = sit_down(server, new_context, "reviewer")
    cards = issue_cards(server, commune, CLASSMATES + 3)

    teacher.create_consultation(f"Trường Tiểu học {uuid.uuid4().hex[:6]}")
    for principle in PRINCIPLES:
        teacher.tick(principle)
    teacher.enter("Số phụ huynh đồng ý", "30")
    teacher.press("Ghi nhận")
    teacher.press("Mở đợt lấy ý kiến")
    code = re.sub(r"\D", "", teacher.page.locator(".code").inner_text())

    # The rest of the class has answered already; the commune now stands just below ten percent.
    send_classmates(server, code, cards[:CLASSMATES])
    before = certain_children(server, commune)
    set_official_children(server, commune, before / LAST_SHARE_BELOW_TEN)
    officer.go("/staff/map")
    row = officer.page.locator(f"table.figures tr[data-code='{commune}']")
    expect(row).to_contain_text(re.compile(r"\b9,[0-9] %"), timeout=60_000)
    colour_before = row.get_attribute("data-colour")
    expect(figure(teacher.page, "Đã gửi")).to_contain_text(f"{CLASSMATES} /", timeout=15_000)

    phone, tablet, offline = (Child(c, c.new_page(), server) for c in (new_context(*s) for s in tablet_sizes()))
    for child, card in zip((phone, tablet, offline), cards[CLASSMATES:], strict=True):
        child.page.set_default_timeout(20_000)
        child.open(code)
        child.choose_language()
        child.type_card(card)
        child.assent()
        child.wait_for("question")
    expect(figure(teacher.page, "Đang trả lời")).to_have_text("3", timeout=20_000)

    offline.wait_until_works_offline()
    offline.answer_here()
    offline.next()
    offline.context.set_offline(True)
    offline.page.reload()
    offline.wait_for("question")
    receipts = []
    for child in (phone, tablet, offline):
        child.answer_all()
        receipts.append(child.send())
    for child in (phone, tablet):
        child.wait_until_sent()
    expect(figure(teacher.page, "Đã gửi")).to_contain_text(f"{CLASSMATES + 2} /", timeout=15_000)
    assert len(offline.kept()["outbox"]) == 1

    offline.context.set_offline(False)
    offline.wait_until_sent()
    expect(figure(teacher.page, "Đã gửi")).to_contain_text(f"{CLASSMATES + 3} /", timeout=15_000)
    assert len(set(receipts)) == 3
    assert certain_children(server, commune) == before + 3
    stored = "select count(*), count(distinct s.id) from submission s join consultation c on c.id = s.consultation_id where join_code = %s"
    assert server.rows(stored, code) == [(CLASSMATES + 3, CLASSMATES + 3)]

    expect(row).to_contain_text(re.compile(r"\b1[0-9],[0-9] %"), timeout=30_000)
    expect(row).not_to_have_attribute("data-colour", colour_before or "", timeout=15_000)

    teacher.press("Đóng đợt")
    teacher.page.get_by_role("dialog").get_by_role("button", name="Đóng", exact=True).click()
    expect(teacher.page.get_by_text("Đã đóng lúc")).to_be_visible(timeout=15_000)


def tablet_sizes() -> tuple[tuple[int, int], ...]:
    return (SIZES["phone"], SIZES["tablet"], SIZES["tablet"])


def figure(page: Page, label: str) -> Any:
    """One figure of the live count."""
    return page.locator(".tiles > div").filter(has_text=label).locator("dd")


def sit_down(server: Server, new_context: Callable[..., BrowserContext], role: str) -> Desk:
    context = new_context(*SIZES["laptop"])
    context.add_init_script(path=SCRIPT_RUNS)
    email, password = server.accounts[role]
    context.request.post(f"{server.url}/auth/sign-in", form={"email": email, "password": password})
    return Desk(context.new_page(), server.url, [])


def issue_cards(server: Server, commune: str, quantity: int) -> list[str]:
    issued = server.as_staff("facilitator").call(
        "issue_cards", commune=commune, school=None, quantity=quantity, birth_year=date.today().year - 9
    )
    return [row["card"] for row in issued]


def send_classmates(server: Server, code: str, cards: list[str]) -> None:
    found = httpx.get(f"{server.url}/api/consultations/{code}").json()
    now = datetime.now(UTC).isoformat()
    items = [
        {
            "id": str(uuid.uuid4()),
            "consultation": found["id"],
            "questionnaire": found["questionnaire"]["id"],
            "version": found["questionnaire"]["version"],
            "language": "vi",
            "card": card,
            "assent": {"version": found["assent_version"], "given": True},
            "started_at": now,
            "finished_at": now,
            "device": str(uuid.uuid4()),
            "receipt": uuid.uuid4().hex[:10].upper(),
            "answers": {},
        }
        for card in cards
    ]
    answer = httpx.post(f"{server.url}/api/submissions", json={"sent_at": now, "submissions": items})
    assert [result["verdict"] for result in answer.json()["results"]] == ["created"] * len(cards)


def certain_children(server: Server, commune: str) -> int:
    """Distinct children with a card who were surely of age, counted from the rows themselves."""
    return int(
        server.rows(
            "select count(distinct cp.participant_id) from consultation_participant cp "
            "join submission s on s.id = cp.submission_id and s.status = 'accepted' "
            "join consultation c on c.id = cp.consultation_id and c.counted "
            "join participant p on p.id = cp.participant_id "
            "where c.commune_code = %s and extract(year from c.held_on) = extract(year from now()) "
            "and extract(year from now()) - p.birth_year - 1 >= 7 and extract(year from now()) - p.birth_year <= 15",
            commune,
        )[0][0]
    )


def set_official_children(server: Server, commune: str, children: float) -> None:
    """An administrator's official figure for one commune, in place of the estimate."""
    asking = server.as_staff("administrator")
    year, ages = date.today().year, range(7, 16)
    made = asking.call(
        "import_population",
        title="Số liệu thử",
        published_by="Thống kê tỉnh",
        file_name=None,
        file_sha256=None,
        figures=[{"commune_code": commune, "year": year, "age": age, "children": children / len(ages)} for age in ages],
    )[0]["import_population"]
    asking.call("put_in_force", source=made, year=year)
