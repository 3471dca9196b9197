"""Bad input of every kind, in both languages: a clear page in the reader's language, and everything that was typed is
still there. What each form refuses in detail stands in the tests of its area.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from portal.kernel.actor import Actor
from portal.kernel.i18n import Message, msg, nmsg, translate
from tests.conftest import TestClock
from tests.functional.workspace_scene import REASON, Scene, comment_form, hidden_fields, make_scene, words
from tests.support.client import Visitor
from tests.support.scene import make_scene as make_reviewed

TYPED = "쓴 글은 남는다 & <b>그대로</b> what was typed stays"


@pytest.fixture(params=["ko", "en"])
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def scene(sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor],
          locale: str) -> Scene:
    return make_scene(sessions, clock, sign_in, locale=locale)


def assert_clear(response: Any, locale: str, *said: Message, kept: str = TYPED) -> None:
    """The page is in the reader's language, says what is the matter, and holds what was typed, as words."""
    body = response.get_data(as_text=True)
    assert f'<html lang="{locale}"' in body
    page = words(response)
    for message in said:
        assert translate(message, locale) in page
    assert " ".join(kept.split()) in page
    assert "<b>그대로" not in body


def form(scene: Scene, **more: str) -> dict[str, str]:
    """What the editor sends."""
    return {"position": "amend", "reason": TYPED, "language": "ko", "proposal_form": "", "proposal_language": "ko",
            "act": "save", **more}


def comments_of(sessions: sessionmaker[Session], scene: Scene) -> list[str]:
    with sessions() as session:
        return list(session.scalars(text(
            "SELECT d.reason FROM draft_comments d JOIN submissions s ON s.id = d.submission_id"
            " WHERE s.consultation_id = :id ORDER BY d.id"), {"id": scene.consultation_id}))


def test_an_unknown_clause(scene: Scene, sessions: sessionmaker[Session], locale: str) -> None:
    there = f"{scene.path}comments/new?at="
    answer = scene.browser.post(there + "art_99", form(scene), form_at=there + "art_1", status=422)
    assert_clear(answer, locale, msg("The draft has no clause at the address “%(address)s”.", address="art_99"))
    assert comments_of(sessions, scene) == []


def test_a_closed_period(scene: Scene, sessions: sessionmaker[Session], locale: str) -> None:
    comment = scene.write()
    filing = scene.filing_form()
    mine = comment_form(scene, comment)
    with scene.at(timedelta(days=31)):
        late = scene.sign_in(scene.actor)
        token = late.token("/workspace/")
        kept = late.post(f"{scene.path}comments/{comment}", {**mine, **form(scene), "csrf_token": token}, status=409)
        assert_clear(kept, locale, msg("This was not saved. Everything that you typed still stands below: copy what "
                                       "you need."))
        filed = late.post(f"{scene.path}file", {**filing, "signer_title": TYPED, "csrf_token": token}, status=409)
        body = filed.get_data(as_text=True)
        assert f'<html lang="{locale}"' in body and REASON in words(filed)
    assert comments_of(sessions, scene) == [REASON]


def test_another_organisations_draft(scene: Scene, sessions: sessionmaker[Session], locale: str) -> None:
    comment = scene.write()
    stranger = scene.outsider()
    with sessions() as session:
        session.execute(text("UPDATE accounts SET locale = :locale WHERE id = (SELECT max(id) FROM accounts)"),
                        {"locale": locale})
        session.commit()
    answer = stranger.post(f"{scene.path}comments/{comment}", form(scene), form_at="/account/", status=404)
    assert_clear(answer, locale, msg("There is no such page"), msg("What you had typed"))
    assert REASON not in words(answer)
    assert comments_of(sessions, scene) == [REASON]


