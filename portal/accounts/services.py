"""What people do with their accounts: sign in and out, change name, language, address and password, ask for a new one.

Whether there is an account for an address shows in no answer: where somebody types an address, the same work is done,
the same is answered, and only the mail to that address says what is the case. Knows nothing of organisations.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import email_addresses, mailed_links, passwords, sessions
from portal.accounts.models import Account
from portal.kernel import ids, text
from portal.kernel.actor import ANONYMOUS, Actor
from portal.kernel.audit import record
from portal.kernel.errors import InvalidError, NotFoundError, StateError
from portal.kernel.i18n import LOCALES, Message, msg
from portal.notifications.services import send

_CHECK_FORM = msg("Something in the form needs your attention.")
_LONGEST_NAME = 100


@dataclass(frozen=True)
class SignedIn:
    """A person who has just given the right password. `second_factor_due`: a code is needed before anything else."""

    account_id: int
    secret: str
    second_factor_due: bool


def problems_of(*, email: str | None = None, name: str | None = None, password: str | None = None,
                address: str = "") -> dict[str, list[Message]]:
    """What is wrong with these parts of an account; `address` is the one that a password must not tell."""
    problems: dict[str, list[Message]] = {}
    if email is not None:
        try:
            address = email_addresses.normalised(email)
        except email_addresses.EmailAddressError as error:
            problems["email"] = [error.message]
    if name is not None:
        typed = text.typed(name, limit=_LONGEST_NAME, one_line=True)
        if typed.problems or not typed.text:
            problems["name"] = list(typed.problems) or [msg("Enter your name.")]
    if password is not None and (found := passwords.problems(password, address)):
        problems["password"] = found
    return problems


def refuse_if(problems: dict[str, list[Message]]) -> None:
    """Raise InvalidError when there are problems."""
    if problems:
        raise InvalidError(_CHECK_FORM, problems)


def account_by_email(session: Session, email: str) -> Account | None:
    """The account with this (normalised) address, open or closed."""
    return session.scalars(select(Account).where(Account.email == email)).first()


def create_account(session: Session, *, email: str, name: str, password_hash: str, locale: str, now: datetime,
                   confirmed: bool, by: Actor = ANONYMOUS) -> Account:
    """A new account, recorded as made by `by` or, for those who sign up, by the person itself. `password_hash` comes
    from `passwords.hashed`, or is NO_PASSWORD until a mailed link sets one. `confirmed`: the address is known to be
    theirs."""
    row = Account(email=email, name=text.typed(name, limit=_LONGEST_NAME, one_line=True).text,
                  password_hash=password_hash, locale=locale, email_confirmed_at=now if confirmed else None,
                  created_at=now)
    session.add(row)
    session.flush()
    self_made = Actor(account_id=row.id, name=row.name)
    record(session, self_made if by is ANONYMOUS else by, "account.created", "account", row.id, now=now)
    return row


def sign_in(session: Session, *, email: str, password: str, now: datetime, user_agent: str = "",
            ending: int | None = None) -> SignedIn | None:
    """A new session for who has the right password; None for everybody else, without a word or a moment's difference
    between a wrong password and no such account. `ending` is the session that this browser had until now."""
    try:
        account = account_by_email(session, email_addresses.normalised(email))
    except email_addresses.EmailAddressError:
        account = None
    usable = account is not None and account.closed_at is None and account.email_confirmed_at is not None
    right = passwords.matches(account.password_hash if account is not None and usable else None, password)
    if account is None or not right:
        return None
    if passwords.outdated(account.password_hash):
        account.password_hash = passwords.hashed(password)
    if ending is not None:
        sessions.end(session, ending, now=now)
    secret = sessions.begin(session, account.id, now=now, user_agent=user_agent)
    record(session, Actor(account_id=account.id, name=account.name), "account.signed_in", "account", account.id,
           now=now)
    return SignedIn(account.id, secret, account.totp_confirmed_at is not None)


def sign_out(session: Session, actor: Actor, session_id: int, *, now: datetime) -> None:
    """End this browser's session."""
    sessions.end(session, session_id, now=now)
    record(session, actor, "account.signed_out", "account", actor.account_id, now=now)


# ------------------------------------------------------------------------------------------------- name and language


def change_profile(session: Session, actor: Actor, *, name: str, locale: str, now: datetime) -> None:
    """The own name and language."""
    refuse_if(problems_of(name=name))
    account = session.get_one(Account, actor.require_account())
    account.name = text.typed(name, limit=_LONGEST_NAME, one_line=True).text
    account.locale = _known(locale)
    record(session, actor, "account.changed", "account", account.id, now=now)


def change_language(session: Session, actor: Actor, locale: str) -> None:
    """The language of the signed-in pages and of mails; not worth an audit event, for it is changed back and forth."""
    session.get_one(Account, actor.require_account()).locale = _known(locale)


def _known(locale: str) -> str:
    if locale not in LOCALES:
        raise InvalidError(msg("The portal speaks Korean and English."), {"locale": [msg("Choose one of the two.")]})
    return locale


# ----------------------------------------------------------------------------------------------------------- address


def require_password(session: Session, actor: Actor, password: str) -> None:
    """Raise InvalidError unless this is the person's password: asked again before what a stolen session must not do."""
    account = session.get_one(Account, actor.require_account())
    if not passwords.matches(account.password_hash, password):
        raise InvalidError(_CHECK_FORM, {"password": [msg("This is not your present password.")]})


