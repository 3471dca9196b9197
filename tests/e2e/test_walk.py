"""The whole main job once through, in both languages. One after the other: what axe examined in one is known in the next."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.e2e.conftest import Person
from tests.e2e.walk import walk_through


@pytest.fixture(scope="module")
def analysis() -> bool:
    """As people have it: the worker's suggestions arrive while the reviewer works."""
    return True


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_whole_walk(person: Callable[..., Person], sessions: sessionmaker[Session], language: str) -> None:
    walk_through(person, sessions, language)
