"""Times: stored in UTC, shown in Korean time with the zone named, never dependent on where the server stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import SMTP
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session, sessionmaker

from portal.kernel.actor import Actor
from portal.kernel.clock import system_clock
from portal.kernel.i18n import format_datetime, format_deadline
from portal.notifications import services as notifications
from portal.notifications.models import Mail
from portal.publication import services
from portal.settings import folder
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor
from tests.support.rules import filled

_CLOCK = re.compile(r"(?<![\d:.])([01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![\d:])")
_ZONE = {"ko": re.compile("한국 ?시각|한국 ?시간|한국 표준시"), "en": re.compile(r"\bKST\b|Korean time|Korea Standard Time")}


class _Shown(HTMLParser):
    """The text of a page that is ours: without scripts, and without what people typed or a machine reads."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("input", "meta", "link", "br", "hr", "img", "use", "path", "circle"):
            self._open.append((tag, dict(attrs).get("data-typed") is not None or tag in ("script", "style", "pre")))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == tag:
                del self._open[index:]
                return

    def handle_data(self, data: str) -> None:
        if not any(theirs for _, theirs in self._open):
            self.text.append(data)


def shown(page: str) -> str:
    reader = _Shown()
    reader.feed(page)
    return " ".join(" ".join(reader.text).split())


@dataclass(frozen=True)
class Scene:
    slug: str
    number: str
    everybody: Actor


@pytest.fixture(scope="module")
def scene(sessions: sessionmaker[Session], clock: TestClock) -> Scene:
    with sessions() as session:
        ministry = factories.ministry(session, clock())
        of = factories.consultation(session, clock(), ministry)
        company = factories.organisation(session, clock())
        person = factories.everybody(session, clock(), ministry, company)
        filed = factories.filing(session, clock(), of, company, person, {})
        services.build(session, of.id, clock())
        services.build_home(session, clock())
        notifications.send(session, key="time", template="password_changed", recipient="a@b.example", locale="ko",
                           now=clock(), values={"name": "n"})
        session.execute(text("UPDATE mails SET status = 'failed'"))
        session.flush()
        session.expire_all()
        number = session.get_one(type(filed.submission), filed.submission.id).public_number
        session.commit()
        assert number is not None
        return Scene(of.slug, number, person)


def addresses(app: Flask, scene: Scene, *, public: bool) -> Iterator[str]:
    known = {"slug": scene.slug, "place": "a/2/1", "public_number": scene.number, "version": "1"}
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions.get(rule.endpoint)
        if rule.endpoint != "static" and "GET" in (rule.methods or ()) and view.permission.public == public:
            yield filled(rule.rule, known)


def without_zone(page: str, locale: str) -> list[str]:
    """Times on a page that names no zone anywhere."""
    words = shown(page)
    return [] if _ZONE[locale].search(words) else [
        words[max(0, found.start() - 40):found.end() + 20] for found in _CLOCK.finditer(words)]


def test_public_pages_name_the_zone(app: Flask, scene: Scene) -> None:
    found, seen = {}, 0
    for address in addresses(app, scene, public=True):
        for locale in ("ko", "en"):
            response = Visitor(app).client.get(address + ("?lang=en" if locale == "en" else ""),
                                               base_url="http://portal.test")
            if response.status_code == 200 and response.mimetype == "text/html":
                page = response.get_data(as_text=True)
                seen += bool(_CLOCK.search(shown(page)))
                if bad := without_zone(page, locale):
                    found[address, locale] = bad
    assert found == {}
    assert seen > 8, "no page shows a time: is the pattern right?"


def test_signed_in_pages_name_the_zone(
        app: Flask, scene: Scene, sign_in: Callable[[Actor], Visitor], sessions: sessionmaker[Session]) -> None:
    found, seen = {}, 0
    for locale in ("ko", "en"):
        with sessions() as session:
            session.execute(text("UPDATE accounts SET locale = :l WHERE id = :id"),
                            {"l": locale, "id": scene.everybody.account_id})
            session.commit()
        visitor = sign_in(scene.everybody)
        for address in addresses(app, scene, public=False):
            response = visitor.client.get(address, base_url="http://portal.test")
            if response.status_code == 200 and response.mimetype == "text/html":
                page = response.get_data(as_text=True)
                seen += bool(_CLOCK.search(shown(page)))
                if bad := without_zone(page, locale):
                    found[address, locale] = bad
    assert found == {}
    assert seen > 8


