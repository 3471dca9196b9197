"""The numbers of a cluster: what counts, and how many do not count any more."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from portal.review import queries, services
from tests.unit.review.scene import LABELS, Scene, scene


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


def test_segments_that_do_not_count_any_more_are_counted_apart(it: Scene) -> None:
    kept = it.file({"position": "amend"}, {"position": "oppose"})
    gone = it.file({"position": "support", "language": "en"}, kind="association", name="한빛협회")
    cluster, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS,
                                         segment_ids=[each.id for each in it.segments()], now=it.now)
    it.withdraw(gone)
    found = queries.cluster(it.session, it.id, cluster)
    assert (found.segments, found.submissions, found.organisations, found.excused) == (2, 1, 1, 1)
    assert found.positions == {"amend": 1, "oppose": 1}
    assert found.kinds == {"company": 1} and found.languages == {"ko": 2}
    it.withdraw(kept)
    found = queries.cluster(it.session, it.id, cluster)
    assert (found.segments, found.submissions, found.organisations, found.excused) == (0, 0, 0, 3)
    assert not found.positions and not found.kinds and not found.languages


def test_a_cluster_of_nothing_has_no_numbers(it: Scene) -> None:
    cluster, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=[], now=it.now)
    found = queries.cluster(it.session, it.id, cluster)
    assert (found.segments, found.submissions, found.organisations, found.excused) == (0, 0, 0, 0)
    assert not found.positions and not found.kinds and not found.languages
