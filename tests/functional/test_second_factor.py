"""The second factor in the browser: set up, asked for, exchanged sessions, codes taken once, recovery, staff."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts import passwords, services
from portal.kernel.actor import Actor
from portal.organisations.models import StaffRole
from tests import factories
from tests.support.client import Visitor

PASSWORD = "tree boat lantern"
HASH = passwords.hashed(PASSWORD)
NOW = datetime.fromisoformat("2025-12-03T03:00:00+00:00")
HERE = "/account/second-factor"
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def still(sessions: sessionmaker[Session], clock: Any) -> Iterator[None]:
    """Each test counts from nothing, and the clock goes back."""
    yield
    clock.at = NOW
    with sessions() as session:
        session.execute(text("DELETE FROM rate_limits"))
        session.commit()


@pytest.fixture
def person(sessions: sessionmaker[Session]) -> Callable[..., str]:
    """Makes an account, with staff roles if some are named; returns its address."""

    def make(*roles: str) -> str:
        address = f"person{next(_numbers)}@ministry.example"
        with sessions() as session:
            row = services.create_account(session, email=address, name="김검토", password_hash=HASH, locale="ko",
                                          now=NOW, confirmed=True)
            if roles:
                ministry = factories.ministry(session, NOW)
                for role in roles:
                    session.add(StaffRole(ministry_id=ministry.id, account_id=row.id, role=role, given_at=NOW))
            session.commit()
        return address

    return make


def signed_in(app: Flask, email: str) -> Visitor:
    visitor = Visitor(app)
    visitor.post("/sign-in", {"email": email, "password": PASSWORD})
    return visitor


def set_up(visitor: Visitor, at: datetime = NOW) -> tuple[pyotp.TOTP, list[str]]:
    visitor.post(f"{HERE}/begin", form_at=HERE)
    page = visitor.get(HERE).get_data(as_text=True)
    assert '<svg aria-hidden="true"' in page and "style=" not in page
    secret = re.search(r'<code translate="no">([A-Z2-7 ]+)</code>', page)
    assert secret is not None
    generator = pyotp.TOTP(secret[1].replace(" ", ""))
    assert f"secret={generator.secret}" in page
    shown = visitor.post(f"{HERE}/confirm", {"code": generator.at(at)}, form_at=HERE, status=200)
    codes = re.findall(r"<code>([0-9A-Z-]{19})</code>", shown.get_data(as_text=True))
    assert len(set(codes)) == 10
    return generator, codes


def cookie_of(visitor: Visitor) -> str:
    found = visitor.client.get_cookie("portal_session", domain="portal.test")
    assert found is not None
    return found.value


def test_staff_set_it_up_before_anything_else(app: Flask, person: Callable[..., str], clock: Any) -> None:
    email = person("administrator")
    visitor = signed_in(app, email)
    sent = visitor.get("/admin/staff/", status=303)
    assert sent.headers["Location"] == f"{HERE}?next=%2Fadmin%2Fstaff%2F"
    before = cookie_of(visitor)
    set_up(visitor)
    assert cookie_of(visitor) != before
    assert Visitor(app, before).get("/account/", status=303), "the session was exchanged"
    assert visitor.get("/admin/staff/", status=303).headers["Location"].startswith("/admin/staff/ministry-")


def test_the_codes_are_shown_this_once(app: Flask, person: Callable[..., str]) -> None:
    visitor = signed_in(app, person())
    _, codes = set_up(visitor)
    for path in (HERE, "/account/"):
        page = visitor.get(path).get_data(as_text=True)
        assert not any(code in page for code in codes)


def test_at_the_next_sign_in_the_code_is_asked_for_before_anything(
        app: Flask, person: Callable[..., str], clock: Any) -> None:
    email = person()
    generator, _ = set_up(signed_in(app, email))
    clock.at = NOW + timedelta(minutes=2)
    visitor = Visitor(app)
    response = visitor.post("/sign-in", {"email": email, "password": PASSWORD, "next": "/account/email"})
    assert response.headers["Location"] == f"{HERE}?next=/account/email"
    for path in ("/account/", "/account/password", "/account/organisations/new", "/account/language"):
        assert visitor.get(path, status=303).headers["Location"].startswith(HERE)
    page = visitor.get(f"{HERE}?next=/account/email").get_data(as_text=True)
    assert "<svg aria-hidden" not in page.split("<main")[1].split("</main")[0].replace('<svg class="icon"', "")
    token = visitor.token(HERE)
    for path in ("begin", "give-up", "confirm", "codes", "remove"):
        sent = visitor.post(f"{HERE}/{path}", {"csrf_token": token, "password": PASSWORD, "code": "123456"})
        assert sent.headers["Location"].startswith(HERE)
    before = cookie_of(visitor)
    visitor.post(HERE, {"code": "000000"}, status=422)
    sent = visitor.post(HERE, {"code": generator.at(clock.at), "next": "/account/email"}, form_at=HERE)
    assert sent.headers["Location"] == "/account/email"
    assert cookie_of(visitor) != before
    assert Visitor(app, before).get("/account/", status=303)
    visitor.get("/account/email")


def test_a_code_opens_one_session(app: Flask, person: Callable[..., str], clock: Any) -> None:
    email = person()
    generator, _ = set_up(signed_in(app, email))
    clock.at = NOW + timedelta(minutes=2)
    code = generator.at(clock.at)
    one, other = signed_in(app, email), signed_in(app, email)
    one.post(HERE, {"code": code})
    other.post(HERE, {"code": code}, status=422)
    other.get("/account/", status=303)


def test_a_recovery_code_opens_one_session(app: Flask, person: Callable[..., str]) -> None:
    email = person()
    _, codes = set_up(signed_in(app, email))
    one, other = signed_in(app, email), signed_in(app, email)
    assert one.get(HERE).get_data(as_text=True).count(f"{HERE}/recovery") == 1
    sent = one.post(f"{HERE}/recovery", {"recovery_code": codes[3].lower(), "next": "/account/"})
    assert sent.headers["Location"] == "/account/"
    assert "9" in one.get("/account/").get_data(as_text=True)
    other.post(f"{HERE}/recovery", {"recovery_code": codes[3]}, status=422)
    other.post(f"{HERE}/recovery", {"recovery_code": "7K3M-Q0ZT-1A2B-3C4D"}, status=422)


def test_guessing_codes_is_limited(app: Flask, person: Callable[..., str], clock: Any) -> None:
    email = person()
    generator, codes = set_up(signed_in(app, email))
    clock.at = NOW + timedelta(minutes=2)
    visitor = signed_in(app, email)
    for number in range(10):
        visitor.post(HERE, {"code": f"{number:06}"}, status=422)
    visitor.post(HERE, {"code": generator.at(clock.at)}, status=429)
    visitor.post(f"{HERE}/recovery", {"recovery_code": codes[0]}, status=429)


def test_changing_it_needs_the_password(app: Flask, person: Callable[..., str], clock: Any) -> None:
    visitor = signed_in(app, person())
    generator, codes = set_up(visitor)
    for path in ("begin", "codes", "remove"):
        visitor.post(f"{HERE}/{path}", {"password": "wrong"}, form_at=HERE, status=422)
    fresh = visitor.post(f"{HERE}/codes", {"password": PASSWORD}, form_at=HERE, status=200).get_data(as_text=True)
    assert not any(code in fresh for code in codes)
    visitor.post(f"{HERE}/begin", {"password": PASSWORD}, form_at=HERE)
    visitor.post(f"{HERE}/give-up", form_at=HERE)
    visitor.post(f"{HERE}/remove", {"password": PASSWORD}, form_at=HERE)
    visitor.get("/account/")
    clock.at = NOW + timedelta(minutes=2)
    assert generator


def test_an_older_session_needs_the_password_to_set_it_up(app: Flask, person: Callable[..., str], clock: Any) -> None:
    visitor = signed_in(app, person())
    clock.at = NOW + timedelta(minutes=31)
    visitor.post(f"{HERE}/begin", form_at=HERE, status=422)
    visitor.post(f"{HERE}/begin", {"password": PASSWORD}, form_at=HERE)


def test_staff_cannot_remove_it(app: Flask, person: Callable[..., str]) -> None:
    visitor = signed_in(app, person("reviewer"))
    set_up(visitor)
    assert "/remove" not in visitor.get(HERE).get_data(as_text=True)
    visitor.post(f"{HERE}/remove", {"password": PASSWORD}, form_at=HERE, status=403)


def test_who_is_not_signed_in_is_sent_to_sign_in(visitor: Visitor) -> None:
    for path in (HERE, f"{HERE}/recovery"):
        assert visitor.get(path, status=303).headers["Location"].startswith("/sign-in?next=")
    visitor.post(f"{HERE}/begin", form_at="/sign-in", status=403)


def test_setting_it_up_makes_it_due_in_other_sessions(app: Flask, person: Callable[..., str]) -> None:
    email = person()
    one, other = signed_in(app, email), signed_in(app, email)
    set_up(one)
    assert other.get("/account/", status=303).headers["Location"].startswith(HERE)


def test_a_due_second_factor_accepts_no_invitation(
        app: Flask, person: Callable[..., str], sessions: sessionmaker[Session]) -> None:
    from portal.organisations import members

    email = person()
    set_up(signed_in(app, email))
    with sessions() as session:
        organisation = factories.organisation(session, NOW, "초대한 곳")
        manager: Actor = factories.member(session, NOW, organisation, "manager")
        token = members.invite(session, manager, organisation.id, email=email, roles=["drafter"], now=NOW)
        session.commit()
    visitor = signed_in(app, email)
    visitor.get(f"/invitation/{token}")
    assert visitor.post(f"/invitation/{token}").headers["Location"].startswith(HERE)
