"""Tags, clusters, cuts and taking back: what is done, what is skipped, what is refused, what the history keeps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, PortalError, RefusedError, StateError
from portal.responses import services as responses
from portal.responses.services import ResponseInput
from portal.review import batches, code_list, coverage, services
from portal.review.models import Batch, Cluster
from portal.review.services import ClusterInput
from tests import factories
from tests.unit.review.scene import LABELS, Scene, scene, statements

REASON = "안녕하십니까. 고지 의무를 줄여 주십시오. 표시 방법도 정하여 주십시오."
SECOND, THIRD = REASON.index("고지"), REASON.index("표시")


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


def _ids(it: Scene, n: int) -> list[int]:
    it.file(*[{} for _ in range(n)])
    return [part.id for part in it.segments()][-n:]


def _tag(it: Scene, ids: list[int], **more: Any) -> batches.Done:
    return services.tag_segments(it.session, more.pop("actor", it.reviewer), it.id, ids, now=it.now, **more)


def _move(it: Scene, ids: list[int], to: int | None, **more: Any) -> batches.Done:
    return services.move_segments(it.session, it.reviewer, it.id, ids, to=to, now=it.now, **more)


def _cluster(it: Scene, ids: list[int] | None = None) -> int:
    return services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=ids or [], now=it.now)[0]


# -------------------------------------------------------------------------------------------------------------- tags


def test_tagging(it: Scene) -> None:
    codes, (one, two) = it.codes(), _ids(it, 2)
    first, second = codes.tags[0].id, codes.tags[1].id
    done = _tag(it, [one, two], add=[first, second])
    assert (done.changed, done.preview.skipped_count) == (2, 0)
    assert it.tags_of(one) == it.tags_of(two) == {first, second}
    assert [it.segment(each).coverage for each in (one, two)] == ["triaged", "triaged"]
    assert [it.segment(each).version for each in (one, two)] == [2, 2]
    done = _tag(it, [one, two], add=[first], remove=[second])
    assert it.tags_of(one) == {first}
    assert done.changed == 2
    _tag(it, [one], remove=[first])
    assert it.segment(one).coverage == "untriaged"
    assert it.verbs()[-3:] == ["review.tagged"] * 3


def test_what_is_so_already_and_what_does_not_count_is_skipped_and_told(it: Scene) -> None:
    codes, (one, two) = it.codes(), _ids(it, 2)
    tag = codes.tags[0].id
    gone = it.file({})
    excused = it.segments(gone.comments[0].id)[0].id
    it.withdraw(gone)
    _tag(it, [one], add=[tag])
    done = _tag(it, [one, two, excused, 10**12, two], add=[tag])
    assert done.preview.changes == (two,)
    assert done.preview.skipped == {"unchanged": (one,), "excused": (excused,), "unknown": (10**12,)}
    assert it.tags_of(excused) == set()
    batch = it.session.get_one(Batch, done.batch_id)
    assert batch.data["skipped"] == {"unchanged": 1, "excused": 1, "unknown": 1}
    assert _tag(it, [one, two], add=[tag]).batch_id is None


def test_tags_of_two_reviewers_both_stay(it: Scene) -> None:
    codes, (one,) = it.codes(), _ids(it, 1)
    colleague = factories.staff(it.session, it.now, it.ministry, "reviewer", name="이검토")
    _tag(it, [one], add=[codes.tags[0].id])
    _tag(it, [one], add=[codes.tags[1].id], actor=colleague)
    assert it.tags_of(one) == {codes.tags[0].id, codes.tags[1].id}


def test_only_tags_of_this_list_that_are_not_retired(it: Scene) -> None:
    codes, (one,) = it.codes(), _ids(it, 1)
    other = scene(it.session, it.now)
    foreign = other.codes().tags[0].id
    with pytest.raises(InvalidError):
        _tag(it, [one], add=[foreign])
    tag = codes.tags[0].id
    _tag(it, [one], add=[tag])
    code_list.retire_tag(it.session, it.reviewer, it.id, tag, now=it.now)
    with pytest.raises(InvalidError):
        _tag(it, [one], add=[tag])
    assert it.tags_of(one) == {tag}  # what was tagged stays tagged
    _tag(it, [one], remove=[tag])
    assert it.tags_of(one) == set()
    with pytest.raises(InvalidError):
        _tag(it, [one], add=[codes.tags[1].id], remove=[codes.tags[1].id])


def test_segments_of_another_consultation_are_not_touched(it: Scene) -> None:
    codes = it.codes()
    other = scene(it.session, it.now)
    foreign = _ids(other, 1)
    done = _tag(it, foreign, add=[codes.tags[0].id])
    assert done.preview.skipped == {"unknown": tuple(foreign)}
    assert other.tags_of(foreign[0]) == set()


def test_too_many_at_once_are_refused(it: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    codes, ids = it.codes(), _ids(it, 3)
    monkeypatch.setattr(batches, "MAX_SEGMENTS", 2)
    with pytest.raises(InvalidError):
        _tag(it, ids, add=[codes.tags[0].id])


def test_many_segments_cost_as_many_statements_as_one(it: Scene) -> None:
    codes, ids = it.codes(), _ids(it, 30)
    cluster = _cluster(it)

    def cost(some: list[int], tag: int) -> int:
        with statements(it.session) as seen:
            _tag(it, some, add=[tag])
            _move(it, some, cluster)
        return len(seen)

    assert cost(ids[:2], codes.tags[0].id) == cost(ids[2:], codes.tags[0].id)


# ---------------------------------------------------------------------------------------------------------- clusters


def test_a_cluster_is_made_with_its_segments(it: Scene) -> None:
    ids = _ids(it, 2)
    cluster, done = services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=ids, now=it.now)
    assert done.changed == 2
    assert [it.segment(each).cluster_id for each in ids] == [cluster, cluster]
    assert [it.segment(each).coverage for each in ids] == ["triaged", "triaged"]
    assert it.verbs()[-2:] == ["review.cluster_created", "review.moved"]


@pytest.mark.parametrize("given_", [ClusterInput(), ClusterInput(issue_ko="쟁점만"), ClusterInput(title_ko="가" * 301)])
def test_a_cluster_needs_a_title(it: Scene, given_: ClusterInput) -> None:
    with pytest.raises(InvalidError) as caught:
        services.create_cluster(it.session, it.reviewer, it.id, given_, now=it.now)
    assert "title_ko" in caught.value.problems


def test_a_cluster_holds_no_resident_number(it: Scene) -> None:
    with pytest.raises(InvalidError) as caught:
        services.create_cluster(it.session, it.reviewer, it.id, ClusterInput("제목", issue_ko="900230-1234567의 의견"),
                                now=it.now)
    assert list(caught.value.problems) == ["issue_ko"]


def test_moving_in_between_and_out(it: Scene) -> None:
    one, two = _ids(it, 2)
    first, second = _cluster(it, [one]), _cluster(it)
    done = _move(it, [one, two], second)
    assert done.preview.changes == (one, two)
    assert _move(it, [one, two], second).preview.skipped == {"unchanged": (one, two)}
    _move(it, [one], None)
    assert (it.segment(one).cluster_id, it.segment(one).coverage) == (None, "untriaged")
    assert it.segment(two).cluster_id == second
    assert first != second


def test_a_cluster_of_another_consultation_is_not_there(it: Scene) -> None:
    ids = _ids(it, 1)
    other = scene(it.session, it.now)
    with pytest.raises(NotFoundError):
        _move(it, ids, _cluster(other))
    with pytest.raises(NotFoundError):
        services.change_cluster(it.session, it.reviewer, it.id, _cluster(other), LABELS, expected_version=1, now=it.now)


def test_a_move_from_a_stale_page_is_refused_naming_who_was_faster(it: Scene) -> None:
    (one,) = _ids(it, 1)
    colleague = factories.staff(it.session, it.now, it.ministry, "reviewer", name="이검토")
    first, second = _cluster(it), _cluster(it)
    services.move_segments(it.session, colleague, it.id, [one], to=first, now=it.now)
    with pytest.raises(ConflictError) as caught:
        _move(it, [one], second, expected_versions={one: 1})
    assert caught.value.changed_by == "이검토"
    assert caught.value.theirs == {"cluster_id": first}
    assert it.segment(one).cluster_id == first


def test_among_many_a_changed_one_is_skipped(it: Scene) -> None:
    one, two = _ids(it, 2)
    first, second = _cluster(it), _cluster(it)
    _move(it, [one], first)
    done = _move(it, [one, two], second, expected_versions={one: 1, two: 1})
    assert done.preview.skipped == {"changed": (one,)}
    assert done.preview.changes == (two,)


def test_changing_a_cluster(it: Scene) -> None:
    cluster = _cluster(it)
    colleague = factories.staff(it.session, it.now, it.ministry, "reviewer", name="이검토")
    services.change_cluster(it.session, colleague, it.id, cluster, ClusterInput("새 제목"), expected_version=1, now=it.now)
    row = it.session.get_one(Cluster, cluster)
    assert (row.title_ko, row.version) == ("새 제목", 2)
    services.change_cluster(it.session, it.reviewer, it.id, cluster, ClusterInput("새 제목"), expected_version=1,
                            now=it.now)  # the same words: nobody is in anybody's way
    with pytest.raises(ConflictError) as caught:
        services.change_cluster(it.session, it.reviewer, it.id, cluster, ClusterInput("내 제목"), expected_version=1,
                                now=it.now)
    assert caught.value.changed_by == "이검토"
    assert caught.value.theirs["title_ko"] == "새 제목"


def _answered(it: Scene, subject: int, *, own: bool = False) -> None:
    """The response to a cluster, or a segment's own, published."""
    session, now = it.session, it.now
    made = responses.draft_response(session, it.reviewer, it.id, **{"segment_id" if own else "cluster_id": subject},
                                    now=now)
    saved = responses.save_response(session, it.reviewer, it.id, made, ResponseInput("noted", "이유"),
                                    expected_version=1, now=now)
    saved = responses.send_for_approval(session, it.reviewer, it.id, made, expected_version=saved.version, now=now)
    row = session.get_one(responses.Response, made)
    saved = responses.approve(session, it.approver, it.id, made, seen_digest=responses.digest_of(row), now=now)
    responses.publish(session, it.publisher, it.id, made, expected_version=saved.version, now=now)


