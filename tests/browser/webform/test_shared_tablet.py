"""A tablet that goes from child to child: nothing of one is left to the next, and only the teacher gets out of it."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import expect

from survey_app.api.sign_in import COOKIE
from tests.browser.conftest import Server
from tests.browser.webform.child import Child
from tests.browser.webform.own_form import open_form, pin_of
from tests.browser.webform.test_whole_way import check_digit

SECRET = "điều bí mật của em"
QUIET = 180_000
QUIET_AFTER_ASKING = 60_000


def card_of(digits: str, animal: str = "VOI", position: int = 0) -> str:
    return animal + digits + check_digit(position, digits)


def everything_seen(child: Child) -> str:
    return child.page.content() + json.dumps(child.kept(), ensure_ascii=False)


def next_child(child: Child, card: str | None = None) -> None:
    """From the screen between two children to the first question."""
    child.wait_for("pass")
    child.page.click("[data-pass]")
    child.go_in(card=card)


def test_the_next_friend_can_neither_see_nor_get_back_to_the_one_before(child: Child, server: Server) -> None:
    pin = pin_of(server, server.join_code)
    child.page.goto(server.url)
    child.open()
    child.hand_around(pin)
    next_child(child)
    child.answer_all(SECRET)
    receipt = child.send()
    child.wait_until_sent()
    child.page.click("[data-next-child]")
    child.wait_for("pass")
    assert child.page.locator("#stage button").count() == 1
    for step in ("go_back", "go_forward", "reload", "go_back", "go_back"):
        getattr(child.page, step)()
        child.wait_for("pass")
        seen = everything_seen(child)
        assert SECRET not in seen
        assert receipt not in seen
    assert child.kept()["outbox"] == child.kept()["drafts"] == []
    # A child who is answering keeps her place through a reload.
    next_child(child)
    child.next()
    here = child.at()
    child.page.reload()
    child.wait_for("question")
    assert child.at() == here


def test_a_tablet_in_the_hands_of_a_class_is_signed_in_nowhere(child: Child, server: Server) -> None:
    child.open()
    child.context.add_cookies([{"name": COOKIE, "value": "a teacher's", "url": server.url}])
    child.hand_around(pin_of(server, server.join_code))
    for _ in range(50):
        if not child.context.cookies():
            break
        child.page.wait_for_timeout(50)
    assert child.context.cookies() == []


def test_the_browser_s_history_learns_no_answer(child: Child, server: Server) -> None:
    # Titles of pages stay in it, and questions may repeat what was answered.
    form = """