def test_five_megabytes(scene: Scene, sessions: sessionmaker[Session], locale: str) -> None:
    long = ("가나다라마바사아자차 " * (5 * 1024 * 1024 // 31)).strip()
    assert len(long.encode()) > 5_000_000
    url = f"{scene.path}comments/new?at=art_1"
    answer = scene.browser.client.post(url, base_url=scene.browser.settings.base_url, data=form(
        scene, reason=long, csrf_token=scene.browser.token(url)))
    assert answer.status_code == 422
    body = answer.get_data(as_text=True)
    assert f'<html lang="{locale}"' in body and long in body
    assert "20,000" in words(answer)
    assert comments_of(sessions, scene) == []


def test_more_than_can_be_taken(scene: Scene, locale: str) -> None:
    answer = scene.browser.post(f"{scene.path}comments/new?at=art_1",
                                form(scene, reason="a" * (25 * 1024 * 1024)), status=413)
    assert_clear(answer, locale, msg("That is too large"), msg("What you sent is larger than 25 MB."), kept="")


@pytest.mark.parametrize("where", ["reason", "legal_basis", "instruction"])
def test_control_characters(scene: Scene, sessions: sessionmaker[Session], locale: str, where: str) -> None:
    values = form(scene, **{where: "앞\x00뒤\x1b[31m\u202e끝"})
    if where == "instruction":
        values["proposal_form"] = "instruction"
    answer = scene.browser.post(f"{scene.path}comments/new?at=art_1", values)
    page = scene.browser.get(answer.headers["Location"])
    assert_clear(page, locale, nmsg("%(n)s character that cannot be seen was removed from your text.",
                                    "%(n)s characters that cannot be seen were removed from your text.", 3),
                 kept="앞뒤[31m끝")


def test_a_stale_form_after_a_colleagues_save(scene: Scene, sessions: sessionmaker[Session], locale: str) -> None:
    comment = scene.write()
    mine = comment_form(scene, comment)
    colleague = scene.colleague("drafter")
    theirs = comment_form(scene, comment, colleague)
    colleague.post(f"{scene.path}comments/{comment}", {**theirs, **form(scene, reason="동료가 쓴 글")})
    answer = scene.browser.post(f"{scene.path}comments/{comment}", {**mine, **form(scene)}, status=409)
    assert_clear(answer, locale, msg("%(name)s changed this comment since this page was made.", name="김동료"),
                 msg("What you typed"), msg("What is saved now"), msg("Keep both, as two comments"))
    assert "동료가 쓴 글" in words(answer)
    assert comments_of(sessions, scene) == ["동료가 쓴 글"]
    both = hidden_fields(answer.get_data(as_text=True), "comments/new")
    scene.browser.post(f"{scene.path}comments/new?at=art_2__para_1", both)
    assert comments_of(sessions, scene) == ["동료가 쓴 글", TYPED]


def test_a_stale_response_after_a_colleagues_save(sessions: sessionmaker[Session], app: Flask, clock: TestClock,
                                                  locale: str) -> None:
    """Two reviewers at one response: the second sees both texts, and can keep the own one."""
    scene = make_reviewed(sessions, locale, now=clock())
    mine, theirs = Visitor(app, scene.cookies["reviewer"]), Visitor(app, scene.cookies["reviewer"])
    begun = mine.post(f"/review/{scene.slug}/segments/{scene.segments[2]}/response", form_at=f"/review/{scene.slug}/")
    address = begun.headers["Location"]
    typed = {"disposition": "accepted", "text_ko": TYPED, "text_en": "", "version": "1"}
    theirs.post(address, {**typed, "text_ko": "동료가 쓴 검토의견"})
    answer = mine.post(address, typed, status=409)
    assert_clear(answer, locale, msg("What stands there now"), msg("What you typed"))
    assert "동료가 쓴 검토의견" in words(answer)
    version = re.search(r'name="version" value="(\d+)"', answer.get_data(as_text=True))
    assert version
    mine.post(address, {**typed, "version": version[1]})
    assert " ".join(TYPED.split()) in words(mine.get(address))


def test_a_stale_cluster_after_a_colleagues_save(sessions: sessionmaker[Session], app: Flask, clock: TestClock,
                                                 locale: str) -> None:
    scene = make_reviewed(sessions, locale, now=clock())
    desk = Visitor(app, scene.cookies["reviewer"])
    made = desk.post(f"/review/{scene.slug}/clusters/new", {"title_ko": "제목", "title_en": "", "issue_ko": "",
                                                            "issue_en": "", "version": "0"})
    address = made.headers["Location"] + "/edit"
    typed = {"title_ko": "내가 고친 제목", "title_en": "", "issue_ko": TYPED, "issue_en": "", "version": "1"}
    desk.post(address, {**typed, "title_ko": "동료가 고친 제목"})
    answer = desk.post(address, typed, status=409)
    assert_clear(answer, locale)
    page = answer.get_data(as_text=True)
    assert "동료가 고친 제목" in page and "내가 고친 제목" in page


def test_signed_out_meanwhile(scene: Scene, sessions: sessionmaker[Session], locale: str) -> None:
    comment = scene.write()
    mine = comment_form(scene, comment)
    with sessions() as session:
        session.execute(text("UPDATE sessions SET revoked_at = created_at"))
        session.commit()
    answer = scene.browser.post(f"{scene.path}comments/{comment}", {**mine, **form(scene)}, status=403,
                                headers={"Accept-Language": locale})
    assert_clear(answer, locale, msg("You are not signed in any more, so this was not sent."))
    assert comments_of(sessions, scene) == [REASON]


def test_a_form_that_is_not_from_here(scene: Scene, sessions: sessionmaker[Session], locale: str) -> None:
    comment = scene.write()
    answer = scene.browser.post(f"{scene.path}comments/{comment}", {**form(scene), "csrf_token": "0" * 64}, status=403)
    assert_clear(answer, locale, msg("This form could not be accepted, because we cannot tell that it was sent from "
                                     "this page."))
    assert comments_of(sessions, scene) == [REASON]


@pytest.mark.parametrize("fields", [
    {"position": "perhaps"}, {"proposal_form": "poem"}, {"language": "xx"}, {"proposal_language": "xx"},
    {"expected_version": "9" * 40}, {"expected_version": "ten"}, {"uid": "no uuid"},
    {"confidential-0-words": "쓴 글은", "confidential-0-ground": "because"}])
def test_what_no_form_of_ours_sends(scene: Scene, locale: str, fields: dict[str, str]) -> None:
    """Tampered fields are refused or ignored, never an error of ours, and the text is kept either way."""
    url = f"{scene.path}comments/new?at=art_1"
    values = {**form(scene), "csrf_token": scene.browser.token(url), **fields}
    answer = scene.browser.client.post(url, base_url=scene.browser.settings.base_url, data=values)
    assert answer.status_code in (303, 409, 422)
    page = scene.browser.get(answer.headers["Location"]) if answer.status_code == 303 else answer
    assert " ".join(TYPED.split()) in words(page)
    assert f'<html lang="{locale}"' in page.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/search?q=%00%00", "/sign-in?next=%00", "/workspace/?before=%00", "/c/%00/?after=1"])
def test_a_character_that_nothing_can_hold(visitor: Visitor, path: str) -> None:
    answer = visitor.client.get(path, base_url=visitor.settings.base_url)
    assert answer.status_code in (200, 303, 404)


@pytest.mark.parametrize("field", ["email", "password", "next"])
def test_a_nul_in_a_field_is_no_error_of_ours(visitor: Visitor, field: str) -> None:
    values = {"email": "who@example.org", "password": "a quiet lake in early autumn", "next": "", "csrf_token":
              visitor.token("/sign-in")}
    answer = visitor.client.post("/sign-in", base_url=visitor.settings.base_url, data={**values, field: "a\x00b"})
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("path", ["/c/no-such-thing/", "/c/%00/", "/c/x/v1/a/99999999999999999999",
                                  "/c/x/v99999999999/", "/nowhere", "/c/x/submissions/%27--", "/c/x/responses/99999999999999999999"])
def test_addresses_that_lead_nowhere(visitor: Visitor, locale: str, path: str) -> None:
    answer = visitor.get(path + ("?lang=en" if locale == "en" else ""), status=404, headers={"Accept-Language": locale})
    body = answer.get_data(as_text=True)
    assert f'<html lang="{locale}"' in body and translate(msg("There is no such page"), locale) in words(answer)
    assert not re.search(r"Traceback|sqlalchemy|psycopg", body)
