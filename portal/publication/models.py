"""The publication: frozen, redacted copies that the public reads. The role *public* sees these tables and nothing else.

Rows hold only what may be public. A withheld comment's row carries its number, clause, position and ground; its words
never come here. `pages` keeps each public page as bytes with the facts it was rendered from.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import PublishedBase


class PublishedConsultation(PublishedBase):
    """The facts of a consultation as the public sees them. `facts` is what pages show (see `publication.facts`)."""

    __tablename__ = "consultations"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    slug: Mapped[str] = mapped_column(unique=True)
    announced_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    counted_at: Mapped[datetime]
    edition: Mapped[int]


class PublishedClause(PublishedBase):
    """A clause of a published draft version."""

    __tablename__ = "clauses"
    __table_args__ = (PrimaryKeyConstraint("consultation_id", "version", "eid"),
                      UniqueConstraint("consultation_id", "version", "position"),
                      Index(None, "consultation_id", "lineage_uid"),
                      Index("ix_clauses_words", "words", postgresql_using="gin"))

    consultation_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    eid: Mapped[str]
    position: Mapped[int]
    parent_eid: Mapped[str | None]
    lineage_uid: Mapped[uuid.UUID]
    kind: Mapped[str]
    label: Mapped[str]
    label_en: Mapped[str | None]
    heading_ko: Mapped[str | None]
    heading_en: Mapped[str | None]
    text_ko: Mapped[str]
    text_en: Mapped[str | None]
    notes: Mapped[list[Any]] = mapped_column(JSONB)
    status: Mapped[str]
    under_consultation: Mapped[bool]
    #: The tables in its text (`portal.drafts.stored_tables` says how); null where there is none.
    tables: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    words: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)


class PublishedAlignment(PublishedBase):
    """What a clause of a version is in the text that it was compared with: the version before (`previous`), or the text
    in force (`in_force`). In the order of the new text, then what is gone."""

    __tablename__ = "alignments"
    __table_args__ = (PrimaryKeyConstraint("consultation_id", "version", "against", "position"),)

    consultation_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    against: Mapped[str]
    position: Mapped[int]
    old_eid: Mapped[str | None]
    new_eid: Mapped[str | None]
    change: Mapped[str]
    score: Mapped[float]


class PublishedFile(PublishedBase):
    """A version's text in one format and language, or (`compared_with`: `v1`, `in-force`) its old–new table with
    another text. Made once by the worker: versions are immutable."""

    __tablename__ = "files"
    __table_args__ = (PrimaryKeyConstraint("consultation_id", "version", "compared_with", "language", "format"),
                      CheckConstraint("language IN ('ko', 'en')", name="language"))

    consultation_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    compared_with: Mapped[str]  # "" for the text itself
    language: Mapped[str]
    format: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]


class PublishedSubmission(PublishedBase):
    """A submission with its public number: its newest filing, or that it was withdrawn."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("number"), Index(None, "consultation_id", "filed_at", "id"),
        CheckConstraint("status IN ('current', 'withdrawn')", name="status"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    consultation_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[str]
    ordinal: Mapped[int]
    organisation_ko: Mapped[str]
    organisation_en: Mapped[str]
    organisation_kind: Mapped[str]
    confirmed: Mapped[bool]
    shown_in_full: Mapped[bool]  # false: an individual's name is masked
    filing: Mapped[int]
    filed_at: Mapped[datetime]
    status: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    comment_count: Mapped[int]
    withheld_count: Mapped[int]


class PublishedComment(PublishedBase):
    """A comment of a submission's newest filing, or the fact that one is withheld and on what ground."""

    __tablename__ = "comments"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        CheckConstraint("withheld IN ('confidential_claim', 'personal_data_find')", name="withheld"),
        CheckConstraint("withheld IS NULL OR (reason = '' AND proposal_text = '' AND proposal_old = ''"
                        " AND legal_basis = '' AND words IS NULL)", name="withheld_words"),
        Index(None, "consultation_id", "lineage_uid", "id"), Index(None, "consultation_id", "id"),
        Index("ix_comments_words", "words", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    consultation_id: Mapped[int] = mapped_column(BigInteger)
    submission_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    version: Mapped[int]  # the draft version it was filed on
    clause_eid: Mapped[str]
    lineage_uid: Mapped[uuid.UUID | None]
    outside_notice: Mapped[bool]
    language: Mapped[str]
    position: Mapped[str]
    proposal_form: Mapped[str | None]
    proposal_language: Mapped[str | None]
    proposal_old: Mapped[str]
    proposal_text: Mapped[str]
    reason: Mapped[str]
    legal_basis: Mapped[str]
    withheld: Mapped[str | None]
    words: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)


class PublishedResponse(PublishedBase):
    """A published response in its newest edition; earlier ones stand in `editions`."""

    __tablename__ = "responses"
    __table_args__ = (Index(None, "consultation_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    consultation_id: Mapped[int] = mapped_column(BigInteger)
    edition: Mapped[int]
    disposition: Mapped[str]
    title_ko: Mapped[str]
    title_en: Mapped[str]
    issue_ko: Mapped[str]
    issue_en: Mapped[str]
    text_ko: Mapped[str]
    text_en: Mapped[str]
    changed_clauses: Mapped[list[Any]] = mapped_column(JSONB)
    published_at: Mapped[datetime]
    comment_count: Mapped[int]
    organisation_count: Mapped[int]
    editions: Mapped[list[Any]] = mapped_column(JSONB)


class AnsweredComment(PublishedBase):
    """Which published response answers (a segment of) which published comment."""

    __tablename__ = "answered_comments"
    __table_args__ = (PrimaryKeyConstraint("response_id", "comment_id"), Index(None, "comment_id"))

    response_id: Mapped[int] = mapped_column(BigInteger)
    comment_id: Mapped[int] = mapped_column(BigInteger)
    consultation_id: Mapped[int] = mapped_column(BigInteger, index=True)


class PublishedDocument(PublishedBase):
    """A notice document, to be read and copied by anyone."""

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    consultation_id: Mapped[int] = mapped_column(BigInteger, index=True)
    kind: Mapped[str]
    title_ko: Mapped[str]
    title_en: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Page(PublishedBase):
    """One public page in one language: gzipped bytes, and the facts and template it was rendered from.

    Until `valid_until` the bytes are served as they are; afterwards the page is rendered anew from `facts`, because a
    sentence on it depends on the day.
    """

    __tablename__ = "pages"
    __table_args__ = (PrimaryKeyConstraint("path", "language"), Index(None, "consultation_id"),
                      CheckConstraint("language IN ('ko', 'en')", name="language"))

    path: Mapped[str]
    language: Mapped[str]
    consultation_id: Mapped[int] = mapped_column(BigInteger)
    template: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, deferred=True)
    facts_digest: Mapped[str]
    etag: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    valid_until: Mapped[datetime]
    made_at: Mapped[datetime]