| survey |
|        | type | name  | label::Tiếng Việt (vi)       |
|        | text | words | Em viết                      |
|        | text | more  | Em viết “${words}”, vì sao? |
| settings |
|          | form_title | form_id  | version | default_language |
|          | Nhắc lại   | repeated | 1       | Tiếng Việt (vi)  |
"""
    child.open(open_form(server, form))
    child.without_card()
    child.assent()
    child.wait_for("question")
    child.answer_here(SECRET)
    child.next()
    assert SECRET in child.page.locator("h1").inner_text()
    assert SECRET not in child.page.title()
    assert child.page.title()


def test_only_the_pin_leads_out_and_three_wrong_ones_make_it_wait(child: Child, server: Server) -> None:
    pin = pin_of(server, server.join_code)
    wrong = "0000"
    child.page.clock.install()
    child.open()
    child.hand_around(pin)
    # Another code, the first page, the address of the teacher's screen: all lead back.
    for path in ("/join/000001", "/", "/join"):
        child.page.goto(server.url + path)
        child.wait_for("pass")
        assert child.page.url.endswith(f"/join/{server.join_code}")
    child.page.goto(f"{server.url}/join/{server.join_code}#teacher")
    child.page.wait_for_selector("#pin")
    assert child.page.locator("[data-screen=teacher]").count() == 0
    for _ in range(3):
        child.type_pin(wrong)
        expect(child.page.locator("#pin-error")).not_to_be_empty()
    child.type_pin(pin)
    expect(child.page.locator("#pin-error")).not_to_be_empty()
    # A reload is no way around the pause.
    child.page.reload()
    child.type_pin(pin)
    expect(child.page.locator("#pin-error")).not_to_be_empty()
    child.page.clock.fast_forward(31_000)
    child.type_pin(pin)
    child.wait_for("teacher")
    # Whoever finds the tablet after the teacher is asked again.
    child.page.evaluate("location.hash = ''")
    child.wait_for("pass")
    child.page.evaluate("location.hash = 'teacher'")
    child.type_pin(pin)
    child.wait_for("teacher")
    child.page.click("[data-teacher=hand-around]")
    child.page.wait_for_selector("[data-hand-around=off]")
    child.page.click("[data-teacher=home]")
    child.page.wait_for_selector("#code-form")


def test_without_handing_around_the_teacher_sees_counts_and_acts_with_the_pin(child: Child, server: Server) -> None:
    child.begin()
    child.answer_all(SECRET)
    child.context.set_offline(True)
    child.send()
    child.open_teacher()
    assert SECRET not in child.page.content()
    assert child.page.locator("[data-figure=waiting]").inner_text() == "1"
    child.page.click("[data-teacher=export]")
    child.page.click("[data-pin-cancel]")
    child.page.wait_for_selector("dialog", state="detached")
    child.page.click("[data-teacher=export]")
    with child.page.expect_download() as saved:
        child.type_pin(pin_of(server, server.join_code))
    (submission,) = json.loads(saved.value.path().read_text())["submissions"]
    assert SECRET in submission["answers"].values()
    # Asked once while she stays; gone when she leaves.
    child.page.click("[data-teacher=back]")
    child.wait_for("language")
    child.open_teacher()
    child.page.click("[data-teacher=export]")
    child.page.wait_for_selector("#pin")


def test_a_tablet_left_alone_parks_the_draft_under_the_card(child: Child, server: Server) -> None:
    card = card_of("482")
    other = card_of("731")
    child.page.clock.install()
    child.open()
    child.hand_around(pin_of(server, server.join_code))
    next_child(child, card)
    child.next()
    child.answer_here()
    here, answers = child.at(), child.draft()["answers"]
    child.page.clock.run_for(QUIET + 1_000)
    child.page.click("[data-still-there]")
    child.page.wait_for_selector("dialog", state="detached")
    assert child.at() == here
    child.page.clock.run_for(QUIET + 1_000)
    child.page.wait_for_selector("[data-still-there]")
    child.page.clock.run_for(QUIET_AFTER_ASKING + 1_000)
    child.wait_for("pass")
    # The next to come finds the animal, no answer, and does not get in with the digits of another card.
    child.page.click("[data-pass]")
    child.wait_for("gate")
    child.page.click("[data-continue]")
    child.wait_for("digits")
    child.tap_digits(other[-4:])
    expect(child.page.locator("#card-error")).not_to_be_empty()
    child.tap_digits(card[-4:])
    child.wait_for("question")
    assert (child.at(), child.draft()["answers"]) == (here, answers)


def test_a_card_typed_anew_opens_its_parked_draft_and_one_without_a_card_needs_the_pin(
    child: Child, server: Server
) -> None:
    pin = pin_of(server, server.join_code)
    card = card_of("482")
    child.open()
    child.hand_around(pin)
    parked = []
    for whose in (card, None):
        if parked:
            child.page.click("[data-pass]")
            child.page.click("[data-anew]")
            child.go_in()
        else:
            next_child(child, whose)
        parked.append(next(one["id"] for one in child.kept()["drafts"] if one["id"] not in parked))
        child.page.click("#stop")
        child.page.click("[data-stop=keep]")
        child.page.click("[data-next-child]")
        child.wait_for("pass")
    child.page.click("[data-pass]")
    child.page.click("[data-anew]")
    child.choose_language("en")
    child.type_card(card)
    child.wait_for("question")
    assert {one["id"] for one in child.kept()["drafts"]} == set(parked)
    assert child.page.evaluate("sessionStorage.getItem('draft')") == parked[0]
    child.page.click("#stop")
    child.page.click("[data-stop=keep]")
    child.page.click("[data-next-child]")
    child.page.click("[data-pass]")
    child.page.click(f"[data-continue='{parked[1]}']")
    child.type_pin(pin)
    child.wait_for("question")
    assert child.page.evaluate("sessionStorage.getItem('draft')") == parked[1]


def test_the_receipt_does_not_stay_on_a_tablet_left_alone(child: Child) -> None:
    child.page.clock.install()
    child.begin()
    child.answer_all()
    receipt = child.send()
    child.page.clock.run_for(QUIET + 1_000)
    child.wait_for("language")
    assert receipt not in child.page.content()


def test_a_language_can_be_changed_at_any_time_and_no_answer_is_lost(child: Child, server: Server) -> None:
    child.begin()
    child.next()
    child.answer_here()
    here, identity, answers = child.at(), child.draft()["id"], child.draft()["answers"]
    before = child.page.locator(".question__title").inner_text()
    child.change_language("km")
    assert child.at() == here
    assert child.page.locator(".question__title").inner_text() != before
    assert child.page.locator("html").get_attribute("lang") == "km"
    assert child.page.evaluate("document.activeElement.id") == "language"
    assert child.page.locator("input:checked").count() == 1
    spacing = "one => parseFloat(getComputedStyle(one).lineHeight) / parseFloat(getComputedStyle(one).fontSize)"
    assert child.page.locator(".question__title").evaluate(spacing) >= 1.6
    assert child.page.locator(".tile__label").first.evaluate(spacing) >= 1.6
    child.page.reload()
    child.wait_for("question")
    assert child.draft()["answers"] == answers
    child.answer_all()
    child.change_language("en")
    child.send()
    child.wait_until_sent()
    assert server.rows("select language from submission where id = %s", identity) == [("en",)]


def test_a_draft_goes_on_with_the_questions_it_began_with(new_tablet: Callable[..., Child], server: Server) -> None:
    child = new_tablet(service_workers="block")
    child.begin()
    child.next()
    asked = child.page.locator(".question__title").inner_text()

    def changed(route) -> None:  # type: ignore[no-untyped-def]
        found = route.fetch().json()
        for node in found["questionnaire"]["nodes"]:
            node["label"] = {"vi": "Câu hỏi mới", "km": "ថ្មី", "en": "New"}
        route.fulfill(json=found)

    child.context.route("**/api/consultations/*", changed)
    child.page.reload()
    child.wait_for("question")
    assert child.page.locator(".question__title").inner_text() == asked
    child.answer_all()
    child.send()
    child.page.click("[data-next-child]")
    child.go_in()
    assert child.page.locator(".question__title").inner_text() == "Câu hỏi mới"


def test_a_part_of_the_page_that_does_not_come_through_stops_no_child(
    new_tablet: Callable[..., Child], server: Server
) -> None:
    child = new_tablet(service_workers="block")
    child.open()
    child.hand_around(pin_of(server, server.join_code))
    child.context.route("**/webform/shared.js*", lambda route: route.abort())
    child.page.reload()
    child.go_in()
    identity = child.draft()["id"]
    child.answer_all()
    child.send()
    child.wait_until_sent()
    assert server.rows("select status from submission where id = %s", identity) == [("accepted",)]