def test_mails_name_the_zone(clock: TestClock) -> None:
    for path in (folder("templates") / "mail").glob("*.txt"):
        for name, pattern in (("datetime", r"\|\s*datetime\((?![^)]*zone=false)[^)]*\)|\|\s*datetime(?!\()"),):
            source = path.read_text()
            assert source.count(f"|{name}") == len(re.findall(pattern, source)), f"{path.name} shows a time without its zone"


# -------------------------------------------------------------------------------------------------- instants and zones


def test_the_same_instant_reads_the_same_from_anywhere() -> None:
    instant = datetime(2025, 12, 22, 15, 0, tzinfo=UTC)
    for hours in (-11, -5, 0, 3, 9, 14):
        moved = instant.astimezone(timezone(timedelta(hours=hours)))
        assert format_datetime(moved, locale="ko") == "2025. 12. 23.(화) 00:00 (한국 시각)"
        assert format_datetime(moved, locale="en") == "Tue 23 Dec 2025, 00:00 KST"
        assert format_deadline(moved, locale="ko") == "2025. 12. 22.(월) 24:00"
        assert format_deadline(moved, locale="en") == "Mon 22 Dec 2025, 24:00 KST"


@pytest.mark.parametrize("form", [format_datetime, format_deadline])
def test_an_instant_without_a_zone_is_never_shown(form: Callable[[datetime], str]) -> None:
    with pytest.raises(ValueError, match="zone"):
        form(datetime(2025, 12, 22, 15, 0))


def test_an_instant_without_a_zone_is_never_stored(session: Session) -> None:
    session.add(Mail(key="naive", template="t", recipient="r", locale="ko", subject="s", message=b"", status="waiting",
                     created_at=datetime(2025, 12, 22), next_try_at=datetime(2025, 12, 22)))
    with pytest.raises(StatementError, match="naive"):
        session.flush()


def test_what_is_stored_comes_back_in_utc(session: Session) -> None:
    at = datetime(2025, 12, 23, 0, 30, tzinfo=timezone(timedelta(hours=9)))
    session.add(Mail(key="seoul", template="t", recipient="r", locale="ko", subject="s", message=b"", status="waiting",
                     created_at=at, next_try_at=at))
    session.flush()
    session.expire_all()
    found = session.query(Mail).filter_by(key="seoul").one().created_at
    assert (found, found.tzinfo) == (at, UTC)


def test_the_clock_knows_its_zone() -> None:
    assert system_clock().tzinfo is UTC
    assert abs((system_clock() - datetime.now(UTC)).total_seconds()) < 5


def test_no_module_asks_the_machine_for_its_zone() -> None:
    """ruff's DTZ rules refuse naive times; these are the ways around them."""
    bad = {}
    for path in Path(services.__file__).parents[1].rglob("*.py"):
        if found := re.findall(r"\b(?:time\.localtime|time\.strftime|time\.ctime|utcnow\(|\.astimezone\(\))",
                               path.read_text()):
            bad[path.name] = found
    assert bad == {}


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati", "Asia/Seoul"])
def test_the_servers_own_zone_changes_nothing(zone: str) -> None:
    code = ("from datetime import datetime, UTC\n"
            "from portal.consultations.periods import *\n"
            "from portal.kernel.i18n import format_datetime, format_deadline, seoul_date\n"
            "at = datetime(2025, 12, 22, 15, 0, tzinfo=UTC)\n"
            "print(format_datetime(at, locale='en'), format_deadline(at, locale='ko'), seoul_date(at))")
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "TZ": zone}, capture_output=True, check=True)
    assert done.stdout.decode() == "Tue 23 Dec 2025, 00:00 KST 2025. 12. 22.(월) 24:00 2025-12-23\n"


def test_a_mail_carries_the_moment_with_its_offset() -> None:
    raw = notifications.compose("s", "b", "a@b.example", "ko", "k", datetime(2025, 12, 22, 15, 0, tzinfo=UTC))
    header = message_from_bytes(raw.as_bytes(policy=SMTP), policy=SMTP)["Date"]
    assert str(header) == "Tue, 23 Dec 2025 00:00:00 +0900"
