"""Nothing is lost by a reload, a dead battery or a missing network; nothing of one child is left to the next."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.browser.conftest import Server
from tests.browser.webform.child import Child
from tests.browser.webform.own_form import pin_of


def count(server: Server, identity: str) -> int:
    return int(server.rows("select count(*) from public.submission where id = %s", identity)[0][0])


def some_questions(child: Child, number: int) -> None:
    for _ in range(number):
        child.answer_here()
        child.next()


def test_a_reload_comes_back_to_the_same_question_with_the_same_answers(child: Child) -> None:
    child.begin()
    some_questions(child, 3)
    child.answer_here()
    before, at = child.draft(), child.at()
    child.page.reload()
    child.wait_for("question")
    after = child.draft()
    assert child.at() == at
    assert (after["id"], after["answers"]) == (before["id"], before["answers"])
    chosen = child.page.locator("input:checked")
    assert chosen.count() or child.page.locator("textarea").count()


def test_after_a_dead_battery_the_draft_is_offered_and_shows_no_answer(child: Child) -> None:
    child.begin()
    some_questions(child, 3)
    child.answer_here()
    at, answers = child.at(), child.draft()["answers"]
    # A new window has no memory of the old one: like a tablet that was switched off.
    page = child.context.new_page()
    child.page.close()
    again = Child(child.context, page, child.server)
    again.open()
    assert again.screen() == "gate"
    assert re.fullmatch(r"🕘\s*\D+: \d\d:\d\d", page.locator("[data-continue]").inner_text())
    assert page.locator("#stage button").count() == 2
    page.click("[data-continue]")
    again.wait_for("question")
    assert again.at() == at
    assert again.draft()["answers"] == answers


def test_another_child_starts_anew_beside_a_draft(child: Child) -> None:
    child.begin()
    some_questions(child, 2)
    first = child.draft()["id"]
    child.open()
    child.page.click("[data-anew]")
    child.go_in()
    assert {draft["id"] for draft in child.kept()["drafts"]} > {first}
    assert child.page.locator("input:checked").count() == 0


def test_a_whole_consultation_without_network_arrives_exactly_once(child: Child, server: Server) -> None:
    child.open()
    child.wait_until_works_offline()
    child.context.set_offline(True)
    child.page.reload()
    identities = []
    for text in ("không mạng 1", "không mạng 2"):
        child.go_in()
        some_questions(child, 2)
        child.page.reload()
        child.wait_for("question")
        identities.append(child.draft()["id"])
        child.answer_all(text)
        child.send()
        child.page.click("[data-next-child]")
    assert len(child.kept()["outbox"]) == 2
    assert [count(server, identity) for identity in identities] == [0, 0]
    child.context.set_offline(False)
    child.wait_until_sent()
    assert [count(server, identity) for identity in identities] == [1, 1]


def test_an_answer_whose_confirmation_was_lost_is_sent_again_and_stored_once(
    new_tablet: Callable[..., Child], server: Server
) -> None:
    child = new_tablet(service_workers="block")
    sent = []

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        sent.append(1)
        if len(sent) < 3:
            route.abort()
        else:
            route.continue_()

    child.context.route("**/api/submissions", lose_the_answer)
    child.begin()
    identity = child.draft()["id"]
    child.answer_all()
    child.send()
    child.page.wait_for_timeout(300)
    assert len(child.kept()["outbox"]) == 1
    child.wait_until_sent()
    assert len(sent) == 3
    assert count(server, identity) == 1


def test_a_page_that_only_pretends_to_be_the_server_gets_nothing(new_tablet: Callable[..., Child]) -> None:
    child = new_tablet(service_workers="block")
    posted = []
    child.context.route(
        "**/api/ping", lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Wi-Fi</h1>")
    )
    child.context.route("**/api/submissions", lambda route: (posted.append(1), route.continue_()))
    child.begin()
    child.answer_all()
    child.send()
    child.page.wait_for_timeout(1500)
    assert posted == []
    assert len(child.kept()["outbox"]) == 1


def test_one_spoilt_item_never_blocks_the_others(child: Child, server: Server) -> None:
    child.begin()
    child.answer_all()
    child.context.set_offline(True)
    child.send()
    spoilt = json.loads(json.dumps(child.kept()["outbox"][0]))
    spoilt["id"] = spoilt["item"]["id"] = "0" * 8 + "-0000-4000-8000-" + "0" * 12
    spoilt["item"]["consultation"] = "no such"
    child.page.evaluate(
        """record => new Promise(resolve => { const opening = indexedDB.open("survey-app"); opening.onsuccess = () => {
            const tx = opening.result.transaction("outbox", "readwrite"); tx.objectStore("outbox").put(record);
            tx.oncomplete = () => (opening.result.close(), resolve()); } })""",
        spoilt,
    )
    child.context.set_offline(False)
    child.page.wait_for_function("() => document.querySelector('#sending')?.textContent.includes('✓')")
    (left,) = child.kept()["outbox"]
    assert (left["id"], left["state"]) == (spoilt["id"], "aside")
    child.page.click("#for-teacher")
    child.wait_for("teacher")
    assert child.page.locator("[data-figure=aside]").inner_text() == "1"
    child.page.click("[data-teacher=export]")
    with child.page.expect_download() as saved:
        child.type_pin(pin_of(server, server.join_code))
    assert json.loads(saved.value.path().read_text())["submissions"] == [spoilt["item"]]
    child.page.click(f"[data-remove='{spoilt['id']}']")
    child.page.click("[data-remove-yes]")
    child.page.wait_for_function("() => document.querySelector('[data-figure=aside]').textContent === '0'")


def test_the_next_child_finds_nothing_of_the_former_one(child: Child) -> None:
    secret = "điều bí mật của em"
    child.begin()
    child.answer_all(secret)
    receipt = child.send()
    child.wait_until_sent()
    child.page.click("[data-next-child]")
    child.wait_for("language")
    kept = json.dumps(child.kept(), ensure_ascii=False)
    assert secret not in kept
    assert receipt not in kept
    assert receipt not in child.page.content()
    child.page.go_back()
    child.page.wait_for_timeout(500)
    child.page.go_forward()
    child.page.wait_for_timeout(500)
    for shown in (child.page.content(), json.dumps(child.kept(), ensure_ascii=False)):
        assert secret not in shown
        assert receipt not in shown


def test_what_one_tab_has_sent_or_given_up_no_other_brings_back(child: Child, server: Server) -> None:
    for end in ("send", "delete"):
        child.begin()
        some_questions(child, 2)
        identity = child.draft()["id"]
        other = Child(child.context, child.context.new_page(), server)
        other.open()
        other.page.click("[data-continue]")
        other.wait_for("question")
        # A tab behind another one is drawn rarely.
        child.page.bring_to_front()
        if end == "send":
            child.answer_all()
            child.send()
            child.wait_until_sent()
        else:
            child.page.click("#stop")
            child.page.click("[data-stop=delete]")
            child.page.click("[data-stop=delete-yes]")
            child.wait_for("deleted")
        # The other tab still shows the question: its next touch finds that it is over.
        other.page.bring_to_front()
        other.page.locator(".tile").first.click()
        other.wait_for("language")
        assert child.kept()["drafts"] == child.kept()["outbox"] == []
        assert count(server, identity) == (1 if end == "send" else 0)
        other.page.close()


def test_a_newer_form_in_another_tab_may_add_to_what_the_tablet_keeps(child: Child) -> None:
    child.begin()
    child.page.evaluate("""() => new Promise((resolve, reject) => {
        const opening = indexedDB.open("survey-app", 99);
        opening.onupgradeneeded = () => opening.result.createObjectStore("newer");
        opening.onsuccess = () => (opening.result.close(), resolve());
        opening.onerror = () => reject(opening.error);
    })""")
    some_questions(child, 2)
    assert child.draft()["at"] == child.at()
    child.page.reload()
    child.wait_for("question")
    assert child.draft()["at"] == child.at()


def test_who_is_told_that_it_is_saved_has_it_saved(child: Child) -> None:
    child.begin()
    saved = child.page.locator("#status").inner_text()
    child.page.evaluate("""() => {
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...given) {
            if (this.name === "drafts") return void this.transaction.abort();
            return put.apply(this, given);
        };
        globalThis.mend = () => (IDBObjectStore.prototype.put = put);
    }""")
    child.next()
    expect(child.page.locator("#status")).not_to_have_text(saved)
    child.page.wait_for_timeout(200)
    expect(child.page.locator("#status")).not_to_have_text(saved)
    # "Keep for later" does not pretend.
    child.page.click("#stop")
    child.page.click("[data-stop=keep]")
    child.page.wait_for_timeout(200)
    assert child.screen() == "question"
    child.page.evaluate("() => void mend()")
    child.page.click("#stop")
    child.page.click("[data-stop=keep]")
    child.wait_for("kept")


def test_without_a_service_worker_answering_goes_on_while_the_page_is_open(
    new_tablet: Callable[..., Child], server: Server
) -> None:
    child = new_tablet(service_workers="block")
    child.begin()
    identity = child.draft()["id"]
    child.context.set_offline(True)
    child.answer_all()
    child.send()
    child.context.set_offline(False)
    child.wait_until_sent()
    assert count(server, identity) == 1


def test_a_new_version_waits_until_no_child_is_answering(child: Child) -> None:
    child.open()
    child.wait_until_works_offline()
    child.go_in()
    some_questions(child, 1)
    before = child.at()
    child.context.route(
        "**/sw.js",
        lambda route: route.fulfill(body=route.fetch().text() + "\n// newer", content_type="text/javascript"),
    )
    child.page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).update()")
    child.page.wait_for_timeout(1000)
    assert child.at() == before
    some_questions(child, 1)


def test_the_live_count_learns_where_a_tablet_stands(child: Child, server: Server) -> None:
    with child.page.expect_request("**/api/presence", timeout=15_000) as told:
        child.begin()
    body = told.value.post_data_json
    assert body["device"]
    assert set(body) == {"consultation", "device", "begun", "answering", "question", "of", "sent", "waiting"}
