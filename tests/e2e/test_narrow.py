"""The main pages at 360 and 390 px: nothing is wider than the screen (each look checks it), axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.e2e.conftest import Person
from tests.support.scene import Scene, make_scene

PUBLIC = ("/", "/c/{slug}/", "/c/{slug}/v1/", "/c/{slug}/v1/a/2/1", "/c/{slug}/submissions/",
          "/c/{slug}/submissions/{number}", "/c/{slug}/responses/", "/c/{slug}/responses/{response}", "/search?q=고지",
          "/c/{slug}/terms-of-filing", "/privacy", "/accessibility", "/receipts/verify", "/sign-in", "/sign-up")
FILER = ("/workspace/", "/workspace/{slug}/", "/workspace/{slug}/comments/new?at=art_2__para_1",
         "/workspace/{slug}/review", "/workspace/{slug}/filings/", "/account/", "/account/organisations/new")
REVIEWER = ("/review/", "/review/{slug}/", "/review/{slug}/?at={segment}", "/review/{slug}/segments/{segment}",
            "/review/{slug}/clusters/", "/review/{slug}/clusters/{cluster}", "/review/{slug}/responses/",
            "/review/{slug}/responses/{response}", "/review/{slug}/coverage", "/review/{slug}/code-list",
            "/review/{slug}/history")
PUBLISHER = ("/admin/", "/admin/consultations/new", "/admin/consultations/{slug}/",
             "/admin/consultations/{slug}/periods/1/extend", "/admin/consultations/{slug}/draft/", "/admin/holidays/")
ADMINISTRATOR = ("/admin/staff/", "/admin/organisations/", "/admin/mail/")


@pytest.fixture(scope="module")
def scenes(sessions: sessionmaker[Session]) -> dict[str, Scene]:
    return {language: make_scene(sessions, language) for language in ("ko", "en")}


def visit(someone: Person, scene: Scene, paths: tuple[str, ...]) -> None:
    for path in paths:
        address = path.format(slug=scene.slug, number=scene.public_number, response=scene.response_id,
                              segment=scene.segments[2], cluster=scene.cluster_id)
        if someone.language == "en":
            address += ("&" if "?" in address else "?") + "lang=en"
        someone.open(address)


@pytest.mark.parametrize(("language", "width"), [("ko", 360), ("en", 390)])
@pytest.mark.parametrize(("role", "paths"), [
    ("", PUBLIC), ("filer", FILER), ("reviewer", REVIEWER), ("publisher", PUBLISHER), ("administrator", ADMINISTRATOR)])
def test_no_page_is_too_wide(person: Callable[..., Person], scenes: dict[str, Scene], language: str, width: int,
                             role: str, paths: tuple[str, ...]) -> None:
    someone = person(language, width=width)
    if role:
        someone.carry(scenes[language].cookies[role])
    visit(someone, scenes[language], paths)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_a_page_of_review_is_about_begins_above_the_fold(person: Callable[..., Person], scenes: dict[str, Scene],
                                                              language: str) -> None:
    """The way there and the tabs are one line each, and the tab of the page is in sight."""
    someone = person(language, width=390)
    someone.carry(scenes[language].cookies["reviewer"])
    for path in ("/review/{slug}/", "/review/{slug}/suggestions/", "/review/{slug}/history"):
        visit(someone, scenes[language], (path,))
        begins, tabs, left, right = someone.page.evaluate("""() => {
            const tab = document.querySelector('.review-head .tabs [aria-current]').getBoundingClientRect();
            const tops = [...document.querySelectorAll('.review-head .tabs a')].map(a => a.getBoundingClientRect().top);
            const page = document.querySelector('.page--work').getBoundingClientRect();
            const banner = document.querySelector('.demo-banner').offsetHeight;
            return [page.top - banner, new Set(tops).size, tab.left, tab.right]; }""")
        assert begins < 200 and tabs == 1 and left >= 0 and right <= 390, (path, begins, tabs, left, right)
