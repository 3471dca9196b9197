"""Mails: every one that the portal sends, as it was sent, and how that went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, BigId


class Mail(Base):
    """One message. It is written in the transaction that causes it and sent by a job; `key` keeps it from being made
    twice. `ministry_id` is the ministry whose consultation or staff it is about; null for mails about accounts and
    organisations, which are no ministry's. `next_try_at` says from when on a waiting mail may be tried (again)."""

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'sent', 'failed')", name="status"),
        Index("uq_mails_key", "key", unique=True), Index(None, "status", "id"), Index(None, "ministry_id", "id"),
    )

    id: Mapped[BigId]
    key: Mapped[str]
    ministry_id: Mapped[int | None] = mapped_column(BigInteger)
    template: Mapped[str]
    recipient: Mapped[str]
    locale: Mapped[str]
    subject: Mapped[str]
    message: Mapped[bytes] = mapped_column(LargeBinary)  # the real MIME message
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
