"""The pages of an organisation: facts with both states on a conflict, members, invitations, and closed doors."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.orm import Session, sessionmaker

from portal.kernel.actor import Actor
from portal.organisations import queries
from portal.organisations.models import JoinRequest
from tests import factories
from tests.support.client import Visitor
from tests.support.outbox import last_letter

NOW = datetime.fromisoformat("2025-12-03T03:00:00+00:00")
_numbers = itertools.count(1)


@dataclass
class Ours:
    """An organisation with a manager and a drafter, each in a browser."""

    id: int
    here: str
    manager: Visitor
    drafter: Visitor
    manager_actor: Actor
    drafter_actor: Actor


@pytest.fixture(autouse=True)
def no_limits(sessions: sessionmaker[Session]) -> Iterator[None]:
    """Each test counts from nothing."""
    yield
    with sessions() as session:
        session.execute(text("DELETE FROM rate_limits"))
        session.commit()


@pytest.fixture
def ours(sessions: sessionmaker[Session], sign_in: Callable[[Actor], Visitor]) -> Ours:
    with sessions() as session:
        row = factories.organisation(session, NOW, f"마루솔 {next(_numbers)}")
        manager = factories.member(session, NOW, row, "manager", name="김관리")
        drafter = factories.member(session, NOW, row, "drafter", name="이작성")
        session.commit()
    return Ours(row.id, f"/account/organisations/{row.id}/", sign_in(manager), sign_in(drafter), manager, drafter)


def facts(**changed: str) -> dict[str, str]:
    return {"kind": "company", "organisation_name_ko": "새 이름", "organisation_name_en": "New name", "country": "KR",
            "registration_number": "", "member_count": "", "version": "1", **changed}


def test_a_drafter_sees_colleagues_but_no_levers(ours: Ours) -> None:
    page = ours.drafter.get(ours.here).get_data(as_text=True)
    assert "김관리" in page and "이작성" in page
    main = page.split("<main")[1]
    assert "invitations" not in main and "/facts" not in main
    assert main.count(f"{ours.here}members/") == 1, "only the way out"


def test_facts_are_changed_and_shown_as_typed(ours: Ours) -> None:
    ours.manager.get(f"{ours.here}facts")
    ours.manager.post(f"{ours.here}facts", facts(organisation_name_ko="<i>기울임</i> & 이름"))
    page = ours.manager.get(ours.here).get_data(as_text=True)
    assert "&lt;i&gt;기울임&lt;/i&gt; &amp; 이름" in page and "<i>기울임" not in page
    wrong = ours.manager.post(f"{ours.here}facts", facts(version="2", registration_number="12", kind="association",
                                                         member_count="many"), status=422).get_data(as_text=True)
    assert 'href="#registration_number"' in wrong and 'href="#member_count"' in wrong and 'value="many"' in wrong


def test_a_stale_form_shows_both_and_can_be_sent_again(ours: Ours, app: Flask) -> None:
    ours.manager.post(f"{ours.here}facts", facts(organisation_name_ko="먼저 바꾼 이름"))
    page = ours.manager.post(f"{ours.here}facts", facts(organisation_name_ko="늦게 바꾼 이름"), status=409)
    body = page.get_data(as_text=True)
    assert "먼저 바꾼 이름" in body and 'value="늦게 바꾼 이름"' in body and "김관리" in body
    assert 'name="version" type="hidden" value="2"' in body or 'value="2"' in body
    ours.manager.post(f"{ours.here}facts", facts(organisation_name_ko="늦게 바꾼 이름", version="2"))
    assert "늦게 바꾼 이름" in ours.manager.get(ours.here).get_data(as_text=True)


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_form_without_a_version_is_stale(ours: Ours, version: str) -> None:
    ours.manager.post(f"{ours.here}facts", facts(version=version), status=409)


def test_the_whole_way_of_a_colleague(ours: Ours, app: Flask, sessions: sessionmaker[Session]) -> None:
    email = f"new{next(_numbers)}@marusol.example"
    ours.manager.post(f"{ours.here}invitations", {"email": "no address", "roles": "drafter"}, form_at=ours.here,
                      status=422)
    ours.manager.post(f"{ours.here}invitations", {"email": email, "roles": ["signer", "observer"]}, form_at=ours.here)
    with sessions() as session:
        letter = last_letter(session, email)
    colleague = Visitor(app)
    for _ in range(2):
        colleague.get(letter.path)
    colleague.post(letter.path, {"name": "", "password": "short"}, status=422)
    accepted = colleague.post(letter.path, {"name": "박새롬", "password": "tree boat lantern"})
    assert accepted.headers["Location"] == ours.here
    colleague.get(letter.path, status=410)
    page = colleague.get(ours.here).get_data(as_text=True)
    assert "박새롬" in page
    page = ours.manager.get(ours.here).get_data(as_text=True)
    member = re.search(rf'href="({ours.here}members/\d+)">[^<]*<span[^>]*> 박새롬', page)
    assert member is not None
    there = member[1]
    ours.manager.get(there)
    ours.manager.post(there, {"roles": [], "version": "1"}, status=422)
    ours.manager.post(there, {"roles": ["checker"], "version": "1"})
    stale = ours.manager.post(there, {"roles": ["signer"], "version": "1"}, status=409).get_data(as_text=True)
    assert "확인자" in stale and 'value="2"' in stale
    ours.manager.post(f"{there}/end", form_at=there)
    assert colleague.get(ours.here, status=404)
    colleague.get("/account/")


def test_an_invitation_for_somebody_else(ours: Ours, sign_in: Callable[[Actor], Visitor],
                                         sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        one, other = (factories.account(session, NOW) for _ in range(2))
        session.commit()
    ours.manager.post(f"{ours.here}invitations", {"email": one.email, "roles": "drafter"}, form_at=ours.here)
    with sessions() as session:
        path = last_letter(session, one.email).path
    wrong = sign_in(Actor(other.id, other.name))
    assert one.email in wrong.get(path).get_data(as_text=True)
    wrong.post(path, form_at="/account/", status=200)
    assert wrong.get(ours.here, status=404)
    right = sign_in(Actor(one.id, one.name))
    right.post(path)
    right.get(ours.here)


def test_an_invitation_is_withdrawn(ours: Ours, visitor: Visitor, sessions: sessionmaker[Session]) -> None:
    email = f"new{next(_numbers)}@marusol.example"
    ours.manager.post(f"{ours.here}invitations", {"email": email, "roles": "drafter"}, form_at=ours.here)
    with sessions() as session:
        path = last_letter(session, email).path
        (line,) = queries.invitations_of(session, ours.id, now=NOW)
    ours.drafter.post(f"{ours.here}invitations/{line.id}/withdraw", form_at="/account/", status=403)
    ours.manager.post(f"{ours.here}invitations/{line.id}/withdraw", form_at=ours.here)
    visitor.get(path, status=410)


def test_leaving(ours: Ours, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        lines = {line.name: line.membership_id for line in queries.members_of(session, ours.id)}
    ours.manager.get(f"{ours.here}members/{lines['김관리']}")
    ours.manager.post(f"{ours.here}members/{lines['김관리']}/end", form_at=ours.here, status=409)
    there = f"{ours.here}members/{lines['이작성']}"
    ours.drafter.get(there)
    ours.drafter.post(f"{ours.here}members/{lines['김관리']}/end", form_at="/account/", status=403)
    assert ours.drafter.post(f"{there}/end", form_at=there).headers["Location"] == "/account/"
    ours.drafter.get(ours.here, status=404)


def test_every_door_of_another_organisation_is_closed(
        ours: Ours, sign_in: Callable[[Actor], Visitor], sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        theirs = factories.organisation(session, NOW, "남의 곳")
        theirs_manager = factories.member(session, NOW, theirs, "manager")
        ministry = factories.ministry(session, NOW)
        staff = factories.staff(session, NOW, ministry, "administrator", "reviewer")
        person = factories.account(session, NOW)
        request = JoinRequest(organisation_id=ours.id, account_id=person.id, declared_name="x", matched_by="name",
                              created_at=NOW)
        session.add(request)
        member_id = queries.members_of(session, ours.id)[1].membership_id
        session.commit()
    for actor in (theirs_manager, staff):
        visitor = sign_in(actor)
        token = visitor.token("/account/")
        for path in ("", "facts", f"members/{member_id}"):
            visitor.get(ours.here + path, status=404)
        for path in ("facts", "invitations", "invitations/1/withdraw", f"members/{member_id}",
                     f"members/{member_id}/end", f"requests/{request.id}"):
            visitor.post(ours.here + path, {**facts(), "csrf_token": token, "roles": "manager", "decision": "accept",
                                            "email": "x@y.kr", "required": "yes"}, status=404)
    theirs_here = f"/account/organisations/{theirs.id}/"
    visitor = sign_in(theirs_manager)
    token = visitor.token("/account/")
    visitor.post(f"{theirs_here}members/{member_id}/end", {"csrf_token": token}, status=404)
    visitor.post(f"{theirs_here}requests/{request.id}", {"csrf_token": token, "decision": "accept", "roles": "manager"},
                 status=404)
    page = ours.manager.get(ours.here).get_data(as_text=True)
    assert "이작성" in page and "request-form" in page
    waits = f'href="{ours.here}#requests"'  # told where the manager looks first, too; to nobody else
    assert waits in ours.manager.get("/account/").get_data(as_text=True)
    for other in (ours.drafter, visitor):
        assert waits not in other.get("/account/").get_data(as_text=True)


def test_the_page_of_many_members_asks_as_often_as_that_of_few(
        ours: Ours, sessions: sessionmaker[Session], app: Flask) -> None:
    asked: list[str] = []

    def count(*args: object) -> None:
        asked.append(str(args[2]))

    engine = sessions.kw["bind"]
    portal_engine = app.extensions["portal"].sessions.kw["bind"]
    for listened in {id(engine): engine, id(portal_engine): portal_engine}.values():
        event.listen(listened, "before_cursor_execute", count)
    try:
        ours.manager.get(ours.here)
        few = len(asked)
        with sessions() as session:
            organisation = session.get_one(factories.Organisation, ours.id)
            for _ in range(120):
                factories.member(session, NOW, organisation, "drafter")
            session.commit()
        asked.clear()
        page = ours.manager.get(ours.here).get_data(as_text=True)
        assert len(asked) == few <= 9, asked
    finally:
        for listened in {id(engine): engine, id(portal_engine): portal_engine}.values():
            event.remove(listened, "before_cursor_execute", count)
    following = re.search(rf'href="({ours.here}\?after=\d+)"', page)
    assert following is not None
    assert page.count("<tr>") == 101
    assert ours.manager.get(following[1]).get_data(as_text=True).count("<tr>") == 23
