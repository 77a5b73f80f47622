"""Makes the pictures of README.md and of docs/ anew, from a demonstration served for the purpose."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.chromium import ARGUMENTS, install_chromium
from tests.browser.demonstration import Server, demonstration
from tests.browser.look_pictures import take_pictures
from tests.browser.staff.desk import SCRIPT_RUNS, Desk
from tests.browser.webform.child import Child

FOLDER = Path(__file__).parent.parent.parent / "docs" / "screenshots"
SCALE = 1.0


def main() -> None:
    """Write the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demonstration(Path(folder), SCALE) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=install_chromium(), args=ARGUMENTS)
        _child(server, browser)
        _consultation(server, browser)
        _map(server, browser)
        take_pictures(server, browser)
        browser.close()


def _child(server: Server, browser: Browser) -> None:
    context = _context(browser, 390, 844)
    child = Child(context, context.new_page(), server)
    child.begin()
    child.next()
    child.page.wait_for_timeout(1_000)
    child.page.screenshot(path=FOLDER / "child.png")
    context.close()


def _consultation(server: Server, browser: Browser) -> None:
    desk = _desk(server, browser, "facilitator")
    consultation = server.rows("select id from consultation where join_code = %s", server.join_code)[0][0]
    desk.go(f"/staff/consultation?consultation={consultation}")
    desk.page.wait_for_timeout(2_000)
    desk.page.screenshot(path=FOLDER / "consultation.png")


def _map(server: Server, browser: Browser) -> None:
    desk = _desk(server, browser, "reviewer")
    desk.go("/staff/map")
    desk.page.wait_for_timeout(5_000)
    desk.page.screenshot(path=FOLDER / "map.png")


def _desk(server: Server, browser: Browser, role: str) -> Desk:
    context = _context(browser, 1366, 900)
    context.add_init_script(path=SCRIPT_RUNS)
    email, password = server.accounts[role]
    context.request.post(f"{server.url}/auth/sign-in", form={"email": email, "password": password})
    return Desk(context.new_page(), server.url, [])


def _context(browser: Browser, width: int, height: int) -> BrowserContext:
    return browser.new_context(
        viewport={"width": width, "height": height}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )


if __name__ == "__main__":
    main()
