"""Everything by the keyboard alone: from signing in to a filed comment, and through the reviewers' queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator
from sqlalchemy.orm import Session, sessionmaker

from tests.e2e.conftest import Person
from tests.support.scene import PASSWORD, REASON, Scene, make_scene


@pytest.fixture
def scene(sessions: sessionmaker[Session]) -> Scene:
    return make_scene(sessions)


def enter(person: Person, target: Locator) -> None:
    """Reach a button or link by Tab and press Enter."""
    person.tab_to(target)
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    person.page.wait_for_load_state()
    person.look()


def test_from_signing_in_to_a_filed_comment(person: Callable[..., Person], scene: Scene) -> None:
    filer = person("ko")
    page, keys = filer.page, filer.page.keyboard
    filer.open(f"/sign-in?next=/workspace/{scene.slug}/comments/new?at=art_2__para_1")
    filer.tab_to(page.locator('[name="email"]'))
    keys.type(scene.emails["filer"])
    filer.tab_to(page.locator('[name="password"]'))
    keys.type(PASSWORD)
    with page.expect_navigation():
        keys.press("Enter")
    page.wait_for_load_state()
    filer.look()

    keys.press("Tab")
    skip = page.locator("a:focus")
    assert skip.get_attribute("href") == "#main" and skip.is_visible()
    keys.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    first = page.locator('[name="position"]').first
    filer.tab_to(first)
    keys.press("ArrowDown")
    assert page.locator('[name="position"]:checked').input_value() == "amend" or page.locator(
        '[name="position"]:checked').count() == 1
    filer.tab_to(page.locator('[name="proposal_form"][value=""]'))
    while page.locator('[name="proposal_form"]:checked').input_value() != "fragment":
        keys.press("ArrowRight")
    filer.tab_to(page.locator('[name="fragment_old"]'))
    keys.type("사전에 고지하여야")
    filer.tab_to(page.locator('[name="fragment_new"]'))
    keys.type("사전에 알기 쉽게 고지하여야")
    page.locator(".wording__redline ins").first.wait_for()
    filer.tab_to(page.locator('[name="reason"]'))
    keys.type(REASON)
    enter(filer, page.locator('button[name="act"][value="review"]'))

    filer.tab_to(page.locator('[name="terms_agreed"]'))
    keys.press("Space")
    assert page.locator('[name="terms_agreed"]').is_checked()
    enter(filer, page.locator(f'form[action*="/{scene.slug}/file"] button[type="submit"]'))
    assert page.locator(".receipt__number").inner_text().startswith("R-")


def test_the_queue_by_its_keys(person: Callable[..., Person], scene: Scene) -> None:
    """j and k go through the list, t tags, c moves, x chooses, u takes back, / searches, ? shows the keys."""
    reviewer = person("ko")
    reviewer.carry(scene.cookies["reviewer"])
    page, keys = reviewer.page, reviewer.page.keyboard
    reviewer.open(f"/review/{scene.slug}/?coverage=untriaged")
    listed = page.locator(".queue-item").count()
    assert listed == len(scene.segments) - 2

    def opened(number: int) -> str:
        """The segment that is open, once it is the one at this place of the list."""
        page.locator(f".queue-item:nth-child({number}).queue-item--current").wait_for()
        pane = page.locator("[data-pane]")
        pane.wait_for()
        assert page.evaluate("document.activeElement.id") == "segment-title"
        return pane.get_attribute("data-segment") or ""

    keys.press("j")
    first = opened(1)
    keys.press("j")
    second = opened(2)
    keys.press("k")
    assert opened(1) == first != second
    reviewer.look()

    keys.press("x")
    assert page.locator(".queue-item--current .queue-item__select").is_checked()

    # A tag, and the next segment is there; then it is taken back.
    keys.press("t")
    assert page.evaluate("document.activeElement.id") == "bar-tag"
    keys.type("표시")
    keys.press("Enter")
    page.locator("[data-done]").wait_for()
    assert page.locator(".queue-item").count() == listed - 1
    assert page.locator("[data-pane]").get_attribute("data-segment") == second
    keys.press("Escape")
    keys.press("u")
    page.locator("[data-done]").wait_for(state="detached")
    assert page.locator(".queue-item").count() == listed

    # What was taken back is open again. Into a cluster.
    assert opened(1) == first
    keys.press("c")
    assert page.evaluate("document.activeElement.id") == "bar-cluster"
    keys.press("ArrowDown")
    reviewer.tab_to(page.locator('[data-act="cluster"] button'))
    keys.press("Enter")
    # Its response is published: that is asked first, and the question has the focus.
    page.locator("[data-asking]:focus").wait_for()
    assert page.locator(".queue-item").count() == listed
    reviewer.look()
    reviewer.tab_to(page.locator("[data-asking] button"), most=1)
    keys.press("Enter")
    page.locator("[data-done]").wait_for()
    assert page.locator("[data-pane]").get_attribute("data-segment") == second
    assert page.locator(".queue-item").count() == listed - 1

    keys.press("/")
    assert page.evaluate("document.activeElement.id") == "search-q"
    keys.type("소상")
    with page.expect_navigation():
        keys.press("Enter")
    page.wait_for_load_state()
    assert page.locator(".queue-item").count() == listed - 1
    keys.press("?")  # typed into nothing: the focus is on the page
    page.locator("dialog#keys[open]").wait_for()
    reviewer.look()
    keys.press("Escape")
    page.locator("dialog#keys[open]").wait_for(state="detached")


def test_a_preview_tells_that_one_is_signed_out(person: Callable[..., Person], scene: Scene) -> None:
    publisher = person("ko")
    publisher.carry(scene.cookies["publisher"])
    publisher.open(f"/admin/consultations/{scene.slug}/periods/1/extend")
    publisher.page.context.clear_cookies()
    reason = publisher.page.locator('[name="reason_ko"]')
    reason.fill("의견이 많아 기간을 늘립니다.")
    notice = publisher.page.locator("[data-preview] .notice--danger")
    notice.wait_for()
    assert publisher.say("You are signed out") in notice.inner_text()
    reason.fill("다시 씁니다.")
    publisher.page.wait_for_timeout(900)
    assert notice.count() == 1 and reason.input_value() == "다시 씁니다."
