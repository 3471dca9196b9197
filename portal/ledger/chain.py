"""The chain over audit events: written by the sealer, verified by anyone with the database.

The order is (transaction, event): events whose transaction is older than every running one can get no predecessor any
more, so the sealer takes exactly those, without a lock in anybody's way. A changed, removed or inserted event breaks
every hash after it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from portal.jobs.queue import Ticker
from portal.kernel.audit import AuditEvent
from portal.ledger.commitments import canonical
from portal.ledger.models import ChainLink

#: What the first link is chained to.
GENESIS = hashlib.sha256(b"consultation-portal audit chain 1").digest()
_BATCH = 5_000


def event_bytes(event: AuditEvent) -> bytes:
    """The canonical bytes of an event: every column, so that no change goes unseen."""
    return canonical({
        "id": event.id, "xid": event.xid, "at": event.at.isoformat(timespec="microseconds"), "verb": event.verb,
        "account": event.account_id, "ministry": event.ministry_id, "consultation": event.consultation_id,
        "organisation": event.organisation_id, "subject": [event.subject_kind, event.subject_id],
        "data": event.data})


def link_hash(previous: bytes, event: AuditEvent) -> bytes:
    """SHA-256(0x01 ‖ previous ‖ event)."""
    return hashlib.sha256(b"\x01" + previous + event_bytes(event)).digest()


def seal(session: Session, *, now: datetime) -> None:
    """Append every event that can get no predecessor any more. One at a time: the ticker holds a lock."""
    last = session.execute(
        select(ChainLink.number, ChainLink.hash, AuditEvent.xid, AuditEvent.id)
        .join(AuditEvent, AuditEvent.id == ChainLink.event_id).order_by(ChainLink.number.desc()).limit(1)).first()
    number, previous, xid, event_id = last if last else (0, GENESIS, 0, 0)
    while True:
        events = session.scalars(
            select(AuditEvent)
            .where(tuple_(AuditEvent.xid, AuditEvent.id) > (xid, event_id),
                   AuditEvent.xid < text("(pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"))
            .order_by(AuditEvent.xid, AuditEvent.id).limit(_BATCH)).all()
        for event in events:
            number += 1
            previous = link_hash(previous, event)
            session.add(ChainLink(number=number, event_id=event.id, hash=previous))
            xid, event_id = event.xid, event.id
        session.flush()
        session.expunge_all()
        if len(events) < _BATCH:
            return


@dataclass(frozen=True)
class Verification:
    """What a walk over the chain found. `broken` names the first link that does not hold."""

    sealed: int
    unsealed: int
    broken: str | None

    @property
    def intact(self) -> bool:
        """Whether every sealed event stands as it was sealed."""
        return self.broken is None


def verify(session: Session) -> Verification:
    """Walk the whole chain in constant memory."""
    previous, expected, broken = GENESIS, 0, None
    rows = session.execute(
        select(ChainLink, AuditEvent).outerjoin(AuditEvent, AuditEvent.id == ChainLink.event_id)
        .order_by(ChainLink.number).execution_options(yield_per=2_000))
    position = (0, 0)
    for link, joined in rows:
        event = cast("AuditEvent | None", joined)  # an outer join: the event may be gone
        expected += 1
        if link.number != expected:
            broken = f"link {expected} is missing"
            break
        if event is None:
            broken = f"link {link.number}: the event {link.event_id} was removed"
            break
        if (event.xid, event.id) <= position:
            broken = f"link {link.number}: the event {event.id} is out of order"
            break
        if link_hash(previous, event) != link.hash:
            broken = f"link {link.number}: the event {event.id} was changed"
            break
        previous, position = link.hash, (event.xid, event.id)
    rows.close()
    if broken is None:
        inserted = session.scalar(
            select(AuditEvent.id).where(tuple_(AuditEvent.xid, AuditEvent.id) <= position,
                                        ~select(ChainLink.number).where(ChainLink.event_id == AuditEvent.id).exists())
            .limit(1))
        if inserted is not None:
            broken = f"the event {inserted} was inserted among sealed ones"
    unsealed = session.scalar(
        select(text("count(*)")).select_from(AuditEvent).where(tuple_(AuditEvent.xid, AuditEvent.id) > position)) or 0
    return Verification(sealed=expected if broken is None else expected - 1, unsealed=unsealed, broken=broken)


WORK = (Ticker("ledger.seal", 1, seal, "Chains the audit events of finished transactions."),)