def test_new_arrivals_join_what_was_decided(it: Scene) -> None:
    one, two = _ids(it, 2)
    cluster = _cluster(it, [one])
    _answered(it, cluster)
    assert it.segment(one).coverage == "published"
    marked = it.dirty()
    later = it.now + timedelta(minutes=1)
    services.move_segments(it.session, it.reviewer, it.id, [two], to=cluster, now=later)
    assert it.segment(two).coverage == "published"
    assert it.dirty() == marked + 1  # the public reads another number of comments
    _move(it, [two], None)  # whoever published the response knew nothing of it
    assert it.segment(two).coverage == "untriaged"
    assert it.dirty() == marked + 2


def test_what_a_published_response_answers_stays_answered(it: Scene) -> None:
    """No reviewer alone takes an answer away that was approved and published: out, elsewhere, back, or by cutting."""
    it.file({"reason": REASON})
    [(one, comment)] = [(part.id, part.comment_id) for part in it.segments()]
    cluster, other = _cluster(it), _cluster(it)
    moved = _move(it, [one], cluster)
    _answered(it, cluster)
    marked = it.dirty()
    for to in (None, other):
        assert _move(it, [one], to).preview.skipped == {"answered": (one,)}
    with pytest.raises(StateError, match="published since"):
        _undo(it, moved)
    with pytest.raises(StateError, match="no answer any more"):
        _split(it, comment, [SECOND])
    assert it.segment(one).coverage == "published" and it.dirty() == marked
    assert _tag(it, [one], add=[it.codes().tags[0].id]).changed == 1  # takes nothing from anybody


