"""What the web form costs a tablet: its first load, the next child, and the time from a tap to the next question.

Measured in Chromium with the questionnaire of ages 7 to 10, against a demonstration on the same machine.
"""

from __future__ import annotations

import statistics
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, install_chromium
from tests.browser.demonstration import Server, demonstration
from tests.browser.webform.child import Child

SLOWED = 4
"""How many times slower the processor is made: about a cheap tablet's."""
CHILDREN = 5
TABLET = {"width": 820, "height": 1180}

# The frame after the next screen has been put in place has been painted.
WATCH_TAPS = """() => {
    window.taps = [];
    let tapped;
    addEventListener("click", ({target}) => (tapped = target.closest("[data-way=next]") && performance.now()), true);
    new MutationObserver(() => {
        if (!tapped) return;
        const since = tapped;
        tapped = undefined;
        requestAnimationFrame(() => setTimeout(() => window.taps.push(performance.now() - since)));
    }).observe(document.querySelector("#stage"), {childList: true});
}"""


def measure() -> None:
    """Print first load, next child and tap to next question."""
    with (
        tempfile.TemporaryDirectory() as folder,
        demonstration(Path(folder), 0.02) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=install_chromium(), args=ARGUMENTS)
        compressed, requests = _first_load(server, browser)
        print(
            f"first load: {compressed:,} bytes compressed, {requests} requests, service worker included (wanted: 60,000, 12)"
        )
        asked = _next_child(server, browser)
        print(f"next child on the same tablet: {dict(asked)} (wanted: the submission; presence is the live count)")
        taps = _taps(server, browser)
        print(
            f"tap to next question, processor {SLOWED}× slowed: median {statistics.median(taps):.0f} ms,"
            f" p95 {statistics.quantiles(taps, n=20)[-1]:.0f} ms, worst {max(taps):.0f} ms of {len(taps)} (wanted: 100 ms)"
        )
        browser.close()


def _first_load(server: Server, browser: Browser) -> tuple[int, int]:
    with _tablet(server, browser) as child:
        weights: dict[str, float] = {}
        network = child.context.new_cdp_session(child.page)
        network.send("Network.enable")
        network.on(
            "Network.loadingFinished", lambda event: weights.update({event["requestId"]: event["encodedDataLength"]})
        )
        child.open()
        child.wait_until_works_offline()
        # The service worker's own script is fetched outside of the page.
        script = child.context.request.get(f"{server.url}/sw.js", headers={"accept-encoding": "gzip"})
        return round(sum(weights.values())) + int(script.headers["content-length"]), len(weights) + 1


def _next_child(server: Server, browser: Browser) -> Counter[str]:
    with _tablet(server, browser) as child:
        child.begin()
        child.wait_until_works_offline()
        child.answer_all()
        child.send()
        child.wait_until_sent()
        asked: Counter[str] = Counter()
        child.context.on("request", lambda request: asked.update([urlsplit(request.url).path]))
        child.page.click("[data-next-child]")
        child.go_in()
        child.answer_all()
        child.send()
        child.wait_until_sent()
        return asked


def _taps(server: Server, browser: Browser) -> list[float]:
    taps: list[float] = []
    for _ in range(CHILDREN):
        with _tablet(server, browser) as child:
            child.begin()
            child.wait_until_works_offline()
            _slow_down(child.page)
            child.page.evaluate(WATCH_TAPS)
            child.answer_all()
            taps += child.page.evaluate("window.taps")
    return taps


def _slow_down(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})


@contextmanager
def _tablet(server: Server, browser: Browser) -> Iterator[Child]:
    context: BrowserContext = browser.new_context(viewport=TABLET, has_touch=True, locale="vi-VN")  # type: ignore[arg-type]
    yield Child(context, context.new_page(), server)
    context.close()


if __name__ == "__main__":
    measure()
