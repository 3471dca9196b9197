"""People who sign in: accounts, sessions, second factors, mailed links, limits. Knows nothing of organisations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, BigId


class Account(Base):
    """A person. `email` is kept lower-cased; it is the name under which one signs in."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("email = lower(email) AND position('@' in email) > 1", name="email"),
        CheckConstraint("locale IN ('ko', 'en')", name="locale"),
        Index("uq_accounts_email", "email", unique=True),
    )

    id: Mapped[BigId]
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str]
    locale: Mapped[str]
    email_confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted with the newest secret key
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)  # a code is taken once
    totp_pending: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted; counts once a code from it was given


class SignInSession(Base):
    """A signed-in browser. The cookie holds the secret, the row its digest, so a copy of the table signs nobody in."""

    __tablename__ = "sessions"
    __table_args__ = (Index("uq_sessions_digest", "digest", unique=True), Index(None, "account_id"))

    id: Mapped[BigId]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]
    user_agent: Mapped[str]


class RecoveryCode(Base):
    """A one-time code for the day the second factor is lost; only its digest is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[BigId]
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class MailedLink(Base):
    """A secret that was mailed to `email`: confirms a new address of an account, or sets its password. Works once,
    until it expires."""

    __tablename__ = "mailed_links"
    __table_args__ = (
        CheckConstraint("purpose IN ('confirm_email', 'reset_password', 'accept_invitation')", name="purpose"),
        Index("uq_mailed_links_digest", "digest", unique=True),
    )

    id: Mapped[BigId]
    purpose: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), index=True)
    email: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RateLimit(Base):
    """A counter of the limiter in a table without write-ahead log: shared by all processes, gone after a crash."""

    __tablename__ = "rate_limits"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime] = mapped_column(index=True)

