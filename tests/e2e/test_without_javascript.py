"""Without JavaScript every flow works: signing in, writing, filing, withdrawing; the queue, a response, its steps."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.e2e.conftest import Person
from tests.support.scene import PASSWORD, REASON, Scene, make_scene


@pytest.fixture(scope="module")
def scene(sessions: sessionmaker[Session]) -> Scene:
    return make_scene(sessions, "en", comments=9)


def test_a_filer(person: Callable[..., Person], scene: Scene) -> None:
    filer = person("en", javascript=False)
    filer.sign_in(scene.emails["filer"], PASSWORD, f"/workspace/{scene.slug}/")
    page = filer.page
    filer.press(page.locator('[id="art_2__para_1"] a[href*="at=art_2__para_1"]'))
    filer.choose("position", "amend")
    filer.choose("proposal_form", "fragment")
    filer.fill({"fragment_old": "in advance", "fragment_new": "in advance and in plain words", "reason": REASON})
    filer.choose("proposal_language", "en")
    filer.fill({"fragment_old": "notify users in advance", "fragment_new": "notify users in advance in plain words"})
    filer.press_button("Save")
    assert page.locator(".wording__redline ins").count() == 1  # drawn by the server
    page.locator("summary").filter(has_text=filer.say("Keep words confidential")).click()
    page.locator('[name$="-words"]').fill("소상공인의 부담")
    page.locator('select[name$="-ground"]').select_option("trade_secret")
    filer.press_button("See the public version")
    assert "소상공인의 부담" not in filer.words(".public-card")
    filer.follow("Back to the comment")
    filer.press_button("Save, then review and file")
    page.locator('[name="terms_agreed"]').check()
    filer.press(page.locator(f'form[action*="/{scene.slug}/file"] button[type="submit"]'))
    receipt = page.locator(".receipt__number").inner_text()
    assert re.fullmatch(r"R-[0-9A-Z-]+", receipt)
    filer.open(f"/workspace/{scene.slug}/withdraw")
    filer.fill({"reason": "Filed by mistake."})
    filer.press_button("Withdraw")
    assert "Filed by mistake." in filer.words()


def test_a_reviewer_an_approver_and_a_publisher(person: Callable[..., Person], scene: Scene) -> None:
    reviewer = person("en", javascript=False)
    reviewer.sign_in(scene.emails["reviewer"], PASSWORD, f"/review/{scene.slug}/?coverage=untriaged")
    page = reviewer.page
    rows = page.locator(".queue-item")
    assert rows.count() == len(scene.segments) - 2
    page.locator('.facets input[name="position"][value="oppose"]').check()
    reviewer.press(page.locator(".facets__apply button"))
    narrowed = rows.count()
    assert 0 < narrowed < len(scene.segments) - 2
    page.locator("#search-q").fill("소상")
    reviewer.press(page.locator(".search-box button"))
    assert rows.count() == narrowed

    # One tagged, the next one is there; the second comes into a new cluster.
    reviewer.press(page.locator(".queue-item__words"))
    page.locator("#bar-tag").fill("Labelling")
    reviewer.press(page.locator('[data-act="tag"] button:not([name])'))
    assert page.locator("[data-done]").count() == 1 and rows.count() == narrowed - 1
    reviewer.press(page.locator("[data-done] button"))  # taken back
    assert rows.count() == narrowed

    # Several at once: what would happen is shown first.
    for box in page.locator(".queue-item__select").all()[:2]:
        box.check()
    reviewer.press(page.locator('.bulk-bar button[value="move"]'))
    page.locator("#new_title").fill("Fines")
    reviewer.press(page.locator(".bulk-choice button"))
    reviewer.press(page.locator(".bulk-preview form button"))
    assert rows.count() == narrowed - 2

    reviewer.open(f"/review/{scene.slug}/clusters/")
    reviewer.press(page.locator(".cluster-card a").filter(has_text="Fines"))
    reviewer.press_button("Write the response")
    reviewer.choose("disposition", "not_accepted")
    reviewer.fill({"text_ko": "과태료는 법률이 정한 것입니다.", "text_en": "The fines are those of the Act."})
    reviewer.press(page.locator('form.answer-form button[name="act"][value="send"]'))

    for role in ("approver", "publisher"):
        person_ = person("en", javascript=False)
        person_.sign_in(scene.emails[role], PASSWORD)
        person_.press(person_.page.locator(".waits a"))
        person_.press(person_.page.locator("tbody th a"))
        person_.press(person_.page.locator(".answer__acts > form button"))
    reviewer.open(f"/review/{scene.slug}/?coverage=published")
    assert rows.count() == 3
