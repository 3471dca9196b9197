"""Two people at the same moment: real transactions on two connections."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts import second_factor, totp
from portal.accounts.models import Account
from portal.kernel import unit_of_work
from portal.kernel.actor import Actor
from portal.kernel.errors import PortalError
from portal.organisations import members, queries, services
from portal.organisations.facts import OrganisationFacts
from portal.organisations.models import Membership, Organisation
from portal.organisations.queries import actor_by_account
from tests import factories

Work = Callable[[Session], Any]


def at_once(sessions: sessionmaker[Session], *works: Work) -> list[Any]:
    """The result of each, or the error that refused it; all begin together, each in its own transaction."""
    barrier = Barrier(len(works))

    def run(work: Work) -> Any:
        def begun(session: Session) -> Any:
            session.execute(select(1))
            barrier.wait(timeout=10)
            return work(session)

        try:
            return unit_of_work.run(sessions, begun)
        except PortalError as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_managers_take_each_other_down_and_one_remains(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        ours = factories.organisation(session, now, "동시")
        one, other = (factories.member(session, now, ours, "manager") for _ in range(2))
        lines = {line.account_id: line for line in queries.members_of(session, ours.id)}
        session.commit()

    def demote(actor: Actor, target: Actor) -> Work:
        line = lines[target.require_account()]
        return lambda session: members.change_roles(session, actor, ours.id, line.membership_id, ["drafter"],
                                                    version=line.version, now=now)

    results = at_once(sessions, demote(one, other), demote(other, one))
    assert sum(isinstance(result, PortalError) for result in results) == 1, results
    with sessions() as session:
        assert len(queries.managers_of(session, ours.id)) == 1


def test_two_managers_save_the_facts_and_the_second_is_told(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        ours = factories.organisation(session, now, "동시저장")
        people = [factories.member(session, now, ours, "manager", name=name) for name in ("김하나", "이둘")]
        session.commit()

    def save(actor: Actor) -> Work:
        return lambda session: services.change_organisation(
            session, actor, ours.id, OrganisationFacts("company", f"{actor.name}의 이름"), version=1, now=now)

    results = at_once(sessions, *(save(actor) for actor in people))
    conflicts = [result for result in results if result is not None]
    assert len(conflicts) == 1
    winner = people[results.index(None)]
    assert conflicts[0].changed_by == winner.name and conflicts[0].theirs["name_ko"] == f"{winner.name}의 이름"
    with sessions() as session:
        assert session.get_one(Organisation, ours.id).version == 2


def test_two_colleagues_declare_one_company_and_the_second_asks_the_first(
        sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        people = [actor_by_account(session, factories.account(session, now, email=f"{name}@onedomain.example").id)
                  for name in ("kim", "lee")]
        session.commit()

    def declare(actor: Actor | None) -> Work:
        assert actor is not None
        return lambda session: services.declare_organisation(session, actor, OrganisationFacts("company", "한때 한곳"),
                                                             now=now)

    results = at_once(sessions, *(declare(actor) for actor in people))
    assert sorted(result.organisation_id is None for result in results) == [False, True]
    with sessions() as session:
        assert len(session.scalars(select(Organisation).where(Organisation.name_key == "한때한곳")).all()) == 1


def test_one_person_becomes_one_individual(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        actor = actor_by_account(session, factories.account(session, now).id)
        session.commit()
    assert actor is not None
    results = at_once(sessions, *[lambda session: services.file_as_individual(session, actor, now=now)] * 2)
    assert sum(isinstance(result, PortalError) for result in results) == 1


def test_one_code_is_taken_once(sessions: sessionmaker[Session], now: datetime) -> None:
    keys, later = ("key",), now + timedelta(minutes=5)
    with sessions() as session:
        account = factories.account(session, now)
        actor = actor_by_account(session, account.id)
        assert actor is not None
        second_factor.begin(session, actor, keys=keys, now=now)
        secret = totp.decrypted(account.totp_pending or b"", keys)
        assert secret is not None
        codes = second_factor.confirm(session, actor, pyotp.TOTP(secret).at(now), keys=keys, now=now)
        session.commit()
    code = pyotp.TOTP(secret).at(later)
    given = at_once(sessions, *[
        lambda session: second_factor.give_code(session, actor, code, keys=keys, now=later)] * 3)
    assert sorted(given) == [False, False, True]
    used = at_once(sessions, *[lambda session: second_factor.use_recovery_code(session, actor, codes[0], now=now)] * 3)
    assert sorted(used) == [False, False, True]
    with sessions() as session:
        assert session.get_one(Account, actor.account_id).totp_last_step == int(later.timestamp()) // 30


def test_one_invitation_makes_one_member(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        ours = factories.organisation(session, now, "초대한곳")
        manager = factories.member(session, now, ours, "manager")
        person = actor_by_account(session, factories.account(session, now).id)
        assert person is not None
        token = members.invite(session, manager, ours.id, email=person.email, roles=["drafter"], now=now)
        session.commit()
    results = at_once(sessions, *[lambda session: members.accept_invitation(session, person, token, now=now)] * 2)
    assert sum(isinstance(result, PortalError) for result in results) == 1
    with sessions() as session:
        assert len(session.scalars(select(Membership).where(Membership.account_id == person.account_id)).all()) == 1