def test_a_boundary_moves_between_two_parts_that_are_both_being_answered(it: Scene) -> None:
    it.file({"reason": REASON})
    [comment] = {part.comment_id for part in it.segments()}
    parts = _split(it, comment, [SECOND])
    for part in parts:
        responses.draft_response(it.session, it.reviewer, it.id, segment_id=part, now=it.now)
    assert _split(it, comment, [THIRD]) == parts  # each response stays with its part
    assert [(part.start, part.end) for part in it.segments()] == [(0, THIRD), (THIRD, len(REASON))]


def test_an_answered_passage_is_not_silenced(it: Scene) -> None:
    it.file({"reason": REASON})
    [comment] = {part.comment_id for part in it.segments()}
    parts = _split(it, comment, [SECOND])
    _answered(it, _cluster(it, parts))
    with pytest.raises(StateError, match="no answer any more"):
        _split(it, comment, [SECOND], no_point=[2])
    assert {part.coverage for part in it.segments()} == {"published"}


def test_what_an_undo_brought_into_an_answered_cluster_goes_again(it: Scene) -> None:
    """Nobody approved the answer for it: it came when the response was published."""
    one, two = _ids(it, 2)
    cluster = _cluster(it, [one, two])
    out = _move(it, [two], None)
    _answered(it, cluster)
    later = it.now + timedelta(minutes=1)
    assert out.batch_id is not None
    batches.undo(it.session, it.reviewer, it.id, out.batch_id, now=later)
    assert it.segment(two).cluster_id == cluster
    assert services.move_segments(it.session, it.reviewer, it.id, [one, two], to=None, now=later).preview.changes == (two,)


