"""Merging a cluster into another and locking one: done, refused, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, RefusedError, StateError
from portal.responses import services as responses
from portal.responses.models import Response
from portal.review import batches, queries, services
from portal.review.models import Batch, Cluster
from tests.unit.review.scene import LABELS, Scene, scene


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


def _do(it: Scene, verb: Callable[..., Any], *given: Any, **more: Any) -> Any:
    return verb(it.session, more.pop("actor", it.reviewer), it.id, *given, now=it.now, **more)


def _clustered(it: Scene, n: int) -> tuple[int, list[int]]:
    it.file(*[{} for _ in range(n)], name=f"단체 {len(it.filed)}")
    ids = [part.id for part in it.segments()][-n:]
    return _do(it, services.create_cluster, LABELS, segment_ids=ids)[0], ids


def _cluster(it: Scene, cluster_id: int) -> Cluster:
    return it.session.get_one(Cluster, cluster_id, populate_existing=True)


def test_everything_goes_along_and_comes_back(it: Scene) -> None:
    one, ids = _clustered(it, 2)
    two, others = _clustered(it, 1)
    gone = it.file({}, name="거둔 단체")
    excused = it.segments(gone.comments[0].id)[0].id
    _do(it, services.move_segments, [excused], to=one)
    it.withdraw(gone)
    done = _do(it, services.merge_clusters, one, into=two, expected_version=1)
    assert set(done.preview.changes) == {*ids, excused}
    assert [it.segment(each).cluster_id for each in [*ids, excused, *others]] == [two] * 4
    assert (_cluster(it, one).merged_into, _cluster(it, one).version) == (two, 2)
    assert it.session.get_one(Batch, done.batch_id).verb == "merged"
    assert it.verbs()[-1] == "review.cluster_merged"
    cards, _, total = queries.clusters(it.session, it.id)
    assert ([card.id for card in cards], total) == ([two], 1)
    assert [each.id for each in queries.nearest_clusters(it.session, it.id, [])] == [two]
    _do(it, services.move_segments, [ids[0]], to=None)
    assert _do(it, batches.undo, done.batch_id) == 2
    assert [it.segment(each).cluster_id for each in [*ids, excused, *others]] == [None, one, one, two]
    assert _cluster(it, one).merged_into is None
    assert it.segment(excused).coverage == "excused"


def test_what_stands_in_a_merged_cluster_takes_nothing(it: Scene) -> None:
    one, _ = _clustered(it, 1)
    two, [other] = _clustered(it, 1)
    _do(it, services.merge_clusters, one, into=two, expected_version=1)
    for verb, given, more in ((services.move_segments, [[other]], {"to": one}),
                              (services.merge_clusters, [two], {"into": one, "expected_version": 1}),
                              (services.merge_clusters, [one], {"into": two, "expected_version": 2}),
                              (services.lock_cluster, [one], {"locked": True, "expected_version": 2})):
        with pytest.raises(StateError):
            _do(it, verb, *given, **more)


def test_taking_an_earlier_act_back_puts_nothing_into_a_cluster_that_is_gone(it: Scene) -> None:
    one, [first, second] = _clustered(it, 2)
    two, _ = _clustered(it, 1)
    three, _ = _do(it, services.create_cluster, LABELS)
    moved = _do(it, services.move_segments, [first], to=three)
    merged = _do(it, services.merge_clusters, one, into=two, expected_version=1)
    assert _do(it, batches.undo, moved.batch_id) == 0
    assert (it.segment(first).cluster_id, it.segment(second).cluster_id) == (three, two)
    _do(it, batches.undo, merged.batch_id)
    assert it.segment(second).cluster_id == one


def test_a_cluster_that_is_gone_is_answered_no_more(it: Scene) -> None:
    one, _ = _clustered(it, 1)
    two, _ = _clustered(it, 1)
    three, _ = _clustered(it, 1)
    response_id = responses.draft_response(it.session, it.reviewer, it.id, cluster_id=one, now=it.now)
    _do(it, services.merge_clusters, one, into=two, expected_version=1)
    merged = _do(it, services.merge_clusters, three, into=two, expected_version=1)
    given = responses.ResponseInput(disposition="noted", text_ko="참고하겠습니다.")
    with pytest.raises(StateError):
        _do(it, responses.save_response, response_id, given, expected_version=1)
    with pytest.raises(StateError):
        _do(it, responses.draft_response, cluster_id=three)
    _do(it, batches.undo, merged.batch_id)
    assert _do(it, responses.draft_response, cluster_id=three) != response_id


def test_an_empty_cluster_goes_and_comes_back(it: Scene) -> None:
    one, _ = _do(it, services.create_cluster, LABELS)
    two, _ = _clustered(it, 1)
    done = _do(it, services.merge_clusters, one, into=two, expected_version=1)
    assert (done.changed, _cluster(it, one).merged_into) == (0, two)
    _do(it, batches.undo, done.batch_id)
    assert _cluster(it, one).merged_into is None


@pytest.mark.parametrize("step", ["drafting", "technical_review", "for_approval"])
def test_a_response_beyond_drafting_holds_its_cluster(it: Scene, step: str) -> None:
    one, _ = _clustered(it, 1)
    two, _ = _clustered(it, 1)
    response_id = responses.draft_response(it.session, it.reviewer, it.id, cluster_id=one, now=it.now)
    it.session.get_one(Response, response_id).step = step
    it.session.flush()
    if step == "drafting":
        assert _do(it, services.merge_clusters, one, into=two, expected_version=1).changed == 1
        return
    with pytest.raises(StateError):
        _do(it, services.merge_clusters, one, into=two, expected_version=1)
    assert _do(it, services.merge_clusters, two, into=one, expected_version=1).changed == 1


def test_refusals(it: Scene) -> None:
    one, _ = _clustered(it, 1)
    two, _ = _clustered(it, 1)
    elsewhere, _ = _clustered(scene(it.session, it.now), 1)
    with pytest.raises(InvalidError):
        _do(it, services.merge_clusters, one, into=one, expected_version=1)
    for of, into in ((one, elsewhere), (elsewhere, one), (10**9, one)):
        with pytest.raises(NotFoundError):
            _do(it, services.merge_clusters, of, into=into, expected_version=1)
    with pytest.raises(RefusedError):
        _do(it, services.merge_clusters, one, into=two, expected_version=1, actor=it.approver)
    with pytest.raises(RefusedError):
        _do(it, services.lock_cluster, one, locked=True, expected_version=1, actor=it.approver)
    with pytest.raises(NotFoundError):
        _do(it, services.lock_cluster, elsewhere, locked=True, expected_version=1)


def test_locked_and_unlocked(it: Scene) -> None:
    one, [segment] = _clustered(it, 1)
    two, _ = _clustered(it, 1)
    _do(it, services.lock_cluster, one, locked=True, expected_version=1)
    assert (_cluster(it, one).locked, _cluster(it, one).version, it.verbs()[-1]) == (True, 2, "review.cluster_locked")
    _do(it, services.lock_cluster, one, locked=True, expected_version=1)
    assert _cluster(it, one).version == 2, "it was so already"
    with pytest.raises(ConflictError) as caught:
        _do(it, services.lock_cluster, one, locked=False, expected_version=1)
    assert (caught.value.changed_by, caught.value.version) == (it.reviewer.name, 2)
    with pytest.raises(ConflictError):
        _do(it, services.merge_clusters, one, into=two, expected_version=1)
    _do(it, services.move_segments, [segment], to=two)
    assert it.segment(segment).cluster_id == two, "people may do with it what they like"
    _do(it, services.lock_cluster, one, locked=False, expected_version=2)
    assert not _cluster(it, one).locked
