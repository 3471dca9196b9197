"""What the editor of a comment does by itself: saves, redlines, marks words, and never overwrites a colleague."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts.models import Account
from portal.organisations.models import Membership
from tests.e2e.conftest import Person, Running
from tests.support.scene import PASSWORD, Scene, make_scene


@pytest.fixture(scope="module")
def scene(running: Running, sessions: sessionmaker[Session]) -> Scene:
    return make_scene(sessions)


def saved(person: Person) -> None:
    """Wait until the page says that it has saved itself."""
    person.page.wait_for_function("""words => new RegExp(words).test(
        document.querySelector('[data-saved]').textContent)""", arg=r"\d\d:\d\d에 저장")


def test_what_is_typed_is_there_after_coming_back(scene: Scene, person: Callable[..., Person]) -> None:
    filer = person()
    filer.carry(scene.cookies["filer"])
    filer.open(f"/workspace/{scene.slug}/comments/new?at=art_2__para_1")
    filer.choose("position", "amend")
    filer.choose("proposal_form", "fragment")
    filer.fill({"fragment_old": "사전에", "fragment_new": "사전 또는 사후에"})
    filer.page.locator("[data-redline] ins").wait_for()
    assert "또는 사후" in filer.words("[data-redline]")
    assert "[추가:" in filer.page.locator("[data-redline]").text_content()
    filer.fill({"reason": "우리 매출은 31억 원입니다."})
    saved(filer)
    assert re.search(r"/comments/[0-9]+$", filer.page.url), "the address is the comment's own now"

    filer.page.locator("[data-claims] summary").click()
    filer.page.locator('[name="reason"]').evaluate("""field => {
        const start = field.value.indexOf('31억 원');
        field.focus(); field.setSelectionRange(start, start + 5); field.dispatchEvent(new Event('select')); }""")
    filer.page.locator("[data-claims-mark] button").click()
    assert filer.page.locator('[name="confidential-0-words"]').input_value() == "31억 원"
    filer.page.wait_for_event("response", lambda answer: answer.request.method == "POST" and answer.status == 200)

    address = filer.page.url
    filer.open(f"/workspace/{scene.slug}/")
    filer.page.goto(address)
    filer.look()
    assert filer.page.locator('[name="reason"]').input_value() == "우리 매출은 31억 원입니다."
    assert filer.page.locator('[name="confidential-0-words"]').input_value() == "31억 원"
    filer.press_button("See the public version")
    assert "31억" not in filer.words()


def test_two_windows_do_not_overwrite_one_another(scene: Scene, person: Callable[..., Person]) -> None:
    first, second = person(), person()
    for each in (first, second):
        each.carry(scene.cookies["filer"])
    first.open(f"/workspace/{scene.slug}/comments/new?at=art_3")
    first.fill({"reason": "첫 글"})
    saved(first)
    second.page.goto(first.page.url)
    second.look()
    first.fill({"reason": "첫 창에서 고친 글"})
    first.page.wait_for_event("response", lambda answer: answer.request.method == "POST" and answer.status == 200)
    second.fill({"reason": "둘째 창에서 고친 글"})
    second.page.wait_for_event("response", lambda answer: answer.status == 409)
    second.page.locator(".autosave--failed").wait_for()
    second.press_button("Save", status=409)
    words = second.words()
    assert "첫 창에서 고친 글" in words
    assert "둘째 창에서 고친 글" in words
    second.press_button("Keep both, as two comments")
    assert second.page.locator('[name="reason"]').input_value() == "둘째 창에서 고친 글"
    first.page.reload()
    assert first.page.locator('[name="reason"]').input_value() == "첫 창에서 고친 글"


def test_what_is_typed_signed_out_is_saved_after_signing_in_in_another_tab(
        scene: Scene, person: Callable[..., Person]) -> None:
    filer = person()
    filer.open("/sign-in")
    filer.sign_in(scene.emails["filer"], PASSWORD)
    filer.open(f"/workspace/{scene.slug}/comments/new?at=art_2")
    filer.page.context.clear_cookies()
    filer.fill({"reason": "로그아웃된 동안 쓴 글"})
    link = filer.page.locator("[data-saved] a")
    link.wait_for()
    assert "로그아웃되어 저장하지 못했습니다" in filer.words("[data-saved]")
    with filer.page.context.expect_page() as opened:
        link.click()
    tab = opened.value
    tab.locator('[name="email"]').fill(scene.emails["filer"])
    tab.locator('[name="password"]').fill(PASSWORD)
    tab.locator('main form button[type="submit"]').click()
    tab.wait_for_url("**/comments/new?at=art_2")
    tab.close()
    filer.page.bring_to_front()
    filer.page.evaluate("window.dispatchEvent(new Event('focus'))")  # a headless browser has no windows to choose from
    saved(filer)
    filer.faults.clear()  # the browser's own word for the refusals
    filer.page.reload()
    assert filer.page.locator('[name="reason"]').input_value() == "로그아웃된 동안 쓴 글"


def test_a_lost_connection_is_told_and_made_good(scene: Scene, person: Callable[..., Person]) -> None:
    filer = person()
    filer.carry(scene.cookies["filer"])
    filer.open(f"/workspace/{scene.slug}/comments/new?at=art_1")
    filer.page.context.set_offline(True)
    filer.fill({"reason": "끊긴 동안 쓴 글"})
    filer.page.locator(".autosave--failed").wait_for()
    filer.page.context.set_offline(False)
    saved(filer)
    filer.faults.clear()  # the browser's own word for what we broke on purpose
    filer.page.reload()
    assert filer.page.locator('[name="reason"]').input_value() == "끊긴 동안 쓴 글"


def test_a_membership_that_ended_while_typing_is_told_with_what_to_do(
        scene: Scene, person: Callable[..., Person], sessions: sessionmaker[Session]) -> None:
    filer = person()
    filer.carry(scene.cookies["filer"])
    filer.open(f"/workspace/{scene.slug}/comments/new?at=art_1")
    mine = select(Account.id).where(Account.email == scene.emails["filer"]).scalar_subquery()

    def membership(ended: datetime | None) -> None:
        with sessions() as session:
            session.execute(update(Membership).where(Membership.account_id == mine).values(ended_at=ended))
            session.commit()

    membership(datetime.now(UTC))
    try:
        filer.fill({"reason": "탈퇴된 뒤에 쓴 글"})
        told = filer.page.locator("[data-not-saved] .alert")
        told.wait_for()
        words = filer.words("[data-not-saved]")
        assert "입력한 내용이 저장되지 않았습니다" in words
        assert "더 이상 소속된 기관·단체가 없습니다" in words
        assert "복사해 두십시오" in words
    finally:
        membership(None)
    filer.fill({"reason": "다시 들어온 뒤에 쓴 글"})
    saved(filer)
    assert told.count() == 0, "it is saved now"
    filer.faults.clear()  # the browser's own word for the refusals
