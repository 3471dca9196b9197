"""What the engine proposed, apart from what people decided: each row with the engine's version and its evidence.

Everything here can be made anew from the segments and the decisions, except what people did to a proposal (`kept`,
`state`, who decided); nothing here changes a segment. What hangs on a segment goes with it, for a comment that is cut
anew has other segments. Offsets are characters from 0 into the segment's own words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import Account
from portal.consultations.models import Consultation
from portal.kernel.db import Base, BigId
from portal.organisations.models import one_of
from portal.review.models import Cluster, Segment, Tag

#: `grouping`: what is in no cluster is compared with the clusters, the rest is grouped. `regrouping`: everything is
#: grouped anew and shown as a difference to what stands.
RUN_KINDS = ("grouping", "regrouping")
RUN_STATES = ("waiting", "running", "done", "failed", "cancelled")
#: `replaced`: a later run, or another proposal, took its place; its members are there. `regrouping`: a new cluster of a
#: regrouping that nobody has taken over yet; its members are the moves to it.
PROPOSAL_STATES = ("open", "accepted", "dismissed", "replaced", "regrouping")
CAMPAIGN_STATES = ("open", "accepted", "dismissed", "replaced")
SUGGESTION_KINDS = ("tag", "cluster")


class SegmentTokens(Base):
    """The words of a segment that carry its meaning, as `tokeniser` made them of the words between `start` and `end` of
    the reason: of a segment that was redrawn they are no longer true. `knows_batch`: the number of the act of review
    (`decisions.ACTS`) that its suggestions know last; null while it has none."""

    __tablename__ = "segment_tokens"

    segment_id: Mapped[int] = mapped_column(ForeignKey(Segment.id, ondelete="CASCADE"), primary_key=True)
    start: Mapped[int]
    end: Mapped[int]
    tokeniser: Mapped[str]
    words: Mapped[list[str]] = mapped_column(ARRAY(Text))
    knows_batch: Mapped[int | None]


class AnalysisRun(Base):
    """One analysis of a consultation that somebody asked for. `share`: how much of it is done, 0 to 1; `stage`: what is
    being done. `figures` counts what it found; `problem` says why it failed. One at a time for each consultation."""

    __tablename__ = "analysis_runs"
    __table_args__ = (
        CheckConstraint(one_of("kind", RUN_KINDS), name="kind"),
        CheckConstraint(one_of("state", RUN_STATES), name="state"),
        CheckConstraint("share BETWEEN 0 AND 1", name="share"),
        CheckConstraint("(state IN ('waiting', 'running')) = (finished_at IS NULL)", name="finished"),
        Index(None, "consultation_id", "id"),
        Index("uq_analysis_runs_under_way", "consultation_id", unique=True,
              postgresql_where=text("state IN ('waiting', 'running')")),
    )

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    stage: Mapped[str] = mapped_column(server_default=text("''"))
    share: Mapped[float] = mapped_column(server_default=text("0"))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))  # null: a command
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    applied_at: Mapped[datetime | None]  # of a regrouping: a person took the difference over
    applied_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    engine: Mapped[str] = mapped_column(server_default=text("''"))
    model: Mapped[str | None]
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    problem: Mapped[str] = mapped_column(server_default=text("''"))


class ProposedCluster(Base):
    """Segments in no cluster that seem to raise the same issue. Accepted, it becomes the cluster `cluster_id`.

    `kept`: a person renamed it, changed its members or locked it, and later runs leave it as it is. `central` has the
    most typical sentence in each language present ({"ko": {"segment": id, "sentence": …}}), `terms` the words that
    tell it from the rest ({"ko": […]}), `voices` the segments that differ most. `engine` is "" where a person changed
    its members since: the worker then says all this anew, but a title that a person gave stays.
    """

    __tablename__ = "proposed_clusters"
    __table_args__ = (
        CheckConstraint(one_of("state", PROPOSAL_STATES), name="state"),
        CheckConstraint("(state = 'accepted') = (cluster_id IS NOT NULL)", name="accepted"),
        Index(None, "consultation_id", "state", "id"),
        Index(None, "run_id"),
    )

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    run_id: Mapped[int | None] = mapped_column(ForeignKey(AnalysisRun.id))  # null: a person split it off
    title_ko: Mapped[str]
    title_en: Mapped[str]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    central: Mapped[dict[str, Any]] = mapped_column(JSONB)
    voices: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    engine: Mapped[str]
    model: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    kept: Mapped[bool] = mapped_column(server_default=text("false"))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey(Cluster.id))
    made_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class ProposedMember(Base):
    """A segment of a proposed cluster; `ordinal` from 1, the most typical first."""

    __tablename__ = "proposed_members"
    __table_args__ = (Index(None, "segment_id"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey(ProposedCluster.id), primary_key=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey(Segment.id, ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int]


class ProposedMove(Base):
    """What a regrouping would change: a segment from a cluster (null: none) to another, to none, or to a new one, which
    is the proposal `proposal_after`."""

    __tablename__ = "proposed_moves"
    __table_args__ = (
        CheckConstraint("cluster_after IS NULL OR proposal_after IS NULL", name="one_place"),
        Index(None, "segment_id"),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey(AnalysisRun.id), primary_key=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey(Segment.id, ondelete="CASCADE"), primary_key=True)
    cluster_before: Mapped[int | None] = mapped_column(ForeignKey(Cluster.id))
    cluster_after: Mapped[int | None] = mapped_column(ForeignKey(Cluster.id))
    proposal_after: Mapped[int | None] = mapped_column(ForeignKey(ProposedCluster.id))


class Suggestion(Base):
    """One of at most three tags, or three clusters, for a segment, `rank` 1 being the first.

    `score` is 0 to 1: of a tag the probability that a person would give it. `evidence` has the `words` of the segment
    and the `clauses` that speak for it, and the ids of `earlier` segments. `fits`: of a cluster, that the segment would
    be placed there; otherwise it belongs to none of them.
    """

    __tablename__ = "suggestions"
    __table_args__ = (
        CheckConstraint(one_of("kind", SUGGESTION_KINDS), name="kind"),
        CheckConstraint("(kind = 'tag') = (tag_id IS NOT NULL) AND (kind = 'cluster') = (cluster_id IS NOT NULL)",
                        name="what"),
        CheckConstraint("rank BETWEEN 1 AND 3", name="rank"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
        Index(None, "cluster_id", "fits"),
        Index(None, "tag_id"),
    )

    segment_id: Mapped[int] = mapped_column(ForeignKey(Segment.id, ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int | None] = mapped_column(ForeignKey(Tag.id))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey(Cluster.id))
    score: Mapped[float]
    fits: Mapped[bool] = mapped_column(server_default=text("false"))
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    engine: Mapped[str]
    model: Mapped[str | None]
    made_at: Mapped[datetime]


class Campaign(Base):
    """Near-copies of one template letter. Accepted, its members are in the cluster `cluster_id`. `engine` is "" where
    letters joined that were not compared with its template: the worker then compares all of them anew."""

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint(one_of("state", CAMPAIGN_STATES), name="state"),
        CheckConstraint("(state = 'accepted') = (cluster_id IS NOT NULL)", name="accepted"),
        Index(None, "consultation_id", "state", "id"),
    )

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    run_id: Mapped[int | None] = mapped_column(ForeignKey(AnalysisRun.id))  # null: found when a filing arrived
    engine: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey(Cluster.id))
    made_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class CampaignMember(Base):
    """A segment of a campaign. One at most is the `template`, which the others are most like; of the others `additions`
    are the sentences that they add (spans of their own words), `omissions` what they leave out (spans of the
    template's); of the template `additions` are what only it says. Where none is, both are those against the last one,
    and mean nothing until another takes its place."""

    __tablename__ = "campaign_members"
    __table_args__ = (
        Index(None, "segment_id"),
        Index("uq_campaign_members_template", "campaign_id", unique=True, postgresql_where=text("template")),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey(Campaign.id), primary_key=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey(Segment.id, ondelete="CASCADE"), primary_key=True)
    template: Mapped[bool] = mapped_column(server_default=text("false"))
    additions: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    omissions: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))


class SharedPassage(Base):
    """A passage that stands word for word in segments which are no copies of one another. It joins nothing."""

    __tablename__ = "shared_passages"
    __table_args__ = (Index(None, "consultation_id", "id"),)

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    run_id: Mapped[int] = mapped_column(ForeignKey(AnalysisRun.id))
    words: Mapped[str]
    segment_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    engine: Mapped[str]