def test_what_went_elsewhere_does_not_bind_a_merge(it: Scene) -> None:
    one, two = _ids(it, 2)
    old, new, other = _cluster(it, [one, two]), _cluster(it), _cluster(it)
    done = services.merge_clusters(it.session, it.reviewer, it.id, old, into=new, expected_version=1, now=it.now)
    _move(it, [two], other)
    _answered(it, other)
    assert _undo(it, done) == 1
    assert (it.segment(one).cluster_id, it.segment(two).cluster_id) == (old, other)


def test_what_came_into_an_answered_cluster_by_mistake_is_taken_back(it: Scene) -> None:
    one, two = _ids(it, 2)
    cluster = _cluster(it, [one])
    _answered(it, cluster)
    done = services.move_segments(it.session, it.reviewer, it.id, [two], to=cluster, now=it.now + timedelta(minutes=1))
    assert _undo(it, done) == 1
    assert it.segment(two).cluster_id is None and it.segment(one).coverage == "published"


def test_with_a_published_response_of_its_own_a_segment_may_go(it: Scene) -> None:
    one, two = _ids(it, 2)
    cluster = _cluster(it, [one, two])
    _answered(it, cluster)
    _answered(it, one, own=True)
    assert _move(it, [one, two], None).preview.skipped == {"answered": (two,)}
    assert it.segment(one).coverage == "published"


# ------------------------------------------------------------------------------------------------------------- split


def _split(it: Scene, comment: int, boundaries: list[int], **more: Any) -> list[int]:
    version = more.pop("expected_version", None)
    if version is None:
        version = services.drawing_version(it.segments(comment))
    return services.split_comment(it.session, it.reviewer, it.id, comment, boundaries, expected_version=version,
                                  now=it.now, **more)


def _spans(it: Scene, comment: int) -> list[tuple[int, int, bool]]:
    return [(part.start, part.end, part.no_point) for part in it.segments(comment)]


def test_a_comment_is_cut_and_joined_again(it: Scene) -> None:
    comment = it.file({"reason": REASON}).comments[0].id
    ids = _split(it, comment, [SECOND, THIRD], no_point=[1])
    assert _spans(it, comment) == [(0, SECOND, True), (SECOND, THIRD, False), (THIRD, len(REASON), False)]
    assert [part.id for part in it.segments(comment)] == ids
    assert [part.ordinal for part in it.segments(comment)] == [1, 2, 3]
    assert it.segments(comment)[1].lead == "고지 의무를 줄여 주십시오."
    assert it.segments(comment)[0].coverage == "triaged"
    found = it.session.scalars(text("SELECT segment_id FROM segment_words WHERE words @@ '''표시'''::tsquery"))
    assert list(found) == [ids[2]]
    _split(it, comment, [])
    assert _spans(it, comment) == [(0, len(REASON), False)]
    assert it.verbs()[-2:] == ["review.split"] * 2


def test_a_part_that_stays_keeps_what_was_decided(it: Scene) -> None:
    comment, codes = it.file({"reason": REASON}).comments[0].id, it.codes()
    first, second = _split(it, comment, [SECOND])
    cluster = _cluster(it, [first, second])
    _tag(it, [first, second], add=[codes.tags[0].id])
    made = _split(it, comment, [SECOND, THIRD])
    assert made[0] == first
    assert second not in made
    assert (it.segment(first).cluster_id, it.tags_of(first)) == (cluster, {codes.tags[0].id})
    for new in made[1:]:
        assert (it.segment(new).cluster_id, it.tags_of(new), it.segment(new).coverage) == (None, set(), "untriaged")


def test_the_words_of_the_whole_comment_go_with_its_first_part(it: Scene) -> None:
    comment = it.file({"reason": REASON, "legal_basis": "행정기본법"}).comments[0].id
    first, second = _split(it, comment, [SECOND])
    hits = it.session.scalars(text("SELECT segment_id FROM segment_words WHERE words @@ '''기본'''::tsquery"))
    assert list(hits) == [first]
    assert second


