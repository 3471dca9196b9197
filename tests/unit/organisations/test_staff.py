"""Ministries and their staff: roles given and ended by their own administrators, never by another's."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import services as accounts
from portal.kernel.actor import SYSTEM, Actor
from portal.kernel.audit import AuditEvent
from portal.kernel.errors import InvalidError, NotFoundError, RefusedError, StateError
from portal.organisations import queries, staff
from portal.organisations.models import Ministry, StaffRole
from portal.organisations.queries import actor_by_account
from tests import factories
from tests.support.outbox import last_letter, letters


@pytest.fixture
def ministry(session: Session, now: datetime) -> Ministry:
    return factories.ministry(session, now)


@pytest.fixture
def administrator(session: Session, now: datetime, ministry: Ministry) -> Actor:
    return factories.staff(session, now, ministry, "administrator", name="최운영")


def give(session: Session, actor: Actor, ministry_id: int, now: datetime, email: str = "new@ministry.example",
         roles: tuple[str, ...] = ("reviewer", "approver"), name: str = "박검토") -> staff.Given:
    done = staff.give_roles(session, actor, ministry_id, email=email, name=name, roles=roles, locale="ko", now=now)
    session.flush()
    return done


def test_a_person_without_an_account_is_mailed_a_link(session: Session, now: datetime, ministry: Ministry,
                                                      administrator: Actor) -> None:
    done = give(session, administrator, ministry.id, now)
    assert done.roles == ("reviewer", "approver") and done.secret
    letter = last_letter(session, "new@ministry.example")
    assert letter.template == "staff_invitation" and letter.token == done.secret and "최운영" in letter.body
    account = accounts.set_password_by_link(session, done.secret, password="tree boat lantern", now=now)
    actor = actor_by_account(session, account.id)
    assert actor is not None and actor.staff_roles == {ministry.id: frozenset({"reviewer", "approver"})}
    (line,) = queries.staff_of(session, ministry.id, account_id=account.id)
    assert line.confirmed and [role.role for role in line.roles] == ["reviewer", "approver"]


def test_a_person_with_an_account_keeps_the_name_and_is_told(session: Session, now: datetime, ministry: Ministry,
                                                             administrator: Actor) -> None:
    account = factories.account(session, now, "이원래", "known@ministry.example")
    done = give(session, administrator, ministry.id, now, "Known@Ministry.example", ("publisher",))
    assert (done.account_id, done.secret, account.name) == (account.id, None, "이원래")
    assert last_letter(session, account.email).template == "staff_roles_given"
    again = give(session, administrator, ministry.id, now, account.email, ("publisher", "reviewer"))
    assert again.roles == ("reviewer",)
    assert give(session, administrator, ministry.id, now, account.email, ("publisher",)).roles == ()


def test_an_invitation_can_be_sent_again(session: Session, now: datetime, ministry: Ministry,
                                         administrator: Actor) -> None:
    first = give(session, administrator, ministry.id, now)
    second = give(session, administrator, ministry.id, now.replace(minute=5))
    assert second.roles == () and second.secret not in (None, first.secret)
    assert len(letters(session, "new@ministry.example")) == 2


@pytest.mark.parametrize(("email", "roles", "name", "field"), [
    ("none", ("reviewer",), "김", "email"), ("a@b.kr", (), "김", "roles"), ("a@b.kr", ("king",), "김", "roles"),
    ("a@b.kr", ("reviewer",), " ", "name")])
def test_what_cannot_be_given(session: Session, now: datetime, ministry: Ministry, administrator: Actor, email: str,
                              roles: tuple[str, ...], name: str, field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        give(session, administrator, ministry.id, now, email, roles, name)
    assert list(refused.value.problems) == [field]


def test_another_ministrys_administrator_can_do_nothing_here(session: Session, now: datetime, ministry: Ministry,
                                                             administrator: Actor) -> None:
    theirs = factories.staff(session, now, factories.ministry(session, now), "administrator", "publisher")
    colleague = factories.staff(session, now, ministry, "reviewer", "approver", "publisher", "adviser")
    role = session.scalars(select(StaffRole.id).where(StaffRole.account_id == colleague.account_id)).first()
    assert role is not None
    for actor in (theirs, colleague, factories.member(session, now, factories.organisation(session, now))):
        with pytest.raises(RefusedError):
            give(session, actor, ministry.id, now)
        with pytest.raises(RefusedError):
            staff.end_role(session, actor, ministry.id, role, now=now)
    with pytest.raises(NotFoundError):
        staff.end_role(session, theirs, next(iter(theirs.staff_roles)), role, now=now)
    assert not letters(session)


def test_an_ended_role_counts_no_more_and_stays_in_the_history(session: Session, now: datetime, ministry: Ministry,
                                                               administrator: Actor) -> None:
    colleague = factories.staff(session, now, ministry, "reviewer", "approver")
    (line,) = queries.staff_of(session, ministry.id, account_id=colleague.account_id)
    staff.end_role(session, administrator, ministry.id, line.roles[0].id, now=now)
    session.flush()
    after = actor_by_account(session, colleague.require_account())
    assert after is not None and after.staff_roles == {ministry.id: frozenset({"approver"})}
    assert session.get_one(StaffRole, line.roles[0].id).ended_at == now
    with pytest.raises(NotFoundError):
        staff.end_role(session, administrator, ministry.id, line.roles[0].id, now=now)
    assert "staff.role_ended" in session.scalars(select(AuditEvent.verb)).all()
    assert give(session, administrator, ministry.id, now, colleague.email, ("reviewer",)).roles == ("reviewer",)


def test_the_last_administrator_stays(session: Session, now: datetime, ministry: Ministry,
                                      administrator: Actor) -> None:
    (line,) = queries.staff_of(session, ministry.id)
    with pytest.raises(StateError):
        staff.end_role(session, administrator, ministry.id, line.roles[0].id, now=now)
    factories.staff(session, now, ministry, "administrator")
    staff.end_role(session, administrator, ministry.id, line.roles[0].id, now=now)


def test_only_the_operator_adds_a_ministry(session: Session, now: datetime, administrator: Actor) -> None:
    with pytest.raises(RefusedError):
        staff.create_ministry(session, administrator, slug="ours", name_ko="우리부", name_en="Ours", now=now)
    number = staff.create_ministry(session, SYSTEM, slug="msit", name_ko="과학기술정보통신부",
                                   name_en="Ministry of Science and ICT", now=now)
    line = queries.ministry_by_slug(session, "msit")
    assert line is not None and (line.id, line.people) == (number, 0)
    for slug, name in (("msit", "다른부"), ("No Slug", "부"), ("x", "부"), ("good-slug", "")):
        with pytest.raises(InvalidError):
            staff.create_ministry(session, SYSTEM, slug=slug, name_ko=name, name_en=name, now=now)
    given = give(session, SYSTEM, number, now, roles=("administrator",))
    assert given.roles == ("administrator",)
    assert "최운영" not in last_letter(session, "new@ministry.example").body


def test_people_are_listed_by_page_each_with_all_roles(session: Session, now: datetime, ministry: Ministry) -> None:
    people = [factories.staff(session, now, ministry, "reviewer", "adviser") for _ in range(5)]
    first = queries.staff_of(session, ministry.id, limit=3)
    rest = queries.staff_of(session, ministry.id, after=first[-1].account_id)
    assert [line.account_id for line in (*first, *rest)] == sorted(actor.require_account() for actor in people)
    assert all([role.role for role in line.roles] == ["reviewer", "adviser"] for line in (*first, *rest))
    assert queries.ministries(session, [ministry.id])[0].people == 5
