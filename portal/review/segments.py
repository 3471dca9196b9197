"""The rows of segments: made of a comment's text and the facts that are copied to them, redrawn, taken away.

What is decided of a segment, and who may, is elsewhere; coverage is recomputed by whoever calls.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.kernel.search_text import tsvector_literal
from portal.kernel.text import lead_words
from portal.submissions.models import Comment

#: The first words of a segment, for lists.
LEAD: Final = 100


@dataclass(frozen=True)
class Facts:
    """What is copied from the comment, its filing and its organisation."""

    consultation_id: int
    submission_id: int
    comment_uid: uuid.UUID
    clause_eid: str
    clause_order: int
    position: str
    language: str
    organisation_id: int
    organisation_kind: str
    filed_at: datetime


class HasFacts(Protocol):
    """A row with these facts."""

    consultation_id: Any
    submission_id: Any
    comment_uid: Any
    clause_eid: Any
    clause_order: Any
    position: Any
    language: Any
    organisation_id: Any
    organisation_kind: Any
    filed_at: Any


def facts_of(row: HasFacts) -> Facts:
    """The facts that another segment of the same comment has."""
    return Facts(**{name: getattr(row, name) for name in Facts.__dataclass_fields__})


@dataclass(frozen=True)
class Drawn:
    """Where a segment stands in its comment's reason."""

    ordinal: int
    start: int
    end: int
    no_point: bool = False


def lead(comment: Comment, drawn: Drawn) -> str:
    """The first words of a segment: of its reason, else of the proposed wording or the legal basis."""
    of = comment.reason[drawn.start:drawn.end].strip() or comment.proposal_text or comment.legal_basis
    return lead_words(of, LEAD)


def searched(comment: Comment, drawn: Drawn) -> str:
    """What a search looks through, as the text form of a `tsvector`: the segment's words, and with the first one those
    that belong to the comment as a whole (proposed wording, legal basis)."""
    words = [comment.reason[drawn.start:drawn.end]]
    if drawn.ordinal == 1:
        words += [comment.proposal_old, comment.proposal_text, comment.legal_basis]
    return tsvector_literal("\n".join(each for each in words if each))


_INSERT: Final = text("""
    INSERT INTO segments (consultation_id, submission_id, comment_id, comment_uid, ordinal, start, "end", no_point,
           clause_eid, clause_order, position, language, organisation_id, organisation_kind, filed_at, lead, coverage,
           cluster_id, version)
    VALUES (:consultation_id, :submission_id, :comment_id, :comment_uid, :ordinal, :start, :end, :no_point,
           :clause_eid, :clause_order, :position, :language, :organisation_id, :organisation_kind, :filed_at, :lead,
           'untriaged', :cluster_id, :version) RETURNING id""")
_WORDS: Final = text("INSERT INTO segment_words (segment_id, words) VALUES (:id, CAST(:words AS tsvector))")


def insert(session: Session, comment: Comment, facts: Facts, drawn: Drawn, *, cluster_id: int | None = None,
           version: int = 1) -> int:
    """Make a segment; its id. Its column is not yet decided."""
    segment_id: int = session.execute(_INSERT, {
        **asdict(facts), **asdict(drawn), "comment_id": comment.id, "lead": lead(comment, drawn),
        "cluster_id": cluster_id, "version": version}).scalar_one()
    session.execute(_WORDS, {"id": segment_id, "words": searched(comment, drawn)})
    return segment_id


def insert_many(session: Session, rows: Sequence[tuple[Comment, Facts, Drawn]]) -> list[int]:
    """Make many segments without decisions, in a constant number of statements; their ids in the same order."""
    if not rows:
        return []
    values = [{**asdict(facts), **asdict(drawn), "comment_id": comment.id, "lead": lead(comment, drawn)}
              for comment, facts, drawn in rows]
    columns = {name: [each[name] for each in values] for name in values[0]}
    ids = list(session.execute(text("""
        INSERT INTO segments (consultation_id, submission_id, comment_id, comment_uid, ordinal, start, "end", no_point,
               clause_eid, clause_order, position, language, organisation_id, organisation_kind, filed_at, lead,
               coverage)
        SELECT *, 'untriaged' FROM unnest(
               CAST(:consultation_id AS bigint[]), CAST(:submission_id AS bigint[]), CAST(:comment_id AS bigint[]),
               CAST(:comment_uid AS uuid[]), CAST(:ordinal AS bigint[]), CAST(:start AS bigint[]),
               CAST(:end AS bigint[]), CAST(:no_point AS boolean[]), CAST(:clause_eid AS text[]),
               CAST(:clause_order AS bigint[]), CAST(:position AS text[]), CAST(:language AS text[]),
               CAST(:organisation_id AS bigint[]), CAST(:organisation_kind AS text[]),
               CAST(:filed_at AS timestamptz[]), CAST(:lead AS text[]))
        RETURNING id, comment_id, ordinal"""), columns))
    by_place = {(comment_id, ordinal): segment_id for segment_id, comment_id, ordinal in ids}
    made = [by_place[comment.id, drawn.ordinal] for comment, _, drawn in rows]
    session.execute(text("""
        INSERT INTO segment_words (segment_id, words)
        SELECT w.id, CAST(w.words AS tsvector)
          FROM unnest(CAST(:ids AS bigint[]), CAST(:words AS text[])) AS w(id, words)"""),
        {"ids": made, "words": [searched(comment, drawn) for comment, _, drawn in rows]})
    return made


def redraw(session: Session, comment: Comment, segment_id: int, drawn: Drawn, *, version: int,
           cluster_id: int | None) -> None:
    """Give a segment another place in its comment."""
    session.execute(text("""
        UPDATE segments SET ordinal = :ordinal, start = :start, "end" = :end, no_point = :no_point, lead = :lead,
               version = :version, cluster_id = :cluster_id WHERE id = :id"""),
        {**asdict(drawn), "id": segment_id, "lead": lead(comment, drawn), "version": version, "cluster_id": cluster_id})
    session.execute(text("UPDATE segment_words SET words = CAST(:words AS tsvector) WHERE segment_id = :id"),
                    {"id": segment_id, "words": searched(comment, drawn)})


def delete(session: Session, ids: Collection[int]) -> None:
    """Take segments away that a new cut replaces, with what hangs on them."""
    for table in ("segment_tags", "segment_words", "seen_segments"):
        session.execute(text(f"DELETE FROM {table} WHERE segment_id = ANY(:ids)"), {"ids": list(ids)})
    session.execute(text("DELETE FROM segments WHERE id = ANY(:ids)"), {"ids": list(ids)})
