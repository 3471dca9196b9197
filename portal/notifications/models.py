"""Mails: every one that the portal sends, as it was sent, and how that went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, BigId


class Mail(Base):
    """One message. It is written in the transaction that causes it and sent by a job; `key` keeps it from being made twice."""

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'sent', 'failed')", name="status"),
        Index("uq_mails_key", "key", unique=True), Index(None, "status", "id"),
    )

    id: Mapped[BigId]
    key: Mapped[str]
    template: Mapped[str]
    recipient: Mapped[str]
    locale: Mapped[str]
    subject: Mapped[str]
    message: Mapped[bytes] = mapped_column(LargeBinary)  # the real MIME message
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
