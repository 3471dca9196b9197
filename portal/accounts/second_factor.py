"""The second factor: set up, asked for at sign-in, replaced, removed; and the recovery codes for the day it is lost.

A code is taken once: the time step of the last one is kept, and only later steps count. A secret that is being set up
stands aside until a code from it was given, so that nobody is locked out by an interrupted set-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from portal.accounts import policies, totp
from portal.accounts.models import Account, RecoveryCode
from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.errors import InvalidError, StateError
from portal.kernel.i18n import Message, msg


def _wrong_code() -> InvalidError:
    wrong: Message = msg("This code is not right. Wait for the next one that your app shows, and check that the "
                         "clock of your device is right.")
    return InvalidError(wrong, {"code": [wrong]})


def begin(session: Session, actor: Actor, *, keys: Sequence[str], now: datetime) -> None:
    """Make a secret that waits for its first code. One that was set up before stays in force until then."""
    policies.can_begin_second_factor(actor).require()
    account = session.get_one(Account, actor.require_account(), with_for_update=True)
    account.totp_pending = totp.encrypted(totp.new_secret(), keys)


def give_up(session: Session, actor: Actor) -> None:
    """Forget a secret that waits; one in force stays."""
    policies.can_begin_second_factor(actor).require()
    session.get_one(Account, actor.require_account(), with_for_update=True).totp_pending = None


def confirm(session: Session, actor: Actor, code: str, *, keys: Sequence[str], now: datetime) -> list[str]:
    """Put the waiting secret in force with a code from it; returns the new recovery codes, to be shown once.

    Raises InvalidError for a wrong code, StateError when nothing waits.
    """
    policies.can_begin_second_factor(actor).require()
    account = session.get_one(Account, actor.require_account(), with_for_update=True)
    secret = totp.decrypted(account.totp_pending, keys) if account.totp_pending else None
    if secret is None:
        raise StateError(msg("No second factor is being set up at the moment."),
                         what_next=msg("Go back to the page of your second factor and begin again."))
    step = totp.step_of(secret, code, now)
    if step is None:
        raise _wrong_code()
    account.totp_secret = totp.encrypted(secret, keys)
    account.totp_pending = None
    account.totp_confirmed_at = now
    account.totp_last_step = step
    record(session, actor, "account.second_factor_set", "account", account.id, now=now)
    return _fresh_recovery_codes(session, account.id, now)


def give_code(session: Session, actor: Actor, code: str, *, keys: Sequence[str], now: datetime) -> bool:
    """Whether this is a code of the second factor that was not taken before; of two requests with one, one is taken."""
    account = session.get_one(Account, actor.require_account(), with_for_update=True)
    secret = totp.decrypted(account.totp_secret, keys) if account.totp_secret else None
    if secret is None or account.totp_confirmed_at is None:
        return False
    step = totp.step_of(secret, code, now)
    if step is None or (account.totp_last_step is not None and step <= account.totp_last_step):
        return False
    account.totp_last_step = step
    # Kept with the newest key from now on, so that an old key can be retired.
    account.totp_secret = totp.encrypted(secret, keys)
    return True


def use_recovery_code(session: Session, actor: Actor, code: str, *, now: datetime) -> bool:
    """Whether this is an unused recovery code; it is used up by asking."""
    used: CursorResult[tuple[()]] = session.execute(  # type: ignore[assignment]
        update(RecoveryCode).where(
            RecoveryCode.account_id == actor.require_account(), RecoveryCode.used_at.is_(None),
            RecoveryCode.digest == totp.recovery_code_digest(code)).values(used_at=now))
    if used.rowcount == 0:
        return False
    record(session, actor, "account.recovery_code_used", "account", actor.account_id, now=now)
    return True


def new_recovery_codes(session: Session, actor: Actor, *, now: datetime) -> list[str]:
    """Ten new codes, to be shown once; the old ones are void."""
    policies.can_begin_second_factor(actor).require()
    account = session.get_one(Account, actor.require_account(), with_for_update=True)
    if account.totp_confirmed_at is None:
        raise StateError(msg("No second factor is set up, so there are no recovery codes."))
    record(session, actor, "account.recovery_codes_made", "account", account.id, now=now)
    return _fresh_recovery_codes(session, account.id, now)


def _fresh_recovery_codes(session: Session, account_id: int, now: datetime) -> list[str]:
    _void_recovery_codes(session, account_id, now)
    codes = totp.new_recovery_codes()
    session.add_all(RecoveryCode(account_id=account_id, digest=totp.recovery_code_digest(code), created_at=now)
                    for code in codes)
    return codes


def _void_recovery_codes(session: Session, account_id: int, now: datetime) -> None:
    session.execute(update(RecoveryCode).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)).values(used_at=now))


def remove(session: Session, actor: Actor, *, now: datetime) -> None:
    """A person who is no staff goes back to the password alone."""
    policies.can_remove_second_factor(actor).require()
    _forget(session, actor.require_account(), now)
    record(session, actor, "account.second_factor_removed", "account", actor.account_id, now=now)


def reset(session: Session, by: Actor, account_id: int, *, now: datetime) -> None:
    """The operator removes the second factor of a person who lost it and every recovery code; staff must set up another
    one before they can go on."""
    _forget(session, account_id, now)
    record(session, by, "account.second_factor_reset", "account", account_id, now=now)


def _forget(session: Session, account_id: int, now: datetime) -> None:
    account = session.get_one(Account, account_id, with_for_update=True)
    account.totp_secret = account.totp_pending = account.totp_confirmed_at = account.totp_last_step = None
    _void_recovery_codes(session, account_id, now)