def test_at_least_one_part_makes_a_point(it: Scene) -> None:
    comment = it.file({"reason": REASON}).comments[0].id
    with pytest.raises(InvalidError):
        _split(it, comment, [SECOND], no_point=[1, 2])
    with pytest.raises(InvalidError):
        _split(it, comment, [], no_point=[1])
    with pytest.raises(InvalidError):
        _split(it, comment, [SECOND], no_point=[3])
    assert _spans(it, comment) == [(0, len(REASON), False)]


@pytest.mark.parametrize("boundaries", [[0], [-1], [len(REASON)], [10**6]])
def test_a_boundary_lies_inside_the_text(it: Scene, boundaries: list[int]) -> None:
    comment = it.file({"reason": REASON}).comments[0].id
    with pytest.raises(InvalidError):
        _split(it, comment, boundaries)


def test_a_part_holds_words(it: Scene) -> None:
    comment = it.file({"reason": "가  \n  나"}).comments[0].id
    with pytest.raises(InvalidError):
        _split(it, comment, [1, 4])
    with pytest.raises(InvalidError):
        _split(it, it.file({"reason": "", "legal_basis": "법", "position": "support"}).comments[0].id, [1])


def test_a_cut_from_a_stale_page_is_refused(it: Scene) -> None:
    comment, codes = it.file({"reason": REASON}).comments[0].id, it.codes()
    _tag(it, [it.segments(comment)[0].id], add=[codes.tags[0].id])
    with pytest.raises(ConflictError) as caught:
        _split(it, comment, [SECOND], expected_version=1)
    assert caught.value.changed_by == "김검토"
    _split(it, comment, [SECOND])
    with pytest.raises(ConflictError):
        _split(it, comment, [THIRD], expected_version=2)


def test_a_passage_without_a_point_leaves_its_cluster(it: Scene) -> None:
    comment = it.file({"reason": REASON}).comments[0].id
    first, second = _split(it, comment, [SECOND])
    _cluster(it, [first, second])
    _split(it, comment, [SECOND], no_point=[1])
    assert it.segment(first).cluster_id is None
    done = _move(it, [first], it.segment(second).cluster_id)
    assert done.preview.skipped == {"no_point": (first,)}


def test_a_passage_without_a_point_goes_on_with_its_comment(it: Scene) -> None:
    comment = it.file({"reason": REASON}).comments[0].id
    silent, point, other = _split(it, comment, [SECOND, THIRD], no_point=[1])
    assert it.segment(silent).coverage == "triaged"
    _answered(it, _cluster(it, [point]))
    assert [it.segment(each).coverage for each in (silent, point, other)] == ["triaged", "published", "untriaged"]
    assert not it.segment(point).dealt_with
    _answered(it, _cluster(it, [other]))
    assert [it.segment(each).coverage for each in (silent, point, other)] == ["published"] * 3
    assert all(it.segment(each).dealt_with for each in (silent, point, other))


def test_a_response_being_drafted_follows_the_part_it_is_about(it: Scene) -> None:
    comment = it.file({"reason": REASON}).comments[0].id
    whole = it.segments(comment)[0].id
    response = responses.draft_response(it.session, it.reviewer, it.id, segment_id=whole, now=it.now)
    made = _split(it, comment, [SECOND])
    assert made[1] == whole  # the larger part
    saved = responses.save_response(it.session, it.reviewer, it.id, response, ResponseInput("noted", "이유"),
                                    expected_version=1, now=it.now)
    responses.send_for_approval(it.session, it.reviewer, it.id, response, expected_version=saved.version, now=it.now)
    with pytest.raises(StateError):
        _split(it, comment, [THIRD])
    with pytest.raises(StateError):
        _split(it, comment, [SECOND], no_point=[2])
    assert _split(it, comment, [3, SECOND])[2] == whole  # left as it is, it may stay


def test_an_excused_comment_is_not_cut(it: Scene) -> None:
    filed = it.file({"reason": REASON})
    it.withdraw(filed)
    with pytest.raises(StateError):
        _split(it, filed.comments[0].id, [SECOND])
    with pytest.raises(NotFoundError):
        _split(it, 10**12, [SECOND], expected_version=1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.lists(st.integers(1, len(REASON) - 1), max_size=5), st.sets(st.integers(1, 6))),
                     max_size=5))
