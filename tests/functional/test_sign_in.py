"""Signing in and out in the browser: sessions, limits, equal answers, forms that are not ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import escape, unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts import passwords, services
from portal.accounts.models import SignInSession
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from tests import factories
from tests.support.client import Visitor
from tests.support.outbox import last_letter

PASSWORD = "tree boat lantern"
HASH = passwords.hashed(PASSWORD)
NOW = datetime.fromisoformat("2025-12-03T03:00:00+00:00")
_numbers = iter(range(1, 1000))


@pytest.fixture
def email(sessions: sessionmaker[Session]) -> str:
    """The address of a fresh account."""
    address = f"person{next(_numbers)}@marusol.example"
    with sessions() as session:
        services.create_account(session, email=address, name="김지연", password_hash=HASH, locale="ko", now=NOW,
                                confirmed=True)
        session.commit()
    return address


@pytest.fixture(autouse=True)
def no_limits(sessions: sessionmaker[Session]) -> Iterator[None]:
    """Each test counts from nothing."""
    yield
    with sessions() as session:
        session.execute(text("DELETE FROM rate_limits"))
        session.commit()


def sign_in(visitor: Visitor, email: str, password: str = PASSWORD, *, status: int = 303, **more: Any) -> Any:
    return visitor.post("/sign-in", {"email": email, "password": password, **more}, status=status)


def cookie_of(visitor: Visitor) -> str | None:
    found = visitor.client.get_cookie("portal_session", domain="portal.test")
    return found.value if found else None


def _same(body: str) -> str:
    """A page without what differs by chance."""
    return re.sub(r'name="csrf_token" value="[0-9a-f]+"|value="[^"]*@[^"]*"', "", body)


def test_signing_in_leads_to_the_account_and_out_again(visitor: Visitor, email: str) -> None:
    response = sign_in(visitor, email)
    assert response.headers["Location"] == "/account/"
    page = visitor.get("/account/").get_data(as_text=True)
    assert "김지연" in page and email in page
    assert visitor.get("/sign-in", status=303).headers["Location"] == "/account/"
    assert visitor.post("/sign-out", form_at="/account/").headers["Location"] == "/sign-in"
    assert cookie_of(visitor) is None
    assert visitor.get("/account/", status=303).headers["Location"] == "/sign-in?next=%2Faccount%2F"


def test_the_cookie_is_a_secret_that_scripts_cannot_read(visitor: Visitor, email: str) -> None:
    headers = sign_in(visitor, email).headers.getlist("Set-Cookie")
    header = next(value for value in headers if "portal_session=" in value)
    assert "HttpOnly" in header and "SameSite=Lax" in header and "Path=/" in header and "Max-Age=43200" in header


@pytest.mark.parametrize(("asked", "there"), [
    ("/workspace/x/?a=1", "/workspace/x/?a=1"), ("//evil.example", "/account/"), ("https://evil.example", "/account/"),
    ("/\\evil.example", "/account/"), ("/\t/evil.example", "/account/"), ("javascript:alert(1)", "/account/"),
    ("/c/x\r\nSet-Cookie: a=b", "/account/"), ("/한글", "/%ED%95%9C%EA%B8%80"), ("", "/account/")])
def test_only_local_pages_come_next(visitor: Visitor, email: str, asked: str, there: str) -> None:
    assert sign_in(visitor, email, next=asked).headers["Location"] == there


def test_who_is_wrong_is_not_told_which_part(visitor: Visitor, email: str) -> None:
    wrong = sign_in(visitor, email, "another password", status=422)
    nobody = sign_in(visitor, "nobody@marusol.example", status=422)
    assert _same(wrong.get_data(as_text=True)) == _same(nobody.get_data(as_text=True))
    assert "another password" not in wrong.get_data(as_text=True)
    assert email in wrong.get_data(as_text=True), "what was typed is kept"


def test_a_refused_sign_in_is_recorded_without_the_address(
        visitor: Visitor, email: str, sessions: sessionmaker[Session]) -> None:
    sign_in(visitor, email, "wrong password", status=422)
    sign_in(visitor, "nobody@marusol.example", status=422)
    with sessions() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "account.sign_in_failed")
                                 .order_by(AuditEvent.id.desc()).limit(2)).all()
        account = services.account_by_email(session, email)
        assert account is not None and [event.subject_id for event in events] == [None, account.id]
        assert all("@" not in str(event.data) for event in events)


def test_a_planted_session_is_not_taken_over(visitor: Visitor, email: str, sessions: sessionmaker[Session],
                                             sign_in: Callable[[Actor], Visitor]) -> None:
    planted = "chosen-by-somebody-else"
    visitor.client.set_cookie("portal_session", planted, domain="portal.test")
    token = visitor.token("/sign-in")
    visitor.client.post("/sign-in", base_url="http://portal.test",
                        data={"email": email, "password": PASSWORD, "csrf_token": token})
    assert cookie_of(visitor) not in (None, planted)
    assert Visitor(visitor.app, planted).get("/account/", status=303)
    with sessions() as session:
        attacker = factories.account(session, NOW)
        session.commit()
        known = sign_in(Actor(attacker.id, attacker.name))
    # A real session of the attacker's, planted in the victim's browser, ends when the victim signs in.
    victim = Visitor(visitor.app, known.cookie)
    token = victim.token("/account/password")
    victim.post("/sign-out", {"csrf_token": token})
    victim.post("/sign-in", {"email": email, "password": PASSWORD})
    assert cookie_of(victim) != known.cookie
    assert known.get("/account/", status=303)


def test_a_session_ended_from_another_browser(visitor: Visitor, email: str, app: Flask) -> None:
    sign_in(visitor, email)
    other = Visitor(app)
    sign_in(other, email)
    page = other.get("/account/").get_data(as_text=True)
    ends = re.findall(r'action="(/account/sessions/\d+/end)"', page)
    assert len(ends) == 2
    mine = re.findall(r'this browser|이 브라우저', page)
    assert len(mine) == 1
    other.post(ends[1], form_at="/account/")
    assert visitor.get("/account/", status=303)
    other.get("/account/")
    other.post("/account/sessions/end-others", form_at="/account/")
    other.post(ends[0], form_at="/account/")
    assert other.get("/account/", status=303)


def test_nobody_ends_anothers_session(
        visitor: Visitor, email: str, app: Flask, sessions: sessionmaker[Session]) -> None:
    sign_in(visitor, email)
    with sessions() as session:
        other = services.create_account(session, email=f"other{next(_numbers)}@marusol.example", name="이", now=NOW,
                                        password_hash=HASH, locale="ko", confirmed=True)
        session.commit()
        theirs = Visitor(app)
        sign_in(theirs, other.email)
        number = session.scalars(select(SignInSession.id).where(SignInSession.account_id == other.id)).one()
    visitor.post(f"/account/sessions/{number}/end", form_at="/account/", status=404)
    theirs.get("/account/")


def test_after_twelve_hours_one_signs_in_again(visitor: Visitor, email: str, clock: Any) -> None:
    sign_in(visitor, email)
    began = clock.at
    try:
        clock.at = began + timedelta(hours=11, minutes=59)
        visitor.get("/account/")
        clock.at = began + timedelta(hours=12)
        visitor.get("/account/", status=303)
    finally:
        clock.at = began


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}])
def test_a_form_from_elsewhere_is_refused(visitor: Visitor, email: str, headers: dict[str, str]) -> None:
    visitor.post("/sign-in", {"email": email, "password": PASSWORD}, status=403, headers=headers)
    assert cookie_of(visitor) is None


@pytest.mark.parametrize("path", [
    "/sign-in", "/sign-out", "/sign-up", "/password/forgot", "/password/reset/x", "/sign-up/confirm/x", "/invitation/x",
    "/account/profile", "/account/language", "/account/password", "/account/email", "/account/sessions/1/end",
    "/account/second-factor", "/account/second-factor/begin", "/account/second-factor/confirm",
    "/account/second-factor/codes", "/account/second-factor/remove", "/account/second-factor/recovery",
    "/account/organisations/new", "/account/organisations/individual", "/account/organisations/1/facts",
    "/account/organisations/1/invitations", "/account/organisations/1/members/1",
    "/account/organisations/1/members/1/end", "/account/organisations/1/requests/1"])
def test_a_form_without_our_token_is_refused(sessions: sessionmaker[Session], app: Flask, path: str) -> None:
    with sessions() as session:
        account = factories.account(session, NOW)
        visitor = Visitor(app, factories.signed_in(session, NOW, Actor(account.id, account.name)))
        session.commit()
    for token in ({}, {"csrf_token": ""}, {"csrf_token": "0" * 64}):
        response = visitor.client.post(path, base_url="http://portal.test", data={
            "password": PASSWORD, "to": "en", **token})
        assert response.status_code == 403
        assert PASSWORD not in response.get_data(as_text=True)


def test_another_sessions_token_is_none(visitor: Visitor, email: str, app: Flask) -> None:
    sign_in(visitor, email)
    visitor.post("/account/language", {"to": "en", "csrf_token": Visitor(app).token("/sign-in")}, status=403)


# ------------------------------------------------------------------------------------------------------------ limits


def test_too_many_attempts_lock_the_account_for_a_while_whether_there_is_one_or_not(
        visitor: Visitor, email: str, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        before = session.scalars(select(AuditEvent.id).where(AuditEvent.verb == "access.limited")).all()
    for address in (email, "nobody@marusol.example"):
        for _ in range(10):
            sign_in(visitor, address, "wrong password", status=422)
        refused = sign_in(visitor, address, PASSWORD, status=429)
        assert int(refused.headers["Retry-After"]) > 0 and PASSWORD not in refused.get_data(as_text=True)
        sign_in(visitor, address.upper(), PASSWORD, status=429)
    with sessions() as session:
        limited = session.scalars(select(AuditEvent.id).where(AuditEvent.verb == "access.limited")).all()
        assert len(limited) - len(before) == 2, "the first refusal of each, and no flood"


def test_a_success_counts_from_nothing(visitor: Visitor, email: str, app: Flask) -> None:
    for _ in range(3):
        for _ in range(6):
            sign_in(visitor, email, "wrong password", status=422)
        sign_in(Visitor(app), email)


def test_one_address_cannot_try_everybody(visitor: Visitor) -> None:
    for number in range(60):
        sign_in(visitor, f"victim{number}@marusol.example", "wrong password", status=422)
    sign_in(visitor, "victim99@marusol.example", "wrong password", status=429)


# ------------------------------------------------------------------------------------------------------- own account


def test_changing_the_password_signs_others_out(visitor: Visitor, email: str, app: Flask) -> None:
    sign_in(visitor, email)
    other = Visitor(app)
    sign_in(other, email)
    old = cookie_of(visitor)
    visitor.post("/account/password", {"password": "wrong", "new_password": "seven green kites"}, status=422)
    visitor.post("/account/password", {"password": PASSWORD, "new_password": "short"}, status=422)
    visitor.post("/account/password", {"password": PASSWORD, "new_password": "seven green kites"})
    assert cookie_of(visitor) != old
    visitor.get("/account/")
    assert other.get("/account/", status=303)
    sign_in(Visitor(app), email, status=422)
    sign_in(Visitor(app), email, "seven green kites")


def test_guessing_the_present_password_is_limited(visitor: Visitor, email: str) -> None:
    sign_in(visitor, email)
    for _ in range(10):
        visitor.post("/account/password", {"password": "guess", "new_password": "seven green kites"}, status=422)
    visitor.post("/account/password", {"password": PASSWORD, "new_password": "seven green kites"}, status=429)


def test_the_language_is_the_accounts(visitor: Visitor, email: str) -> None:
    sign_in(visitor, email)
    assert '<html lang="ko">' in visitor.get("/account/").get_data(as_text=True)
    response = visitor.post("/account/language", {"to": "en", "next": "/account/password"}, form_at="/account/")
    assert response.headers["Location"] == "/account/password"
    assert '<html lang="en">' in visitor.get("/account/password").get_data(as_text=True)
    visitor.post("/account/language", {"to": "fr", "next": "/account/"}, form_at="/account/", status=422)
    away = visitor.post("/account/language", {"to": "ko", "next": "//evil.example"}, form_at="/account/")
    assert away.headers["Location"] == "/account/"
    page = visitor.get("/account/language?to=en&next=/account/email").get_data(as_text=True)
    assert 'name="to" value="en"' in page and 'name="next" value="/account/email"' in page


def test_the_layouts_language_form_comes_back_to_the_page(visitor: Visitor, email: str) -> None:
    sign_in(visitor, email)
    page = visitor.get("/account/password?x=1").get_data(as_text=True)
    assert 'name="next" value="/account/password?x=1"' in page and 'action="/account/language"' in page
    refused = visitor.post("/account/profile", {"name": " ", "locale": "ko"}, form_at="/account/", status=422)
    assert 'name="next" value="/account/"' in refused.get_data(as_text=True), "an address that only takes forms"


def test_a_name_is_changed_and_shown_as_typed(visitor: Visitor, email: str) -> None:
    sign_in(visitor, email)
    visitor.post("/account/profile", {"name": "<b>김</b> & 이", "locale": "en"}, form_at="/account/")
    page = visitor.get("/account/").get_data(as_text=True)
    assert "&lt;b&gt;김&lt;/b&gt; &amp; 이" in page and "<b>김" not in page


def test_another_address_by_mail(visitor: Visitor, email: str, app: Flask, sessions: sessionmaker[Session]) -> None:
    sign_in(visitor, email)
    new = "new-" + email
    visitor.post("/account/email", {"email": new, "password": "wrong"}, status=422)
    visitor.post("/account/email", {"email": new, "password": PASSWORD})
    with sessions() as session:
        path = last_letter(session, new).path
    assert Visitor(app).get(path, status=303).headers["Location"].startswith("/sign-in?next=")
    visitor.get(path)
    visitor.get("/account/email/confirm/wrong", status=410)
    sign_in(Visitor(app), new, status=422)
    visitor.post(path)
    sign_in(Visitor(app), new)
    visitor.get(path, status=410)


# --------------------------------------------------------------------------------------------------- forgotten password


def test_forgot_answers_the_same_whether_there_is_an_account(
        visitor: Visitor, email: str, sessions: sessionmaker[Session]) -> None:
    answers = []
    for address in (email, "nobody2@marusol.example"):
        response = visitor.post("/password/forgot", {"email": address})
        answers.append((response.status_code, response.headers["Location"], response.get_data(),
                        sorted(name for name, _ in response.headers)))
    assert answers[0] == answers[1]
    with sessions() as session:
        assert last_letter(session, email).template == "reset_password"
        assert last_letter(session, "nobody2@marusol.example").template == "no_account"
    visitor.get("/password/sent")


def test_the_mailed_link_sets_a_password_only_by_its_form(
        visitor: Visitor, email: str, app: Flask, sessions: sessionmaker[Session]) -> None:
    sign_in(visitor, email)
    stranger = Visitor(app)
    stranger.post("/password/forgot", {"email": email})
    with sessions() as session:
        path = last_letter(session, email).path
    for _ in range(3):
        stranger.get(path)
    visitor.get("/account/")
    stranger.post(path, {"password": "short"}, status=422)
    assert stranger.post(path, {"password": "seven green kites"}).headers["Location"] == "/sign-in"
    assert visitor.get("/account/", status=303)
    stranger.get(path, status=410)
    sign_in(stranger, email, "seven green kites")


def test_who_forgot_the_password_comes_to_the_page_that_was_asked_for(
        email: str, app: Flask, sessions: sessionmaker[Session]) -> None:
    stranger, there = Visitor(app), "/workspace/a/comments/new?at=art_1"
    link = re.search(r'href="(/password/forgot[^"]*)"', stranger.get("/sign-in?" + urlencode({"next": there})).text)
    assert link
    asked = stranger.get(unescape(link[1])).text
    assert f'value="{escape(there)}"' in asked and 'href="/sign-in?next=' in asked
    sent = stranger.post("/password/forgot", {"email": email, "next": there}, status=303).headers["Location"]
    assert 'href="/sign-in?next=' in stranger.get(sent).text
    with sessions() as session:
        path = last_letter(session, email).path
    to_sign_in = stranger.post(path, {"password": "seven green kites"}).headers["Location"]
    assert to_sign_in == "/sign-in?" + urlencode({"next": there})
    assert sign_in(stranger, email, "seven green kites", next=there).headers["Location"] == there


def test_the_way_back_leads_to_no_other_site(email: str, app: Flask, sessions: sessionmaker[Session]) -> None:
    stranger = Visitor(app)
    stranger.post("/password/forgot", {"email": email, "next": "//elsewhere.example/"})
    with sessions() as session:
        path = last_letter(session, email).path
    assert "next" not in path
    assert stranger.post(path + "?next=https://elsewhere.example/", {"password": "seven green kites"},
                         form_at=path).headers["Location"] == "/sign-in"


def test_mails_to_one_address_are_limited_whether_there_is_an_account(visitor: Visitor, email: str) -> None:
    for address in (email, "nobody3@marusol.example"):
        for _ in range(5):
            visitor.post("/password/forgot", {"email": address})
        visitor.post("/password/forgot", {"email": address}, status=429)
