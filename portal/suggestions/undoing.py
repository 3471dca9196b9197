"""Taking back an act of review, and with it what hangs on the suggestion that it took over.

Review knows nothing of suggestions: it takes back what was done to segments (`review.batches`). Where the act was the
acceptance of a proposal, a campaign or a regrouping, that one is open again, letters that were cut for it are in one
piece, and the cluster that was made for it is in no list any more, if it is empty.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.review import batches, coverage, services
from portal.review.desk import Desk
from portal.suggestions import acts, campaigns, proposals
from portal.suggestions.models import AnalysisRun, ProposedCluster


def undo(session: Session, actor: Actor, consultation_id: int, batch_id: int, *, now: datetime) -> int:
    """Take an act back (`batches.undo`, which raises what this does), and open the suggestion again that it took over;
    how many segments it was. Where nothing was left to take back, the suggestion stays as it is."""
    act = batches.batch(session, consultation_id, batch_id)
    if act is None or not (act.verb == "regrouped" or {"proposal", "campaign"} & act.data.keys()):
        return batches.undo(session, actor, consultation_id, batch_id, now=now)
    desk = acts.begin(session, actor, consultation_id)
    if cuts := _cuts(session, batch_id):  # what is joined again is locked as what is cut, and before all else
        batches.lock_clusters(session, [act.data["to"]])
        ids = set(session.scalars(text("SELECT segment_id FROM segment_changes WHERE batch_id = :b"), {"b": batch_id}))
        coverage.lock(session, coverage.of_segments(sorted(ids.union(*(cut["parts"] for cut in cuts)))), redrawn=True)
    count = batches.undo(session, actor, consultation_id, batch_id, now=now)
    if count and act.verb == "regrouped":
        _regrouping_again(session, actor, desk, act.data["run"], now)
    elif count:
        _suggestion_again(session, actor, desk, act.verb, act.data, cuts, now)
    return count


def _cuts(session: Session, batch_id: int) -> list[Mapping[str, Any]]:
    """The letters that were cut for an act: up to a thousand, so the history does not bear them. One statement."""
    return session.scalar(text("SELECT data -> 'cuts' FROM batches WHERE id = :b"), {"b": batch_id}) or []


def _suggestion_again(session: Session, actor: Actor, desk: Desk, verb: str, data: Mapping[str, Any],
                      cuts: Sequence[Mapping[str, Any]], now: datetime) -> None:
    cluster_id = data["to"]
    if "campaign" in data:
        campaigns.open_again(session, actor, desk, data["campaign"], cuts, of_cluster=cluster_id, now=now)
    else:
        proposals.open_again(session, actor, desk, data["proposal"], of_cluster=cluster_id, now=now)
    session.flush()
    if verb == "clustered" and not _used(session, [cluster_id]):
        services.retire_empty(session, actor, desk, [cluster_id], now=now)


def _regrouping_again(session: Session, actor: Actor, desk: Desk, run_id: int, now: datetime) -> None:
    """A regrouping can be looked at and taken over again, unless another one was proposed since. A cluster that it made
    and that others use meanwhile stays, and its moves lead there."""
    run = acts.found(session, AnalysisRun, desk.id, run_id)
    rows = {row.id: row for row in session.scalars(select(ProposedCluster).where(
        ProposedCluster.run_id == run_id, ProposedCluster.state.in_(("accepted", "replaced"))).order_by(
        ProposedCluster.id), execution_options={"populate_existing": True})}
    made = {row.cluster_id: row for row in rows.values() if row.cluster_id is not None}
    used = _used(session, made, own=list(rows))
    retired = services.retire_empty(session, actor, desk, set(made) - used, now=now)
    later = session.scalar(select(AnalysisRun.id).where(
        AnalysisRun.consultation_id == desk.id, AnalysisRun.kind == "regrouping", AnalysisRun.state == "done",
        AnalysisRun.id > run_id).limit(1)) is not None
    for cluster_id, row in made.items():
        if cluster_id in retired:
            acts.decide(row, "replaced" if later else "regrouping", actor, now)
        else:
            session.execute(text("UPDATE proposed_moves SET cluster_after = :cluster, proposal_after = NULL"
                                 " WHERE run_id = :run AND proposal_after = :id"),
                            {"cluster": cluster_id, "run": run_id, "id": row.id})
    if later:
        return
    for row in rows.values():
        if row.state == "replaced":  # nobody was left for it: now there may be
            acts.decide(row, "regrouping", actor, now)
    run.applied_at = run.applied_by = None
    session.flush()


def _used(session: Session, clusters: Collection[int], own: Collection[int] = ()) -> set[int]:
    """Which of these clusters another suggestion was accepted as; `own`: proposals that do not count."""
    return set(session.scalars(text("""
        SELECT cluster_id FROM proposed_clusters WHERE cluster_id = ANY(:ids) AND NOT (id = ANY(:own))
        UNION SELECT cluster_id FROM campaigns WHERE cluster_id = ANY(:ids)"""),
        {"ids": list(clusters), "own": list(own)}))
