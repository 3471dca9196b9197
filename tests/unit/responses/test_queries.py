"""The lists of responses: what stands in them, and how many at each step."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.responses import queries, services
from portal.review import batches
from portal.review import services as review
from tests.unit.review.scene import LABELS, scene


def test_the_draft_of_a_cluster_that_was_merged_stands_in_no_list(session: Session, now: datetime) -> None:
    it = scene(session, now)
    segments = [it.segments(it.file({}, name=f"단체 {number}").comments[0].id)[0].id for number in range(2)]
    goes, stays = (review.create_cluster(session, it.reviewer, it.id, LABELS, segment_ids=[each], now=now)[0]
                   for each in segments)
    drafts = {each: services.draft_response(session, it.reviewer, it.id, cluster_id=each, now=now)
              for each in (goes, stays)}
    me = it.reviewer.require_account()

    def shown() -> tuple[set[int], int]:
        found, _ = queries.listed(session, it.id, me)
        return {each.id for each in found}, queries.step_counts(session, [it.id], me)[it.id].all["drafting"]

    assert shown() == (set(drafts.values()), 2)
    merged = review.merge_clusters(session, it.reviewer, it.id, goes, into=stays, expected_version=1, now=now)
    assert shown() == ({drafts[stays]}, 1)
    assert merged.batch_id is not None
    batches.undo(session, it.reviewer, it.id, merged.batch_id, now=now)
    assert shown() == (set(drafts.values()), 2)
