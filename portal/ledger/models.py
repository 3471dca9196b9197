"""The ledger: leaves of salted commitments, and the chain over audit events. Only ever appended to.

Hashes are RFC 6962's: a leaf is SHA-256(0x00 ‖ entry).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.audit import AuditEvent
from portal.kernel.db import Base, BigId


class Leaf(Base):
    """A commitment to one filing: RFC 6962 leaf hash over salt and digest. Written in the filing's own transaction."""

    __tablename__ = "leaves"

    id: Mapped[BigId]
    xid: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint"))
    at: Mapped[datetime]
    kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)


class ChainLink(Base):
    """One audit event's place in the chain: hash = SHA-256(0x01 ‖ previous hash ‖ event's canonical bytes)."""

    __tablename__ = "audit_chain"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey(AuditEvent.id), unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