def test_the_parts_always_cover_the_text(session: Session, now: datetime,
                                         cuts: list[tuple[list[int], set[int]]]) -> None:
    with session.begin_nested() as whole:
        it = scene(session, now)
        comment = it.file({"reason": REASON}).comments[0].id
        for boundaries, silent in cuts:
            with suppress(InvalidError):
                _split(it, comment, boundaries, no_point=silent)
            spans = _spans(it, comment)
            assert spans[0][0] == 0 and spans[-1][1] == len(REASON)
            assert all(before[1] == after[0] for before, after in pairwise(spans))
            assert not all(no_point for _, _, no_point in spans)
            assert not coverage.wrong(session, coverage.of_consultation(it.id))
        whole.rollback()


# ------------------------------------------------------------------------------------------------------- taking back


def _undo(it: Scene, done: batches.Done) -> int:
    assert done.batch_id is not None
    return batches.undo(it.session, it.reviewer, it.id, done.batch_id, now=it.now)


def test_tagging_is_taken_back(it: Scene) -> None:
    codes, (one, two) = it.codes(), _ids(it, 2)
    a, b = codes.tags[0].id, codes.tags[1].id
    _tag(it, [one], add=[a, b])
    done = _tag(it, [one, two], add=[a], remove=[b])
    assert _undo(it, done) == 2
    assert (it.tags_of(one), it.tags_of(two)) == ({a, b}, set())
    assert it.segment(two).coverage == "untriaged"
    assert it.verbs()[-1] == "review.undone"
    with pytest.raises(StateError):
        _undo(it, done)


def test_a_move_is_taken_back_where_nobody_moved_on(it: Scene) -> None:
    one, two = _ids(it, 2)
    first, second, third = _cluster(it, [one]), _cluster(it), _cluster(it)
    done = _move(it, [one, two], second)
    _move(it, [two], third)
    assert _undo(it, done) == 1
    assert (it.segment(one).cluster_id, it.segment(two).cluster_id) == (first, third)


def test_taking_back_leaves_what_was_cut_or_excused_meanwhile(it: Scene) -> None:
    filed, kept = it.file({"reason": REASON}), it.file({"reason": REASON})
    codes = it.codes()
    one, two = (part.id for part in it.segments())
    done = _tag(it, [one, two], add=[codes.tags[0].id])
    it.withdraw(filed)
    _split(it, kept.comments[0].id, [SECOND])
    assert _undo(it, done) == 0
    assert it.tags_of(one) == {codes.tags[0].id}


def test_what_cannot_be_taken_back(it: Scene) -> None:
    comment = it.file({"reason": REASON}).comments[0].id
    _split(it, comment, [SECOND])
    split = it.session.scalars(text("SELECT id FROM batches WHERE verb = 'split'")).one()
    with pytest.raises(StateError):
        batches.undo(it.session, it.reviewer, it.id, split, now=it.now)
    with pytest.raises(NotFoundError):
        batches.undo(it.session, it.reviewer, scene(it.session, it.now).id, split, now=it.now)
    with pytest.raises(NotFoundError):
        batches.undo(it.session, it.reviewer, it.id, 10**12, now=it.now)


def test_the_history_of_a_comment(it: Scene) -> None:
    codes, comment = it.codes(), it.file({"reason": REASON}).comments[0].id
    (one,) = (part.id for part in it.segments(comment))
    cluster = _cluster(it, [one])
    _tag(it, [one], add=[codes.tags[0].id], name="첫 분류")
    _split(it, comment, [SECOND])
    newest, *_ = found = batches.of_comment(it.session, it.id, comment)
    assert [change.batch.verb for change in found] == ["split", "split", "tagged", "clustered"]
    assert (found[2].tags_added, found[2].batch.name, found[2].batch.who) == ((codes.tags[0].id,), "첫 분류", "김검토")
    assert (found[3].cluster_before, found[3].cluster_after) == (None, cluster)
    listed, more = batches.history(it.session, it.id, size=2)
    assert [each.verb for each in listed] == ["split", "tagged"] and more == listed[-1].id
    assert [each.verb for each in batches.history(it.session, it.id, before=more, size=2)[0]] == ["clustered"]
    assert newest.batch.id == listed[0].id


# ------------------------------------------------------------------------------------------------------------- rules


