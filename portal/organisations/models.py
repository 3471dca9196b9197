"""Ministries (the tenants) with their staff, and the organisations that file with their members."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import Account
from portal.kernel.db import Base, BigId

STAFF_ROLES = ("reviewer", "approver", "publisher", "administrator", "adviser")
MEMBER_ROLES = ("drafter", "checker", "signer", "manager", "observer")
ORGANISATION_KINDS = ("company", "association", "law_firm", "civil_society", "individual", "other")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQL of a check that `column` holds one of `values`."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Ministry(Base):
    """A tenant: consultations and staff roles belong to one, and every policy asks it."""

    __tablename__ = "ministries"

    id: Mapped[BigId]
    slug: Mapped[str] = mapped_column(unique=True)
    name_ko: Mapped[str]
    name_en: Mapped[str]
    created_at: Mapped[datetime]


class StaffRole(Base):
    """One role of one person at one ministry; ended, never deleted, for the history names it."""

    __tablename__ = "staff_roles"
    __table_args__ = (
        CheckConstraint(one_of("role", STAFF_ROLES), name="role"),
        Index("uq_staff_roles_current", "ministry_id", "account_id", "role", unique=True,
              postgresql_where=text("ended_at IS NULL")),
        Index(None, "account_id"),
    )

    id: Mapped[BigId]
    ministry_id: Mapped[int] = mapped_column(ForeignKey(Ministry.id))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    role: Mapped[str]
    given_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Organisation(Base):
    """Who files. Until staff confirm it, the name is shown as *self-declared*.

    `name_key` and `name_key_en` are the normalised names and `mail_domain` the domain of the founder's address: with
    the registration number they tell whether an organisation seems to exist already. A free-mail domain is not kept.
    """

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint(one_of("kind", ORGANISATION_KINDS), name="kind"),
        CheckConstraint("registration_number ~ '^[0-9]{10}$'", name="registration_number"),
        Index("uq_organisations_registration_number", "registration_number", unique=True),
        Index(None, "name_key"), Index(None, "name_key_en"), Index(None, "mail_domain"),
    )

    id: Mapped[BigId]
    kind: Mapped[str]
    name_ko: Mapped[str]
    name_en: Mapped[str]
    name_key: Mapped[str]
    name_key_en: Mapped[str] = mapped_column(server_default=text("''"))
    country: Mapped[str]
    mail_domain: Mapped[str | None]
    registration_number: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    show_full_name: Mapped[bool] = mapped_column(server_default=text("false"))  # individuals: not masked, by choice
    member_count: Mapped[int | None]  # companies that an association speaks for, as it says itself
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class Membership(Base):
    """A person in an organisation, with roles. A leaver's membership ends; the filings stay."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint(f"roles <@ ARRAY[{', '.join(repr(r) for r in MEMBER_ROLES)}]::text[]", name="roles"),
        CheckConstraint("cardinality(roles) > 0", name="roles_some"),
        Index("uq_memberships_current", "organisation_id", "account_id", unique=True,
              postgresql_where=text("ended_at IS NULL")),
        Index(None, "account_id"),
    )

    id: Mapped[BigId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class JoinRequest(Base):
    """Somebody signed up for an organisation that seems to exist; its managers decide."""

    __tablename__ = "join_requests"
    __table_args__ = (
        CheckConstraint("outcome IN ('accepted', 'declined')", name="outcome"),
        Index("uq_join_requests_open", "organisation_id", "account_id", unique=True,
              postgresql_where=text("decided_at IS NULL")),
    )

    id: Mapped[BigId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), index=True)
    declared_name: Mapped[str]
    matched_by: Mapped[str]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str | None]


class Invitation(Base):
    """A manager asked somebody to join, by a mailed link. It works once, until it expires or is withdrawn."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint(f"roles <@ ARRAY[{', '.join(repr(r) for r in MEMBER_ROLES)}]::text[]", name="roles"),
        CheckConstraint("cardinality(roles) > 0", name="roles_some"),
        Index("uq_invitations_digest", "digest", unique=True),
        Index("uq_invitations_open", "organisation_id", "email", unique=True,
              postgresql_where=text("accepted_at IS NULL AND withdrawn_at IS NULL")),
    )

    id: Mapped[BigId]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    email: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    invited_by: Mapped[int] = mapped_column(ForeignKey(Account.id))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class SignUp(Base):
    """What somebody typed to sign up, until the mailed link is opened: before that there is no account, so nobody can
    take an address, a name or a registration number that is not theirs. Deleted when it is confirmed or expires."""

    __tablename__ = "sign_ups"
    __table_args__ = (
        CheckConstraint(one_of("kind", ORGANISATION_KINDS), name="kind"),
        CheckConstraint("locale IN ('ko', 'en')", name="locale"),
        Index("uq_sign_ups_digest", "digest", unique=True),
    )

    id: Mapped[BigId]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    email: Mapped[str]
    name: Mapped[str]
    locale: Mapped[str]
    password_hash: Mapped[str]
    kind: Mapped[str]
    name_ko: Mapped[str]
    name_en: Mapped[str]
    country: Mapped[str]
    registration_number: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
