"""Accounts: signing in, sessions, passwords and addresses by mailed links; and nothing tells who has an account."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts import passwords, queries, services, sessions
from portal.accounts.models import Account, MailedLink, SignInSession
from portal.kernel import ids
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from portal.kernel.errors import InvalidError, NotFoundError, StateError
from portal.organisations.queries import actor_by_account, actor_by_session
from tests import factories
from tests.support.outbox import last_letter, letters

PASSWORD = "tree boat lantern"
HASH = passwords.hashed(PASSWORD)


def person(session: Session, now: datetime, email: str = "jiyeon@marusol.example") -> Actor:
    row = services.create_account(session, email=email, name="김지연", password_hash=HASH, locale="ko", now=now,
                                  confirmed=True)
    actor = actor_by_account(session, row.id)
    assert actor is not None
    return actor


def signed_in(session: Session, now: datetime, email: str = "jiyeon@marusol.example") -> services.SignedIn:
    done = services.sign_in(session, email=email, password=PASSWORD, now=now, user_agent="test")
    assert done is not None
    return done


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)))


def test_signing_in_begins_a_session_of_which_only_the_digest_is_kept(session: Session, now: datetime) -> None:
    person(session, now)
    done = services.sign_in(session, email=" JiYeon@Marusol.example ", password=PASSWORD, now=now, user_agent="x" * 999)
    assert done is not None and not done.second_factor_due
    row = session.scalars(select(SignInSession)).one()
    assert row.digest == ids.token_digest(done.secret) and done.secret.encode() not in row.digest
    assert row.expires_at == now + timedelta(hours=12) and len(row.user_agent) == 300
    assert verbs(session) == ["account.created", "account.signed_in"]


@pytest.mark.parametrize(("email", "password"), [
    ("jiyeon@marusol.example", "another password"), ("nobody@marusol.example", PASSWORD), ("no address", PASSWORD),
    ("jiyeon@marusol.example", ""), ("invited@marusol.example", PASSWORD), ("invited@marusol.example", "!"),
    ("closed@marusol.example", PASSWORD)])
def test_everybody_else_is_refused_with_the_same_work(
        session: Session, now: datetime, email: str, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    person(session, now)
    services.create_account(session, email="invited@marusol.example", name="초대", now=now, locale="ko",
                            password_hash=passwords.NO_PASSWORD, confirmed=False)
    closed = person(session, now, "closed@marusol.example")
    session.get_one(Account, closed.account_id).closed_at = now
    checks = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            checks.append(1)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert services.sign_in(session, email=email, password=password, now=now) is None
    assert len(checks) == 1
    assert session.scalar(select(func.count()).select_from(SignInSession)) == 0


def test_an_outdated_hash_is_renewed_at_sign_in(session: Session, now: datetime) -> None:
    actor = person(session, now)
    account = session.get_one(Account, actor.account_id)
    account.password_hash = old = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash(PASSWORD)
    signed_in(session, now)
    assert account.password_hash != old and not passwords.outdated(account.password_hash)
    assert passwords.matches(account.password_hash, PASSWORD)


def test_a_session_ends_after_twelve_hours_when_ended_and_with_the_account(session: Session, now: datetime) -> None:
    actor = person(session, now)
    done = signed_in(session, now)
    digest = ids.token_digest(done.secret)
    assert actor_by_session(session, digest, now + timedelta(hours=12, microseconds=-1)) is not None
    assert actor_by_session(session, digest, now + timedelta(hours=12)) is None
    found = actor_by_session(session, digest, now)
    assert found is not None and found[0] == actor
    services.sign_out(session, actor, found[1], now=now)
    session.flush()
    assert actor_by_session(session, digest, now) is None
    other = signed_in(session, now)
    session.get_one(Account, actor.account_id).closed_at = now
    session.flush()
    assert actor_by_session(session, ids.token_digest(other.secret), now) is None


def test_signing_in_ends_the_session_that_the_browser_had(session: Session, now: datetime) -> None:
    actor = person(session, now)
    before = actor_by_session(session, ids.token_digest(signed_in(session, now).secret), now)
    assert before is not None
    after = services.sign_in(session, email=actor.email, password=PASSWORD, now=now, ending=before[1])
    session.flush()
    assert after is not None and len(queries.sessions_of(session, actor.require_account(), None, now=now)) == 1


def test_one_ends_own_sessions_only(session: Session, now: datetime) -> None:
    mine, theirs = person(session, now), person(session, now, "other@marusol.example")
    signed_in(session, now)
    other = actor_by_session(session, ids.token_digest(signed_in(session, now, theirs.email).secret), now)
    assert other is not None
    with pytest.raises(NotFoundError):
        sessions.revoke(session, mine, other[1], now=now)
    for _ in range(3):
        signed_in(session, now)
    kept = queries.sessions_of(session, mine.require_account(), None, now=now)[0]
    assert sessions.revoke_others(session, mine, kept.id, now=now) == 3
    assert [line.id for line in queries.sessions_of(session, mine.require_account(), kept.id, now=now)] == [kept.id]
    assert queries.sessions_of(session, theirs.require_account(), None, now=now)


def test_changing_the_password_ends_all_other_sessions_and_renews_this_one(session: Session, now: datetime) -> None:
    actor = person(session, now)
    one, other = signed_in(session, now), signed_in(session, now)
    found = actor_by_session(session, ids.token_digest(one.secret), now)
    assert found is not None
    services.ask_for_password_reset(session, email=actor.email, locale="ko", now=now)
    link = last_letter(session, actor.email).token
    secret = services.change_password(session, actor, found[1], password=PASSWORD, new_password="seven green kites",
                                      now=now)
    session.flush()
    for old in (one.secret, other.secret):
        assert actor_by_session(session, ids.token_digest(old), now) is None
    assert actor_by_session(session, ids.token_digest(secret), now) is not None
    assert services.sign_in(session, email=actor.email, password=PASSWORD, now=now) is None
    assert services.sign_in(session, email=actor.email, password="seven green kites", now=now) is not None
    assert queries.link_target(session, link, "reset_password", now=now) is None
    assert last_letter(session, actor.email).template == "password_changed"


@pytest.mark.parametrize(("present", "new", "field"), [
    ("wrong password", "seven green kites", "password"), (PASSWORD, "short", "new_password"),
    (PASSWORD, "jiyeon@marusol.example", "new_password")])
def test_a_password_is_not_changed_when(session: Session, now: datetime, present: str, new: str, field: str) -> None:
    actor = person(session, now)
    found = actor_by_session(session, ids.token_digest(signed_in(session, now).secret), now)
    assert found is not None
    with pytest.raises(InvalidError) as refused:
        services.change_password(session, actor, found[1], password=present, new_password=new, now=now)
    assert list(refused.value.problems) == [field]
    assert services.sign_in(session, email=actor.email, password=PASSWORD, now=now) is not None


# ----------------------------------------------------------------------------------------------------- mailed links


def test_a_forgotten_password_is_set_by_the_mailed_link_once(session: Session, now: datetime) -> None:
    actor = person(session, now)
    old = signed_in(session, now)
    services.ask_for_password_reset(session, email="JiYeon@marusol.example", locale="en", now=now)
    letter = last_letter(session, actor.email)
    assert letter.template == "reset_password" and letter.locale == "ko" and letter.path.startswith("/password/reset/")
    assert session.scalars(select(MailedLink)).one().digest == ids.token_digest(letter.token)
    services.set_password_by_link(session, letter.token, password="seven green kites", now=now)
    session.flush()
    assert actor_by_session(session, ids.token_digest(old.secret), now) is None
    assert services.sign_in(session, email=actor.email, password="seven green kites", now=now) is not None
    with pytest.raises(NotFoundError):
        services.set_password_by_link(session, letter.token, password="another good one", now=now)


def test_a_link_expires_and_a_used_one_ends_its_siblings(session: Session, now: datetime) -> None:
    actor = person(session, now)
    for _ in range(2):
        services.ask_for_password_reset(session, email=actor.email, locale="ko", now=now)
    first, second = (letter.token for letter in letters(session, actor.email))
    assert queries.link_target(session, first, "reset_password", now=now + timedelta(minutes=59)) is not None
    assert queries.link_target(session, first, "reset_password", now=now + timedelta(hours=1)) is None
    assert queries.link_target(session, first, "confirm_email", now=now) is None
    assert queries.link_target(session, "guessed", "reset_password", now=now) is None
    services.set_password_by_link(session, second, password="seven green kites", now=now)
    session.flush()
    assert queries.link_target(session, first, "reset_password", now=now) is None


def test_a_weak_password_does_not_use_the_link_up(session: Session, now: datetime) -> None:
    actor = person(session, now)
    services.ask_for_password_reset(session, email=actor.email, locale="ko", now=now)
    token = last_letter(session, actor.email).token
    with pytest.raises(InvalidError):
        services.set_password_by_link(session, token, password="short", now=now)
    services.set_password_by_link(session, token, password="seven green kites", now=now)


def test_asking_for_an_unknown_address_mails_that_there_is_no_account(session: Session, now: datetime) -> None:
    services.ask_for_password_reset(session, email="nobody@marusol.example", locale="en", now=now)
    letter = last_letter(session, "nobody@marusol.example")
    assert (letter.template, letter.locale) == ("no_account", "en") and "/sign-up" in letter.body
    assert session.scalar(select(func.count()).select_from(MailedLink)) == 0


def test_the_first_password_by_invitation_confirms_the_address(session: Session, now: datetime) -> None:
    account = services.create_account(session, email="new@ministry.example", name="박신규", now=now, locale="ko",
                                      password_hash=passwords.NO_PASSWORD, confirmed=False)
    token = services.invite_to_set_password(session, account, now=now)
    assert queries.link_target(session, token, "accept_invitation", now=now + timedelta(days=6)) is not None
    services.set_password_by_link(session, token, password=PASSWORD, now=now)
    assert account.email_confirmed_at == now
    assert services.sign_in(session, email="new@ministry.example", password=PASSWORD, now=now) is not None


# ------------------------------------------------------------------------------------------------- name and address


def test_name_and_language(session: Session, now: datetime) -> None:
    actor = person(session, now)
    services.change_profile(session, actor, name="  김 지연\u202e ", locale="en", now=now)
    account = session.get_one(Account, actor.account_id)
    assert (account.name, account.locale) == ("김 지연", "en")
    services.change_language(session, actor, "ko")
    assert account.locale == "ko"
    for name, locale in ((" ", "ko"), ("x" * 101, "ko"), ("김", "fr")):
        with pytest.raises(InvalidError):
            services.change_profile(session, actor, name=name, locale=locale, now=now)


def test_another_address_is_in_force_once_its_link_was_opened(session: Session, now: datetime) -> None:
    actor = person(session, now)
    with pytest.raises(InvalidError) as refused:
        services.ask_to_change_email(session, actor, email="new@marusol.example", password="wrong", now=now)
    assert "password" in refused.value.problems
    services.ask_to_change_email(session, actor, email="New@Marusol.example", password=PASSWORD, now=now)
    letter = last_letter(session, "new@marusol.example")
    assert services.account_by_email(session, "new@marusol.example") is None
    stranger = person(session, now, "stranger@marusol.example")
    with pytest.raises(NotFoundError):
        services.change_email(session, stranger, letter.token, now=now)
    services.change_email(session, actor, letter.token, now=now)
    assert services.sign_in(session, email="new@marusol.example", password=PASSWORD, now=now) is not None
    assert services.sign_in(session, email=actor.email, password=PASSWORD, now=now) is None
    assert last_letter(session, actor.email).template == "address_changed"
    with pytest.raises(NotFoundError):
        services.change_email(session, actor, letter.token, now=now)


def test_an_address_that_is_taken_is_told_only_to_its_owner(session: Session, now: datetime) -> None:
    actor, other = person(session, now), person(session, now, "other@marusol.example")
    services.ask_to_change_email(session, actor, email=other.email, password=PASSWORD, now=now)
    letter = last_letter(session, other.email)
    assert letter.template == "address_in_use" and "/email/confirm/" not in letter.body


def test_an_address_taken_meanwhile_is_not_taken_over(session: Session, now: datetime) -> None:
    actor = person(session, now)
    services.ask_to_change_email(session, actor, email="wanted@marusol.example", password=PASSWORD, now=now)
    token = last_letter(session, "wanted@marusol.example").token
    person(session, now, "wanted@marusol.example")
    with pytest.raises(StateError):
        services.change_email(session, actor, token, now=now)


def test_no_event_holds_an_address_or_a_secret(session: Session, now: datetime) -> None:
    actor = person(session, now)
    services.ask_for_password_reset(session, email=actor.email, locale="ko", now=now)
    services.ask_to_change_email(session, actor, email="new@marusol.example", password=PASSWORD, now=now)
    services.change_email(session, actor, last_letter(session, "new@marusol.example").token, now=now)
    packed = "".join(str(event.data) for event in session.scalars(select(AuditEvent)))
    assert "@" not in packed and PASSWORD not in packed


def test_set_up_by_factories_signs_in_too(session: Session, now: datetime) -> None:
    actor = factories.member(session, now, factories.organisation(session, now))
    found = actor_by_session(session, ids.token_digest(factories.signed_in(session, now, actor)), now)
    assert found is not None and found[0].member_roles == actor.member_roles
    assert found[0].affiliations == (("마루솔랩", "마루솔랩 Inc."),)
