"""Filings and withdrawals as they reach review: one segment for each comment, earlier ones excused.

Both are settled from what stands in the submission now, not from the order in which jobs happen to run; so they can run
twice, late or out of turn. What was decided of a comment that a later filing repeats word for word is carried over to
it, and the history says so. Filing never waits for any of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.jobs.queue import enqueue, mark_dirty
from portal.kernel.actor import SYSTEM
from portal.kernel.audit import record
from portal.organisations.models import Organisation
from portal.review import batches, clause_index, coverage, segments
from portal.review.batches import Preview
from portal.review.desk import desk_by_id
from portal.submissions.models import Comment, Filing, Submission

#: One submission at a time; different ones side by side. Not a lock of the submission's row: filing needs that.
_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('review.submission:' || :id, 0))")

#: What makes two comments of one `uid` the same: everything that a response answers.
_ANSWERED: Final = ("clause_eid", "position", "language", "proposal_form", "proposal_language", "proposal_old",
                    "proposal_text", "reason", "legal_basis")


def receive_filing(session: Session, filing_id: int, *, now: datetime) -> None:
    """Make the segments of a filing, carry over what was decided of comments that stand in it unchanged, and excuse
    what it supersedes. A filing that is unknown (its transaction was undone) is nobody's."""
    filing = session.get(Filing, filing_id)
    if filing is None:
        return
    submission = _locked(session, filing.submission_id)
    made = _make(session, submission, filing)
    carried = _carry_over(session, submission, filing, made, now) if made else 0
    excused = _settle(session, submission)
    coverage.recompute(session, coverage.of_submission(submission.id))
    if not made and not excused:
        return
    desk = desk_by_id(session, submission.consultation_id)
    mark_dirty(session, "publication", desk.id, now=now)
    record(session, SYSTEM, "review.received", "filing", filing_id, now=now, ministry_id=desk.ministry_id,
           consultation_id=desk.id, organisation_id=submission.organisation_id, segments=len(made), carried=carried,
           excused=excused)


def receive_withdrawal(session: Session, submission_id: int, *, now: datetime) -> None:
    """Excuse the segments of a submission that was withdrawn; nothing if it stands again meanwhile."""
    if session.get(Submission, submission_id) is None:
        return
    submission = _locked(session, submission_id)
    excused = _settle(session, submission)
    coverage.recompute(session, coverage.of_submission(submission.id))
    if not excused:
        return
    desk = desk_by_id(session, submission.consultation_id)
    mark_dirty(session, "publication", desk.id, now=now)
    record(session, SYSTEM, "review.withdrawn", "submission", submission_id, now=now, ministry_id=desk.ministry_id,
           consultation_id=desk.id, organisation_id=submission.organisation_id, excused=excused)


def _locked(session: Session, submission_id: int) -> Submission:
    """The submission as it stands after whoever settled it before us; its segments, and the clusters that they are in,
    are locked, the clusters first, as everybody does."""
    session.execute(_ONE_AT_A_TIME, {"id": str(submission_id)})
    batches.lock_clusters(session, session.scalars(
        text("SELECT DISTINCT cluster_id FROM segments WHERE submission_id = :id AND cluster_id IS NOT NULL"),
        {"id": submission_id}))
    coverage.lock(session, coverage.of_submission(submission_id))
    return session.get_one(Submission, submission_id, populate_existing=True)


def _make(session: Session, submission: Submission, filing: Filing) -> list[int]:
    """One segment over the whole of each comment that has none; their ids."""
    comments = session.scalars(text("""
        SELECT k.id FROM comments k WHERE k.filing_id = :f
           AND NOT EXISTS (SELECT 1 FROM segments s WHERE s.comment_id = k.id)"""), {"f": filing.id}).all()
    rows = session.scalars(select(Comment).where(Comment.id.in_(comments)).order_by(Comment.number)).all()
    if not rows:
        return []
    organisation = session.get_one(Organisation, submission.organisation_id)
    clauses = clause_index.index(session, submission.consultation_id)
    return segments.insert_many(session, [
        (comment, segments.Facts(
            consultation_id=submission.consultation_id, submission_id=submission.id, comment_uid=comment.uid,
            clause_eid=comment.clause_eid,
            clause_order=clause_index.order(clauses.by_id(comment.draft_version_id), comment.clause_eid),
            position=comment.position, language=comment.language, organisation_id=organisation.id,
            organisation_kind=organisation.kind, filed_at=filing.filed_at),
         segments.Drawn(ordinal=1, start=0, end=len(comment.reason)))
        for comment in rows])


