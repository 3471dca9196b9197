"""Without JavaScript every flow works: signing in, writing, filing, withdrawing; the queue, a response, its steps."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.e2e.conftest import Person
from tests.e2e.scene import PASSWORD, REASON, Scene, make_scene


@pytest.fixture(scope="module")
def scene(sessions: sessionmaker[Session]) -> Scene:
    return make_scene(sessions, "en")


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
