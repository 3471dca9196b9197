"""The administration of staff and organisations in the browser, and the command that begins it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts import passwords, services
from portal.app import create_backend
from portal.cli import staff as command
from portal.kernel.actor import Actor
from portal.organisations import queries
from portal.organisations.models import Ministry
from portal.settings import Settings
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


@pytest.fixture
def ministry(sessions: sessionmaker[Session]) -> Ministry:
    with sessions() as session:
        row = factories.ministry(session, NOW)
        session.commit()
    return row


@pytest.fixture
def administrator(sessions: sessionmaker[Session], ministry: Ministry, sign_in: Callable[[Actor], Visitor]) -> Visitor:
    with sessions() as session:
        actor = factories.staff(session, NOW, ministry, "administrator", name="최운영")
        session.commit()
    return sign_in(actor)


def test_a_person_is_added_sets_a_password_and_loses_a_role(
        administrator: Visitor, ministry: Ministry, app: Flask, sessions: sessionmaker[Session]) -> None:
    here, email = f"/admin/staff/{ministry.slug}/", f"new{next(_numbers)}@ministry.example"
    assert administrator.get("/admin/staff/", status=303).headers["Location"] == here
    administrator.post(here, {"email": "none", "roles": "reviewer"}, status=422)
    administrator.post(here, {"email": email, "name": "박검토", "roles": ["reviewer", "approver"]})
    assert "초대함" in administrator.get(here).get_data(as_text=True)
    with sessions() as session:
        letter = last_letter(session, email)
    person = Visitor(app)
    person.get(letter.path)
    person.post(letter.path, {"password": PASSWORD})
    person.post("/sign-in", {"email": email, "password": PASSWORD})
    assert person.get("/admin/staff/", status=403)
    page = administrator.get(here).get_data(as_text=True)
    assert "초대함" not in page
    there = re.findall(rf'href="({here}people/\d+)"', page)[-1]
    administrator.post(there, {"roles": "administrator"})
    page = administrator.get(there).get_data(as_text=True)
    ends = re.findall(rf'action="({there}/roles/\d+/end)"', page)
    assert len(ends) == 3
    for end in ends:
        administrator.post(end, form_at=here)
    administrator.get(there, status=404)


def test_the_only_administrator_stays(administrator: Visitor, ministry: Ministry) -> None:
    here = f"/admin/staff/{ministry.slug}/"
    there = re.findall(rf'href="({here}people/\d+)"', administrator.get(here).get_data(as_text=True))[0]
    end = re.findall(r'action="([^"]+/end)"', administrator.get(there).get_data(as_text=True))[0]
    administrator.post(end, form_at=there, status=409)


def test_another_ministry_does_not_exist_for_an_administrator(
        administrator: Visitor, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        theirs = factories.ministry(session, NOW)
        person = factories.staff(session, NOW, theirs, "reviewer")
        role = queries.staff_of(session, theirs.id)[0].roles[0].id
        session.commit()
    here, token = f"/admin/staff/{theirs.slug}/", administrator.token("/account/")
    administrator.get(here, status=404)
    administrator.get(f"{here}people/{person.account_id}", status=404)
    for path in ("", f"people/{person.account_id}", f"people/{person.account_id}/roles/{role}/end"):
        administrator.post(here + path, {"csrf_token": token, "email": "a@b.kr", "name": "x", "roles": "administrator"},
                           status=404)


@pytest.mark.parametrize("roles", [("reviewer",), ("approver",), ("publisher",), ("adviser",)])
def test_other_staff_do_not_administer(
        roles: tuple[str, ...], ministry: Ministry, sessions: sessionmaker[Session],
        sign_in: Callable[[Actor], Visitor]) -> None:
    with sessions() as session:
        actor = factories.staff(session, NOW, ministry, *roles)
        session.commit()
    visitor = sign_in(actor)
    for path in ("/admin/staff/", f"/admin/staff/{ministry.slug}/", "/admin/organisations/", "/admin/organisations/1/"):
        visitor.get(path, status=403)
    visitor.post("/admin/organisations/1/confirm", form_at="/account/", status=403)


def test_an_organisation_is_confirmed_as_it_was_looked_at(
        administrator: Visitor, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        row = factories.organisation(session, NOW, f"바람솔{next(_numbers)}")
        factories.member(session, NOW, row, name="윤관리")
        session.commit()
    here = f"/admin/organisations/{row.id}/"
    assert row.name_ko in administrator.get("/admin/organisations/").get_data(as_text=True)
    assert row.name_ko in administrator.get(f"/admin/organisations/?q={row.name_ko}&show=all").get_data(as_text=True)
    assert "윤관리" in administrator.get(here).get_data(as_text=True)
    administrator.post(f"{here}confirm", {"confirmed": "yes", "version": "7"}, form_at=here, status=409)
    administrator.post(f"{here}confirm", {"confirmed": "yes", "version": "1"}, form_at=here)
    assert "신원 확인됨" in administrator.get(here).get_data(as_text=True)
    assert row.name_ko in administrator.get("/admin/organisations/?show=confirmed").get_data(as_text=True)
    administrator.post(f"{here}confirm", {"confirmed": "no", "version": "2"}, form_at=here)
    assert row.name_ko not in administrator.get("/admin/organisations/?show=confirmed").get_data(as_text=True)
    administrator.get("/admin/organisations/?q=%EC%97%86%EB%8A%94", status=200)


def test_organisations_are_paged(administrator: Visitor, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        for number in range(60):
            factories.organisation(session, NOW, f"쪽나눔{number}")
        session.commit()
    seen: list[str] = []
    address = "/admin/organisations/?show=all"
    while address:
        page = administrator.get(address).get_data(as_text=True)
        seen += re.findall(r'href="/admin/organisations/(\d+)/"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) >= 60


# ----------------------------------------------------------------------------------------------------------- command


@pytest.fixture
def portal_command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs `portal staff …` against this module's database."""

    @contextmanager
    def backend() -> Iterator[Any]:
        made = create_backend(settings)
        try:
            yield made
        finally:
            made.engine.dispose()

    monkeypatch.setattr(command, "backend", backend)

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(command.staff, arguments)

    return run


