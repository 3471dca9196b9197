"""Members: invitations, requests, roles, leaving; and that a manager of one organisation can do nothing to another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, PortalError, RefusedError, StateError
from portal.organisations import members, policies, queries, services
from portal.organisations.facts import OrganisationFacts
from portal.organisations.models import JoinRequest, Membership, Organisation
from portal.organisations.queries import actor_by_account
from tests import factories
from tests.support.outbox import last_letter, letters

PASSWORD = "tree boat lantern"


@pytest.fixture
def ours(session: Session, now: datetime) -> Organisation:
    return factories.organisation(session, now)


@pytest.fixture
def manager(session: Session, now: datetime, ours: Organisation) -> Actor:
    return factories.member(session, now, ours, "manager", name="김관리")


def fresh(session: Session, actor: Actor) -> Actor:
    session.flush()
    found = actor_by_account(session, actor.require_account())
    assert found is not None
    return found


def membership(session: Session, organisation: Organisation, actor: Actor) -> Membership:
    return session.scalars(select(Membership).where(
        Membership.organisation_id == organisation.id, Membership.account_id == actor.account_id)).one()


def asked_to_join(session: Session, now: datetime, organisation: Organisation) -> tuple[Actor, int]:
    account = factories.account(session, now, "박요청")
    row = JoinRequest(organisation_id=organisation.id, account_id=account.id, declared_name="마루솔", matched_by="name",
                      created_at=now)
    session.add(row)
    session.flush()
    actor = actor_by_account(session, account.id)
    assert actor is not None
    return actor, row.id


# ------------------------------------------------------------------------------------------------------- invitations


def test_an_invited_colleague_without_an_account(session: Session, now: datetime, ours: Organisation,
                                                 manager: Actor) -> None:
    members.invite(session, manager, ours.id, email="New@Marusol.example", roles=["signer", "drafter"], now=now)
    letter = last_letter(session, "new@marusol.example")
    assert letter.template == "invitation" and "작성자" in letter.body and "서명자" in letter.body
    page = queries.invitation_page(session, letter.token, now=now)
    assert page is not None and not page.has_account and page.invited_by == "김관리"
    joined = members.accept_with_new_account(session, letter.token, name="이새롬", password=PASSWORD, locale="ko",
                                             now=now)
    session.flush()
    actor = actor_by_account(session, joined.account_id)
    assert actor is not None and actor.member_roles == {ours.id: frozenset({"drafter", "signer"})}
    assert session.get_one(Account, joined.account_id).email_confirmed_at == now and joined.secret
    with pytest.raises(NotFoundError):
        members.accept_invitation(session, actor, letter.token, now=now)


def test_an_invited_colleague_with_an_account(session: Session, now: datetime, ours: Organisation,
                                              manager: Actor) -> None:
    person = factories.account(session, now)
    other = actor_by_account(session, factories.account(session, now).id)
    token = members.invite(session, manager, ours.id, email=person.email, roles=["observer"], now=now)
    assert other is not None
    with pytest.raises(RefusedError):
        members.accept_invitation(session, other, token, now=now)
    with pytest.raises(StateError):
        members.accept_with_new_account(session, token, name="가짜", password=PASSWORD, locale="ko", now=now)
    actor = actor_by_account(session, person.id)
    assert actor is not None
    members.accept_invitation(session, actor, token, now=now)
    assert fresh(session, actor).has_member_role(ours.id, "observer")
    with pytest.raises(InvalidError):
        members.invite(session, manager, ours.id, email=person.email, roles=["observer"], now=now)


def test_an_invitation_expires_is_replaced_and_is_withdrawn(session: Session, now: datetime, ours: Organisation,
                                                            manager: Actor) -> None:
    first = members.invite(session, manager, ours.id, email="new@marusol.example", roles=["drafter"], now=now)
    assert queries.invitation_page(session, first, now=now + timedelta(days=14)) is None
    second = members.invite(session, manager, ours.id, email="new@marusol.example", roles=["observer"], now=now)
    assert queries.invitation_page(session, first, now=now) is None
    (line,) = queries.invitations_of(session, ours.id, now=now)
    assert line.roles == ("observer",)
    members.withdraw_invitation(session, manager, ours.id, line.id, now=now)
    session.flush()
    assert queries.invitation_page(session, second, now=now) is None
    with pytest.raises(NotFoundError):
        members.withdraw_invitation(session, manager, ours.id, line.id, now=now)


@pytest.mark.parametrize(("email", "roles"), [("no address", ["drafter"]), ("a@b.kr", []), ("a@b.kr", ["king"])])
def test_an_invitation_needs_an_address_and_roles(session: Session, now: datetime, ours: Organisation, manager: Actor,
                                                  email: str, roles: list[str]) -> None:
    with pytest.raises(InvalidError):
        members.invite(session, manager, ours.id, email=email, roles=roles, now=now)
    assert not letters(session)


def test_an_individual_invites_nobody(session: Session, now: datetime) -> None:
    alone = factories.organisation(session, now, "홍길동", "individual")
    actor = factories.member(session, now, alone)
    with pytest.raises(StateError):
        members.invite(session, actor, alone.id, email="a@b.kr", roles=["drafter"], now=now)


# --------------------------------------------------------------------------------------------------- requests to join


def test_a_request_is_accepted_with_roles_and_the_person_told(session: Session, now: datetime, ours: Organisation,
                                                              manager: Actor) -> None:
    person, request_id = asked_to_join(session, now, ours)
    with pytest.raises(InvalidError):
        members.decide_request(session, manager, ours.id, request_id, accept=True, roles=[], now=now)
    members.decide_request(session, manager, ours.id, request_id, accept=True, roles=["drafter"], now=now)
    assert fresh(session, person).member_roles == {ours.id: frozenset({"drafter"})}
    assert last_letter(session, person.email).template == "request_accepted"
    with pytest.raises(StateError):
        members.decide_request(session, manager, ours.id, request_id, accept=False, roles=[], now=now)


def test_who_is_let_in_reads_the_organisations_name_in_their_language(session: Session, now: datetime,
                                                                       ours: Organisation, manager: Actor) -> None:
    ours.name_en = "Marusol Lab"
    person, request_id = asked_to_join(session, now, ours)
    session.get_one(Account, person.require_account()).locale = "en"
    members.decide_request(session, manager, ours.id, request_id, accept=True, roles=["drafter"], now=now)
    assert last_letter(session, person.email).subject == "You are a member of Marusol Lab now"


def test_a_declined_request_tells_nothing_of_the_organisation(session: Session, now: datetime, ours: Organisation,
                                                              manager: Actor) -> None:
    person, request_id = asked_to_join(session, now, ours)
    members.decide_request(session, manager, ours.id, request_id, accept=False, roles=["drafter"], now=now)
    assert not fresh(session, person).member_roles
    letter = last_letter(session, person.email)
    assert letter.template == "request_declined" and ours.name_ko not in letter.body and "마루솔" in letter.body


# ------------------------------------------------------------------------------------------------------- memberships


def test_roles_change_from_the_next_request_on(session: Session, now: datetime, ours: Organisation,
                                               manager: Actor) -> None:
    member = factories.member(session, now, ours, "drafter")
    row = membership(session, ours, member)
    members.change_roles(session, manager, ours.id, row.id, ["observer", "checker"], version=1, now=now)
    assert fresh(session, member).member_roles == {ours.id: frozenset({"checker", "observer"})}
    assert (row.roles, row.version) == (["checker", "observer"], 2)


def test_a_stale_form_of_roles_shows_what_stands_there_now(session: Session, now: datetime, ours: Organisation,
                                                           manager: Actor) -> None:
    other = factories.member(session, now, ours, "manager", name="이관리")
    row = membership(session, ours, factories.member(session, now, ours, "drafter"))
    members.change_roles(session, other, ours.id, row.id, ["signer"], version=1, now=now)
    with pytest.raises(ConflictError) as conflict:
        members.change_roles(session, manager, ours.id, row.id, ["observer"], version=1, now=now)
    assert (conflict.value.changed_by, conflict.value.theirs, conflict.value.version) == (
        "이관리", {"roles": ["signer"]}, 2)
    members.change_roles(session, manager, ours.id, row.id, ["observer"], version=2, now=now)


def test_the_last_manager_stays(session: Session, now: datetime, ours: Organisation, manager: Actor) -> None:
    row = membership(session, ours, manager)
    with pytest.raises(StateError):
        members.end_membership(session, manager, ours.id, row.id, now=now)
    with pytest.raises(StateError):
        members.change_roles(session, manager, ours.id, row.id, ["drafter"], version=row.version, now=now)
    second = factories.member(session, now, ours, "manager")
    members.end_membership(session, manager, ours.id, row.id, now=now)
    assert not fresh(session, manager).member_roles
    with pytest.raises(StateError):
        members.end_membership(session, second, ours.id, membership(session, ours, second).id, now=now)


def test_a_leaver_loses_access_and_may_come_back(session: Session, now: datetime, ours: Organisation,
                                                 manager: Actor) -> None:
    member = factories.member(session, now, ours, "drafter")
    row = membership(session, ours, member)
    members.end_membership(session, member, ours.id, row.id, now=now)
    gone = fresh(session, member)
    assert not gone.member_roles and row.ended_at == now
    with pytest.raises(NotFoundError):
        members.end_membership(session, manager, ours.id, row.id, now=now)
    token = members.invite(session, manager, ours.id, email=member.email, roles=["drafter"], now=now)
    members.accept_invitation(session, gone, token, now=now)
    assert fresh(session, gone).member_roles


# ---------------------------------------------------------------------------------------------------------- refusals

Act = Callable[[Session, Actor, Organisation, int, int, int, datetime], object]
ACTS: dict[str, Act] = {
    "invite": lambda s, a, o, m, i, r, n: members.invite(s, a, o.id, email="x@y.kr", roles=["drafter"], now=n),
    "withdraw": lambda s, a, o, m, i, r, n: members.withdraw_invitation(s, a, o.id, i, now=n),
    "roles": lambda s, a, o, m, i, r, n: members.change_roles(s, a, o.id, m, ["observer"], version=1, now=n),
    "end": lambda s, a, o, m, i, r, n: members.end_membership(s, a, o.id, m, now=n),
    "accept": lambda s, a, o, m, i, r, n: members.decide_request(s, a, o.id, r, accept=True, roles=["manager"], now=n),
    "decline": lambda s, a, o, m, i, r, n: members.decide_request(s, a, o.id, r, accept=False, roles=[], now=n),
    "facts": lambda s, a, o, m, i, r, n: services.change_organisation(
        s, a, o.id, OrganisationFacts("company", "새 이름"), version=o.version, now=n),
}


def _things(session: Session, now: datetime) -> tuple[Organisation, int, int, int]:
    theirs = factories.organisation(session, now, "다른곳")
    head = factories.member(session, now, theirs, "manager", "checker")
    target = membership(session, theirs, factories.member(session, now, theirs, "drafter"))
    members.invite(session, head, theirs.id, email="guest@y.kr", roles=["drafter"], now=now)
    _, request_id = asked_to_join(session, now, theirs)
    return theirs, target.id, queries.invitations_of(session, theirs.id, now=now)[0].id, request_id


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["manager of another", "drafter", "observer", "no member", "former manager", "staff"])
def test_who_is_no_manager_here_can_do_nothing(session: Session, now: datetime, manager: Actor, act: str,
                                               who: str) -> None:
    theirs, member_id, invitation_id, request_id = _things(session, now)
    stranger = actor_by_account(session, factories.account(session, now).id)
    assert stranger is not None
    match who:
        case "manager of another":
            actor = manager
        case "no member":
            actor = stranger
        case "staff":
            actor = factories.staff(session, now, factories.ministry(session, now), "administrator", "publisher")
        case "former manager":
            actor = factories.member(session, now, theirs, "manager")
            members.end_membership(session, actor, theirs.id, membership(session, theirs, actor).id, now=now)
            # What the request knew before the other manager's act counts for nothing: `actor` still says manager.
        case _:
            actor = factories.member(session, now, theirs, who)
    before = list(session.scalars(select(AuditEvent.id)))
    with pytest.raises((NotFoundError, RefusedError)):
        ACTS[act](session, actor, theirs, member_id, invitation_id, request_id, now)
    assert list(session.scalars(select(AuditEvent.id))) == before


@pytest.mark.parametrize("act", ["withdraw", "roles", "end", "accept", "decline"])
def test_anothers_things_cannot_be_reached_through_ones_own_organisation(
        session: Session, now: datetime, ours: Organisation, manager: Actor, act: str) -> None:
    _, member_id, invitation_id, request_id = _things(session, now)
    with pytest.raises(NotFoundError):
        ACTS[act](session, manager, ours, member_id, invitation_id, request_id, now)


@pytest.mark.parametrize("act", ACTS)
def test_and_a_manager_can_do_all_of_it(session: Session, now: datetime, act: str) -> None:
    theirs, member_id, invitation_id, request_id = _things(session, now)
    manager = factories.member(session, now, theirs, "manager")
    ACTS[act](session, manager, theirs, member_id, invitation_id, request_id, now)


def test_policies_say_why(session: Session, now: datetime, ours: Organisation, manager: Actor) -> None:
    drafter = factories.member(session, now, ours, "drafter")
    for decision in (policies.can_manage_organisation(drafter, ours.id),
                     policies.can_invite(drafter, ours.id, "company"),
                     policies.can_change_member(manager, ours.id, takes_last_manager=True),
                     policies.can_see_organisation(manager, ours.id + 1),
                     policies.can_end_membership(drafter, ours.id, manager.require_account(), last_manager=False)):
        assert not decision and str(decision.reason)
        with pytest.raises(PortalError):
            decision.require()
