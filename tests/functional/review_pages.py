"""A consultation with filings in review, committed, and its staff signed in: for the tests of the pages of review."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from portal.kernel.actor import Actor
from tests.support.client import Visitor
from tests.unit.review.scene import Scene, scene


@dataclass
class Desk:
    """The scene with a session of its own; whatever a test adds is committed by `keep`."""

    scene: Scene
    sign_in: Callable[[Actor], Visitor]

    @property
    def url(self) -> str:
        """Where its review stands."""
        return f"/review/{self.scene.consultation.slug}/"

    def keep(self) -> None:
        """Commit, so that the pages see it."""
        self.scene.session.commit()

    def fresh(self) -> None:
        """See what the pages have done since."""
        self.scene.session.rollback()
        self.scene.session.expire_all()

    def visitor(self, role: str) -> Visitor:
        """One of the ministry's people, signed in."""
        return self.sign_in(getattr(self.scene, role))


@contextmanager
def desk(sessions: sessionmaker[Session], now: datetime, sign_in: Callable[[Actor], Visitor],
         **more: Any) -> Iterator[Desk]:
    """A committed scene."""
    with sessions() as session:
        made = Desk(scene(session, now, **more), sign_in)
        made.keep()
        yield made
        session.rollback()


def words(response: TestResponse) -> str:
    """The words of a page, in one line."""
    body = re.sub(r"(?s)<(script|style|head).*?</\1>|<[^>]+>", " ", response.get_data(as_text=True))
    return " ".join(unescape(body).split())


def hidden(response: TestResponse, name: str) -> list[str]:
    """The values of the hidden fields of this name."""
    found = re.findall(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', response.get_data(as_text=True))
    return [unescape(each) for each in found]