def ask_to_change_email(session: Session, actor: Actor, *, email: str, password: str, now: datetime) -> None:
    """Mail a link to the new address. Where an account has it already, that person is told instead; the answer is the
    same."""
    problems = problems_of(email=email)
    refuse_if(problems)
    require_password(session, actor, password)
    new = email_addresses.normalised(email)
    if new == actor.email:
        refuse_if({"email": [msg("This is your present address.")]})
    secret, link = mailed_links.make(session, actor.require_account(), "confirm_email", new, now=now)
    if (other := account_by_email(session, new)) is not None:
        link.used_at = now
        send(session, key=f"accounts.address_taken:{link.id}", template="address_in_use", recipient=new,
             locale=other.locale, now=now, values={"name": other.name})
        return
    send(session, key=f"accounts.confirm_address:{link.id}", template="confirm_new_address", recipient=new,
         locale=actor.locale, now=now, values={"name": actor.name, "token": secret, "until": link.expires_at})


def change_email(session: Session, actor: Actor, token: str, *, now: datetime) -> None:
    """Put the new address in force, with the link mailed to it; the old address is told. Raises NotFoundError for a
    link that is not this person's or does not work any more."""
    link = mailed_links.find(session, token, "confirm_email", now=now, lock=True)
    if link is None or link.account_id != actor.account_id:
        raise NotFoundError(msg("This link does not work any more, or it belongs to another account."))
    if account_by_email(session, link.email) is not None:
        raise StateError(msg("Another account has this address by now."))
    account = session.get_one(Account, link.account_id)
    old, account.email, account.email_confirmed_at = account.email, link.email, now
    mailed_links.use_up(session, account.id, "confirm_email", "reset_password", now=now)
    record(session, actor, "account.email_changed", "account", account.id, now=now)
    send(session, key=f"accounts.address_changed:{link.id}", template="address_changed", recipient=old,
         locale=account.locale, now=now, values={"name": account.name})


# ---------------------------------------------------------------------------------------------------------- password


def change_password(session: Session, actor: Actor, session_id: int, *, password: str, new_password: str,
                    now: datetime) -> str:
    """A new password, by who knows the present one. All other sessions end; returns the new secret of this one."""
    require_password(session, actor, password)
    if found := passwords.problems(new_password, actor.email):
        refuse_if({"new_password": found})
    _set_password(session, actor, session.get_one(Account, actor.require_account()), new_password, now)
    sessions.end_all(session, actor.require_account(), now=now, but=session_id)
    return sessions.exchange(session, session_id, now=now)


def _set_password(session: Session, actor: Actor, account: Account, password: str, now: datetime) -> None:
    account.password_hash = passwords.hashed(password)
    mailed_links.use_up(session, account.id, "reset_password", "accept_invitation", now=now)
    record(session, actor, "account.password_changed", "account", account.id, now=now)
    send(session, key=f"accounts.password_changed:{account.id}:{ids.token()}", template="password_changed",
         recipient=account.email, locale=account.locale, now=now, values={"name": account.name})


def ask_for_password_reset(session: Session, *, email: str, locale: str, now: datetime, following: str = "") -> None:
    """Mail a link for a new password; or, where there is no account, that there is none. `following`: the page of the
    portal that one wanted to sign in for. Raises InvalidError only for what is no address."""
    refuse_if(problems_of(email=email))
    address = email_addresses.normalised(email)
    account = account_by_email(session, address)
    if account is None or account.closed_at is not None:
        send(session, key=f"accounts.no_account:{ids.token()}", template="no_account", recipient=address, locale=locale,
             now=now, values={})
        return
    secret, link = mailed_links.make(session, account.id, "reset_password", address, now=now)
    record(session, ANONYMOUS, "account.password_reset_asked", "account", account.id, now=now)
    send(session, key=f"accounts.reset:{link.id}", template="reset_password", recipient=address, locale=account.locale,
         now=now, values={"name": account.name, "token": secret, "until": link.expires_at, "following": following})


def invite_to_set_password(session: Session, account: Account, *, now: datetime) -> str:
    """A link with which a person whose account was made by others sets the first password; returns its secret."""
    secret, _ = mailed_links.make(session, account.id, "accept_invitation", account.email, now=now)
    return secret


def set_password_by_link(session: Session, token: str, *, password: str, now: datetime,
                         name: str | None = None) -> Account:
    """A new password by the mailed link, which also proves the address; every session ends. `name` where the person
    gives it here for the first time. Raises NotFoundError for a link that does not work any more."""
    link = mailed_links.find(session, token, "reset_password", "accept_invitation", now=now, lock=True)
    if link is None:
        raise NotFoundError(msg("This link does not work any more."))
    account = session.get_one(Account, link.account_id)
    refuse_if(problems_of(name=name, password=password, address=account.email))
    if name is not None:
        account.name = text.typed(name, limit=_LONGEST_NAME, one_line=True).text
    account.email_confirmed_at = account.email_confirmed_at or now
    _set_password(session, Actor(account_id=account.id, name=account.name), account, password, now)
    sessions.end_all(session, account.id, now=now)
    return account
