"""A tablet of its own for each test: nothing kept from another."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Server
from tests.browser.webform.child import Child

TABLET = {"width": 820, "height": 1180}


@pytest.fixture
def new_tablet(server: Server, browser: Browser) -> Iterator[Callable[..., Child]]:
    """Makes tablets; a page error on one of them fails the test."""
    contexts = []
    errors: list[str] = []

    def make(**options: object) -> Child:
        context = browser.new_context(**{"viewport": TABLET, "has_touch": True, "locale": "vi-VN", **options})  # type: ignore[arg-type]
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
def child(new_tablet: Callable[..., Child]) -> Child:
    return new_tablet()
