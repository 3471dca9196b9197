"""What people decided, as the engine has to respect it: clusters and their locks, tags, what was placed by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.suggestions.texts import LIVE

#: A number of the acts of review on a consultation `c`: it grows with each, with every batch (a lower number may be
#: committed after a higher one, so they are counted, too), with what is taken back of them, and with what is changed of
#: clusters themselves (their locks and names).
ACTS: Final = """(
    (SELECT coalesce(max(b.id), 0) + count(*) + count(b.undone_at) FROM batches b WHERE b.consultation_id = c.id)
    + (SELECT coalesce(sum(k.version), 0) FROM clusters k WHERE k.consultation_id = c.id))::bigint"""

#: Of a campaign `g`: that what its letters add and leave out was said of its template, which counts and makes a point.
COMPARED: Final = f"""(
    g.engine <> ''
    AND EXISTS (SELECT 1 FROM campaign_members m JOIN segments s ON s.id = m.segment_id
                 WHERE m.campaign_id = g.id AND m.template AND {LIVE}))"""

#: Of a campaign `g`: that this is to be said anew, for letters of it, or filed again instead, count.
TO_BE_COMPARED: Final = f"""(
    g.state <> 'replaced' AND NOT {COMPARED}
    AND EXISTS (SELECT 1 FROM campaign_members m JOIN segments o ON o.id = m.segment_id
                  JOIN segments s ON s.submission_id = o.submission_id AND s.comment_uid = o.comment_uid
                 WHERE m.campaign_id = g.id AND {LIVE}))"""

#: Of an act that changed the cluster of a segment: that a person chose it for this one (`placed_by_people`).
_CHOSEN: Final = "verb <> 'regrouped' AND NOT jsonb_exists_any(data, ARRAY['proposal', 'campaign'])"

#: The last act, not taken back, that changed the cluster of each segment.
_LAST: Final = """
    SELECT DISTINCT ON (c.segment_id) c.segment_id, b.verb, b.data
      FROM segment_changes c JOIN batches b ON b.id = c.batch_id
     WHERE b.consultation_id = :c AND b.undone_at IS NULL AND c.cluster_before IS DISTINCT FROM c.cluster_after
       AND (CAST(:ids AS bigint[]) IS NULL OR c.segment_id = ANY(:ids))
     ORDER BY c.segment_id, b.id DESC"""

#: Of a segment `s`: that it stands where a person put it, as `placed_by_people` has it, for a few thousand at a time.
PLACED: Final = f"""EXISTS (
    SELECT 1 FROM (
        SELECT b.verb, b.data FROM segment_changes e JOIN batches b ON b.id = e.batch_id AND b.undone_at IS NULL
         WHERE e.comment_id = s.comment_id AND e.segment_id = s.id
           AND e.cluster_before IS DISTINCT FROM e.cluster_after
         ORDER BY e.batch_id DESC LIMIT 1) l
     WHERE {_CHOSEN})"""

#: Of a segment `s` that a regrouping would move: that it was cut since and says something else than what was read then.
#: Words are stored with the place at which they stood; once it is read anew, the move is gone (`Storing.words`).
CUT_SINCE: Final = """EXISTS (
    SELECT 1 FROM segment_tokens t
     WHERE t.segment_id = s.id AND (t.start, t."end") IS DISTINCT FROM (s.start, s."end"))"""


def acts(session: Session, consultation_id: int) -> int:
    """The number of the acts of review (`ACTS`). One statement."""
    return int(session.scalar(text(f"SELECT {ACTS} FROM consultations c WHERE c.id = :c"), {"c": consultation_id}) or 0)


def placed_by_people(session: Session, consultation_id: int, ids: Collection[int] | None = None) -> set[int]:
    """The segments (of these, or all) that stand where a person put them, in a cluster or in none.

    A person placed a segment when the last act that changed its cluster was a person's own choice: a move, a cluster
    made of chosen segments, a merging of clusters, or one of these carried over from an earlier filing. Taking over a
    proposal, a campaign or a regrouping as a whole is no choice of each of its members. One statement.
    """
    return set(session.scalars(text(f"SELECT segment_id FROM ({_LAST}) l WHERE {_CHOSEN}"),
                               {"c": consultation_id, "ids": None if ids is None else list(ids)}))


def cut_since(session: Session, run_id: int) -> set[int]:
    """The segments that a regrouping would move which were cut otherwise since it read them. One statement."""
    return set(session.scalars(text(f"""
        SELECT s.id FROM proposed_moves v JOIN segments s ON s.id = v.segment_id
         WHERE v.run_id = :run AND {CUT_SINCE}"""), {"run": run_id}))


def clusters_of(session: Session, consultation_id: int) -> dict[int, int]:
    """The cluster of each live segment that is in one. One statement."""
    return {row.id: row.cluster_id for row in session.execute(text("""
        SELECT id, cluster_id FROM segments
         WHERE consultation_id = :c AND cluster_id IS NOT NULL AND excuse IS NULL"""), {"c": consultation_id})}


def locked_clusters(session: Session, consultation_id: int) -> set[int]:
    """The clusters that no suggestion may change. One statement."""
    return set(session.scalars(text("SELECT id FROM clusters WHERE consultation_id = :c AND locked"),
                               {"c": consultation_id}))


def kept_members(session: Session, consultation_id: int) -> set[int]:
    """The segments of open proposals that people keep as they are. One statement."""
    return set(session.scalars(text("""
        SELECT m.segment_id FROM proposed_members m JOIN proposed_clusters p ON p.id = m.proposal_id
         WHERE p.consultation_id = :c AND p.state = 'open' AND p.kept"""), {"c": consultation_id}))


def to_be_described(session: Session, consultation_id: int) -> dict[int, list[int]]:
    """The open proposals of which people changed the members since anything was said of them, with the members that
    count. One statement."""
    return {row.id: row.members for row in session.execute(text(f"""
        SELECT p.id, array_agg(m.segment_id ORDER BY m.segment_id) AS members FROM proposed_clusters p
          JOIN proposed_members m ON m.proposal_id = p.id
          JOIN segments s ON s.id = m.segment_id AND {LIVE}
         WHERE p.consultation_id = :c AND p.state = 'open' AND p.engine = '' GROUP BY p.id"""), {"c": consultation_id})}


def named_by_people(session: Session, ids: Iterable[int]) -> set[int]:
    """Which of these proposals bear a title that a person gave, to them or to one that was merged into them. One
    statement."""
    return set(session.scalars(text("""
        SELECT DISTINCT subject_id FROM audit_events
         WHERE subject_kind = 'proposal' AND subject_id = ANY(:ids) AND verb = 'suggestion.proposal_changed'
           AND (data->>'act' = 'titles' OR data->>'title_of' IS NOT NULL)"""), {"ids": list(ids)}))


def to_be_compared(session: Session, consultation_id: int) -> dict[int, int]:
    """The campaigns of which the letters are to be compared anew (`TO_BE_COMPARED`), each with its version. One
    statement."""
    return {row.id: row.version for row in session.execute(text(
        f"SELECT g.id, g.version FROM campaigns g WHERE g.consultation_id = :c AND {TO_BE_COMPARED} ORDER BY g.id"),
        {"c": consultation_id})}


def tags_of(session: Session, consultation_id: int) -> dict[int, tuple[int, ...]]:
    """The tags of each live segment that has any; a retired one can be given no more and is left out, so that of some
    the tuple is empty. One statement."""
    return {row.id: tuple(row.tags) for row in session.execute(text("""
        SELECT s.id, array_remove(array_agg(CASE WHEN g.retired_at IS NULL THEN g.id END ORDER BY g.id), NULL) AS tags
          FROM segments s JOIN segment_tags t ON t.segment_id = s.id JOIN tags g ON g.id = t.tag_id
         WHERE s.consultation_id = :c AND s.excuse IS NULL GROUP BY s.id"""), {"c": consultation_id})}
