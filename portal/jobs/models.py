"""The *dirty* table: work that coalesces appends a row here, and a periodic job drains it.

Appending never waits for another transaction and never fails because the same work is already noted.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, BigId


class Dirty(Base):
    """Something (of `kind`, with `key` its id) has to be made anew."""

    __tablename__ = "dirty"
    __table_args__ = (Index(None, "kind", "key"),)

    id: Mapped[BigId]
    kind: Mapped[str]
    key: Mapped[int] = mapped_column(BigInteger)
    marked_at: Mapped[datetime]
