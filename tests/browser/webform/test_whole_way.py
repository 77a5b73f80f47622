"""The way of an answer from the code to the database, and the kind ends besides."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Server
from tests.browser.webform.child import Child


def check_digit(position: int, digits: str) -> str:
    """ISO/IEC 7064 MOD 11,10, written anew from the standard."""
    product = 10
    for digit in f"{position:02d}{digits}":
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def stored(server: Server, identity: str) -> list[tuple[object, ...]]:
    return server.rows("select answers, status, card_state, language from public.submission where id = %s", identity)


def test_a_child_without_a_card_answers_everything(child: Child, server: Server) -> None:
    child.begin()
    identity = child.draft()["id"]
    child.answer_all("Em muốn sân trường có bóng mát")
    receipt = child.send()
    child.wait_until_sent()
    ((answers, status, card_state, language),) = stored(server, identity)
    assert "Em muốn sân trường có bóng mát" in answers.values()
    assert (status, card_state, language) == ("accepted", "none", "vi")
    assert re.fullmatch("[2-9A-HJKMNP-TV-Z]{10}", receipt)


def test_a_child_with_a_card_is_known_by_it_and_by_nothing_else(child: Child, server: Server) -> None:
    issued = {card for (card,) in server.rows("select card from participant")}
    cards = (f"VOI{digits}{check_digit(0, digits)}" for digits in (f"{number:03d}" for number in range(1000)))
    card = next(one for one in cards if one not in issued)
    child.open()
    child.choose_language("km")
    child.type_card(card)
    child.assent()
    child.wait_for("question")
    assert child.draft()["card"] == card
    identity = child.draft()["id"]
    child.answer_all()
    child.send()
    child.wait_until_sent()
    ((answers, _, card_state, language),) = stored(server, identity)
    assert (card_state, language) == ("unknown", "km")
    assert card not in str(answers)


def test_a_wrong_digit_is_explained_and_no_card_stays_possible(child: Child) -> None:
    child.open()
    child.choose_language()
    right = check_digit(0, "482")
    child.type_card("VOI482" + ("0" if right != "0" else "1"))
    assert child.page.locator("#card-error").inner_text().strip()
    assert child.page.locator("#card").input_value() == ""
    child.page.click("[data-card=none]")
    child.wait_for("assent")


def test_the_code_on_a_card_fills_the_card_in(child: Child) -> None:
    card = "VOI482" + check_digit(0, "482")
    child.open(query=f"?card={card}")
    assert "card=" not in child.page.url
    child.choose_language()
    child.wait_for("card-found")
    child.page.locator(".button--main").click()
    child.wait_for("assent")
    assert child.draft()["card"] == card


def test_a_code_typed_on_the_join_page_opens_the_consultation(child: Child, server: Server) -> None:
    child.page.goto(f"{server.url}/join")
    child.wait_for("code")
    for digit in server.join_code:
        child.page.locator(".keypad__key").get_by_text(digit, exact=True).click()
    child.wait_for("language")
    assert child.page.url.endswith(f"/join/{server.join_code}")


def test_an_unknown_code_is_said_kindly(child: Child, server: Server) -> None:
    child.page.goto(f"{server.url}/join")
    child.wait_for("code")
    child.page.locator("#code").fill("000001")
    child.page.wait_for_function("() => document.querySelector('#code-error').textContent")
    assert child.screen() == "code"


def test_a_link_that_is_away_for_a_moment_costs_no_typing(child: Child) -> None:
    child.context.route("**/api/consultations/*", lambda route: route.fulfill(status=503, body="{}"))
    child.open()
    child.wait_for("code")
    assert "tự thử lại" in child.page.locator(".notice").inner_text()
    child.context.unroute("**/api/consultations/*")
    child.wait_for("language")


def test_who_says_no_leaves_nothing(child: Child) -> None:
    child.open()
    child.choose_language()
    child.without_card()
    child.assent("no")
    child.wait_for("refused")
    assert child.kept()["drafts"] == []
    assert child.kept()["outbox"] == []


def test_every_optional_question_can_be_skipped(child: Child, server: Server) -> None:
    child.begin()
    identity = child.draft()["id"]
    while child.screen() != "review":
        here = child.page.locator("[data-screen]").element_handle()
        skip = child.page.locator("[data-way=skip]")
        if skip.count():
            skip.click()
        else:
            child.answer_here()
            child.page.click("[data-way=next]")
        child.page.wait_for_function("here => !here.isConnected", arg=here)
    child.send()
    child.wait_until_sent()
    assert stored(server, identity)[0][1] == "accepted"


def test_an_answer_can_be_changed_in_the_review(child: Child) -> None:
    child.begin()
    child.answer_all("cũ")
    child.page.locator("[data-edit]").last.click()
    child.wait_for("question")
    child.page.locator("textarea").fill("mới")
    child.next()
    assert child.screen() == "review"
    assert "mới" in child.page.locator(".review").inner_text()


@pytest.mark.parametrize("how", ["keep", "delete"])
def test_stopping_keeps_or_deletes_as_the_child_wants(child: Child, how: str) -> None:
    child.begin()
    child.answer_all("chưa gửi")
    child.page.click("#stop")
    child.page.click(f"[data-stop={how}]")
    if how == "delete":
        child.page.click("[data-stop=delete-yes]")
        child.wait_for("deleted")
        assert child.kept()["drafts"] == []
    else:
        child.wait_for("kept")
        assert "chưa gửi" in child.draft()["answers"].values()


def test_help_with_the_hotline_is_on_every_screen(child: Child) -> None:
    def helped() -> None:
        child.page.click("#help")
        assert child.page.locator("dialog a[href='tel:111']").is_visible()
        child.page.keyboard.press("Escape")
        child.page.wait_for_selector("dialog", state="detached")

    child.open()
    helped()
    child.choose_language()
    child.wait_for("animals")
    helped()
    child.without_card()
    child.assent()
    for _ in child.screens_until_review():
        helped()
        child.answer_here()
    helped()
    child.send()
    helped()


def test_a_child_takes_her_answers_back_with_the_receipt(child: Child, server: Server) -> None:
    child.begin()
    identity = child.draft()["id"]
    child.answer_all()
    receipt = child.send()
    child.wait_until_sent()
    child.page.goto(f"{server.url}/withdraw")
    child.page.fill("#receipt", receipt.lower())
    child.page.click("#withdraw-form button")
    child.page.wait_for_selector("#result h2")
    ((answers, status, _, _),) = stored(server, identity)
    assert (answers, status) == ({}, "withdrawn")
    child.page.reload()
    child.page.fill("#receipt", "2222222222")
    child.page.click("#withdraw-form button")
    child.page.wait_for_function("() => document.querySelector('#receipt-error').textContent")
