"""Analyses of a whole consultation: asking for one, cancelling it, and taking over a regrouping that it proposed.

The work itself is a job (`portal.suggestions.analysing`), in the worker alone. A run changes no segment; a regrouping
is a difference that somebody looks at and takes over, or discards.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from portal.jobs.queue import enqueue, under_way
from portal.kernel.actor import SYSTEM, Actor
from portal.kernel.errors import StateError
from portal.kernel.i18n import Message, msg
from portal.review import batches, coverage, policies, services
from portal.review.batches import Done, Preview
from portal.review.desk import Desk, desk_by_id
from portal.review.services import ClusterInput
from portal.suggestions import acts
from portal.suggestions.decisions import cut_since, kept_members, placed_by_people
from portal.suggestions.models import AnalysisRun, ProposedCluster, ProposedMove

Kind = Literal["grouping", "regrouping"]

#: What is being done, by the key that a run bears, in the order in which it is done.
STAGES: Final[Mapping[str, Message]] = {
    "": msg("Waiting for the worker"),
    "reading": msg("Reading the comments"),
    "words": msg("Splitting the comments into words"),
    "copies": msg("Looking for near-copies"),
    "clusters": msg("Grouping by issue"),
    "tags": msg("Learning from the tags"),
    "storing": msg("Writing down what was found"),
}
#: Why a run ended without a result, by the key that it bears; the log says the rest.
PROBLEMS: Final[Mapping[str, Message]] = {
    "interrupted": msg("The worker was stopped while it was at it. Start the analysis again."),
    "off": msg("The analysis is switched off on this installation."),
    "model": msg("The sentence model of this installation cannot be read; the operator has to look at the setting."),
    "memory": msg("There was not enough memory for so many comments; the operator has to look at it."),
    "error": msg("Something went wrong. It is written down for the operator; what stood before is unchanged."),
}
_UNDER_WAY: Final = ("waiting", "running")


def ask(session: Session, actor: Actor | None, consultation_id: int, kind: Kind = "grouping", *,
        now: datetime) -> int:
    """Ask for an analysis; the run's id. An actor of None is a command.

    Raises StateError while one is under way and after the conclusion, NotFoundError, RefusedError.
    """
    if actor is not None:
        desk = acts.begin(session, actor, consultation_id)
    else:
        desk = desk_by_id(session, consultation_id)
        policies.unless_concluded(desk).require()
        acts.lock_for_person(session, consultation_id)
    earlier = session.scalars(select(AnalysisRun).where(
        AnalysisRun.consultation_id == consultation_id, AnalysisRun.state.in_(_UNDER_WAY))).first()
    if earlier is not None:
        if under_way(session, "suggestions.analyse", run_id=earlier.id):
            raise StateError(msg("An analysis of this consultation is under way already."),
                             what_next=msg("Wait for its end, or cancel it."))
        _interrupted(session, earlier, desk, now)
    row = AnalysisRun(consultation_id=consultation_id, kind=kind, state="waiting", stage="", share=0.0,
                      asked_by=None if actor is None else actor.require_account(), asked_at=now, engine="", figures={},
                      problem="")
    session.add(row)
    session.flush()
    enqueue(session, "suggestions.analyse", one_at_a_time=True, run_id=row.id)
    acts.note(session, actor or SYSTEM, desk, "suggestion.run_asked", "run", row.id, now, run_kind=kind)
    return row.id


def cancel(session: Session, actor: Actor, consultation_id: int, run_id: int, *, now: datetime) -> None:
    """Cancel a run: one that waits at once, one that is being done at its next step. Raises StateError for one that
    has ended, NotFoundError, RefusedError."""
    desk = acts.begin(session, actor, consultation_id)
    row = acts.found(session, AnalysisRun, consultation_id, run_id)
    if row.state not in _UNDER_WAY:
        raise StateError(msg("This analysis has ended already."))
    row.cancelled_by = actor.require_account()
    if row.state == "waiting" or not under_way(session, "suggestions.analyse", run_id=run_id):
        _end(row, "cancelled", now)
    acts.note(session, actor, desk, "suggestion.run_cancelled", "run", run_id, now)


def end_interrupted(session: Session, *, now: datetime) -> None:
    """End the runs whose job is gone for good: no worker will come back to them, and what arrives waits for their end.
    Those that somebody has in hand are left for the next time."""
    for row in session.scalars(select(AnalysisRun).where(AnalysisRun.state.in_(_UNDER_WAY)).order_by(AnalysisRun.id)
                               .with_for_update(skip_locked=True)).all():
        if not under_way(session, "suggestions.analyse", run_id=row.id):
            _interrupted(session, row, desk_by_id(session, row.consultation_id), now)


def discard_regrouping(session: Session, actor: Actor, consultation_id: int, run_id: int, *, now: datetime) -> None:
    """Discard a regrouping that was not taken over. Raises StateError, NotFoundError, RefusedError."""
    desk = acts.begin(session, actor, consultation_id)
    row = _open_regrouping(session, consultation_id, run_id)
    drop_regroupings(session, consultation_id)
    row.state, row.cancelled_by = "cancelled", actor.require_account()
    acts.note(session, actor, desk, "suggestion.regrouping_discarded", "run", run_id, now)


def drop_regroupings(session: Session, consultation_id: int) -> None:
    """Forget every difference that nobody has taken over: another one takes its place, or nobody wants it."""
    session.execute(delete(ProposedMove).where(ProposedMove.run_id.in_(select(AnalysisRun.id).where(
        AnalysisRun.consultation_id == consultation_id, AnalysisRun.kind == "regrouping",
        AnalysisRun.applied_at.is_(None)))))
    session.execute(text("UPDATE proposed_clusters SET state = 'replaced', version = version + 1"
                         " WHERE consultation_id = :c AND state = 'regrouping'"), {"c": consultation_id})


def apply_regrouping(session: Session, actor: Actor, consultation_id: int, run_id: int, *, now: datetime) -> Done:
    """Take a regrouping over, as one batch. What was decided or cut anew since the run, what a person placed or keeps
    in a proposal, and what would go into or out of a locked cluster, stays where it is and is told. Raises StateError
    for a regrouping that was taken over, discarded or followed by another one, NotFoundError, RefusedError."""
    desk = acts.begin(session, actor, consultation_id)
    run = _open_regrouping(session, consultation_id, run_id)
    moves = session.execute(
        select(ProposedMove.segment_id, ProposedMove.cluster_before, ProposedMove.cluster_after,
               ProposedMove.proposal_after)
        .where(ProposedMove.run_id == run_id).order_by(ProposedMove.segment_id)).all()
    ids = [move.segment_id for move in moves]
    named = {each for move in moves for each in (move.cluster_before, move.cluster_after) if each is not None}
    batches.lock_clusters(session, named)
    where = coverage.of_segments(ids)
    coverage.lock(session, where)
    barred = set(session.scalars(
        text("SELECT id FROM clusters WHERE id = ANY(:ids) AND (locked OR merged_into IS NOT NULL)"),
        {"ids": list(named)}))
    preview = _judged(session, consultation_id, run_id, moves, barred)
    run.applied_at, run.applied_by = now, actor.require_account()
    going = [move for move in moves if move.segment_id in set(preview.changes)]
    made = _clusters_for(session, actor, run, {m.proposal_after for m in going if m.proposal_after}, now)
    if not going:
        acts.note(session, actor, desk, "suggestion.regrouping_applied", "run", run_id, now, segments=0)
        return Done(None, preview)
    to = [made[move.proposal_after] if move.proposal_after is not None else move.cluster_after for move in going]
    batches.mark_seen(session, actor, consultation_id, preview.changes, now=now)
    batch_id = batches.begin(session, actor, consultation_id, "regrouped", preview, now=now, run=run_id)
    values = {"batch": batch_id, "ids": [move.segment_id for move in going], "to": to}
    session.execute(text("""
        INSERT INTO segment_changes (batch_id, segment_id, comment_id, cluster_before, cluster_after)
        SELECT :batch, s.id, s.comment_id, s.cluster_id, w.cluster_id
          FROM unnest(CAST(:ids AS bigint[]), CAST(:to AS bigint[])) AS w(id, cluster_id)
          JOIN segments s ON s.id = w.id"""), values)
    session.execute(text("""
        UPDATE segments s SET cluster_id = w.cluster_id, version = s.version + 1
          FROM unnest(CAST(:ids AS bigint[]), CAST(:to AS bigint[])) AS w(id, cluster_id) WHERE s.id = w.id"""), values)
    coverage.recompute(session, where)
    touched = {each for move in going for each in (move.cluster_before, move.cluster_after) if each is not None}
    batches.published_anew(session, desk, touched, now)
    acts.note(session, actor, desk, "suggestion.regrouping_applied", "run", run_id, now, segments=len(going),
              batch=batch_id)
    return Done(batch_id, preview)


def _judged(session: Session, consultation_id: int, run_id: int, moves: Any, barred: set[int]) -> Preview:
    """Which moves are made, and which are not and why. `queries.difference` counts the same."""
    by_segment = {move.segment_id: move for move in moves}
    cut = cut_since(session, run_id)
    people = placed_by_people(session, consultation_id, by_segment) | kept_members(session, consultation_id)

    def judge(segment: batches.Standing) -> str | None:
        move = by_segment[segment.id]
        if segment.cluster_id != move.cluster_before or segment.id in cut:
            return "changed"
        if segment.answered:
            return "answered"
        if segment.id in people:
            return "placed"
        if {move.cluster_before, move.cluster_after} & barred:
            return "locked"
        return "no_point" if segment.no_point else None

    return batches.preview_of(list(by_segment), batches.standing(session, consultation_id, by_segment), judge)


def _clusters_for(session: Session, actor: Actor, run: AnalysisRun, wanted: set[int],
                  now: datetime) -> dict[int, int]:
    """The clusters that a regrouping makes, by the proposals they were; what nobody is left for is made nothing of."""
    made = {}
    for proposal in session.scalars(select(ProposedCluster).where(
            ProposedCluster.run_id == run.id, ProposedCluster.state == "regrouping").order_by(ProposedCluster.id)):
        if proposal.id not in wanted:
            acts.decide(proposal, "replaced", actor, now)
            continue
        cluster_id, _ = services.create_cluster(
            session, actor, run.consultation_id, ClusterInput(proposal.title_ko, proposal.title_en), now=now)
        acts.decide(proposal, "accepted", actor, now, cluster_id)
        made[proposal.id] = cluster_id
    return made


def _open_regrouping(session: Session, consultation_id: int, run_id: int) -> AnalysisRun:
    row = acts.found(session, AnalysisRun, consultation_id, run_id)
    if row.kind != "regrouping" or row.state != "done":
        raise StateError(msg("This analysis proposes no regrouping."))
    if row.applied_at is not None:
        raise StateError(msg("This regrouping was taken over already."))
    newer = session.scalar(select(AnalysisRun.id).where(
        AnalysisRun.consultation_id == consultation_id, AnalysisRun.kind == "regrouping", AnalysisRun.state == "done",
        AnalysisRun.id > run_id).limit(1))
    if newer is not None:
        raise StateError(msg("A later regrouping was proposed since."), what_next=msg("Look at the later one."))
    return row


def _interrupted(session: Session, row: AnalysisRun, desk: Desk, now: datetime) -> None:
    if row.cancelled_by is None:
        _end(row, "failed", now, "interrupted")
    else:
        _end(row, "cancelled", now)
    acts.note(session, SYSTEM, desk, "suggestion.run_ended", "run", row.id, now, state=row.state, problem=row.problem)


def _end(row: AnalysisRun, state: str, now: datetime, problem: str = "") -> None:
    row.state, row.finished_at, row.problem = state, now, problem
