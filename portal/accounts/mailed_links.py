"""Secrets that are mailed to a person who has an account: made, looked up, used once. Only the digest is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Account, MailedLink
from portal.kernel import ids

LIFETIMES: Final[dict[str, timedelta]] = {
    "confirm_email": timedelta(hours=24),
    "reset_password": timedelta(hours=1),
    "accept_invitation": timedelta(days=7),
}


def make(session: Session, account_id: int, purpose: str, email: str, *, now: datetime) -> tuple[str, MailedLink]:
    """A new link to be mailed to `email`; returns its secret and its row."""
    secret = ids.token()
    link = MailedLink(purpose=purpose, digest=ids.token_digest(secret), account_id=account_id, email=email,
                      created_at=now, expires_at=now + LIFETIMES[purpose])
    session.add(link)
    session.flush()
    return secret, link


def find(session: Session, secret: str, *purposes: str, now: datetime, lock: bool = False) -> MailedLink | None:
    """The link of one of these purposes, if it still works. `lock` makes a second use wait and then find nothing."""
    statement = select(MailedLink).join(Account, Account.id == MailedLink.account_id).where(
        MailedLink.digest == ids.token_digest(secret), MailedLink.purpose.in_(purposes), MailedLink.used_at.is_(None),
        MailedLink.expires_at > now, Account.closed_at.is_(None))
    if lock:
        statement = statement.with_for_update(of=MailedLink)
    return session.scalars(statement).first()


def use_up(session: Session, account_id: int, *purposes: str, now: datetime) -> None:
    """All open links of these purposes stop working."""
    session.execute(update(MailedLink).where(
        MailedLink.account_id == account_id, MailedLink.purpose.in_(purposes), MailedLink.used_at.is_(None))
        .values(used_at=now))
