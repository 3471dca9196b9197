"""What the first page of review and the page *where we stand* count beside the columns: pace, what is withheld, lists.

Frozen dataclasses in a constant number of statements. Ask a policy first: nothing here knows who is looking. What the
public reads belongs to an area above this one; the columns of its tables that are named here are all that is known of
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.kernel.clock import SEOUL
from portal.review.coverage import counting
from portal.review.desk import Desk


@dataclass(frozen=True)
class Pace:
    """The work against the legal date, which is when the last comment period closes. `days_left` are days of the
    calendar in Korea: 0 on the last day, negative once it is over; `days_over` are whole days since. Of the segments
    that count, `published` have a published response: what is excused is no work that was done."""

    last_close: datetime
    days_left: int
    days_over: int
    published: int
    counting: int

    @property
    def left(self) -> int:
        """How many segments still need a published response."""
        return self.counting - self.published


def pace(desk: Desk, columns: Mapping[str, int], now: datetime) -> Pace | None:
    """How far the work is; None for a consultation that has no comment period yet."""
    if desk.last_close is None:
        return None
    last_day = (desk.last_close - timedelta(microseconds=1)).astimezone(SEOUL).date()
    return Pace(desk.last_close, (last_day - now.astimezone(SEOUL).date()).days, max(0, (now - desk.last_close).days),
                columns.get("published", 0), counting(columns))


@dataclass(frozen=True)
class Withheld:
    """The comments that the public pages count: `shown` in words, the others only as withheld, by ground (a key of
    `words.WITHHOLDING_GROUNDS`)."""

    public: int
    grounds: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many are withheld."""
        return sum(self.grounds.values())

    @property
    def shown(self) -> int:
        """How many the public can read."""
        return self.public - self.total


def withheld(session: Session, consultation_id: int) -> Withheld:
    """What is withheld from the public and why, as the publication stands. One statement: submissions carry how many
    of their comments are withheld, so that only the comments of those few are looked at."""
    rows = session.execute(text("""
        SELECT NULL AS ground, coalesce(sum(comment_count), 0)::bigint AS n FROM publication.submissions
         WHERE consultation_id = :c
        UNION ALL
        SELECT k.withheld, count(*) FROM publication.submissions u JOIN publication.comments k ON k.submission_id = u.id
         WHERE u.consultation_id = :c AND u.withheld_count > 0 AND k.withheld IS NOT NULL GROUP BY k.withheld"""),
        {"c": consultation_id}).all()
    return Withheld(next(row.n for row in rows if row.ground is None),
                    {row.ground: row.n for row in rows if row.ground is not None})


def sizes_of_code_lists(session: Session, consultation_ids: Sequence[int]) -> dict[int, int]:
    """How many tags each of these consultations offers; those that offer none are left out. One statement."""
    rows = session.execute(text("""
        SELECT consultation_id, count(*) AS n FROM tags WHERE consultation_id = ANY(:ids) AND retired_at IS NULL
         GROUP BY consultation_id"""), {"ids": list(consultation_ids)})
    return {row.consultation_id: row.n for row in rows}


def uses_of_tags(session: Session, consultation_id: int) -> dict[int, int]:
    """How many segments carry each tag of a consultation. One statement."""
    rows = session.execute(text("""
        SELECT s.tag_id, count(*) AS n FROM segment_tags s
         WHERE s.tag_id IN (SELECT id FROM tags WHERE consultation_id = :c) GROUP BY s.tag_id"""),
        {"c": consultation_id})
    return {row.tag_id: row.n for row in rows}
