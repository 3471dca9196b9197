"""A consultation under review with suggestions as the engine would leave them, without the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text

from portal.suggestions.models import (
    AnalysisRun,
    Campaign,
    CampaignMember,
    ProposedCluster,
    ProposedMember,
    ProposedMove,
    SegmentTokens,
)
from tests.unit.review.scene import Scene

ENGINE = "analysis (test)"


def segments(it: Scene, n: int, **comment: Any) -> list[int]:
    """So many further segments, each of a comment of its own."""
    it.file(*[dict(comment) for _ in range(n)], name=f"단체 {len(it.filed)}")
    return [part.id for part in it.segments()][-n:]


def propose(it: Scene, ids: Sequence[int], *, state: str = "open", kept: bool = False, run_id: int | None = None,
            title: str = "고지 범위", central: int | None = None) -> ProposedCluster:
    """A proposal of these segments, whose central sentence is of the segment `central`, else of the first."""
    row = ProposedCluster(
        consultation_id=it.id, run_id=run_id, title_ko=title, title_en="Scope of notice", terms={"ko": ["고지"]},
        central={"ko": {"segment": central or ids[0], "sentence": "고지 의무의 범위가 넓습니다."}}, voices=list(ids[:3]),
        engine=ENGINE, model=None, state=state, kept=kept, made_at=it.now, version=1)
    it.session.add(row)
    it.session.flush()
    it.session.add_all(ProposedMember(proposal_id=row.id, segment_id=each, ordinal=place)
                       for place, each in enumerate(ids, 1))
    it.session.flush()
    return row


def proposal(it: Scene, proposal_id: int) -> ProposedCluster:
    """A proposal as the database has it now."""
    it.session.flush()
    return it.session.get_one(ProposedCluster, proposal_id, populate_existing=True)


def members(it: Scene, proposal_id: int) -> list[int]:
    """Its members, in their order."""
    it.session.flush()
    return list(it.session.scalars(select(ProposedMember.segment_id).where(ProposedMember.proposal_id == proposal_id)
                                   .order_by(ProposedMember.ordinal)))


def campaign(it: Scene, template: int, variants: dict[int, list[list[int]]], *, state: str = "open") -> Campaign:
    """A campaign; of each variant its additions."""
    row = Campaign(consultation_id=it.id, run_id=None, engine=ENGINE, state=state, made_at=it.now, version=1)
    it.session.add(row)
    it.session.flush()
    it.session.add(CampaignMember(campaign_id=row.id, segment_id=template, template=True, additions=[], omissions=[]))
    it.session.add_all(CampaignMember(campaign_id=row.id, segment_id=each, template=False, additions=additions,
                                      omissions=[]) for each, additions in variants.items())
    read(it, [template, *variants])
    return row


def read(it: Scene, ids: Sequence[int]) -> None:
    """The engine has read these segments as they are drawn now."""
    for each in ids:
        part = it.segment(each)
        it.session.merge(SegmentTokens(segment_id=each, start=part.start, end=part.end, tokeniser="test", words=[]))
    it.session.flush()


def in_campaign(it: Scene, campaign_id: int) -> set[int]:
    """The segments of a campaign now."""
    it.session.flush()
    return set(it.session.scalars(text("SELECT segment_id FROM campaign_members WHERE campaign_id = :c"),
                                  {"c": campaign_id}))


def regrouping(it: Scene, *moves: tuple[int, int | None, int | None, int | None]) -> AnalysisRun:
    """A regrouping that was proposed of segments as they are drawn now: moves as (segment, cluster before, cluster
    after, proposal after)."""
    read(it, [move[0] for move in moves])
    run = AnalysisRun(consultation_id=it.id, kind="regrouping", state="done", stage="", share=1.0, asked_at=it.now,
                      started_at=it.now, finished_at=it.now, engine=ENGINE, figures={}, problem="")
    it.session.add(run)
    it.session.flush()
    for segment_id, before, after, proposed in moves:
        if proposed is not None:
            proposal(it, proposed).run_id = run.id
        it.session.add(ProposedMove(run_id=run.id, segment_id=segment_id, cluster_before=before, cluster_after=after,
                                    proposal_after=proposed))
    it.session.flush()
    return run
