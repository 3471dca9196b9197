"""What staff sees of the mails: a page of the list, newest first, and one message."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from portal.notifications.models import Mail

#: Mails that a try did not deliver: they wait for the next one, or the portal has given up.
_UNDELIVERED = or_(Mail.status == "failed", and_(Mail.status == "waiting", Mail.attempts > 0))


@dataclass(frozen=True)
class MailLine:
    """One mail in a list, without its words."""

    id: int
    template: str
    status: str
    recipient: str
    locale: str
    subject: str
    created_at: datetime
    sent_at: datetime | None
    next_try_at: datetime
    attempts: int
    last_error: str
    ministry_id: int | None


@dataclass(frozen=True)
class MailPage:
    """A part of the list, newest first; the ids from which the neighbouring parts begin, None where there is none."""

    lines: tuple[MailLine, ...]
    newer_than: int | None
    older_than: int | None


_COLUMNS = (Mail.id, Mail.template, Mail.status, Mail.recipient, Mail.locale, Mail.subject, Mail.created_at,
            Mail.sent_at, Mail.next_try_at, Mail.attempts, Mail.last_error, Mail.ministry_id)


def _line(row: Any) -> MailLine:
    return MailLine(*(getattr(row, name) for name in (column.key for column in _COLUMNS)))


def _seen_by(ministries: Collection[int] | None) -> ColumnElement[bool]:
    """Mails about these ministries' consultations, and those about none; None: all."""
    if ministries is None:
        return true()
    return or_(Mail.ministry_id.is_(None), Mail.ministry_id.in_(ministries))


def mails(session: Session, ministries: Collection[int] | None, *, status: str | None = None, undelivered: bool = False,
          limit: int, before: int | None = None, after: int | None = None) -> MailPage:
    """`limit` mails older than `before`, or newer than `after`, or the newest; of one status, or those that a try did
    not deliver. Two statements at most."""
    statement = select(*_COLUMNS).where(_seen_by(ministries))
    if status is not None:
        statement = statement.where(Mail.status == status)
    if undelivered:
        statement = statement.where(_UNDELIVERED)
    upwards = after is not None and before is None
    if upwards:
        statement = statement.where(Mail.id > after).order_by(Mail.id)
    else:
        if before is not None:
            statement = statement.where(Mail.id < before)
        statement = statement.order_by(Mail.id.desc())
    found = [_line(row) for row in session.execute(statement.limit(limit + 1))]
    more = len(found) > limit
    lines = found[:limit]
    if upwards:
        lines.reverse()
    if not lines:
        return MailPage((), None, None)
    newer = more if upwards else before is not None
    older = more if not upwards else True
    return MailPage(tuple(lines), lines[0].id if newer else None, lines[-1].id if older else None)


@dataclass(frozen=True)
class Undelivered:
    """How many mails a try did not deliver: `waiting` for the next one, `failed` for good."""

    waiting: int
    failed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.failed


def undelivered(session: Session, ministries: Collection[int] | None) -> Undelivered:
    """How many there are now, among the mails of these ministries and those of none. One statement."""
    row = session.execute(select(
        func.count().filter(Mail.status == "waiting"), func.count().filter(Mail.status == "failed"))
        .where(_UNDELIVERED, _seen_by(ministries))).one()
    return Undelivered(row[0], row[1])


def mail(session: Session, mail_id: int) -> tuple[MailLine, bytes] | None:
    """One mail with its stored message. Who may see it is the caller's to ask."""
    row = session.execute(select(*_COLUMNS, Mail.message).where(Mail.id == mail_id)).one_or_none()
    return None if row is None else (_line(row), row.message)
