"""A grown-up enters sheets of paper by keyboard; a child on a tablet that is handed around cannot get there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Route

from tests.browser.conftest import Server
from tests.browser.webform.child import Child
from tests.browser.webform.own_form import open_form, pin_of
from tests.browser.webform.test_for_everybody import PROBLEMS_OF_LAYOUT, SMALLEST_TARGET, serious_problems
from tests.browser.webform.test_shared_tablet import card_of

FORM = """
| survey  |
|         | type                | name  | label::Tiếng Việt (vi) | label::Khmer (km) | label::English (en) | required | appearance | constraint |
|         | select_one yes_no   | happy | Em có vui không?       | សប្បាយទេ?          | Are you happy?      | yes      |            |            |
|         | select_multiple toy | toys  | Em thích gì?           | ចូលចិត្តអ្វី?          | What do you like?   |          |            |            |
|         | integer             | age   | Em mấy tuổi?           | អាយុប៉ុន្មាន?          | How old are you?    |          |            | . >= 7     |
|         | image               | drawn | Em vẽ                  | គូររូប               | Draw                | yes      | draw       |            |
|         | audio               | said  | Em nói                 | និយាយ               | Say                 |          |            |            |
|         | text                | words | Em viết                | សរសេរ               | Write               |          |            |            |
| choices |
|         | list_name | name | label::Tiếng Việt (vi) | label::Khmer (km) | label::English (en) |
|         | yes_no    | yes  | Có                     | បាទ               | Yes                 |
|         | yes_no    | no   | Không                  | ទេ                | No                  |
|         | toy       | ball | Bóng                   | បាល់               | Ball                |
|         | toy       | kite | Diều                   | ខ្លែង               | Kite                |
|         | toy       | book | Sách                   | សៀវភៅ             | Book                |
| settings |
|         | form_title | form_id     | version | default_language |
|         | Phiếu giấy | paper-sheet | 1       | Tiếng Việt (vi)  |
"""


def press(child: Child, *keys: str) -> None:
    for key in keys:
        child.page.keyboard.press(key)


def on_sheet(child: Child, code: str) -> None:
    child.page.goto(f"{child.server.url}/join/{code}#paper")
    child.wait_for("paper")


def asked(child: Child, name: str) -> None:
    child.page.wait_for_selector(f'[data-at="{name}"]')


def counted(child: Child, name: str) -> str:
    return child.page.locator(f"[data-figure={name}]").inner_text()


def stored(server: Server, code: str) -> list[tuple[object, ...]]:
    return server.rows(
        "select s.language, s.card_state, s.status, s.answers, s.entered_from from submission s"
        " join consultation c on c.id = s.consultation_id where c.join_code = %s order by s.finished_at",
        code,
    )


def test_three_sheets_by_keyboard_without_a_network_that_arrive_later(child: Child, server: Server) -> None:
    code = open_form(server, FORM)
    child.open(code)
    child.wait_until_works_offline()
    on_sheet(child, code)
    presence: list[str] = []
    child.page.on("request", lambda request: presence.append(request.url) if "/presence" in request.url else None)

    def cut(route: Route) -> None:
        route.abort()

    child.context.route("**/api/**", cut)
    # With a card; one key a choice, Enter to go on.
    card = card_of("482")
    press(child, "1")
    child.page.keyboard.type(f"{card[:3].lower()} {card[3:]}")
    press(child, "Enter")
    asked(child, "happy")
    assert child.page.locator("#ear").is_hidden()
    press(child, "2", "Enter")
    asked(child, "toys")
    press(child, "1", "3", "Enter")
    asked(child, "age")
    child.page.keyboard.type("9")
    press(child, "Enter")
    # Neither the drawing nor the voice.
    asked(child, "words")
    child.page.keyboard.type("thêm cây xanh")
    press(child, "Enter")
    child.wait_for("review")
    press(child, "Enter")
    child.wait_for("paper-done")
    press(child, "Enter")
    # Without agreement: nothing of it is entered.
    child.wait_for("paper")
    press(child, "2")
    child.page.click("[data-paper-enter]")
    child.page.wait_for_selector("[data-figure=refused]:text-is('1')")
    # Without a card, in Khmer, and most of it left blank on the paper.
    child.page.check("#paper-language-km")
    press(child, "1")
    child.page.locator("#paper-card").press("Enter")
    asked(child, "happy")
    assert child.page.locator("h1").inner_text() == "សប្បាយទេ?"
    press(child, "Enter")
    assert child.page.locator("#error-happy").inner_text()
    child.page.click("[data-paper-blank]")
    for name in ("toys", "age", "words"):
        asked(child, name)
        press(child, "Enter")
    child.wait_for("review")
    press(child, "Enter")
    child.wait_for("paper-done")
    child.page.click("[data-paper-enter]")
    child.wait_for("paper")
    assert (counted(child, "entered"), counted(child, "refused")) == ("2", "1")
    kept = child.kept()
    assert (len(kept["outbox"]), kept["drafts"]) == (2, [])
    assert stored(server, code) == []
    child.context.unroute("**/api/**", cut)
    child.page.evaluate("() => dispatchEvent(new Event('online'))")
    child.wait_until_sent()
    first, second = stored(server, code)
    assert first[0::4] == ("vi", "paper")
    assert first[2:4] == ("accepted", {"happy": "no", "toys": ["ball", "book"], "age": 9, "words": "thêm cây xanh"})
    assert (second[0], second[1], second[3], second[4]) == ("km", "none", {}, "paper")
    assert presence == []


def test_on_a_tablet_that_is_handed_around_it_asks_for_the_pin(child: Child, server: Server) -> None:
    pin = pin_of(server, server.join_code)
    child.open()
    child.hand_around(pin)
    child.page.goto("about:blank")
    child.page.goto(f"{server.url}/join/{server.join_code}#paper")
    child.page.wait_for_selector("#pin")
    assert child.page.locator("[data-paper]").count() == 0
    child.page.click("[data-pin-cancel]")
    child.wait_for("pass")
    assert "#" not in child.page.url
    child.page.evaluate("() => (location.hash = 'paper')")
    child.type_pin(pin)
    child.wait_for("paper")
    child.page.click("[data-paper-leave]")
    child.wait_for("pass")
    child.page.evaluate("() => (location.hash = 'paper')")
    child.page.wait_for_selector("#pin")


def test_a_card_that_is_none_and_a_card_entered_before_are_told(child: Child, server: Server) -> None:
    code = open_form(server, FORM)
    on_sheet(child, code)
    card = card_of("735")
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
    press(child, "1")
    child.page.fill("#paper-card", wrong)
    press(child, "Enter")
    child.page.wait_for_selector("#paper-error:not(:empty)")
    child.page.fill("#paper-card", card)
    press(child, "Enter")
    asked(child, "happy")
    press(child, "1", "Enter")
    for name in ("toys", "age", "words"):
        asked(child, name)
        press(child, "Enter")
    child.wait_for("review")
    press(child, "Enter")
    child.wait_for("paper-done")
    press(child, "Enter")
    child.wait_for("paper")
    press(child, "1")
    child.page.fill("#paper-card", card)
    press(child, "Enter")
    child.page.wait_for_selector("#paper-error:not(:empty)")
    press(child, "Enter")
    asked(child, "happy")
    child.page.click("[data-paper-discard]")
    child.page.click("[data-paper-discard-yes]")
    child.wait_for("paper")
    assert counted(child, "entered") == "1"


def test_it_can_be_read_and_tapped_on_a_small_phone_in_khmer(new_tablet: Callable[..., Child], server: Server) -> None:
    child = new_tablet(viewport={"width": 360, "height": 640})
    on_sheet(child, open_form(server, FORM))
    child.change_language("km")

    def look() -> None:
        assert serious_problems(child.page) == []
        assert child.page.evaluate(PROBLEMS_OF_LAYOUT, SMALLEST_TARGET) == []

    look()
    child.page.check("#paper-assent-yes")
    child.page.click("[data-paper-enter]")
    asked(child, "happy")
    look()
    child.answer_here()
    child.next()
    asked(child, "toys")
    look()
    for _ in child.screens_until_review():
        pass
    look()
    child.page.click("[data-way=send]")
    child.wait_for("paper-done")
    look()
