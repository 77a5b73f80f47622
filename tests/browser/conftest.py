"""A real server with a little demonstration data, and a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.demonstration import Server, demonstration
from tests.browser.staff.desk import SCRIPT_RUNS, SIZES, Desk
from tests.browser.webform.child import Child

__all__ = ["Server"]

USUAL = {
    "viewport": {"width": 820, "height": 1180},
    "has_touch": True,
    "locale": "vi-VN",
    # What moves is waited for at every touch; where moving is what matters, a test asks for it.
    "reduced_motion": "reduce",
}
"""A school's tablet."""
FAKE_MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="session")
def server(new_folder: Callable[[], Path]) -> Iterator[Server]:
    with demonstration(new_folder(), scale=0.02) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium: run python -m tests.browser.chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def new_tablet(server: Server, browser: Browser) -> Iterator[Callable[..., Child]]:
    """Makes tablets; a page error on one of them fails the test."""
    contexts = []
    errors: list[str] = []

    def make(**options: object) -> Child:
        context = browser.new_context(**{**USUAL, **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return Child(context, page, server)

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def desk(server: Server, browser: Browser) -> Iterator[Callable[..., Desk]]:
    """desk(role, size) signs in and gives a Desk; role None signs nobody in. With a microphone, somebody beeps into it."""
    contexts: list[BrowserContext] = []
    with_microphone: list[Browser] = []

    def sit_down(role: str | None, size: str = "laptop", *, microphone: bool = False) -> Desk:
        width, height = SIZES[size]
        if microphone:
            with_microphone.append(
                browser.browser_type.launch(executable_path=find_chromium(), args=[*ARGUMENTS, *FAKE_MICROPHONE])
            )
        context = (with_microphone[-1] if microphone else browser).new_context(
            viewport={"width": width, "height": height}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
        )
        contexts.append(context)
        outside: list[str] = []
        here = (server.url, "data:", "blob:")

        # Looked on at, not routed: routing would switch the browser's cache off, and every page would be read anew.
        context.on(
            "request",
            lambda request: outside.append(request.url) if not request.url.startswith(here) else None,
        )
        context.add_init_script(path=SCRIPT_RUNS)
        if role is not None:
            email, password = server.accounts[role]
            context.request.post(f"{server.url}/auth/sign-in", form={"email": email, "password": password})
        return Desk(context.new_page(), server.url, outside)

    yield sit_down
    for context in contexts:
        context.close()
    for launched in with_microphone:
        launched.close()
