"""Responses: the ministry's reasoned answers, their steps, authors, approvals and published editions.

`response_editions` is frozen: the application's role may only INSERT and SELECT it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import Account
from portal.consultations.models import Consultation
from portal.kernel.db import Base, BigId
from portal.organisations.models import one_of
from portal.review.models import Cluster, Segment

DISPOSITIONS = ("accepted", "partly_accepted", "not_accepted", "already_covered", "answered", "noted", "out_of_scope")
STEPS = ("drafting", "technical_review", "legal_review", "for_approval", "approved", "published")


class Response(Base):
    """A response to a cluster or to one segment.

    An approval binds to the exact text by its digest: every edit clears it. `edition` is the newest published one
    (0: none); `text_*` may run ahead of it while a new edition is prepared.
    """

    __tablename__ = "responses"
    __table_args__ = (
        CheckConstraint("(cluster_id IS NULL) <> (segment_id IS NULL)", name="one_subject"),
        CheckConstraint(one_of("disposition", DISPOSITIONS), name="disposition"),
        CheckConstraint(one_of("step", STEPS), name="step"),
        CheckConstraint("(step IN ('approved', 'published')) = (approved_digest IS NOT NULL)", name="approved"),
        CheckConstraint("approved_digest IS NULL OR (disposition IS NOT NULL AND approved_by IS NOT NULL"
                        " AND approved_at IS NOT NULL)", name="approval_whole"),
        CheckConstraint("step <> 'published' OR edition >= 1", name="published_edition"),
        Index("uq_responses_cluster_id", "cluster_id", unique=True),
        Index("uq_responses_segment_id", "segment_id", unique=True),
        Index(None, "consultation_id", "step"),
    )

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey(Cluster.id))
    segment_id: Mapped[int | None] = mapped_column(ForeignKey(Segment.id))
    disposition: Mapped[str | None]
    text_ko: Mapped[str]
    text_en: Mapped[str]
    #: [{"version": 2, "eid": "art_23__para_2"}]: the clauses that carry the change
    changed_clauses: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    step: Mapped[str]
    edition: Mapped[int] = mapped_column(server_default=text("0"))
    approved_digest: Mapped[str | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    approved_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    created_at: Mapped[datetime]
    updated_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class ResponseAuthor(Base):
    """Who changed the text or the disposition since the last approval; none of them may approve."""

    __tablename__ = "response_authors"

    response_id: Mapped[int] = mapped_column(ForeignKey(Response.id), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), primary_key=True)
    since: Mapped[datetime]


class ResponseEdition(Base):
    """A response as it was published. A later change is a new edition; the old one is kept."""

    __tablename__ = "response_editions"
    __table_args__ = (UniqueConstraint("response_id", "number"),
                      CheckConstraint(one_of("disposition", DISPOSITIONS), name="disposition"))

    id: Mapped[BigId]
    response_id: Mapped[int] = mapped_column(ForeignKey(Response.id))
    number: Mapped[int]
    disposition: Mapped[str]
    text_ko: Mapped[str]
    text_en: Mapped[str]
    changed_clauses: Mapped[list[Any]] = mapped_column(JSONB)
    digest: Mapped[str]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    approved_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    published_at: Mapped[datetime]
