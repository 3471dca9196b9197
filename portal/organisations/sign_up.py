"""Signing up: a person with an organisation, in two steps. What was typed waits, with nothing founded and nobody asked,
until the link that was mailed to the address is opened and the password is given again.

Asking for the password there keeps an address from being confirmed for whoever typed it first: only who chose the
password and reads the mail gets the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts import email_addresses, passwords, sessions
from portal.accounts import services as accounts
from portal.kernel import ids, text
from portal.kernel.actor import ANONYMOUS, Actor
from portal.kernel.audit import record
from portal.kernel.errors import InvalidError, NotFoundError, StateError
from portal.kernel.i18n import msg
from portal.notifications.services import send
from portal.organisations.facts import OrganisationFacts, checked, individual
from portal.organisations.members import confirmed_account
from portal.organisations.models import SignUp
from portal.organisations.services import declare_organisation, refuse_if

LIFETIME: Final = timedelta(hours=72)


@dataclass(frozen=True)
class Confirmed:
    """A person who is signed up and signed in. One of the two ids is set: founded, or asked to join."""

    account_id: int
    secret: str
    organisation_id: int | None
    request_id: int | None


def check(*, name: str, email: str, password: str, facts: OrganisationFacts) -> tuple[str, OrganisationFacts]:
    """The address and the facts as they are kept. Raises InvalidError for what can be told without looking it up."""
    problems = accounts.problems_of(email=email, name=name, password=password)
    if facts.kind == "individual":
        facts = individual(name, country=facts.country, show_full_name=facts.show_full_name)
    kept, of_facts = checked(facts)
    if kept.kind == "individual":
        of_facts.pop("organisation_name_ko", None)  # the person's own name, told at its field
        of_facts.pop("organisation_name_en", None)
    refuse_if({**problems, **of_facts})
    return email_addresses.normalised(email), kept


def start(session: Session, *, name: str, email: str, password: str, facts: OrganisationFacts, locale: str,
          now: datetime, following: str = "") -> str:
    """Keep what was typed and mail the link; where there is an account for the address, mail that instead. Returns the
    link's secret. `following` is the page of ours to which the link leads on, a checked path or nothing. Whatever is
    the case, the same work is done and nothing of it shows in an answer.

    Raises InvalidError as `check` does.
    """
    address, kept = check(name=name, email=email, password=password, facts=facts)
    secret = ids.token()
    row = SignUp(
        digest=ids.token_digest(secret), email=address, name=text.canonical(" ".join(name.split())), locale=locale,
        password_hash=passwords.hashed(password), kind=kept.kind, name_ko=kept.name_ko, name_en=kept.name_en,
        country=kept.country, registration_number=kept.registration_number, created_at=now, expires_at=now + LIFETIME)
    session.add(row)
    session.flush()
    record(session, ANONYMOUS, "account.sign_up_started", "sign_up", row.id, now=now)
    known = accounts.account_by_email(session, address)
    if known is not None and known.email_confirmed_at is not None:
        row.expires_at = now  # its link is never mailed, and would find the address taken
        send(session, key=f"organisations.address_in_use:{row.id}", template="address_in_use", recipient=address,
             locale=known.locale, now=now, values={"name": known.name})
    else:
        send(session, key=f"organisations.sign_up:{row.id}", template="confirm_sign_up", recipient=address,
             locale=locale, now=now,
             values={"name": row.name, "token": secret, "until": row.expires_at, "following": following})
    return secret


def confirm(session: Session, secret: str, *, password: str, now: datetime, user_agent: str = "") -> Confirmed:
    """The mailed link, with the password chosen at the start: the account is made, the organisation declared, and the
    person signed in. Raises NotFoundError for a link that does not work any more, InvalidError for a wrong password."""
    row = session.scalars(select(SignUp).where(
        SignUp.digest == ids.token_digest(secret), SignUp.expires_at > now).with_for_update()).first()
    if row is None:
        raise NotFoundError(msg("This link does not work any more."))
    if not passwords.matches(row.password_hash, password):
        raise InvalidError(msg("This is not the password that you chose when you signed up."),
                           {"password": [msg("This is not the password that you chose when you signed up.")]})
    known = accounts.account_by_email(session, row.email)
    if known is not None and known.email_confirmed_at is not None:
        raise StateError(msg("Your address is confirmed already. Sign in."))
    account_id = confirmed_account(session, known, email=row.email, name=row.name, password_hash=row.password_hash,
                                   locale=row.locale, now=now)
    actor = Actor(account_id=account_id, name=row.name, email=row.email, locale=row.locale)
    declared = declare_organisation(session, actor, OrganisationFacts(
        row.kind, row.name_ko, row.name_en, row.country, row.registration_number), now=now)
    session.execute(delete(SignUp).where(SignUp.email == row.email))
    begun = sessions.begin(session, account_id, now=now, user_agent=user_agent)
    record(session, actor, "account.signed_in", "account", account_id, now=now)
    return Confirmed(account_id, begun, declared.organisation_id, declared.request_id)


def forget_expired(session: Session, *, now: datetime) -> None:
    """Delete what was typed by people who never opened the link."""
    session.execute(delete(SignUp).where(SignUp.expires_at <= now))
