"""Asking for a run, cancelling it, and taking a regrouping over or discarding it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.jobs.queue import under_way
from portal.kernel.errors import NotFoundError, RefusedError, StateError
from portal.responses import services as responses
from portal.review import batches, services
from portal.review.models import Batch, Cluster
from portal.suggestions import decisions, proposals, queries, runs
from portal.suggestions.models import AnalysisRun, Suggestion
from portal.suggestions.storing import Storing, Words
from tests import factories
from tests.unit.review.scene import LABELS, Scene, scene
from tests.unit.suggestions.scene import proposal, propose, regrouping, segments


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


def _do(it: Scene, verb: Callable[..., Any], *given: Any, **more: Any) -> Any:
    return verb(it.session, more.pop("actor", it.reviewer), it.id, *given, now=it.now, **more)


def _run(it: Scene, run_id: int) -> AnalysisRun:
    return it.session.get_one(AnalysisRun, run_id, populate_existing=True)


def _lost(it: Scene) -> None:
    """The job is gone with its worker, for good."""
    it.session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'suggestions.analyse'"))


# ------------------------------------------------------------------------------------------------ asking, cancelling


def test_one_at_a_time(it: Scene) -> None:
    run_id = _do(it, runs.ask)
    row = _run(it, run_id)
    assert (row.state, row.kind, row.asked_by, row.asked_at) == ("waiting", "grouping", it.reviewer.account_id, it.now)
    assert under_way(it.session, "suggestions.analyse", run_id=run_id)
    assert not under_way(it.session, "suggestions.analyse", run_id=run_id + 1)
    with pytest.raises(StateError):
        _do(it, runs.ask, "regrouping")
    other = scene(it.session, it.now)
    assert _do(other, runs.ask) != run_id
    assert it.verbs()[-1] == "suggestion.run_asked"


def test_a_run_whose_worker_is_gone_for_good_bars_nobody(it: Scene) -> None:
    run_id = _do(it, runs.ask)
    _lost(it)
    assert _do(it, runs.ask) > run_id
    assert (_run(it, run_id).state, _run(it, run_id).problem) == ("failed", "interrupted")
    assert set(runs.PROBLEMS) >= {"interrupted"}


@pytest.mark.parametrize(("cancelled", "state", "problem"), [(False, "failed", "interrupted"), (True, "cancelled", "")])
def test_a_run_whose_job_is_gone_ends_by_itself(it: Scene, cancelled: bool, state: str, problem: str) -> None:
    """What arrives waits for the end of a run, so it must not wait for a person to ask for another one."""
    run_id, other = _do(it, runs.ask), scene(it.session, it.now)
    _run(it, run_id).state = "running"
    it.session.flush()
    if cancelled:
        _do(it, runs.cancel, run_id)
    runs.end_interrupted(it.session, now=it.now)
    assert _run(it, run_id).state == "running", "its job waits, or is being done"
    it.session.execute(text("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'suggestions.analyse'"))
    there = _do(other, runs.ask)
    runs.end_interrupted(it.session, now=it.now)
    row = _run(it, run_id)
    assert (row.state, row.problem, row.finished_at) == (state, problem, it.now)
    assert it.verbs()[-1] == "suggestion.run_ended"
    assert _run(it, there).state == "waiting"


def test_who_may_ask(it: Scene) -> None:
    with pytest.raises(RefusedError):
        _do(it, runs.ask, actor=it.approver)
    with pytest.raises(NotFoundError):
        _do(it, runs.ask, actor=factories.staff(it.session, it.now, factories.ministry(it.session, it.now), "reviewer"))
    assert _run(it, runs.ask(it.session, None, it.id, now=it.now)).asked_by is None
    it.consultation.concluded_at = it.now
    it.session.flush()
    for actor in (it.reviewer, None):
        with pytest.raises(StateError):
            runs.ask(it.session, actor, it.id, now=it.now)


def test_cancelled_at_once_while_it_waits(it: Scene) -> None:
    run_id = _do(it, runs.ask)
    _do(it, runs.cancel, run_id)
    row = _run(it, run_id)
    assert (row.state, row.cancelled_by, row.finished_at) == ("cancelled", it.reviewer.account_id, it.now)
    with pytest.raises(StateError):
        _do(it, runs.cancel, run_id)
    with pytest.raises(NotFoundError):
        _do(scene(it.session, it.now), runs.cancel, run_id)
    assert _do(it, runs.ask) > run_id


@pytest.mark.parametrize(("lost", "state"), [(False, "running"), (True, "cancelled")])
def test_one_that_is_being_done_ends_at_its_next_step(it: Scene, lost: bool, state: str) -> None:
    run_id = _do(it, runs.ask)
    _run(it, run_id).state = "running"
    it.session.flush()
    if lost:
        _lost(it)
    _do(it, runs.cancel, run_id)
    assert (_run(it, run_id).state, _run(it, run_id).cancelled_by) == (state, it.reviewer.account_id)


# --------------------------------------------------------------------------------------------------- people's choices


def test_what_people_placed(it: Scene) -> None:
    chosen, moved, taken, out, undone, merged, untouched = segments(it, 7)
    one, _ = _do(it, services.create_cluster, LABELS, segment_ids=[chosen])
    _do(it, proposals.accept, propose(it, [taken, moved, undone, out]).id, given=None, into=one, expected_version=1)
    assert decisions.placed_by_people(it.session, it.id) == {chosen}
    two, _ = _do(it, services.create_cluster, LABELS)
    _do(it, services.move_segments, [moved], to=two)
    _do(it, services.move_segments, [out], to=None)
    batch = _do(it, services.move_segments, [undone], to=two).batch_id
    _do(it, batches.undo, batch)
    three, _ = _do(it, proposals.accept, propose(it, [merged]).id, given=LABELS, expected_version=1)
    _do(it, services.merge_clusters, three, into=two, expected_version=1)
    assert decisions.placed_by_people(it.session, it.id) == {chosen, moved, out, merged}
    assert decisions.placed_by_people(it.session, it.id, [moved, taken]) == {moved}
    assert untouched not in decisions.clusters_of(it.session, it.id)


# -------------------------------------------------------------------------------------------------------- regroupings


def _grouped(it: Scene, n: int) -> tuple[list[int], int]:
    """Segments of one cluster that was a proposal: no person placed them one by one."""
    ids = segments(it, n)
    cluster_id, _ = _do(it, proposals.accept, propose(it, ids).id, given=LABELS, expected_version=1)
    return ids, cluster_id


def test_taken_over_as_one_batch(it: Scene) -> None:
    ids, one = _grouped(it, 4)
    [loose] = segments(it, 1)
    others, two = _grouped(it, 2)
    new = _held(it)
    run = regrouping(it, (ids[0], one, two, None), (ids[1], one, None, new), (ids[2], one, None, None),
                     (loose, None, None, new))
    done = _do(it, runs.apply_regrouping, run.id)
    assert done.changed == 4
    cluster = proposal(it, new).cluster_id
    assert cluster is not None and proposal(it, new).state == "accepted"
    assert [it.segment(each).cluster_id for each in [*ids, loose]] == [two, cluster, None, one, cluster]
    assert it.session.get_one(Cluster, cluster).title_ko == "고지 범위"
    batch = it.session.get_one(Batch, done.batch_id)
    assert (batch.verb, batch.data["run"]) == ("regrouped", run.id)
    assert _run(it, run.id).applied_by == it.reviewer.account_id
    with pytest.raises(StateError):
        _do(it, runs.apply_regrouping, run.id)
    assert _do(it, batches.undo, done.batch_id) == 4
    assert [it.segment(each).cluster_id for each in [*ids, loose]] == [one, one, one, one, None]
    assert [it.segment(each).coverage for each in [*ids, loose]] == ["triaged"] * 4 + ["untriaged"]
    assert [it.segment(each).cluster_id for each in others] == [two, two]


def _held(it: Scene) -> int:
    [first] = segments(it, 1)
    row = propose(it, [first], state="regrouping")
    it.session.execute(text("DELETE FROM proposed_members WHERE proposal_id = :id"), {"id": row.id})
    return row.id


def test_what_was_decided_since_wins(it: Scene) -> None:
    ids, one = _grouped(it, 6)
    others, two = _grouped(it, 2)
    moved, back, excused, silent, into_locked, free = ids
    new = _held(it)
    run = regrouping(it, (moved, one, two, None), (back, one, two, None), (excused, one, two, None),
                     (silent, one, None, new), (others[0], two, one, None), (free, one, two, None))
    three, _ = _do(it, services.create_cluster, LABELS)
    _do(it, services.move_segments, [moved], to=three)
    _do(it, services.move_segments, [back], to=three)
    _do(it, services.move_segments, [back], to=one)
    it.session.execute(text("UPDATE segments SET excuse = 'erased', coverage = 'excused' WHERE id = :id"),
                       {"id": excused})
    _do(it, services.move_segments, [silent], to=None)
    done = _do(it, runs.apply_regrouping, run.id)
    assert done.preview.skipped == {"changed": (moved, silent), "placed": (back,), "excused": (excused,)}
    assert set(done.preview.changes) == {others[0], free}
    assert it.segment(moved).cluster_id == three
    assert proposal(it, new).state == "replaced", "nobody was left for it"
    assert set(done.preview.skipped) <= set(batches.SKIPPED)
    assert it.segment(into_locked).cluster_id == one


def test_locked_and_merged_clusters_stay_as_they_are(it: Scene) -> None:
    (a, b), one = _grouped(it, 2)
    (c, d), two = _grouped(it, 2)
    (e, f), three = _grouped(it, 2)
    run = regrouping(it, (a, one, two, None), (c, two, None, None), (e, three, one, None), (f, three, two, None))
    _do(it, services.lock_cluster, two, locked=True, expected_version=1)
    done = _do(it, runs.apply_regrouping, run.id)
    assert done.preview.changes == (e,)
    assert done.preview.skipped == {"locked": (a, c, f)}
    assert [it.segment(each).cluster_id for each in (a, b, c, d, e, f)] == [one, one, two, two, one, three]


def test_what_is_kept_in_a_proposal_stays_there(it: Scene) -> None:
    (a, _), one = _grouped(it, 2)
    kept, free = segments(it, 2)
    run = regrouping(it, (kept, None, one, None), (free, None, one, None))
    propose(it, [kept], kept=True)
    done = _do(it, runs.apply_regrouping, run.id)
    assert (done.preview.changes, done.preview.skipped) == ((free,), {"placed": (kept,)})
    assert it.segment(a).cluster_id == one


def test_nothing_left_of_it(it: Scene) -> None:
    (a, _), one = _grouped(it, 2)
    run = regrouping(it, (a, one, None, None))
    _do(it, services.move_segments, [a], to=None)
    done = _do(it, runs.apply_regrouping, run.id)
    assert (done.batch_id, done.changed) == (None, 0)
    assert _run(it, run.id).applied_at == it.now


def test_what_the_difference_counts_is_what_is_taken_over(it: Scene) -> None:
    """Whatever happened since a regrouping was proposed: the page promises what taking it over does, and no move of a
    segment that was changed since is made."""
    ids, one = _grouped(it, 10)
    _, two = _grouped(it, 2)
    [in_locked, _], locked = _grouped(it, 2)
    free, *others = ids
    moved, back, excused, silent, published, cut, kept, *_ = others
    run = regrouping(it, *[(each, one, two, None) for each in (free, moved, back, excused, silent, published, cut)],
                     (kept, None, two, None), (in_locked, locked, two, None))
    it.session.execute(text("UPDATE segments SET cluster_id = NULL WHERE id = :id"), {"id": kept})
    difference = queries.difference(it.session, it.id, run.id)
    assert (difference.moves, difference.stored) == (9, 9)
    propose(it, [kept], kept=True)
    _do(it, services.move_segments, [moved], to=two)
    _do(it, services.move_segments, [back], to=None)
    _do(it, services.move_segments, [back], to=one)
    it.session.execute(text("UPDATE segments SET excuse = 'withdrawn', coverage = 'excused' WHERE id = :id"),
                       {"id": excused})
    it.session.execute(text("UPDATE segments SET no_point = true, cluster_id = NULL WHERE id = :id"), {"id": silent})
    _do(it, services.lock_cluster, locked, locked=True, expected_version=1)
    # A part with a response of its own keeps its number when its comment is cut, with other words.
    responses.draft_response(it.session, it.reviewer, it.id, segment_id=cut, now=it.now)
    part = it.segment(cut)
    services.split_comment(it.session, it.reviewer, it.id, part.comment_id, [4], now=it.now + timedelta(minutes=1),
                           expected_version=services.drawing_version([part]))
    assert it.segment(cut).cluster_id == one
    _done_grouping(it)  # a later analysis: it is outdated, and what still applies can be taken over
    difference = queries.difference(it.session, it.id, run.id)
    page, _, total = queries.moves(it.session, it.id, run.id)
    assert (difference.moves, difference.stored, total) == (2, 9, 2)
    done = _do(it, runs.apply_regrouping, run.id)
    assert set(done.preview.changes) == {each.id for each in page} == {free, published}
    assert done.preview.skipped == {"changed": (moved, silent, cut), "placed": (back, kept), "excused": (excused,),
                                    "locked": (in_locked,)}
    assert it.segment(cut).cluster_id == one


@pytest.mark.parametrize("minutes", [-1, 1])
@pytest.mark.parametrize("read_anew", [False, True])
def test_what_was_cut_otherwise_since_it_was_read_stays_whenever_that_was_asked(it: Scene, minutes: int, read_anew: bool
                                                                                ) -> None:  # fmt: skip
    """What counts is which words were read, not the moment. A part with a response of its own keeps its number."""
    ids, one = _grouped(it, 2)
    _, two = _grouped(it, 2)
    cut, back = ids
    for each in ids:
        responses.draft_response(it.session, it.reviewer, it.id, segment_id=each, now=it.now)
    run = regrouping(it, (cut, one, two, None), (back, one, two, None))
    for each, boundaries in ((cut, [4]), (back, [4]), (back, [])):
        parts = it.segments(it.segment(each).comment_id)
        services.split_comment(it.session, it.reviewer, it.id, parts[0].comment_id, boundaries,
                               now=it.now + timedelta(minutes=minutes),
                               expected_version=services.drawing_version(parts))
    if read_anew:
        part = it.segment(cut)
        storing = Storing(it.session, it.id, "engine", None, it.now)
        storing.look([cut])
        storing.words([Words(cut, part.start, part.end, "test", ())])
    assert queries.difference(it.session, it.id, run.id).moves == 1
    done = _do(it, runs.apply_regrouping, run.id)
    assert (done.preview.changes, done.preview.skipped) == ((back,), {} if read_anew else {"changed": (cut,)})
    assert it.segment(cut).cluster_id == one


def test_a_part_that_stays_as_it_was_when_another_is_cut_is_moved(it: Scene) -> None:
    [whole] = segments(it, 1, reason="고지 의무의 범위가 넓습니다. 방법을 정하여 주십시오.")
    _, one = _grouped(it, 2)
    parts = it.segments(it.segment(whole).comment_id)
    services.split_comment(it.session, it.reviewer, it.id, parts[0].comment_id, [17], now=it.now,
                           expected_version=services.drawing_version(parts))
    first, second = it.segments(parts[0].comment_id)
    run = regrouping(it, (first.id, None, one, None), (second.id, None, one, None))
    services.split_comment(it.session, it.reviewer, it.id, first.comment_id, [17, 21],
                           expected_version=services.drawing_version([first, second]),
                           now=it.now + timedelta(minutes=1))
    assert _do(it, runs.apply_regrouping, run.id).preview.changes == (first.id,)


def test_a_move_rests_on_its_evidence_or_else_on_the_terms_of_the_cluster(it: Scene) -> None:
    (told, by_clause, bare), _ = _grouped(it, 3)
    others = segments(it, 2)
    into, _ = _do(it, proposals.accept, propose(it, others).id, given=LABELS, expected_version=1)
    run = regrouping(it, *[(each, it.segment(each).cluster_id, into, None) for each in (told, by_clause, bare)])
    for each, words, clauses in ((told, ["범위"], []), (by_clause, [], ["art_2"])):
        it.session.add(Suggestion(segment_id=each, kind="cluster", rank=1, cluster_id=into, score=0.9, engine="test",
                                  evidence={"words": words, "clauses": clauses, "earlier": []}, made_at=it.now))
    it.session.flush()
    found = queries.reasons(it.session, it.id, run.id, [told, by_clause, bare])
    assert {each: (found[each].words, found[each].clauses) for each in found} == {
        told: (("범위",), ()), by_clause: ((), ("art_2",)), bare: (("고지",), ())}


def test_moves_that_no_longer_apply_are_counted_where_no_cluster_is_left(it: Scene) -> None:
    one, two = segments(it, 2)
    new = _held(it)
    run = regrouping(it, (one, None, None, new), (two, None, None, new))
    propose(it, [one, two], kept=True)
    difference = queries.difference(it.session, it.id, run.id)
    assert (difference.moves, difference.stored, difference.changed) == (0, 2, ())


def test_whether_a_later_analysis_was_made(it: Scene) -> None:
    run, waits = regrouping(it), scene(it.session, it.now)
    assert queries.later(it.session, it.id, run.id) is None
    _done_grouping(waits)
    _do(it, runs.ask)
    assert queries.later(it.session, it.id, run.id) is None, "another consultation's, and one that is not done"
    _done_grouping(it)
    found = queries.later(it.session, it.id, run.id)
    assert found is not None and (found.at, found.regrouping) == (it.now + timedelta(seconds=1), None)
    other = regrouping(it)
    found = queries.later(it.session, it.id, run.id)
    assert found is not None and found.regrouping == other.id
    other.figures = {"moves": 0}
    _do(it, runs.discard_regrouping, other.id)
    found = queries.later(it.session, it.id, run.id)
    assert found is not None and found.regrouping is None


def test_discarded_or_followed_by_another(it: Scene) -> None:
    (a, b), one = _grouped(it, 2)
    new = _held(it)
    first = regrouping(it, (a, one, None, new))
    _do(it, runs.discard_regrouping, first.id)
    assert (_run(it, first.id).state, proposal(it, new).state) == ("cancelled", "replaced")
    second, third = regrouping(it, (a, one, None, None)), regrouping(it, (b, one, None, None))
    for run in (first, second):
        for verb in (runs.apply_regrouping, runs.discard_regrouping):
            with pytest.raises(StateError):
                _do(it, verb, run.id)
    for verb in (runs.apply_regrouping, runs.discard_regrouping):
        with pytest.raises(RefusedError):
            _do(it, verb, third.id, actor=it.approver)
        with pytest.raises(NotFoundError):
            _do(scene(it.session, it.now), verb, third.id)
        with pytest.raises(StateError):
            _do(it, verb, _done_grouping(it))
    assert _do(it, runs.apply_regrouping, third.id).changed == 1


def _done_grouping(it: Scene) -> int:
    run = AnalysisRun(consultation_id=it.id, kind="grouping", state="done", asked_at=it.now, engine="", figures={},
                      finished_at=it.now + timedelta(seconds=1), problem="", stage="", share=1.0)
    it.session.add(run)
    it.session.flush()
    return run.id
