"""Signing up in the browser: one form, one answer for everybody, the link, and what the page says afterwards."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.organisations.models import Organisation
from tests import factories
from tests.support.client import Visitor
from tests.support.outbox import last_letter

PASSWORD = "tree boat lantern"
NOW = datetime.fromisoformat("2025-12-03T03:00:00+00:00")
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def no_limits(sessions: sessionmaker[Session]) -> Iterator[None]:
    """Each test counts from nothing."""
    yield
    with sessions() as session:
        session.execute(text("DELETE FROM rate_limits"))
        session.commit()


def typed(**changed: str) -> dict[str, str]:
    number = next(_numbers)
    return {"name": "김지연", "email": f"jiyeon@company{number}.example", "password": PASSWORD, "kind": "company",
            "organisation_name_ko": f"마루솔 {number}호", "organisation_name_en": "", "country": "KR",
            "registration_number": "", **changed}


def mailed(sessions: sessionmaker[Session], email: str) -> Any:
    with sessions() as session:
        return last_letter(session, email)


def signed_up(visitor: Visitor, sessions: sessionmaker[Session], **changed: str) -> dict[str, str]:
    values = typed(**changed)
    assert visitor.post("/sign-up", values).headers["Location"] == "/sign-up/sent"
    letter = mailed(sessions, values["email"])
    visitor.post(letter.path, {"password": PASSWORD})
    return values


def test_from_the_form_to_the_workspace(visitor: Visitor, sessions: sessionmaker[Session]) -> None:
    values = typed(registration_number="999-81-00029")
    visitor.post("/sign-up", values)
    visitor.get("/sign-up/sent")
    letter = mailed(sessions, values["email"])
    for _ in range(3):  # mail scanners follow links
        visitor.get(letter.path)
    visitor.get("/account/", status=303)
    visitor.post(letter.path, {"password": "wrong"}, status=422)
    visitor.post(letter.path, {"password": ""}, status=422)
    assert visitor.post(letter.path, {"password": PASSWORD}).headers["Location"] == "/account/"
    page = visitor.get("/account/").get_data(as_text=True)
    assert values["organisation_name_ko"] in page and "자기 신고" in page
    visitor.get(letter.path, status=410)
    with sessions() as session:
        row = session.scalars(select(Organisation).where(Organisation.registration_number == "9998100029")).one()
    there = visitor.get(f"/account/organisations/{row.id}/").get_data(as_text=True)
    assert "999-81-00029" in there and values["organisation_name_ko"] in there


def test_signing_up_leads_on_to_the_page_that_was_wanted(visitor: Visitor, sessions: sessionmaker[Session]) -> None:
    wanted = "/workspace/decree/comments/new?at=art_2&as=7"
    query = "?next=" + quote(wanted)
    assert f'href="/sign-up{query}"' in visitor.get("/sign-in" + query).get_data(as_text=True)
    page = visitor.get("/sign-up" + query).get_data(as_text=True)
    assert f'name="next" type="hidden" value="{escape(wanted)}"' in page
    assert f'href="/sign-in{query}"' in page
    values = typed(next=wanted)
    sent = visitor.post("/sign-up", values).headers["Location"]
    assert f'href="/sign-in{query}"' in visitor.get(sent).get_data(as_text=True)
    letter = mailed(sessions, values["email"])
    assert letter.path.endswith(query)
    visitor.get(letter.path)
    visitor.post(letter.path, {"password": "wrong"}, status=422)
    assert visitor.post(letter.path, {"password": PASSWORD}).headers["Location"] == wanted


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example/", "/\\\\evil.example/", "x" * 3000])
def test_signing_up_leads_nowhere_else(
        visitor: Visitor, sessions: sessionmaker[Session], foreign: str) -> None:
    assert "evil.example" not in visitor.get("/sign-up?" + urlencode({"next": foreign})).get_data(as_text=True).replace(
        escape(quote(foreign)), "").replace(escape(urlencode({"next": foreign})), "")
    values = typed(next=foreign)
    assert visitor.post("/sign-up", values).headers["Location"] == "/sign-up/sent"
    letter = mailed(sessions, values["email"])
    assert "?" not in letter.path
    planted = f"{letter.path}?{urlencode({'next': foreign})}"
    assert visitor.post(planted, {"password": PASSWORD}).headers["Location"] == "/account/"


def test_what_has_to_be_typed_again_is_said(visitor: Visitor) -> None:
    page = visitor.post("/sign-up", typed(email="no address"), status=422).get_data(as_text=True)
    assert "입력한 내용은 그대로 남아 있습니다. 비밀번호만 다시 입력해 주십시오." in page


def test_the_form_keeps_what_was_typed_but_no_password(visitor: Visitor) -> None:
    values = typed(email="no address", password="short", registration_number="999-81-00020", kind="association")
    page = visitor.post("/sign-up", values, status=422).get_data(as_text=True)
    for kept in ("no address", "999-81-00020", values["organisation_name_ko"]):
        assert kept in page
    assert "short" not in page.replace("--short", "")
    assert 'href="#registration_number"' in page and 'href="#email"' in page and 'href="#password"' in page
    assert 'value="association" checked' in page or 'checked id="kind-1"' in page or "checked" in page


def test_an_empty_form_says_everything_that_is_needed(visitor: Visitor) -> None:
    page = visitor.post("/sign-up", {}, status=422).get_data(as_text=True)
    for field in ("kind-0", "name", "email", "password", "organisation_name_ko"):
        assert f'href="#{field}"' in page, field


def test_the_answer_is_the_same_for_an_address_or_organisation_that_is_known(
        visitor: Visitor, app: Flask, sessions: sessionmaker[Session]) -> None:
    known = signed_up(visitor, sessions, registration_number="999-81-00034")
    answers = []
    for values in (typed(), typed(email=known["email"]), typed(registration_number="999-81-00034"),
                   typed(organisation_name_ko=f"주식회사 {known['organisation_name_ko']}"),
                   typed(email="colleague@" + known["email"].split("@")[1])):
        response = Visitor(app).post("/sign-up", values)
        answers.append((response.status_code, response.headers["Location"], response.get_data(),
                        sorted(name for name, _ in response.headers)))
    assert all(answer == answers[0] for answer in answers)
    assert mailed(sessions, known["email"]).template == "address_in_use"


def test_who_names_an_organisation_that_is_known_waits_and_may_file_alone(
        visitor: Visitor, app: Flask, sessions: sessionmaker[Session]) -> None:
    known = signed_up(visitor, sessions)
    other = Visitor(app)
    theirs = signed_up(other, sessions, organisation_name_ko=f"(주){known['organisation_name_ko']}")
    page = other.get("/account/").get_data(as_text=True)
    assert theirs["organisation_name_ko"] in page, "only what was declared is shown"
    assert "/account/organisations/individual" in page
    assert mailed(sessions, known["email"]).template == "join_request"
    response = other.post("/account/organisations/individual", form_at="/account/")
    assert "김지연" in other.get(response.headers["Location"]).get_data(as_text=True)
    other.post("/account/organisations/individual", form_at="/account/", status=409)
    # The manager accepts on the organisation's page.
    there = mailed(sessions, known["email"]).path
    page = visitor.get(there).get_data(as_text=True)
    action = page.split('class="request-form" method="post" action="')[1].split('"')[0]
    other.post(action, {"decision": "accept", "roles": ["manager"]}, form_at="/account/", status=404)
    visitor.post(action, {"decision": "accept", "roles": ["drafter", "signer"]}, form_at=there)
    assert there in other.get("/account/").get_data(as_text=True)
    assert mailed(sessions, theirs["email"]).template == "request_accepted"


def test_an_individual_needs_no_organisation(visitor: Visitor, sessions: sessionmaker[Session]) -> None:
    signed_up(visitor, sessions, kind="individual", organisation_name_ko="", name="홍길동")
    page = visitor.get("/account/").get_data(as_text=True)
    assert "홍길동" in page and "자기 신고" not in page


def test_another_organisation_with_the_same_account(visitor: Visitor, sessions: sessionmaker[Session]) -> None:
    signed_up(visitor, sessions)
    values = typed()
    visitor.post("/account/organisations/new", {**values, "organisation_name_ko": ""}, status=422)
    values["email"] = ""
    # The mail domain is that of the first organisation: the same person is its member already.
    visitor.post("/account/organisations/new", values, status=409)
    assert visitor.post("/account/organisations/new", {**values, "kind": "individual"}).headers["Location"]


def test_the_link_in_the_language_of_who_signed_up(app: Flask, sessions: sessionmaker[Session]) -> None:
    visitor, values = Visitor(app), typed(organisation_name_ko="", organisation_name_en="Larkfield Systems Ltd")
    visitor.get("/sign-up?lang=en")
    visitor.post("/sign-up?lang=en", values)
    letter = mailed(sessions, values["email"])
    assert (letter.locale == "en" and letter.body.isascii() is False) or "Dear" in letter.body
    visitor.post(letter.path, {"password": PASSWORD})
    assert '<html lang="en">' in visitor.get("/account/").get_data(as_text=True)
    with sessions() as session:
        row = session.scalars(select(Organisation).where(Organisation.name_en == "Larkfield Systems Ltd")).one()
        assert row.name_ko == "Larkfield Systems Ltd" and row.name_key_en == "larkfieldsystems"


def test_signing_up_is_limited_by_address(visitor: Visitor) -> None:
    values = typed()
    for _ in range(5):
        visitor.post("/sign-up", values)
    visitor.post("/sign-up", values, status=429)
    for _ in range(24):
        visitor.post("/sign-up", {"email": "x"}, status=422)
    visitor.post("/sign-up", typed(), status=429)


@pytest.mark.parametrize("hostile", [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{ 7*7 }}", "%(name)s", "=HYPERLINK(1)",
    "가" * 150, "\u202eevil", "a\r\nBcc: x@y.kr", "[을/를]"])
def test_hostile_names_stay_words(app: Flask, sessions: sessionmaker[Session], hostile: str) -> None:
    visitor = Visitor(app)
    values = typed(organisation_name_ko=f"{hostile} {next(_numbers)}", name=hostile[:90])
    visitor.post("/sign-up", values)
    letter = mailed(sessions, values["email"])
    visitor.get(letter.path)
    visitor.post(letter.path, {"password": PASSWORD})
    for path in ("/account/",):
        body = visitor.get(path).get_data(as_text=True)
        assert "<script>alert" not in body and "<img src=x" not in body
    with sessions() as session:
        account = session.scalars(select(Account).where(Account.email == values["email"])).one()
        assert "\n" not in account.name and "\u202e" not in account.name


def test_a_signed_in_browser_that_confirms_another_account(
        sign_in: Callable[[Actor], Visitor], app: Flask, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        actor = factories.member(session, NOW, factories.organisation(session, NOW, f"먼저 {next(_numbers)}"))
        session.commit()
    visitor = sign_in(actor)
    values = typed()
    Visitor(app).post("/sign-up", values)
    visitor.post(mailed(sessions, values["email"]).path, {"password": PASSWORD})
    assert values["email"] in visitor.get("/account/").get_data(as_text=True)
    assert Visitor(app, visitor.cookie).get("/account/", status=303), "the session before has ended"