def _settle(session: Session, submission: Submission) -> int:
    """Excuse what does not count: every filing but the current one, and that too when it is withdrawn. How many
    segments stand otherwise than before. What was erased stays erased."""
    rows = session.execute(text("""
        UPDATE segments s SET excuse = w.excuse,
               coverage = CASE WHEN w.excuse IS NULL THEN 'untriaged' ELSE 'excused' END
          FROM (SELECT s.id, CASE WHEN k.filing_id IS DISTINCT FROM :current THEN 'superseded'
                                  WHEN :withdrawn THEN 'withdrawn' END AS excuse
                  FROM segments s JOIN comments k ON k.id = s.comment_id WHERE s.submission_id = :submission) w
         WHERE w.id = s.id AND s.excuse IS DISTINCT FROM w.excuse AND s.excuse IS DISTINCT FROM 'erased'
        RETURNING s.id"""),
        {"submission": submission.id, "current": submission.current_filing_id,
         "withdrawn": submission.withdrawn_at is not None}).all()
    return len(rows)


def _carry_over(session: Session, submission: Submission, filing: Filing, made: Sequence[int], now: datetime) -> int:
    """Tags, cluster, cut and (by a job of the area above) own responses of comments that the newest earlier filing has
    in the same words; how many comments."""
    same = " AND ".join(f"n.{name} IS NOT DISTINCT FROM o.{name}" for name in _ANSWERED)
    pairs = session.execute(text(f"""
        SELECT o.id AS old, n.id AS new FROM comments n
          JOIN LATERAL (
               SELECT k.* FROM comments k JOIN filings f ON f.id = k.filing_id
                WHERE k.uid = n.uid AND f.submission_id = :submission AND f.number < :number
                ORDER BY f.number DESC LIMIT 1) o ON {same}
         WHERE n.filing_id = :filing ORDER BY n.number"""),
        {"submission": submission.id, "number": filing.number, "filing": filing.id}).all()
    new_of = {pair.old: pair.new for pair in pairs}
    if not new_of:
        return 0
    fresh: dict[int, int] = dict(session.execute(
        text("SELECT comment_id, id FROM segments WHERE id = ANY(:ids)"), {"ids": list(made)}).all())
    old_parts: dict[int, list[Any]] = {}
    for part in session.execute(text("""
            SELECT s.id, s.comment_id, s.ordinal, s.start, s."end", s.no_point, s.cluster_id, s.consultation_id,
                   s.submission_id, s.comment_uid, s.clause_eid, s.clause_order, s.position, s.language,
                   s.organisation_id, s.organisation_kind, s.filed_at,
                   ARRAY(SELECT t.tag_id FROM segment_tags t WHERE t.segment_id = s.id ORDER BY 1) AS tags
              FROM segments s WHERE s.comment_id = ANY(:ids) ORDER BY s.comment_id, s.ordinal"""),
            {"ids": list(new_of)}):
        old_parts.setdefault(new_of[part.comment_id], []).append(part)
    own = coverage.own_responses(session, [part.id for parts in old_parts.values() for part in parts])
    replaced = {part.id: segment_id for parts in old_parts.values()
                for part, segment_id in _redrawn(session, fresh, parts, new_of[parts[0].comment_id], filing)}
    decided = [part for parts in old_parts.values() for part in parts
               if part.tags or part.cluster_id is not None or part.no_point or len(parts) > 1 or part.id in own]
    if not decided:
        return 0
    batch_id = batches.begin(session, SYSTEM, submission.consultation_id, "carried",
                             Preview(tuple(replaced[part.id] for part in decided)), now=now, filing=filing.id)
    for part in decided:
        session.execute(text("""
            WITH tagged AS (
                INSERT INTO segment_tags (segment_id, tag_id, tagged_by, tagged_at)
                SELECT :new, tag_id, tagged_by, tagged_at FROM segment_tags WHERE segment_id = :old
                ON CONFLICT DO NOTHING RETURNING tag_id)
            INSERT INTO segment_changes (batch_id, segment_id, comment_id, tags_added, cluster_after)
            SELECT :batch, s.id, s.comment_id, ARRAY(SELECT tag_id FROM tagged ORDER BY 1), s.cluster_id
              FROM segments s WHERE s.id = :new"""),
            {"new": replaced[part.id], "old": part.id, "batch": batch_id})
        if part.id in own:
            enqueue(session, "responses.carry_over", from_segment_id=part.id, to_segment_id=replaced[part.id])
    return len({part.comment_id for part in decided})


def _redrawn(session: Session, fresh: dict[int, int], parts: Sequence[Any], new_comment_id: int,
             filing: Filing) -> list[tuple[Any, int]]:
    """The parts of an earlier comment, each with the segment that stands for it now: cut in the same way, in the same
    cluster."""
    comment = session.get_one(Comment, new_comment_id)
    pairs = []
    for part in parts:
        drawn = segments.Drawn(part.ordinal, part.start, part.end, part.no_point)
        if part.ordinal == 1:
            segment_id = fresh[new_comment_id]
            segments.redraw(session, comment, segment_id, drawn, version=1, cluster_id=part.cluster_id)
        else:
            facts = segments.facts_of(part)
            segment_id = segments.insert(session, comment, segments.Facts(
                **{**facts.__dict__, "filed_at": filing.filed_at}), drawn, cluster_id=part.cluster_id)
        pairs.append((part, segment_id))
    return pairs
