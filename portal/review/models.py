"""Review: code list, segments (the unit of everything), clusters, batches. People's decisions, no suggestions."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import Account
from portal.consultations.models import Consultation
from portal.kernel.db import Base, BigId
from portal.organisations.models import Organisation, one_of
from portal.submissions.models import POSITIONS, Comment, Submission

#: Where a segment stands; every segment stands in exactly one (product.md, Coverage).
COVERAGE_COLUMNS = ("untriaged", "triaged", "disposed", "approved", "published", "excused")
EXCUSES = ("withdrawn", "superseded", "erased")
#: `carried`: a later filing of the same comment took over what was decided of the earlier one. `merged`: a cluster went
#: into another one. `regrouped`: a proposed regrouping was taken over.
BATCH_VERBS = ("tagged", "moved", "clustered", "split", "carried", "merged", "regrouped")


class Topic(Base):
    """The upper level of the code list."""

    __tablename__ = "topics"
    __table_args__ = (UniqueConstraint("consultation_id", "key"),)

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    key: Mapped[str]
    name_ko: Mapped[str]
    name_en: Mapped[str]
    ordinal: Mapped[int]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class Tag(Base):
    """A code of the lower level."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("consultation_id", "key"),)

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    topic_id: Mapped[int] = mapped_column(ForeignKey(Topic.id), index=True)
    key: Mapped[str]
    name_ko: Mapped[str]
    name_en: Mapped[str]
    description: Mapped[str]
    ordinal: Mapped[int]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class Cluster(Base):
    """Segments, of many submissions, that raise the same issue and get one response.

    `locked`: no suggestion changes who is in it; people still may. `merged_into`: the cluster that took its segments;
    itself, where the act that made it was taken back: it is empty then, and in no list.
    """

    __tablename__ = "clusters"
    __table_args__ = (Index(None, "consultation_id", "id"),)

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    title_ko: Mapped[str]
    title_en: Mapped[str]
    issue_ko: Mapped[str]
    issue_en: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    created_at: Mapped[datetime]
    updated_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    updated_at: Mapped[datetime]
    locked: Mapped[bool] = mapped_column(server_default=text("false"))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("portal.clusters.id"))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class Segment(Base):
    """The passage of a comment that makes one point.

    `start` and `end` are character offsets into the comment's reason; a comment without a reason, or in one piece, has
    one segment over all of it. Facts of the comment and its organisation are copied here (they are frozen), so that
    the queue filters, counts and sorts on one narrow table. `coverage` and `dealt_with` (of the whole comment: all its
    segments are published or excused) are kept by services, one function decides them (`portal.review.coverage`), and
    the doctor recomputes them. What is searched stands apart, for it never changes while these do.
    """

    __tablename__ = "segments"
    __table_args__ = (
        UniqueConstraint("comment_id", "ordinal"),
        CheckConstraint('start >= 0 AND "end" >= start', name="span"),
        CheckConstraint(one_of("position", POSITIONS), name="position"),
        CheckConstraint(one_of("coverage", COVERAGE_COLUMNS), name="coverage"),
        CheckConstraint(one_of("excuse", EXCUSES), name="excuse"),
        CheckConstraint("(coverage = 'excused') = (excuse IS NOT NULL)", name="excused"),
        CheckConstraint("NOT (no_point AND cluster_id IS NOT NULL)", name="no_point_no_cluster"),
        Index(None, "consultation_id", "id"),
        Index(None, "consultation_id", "coverage", "id"),
        # Everything that facets count and lists sort by, so that it is found without the table.
        Index("ix_segments_facets", "consultation_id", "clause_eid", "position", "organisation_kind", "language",
              "coverage", "dealt_with", "cluster_id", "id", postgresql_include=["clause_order", "filed_at"]),
        Index(None, "consultation_id", "clause_order", "id"),
        Index(None, "consultation_id", "filed_at", "id"),
        Index(None, "cluster_id", "id"),
        Index(None, "submission_id"),
    )

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    submission_id: Mapped[int] = mapped_column(ForeignKey(Submission.id))
    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id))
    comment_uid: Mapped[uuid.UUID]
    ordinal: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]
    no_point: Mapped[bool] = mapped_column(server_default=text("false"))
    clause_eid: Mapped[str]
    clause_order: Mapped[int]
    position: Mapped[str]
    language: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    organisation_kind: Mapped[str]
    filed_at: Mapped[datetime]
    lead: Mapped[str]  # the first words, for lists
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey(Cluster.id))
    coverage: Mapped[str]
    excuse: Mapped[str | None]
    dealt_with: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class SegmentWords(Base):
    """What a search of the queue looks through: a segment's reason, proposed wording and legal basis.

    Apart from the segment, so that the inverted index is not written anew with every act on it.
    """

    __tablename__ = "segment_words"
    __table_args__ = (Index("ix_segment_words_words", "words", postgresql_using="gin"),)

    segment_id: Mapped[int] = mapped_column(ForeignKey(Segment.id), primary_key=True)
    words: Mapped[str] = mapped_column(TSVECTOR)


class SegmentTag(Base):
    """A reviewer's decision that a code applies."""

    __tablename__ = "segment_tags"
    __table_args__ = (Index(None, "tag_id", "segment_id"),)

    segment_id: Mapped[int] = mapped_column(ForeignKey(Segment.id), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey(Tag.id), primary_key=True)
    tagged_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    tagged_at: Mapped[datetime]


class SeenSegment(Base):
    """A reviewer has looked at a segment, or decided on it."""

    __tablename__ = "seen_segments"

    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), primary_key=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey(Segment.id), primary_key=True)
    seen_at: Mapped[datetime]


class Batch(Base):
    """One act of review on one or many segments, with a name for the history. `undone_at`: it was taken back.

    `data` says what was asked for (codes of tags, the cluster, the filter, how many were skipped and why).
    """

    __tablename__ = "batches"
    __table_args__ = (
        CheckConstraint(one_of("verb", BATCH_VERBS), name="verb"),
        Index(None, "consultation_id", "id"),
    )

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    verb: Mapped[str]
    name: Mapped[str]  # as a person called it; "" for none
    made_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))  # null: the portal itself
    made_at: Mapped[datetime]
    segment_count: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))


class SegmentChange(Base):
    """What a batch changed of one segment: enough to undo it and to tell its history.

    Kept for ever; without a reference to the segment, for a redrawn one is gone, and with the comment, which stays.
    """

    __tablename__ = "segment_changes"
    __table_args__ = (Index(None, "comment_id", "batch_id"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey(Batch.id), primary_key=True)
    segment_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id))
    tags_added: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    tags_removed: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    cluster_before: Mapped[int | None]
    cluster_after: Mapped[int | None]