def test_the_first_administrator_comes_by_command(
        portal_command: Callable[..., Any], app: Flask, sessions: sessionmaker[Session]) -> None:
    slug = f"msit-{next(_numbers)}"
    assert portal_command("add-ministry", slug, "--name-ko", "과기부", "--name-en", "MSIT").exit_code == 0
    assert portal_command("add-ministry", slug, "--name-ko", "과기부", "--name-en", "MSIT").exit_code == 1
    email = f"first{next(_numbers)}@ministry.example"
    nameless = portal_command("add", email, "--ministry", slug, "--role", "administrator")
    assert nameless.exit_code == 1 and "name" in nameless.output
    done = portal_command("add", email, "--ministry", slug, "--role", "administrator", "--role", "publisher",
                          "--name", "최처음")
    assert done.exit_code == 0, done.output
    link = re.search(r"http://portal\.test(/password/reset/\S+)", done.output)
    assert link is not None
    person = Visitor(app)
    person.post(link[1], {"password": PASSWORD})
    assert person.post("/sign-in", {"email": email, "password": PASSWORD}).headers["Location"] == "/review/"
    with sessions() as session:
        account = services.account_by_email(session, email)
        assert account is not None and passwords.matches(account.password_hash, PASSWORD)
    again = portal_command("add", email, "--ministry", slug, "--role", "publisher")
    assert again.exit_code == 0 and "already" in again.output
    assert portal_command("reset-second-factor", email).exit_code == 0


def test_the_command_says_what_is_wrong(portal_command: Callable[..., Any]) -> None:
    unknown = portal_command("add", "a@b.kr", "--ministry", "nowhere", "--role", "reviewer")
    assert unknown.exit_code == 1 and "no ministry nowhere" in unknown.output
    assert portal_command("add", "a@b.kr", "--ministry", "x", "--role", "king").exit_code == 2
    assert portal_command("reset-second-factor", "nobody@b.kr").exit_code == 1
