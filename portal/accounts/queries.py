"""What the account pages show: the account, its sessions, its second factor, where a mailed link leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts import mailed_links
from portal.accounts.models import Account, RecoveryCode, SignInSession


@dataclass(frozen=True)
class AccountFacts:
    """A person's own account."""

    id: int
    name: str
    email: str
    locale: str
    created_at: datetime
    second_factor_since: datetime | None


@dataclass(frozen=True)
class SessionLine:
    """One signed-in browser."""

    id: int
    created_at: datetime
    last_seen_at: datetime
    user_agent: str
    current: bool


@dataclass(frozen=True)
class SecondFactorState:
    """How far a person's second factor is. `pending`: begun, waiting for its first code (the kept secret)."""

    since: datetime | None
    pending: bytes | None
    recovery_codes_left: int


@dataclass(frozen=True)
class LinkTarget:
    """Where a mailed link leads that still works."""

    account_id: int
    account_name: str
    account_email: str
    email: str
    purpose: str
    locale: str


def account_facts(session: Session, account_id: int) -> AccountFacts:
    """The account itself."""
    row = session.execute(select(
        Account.id, Account.name, Account.email, Account.locale, Account.created_at, Account.totp_confirmed_at,
    ).where(Account.id == account_id)).one()
    return AccountFacts(*row)


def sessions_of(session: Session, account_id: int, current_id: int | None, *, now: datetime) -> list[SessionLine]:
    """The browsers in which a person is signed in, the one last used first."""
    rows = session.execute(
        select(SignInSession.id, SignInSession.created_at, SignInSession.last_seen_at, SignInSession.user_agent)
        .where(SignInSession.account_id == account_id, SignInSession.revoked_at.is_(None),
               SignInSession.expires_at > now)
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc()).limit(50)).all()
    return [SessionLine(*row, current=row.id == current_id) for row in rows]


def session_began_at(session: Session, session_id: int) -> datetime:
    """When this browser signed in."""
    return session.scalars(select(SignInSession.created_at).where(SignInSession.id == session_id)).one()


def second_factor_state(session: Session, account_id: int) -> SecondFactorState:
    """Set up, begun or neither, and how many recovery codes are left."""
    left = (select(func.count()).where(RecoveryCode.account_id == Account.id, RecoveryCode.used_at.is_(None))
            .scalar_subquery())
    row = session.execute(select(Account.totp_confirmed_at, Account.totp_pending, left)
                          .where(Account.id == account_id)).one()
    return SecondFactorState(*row)


def link_target(session: Session, secret: str, *purposes: str, now: datetime) -> LinkTarget | None:
    """What a mailed link is for, if it still works."""
    link = mailed_links.find(session, secret, *purposes, now=now)
    if link is None:
        return None
    account = session.get_one(Account, link.account_id)
    return LinkTarget(account.id, account.name, account.email, link.email, link.purpose, account.locale)