Act = Callable[[Scene, Actor], Any]
_ACTS: dict[str, Act] = {
    "tag": lambda it, who: services.tag_segments(it.session, who, it.id, [it.segments()[0].id],
                                                 add=[it.session.info["tag"]], now=it.now),
    "cluster": lambda it, who: services.create_cluster(it.session, who, it.id, LABELS, now=it.now),
    "change": lambda it, who: services.change_cluster(it.session, who, it.id, it.session.info["cluster"],
                                                      ClusterInput("다른 제목"), expected_version=1, now=it.now),
    "move": lambda it, who: services.move_segments(it.session, who, it.id, [it.segments()[0].id],
                                                   to=it.session.info["cluster"], now=it.now),
    "split": lambda it, who: services.split_comment(it.session, who, it.id, it.segments()[0].comment_id, [SECOND],
                                                    expected_version=1, now=it.now),
    "undo": lambda it, who: batches.undo(it.session, who, it.id, it.session.info["batch"], now=it.now),
    "add topic": lambda it, who: code_list.add_topic(it.session, who, it.id, name_ko="가", name_en="", now=it.now),
    "retire": lambda it, who: code_list.retire_tag(it.session, who, it.id, it.session.info["tag"], now=it.now),
}


def _prepared(it: Scene) -> Scene:
    it.file({"reason": REASON}, {})
    done = _tag(it, [it.segments()[1].id], add=[it.codes().tags[0].id])
    it.session.info.update(tag=it.codes().tags[1].id, cluster=_cluster(it), batch=done.batch_id)
    return it


@pytest.mark.parametrize("act", _ACTS)
@pytest.mark.parametrize(("role", "error"), [
    ("reviewer", None), ("approver", RefusedError), ("publisher", RefusedError), ("administrator", RefusedError),
    ("adviser", NotFoundError), ("elsewhere", NotFoundError)])
def test_who_may(it: Scene, act: str, role: str, error: type[PortalError] | None) -> None:
    _prepared(it)
    at = factories.ministry(it.session, it.now) if role == "elsewhere" else it.ministry
    who = factories.staff(it.session, it.now, at, "reviewer" if role == "elsewhere" else role)
    if error is None:
        _ACTS[act](it, who)
        return
    events = len(it.verbs())
    with pytest.raises(error):
        _ACTS[act](it, who)
    assert len(it.verbs()) == events


@pytest.mark.parametrize("act", _ACTS)
def test_nothing_changes_after_the_conclusion(it: Scene, act: str) -> None:
    _prepared(it)
    it.consultation.concluded_at = it.now
    it.session.flush()
    with pytest.raises(StateError):
        _ACTS[act](it, it.reviewer)


def test_seen_marks(it: Scene) -> None:
    one, two = _ids(it, 2)
    for _ in range(2):
        batches.mark_seen(it.session, it.reviewer, it.id, [one, 10**12], now=it.now)
    _tag(it, [two], add=[it.codes().tags[0].id], actor=it.reviewer)
    seen = it.session.execute(text("SELECT account_id, segment_id FROM seen_segments ORDER BY 2")).all()
    assert [tuple(row) for row in seen] == [(it.reviewer.account_id, one), (it.reviewer.account_id, two)]


def test_what_an_act_skips_is_not_seen(it: Scene) -> None:
    """It changed nothing there, and nobody looked."""
    tag, fresh, tagged, gone = it.codes().tags[0].id, *_ids(it, 3)
    colleague = factories.staff(it.session, it.now, it.ministry, "reviewer", name="이검토")
    _tag(it, [tagged], add=[tag], actor=colleague)
    it.session.execute(text("UPDATE segments SET excuse = 'withdrawn', coverage = 'excused' WHERE id = :id"),
                       {"id": gone})
    _tag(it, [fresh, tagged, gone], add=[tag])
    assert _seen(it) == {fresh}
    cluster, _ = services.create_cluster(it.session, colleague, it.id, LABELS, segment_ids=[tagged], now=it.now)
    services.move_segments(it.session, it.reviewer, it.id, [tagged, gone], to=cluster, now=it.now)
    assert _seen(it) == {fresh}, "an act that changes nothing is no look at anything"


def _seen(it: Scene) -> set[int]:
    return set(it.session.scalars(text("SELECT segment_id FROM seen_segments WHERE account_id = :me"),
                                  {"me": it.reviewer.account_id}))
