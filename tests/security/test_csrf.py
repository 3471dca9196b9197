"""Forms that are not ours: every unsafe request needs the token of its own session, sent from our own pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from portal.accounts import passwords, services
from portal.accounts.models import Account
from portal.kernel import ids
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from portal.kernel.i18n import msg, translate
from portal.web import csrf
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor, audit
from tests.support.rules import filled

BASE = "http://portal.test"
PASSWORD = "tree boat lantern"
#: A form of a signed-in person that anybody may send: it changes the language of the account.
PLACE, DATA = "/account/language", {"to": "en", "next": "/account/"}
_REFUSAL = translate(
    msg("This form could not be accepted, because we cannot tell that it was sent from this page."), "ko")


@pytest.fixture(scope="module")
def everybody(sessions: sessionmaker[Session], clock: TestClock) -> Actor:
    """One person with every role there is, so that nothing but the token is in the way."""
    with sessions() as session:
        ministry = factories.ministry(session, clock())
        person = factories.everybody(session, clock(), ministry, factories.organisation(session, clock()))
        session.commit()
        return person


@pytest.fixture
def signed_in(everybody: Actor, sign_in: Callable[[Actor], Visitor]) -> Visitor:
    return sign_in(everybody)


def unsafe(app: Flask) -> list[tuple[str, str]]:
    return sorted({(filled(rule.rule), method) for rule in app.url_map.iter_rules() if rule.endpoint != "static"
                   for method in (rule.methods or set()) - csrf.SAFE_METHODS})


def send(visitor: Visitor, path: str, data: Any = None, *, method: str = "POST", **more: Any) -> TestResponse:
    return visitor.client.open(path, method=method, base_url=BASE, data=data, **more)


def language(sessions: sessionmaker[Session], actor: Actor) -> str:
    with sessions() as session:
        return session.get_one(Account, actor.require_account()).locale


def refused(response: TestResponse) -> bool:
    return response.status_code == 403 and _REFUSAL in response.get_data(as_text=True)


# ---------------------------------------------------------------------------------------------------- every single form


def test_no_form_is_taken_without_a_token(
        app: Flask, signed_in: Visitor, sessions: sessionmaker[Session]) -> None:
    forms = unsafe(app)
    assert len(forms) > 20
    done = select(func.count()).select_from(AuditEvent).where(AuditEvent.verb != "access.refused")
    with sessions() as session:
        before = session.scalar(done)
    for path, method in forms:
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "0" * 64}):
            response = send(signed_in, path, data, method=method)
            assert refused(response), f"{method} {path} with {data}: {response.status_code}"
            audit(response)
    with sessions() as session:
        assert session.scalar(done) == before


def test_no_form_is_taken_from_another_site(app: Flask, signed_in: Visitor) -> None:
    token = signed_in.token("/account/")
    for path, method in unsafe(app):
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "http://portal.test.evil.example"},
                        {"Origin": "http://portal.test:8080"}, {"Origin": "https://portal.test"},
                        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            response = send(signed_in, path, {"csrf_token": token}, method=method, headers=headers)
            assert refused(response), f"{method} {path} with {headers}: {response.status_code}"


def test_a_visitors_forms_need_a_token_too(app: Flask) -> None:
    """Signing somebody in under another's account is an attack as well."""
    for path, method in unsafe(app):
        response = send(Visitor(app), path, {}, method=method)
        assert response.status_code in (403, 303), f"{method} {path}: {response.status_code}"
    visitor = Visitor(app)
    visitor.get("/sign-in")
    assert refused(send(visitor, "/sign-in", {"email": "a@b.example", "password": "x"}))


# ----------------------------------------------------------------------------------------------------- the token itself


