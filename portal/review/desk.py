"""A consultation as review asks for it: whose it is, when responses may be published, which text is the newest.

One statement, for it is asked for at every act and every page. Who changed something last is asked here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.kernel.audit import AuditEvent
from portal.kernel.errors import NotFoundError
from portal.kernel.i18n import msg

_DESK = """
    SELECT c.id, c.ministry_id, c.slug, c.title_ko, c.title_en, c.announced_at, c.concluded_at,
           c.responses_while_open, c.technical_review, c.legal_review,
           (SELECT min(p.closes_at) FROM comment_periods p WHERE p.consultation_id = c.id) AS first_close,
           (SELECT max(p.closes_at) FROM comment_periods p WHERE p.consultation_id = c.id) AS last_close
      FROM consultations c WHERE """


@dataclass(frozen=True)
class Desk:
    """The facts of a consultation that review rests on. `first_close`: when its first comment period closes."""

    id: int
    ministry_id: int
    slug: str
    title_ko: str
    title_en: str
    announced_at: datetime | None
    concluded_at: datetime | None
    responses_while_open: bool
    technical_review: bool
    legal_review: bool
    first_close: datetime | None
    last_close: datetime | None

    def title(self, locale: str) -> str:
        """The title in the reader's language."""
        return (self.title_en or self.title_ko) if locale == "en" else (self.title_ko or self.title_en)

    @property
    def url(self) -> str:
        """Where its review stands."""
        return f"/review/{self.slug}/"


def desk_by_slug(session: Session, slug: str) -> Desk:
    """A consultation by its address. Ask `policies.require_knowledge` before showing it. Raises NotFoundError."""
    return _one(session, "c.slug = :value", slug)


def desk_by_id(session: Session, consultation_id: int) -> Desk:
    """A consultation by its id, for an act on it: one that is being concluded is waited for and seen as concluded, and
    until this transaction ends it cannot be concluded. Acts do not wait for each other here. Raises NotFoundError."""
    return _one(session, "c.id = :value FOR KEY SHARE OF c", consultation_id)


def desks_of(session: Session, ministry_ids: list[int]) -> tuple[Desk, ...]:
    """The consultations of these ministries, the newest first."""
    rows = session.execute(text(_DESK + "c.ministry_id = ANY(:ids) ORDER BY c.created_at DESC, c.id DESC"),
                           {"ids": ministry_ids})
    return tuple(Desk(*row) for row in rows)


def unknown() -> NotFoundError:
    """What somebody is told who may not know that there is such a consultation."""
    return NotFoundError(msg("There is no such consultation."))


def _one(session: Session, where: str, value: str | int) -> Desk:
    row = session.execute(text(_DESK + where), {"value": value}).first()
    if row is None:
        raise unknown()
    return Desk(*row)


def last_change(session: Session, kind: str, subject_id: int) -> tuple[str, datetime | None]:
    """Who acted last on something, and when: for the page that a stale form gets."""
    row = session.execute(
        select(Account.name, AuditEvent.at).outerjoin(Account, Account.id == AuditEvent.account_id)
        .where(AuditEvent.subject_kind == kind, AuditEvent.subject_id == subject_id)
        .order_by(AuditEvent.id.desc()).limit(1)).first()
    return ("", None) if row is None else (row[0] or "", row[1])
