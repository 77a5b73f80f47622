"""A member of staff at a browser that reaches nothing but the server itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Route

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.conftest import Server
from tests.browser.staff.desk import SIZES, Desk

FAKE_MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


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

        def only_here(route: Route) -> None:
            if route.request.url.startswith((server.url, "data:", "blob:")):
                route.continue_()
            else:
                outside.append(route.request.url)
                route.abort()

        context.route("**/*", only_here)
        if role is not None:
            email, password = server.accounts[role]
            context.request.post(f"{server.url}/auth/sign-in", form={"email": email, "password": password})
        return Desk(context.new_page(), server.url, outside)

    yield sit_down
    for context in contexts:
        context.close()
    for launched in with_microphone:
        launched.close()
