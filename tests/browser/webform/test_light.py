"""What a first visit costs: bytes, requests, seconds; and that nobody else is asked for anything."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.browser.conftest import Server
from tests.browser.webform.child import Child

MOST_BYTES = 60_000
MOST_REQUESTS = 12
MOST_SECONDS = 1.2
SLOW_NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 200_000}


def test_the_first_load_is_light(child: Child, server: Server) -> None:
    asked: dict[str, str] = {}
    weighed: dict[str, float] = {}
    network = child.context.new_cdp_session(child.page)
    network.send("Network.enable")
    network.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    network.on(
        "Network.loadingFinished", lambda event: weighed.update({event["requestId"]: event["encodedDataLength"]})
    )
    child.open()
    child.wait_until_works_offline()
    # The service worker's own script is fetched outside of the page.
    script = child.context.request.get(f"{server.url}/sw.js", headers={"accept-encoding": "gzip"})
    total = sum(weighed.values()) + int(script.headers["content-length"])
    addresses = sorted(urlsplit(url).path for url in asked.values())
    assert len(addresses) + 1 <= MOST_REQUESTS, addresses
    assert len(set(addresses)) == len(addresses), "a file is loaded twice"
    assert total < MOST_BYTES


def test_the_first_screen_is_there_within_a_moment_on_a_slow_network(new_tablet: Callable[..., Child]) -> None:
    seconds = []
    for _ in range(3):
        child = new_tablet()
        network = child.context.new_cdp_session(child.page)
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", SLOW_NETWORK)
        begun = time.monotonic()
        child.page.goto(f"{child.server.url}/join/{child.server.join_code}", wait_until="commit")
        child.wait_for("language")
        seconds.append(time.monotonic() - begun)
    assert min(seconds) < MOST_SECONDS


def test_no_third_party_is_ever_asked(child: Child, server: Server) -> None:
    hosts = set()
    child.context.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    for path in ("/", "/withdraw", "/sign-in"):
        child.page.goto(server.url + path)
    child.begin()
    child.answer_all()
    child.send()
    child.wait_until_sent()
    assert hosts - {""} == {urlsplit(server.url).netloc}


def test_no_page_breaks_its_own_content_security_policy(child: Child, server: Server) -> None:
    complaints: list[str] = []
    child.page.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
    )
    for path in ("/", "/join", "/withdraw", "/sign-in", "/sign-out", f"/poster/{server.join_code}"):
        child.page.goto(server.url + path, wait_until="load")
    child.begin()
    child.answer_all()
    assert complaints == []
