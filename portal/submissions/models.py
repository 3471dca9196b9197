"""Submissions: what an organisation writes, files, supersedes and withdraws, with receipts.

`filings`, `comments`, `filing_salts`, `receipts` and `withdrawals` are frozen: the application's role may only INSERT
and SELECT them. What is still being written lives in `draft_comments`.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import Account
from portal.consultations.models import CommentPeriod, Consultation
from portal.drafts.models import DraftVersion
from portal.kernel.db import Base, BigId
from portal.organisations.models import Organisation, one_of

POSITIONS = ("support", "oppose", "amend", "question")
PROPOSAL_FORMS = ("full_text", "fragment", "new_clause", "deletion", "instruction")
CONFIDENTIAL_GROUNDS = ("trade_secret", "personal_data", "security", "other")

#: The longest text of one field, in characters; a longer one gets a clear page with the text kept.
MAX_TEXT = 20_000
#: The most comments in one submission.
MAX_COMMENTS = 1_000


class Submission(Base):
    """What one organisation files in one comment period. `public_number` is given at its first publication."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("period_id", "organisation_id"),
        Index("uq_submissions_public_number", "public_number", unique=True),
        Index(None, "consultation_id", "id"),
    )

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    period_id: Mapped[int] = mapped_column(ForeignKey(CommentPeriod.id))
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    public_number: Mapped[str | None]
    filing_count: Mapped[int] = mapped_column(server_default=text("0"))
    current_filing_id: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    #: Goes up with every draft change, so that a review page knows whether what it shows is still what would be filed.
    version: Mapped[int] = mapped_column(server_default=text("1"))


class DraftComment(Base):
    """One comment while it is written. `uid` stays through every filing of it; `version` guards stale saves."""

    __tablename__ = "draft_comments"
    __table_args__ = (
        CheckConstraint(one_of("position", POSITIONS), name="position"),
        CheckConstraint(one_of("proposal_form", PROPOSAL_FORMS), name="proposal_form"),
        CheckConstraint("proposal_language IN ('ko', 'en')", name="proposal_language"),
        UniqueConstraint("uid"),
        Index(None, "submission_id", "ordinal"),
    )

    id: Mapped[BigId]
    uid: Mapped[uuid.UUID]
    submission_id: Mapped[int] = mapped_column(ForeignKey(Submission.id))
    draft_version_id: Mapped[int] = mapped_column(ForeignKey(DraftVersion.id))
    clause_eid: Mapped[str]
    ordinal: Mapped[int]  # place in the order of the law, then of making
    language: Mapped[str] = mapped_column(server_default=text("'ko'"))
    position: Mapped[str | None]
    proposal_form: Mapped[str | None]
    proposal_language: Mapped[str | None]
    proposal_old: Mapped[str] = mapped_column(server_default=text("''"))  # fragment: the words to replace
    proposal_text: Mapped[str] = mapped_column(server_default=text("''"))
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    legal_basis: Mapped[str] = mapped_column(server_default=text("''"))
    #: [{"words": "…", "ground": "trade_secret", "note": "…"}]; located in the texts when the comment is filed
    confidential: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    removed_at: Mapped[datetime | None]
    updated_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class Filing(Base):
    """One immutable, receipted state of a submission.

    `entered_at` is when the request entered, before its body was read: the time by which a filing is judged.
    `request_key` makes a repeated request file once.
    """

    __tablename__ = "filings"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"), UniqueConstraint("submission_id", "request_key"),
        CheckConstraint("late_seconds BETWEEN 0 AND 60", name="late_seconds"),
        CheckConstraint("comment_count >= 1", name="comment_count"),
    )

    id: Mapped[BigId]
    submission_id: Mapped[int] = mapped_column(ForeignKey(Submission.id))
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id), index=True)
    number: Mapped[int]
    request_key: Mapped[str]
    entered_at: Mapped[datetime]
    filed_at: Mapped[datetime]
    late_seconds: Mapped[int]
    filed_by: Mapped[int] = mapped_column(ForeignKey(Account.id))
    signer_name: Mapped[str]
    signer_title: Mapped[str]
    organisation_name_ko: Mapped[str]
    organisation_name_en: Mapped[str]
    terms_version: Mapped[str]
    terms_digest: Mapped[str]
    comment_count: Mapped[int]
    digest: Mapped[str]  # SHA-256 of the canonical JSON, hex


class FilingSalt(Base):
    """The salt of a filing's commitment, apart from it, so that erasure by law can destroy it."""

    __tablename__ = "filing_salts"

    filing_id: Mapped[int] = mapped_column(ForeignKey(Filing.id), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)


class Comment(Base):
    """One structured item of a filing, as filed.

    `finds` is what the detector of personal data found (kinds and places, not the words), with `detector` its version.
    """

    __tablename__ = "comments"
    __table_args__ = (
        UniqueConstraint("filing_id", "number"),
        CheckConstraint(one_of("position", POSITIONS), name="position"),
        CheckConstraint(one_of("proposal_form", PROPOSAL_FORMS), name="proposal_form"),
        CheckConstraint("proposal_language IN ('ko', 'en')", name="proposal_language"),
        CheckConstraint("(proposal_form IS NULL) = (proposal_language IS NULL)", name="proposal_whole"),
        CheckConstraint("position <> 'amend' OR proposal_form IS NOT NULL OR reason <> ''", name="amend_says_what"),
        Index(None, "uid"),
    )

    id: Mapped[BigId]
    filing_id: Mapped[int] = mapped_column(ForeignKey(Filing.id))
    uid: Mapped[uuid.UUID]
    number: Mapped[int]  # the n-th comment of its filing, from 1
    draft_version_id: Mapped[int] = mapped_column(ForeignKey(DraftVersion.id))
    clause_eid: Mapped[str]
    lineage_uid: Mapped[uuid.UUID | None]  # null for the whole draft; of a place behind a clause, that clause's
    outside_notice: Mapped[bool]
    language: Mapped[str]
    position: Mapped[str]
    proposal_form: Mapped[str | None]
    proposal_language: Mapped[str | None]
    proposal_old: Mapped[str]
    proposal_text: Mapped[str]
    reason: Mapped[str]
    legal_basis: Mapped[str]
    #: [{"field": "reason", "start": 3, "end": 9, "words": "…", "ground": "trade_secret", "note": "…"}]
    confidential: Mapped[list[Any]] = mapped_column(JSONB)
    finds: Mapped[list[Any]] = mapped_column(JSONB)
    detector: Mapped[str]
    digest: Mapped[str]


class Receipt(Base):
    """Proof of a filing: a random number (never public), the time, the digest and the signature, made at once."""

    __tablename__ = "receipts"
    __table_args__ = (
        CheckConstraint("number ~ '^R-[0-9A-Z-]+$'", name="number"),
        Index("uq_receipts_number", "number", unique=True),
    )

    filing_id: Mapped[int] = mapped_column(ForeignKey(Filing.id), primary_key=True)
    number: Mapped[str]
    payload: Mapped[str]  # the exact text that was signed
    key_id: Mapped[str]
    signature: Mapped[str]  # Ed25519, base64


class Withdrawal(Base):
    """A submission was withdrawn, with a reason. A later filing in the same period stands again."""

    __tablename__ = "withdrawals"

    id: Mapped[BigId]
    submission_id: Mapped[int] = mapped_column(ForeignKey(Submission.id), index=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey(Filing.id), unique=True)
    reason: Mapped[str]
    withdrawn_by: Mapped[int] = mapped_column(ForeignKey(Account.id))
    withdrawn_at: Mapped[datetime]
