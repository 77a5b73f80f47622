"""A real server with a little demonstration data, and a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.demonstration import Server, demonstration

__all__ = ["Server"]


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
