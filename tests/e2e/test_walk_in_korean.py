"""The whole main job once through, in Korean."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.e2e.conftest import Person
from tests.e2e.walk import walk_through


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_whole_walk(person: Callable[..., Person], sessions: sessionmaker[Session]) -> None:
    walk_through(person, sessions, "ko")