def test_the_right_token_is_taken(
        signed_in: Visitor, everybody: Actor, sessions: sessionmaker[Session]) -> None:
    """What all the refusals above are measured by."""
    token = signed_in.token("/account/")
    for to, headers in (("en", {}), ("ko", {"Origin": BASE}), ("en", {"Sec-Fetch-Site": "same-origin", "Origin": BASE}),
                        ("ko", {"Origin": "null", "Sec-Fetch-Site": "none"})):
        response = send(signed_in, PLACE, {**DATA, "to": to, "csrf_token": token}, headers=headers)
        assert response.status_code == 303, headers
        assert language(sessions, everybody) == to
    assert send(signed_in, PLACE, DATA, headers={csrf.HEADER: token}).status_code == 303
    assert send(signed_in, PLACE, {**DATA, "to": "ko"}, headers={csrf.HEADER: token}).status_code == 303
    assert language(sessions, everybody) == "ko"


def test_the_token_of_another_session_is_not(
        everybody: Actor, sign_in: Callable[[Actor], Visitor], sessions: sessionmaker[Session]) -> None:
    """Neither another person's nor one's own in another browser."""
    one, two = sign_in(everybody), sign_in(everybody)
    assert one.token("/account/") != two.token("/account/")
    assert refused(send(one, PLACE, {**DATA, "csrf_token": two.token("/account/")}))
    assert language(sessions, everybody) == "ko"


def test_a_token_is_the_same_for_the_life_of_the_session(signed_in: Visitor) -> None:
    """A form left open overnight works."""
    assert signed_in.token("/account/") == signed_in.token("/account/")


def test_the_visits_token_ends_with_signing_in(
        app: Flask, sessions: sessionmaker[Session], clock: TestClock) -> None:
    with sessions() as session:
        account = services.create_account(
            session, email="visit@marusol.example", name="김지연", password_hash=passwords.hashed(PASSWORD),
            locale="ko", now=clock(), confirmed=True)
        account_id = account.id
        session.commit()
    visitor = Visitor(app)
    before = visitor.token("/sign-in")
    visitor.post("/sign-in", {"email": "visit@marusol.example", "password": PASSWORD, "csrf_token": before})
    assert refused(send(visitor, PLACE, {**DATA, "csrf_token": before}))
    after = visitor.token("/account/")
    assert after != before
    visitor.post("/sign-out", {"csrf_token": after})
    assert visitor.token("/sign-in") not in (before, after)
    with sessions() as session:
        assert session.get_one(Account, account_id).locale == "ko"


def test_keys_are_changed_without_breaking_open_forms(app: Flask, signed_in: Visitor) -> None:
    assert signed_in.cookie is not None
    older = csrf.token_for(signed_in.cookie, "test-key-two")
    foreign = csrf.token_for(signed_in.cookie, "no-key-of-ours")
    assert send(signed_in, PLACE, {**DATA, "to": "ko", "csrf_token": older}).status_code == 303
    assert refused(send(signed_in, PLACE, {**DATA, "csrf_token": foreign}))


@pytest.mark.parametrize("token", ["토큰", "\x00", "é" * 64, "0" * 100_000, "' OR 1=1 --", "\ud83d"],
                         ids=["Korean", "NUL", "accents", "long", "SQL", "half a character"])
def test_a_strange_token_is_refused_like_any_other(signed_in: Visitor, token: str) -> None:
    written = "".join(f"%{byte:02X}" for byte in token.encode("utf-8", "surrogatepass"))
    body = f"csrf_token={written}&to=en".encode()
    response = send(signed_in, PLACE, body, content_type="application/x-www-form-urlencoded")
    assert refused(response), response.status_code
    if token.isascii() and token.isprintable() and len(token) < 1000:
        assert refused(send(signed_in, PLACE, DATA, headers={csrf.HEADER: token}))


@pytest.mark.parametrize(("body", "content_type"), [
    (b'{"csrf_token": "x", "to": "en"}', "application/json"), (b"csrf_token=x&to=en", "text/plain"),
    (b"", "text/plain"), (b"--x\r\nbroken", "multipart/form-data; boundary=x")])
def test_bodies_that_another_site_can_send(signed_in: Visitor, body: bytes, content_type: str) -> None:
    assert refused(send(signed_in, PLACE, body, content_type=content_type))


