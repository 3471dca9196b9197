"""Which segments surely fit a cluster because they are copies of what is in it."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from portal.review import services
from portal.suggestions import queries
from portal.suggestions.models import CampaignMember, Suggestion
from tests.unit.review.scene import LABELS, Scene, scene
from tests.unit.suggestions.scene import ENGINE, campaign, segments

REASON = "고지 의무의 범위가 넓습니다. 방법을 정하여 주십시오."


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


def _cluster(it: Scene, *ids: int) -> int:
    made, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=ids, now=it.now)
    return made


def _fits(it: Scene, segment: int, cluster: int) -> queries.Fitting:
    """How well a copy fits a cluster, which is little alike."""
    it.session.add(Suggestion(segment_id=segment, kind="cluster", rank=1, cluster_id=cluster, score=0.5, fits=True,
                              evidence={}, engine=ENGINE, made_at=it.now))
    it.session.flush()
    [found], _ = queries.fitting_segments(it.session, it.id, cluster)
    [beside] = queries.for_segment(it.session, it.id, segment)
    assert (beside.sure, beside.campaign_id, beside.copies, beside.letters) == (
        not found.weak, found.campaign_id, found.copies, found.letters)
    return found


@pytest.mark.parametrize(("left", "sure"), [(3, True), (2, True), (1, False)])
def test_a_campaign_is_where_it_was_accepted_until_people_put_more_of_it_elsewhere(it: Scene, left: int, sure: bool
                                                                                   ) -> None:  # fmt: skip
    *placed, copy = ids = segments(it, 7, reason=REASON)
    accepted = _cluster(it, *placed[:left])
    _cluster(it, *placed[left:4])
    row = campaign(it, ids[0], {each: [] for each in ids[1:]})
    row.state, row.cluster_id = "accepted", accepted
    found = _fits(it, copy, accepted)
    assert (found.weak, found.campaign_id) == (not sure, row.id if sure else None)
    assert (found.copies, found.letters) == ((left, 7) if sure else (0, 0))


def test_a_letter_of_which_one_part_is_in_the_cluster_is_one_letter(it: Scene) -> None:
    whole, other, copy = segments(it, 3, reason=REASON)
    row = campaign(it, other, {copy: []})
    comment = it.segment(whole).comment_id
    services.split_comment(it.session, it.reviewer, it.id, comment, [17], now=it.now,
                           expected_version=services.drawing_version(it.segments(comment)))
    first, second = it.segments(comment)
    it.session.add_all(CampaignMember(campaign_id=row.id, segment_id=part.id) for part in (first, second))
    cluster = _cluster(it, first.id, other)
    found = _fits(it, copy, cluster)
    assert (found.weak, found.copies, found.letters) == (False, 2, 3)
