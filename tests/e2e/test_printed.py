"""What a filer prints: receipt and results."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.e2e.conftest import Person, Running
from tests.support.scene import Scene, make_scene


@pytest.fixture(scope="module")
def scene(running: Running, sessions: sessionmaker[Session]) -> Scene:
    return make_scene(sessions)


@pytest.mark.parametrize("path", ["filings/", "results"])
def test_the_title_stands_clear_of_the_strip_above_it(scene: Scene, person: Callable[..., Person], path: str) -> None:
    filer = person()
    filer.carry(scene.cookies["filer"])
    filer.open(f"/workspace/{scene.slug}/{path}")
    filer.page.emulate_media(media="print")
    gap = filer.page.evaluate("""document.querySelector('h1').getBoundingClientRect().top
        - document.querySelector('.desk-head').getBoundingClientRect().bottom""")
    assert gap > 16, "a line of the strip's own text, at least"
