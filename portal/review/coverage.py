"""Where each segment stands: one table decides it, for one segment in Python and for thousands in SQL.

Coverage rests on what people decided of a segment (tags, cluster, *no point made*), on whether its comment still counts
(the excuse), and on the response that applies: its own, from the moment that it has a disposition, else its cluster's.
Responses belong to an area above this one; the columns of their tables that are named here are all that review knows of
them.

A passage marked *no point made* needs no response of its own, but it is no excuse either: the comment that it belongs
to is told a result. Marking it is a decision, so it counts as triaged at once; from there it goes on with its comment,
standing where the least advanced of the parts that make a point stands. (At least one part of every comment makes a
point; `portal.review.services.split_comment` sees to that.)

While a published response is being revised, its segments stand where the revision stands: the old edition stays public,
but the work is not done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.review.models import COVERAGE_COLUMNS

#: A segment that stands here needs nothing more.
DONE: Final = ("published", "excused")


def counting(columns: Mapping[str, int]) -> int:
    """How many of the segments in these columns count: all but those that were withdrawn, superseded or erased."""
    return sum(n for state, n in columns.items() if state != "excused")


class Answer(StrEnum):
    """How far a response is, as far as coverage asks: begun, with a disposition, approved, published."""

    BEGUN = "begun"
    DISPOSED = "disposed"
    APPROVED = "approved"
    PUBLISHED = "published"


def answer(disposition: str | None, step: str) -> Answer:
    """How far a response is, from its disposition and its step."""
    if step in ("approved", "published"):
        return Answer(step)
    return Answer.BEGUN if disposition is None else Answer.DISPOSED


@dataclass(frozen=True)
class State:
    """What decides a segment's column. `own` and `shared`: its own response and its cluster's, None where there is
    none. `beside`: the column of the least advanced part of the comment that makes a point; asked of a passage that
    makes none."""

    excuse: str | None = None
    tagged: bool = False
    clustered: bool = False
    no_point: bool = False
    own: Answer | None = None
    shared: Answer | None = None
    beside: str | None = None

    @property
    def applies(self) -> Answer | None:
        """The response that applies; for a passage without a point, what was reached by its comment."""
        if self.no_point:
            return Answer(self.beside) if self.beside in (Answer.DISPOSED, Answer.APPROVED, Answer.PUBLISHED) else None
        return self.shared if self.own in (None, Answer.BEGUN) and self.shared is not None else self.own


@dataclass(frozen=True)
class Rule:
    """One line of the table: the column, and when a segment stands there, said twice. `sql` knows the columns
    `excuse`, `tagged`, `clustered`, `no_point`, `own` and `applies`."""

    column: str
    holds: Callable[[State], bool]
    sql: str


#: Read from the top: the first line that holds decides. The last one always holds.
TABLE: Final = (
    Rule("excused", lambda s: s.excuse is not None, "excuse IS NOT NULL"),
    Rule("published", lambda s: s.applies is Answer.PUBLISHED, "applies = 'published'"),
    Rule("approved", lambda s: s.applies is Answer.APPROVED, "applies = 'approved'"),
    Rule("disposed", lambda s: s.applies is Answer.DISPOSED, "applies = 'disposed'"),
    Rule("triaged", lambda s: s.tagged or s.clustered or s.no_point or s.own is not None,
         "tagged OR clustered OR no_point OR own IS NOT NULL"),
    Rule("untriaged", lambda s: True, "true"),
)


def column(state: State) -> str:
    """The one column in which a segment stands."""
    return next(rule.column for rule in TABLE if rule.holds(state))


# ---------------------------------------------------------------------------------------------------------- in SQL


@dataclass(frozen=True)
class Scope:
    """Which segments, as a condition on the alias `s`."""

    sql: str
    values: Mapping[str, Any] = field(default_factory=dict)


def of_segments(ids: Collection[int]) -> Scope:
    """These segments."""
    return Scope("s.id = ANY(:scope_ids)", {"scope_ids": list(ids)})


def of_comments(ids: Collection[int]) -> Scope:
    """The segments of these comments."""
    return Scope("s.comment_id = ANY(:scope_ids)", {"scope_ids": list(ids)})


def of_cluster(cluster_id: int) -> Scope:
    """The members of a cluster."""
    return Scope("s.cluster_id = :scope_cluster", {"scope_cluster": cluster_id})


def of_submission(submission_id: int) -> Scope:
    """The segments of every filing of a submission."""
    return Scope("s.submission_id = :scope_submission", {"scope_submission": submission_id})


def of_consultation(consultation_id: int) -> Scope:
    """Every segment of a consultation."""
    return Scope("s.consultation_id = :scope_consultation", {"scope_consultation": consultation_id})


def _case(applies: str) -> str:
    lines = " ".join(f"WHEN {rule.sql.replace('applies', applies)} THEN '{rule.column}'" for rule in TABLE)
    return f"CASE {lines} END"


def _answer(alias: str) -> str:
    return (f"CASE WHEN {alias}.id IS NULL THEN NULL WHEN {alias}.step IN ('approved', 'published') THEN {alias}.step "
            f"WHEN {alias}.disposition IS NULL THEN 'begun' ELSE 'disposed' END")


_APPLIES: Final = "CASE WHEN own = 'begun' THEN coalesce(shared, own) ELSE coalesce(own, shared) END"

_ORDER: Final = ", ".join(repr(name) for name in COVERAGE_COLUMNS)

_DECIDED: Final = f"""
    WITH touched AS (SELECT DISTINCT s.comment_id FROM segments s WHERE {{scope}}),
    known AS (
        SELECT s.id, s.comment_id, s.excuse, s.no_point, s.cluster_id IS NOT NULL AS clustered,
               EXISTS (SELECT 1 FROM segment_tags t WHERE t.segment_id = s.id) AS tagged,
               {_answer('o')} AS own, {_answer('c')} AS shared
          FROM segments s
          LEFT JOIN responses o ON o.segment_id = s.id
          LEFT JOIN responses c ON c.cluster_id = s.cluster_id
         WHERE s.comment_id IN (SELECT comment_id FROM touched)),
    alone AS (
        SELECT id, comment_id, excuse, no_point, own, tagged, clustered,
               {_case(_APPLIES)} AS coverage FROM known),
    beside AS (
        SELECT a.*, (ARRAY[{_ORDER}])[min(array_position(ARRAY[{_ORDER}], coverage)) FILTER (WHERE NOT no_point)
                                      OVER (PARTITION BY comment_id)] AS least
          FROM alone a),
    decided AS (
        SELECT id, comment_id, CASE WHEN no_point THEN {_case('least')} ELSE coverage END AS coverage FROM beside),
    whole AS (
        SELECT id, coverage,
               bool_and(coverage IN ('published', 'excused')) OVER (PARTITION BY comment_id) AS dealt_with
          FROM decided)"""

_LOCK: Final = """
    SELECT s.id FROM segments s
     WHERE s.comment_id IN (SELECT s.comment_id FROM segments s WHERE {scope})
     ORDER BY s.id FOR {mode}"""


def lock(session: Session, where: Scope, *, redrawn: bool = False) -> None:
    """Lock these segments and the other parts of their comments, in one order for everybody. With `redrawn` against
    those too who only refer to them (suggestions being written down, a page being seen): they may go.

    Whoever changes what coverage rests on locks first and recomputes afterwards: the recomputing statement then sees
    everything that others committed. A response is locked before its segments, and a cluster before its response.
    """
    mode = "UPDATE" if redrawn else "NO KEY UPDATE"
    session.execute(text(_LOCK.format(scope=where.sql, mode=mode)), where.values).all()


def recompute(session: Session, where: Scope) -> int:
    """Decide the columns of these segments, and whether their comments are dealt with, anew; how many changed."""
    session.flush()
    rows = session.execute(text(f"""
        {_DECIDED.format(scope=where.sql)}
        UPDATE segments s SET coverage = w.coverage, dealt_with = w.dealt_with FROM whole w
         WHERE w.id = s.id AND (s.coverage, s.dealt_with) IS DISTINCT FROM (w.coverage, w.dealt_with)
        RETURNING s.id"""), where.values).all()
    return len(rows)


def wrong(session: Session, where: Scope) -> list[int]:
    """The segments whose stored column or mark is not what the table says: for whoever reconciles."""
    return list(session.execute(text(f"""
        {_DECIDED.format(scope=where.sql)}
        SELECT s.id FROM segments s JOIN whole w ON w.id = s.id
         WHERE (s.coverage, s.dealt_with) IS DISTINCT FROM (w.coverage, w.dealt_with) ORDER BY s.id"""),
        where.values).scalars())


# --------------------------------------------------------------------------------------- what review asks of responses


def own_responses(session: Session, segment_ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """Which of these segments have a response of their own: its step and its newest edition."""
    rows = session.execute(text("SELECT segment_id, step, edition FROM responses WHERE segment_id = ANY(:ids)"),
                           {"ids": list(segment_ids)})
    return {row.segment_id: (row.step, row.edition) for row in rows}


def publicly_answered(session: Session, cluster_ids: Collection[int]) -> bool:
    """Whether the public reads a response to one of these clusters, so that moving segments changes what it reads."""
    return bool(session.scalar(
        text("SELECT EXISTS (SELECT 1 FROM responses WHERE cluster_id = ANY(:ids) AND edition >= 1)"),
        {"ids": list(cluster_ids)}))


#: Whether the public reads its cluster's response as the answer to a segment `s`: an edition of it was published while
#: the segment stood there, and it has no published response of its own. Who approved and published that edition did so
#: for this segment, too: nobody takes it out again alone. (When it came: by an act, or by taking one back; one that was
#: carried over from an earlier filing counts as there from the beginning.)
ANSWERED: Final = """(
    EXISTS (SELECT 1 FROM responses r JOIN response_editions e ON e.response_id = r.id
             WHERE r.cluster_id = s.cluster_id AND e.published_at >= coalesce((
                   SELECT max(CASE WHEN c.cluster_after = s.cluster_id THEN b.made_at ELSE b.undone_at END)
                     FROM segment_changes c JOIN batches b ON b.id = c.batch_id
                    WHERE c.comment_id = s.comment_id AND c.segment_id = s.id AND b.verb <> 'carried'
                      AND c.cluster_before IS DISTINCT FROM c.cluster_after
                      AND (c.cluster_after = s.cluster_id
                           OR (c.cluster_before = s.cluster_id AND b.undone_at IS NOT NULL))), '-infinity'))
    AND NOT EXISTS (SELECT 1 FROM responses o WHERE o.segment_id = s.id AND o.edition >= 1))"""


def answered(session: Session, segment_ids: Collection[int]) -> set[int]:
    """Which of these segments the published response to their cluster answers."""
    return set(session.scalars(text(f"SELECT s.id FROM segments s WHERE s.id = ANY(:ids) AND {ANSWERED}"),
                               {"ids": list(segment_ids)}))
