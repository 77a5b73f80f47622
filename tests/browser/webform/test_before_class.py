"""What a teacher does before class and before she leaves: prepare the tablets, and know that everything has arrived."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.conftest import Server
from tests.browser.webform.child import Child
from tests.browser.webform.own_form import open_form

FORM = """
| survey |
|        | type              | name  | label::Tiếng Việt (vi) | label::English (en) | media::image |
|        | select_one animal | likes | Em thích con nào?      | Which do you like?  | river.png    |
|        | text              | why   | Vì sao?                | Why?                |              |

| choices |
|         | list_name | name | label::Tiếng Việt (vi) | label::English (en) |
|         | animal    | cat  | Mèo                    | Cat                 |
|         | animal    | dog  | Chó                    | Dog                 |

| settings |
|          | form_title | form_id      | version | default_language | min_age | max_age |
|          | Con vật    | with-picture | 1       | Tiếng Việt (vi)  | 11      | 15      |
"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc00000030101002f4c8a570000000049454e44ae426082"
)

NEITHER_SECURE_NOR_KEPT = """(() => {
    Object.defineProperty(Navigator.prototype, "serviceWorker", {value: undefined});
    Object.defineProperty(Crypto.prototype, "subtle", {value: undefined});
    Object.defineProperty(Crypto.prototype, "randomUUID", {value: undefined});
    Object.defineProperty(Navigator.prototype, "locks", {value: undefined});
    delete window.caches;
    Object.defineProperty(window, "caches", {value: undefined});
})()"""

# What no service worker keeps must be loaded while there still is a network.
LATE = ["teacher.js", "ready.js", "shared.js", "digest.js", "messages-teacher.js", "attachments.js", "media.js"]
IS_LOADED = """names => {
    const loaded = performance.getEntriesByType("resource").map(one => new URL(one.name).pathname.split("/").pop());
    return names.every(name => loaded.includes(name));
}"""


def ready(child: Child) -> dict[str, str]:
    """What the teacher's screen says of its preparation: name → state."""
    # The list comes once all of it has been looked at.
    child.page.wait_for_selector("[data-ready=restart]")
    return {
        str(one["ready"]): str(one["state"])
        for one in child.page.locator("[data-ready]").evaluate_all("all => all.map(one => ({...one.dataset}))")
    }


def test_a_prepared_tablet_opens_without_a_network_after_a_restart_of_the_browser(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    code = open_form(server, FORM, {"river.png": PIXEL})

    def switch_on() -> tuple[BrowserContext, Child]:
        context = browser.browser_type.launch_persistent_context(
            tmp_path, executable_path=find_chromium(), args=ARGUMENTS, locale="vi-VN", has_touch=True
        )
        page = context.pages[0]
        page.set_default_timeout(15_000)
        return context, Child(context, page, server)

    context, child = switch_on()
    child.open(code)
    child.open_teacher()
    child.page.click("[data-teacher=prepare]")
    child.page.wait_for_function("() => document.querySelector('[data-ready=restart]')?.dataset.state === 'ok'")
    child.page.wait_for_function("() => document.querySelector('[data-ready=media]')?.dataset.state === 'ok'")
    states = ready(child)
    assert states["questions"] == states["clock"] == "ok"
    assert {"persistent", "space"} <= states.keys()
    context.close()

    context, child = switch_on()
    context.set_offline(True)
    child.page.goto(f"{server.url}/join/{code}")
    child.go_in()
    image = child.page.locator("img").first
    expect(image).to_have_js_property("naturalWidth", 1)
    child.answer_all("không có mạng")
    child.send()
    # Also what is loaded late is there: the teacher's screen, the languages.
    child.open_teacher()
    expect(child.page.locator("[data-arrivals]")).to_have_attribute("data-arrivals", "unreachable")
    context.set_offline(False)
    child.page.click("[data-teacher=send]")
    expect(child.page.locator("[data-arrivals]")).to_have_attribute("data-arrivals", "all")
    context.close()


def test_the_teacher_knows_when_she_may_leave(child: Child, server: Server) -> None:
    child.begin()
    child.answer_all()
    child.send()
    child.wait_until_sent()
    child.page.click("[data-next-child]")
    child.go_in()
    child.answer_all()
    child.context.route("**/api/submissions", lambda route: route.abort())
    child.send()
    child.open_teacher()
    arrivals = child.page.locator("[data-arrivals]")
    expect(arrivals).to_have_attribute("data-arrivals", "some")
    expect(arrivals).to_contain_text("1 trong 2")
    child.context.unroute("**/api/submissions")
    child.page.click("[data-teacher=send]")
    expect(arrivals).to_have_attribute("data-arrivals", "all")
    expect(arrivals).to_contain_text("2")
    assert child.page.locator("[data-figure=waiting]").inner_text() == "0"
    # Nothing but the ids of the two is left of them.
    (finished,) = (one["value"] for one in child.kept()["tablet"] if one["name"].startswith("finished:"))
    assert len(finished) == 2
    assert server.rows("select count(*) from submission where id = any(%s::uuid[])", finished) == [(2,)]


def test_over_plain_http_it_works_while_the_page_stays_open_and_says_what_is_missing(
    new_tablet: Callable[..., Child], server: Server
) -> None:
    child = new_tablet(service_workers="block")
    child.page.add_init_script(NEITHER_SECURE_NOR_KEPT)
    child.open()
    child.page.wait_for_function(IS_LOADED, arg=LATE)
    child.context.set_offline(True)
    child.go_in()
    child.answer_all()
    child.send()
    child.open_teacher()
    assert ready(child)["restart"] == "care"
    # The PIN is checked without the browser's own cryptography.
    child.page.click("[data-teacher=hand-around]")
    child.type_pin(str(server.rows("select pin from consultation where join_code = %s", server.join_code)[0][0]))
    child.page.wait_for_selector("[data-hand-around=on]")
    child.page.click("[data-teacher=back]")
    child.wait_for("pass")
    child.context.set_offline(False)
    child.wait_until_sent()


def test_a_clock_that_is_off_and_little_space_are_said(child: Child) -> None:
    child.page.add_init_script(
        """navigator.storage.estimate = async () => ({usage: 95e6, quota: 100e6});
        const now = Date.now; Date.now = () => now() + 5 * 3_600_000;"""
    )
    child.open()
    child.open_teacher()
    child.page.wait_for_selector("[data-ready=clock]")
    states = ready(child)
    assert (states["clock"], states["space"]) == ("care", "care")
