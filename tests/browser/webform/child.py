"""A child at a tablet: what she does, in the words of the screens, whatever the questionnaire asks."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page

from tests.browser.demonstration import Server

STORES = ("drafts", "outbox", "consultations", "tablet", "attachments", "media")
MOST_SCREENS = 60
# A red dot.
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class Child:
    """One child (one after the other) at one tablet."""

    context: BrowserContext
    page: Page
    server: Server

    def open(self, code: str | None = None, query: str = "") -> None:
        """Open the join page of a consultation and wait for its first screen."""
        self.page.goto(f"{self.server.url}/join/{code or self.server.join_code}{query}")
        self.page.wait_for_selector("[data-screen]")

    def screen(self) -> str:
        """The name of the screen she sees."""
        return str(self.page.locator("[data-screen]").get_attribute("data-screen"))

    def wait_for(self, screen: str) -> None:
        self.page.wait_for_selector(f"[data-screen={screen}]")

    def choose_language(self, language: str = "vi") -> None:
        self.wait_for("language")
        self.page.click(f"[data-language={language}]")

    def without_card(self) -> None:
        self.wait_for("animals")
        self.page.click("[data-card=none]")

    def type_card(self, card: str) -> None:
        """Choose the animal and tap the four digits of "VOI4821"."""
        self.wait_for("animals")
        self.page.click(f"[data-animal={card[:-4]}]")
        self.wait_for("digits")
        self.tap_digits(card[-4:])

    def assent(self, answer: str = "yes") -> None:
        self.wait_for("assent")
        self.page.click(f"[data-assent={answer}]")

    def begin(self, language: str = "vi", code: str | None = None) -> None:
        """Everything up to the first question, without a card."""
        self.open(code)
        self.go_in(language)

    def tap_digits(self, digits: str) -> None:
        """On the keypad of the screen."""
        for digit in digits:
            self.page.locator(".keypad__key").get_by_text(digit, exact=True).click()

    def go_in(self, language: str = "vi", card: str | None = None) -> None:
        """From the choice of a language to the first question, with this card or without one."""
        self.choose_language(language)
        if card:
            self.type_card(card)
        else:
            self.without_card()
        self.assent()
        self.wait_for("question")

    def at(self) -> str:
        """The question she is at."""
        return str(self.page.locator("[data-screen=question]").get_attribute("data-at"))

    def answer_here(self, text: str = "Em muốn có thêm cây xanh") -> None:
        """Answer everything on this screen with whatever comes first."""
        for name in self.page.locator("[data-question]").evaluate_all("all => all.map(one => one.dataset.question)"):
            self.answer_one(name, text)

    def answer_one(self, name: str, text: str) -> None:
        asked = self.page.locator(f'[data-question="{name}"]')
        asked.locator(".coming").wait_for(state="detached")
        match asked.evaluate(WHAT_IS_ASKED, list(ANSWERED_WITH)):
            case "canvas":
                self.draw(asked.locator("canvas"))
            case "[data-rank-right]":
                asked.locator("[data-rank-right]:visible, [data-rank=down]:visible").first.click()
            case "input[type=radio], input[type=checkbox]" as choice:
                asked.locator(choice).first.check()
            case "input[type=range]" as slider:
                asked.locator(slider).press("ArrowRight")
            case ".stepper":
                asked.get_by_role("button").last.click()
            case "input[type=date]":
                asked.locator("input").fill("2026-06-01")
            case "input[type=time]":
                asked.locator("input").fill("20:30")
            case "select":
                for one in asked.locator("select").all():
                    one.select_option(index=1)
                if asked.locator("[data-part=year]").count():
                    asked.locator("[data-part=year]").fill("2026")
            case "input[type=file]":
                asked.locator("input").set_input_files({"name": "p.png", "mimeType": "image/png", "buffer": PHOTO})
                asked.locator("img").wait_for()
            case "input[inputmode=decimal]":
                asked.locator("input").fill("1,5")
            case "textarea" as field:
                asked.locator(field).fill(text)

    def draw(self, paper: Locator, *, start: float = 0.2, end: float = 0.8) -> None:
        """One stroke across the paper, and wait until the tablet has kept it."""
        paper.scroll_into_view_if_needed()
        box = paper.bounding_box()
        assert box
        before = [one["name"] for one in self.kept()["attachments"]]
        mouse = self.page.mouse
        mouse.move(box["x"] + box["width"] * start, box["y"] + box["height"] * start)
        mouse.down()
        mouse.move(box["x"] + box["width"] * end, box["y"] + box["height"] * end, steps=6)
        mouse.up()
        for _ in range(50):
            if [one["name"] for one in self.kept()["attachments"]] != before:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("the drawing was never kept")

    def next(self) -> None:
        """Go on, and wait until the next screen is there."""
        before = self.page.locator("[data-screen]").element_handle()
        self.page.click("[data-way=next]")
        self.page.wait_for_function("before => !before.isConnected", arg=before)

    def screens_until_review(self) -> Iterator[str]:
        """Each question in turn; what is done with it is up to the caller, then it goes on."""
        for _ in range(MOST_SCREENS):
            if self.screen() == "review":
                return
            yield self.at()
            self.next()
        raise AssertionError("the questionnaire never ends")

    def answer_all(self, text: str = "Em muốn có thêm cây xanh") -> None:
        for _ in self.screens_until_review():
            self.answer_here(text)

    def send(self) -> str:
        """Send, and the receipt she gets."""
        self.wait_for("review")
        self.page.click("[data-way=send]")
        self.wait_for("thanks")
        return str(self.page.locator("[data-receipt]").get_attribute("data-receipt"))

    def open_teacher(self) -> None:
        """The teacher's screen, from one of the doors."""
        self.page.click("#for-teacher")
        self.wait_for("teacher")

    def type_pin(self, pin: str) -> None:
        """Tap the digits of a PIN into the dialog that asks for it."""
        self.page.wait_for_selector("#pin")
        for digit in pin:
            self.page.locator("dialog .keypad__key").get_by_text(digit, exact=True).click()

    def hand_around(self, pin: str) -> None:
        """The teacher hands this tablet to a class."""
        self.open_teacher()
        self.page.click("[data-hand-around=off] [data-teacher=hand-around]")
        self.type_pin(pin)
        self.page.wait_for_selector("[data-hand-around=on]")
        self.page.click("[data-teacher=back]")
        self.wait_for("pass")

    def change_language(self, language: str) -> None:
        self.page.click("#language")
        self.page.click(f"[data-to-language={language}]")
        self.page.wait_for_selector("dialog", state="detached")

    def kept(self) -> dict[str, list[dict[str, Any]]]:
        """All that stands in the tablet's own database."""
        return dict(self.page.evaluate(READ_ALL, list(STORES)))

    def draft(self) -> dict[str, Any]:
        """The one draft on the tablet."""
        (draft,) = self.kept()["drafts"]
        return draft

    def wait_until_sent(self) -> None:
        """Wait until nothing is in the outbox any more."""
        for _ in range(100):
            if not self.kept()["outbox"]:
                return
            self.page.wait_for_timeout(200)
        raise AssertionError("the outbox was never emptied")

    def wait_until_works_offline(self) -> None:
        self.page.evaluate("() => navigator.serviceWorker.ready")
        self.page.wait_for_function("() => navigator.serviceWorker.controller")


ANSWERED_WITH = (
    *("canvas", "[data-rank-right]", "input[type=radio], input[type=checkbox]", "input[type=range]", ".stepper"),
    *("input[type=date]", "input[type=time]", "select", "input[type=file]", "input[inputmode=decimal]", "textarea"),
)
"""What a question may be answered with, the first that is there counts."""
WHAT_IS_ASKED = "(asked, selectors) => selectors.find(one => asked.querySelector(one)) ?? null"
READ_ALL = """(names) => new Promise((resolve, reject) => {
    const opening = indexedDB.open("survey-app");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const database = opening.result;
        const all = {};
        const tx = database.transaction(names);
        for (const name of names) tx.objectStore(name).getAll().onsuccess = (event) => (all[name] = event.target.result);
        tx.oncomplete = () => (database.close(), resolve(all));
    };
})"""
