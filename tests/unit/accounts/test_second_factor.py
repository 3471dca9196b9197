"""The second factor: set up by its first code, a code taken once, recovery codes once, never removed by staff."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import policies, queries, second_factor, sessions, totp
from portal.accounts.models import Account
from portal.kernel import ids
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from portal.kernel.errors import InvalidError, RefusedError, StateError
from portal.organisations.queries import actor_by_account, actor_by_session
from tests import factories

KEYS = ("newest key", "older key")


def person(session: Session, now: datetime) -> Actor:
    actor = actor_by_account(session, factories.account(session, now).id)
    assert actor is not None
    return actor


def secret_of(session: Session, actor: Actor, *, pending: bool = False) -> str:
    account = session.get_one(Account, actor.account_id)
    kept = account.totp_pending if pending else account.totp_secret
    assert kept is not None
    secret = totp.decrypted(kept, KEYS)
    assert secret is not None
    return secret


def set_up(session: Session, actor: Actor, now: datetime) -> tuple[str, list[str]]:
    second_factor.begin(session, actor, keys=KEYS, now=now)
    secret = secret_of(session, actor, pending=True)
    codes = second_factor.confirm(session, actor, pyotp.TOTP(secret).at(now), keys=KEYS, now=now)
    return secret, codes


def test_it_counts_once_a_code_was_given(session: Session, now: datetime) -> None:
    actor = person(session, now)
    second_factor.begin(session, actor, keys=KEYS, now=now)
    secret = secret_of(session, actor, pending=True)
    assert secret.encode() not in (session.get_one(Account, actor.account_id).totp_pending or b"")
    with pytest.raises(InvalidError):
        second_factor.confirm(session, actor, "000000", keys=KEYS, now=now)
    assert queries.second_factor_state(session, actor.require_account()).since is None
    codes = second_factor.confirm(session, actor, pyotp.TOTP(secret).at(now), keys=KEYS, now=now)
    session.flush()
    state = queries.second_factor_state(session, actor.require_account())
    assert (state.since, state.pending, state.recovery_codes_left) == (now, None, 10) and len(codes) == 10
    with pytest.raises(StateError):
        second_factor.confirm(session, actor, pyotp.TOTP(secret).at(now), keys=KEYS, now=now)
    assert "account.second_factor_set" in session.scalars(select(AuditEvent.verb)).all()


def test_a_code_is_taken_once(session: Session, now: datetime) -> None:
    actor = person(session, now)
    secret, _ = set_up(session, actor, now)
    at = pyotp.TOTP(secret).at
    assert not second_factor.give_code(session, actor, at(now), keys=KEYS, now=now), "the code of the set-up"
    later = now + timedelta(seconds=60)
    assert second_factor.give_code(session, actor, at(later), keys=KEYS, now=later)
    assert not second_factor.give_code(session, actor, at(later), keys=KEYS, now=later)
    assert not second_factor.give_code(session, actor, at(later), keys=KEYS, now=later + timedelta(seconds=29))
    before = later - timedelta(seconds=30)
    assert not second_factor.give_code(session, actor, at(before), keys=KEYS, now=later), "an older one"
    assert second_factor.give_code(session, actor, at(later + timedelta(seconds=30)), keys=KEYS, now=later)


def test_a_recovery_code_is_good_once_and_for_its_owner(session: Session, now: datetime) -> None:
    actor, other = person(session, now), person(session, now)
    _, codes = set_up(session, actor, now)
    set_up(session, other, now)
    assert not second_factor.use_recovery_code(session, other, codes[0], now=now)
    assert second_factor.use_recovery_code(session, actor, codes[0].lower().replace("-", " "), now=now)
    assert not second_factor.use_recovery_code(session, actor, codes[0], now=now)
    assert not second_factor.use_recovery_code(session, actor, "", now=now)
    assert queries.second_factor_state(session, actor.require_account()).recovery_codes_left == 9
    fresh = second_factor.new_recovery_codes(session, actor, now=now)
    assert not second_factor.use_recovery_code(session, actor, codes[1], now=now)
    assert second_factor.use_recovery_code(session, actor, fresh[1], now=now)


def test_replacing_keeps_the_old_one_until_the_new_one_works(session: Session, now: datetime) -> None:
    actor = person(session, now)
    old, _ = set_up(session, actor, now)
    second_factor.begin(session, actor, keys=KEYS, now=now)
    new, later = secret_of(session, actor, pending=True), now + timedelta(minutes=5)
    assert second_factor.give_code(session, actor, pyotp.TOTP(old).at(later), keys=KEYS, now=later)
    second_factor.give_up(session, actor)
    assert queries.second_factor_state(session, actor.require_account()).pending is None
    second_factor.begin(session, actor, keys=KEYS, now=later)
    new = secret_of(session, actor, pending=True)
    second_factor.confirm(session, actor, pyotp.TOTP(new).at(later), keys=KEYS, now=later)
    much_later = later + timedelta(minutes=5)
    assert not second_factor.give_code(session, actor, pyotp.TOTP(old).at(much_later), keys=KEYS, now=much_later)
    assert second_factor.give_code(session, actor, pyotp.TOTP(new).at(much_later), keys=KEYS, now=much_later)


def test_the_secret_moves_to_the_newest_key(session: Session, now: datetime) -> None:
    actor = person(session, now)
    secret, _ = set_up(session, actor, now)
    account, later = session.get_one(Account, actor.account_id), now + timedelta(minutes=5)
    account.totp_secret = totp.encrypted(secret, ["older key"])
    assert second_factor.give_code(session, actor, pyotp.TOTP(secret).at(later), keys=KEYS, now=later)
    assert totp.decrypted(account.totp_secret, ["newest key"]) == secret
    account.totp_secret = totp.encrypted(secret, ["a key that is gone"])
    assert not second_factor.give_code(session, actor, pyotp.TOTP(secret).at(later), keys=KEYS, now=later)


def test_until_the_code_is_given_a_session_is_for_nothing_else(session: Session, now: datetime) -> None:
    actor = person(session, now)
    set_up(session, actor, now)
    secret = sessions.begin(session, actor.require_account(), now=now, user_agent="")
    found = actor_by_session(session, ids.token_digest(secret), now)
    assert found is not None and found[0].second_factor_due and not found[0].second_factor
    due = found[0]
    for act in (lambda: second_factor.begin(session, due, keys=KEYS, now=now),
                lambda: second_factor.give_up(session, due),
                lambda: second_factor.remove(session, due, now=now),
                lambda: second_factor.new_recovery_codes(session, due, now=now)):
        with pytest.raises(RefusedError):
            act()
    exchanged = sessions.exchange(session, found[1], now=now, second_factor=True)
    session.flush()
    assert actor_by_session(session, ids.token_digest(secret), now) is None
    given = actor_by_session(session, ids.token_digest(exchanged), now)
    assert given is not None and given[0].second_factor and not given[0].second_factor_due


def test_staff_cannot_do_without_it(session: Session, now: datetime) -> None:
    staff = factories.staff(session, now, factories.ministry(session, now), "reviewer")
    set_up(session, staff, now)
    with pytest.raises(RefusedError):
        second_factor.remove(session, staff, now=now)
    actor = person(session, now)
    set_up(session, actor, now)
    assert policies.can_remove_second_factor(actor)
    second_factor.remove(session, actor, now=now)
    session.flush()
    state = queries.second_factor_state(session, actor.require_account())
    assert (state.since, state.recovery_codes_left) == (None, 0)
    with pytest.raises(StateError):
        second_factor.new_recovery_codes(session, actor, now=now)


def test_two_requests_with_one_code(session: Session, now: datetime) -> None:
    actor = person(session, now)
    secret, _ = set_up(session, actor, now)
    later = now + timedelta(minutes=5)
    code = pyotp.TOTP(secret).at(later)
    assert [second_factor.give_code(session, actor, code, keys=KEYS, now=later) for _ in range(2)] == [True, False]
