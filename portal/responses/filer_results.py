"""What a filer is told: the published result of each own comment, with its reason.

A result belongs to a segment: its own published response, else its cluster's, in the newest edition. What is still
being written is never read here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

#: The published response to a segment `g`: its own, else its cluster's. A published answer stands until another one is
#: published, whatever is being written.
PUBLISHED = """
      LEFT JOIN portal.responses own ON own.segment_id = g.id AND own.edition >= 1
      LEFT JOIN portal.responses theirs
             ON own.id IS NULL AND theirs.cluster_id = g.cluster_id AND theirs.edition >= 1"""
_SEGMENTS = f"segments g {PUBLISHED}"
_EDITION = """response_editions e ON e.response_id = coalesce(own.id, theirs.id)
            AND e.number = coalesce(own.edition, theirs.edition)"""

_RESULTS = text(f"""
    SELECT f.id AS comment_id, g.id AS segment_id, g.start, g."end", g.no_point, e.response_id, e.number AS edition,
           e.disposition, e.text_ko, e.text_en, e.changed_clauses, e.published_at,
           coalesce(k.title_ko, '') AS title_ko, coalesce(k.title_en, '') AS title_en
      FROM submissions s
      JOIN comments f ON f.filing_id = s.current_filing_id
      JOIN ({_SEGMENTS}
      LEFT JOIN {_EDITION}
      LEFT JOIN clusters k ON k.id = theirs.cluster_id) ON g.comment_id = f.id
     WHERE s.id = :submission AND s.withdrawn_at IS NULL
     ORDER BY f.number, g.ordinal""")

_COUNTS = text(f"""
    SELECT s.id, count(DISTINCT f.id)
      FROM submissions s
      JOIN comments f ON f.filing_id = s.current_filing_id
      JOIN ({_SEGMENTS}
      JOIN {_EDITION}) ON g.comment_id = f.id
     WHERE s.id = ANY(:submissions) AND s.withdrawn_at IS NULL GROUP BY s.id""")


@dataclass(frozen=True)
class SegmentResult:
    """The result of one passage of a comment (`start` to `end` of its reason; a comment without one has one passage
    over nothing). `disposition` is None while nothing is published."""

    comment_id: int
    segment_id: int
    start: int
    end: int
    no_point: bool
    response_id: int | None
    edition: int | None
    disposition: str | None
    text_ko: str | None
    text_en: str | None
    changed_clauses: tuple[Any, ...]
    published_at: datetime | None
    title_ko: str
    title_en: str

    def text(self, locale: str) -> str:
        """The reason in the reader's language; the other one where that is missing."""
        korean, english = self.text_ko or "", self.text_en or ""
        return (english or korean) if locale == "en" else (korean or english)

    def language(self, locale: str) -> str:
        """The language that `text(locale)` is in."""
        if locale == "en":
            return "en" if self.text_en else "ko"
        return "ko" if self.text_ko else "en"


def results_for_submission(session: Session, submission_id: int) -> dict[int, list[SegmentResult]]:
    """By comment of the current filing: the result of each of its passages, in their order. One statement."""
    found: dict[int, list[SegmentResult]] = {}
    for row in session.execute(_RESULTS, {"submission": submission_id}).mappings():
        values = {**row, "changed_clauses": tuple(row["changed_clauses"] or ())}
        found.setdefault(row["comment_id"], []).append(SegmentResult(**values))
    return found


def counts(session: Session, submission_ids: Collection[int]) -> dict[int, int]:
    """How many comments of each of these submissions have a published result. One statement; absent ones have none."""
    if not submission_ids:
        return {}
    rows = session.execute(_COUNTS, {"submissions": list(submission_ids)})
    return {row[0]: row[1] for row in rows}
