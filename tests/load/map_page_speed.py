"""How long the map page takes in Chromium, from asking for it until its map is there and the script has run.

A reviewer on a laptop, who has opened the page once before; the demonstration serves from the same machine.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, install_chromium
from tests.browser.demonstration import Server, demonstration
from tests.browser.staff.desk import SCRIPT_RUNS, SIZES

LOADS = 9
WANTED = 2.5
_THERE = """() => !scriptRuns.running && !scriptRuns.asked
    && document.querySelector('[data-testid=stDeckGlJsonChart] canvas')?.clientHeight > 0
    && document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'running'"""


def measure() -> None:
    """Print the median and the worst of several loads, by link and with a measure that compares two years."""
    width, height = SIZES["laptop"]
    with (
        tempfile.TemporaryDirectory() as folder,
        demonstration(Path(folder), 0.1) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=install_chromium(), args=ARGUMENTS)
        context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
        context.add_init_script(path=SCRIPT_RUNS)
        _sign_in(context, server)
        for path in ("/staff/map", "/staff/map?indicator=24&measure=change"):
            _load(context.new_page(), server.url + path)
            took = [_load(context.new_page(), server.url + path) for _ in range(LOADS)]
            print(
                f"{path} until its map is there: median {statistics.median(took):.2f} s,"
                f" worst {max(took):.2f} s of {LOADS} (wanted: {WANTED} s)"
            )
        browser.close()


def _sign_in(context: BrowserContext, server: Server) -> None:
    email, password = server.accounts["reviewer"]
    context.request.post(f"{server.url}/auth/sign-in", form={"email": email, "password": password})


def _load(page: Page, address: str) -> float:
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(_THERE, timeout=60_000)
    took = time.perf_counter() - began
    page.close()
    return took


if __name__ == "__main__":
    measure()
