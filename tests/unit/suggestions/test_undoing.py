"""Taking back what took a suggestion over: it is open again, and no empty cluster is left in any list or choice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.kernel.errors import NotFoundError, RefusedError, StateError
from portal.review import batches, services
from portal.review import queries as review
from portal.review.models import Cluster
from portal.review.services import ClusterInput
from portal.suggestions import proposals, queries, runs, undoing
from portal.suggestions.models import AnalysisRun, Suggestion
from portal.suggestions.storing import Storing
from tests.unit.review.scene import LABELS, Scene, scene
from tests.unit.suggestions.scene import ENGINE, members, proposal, propose, regrouping, segments


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


def _do(it: Scene, verb: Callable[..., Any], *given: Any, **more: Any) -> Any:
    return verb(it.session, more.pop("actor", it.reviewer), it.id, *given, now=it.now, **more)


def _offered(it: Scene) -> set[int]:
    """The clusters in the list and in every choice of one."""
    listed, _, total = review.clusters(it.session, it.id)
    chosen = {each.id for each in review.nearest_clusters(it.session, it.id, [])}
    assert {each.id for each in listed} == chosen and total == len(chosen)
    return chosen


def test_an_accepted_proposal_is_open_again_and_its_cluster_in_no_list(it: Scene) -> None:
    ids = segments(it, 3)
    row = propose(it, ids, kept=True)
    cluster_id, done = _do(it, proposals.accept, row.id, given=LABELS, expected_version=1)
    assert _do(it, undoing.undo, done.batch_id) == 3
    found = proposal(it, row.id)
    assert (found.state, found.cluster_id, found.decided_by, found.kept) == ("open", None, None, True)
    assert members(it, row.id) == ids
    assert _offered(it) == set()
    for act in (lambda: _do(it, services.move_segments, ids, to=cluster_id),
                lambda: _do(it, services.lock_cluster, cluster_id, locked=True, expected_version=2)):
        with pytest.raises(StateError, match="taken back"):
            act()
    again, _ = _do(it, proposals.accept, row.id, given=LABELS, expected_version=found.version)
    assert _offered(it) == {again}
    with pytest.raises(StateError):
        _do(it, undoing.undo, done.batch_id)


@pytest.mark.parametrize("why", ["renamed", "locked", "others", "used"])
def test_a_cluster_that_people_use_stays(it: Scene, why: str) -> None:
    *ids, more = segments(it, 3)
    row = propose(it, ids)
    cluster_id, done = _do(it, proposals.accept, row.id, given=LABELS, expected_version=1)
    if why == "renamed":
        _do(it, services.change_cluster, cluster_id, ClusterInput("새 이름"), expected_version=1)
    elif why == "locked":
        _do(it, services.lock_cluster, cluster_id, locked=True, expected_version=1)
    elif why == "others":
        _do(it, services.move_segments, [more], to=cluster_id)
    else:
        other = propose(it, [more])
        _do(it, proposals.accept, other.id, given=None, into=cluster_id, expected_version=1)
        _do(it, services.move_segments, [more], to=None)
    _do(it, undoing.undo, done.batch_id)
    assert _offered(it) == {cluster_id}
    assert proposal(it, row.id).state == "open"


def test_a_cluster_that_stood_before_stays(it: Scene) -> None:
    ids = segments(it, 2)
    into, _ = _do(it, services.create_cluster, LABELS)
    row = propose(it, ids)
    _, done = _do(it, proposals.accept, row.id, given=None, into=into, expected_version=1)
    _do(it, undoing.undo, done.batch_id)
    assert _offered(it) == {into} and proposal(it, row.id).state == "open"


def test_what_another_proposal_has_meanwhile_is_not_in_two(it: Scene) -> None:
    one, two, three = segments(it, 3)
    row = propose(it, [one, two, three])
    _, done = _do(it, proposals.accept, row.id, given=LABELS, expected_version=1)
    propose(it, [three])
    _do(it, undoing.undo, done.batch_id)
    assert members(it, row.id) == [one, two]


def test_where_nothing_is_left_to_take_back_the_suggestion_stays_accepted(it: Scene) -> None:
    ids = segments(it, 2)
    row = propose(it, ids)
    _, done = _do(it, proposals.accept, row.id, given=LABELS, expected_version=1)
    other, _ = _do(it, services.create_cluster, LABELS, segment_ids=ids)
    assert _do(it, undoing.undo, done.batch_id) == 0
    assert proposal(it, row.id).state == "accepted" and other in _offered(it)


def test_a_persons_own_act_is_taken_back_as_before(it: Scene) -> None:
    ids = segments(it, 2)
    cluster_id, done = _do(it, services.create_cluster, LABELS, segment_ids=ids)
    assert _do(it, undoing.undo, done.batch_id) == 2
    assert _offered(it) == {cluster_id}, "a person made it"
    with pytest.raises(NotFoundError):
        _do(it, undoing.undo, 10**9)
    row = propose(it, ids)
    _, done = _do(it, proposals.accept, row.id, given=LABELS, expected_version=1)
    with pytest.raises(RefusedError):
        _do(it, undoing.undo, done.batch_id, actor=it.approver)


def test_a_regrouping_that_was_taken_back_can_be_taken_over_again(it: Scene) -> None:
    one, two, three, four = segments(it, 4)
    old = propose(it, [one, two])
    before, _ = _do(it, proposals.accept, old.id, given=LABELS, expected_version=1)
    new = [propose(it, [], state="regrouping", title=title, central=one) for title in ("가", "나", "다")]
    run = regrouping(it, (one, before, None, new[0].id), (three, None, None, new[1].id), (four, None, None, new[1].id),
                     (two, before, None, new[2].id))
    _do(it, services.move_segments, [two], to=None)  # nobody is left for the third
    done = _do(it, runs.apply_regrouping, run.id)
    made = {proposal(it, each.id).cluster_id for each in new[:2]}
    assert _offered(it) == {before, *made} and proposal(it, new[2].id).state == "replaced"
    second = proposal(it, new[1].id).cluster_id
    _do(it, services.move_segments, [two], to=second)  # and somebody uses one of the new ones
    assert _do(it, undoing.undo, done.batch_id) == 3
    assert _offered(it) == {before, second}
    run = it.session.get_one(AnalysisRun, run.id, populate_existing=True)
    assert (run.applied_at, run.applied_by) == (None, None)
    difference = queries.difference(it.session, it.id, run.id)
    assert difference.moves == 3 and difference.new == 1
    _do(it, runs.apply_regrouping, run.id)
    assert it.segment(three).cluster_id == second
    assert it.segment(one).cluster_id == proposal(it, new[0].id).cluster_id not in (None, before)


def test_a_regrouping_that_another_followed_is_not_offered_again(it: Scene) -> None:
    [one] = segments(it, 1)
    new = propose(it, [], state="regrouping", central=one)
    run = regrouping(it, (one, None, None, new.id))
    done = _do(it, runs.apply_regrouping, run.id)
    regrouping(it)
    _do(it, undoing.undo, done.batch_id)
    assert proposal(it, new.id).state == "replaced" and _offered(it) == set()
    assert it.session.get_one(AnalysisRun, run.id, populate_existing=True).applied_at is not None


def test_what_fits_a_cluster_fits_it_again_at_once(it: Scene) -> None:
    """Suggestions of what is in a cluster now are not made, and those from before are kept until it is taken back."""
    one, two = segments(it, 2)
    cluster_id, _ = _do(it, services.create_cluster, LABELS, segment_ids=[one])
    it.session.add(Suggestion(segment_id=two, kind="cluster", rank=1, cluster_id=cluster_id, score=0.8, fits=True,
                              evidence={}, engine=ENGINE, made_at=it.now))
    row = propose(it, [two])
    _, done = _do(it, proposals.accept, row.id, given=LABELS, expected_version=1)
    storing = Storing(it.session, it.id, ENGINE, None, it.now)
    storing.look([one, two])
    storing.suggestions("cluster", [], [two])  # the worker's next turn
    assert queries.fitting_count(it.session, it.id, cluster_id) == 0
    _do(it, undoing.undo, done.batch_id)
    assert queries.fitting_count(it.session, it.id, cluster_id) == 1


def test_nothing_is_put_back_into_a_cluster_that_was_retired(it: Scene) -> None:
    one, two = segments(it, 2)
    row = propose(it, [one, two])
    cluster_id, accepted = _do(it, proposals.accept, row.id, given=LABELS, expected_version=1)
    out = _do(it, services.move_segments, [one], to=None)
    _do(it, undoing.undo, accepted.batch_id)
    assert it.session.get_one(Cluster, cluster_id, populate_existing=True).merged_into == cluster_id
    assert _do(it, undoing.undo, out.batch_id) == 0
    assert it.segment(one).cluster_id is None
    assert it.session.scalar(text("SELECT count(*) FROM segments WHERE cluster_id = :id"), {"id": cluster_id}) == 0
    assert batches.batch(it.session, it.id, accepted.batch_id) is not None
