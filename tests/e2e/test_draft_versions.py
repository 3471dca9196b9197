"""A revised text in a browser: what each clause was is confirmed by keyboard, and without JavaScript; then the public
reads the old–new table, and the worker has made the files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts.models import Account
from portal.drafts import queries, services
from portal.kernel.clock import system_clock
from tests import factories
from tests.e2e.conftest import Person
from tests.unit.drafts.texts import MARKDOWN, demo_part

BROKEN = MARKDOWN.replace("  2\\. 시험의 결과", "  1\\. 시험의 결과\n  2\\. 시험의 기간")


@dataclass(frozen=True)
class Desk:
    of: int
    slug: str
    cookie: str

    @property
    def base(self) -> str:
        return f"/admin/consultations/{self.slug}/draft/"


def make_desk(sessions: sessionmaker[Session], *texts: tuple[str, bytes], locale: str = "ko") -> Desk:
    """An open consultation; every text but the last is published, the last is under preview."""
    now = system_clock()
    with sessions() as session:
        ministry = factories.ministry(session, now)
        of = factories.consultation(session, now, ministry, with_draft=False)
        publisher = factories.staff(session, now, ministry, "publisher", name="박공고")
        session.get_one(Account, publisher.require_account()).locale = locale
        for place, (name, data) in enumerate(texts):
            services.import_draft(session, publisher, of.id, filename=name, data=data, now=now)
            if place + 1 < len(texts):
                services.publish_version(session, publisher, of.id, rest_as_proposed=True, now=now)
        desk = Desk(of.id, of.slug, factories.signed_in(session, now, publisher))
        session.commit()
    return desk


@pytest.fixture
def demo() -> list[tuple[str, bytes]]:
    """Enough for every kind of page and for several pairs: whole versions stand in their own tests."""
    return [(f"draft_v{n}.json", demo_part(n, "art_4", "art_13")) for n in (1, 2)]


def test_the_alignment_by_keyboard_then_the_public_pages(
        person: Callable[..., Person], sessions: sessionmaker[Session], demo: list[tuple[str, bytes]]) -> None:
    desk = make_desk(sessions, *demo)
    publisher = person("ko")
    publisher.carry(desk.cookie)
    publisher.open(desk.base + "alignment")
    page, keys = publisher.page, publisher.page.keyboard
    waiting = page.locator("[data-align-row]").count()
    assert page.locator("[data-align-row].is-current").count() == 1
    # The page is read from its top: only an address that names a pair takes the focus there.
    assert page.evaluate("document.activeElement === document.body")
    first = page.locator("[data-align-row].is-current").get_attribute("id")
    keys.press("j")
    second = page.locator("[data-align-row].is-current").get_attribute("id")
    keys.press("k")
    assert page.locator("[data-align-row].is-current").get_attribute("id") == first != second
    for key in ("y", "u"):
        with page.expect_event("load"):
            keys.press(key)
        if key == "y":
            assert page.locator("[data-align-row]").count() == waiting - 1
            assert page.locator("[data-align-row].is-current").get_attribute("id") == second
    assert page.locator("[data-align-row]").count() == waiting
    keys.press("j")
    with page.expect_event("load"):
        keys.press("p")
    publisher.look()
    page.goto(publisher.url + desk.base + "alignment")
    with page.expect_event("load"):
        page.locator('form:has(input[name="act"][value="rest"]) button').click()
    publisher.open(desk.base)
    publisher.press(page.locator(f'form[action="{desk.base}publish"] button'))

    slug = desk.slug
    for language, width, paths in (("ko", 1280, ("compare/v1/v2/text", "v2/a/13")), ("en", 390, ("v2/tbl/1",))):
        reader = person(language, width=width)
        more = "?lang=en" if language == "en" else ""
        reader.open_when(f"/c/{slug}/compare/v1/v2{more}", "table-art_13")
        for path in paths:
            reader.open(f"/c/{slug}/{path}{more}")
    # Last, for the worker makes them meanwhile. That each is what was published is shown without a browser.
    reader.open_when(f"/c/{slug}/v2/files/{more}", ".hwpx")


def test_correcting_and_aligning_without_javascript(
        person: Callable[..., Person], sessions: sessionmaker[Session]) -> None:
    """Real forms in a real browser; what each of them does is shown without one."""
    desk = make_desk(sessions, ("안.md", MARKDOWN.encode()), ("고친 안.md", BROKEN.encode()), locale="en")
    publisher = person("en", javascript=False)
    publisher.carry(desk.cookie)
    publisher.page.goto(publisher.url + desk.base)
    publisher.press(publisher.page.locator('a[href*="draft/place?line="]'))
    publisher.fill({"number": "1의2."})
    with publisher.page.expect_event("load"):
        publisher.page.get_by_role("button", name="Make it a clause", exact=True).click()
    publisher.open(desk.base + "alignment")
    while publisher.page.locator('button[name="act"][value="confirm"]').count():
        with publisher.page.expect_event("load"):
            publisher.page.locator('button[name="act"][value="confirm"]').first.click()
    publisher.page.goto(publisher.url + desk.base)
    publisher.press(publisher.page.locator(f'form[action="{desk.base}publish"] button'))
    with sessions() as session:
        version = queries.latest_version(session, desk.of)
        assert version is not None and version.number == 2
        found = {clause.eid: clause for clause in queries.clauses(session, version.id)}
        assert found["art_2__para_1__subpara_1-2"].text_ko == "시험의 결과"


def test_the_pages_on_which_a_clause_is_corrected_and_translated(
        person: Callable[..., Person], sessions: sessionmaker[Session]) -> None:
    """Nothing that axe finds, and nothing too wide; what they do is shown without a browser."""
    desk = make_desk(sessions, ("안.md", MARKDOWN.encode()))
    publisher = person("ko", width=390)
    publisher.carry(desk.cookie)
    for path in ("clause?at=art_1", "paste?at=art_2"):
        publisher.open(desk.base + path)
