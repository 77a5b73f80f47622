"""A child at a tablet: what she does, in the words of the screens, whatever the questionnaire asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import Server

STORES = ("drafts", "outbox", "consultations", "tablet")
MOST_SCREENS = 60


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
        for digit in card[-4:]:
            self.page.locator(".keypad__key").get_by_text(digit, exact=True).click()

    def assent(self, answer: str = "yes") -> None:
        self.wait_for("assent")
        self.page.click(f"[data-assent={answer}]")

    def begin(self, language: str = "vi", code: str | None = None) -> None:
        """Everything up to the first question, without a card."""
        self.open(code)
        self.choose_language(language)
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
        if asked.locator("input[type=radio], input[type=checkbox]").count():
            asked.locator("input[type=radio], input[type=checkbox]").first.check()
        elif asked.locator("input[type=range]").count():
            asked.locator("input[type=range]").press("ArrowRight")
        elif asked.locator(".stepper").count():
            asked.get_by_role("button").last.click()
        elif asked.locator("input[type=date]").count():
            asked.locator("input").fill("2026-06-01")
        elif asked.locator("input[inputmode=decimal]").count():
            asked.locator("input").fill("1,5")
        elif asked.locator("textarea").count():
            asked.locator("textarea").fill(text)

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
