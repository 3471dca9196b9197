"""How many opinions still lack a published response: what stands between a consultation and its conclusion.

Counts segments that are neither published nor excused and, so that nothing filed is outside the count, comments of
current filings that have no segment yet because the job that draws it is still to run.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from portal.review.models import Segment
from portal.submissions.models import Comment, Submission


def unanswered(session: Session, consultation_ids: Iterable[int]) -> dict[int, int]:
    """The number for each of these consultations, 0 included. Two statements."""
    counts = dict.fromkeys(consultation_ids, 0)
    if not counts:
        return counts
    of_segments = (
        select(Segment.consultation_id, func.count())
        .where(Segment.consultation_id.in_(counts), Segment.coverage.not_in(("published", "excused")))
        .group_by(Segment.consultation_id))
    of_comments = (
        select(Submission.consultation_id, func.count())
        .join(Comment, Comment.filing_id == Submission.current_filing_id)
        .where(Submission.consultation_id.in_(counts), Submission.withdrawn_at.is_(None),
               ~exists().where(Segment.comment_id == Comment.id))
        .group_by(Submission.consultation_id))
    for query in (of_segments, of_comments):
        for consultation_id, count in session.execute(query):
            counts[consultation_id] += count
    return counts
