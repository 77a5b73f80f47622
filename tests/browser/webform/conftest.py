"""A tablet of its own for each test: nothing kept from another."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.webform.child import Child


@pytest.fixture
def child(new_tablet: Callable[..., Child]) -> Child:
    return new_tablet()
