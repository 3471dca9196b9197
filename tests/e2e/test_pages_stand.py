"""The frame of every page in a real browser: nothing is blocked, nothing complained of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Person


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [390, 1280])
def test_search_page(person: Callable[..., Person], language: str, width: int) -> None:
    someone = person(language, width=width)
    someone.open("/search" + ("?lang=en" if language == "en" else ""))
    assert someone.page.locator("h1").count() == 1
