"""What people have taught so far of tags: why a segment is suggested few of them, or none. Knows nothing of the engine
but from how many decisions on it suggests any."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.analysis.enough import FEWEST, FEWEST_TAGS
from portal.suggestions.texts import LIVE


@dataclass(frozen=True)
class TagLessons:
    """How many segments bear a tag and how many different tags they bear, each counted up to as many as it takes;
    `read`: whether the segment in question was compared with others since it is cut as it is."""

    read: bool
    segments: int
    tags: int

    @property
    def enough(self) -> bool:
        """Whether any tags are suggested."""
        return self.segments >= FEWEST and self.tags >= FEWEST_TAGS


def tag_lessons(session: Session, consultation_id: int, segment_id: int) -> TagLessons:
    """What was taught of tags when this segment asks for some. One statement."""
    row = session.execute(text(f"""
        SELECT EXISTS (SELECT 1 FROM segment_tokens t JOIN segments s ON s.id = t.segment_id
                        WHERE s.id = :segment AND t.start = s.start AND t."end" = s."end"
                          AND t.knows_batch IS NOT NULL) AS read,
               (SELECT count(*) FROM (
                       SELECT 1 FROM segments s
                        WHERE s.consultation_id = :c AND {LIVE} AND EXISTS (
                              SELECT 1 FROM segment_tags t JOIN tags g ON g.id = t.tag_id AND g.retired_at IS NULL
                               WHERE t.segment_id = s.id) LIMIT :fewest) AS tagged) AS segments,
               (SELECT count(*) FROM (
                       SELECT 1 FROM tags g
                        WHERE g.consultation_id = :c AND g.retired_at IS NULL AND EXISTS (
                              SELECT 1 FROM segment_tags t JOIN segments s ON s.id = t.segment_id AND {LIVE}
                               WHERE t.tag_id = g.id) LIMIT :tags) AS given) AS tags"""),
        {"c": consultation_id, "segment": segment_id, "fewest": FEWEST, "tags": FEWEST_TAGS}).one()
    return TagLessons(*row)