def test_a_cookie_of_nobody_makes_no_token(app: Flask) -> None:
    """A planted session cookie does not sign in, and what is signed with a guessed key is nothing."""
    planted = Visitor(app, ids.token())
    token = planted.token("/sign-in")
    guessed = csrf.token_for(planted.cookie or "", "guess")
    assert refused(send(planted, "/sign-in", {"csrf_token": guessed, "email": "a@b.example"}))
    assert send(planted, PLACE, {**DATA, "csrf_token": token}).status_code == 403


# ------------------------------------------------------------------------------------------------------ what is said


def test_what_was_typed_is_shown_again_but_no_secret(signed_in: Visitor) -> None:
    response = send(signed_in, "/account/password", {
        "reason": "이 조문은 <b>너무</b> 넓습니다.", "password": "secret-one", "new_password": "secret-two",
        "csrf_token": "bad-token-value", "code": "123456"})
    assert refused(response)
    body = response.get_data(as_text=True)
    assert "이 조문은 &lt;b&gt;너무&lt;/b&gt; 넓습니다." in body
    for secret in ("secret-one", "secret-two", "bad-token-value", "123456"):
        assert secret not in body


def test_a_form_of_another_session_can_be_confirmed_if_the_browser_says_that_it_is_ours(
        everybody: Actor, sign_in: Callable[[Actor], Visitor], sessions: sessionmaker[Session]) -> None:
    """What one typed before signing in anew is not lost; and no other site can have its own words confirmed."""
    before, now = sign_in(everybody), sign_in(everybody)
    stale = {**DATA, "csrf_token": before.token("/account/")}
    fresh = now.token("/account/")
    response = send(now, PLACE, stale, headers={"Origin": BASE, "Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 403 and language(sessions, everybody) == "ko", "nothing is done by itself"
    audit(response)
    form = re.search(rf'(?s)<form method="post" action="{PLACE}">(.*?)</form>', response.get_data(as_text=True))
    assert form is not None
    fields = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', form[1]))
    assert fields == {**DATA, "csrf_token": fresh}
    for headers in ({}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-origin"},
                    {"Origin": BASE, "Sec-Fetch-Site": "cross-site"}, {"Origin": BASE, "Sec-Fetch-Site": "same-site"},
                    {"Origin": BASE, "Sec-Fetch-Site": "none"}, {"Origin": BASE + ":8080"}):
        for accept in ("text/html", "application/json"):
            answer = send(now, PLACE, stale, headers={**headers, "Accept": accept})
            body = answer.get_data(as_text=True)
            assert answer.status_code == 403, headers
            assert f'action="{PLACE}"><input type="hidden" name="csrf_token"' not in body, headers
            assert accept == "text/html" or fresh not in body, headers
    assert send(now, PLACE, fields, headers={"Origin": BASE}).status_code == 303
    send(now, PLACE, {**fields, "to": "ko"})


def test_a_form_with_a_password_is_not_offered_again(signed_in: Visitor) -> None:
    response = send(signed_in, "/account/password", {"password": "secret-one", "new_password": "secret-two",
                                                     "csrf_token": "0" * 64}, headers={"Origin": BASE})
    assert response.status_code == 403
    assert "secret" not in response.get_data(as_text=True)
    assert 'action="/account/password"' not in response.get_data(as_text=True)


def test_the_cookies_are_out_of_reach(app: Flask, visitor: Visitor) -> None:
    response = visitor.get("/sign-in")
    [cookie] = response.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_public_pages_neither_set_nor_read_a_cookie(app: Flask, signed_in: Visitor) -> None:
    for path in ("/terms", "/privacy", "/accessibility", "/search?q=a"):
        with_session, without = signed_in.get(path), Visitor(app).get(path)
        assert with_session.data == without.data
        assert "Set-Cookie" not in with_session.headers
        assert "Cookie" not in with_session.headers.get("Vary", "")
        assert "csrf_token" not in with_session.get_data(as_text=True)
