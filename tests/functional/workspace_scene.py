"""An organisation at its desk, for tests of the workspace's pages: set up in the database, used through the pages."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from portal.kernel.actor import Actor
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor

#: The words with which every comment of these tests can be filed.
REASON = "고지 의무의 범위를 줄여 주시기 바랍니다."


@dataclass
class Scene:
    """One open consultation, one company with a person of all roles, that person's browser."""

    sessions: sessionmaker[Session]
    clock: TestClock
    slug: str
    organisation_id: int
    consultation_id: int
    actor: Actor
    browser: Visitor
    sign_in: Callable[[Actor], Visitor]
    path: str = field(init=False)

    def __post_init__(self) -> None:
        self.path = f"/workspace/{self.slug}/"

    def colleague(self, *roles: str, name: str = "김동료") -> Visitor:
        """Somebody else of the same company."""
        from portal.organisations.models import Organisation

        with self.sessions() as session:
            organisation = session.get_one(Organisation, self.organisation_id)
            actor = factories.member(session, self.clock(), organisation, *roles, name=name)
            session.commit()
        return self.sign_in(actor)

    def outsider(self) -> Visitor:
        """Somebody of another company."""
        with self.sessions() as session:
            other = factories.organisation(session, self.clock(), "다른회사")
            actor = factories.member(session, self.clock(), other)
            session.commit()
        return self.sign_in(actor)

    def write(self, eid: str = "art_2__para_1", browser: Visitor | None = None, *, status: int = 303,
              **fields: Any) -> int:
        """A comment through the form; its id."""
        values = {"position": "amend", "reason": REASON, "language": "ko", "proposal_form": "",
                  "proposal_language": "ko", "act": "save", **fields}
        response = (browser or self.browser).post(f"{self.path}comments/new?at={eid}", values, status=status)
        found = re.search(r"comments/([0-9]+)", response.headers.get("Location", ""))
        return int(found[1]) if found else 0

    def filing_form(self, browser: Visitor | None = None, **more: str) -> dict[str, str]:
        """The signer's block of the review page, agreed to."""
        fields = hidden_fields((browser or self.browser).get(f"{self.path}review").get_data(as_text=True), "/file")
        return {**fields, "signer_name": "이서명", "signer_title": "대표이사", "terms_agreed": "y", **more}

    def file(self, browser: Visitor | None = None, *, status: int = 303, **more: str) -> Any:
        """File through the form."""
        browser = browser or self.browser
        return browser.post(f"{self.path}file", self.filing_form(browser, **more), status=status)

    @contextmanager
    def at(self, moment: datetime | timedelta) -> Iterator[None]:
        """Another time, for a while."""
        before = self.clock.at
        self.clock.at = moment if isinstance(moment, datetime) else before + moment
        try:
            yield
        finally:
            self.clock.at = before


def make_scene(sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor], *,
               locale: str = "ko", roles: tuple[str, ...] = (), **consultation: Any) -> Scene:
    """A scene of its own: every test has its own consultation and company."""
    now = clock()
    with sessions() as session:
        made = factories.consultation(session, now, factories.ministry(session, now), **consultation)
        organisation = factories.organisation(session, now)
        actor = factories.member(session, now, organisation, *roles)
        if locale != "ko":
            from portal.accounts.models import Account

            session.get_one(Account, actor.account_id).locale = locale
        session.commit()
        slug, organisation_id, consultation_id = made.slug, organisation.id, made.id
    return Scene(sessions, clock, slug, organisation_id, consultation_id, actor, sign_in(actor), sign_in)


def comment_form(scene: Scene, comment_id: int, browser: Visitor | None = None) -> dict[str, str]:
    """The hidden fields of a comment's editor, as that browser opens it now."""
    body = (browser or scene.browser).get(f"{scene.path}comments/{comment_id}").get_data(as_text=True)
    return hidden_fields(body, f"comments/{comment_id}")


def hidden_fields(body: str, action: str) -> dict[str, str]:
    """The hidden fields of the form on a page whose address holds `action`."""
    for form in re.findall(r"(?s)<form\b.*?</form>", body):
        target = re.search(r'<form[^>]*\baction="([^"]*)"', form)
        if target and action in html.unescape(target[1]):
            found = {}
            for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', form):
                name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
                if name:
                    found[name[1]] = html.unescape(value[1]) if value else ""
            return found
    raise AssertionError(f"no form to {action}")


def words(response: Any) -> str:
    """What a page says, without tags."""
    body = re.sub(r"(?s)<(script|style|head).*?</\1>", " ", response.get_data(as_text=True))
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
