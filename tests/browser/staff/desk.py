"""What a member of staff does at the screen, in a teacher's words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

SIZES = {"phone": (390, 844), "tablet": (820, 1180), "laptop": (1366, 768)}
PRINCIPLES = (
    *("Tự nguyện", "Được thông tin đầy đủ", "Phù hợp lứa tuổi", "An toàn, giữ bí mật"),
    *("Người hướng dẫn đã được tập huấn", "Có kế hoạch phản hồi"),
)
SCRIPT_RUNS = Path(__file__).with_name("script_runs.js")
"""To run in every page before its own scripts."""
_SETTLED = """() => !scriptRuns.running && !scriptRuns.asked && performance.now() - scriptRuns.heard > 80
    && document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'running'"""


@dataclass(frozen=True)
class Desk:
    """One page of one browser, whose context runs SCRIPT_RUNS in every page."""

    page: Page
    url: str
    outside: list[str]
    """Addresses elsewhere that the page asked for."""

    def go(self, path: str = "/staff/") -> None:
        self.page.goto(self.url + path)
        self.page.wait_for_selector("[data-testid=stMain] h1", timeout=60_000)
        self.settle()

    def settle(self) -> None:
        """Wait until the script has run for all that was done; a tap needs a moment to reach it."""
        self.page.wait_for_timeout(60)
        self.page.wait_for_function(_SETTLED, timeout=30_000)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).last.click()
        self.settle()

    def choose(self, field: str, option: str) -> None:
        """In a list to choose from."""
        wanted = self.page.get_by_role("option", name=option).first
        for patience in (3_000, 30_000):
            self.page.get_by_label(field, exact=True).first.click()
            # Long lists hold only what is in sight.
            self.page.keyboard.type(option)
            try:
                wanted.click(timeout=patience)
                break
            except PlaywrightTimeout:
                # A list closes when what it hangs on is still moving, as in a part that has just been unfolded.
                self.page.keyboard.press("Escape")
        else:
            raise AssertionError(f"{field}: {option} cannot be chosen")
        self.settle()

    def enter(self, field: str, value: str) -> None:
        self.page.get_by_label(field, exact=True).first.fill(value)
        self.page.keyboard.press("Tab")
        self.settle()

    def pick(self, option: str) -> None:
        """One of several round buttons."""
        self.page.locator("[data-testid=stRadio] label", has_text=option).first.click()
        self.settle()

    def tick(self, text: str) -> None:
        self.page.locator("[data-testid=stCheckbox] label", has_text=text).click()
        self.settle()

    def fill_new_consultation(self, school: str) -> None:
        """Everything that the form asks for, with a school that is not there yet."""
        commune = self.page.get_by_label("Xã/phường", exact=True).first
        if commune.is_enabled():
            self.choose("Xã/phường", "Xã Cầu Ngang")
        self.choose("Trường", "Thêm trường mới")
        self.enter("Tên trường mới", school)
        self.enter("Số trẻ dự kiến", "30")
        self.pick("Ý kiến của em (7–10 tuổi)")

    def create_consultation(self, school: str) -> None:
        self.go("/staff/new")
        self.fill_new_consultation(school)
        self.press("Tạo đợt")
        self.page.wait_for_selector("text=Sáu nguyên tắc")
        self.settle()

    def step(self, number: int) -> None:
        """One of the four steps on a consultation's page."""
        self.page.locator(".st-key-steps button").nth(number - 1).click()
        self.settle()

    def has_sideways_scroll(self) -> bool:
        return bool(
            self.page.evaluate(
                "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
                ".some(e => e.scrollWidth > e.clientWidth)"
            )
        )

    def barriers(self) -> list[str]:
        """What keeps somebody with a screen reader, a keyboard or weak eyes from this screen, seriously or critically."""
        # Streamlit's toasts have no name of their own, and come and go.
        found = Axe().run(self.page, context={"exclude": [["[data-testid=stToast]"]]}).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]

    def mistakes(self) -> list[str]:
        return [text.strip() for text in self.page.locator(".mistake").all_inner_texts()]
