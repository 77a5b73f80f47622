"""Keyboard, screen reader, large text, small screens, three languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Server
from tests.browser.webform.child import Child
from tests.browser.webform.own_form import pin_of

LANGUAGES = ("vi", "km", "en")
SERIOUS = ("serious", "critical")
SMALLEST_TARGET = 56

PROBLEMS_OF_LAYOUT = """(smallest) => {
    const problems = [];
    if (document.documentElement.scrollWidth > innerWidth) problems.push("scrolls sideways");
    const scope = document.querySelector("dialog[open]") ?? document.body;
    for (const one of scope.querySelectorAll("a, button, label.tile, input:not(.tile input, .digits), textarea")) {
        if (!one.checkVisibility({visibilityProperty: true})) continue;
        const {width, height} = one.getBoundingClientRect();
        if (width && (width < smallest - 0.5 || height < smallest - 0.5)) {
            problems.push(`${one.tagName} "${one.textContent.trim() || one.id}" is ${width.toFixed()}×${height.toFixed()}`);
        }
    }
    for (const one of scope.querySelectorAll("button, label.tile, h1, h2, p, span")) {
        if (one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).overflowX === "hidden" && !one.closest(".unseen")) {
            problems.push(`"${one.textContent.trim()}" is clipped`);
        }
    }
    return problems;
}"""

# Three minutes are too long for each of these walks.
STILL_THERE = """async () => {
    const version = new URL(document.querySelector("script[src*='/tablet.js']").src).search;
    (await import("/webform/shared.js" + version)).askStillThere(() => {});
}"""


def serious_problems(page: Page) -> list[str]:
    # What axe measures must not be in the middle of appearing.
    page.wait_for_function("() => document.getAnimations().every(one => one.playState === 'finished')")
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in SERIOUS]


def every_screen(child: Child, language: str) -> Iterator[str]:
    """Walks the whole way and stops at each screen."""
    child.open()
    yield "language"
    child.choose_language(language)
    child.wait_for("animals")
    yield "animals"
    child.page.click("[data-animal=VOI]")
    child.wait_for("digits")
    yield "digits"
    child.page.click("[data-card=none]")
    child.wait_for("assent")
    yield "assent"
    child.page.click("[data-assent=yes]")
    child.wait_for("question")
    child.page.click("#help")
    yield "help"
    child.page.keyboard.press("Escape")
    child.page.click("#stop")
    yield "stop"
    child.page.keyboard.press("Escape")
    child.page.click("#language")
    yield "languages"
    child.page.keyboard.press("Escape")
    child.page.evaluate(STILL_THERE)
    child.page.wait_for_selector("[data-still-there]")
    yield "still there"
    child.page.click("[data-still-there]")
    for at in child.screens_until_review():
        yield at
        child.answer_here()
    yield "review"
    child.send()
    yield "thanks"
    child.open_teacher()
    child.page.wait_for_selector("[data-ready=clock]")
    yield "teacher"
    child.page.click("[data-teacher=hand-around]")
    child.page.wait_for_selector("#pin")
    yield "pin"
    child.type_pin(pin_of(child.server, child.server.join_code))
    child.page.wait_for_selector("[data-hand-around=on]")
    child.page.click("[data-teacher=back]")
    child.wait_for("pass")
    yield "pass"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_screen_has_a_serious_accessibility_problem(
    new_tablet: Callable[..., Child], language: str, scheme: str
) -> None:
    child = new_tablet(color_scheme=scheme, reduced_motion="reduce")
    problems = {screen: serious_problems(child.page) for screen in every_screen(child, language)}
    assert {screen: found for screen, found in problems.items() if found} == {}


@pytest.mark.parametrize(
    "path", ["/", "/join", "/withdraw", "/sign-in?error=credentials", "/sign-out", "/no-such-page"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_a_serious_accessibility_problem(child: Child, server: Server, path: str, language: str) -> None:
    child.page.add_init_script(f"localStorage.setItem('language', '{language}')")
    child.page.goto(server.url + path)
    child.page.wait_for_function("() => document.querySelector('h1')?.textContent")
    assert serious_problems(child.page) == []
    assert child.page.evaluate(PROBLEMS_OF_LAYOUT, SMALLEST_TARGET) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(390, 844), (820, 1180), (1366, 768)])
def test_every_target_is_large_and_nothing_is_cut_off(
    new_tablet: Callable[..., Child], language: str, size: tuple[int, int]
) -> None:
    child = new_tablet(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    problems = {
        screen: child.page.evaluate(PROBLEMS_OF_LAYOUT, SMALLEST_TARGET) for screen in every_screen(child, language)
    }
    assert {screen: found for screen, found in problems.items() if found} == {}


def test_text_twice_as_large_still_fits_a_phone(new_tablet: Callable[..., Child]) -> None:
    child = new_tablet(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    child.page.add_init_script(
        "addEventListener('DOMContentLoaded', () => document.documentElement.style.setProperty('font-size', '200%'))"
    )
    problems = {
        screen: child.page.evaluate(PROBLEMS_OF_LAYOUT, SMALLEST_TARGET) for screen in every_screen(child, "vi")
    }
    assert {screen: found for screen, found in problems.items() if found} == {}


def test_the_keyboard_alone_is_enough(child: Child) -> None:
    page = child.page

    def press_on(selector: str, key: str = "Enter") -> None:
        for _ in range(80):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                page.keyboard.press(key)
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard never reaches {selector}")

    child.open()
    press_on("[data-language=vi]")
    child.wait_for("animals")
    press_on("[data-card=none]")
    child.wait_for("assent")
    press_on("[data-assent=yes]")
    child.wait_for("question")
    answered = 0
    while child.screen() == "question":
        here = page.locator("[data-screen]").element_handle()
        if page.locator("input[type=radio]").count():
            press_on("input[type=radio]", "Space")
            page.keyboard.press("ArrowDown")
            assert page.locator("input[type=radio]").nth(1).is_checked()
            answered += 1
        press_on("[data-way=next]")
        page.wait_for_function("here => !here.isConnected", arg=here)
    assert answered > 0
    press_on("[data-way=send]")
    child.wait_for("thanks")


def test_each_screen_hands_the_focus_to_its_heading(child: Child) -> None:
    child.begin()
    for _ in child.screens_until_review():
        assert child.page.evaluate("document.activeElement.matches('h1, h2')")
        assert child.page.locator("fieldset > legend").count() > 0
        child.answer_here()
    assert child.page.evaluate("document.activeElement.matches('h1')")
