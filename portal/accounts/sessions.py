"""Sessions on the server: begun, exchanged for a new one, ended. The browser holds a secret, the row its digest.

A session is never carried over what changes who one is: signing in, giving the second factor and changing the password
each begin a new one and end the old.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.models import SignInSession
from portal.kernel import ids
from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.errors import NotFoundError
from portal.kernel.i18n import msg

LIFETIME: Final = timedelta(hours=12)
_USER_AGENT_LENGTH: Final = 300


def begin(session: Session, account_id: int, *, now: datetime, user_agent: str, second_factor: bool = False) -> str:
    """A new session; returns the secret for the cookie."""
    secret = ids.token()
    session.add(SignInSession(
        digest=ids.token_digest(secret), account_id=account_id, created_at=now, last_seen_at=now,
        expires_at=now + LIFETIME, second_factor_at=now if second_factor else None,
        user_agent=user_agent[:_USER_AGENT_LENGTH]))
    session.flush()
    return secret


def exchange(session: Session, session_id: int, *, now: datetime, second_factor: bool | None = None) -> str:
    """End this session and begin another for the same browser; returns the new secret. `second_factor` says whether it
    was given now; None keeps what was."""
    old = session.get_one(SignInSession, session_id)
    given = old.second_factor_at is not None if second_factor is None else second_factor
    old.revoked_at = now
    return begin(session, old.account_id, now=now, user_agent=old.user_agent, second_factor=given)


def end(session: Session, session_id: int, *, now: datetime) -> None:
    """End one session, if it still runs."""
    session.execute(update(SignInSession).where(SignInSession.id == session_id, SignInSession.revoked_at.is_(None))
                    .values(revoked_at=now))


def end_all(session: Session, account_id: int, *, now: datetime, but: int | None = None) -> int:
    """End every session of a person (but one); returns how many ran."""
    ended = session.scalars(
        update(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.revoked_at.is_(None),
               SignInSession.expires_at > now, SignInSession.id != (but or 0))
        .values(revoked_at=now).returning(SignInSession.id)).all()
    return len(ended)


def revoke(session: Session, actor: Actor, session_id: int, *, now: datetime) -> None:
    """A person ends one of the own sessions, from the list on the account page. Raises NotFoundError for another's."""
    found = session.scalars(select(SignInSession).where(
        SignInSession.id == session_id, SignInSession.account_id == actor.require_account())).first()
    if found is None:
        raise NotFoundError(msg("There is no such session of yours."))
    end(session, session_id, now=now)
    record(session, actor, "account.session_revoked", "session", session_id, now=now)


def revoke_others(session: Session, actor: Actor, session_id: int | None, *, now: datetime) -> int:
    """A person ends all own sessions but this one; returns how many."""
    ended = end_all(session, actor.require_account(), now=now, but=session_id)
    record(session, actor, "account.session_revoked", "account", actor.account_id, now=now, sessions=ended)
    return ended
