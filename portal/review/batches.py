"""One act on one or many segments: what would change and what is skipped, its record, and taking it back.

Every act of triage is a batch, be it on one segment or on thousands: so that what was done stands in one line with its
undo, and each segment's history can be told. Nothing here decides who may act.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.jobs.queue import mark_dirty
from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.errors import NotFoundError, StateError
from portal.kernel.i18n import Message, msg
from portal.kernel.text import LINE_LIMIT, typed
from portal.review import coverage, policies
from portal.review.desk import Desk, desk_by_id
from portal.review.models import Batch

#: The most segments that one act may be about.
MAX_SEGMENTS: Final = 20_000

#: Why a segment is left out of an act.
SKIPPED: Final[Mapping[str, Message]] = {
    "unknown": msg("It is not in this consultation any more."),
    "excused": msg("It does not count any more: withdrawn, superseded or erased."),
    "unchanged": msg("It is so already."),
    "no_point": msg("It is marked as making no point, and such a passage is in no cluster."),
    "changed": msg("Somebody else changed it since this page was made."),
    "answered": msg("The published response to its cluster answers it, and stands until it is answered by itself."),
    "elsewhere": msg("Somebody put it into another cluster meanwhile."),
    "locked": msg("Its cluster is locked."),
    "placed": msg("Somebody placed it by hand."),
    "uncut": msg("What it adds cannot be cut off: it has tags or a response of its own, or was cut otherwise."),
}


@dataclass(frozen=True)
class Preview:
    """What an act would do: the segments that it changes, and those it leaves out, by reason (a key of SKIPPED)."""

    changes: tuple[int, ...]
    skipped: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """How many segments the act was asked for."""
        return len(self.changes) + self.skipped_count

    @property
    def skipped_count(self) -> int:
        """How many it leaves out."""
        return sum(len(ids) for ids in self.skipped.values())


@dataclass(frozen=True)
class Done:
    """What an act did. `batch_id` is None when there was nothing to do."""

    batch_id: int | None
    preview: Preview

    @property
    def changed(self) -> int:
        """How many segments were changed."""
        return len(self.preview.changes)


@dataclass(frozen=True)
class Standing:
    """What an act has to know of a segment."""

    id: int
    comment_id: int
    version: int
    excused: bool
    no_point: bool
    cluster_id: int | None
    answered: bool
    tags: frozenset[int]


def standing(session: Session, consultation_id: int, ids: Collection[int]) -> dict[int, Standing]:
    """These segments of a consultation as they stand now. One statement."""
    rows = session.execute(text(f"""
        SELECT s.id, s.comment_id, s.version, s.excuse IS NOT NULL, s.no_point, s.cluster_id, {coverage.ANSWERED},
               ARRAY(SELECT t.tag_id FROM segment_tags t WHERE t.segment_id = s.id)
          FROM segments s WHERE s.consultation_id = :c AND s.id = ANY(:ids)"""),
        {"c": consultation_id, "ids": list(ids)})
    return {row[0]: Standing(*[*row[:7], frozenset(row[7])]) for row in rows}


def preview_of(ids: Sequence[int], now_standing: Mapping[int, Standing], judge: Any) -> Preview:
    """The preview for an act; `judge` tells for a segment why it is left out, or None."""
    changes: list[int] = []
    skipped: dict[str, list[int]] = {}
    for segment_id in dict.fromkeys(ids):
        segment = now_standing.get(segment_id)
        why = "unknown" if segment is None else "excused" if segment.excused else judge(segment)
        if why is None:
            changes.append(segment_id)
        else:
            skipped.setdefault(why, []).append(segment_id)
    return Preview(tuple(changes), {why: tuple(found) for why, found in skipped.items()})


def begin(session: Session, actor: Actor, consultation_id: int, verb: str, preview: Preview, *, now: datetime,
          name: str = "", **data: Any) -> int:
    """The row of an act; its id."""
    skipped = {why: len(ids) for why, ids in preview.skipped.items()}
    batch = Batch(
        consultation_id=consultation_id, verb=verb, name=typed(name, limit=LINE_LIMIT, one_line=True).text[:LINE_LIMIT],
        made_by=actor.account_id, made_at=now, segment_count=len(preview.changes),
        data={**data, **({"skipped": skipped} if skipped else {})})
    session.add(batch)
    session.flush()
    return batch.id


def mark_seen(session: Session, actor: Actor, consultation_id: int, segment_ids: Collection[int], *,
              now: datetime) -> None:
    """Note that the person has looked at these segments of a consultation. Twice does nothing."""
    session.execute(text("""
        INSERT INTO seen_segments (account_id, segment_id, seen_at)
        SELECT :me, s.id, :now FROM segments s WHERE s.consultation_id = :c AND s.id = ANY(:ids) ORDER BY s.id
        ON CONFLICT DO NOTHING"""),
        {"me": actor.require_account(), "now": now, "c": consultation_id, "ids": list(segment_ids)})


# ------------------------------------------------------------------------------------------------------- taking back


_UNDO_TAGS: Final = """
    WITH of AS (
        SELECT c.segment_id, c.tags_added, c.tags_removed FROM segment_changes c
          JOIN segments s ON s.id = c.segment_id AND s.excuse IS NULL WHERE c.batch_id = :batch),
    gone AS (
        DELETE FROM segment_tags t USING of
         WHERE t.segment_id = of.segment_id AND t.tag_id = ANY(of.tags_added) RETURNING t.segment_id),
    back AS (
        INSERT INTO segment_tags (segment_id, tag_id, tagged_by, tagged_at)
        SELECT of.segment_id, r.tag_id, :me, :now FROM of, unnest(of.tags_removed) AS r(tag_id)
        ON CONFLICT DO NOTHING RETURNING segment_id)
    SELECT segment_id FROM gone UNION SELECT segment_id FROM back"""

#: What went into another cluster meanwhile takes nothing back: its segments would be in no list.
_UNDO_MOVE: Final = """
    UPDATE segments s SET cluster_id = c.cluster_before FROM segment_changes c
     WHERE c.batch_id = :batch AND s.id = c.segment_id AND s.excuse IS NULL AND NOT s.no_point
       AND s.cluster_id IS NOT DISTINCT FROM c.cluster_after AND NOT (s.id = ANY(:answered))
       AND NOT EXISTS (SELECT 1 FROM clusters g WHERE g.id = c.cluster_before AND g.merged_into IS NOT NULL)
    RETURNING s.id"""


#: All of a cluster went into another one, with what does not count any more; all of it comes back.
_UNDO_MERGE: Final = """
    UPDATE segments s SET cluster_id = c.cluster_before FROM segment_changes c
     WHERE c.batch_id = :batch AND s.id = c.segment_id AND NOT s.no_point
       AND s.cluster_id IS NOT DISTINCT FROM c.cluster_after
    RETURNING s.id"""


def undo(session: Session, actor: Actor, consultation_id: int, batch_id: int, *, now: datetime) -> int:
    """Take an act back, as far as nobody has changed its segments otherwise since, and no response was published to
    them where they stand; how many segments it was.

    Raises StateError when it was taken back already or cannot be (a split is undone by drawing the parts anew).
    """
    desk = desk_by_id(session, consultation_id)
    policies.require_knowledge(actor, desk)
    policies.can_triage(actor, desk).require()
    batch = session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.consultation_id != consultation_id:
        raise NotFoundError(msg("There is no such act in the history of this consultation."))
    if batch.undone_at is not None:
        raise StateError(msg("This was taken back already."))
    if batch.verb not in UNDOABLE:
        raise StateError(msg("This cannot be taken back by itself. Draw the parts of the comment anew instead."))
    changed = session.execute(
        text("SELECT segment_id, cluster_before, cluster_after FROM segment_changes WHERE batch_id = :batch"),
        {"batch": batch_id}).all()
    clusters = {each for row in changed for each in (row.cluster_before, row.cluster_after) if each is not None}
    if batch.verb == "merged":
        clusters |= {batch.data["cluster"], batch.data["to"]}
    lock_clusters(session, clusters)
    ids = [row.segment_id for row in changed]
    where = coverage.of_segments(ids)
    coverage.lock(session, where)
    there = set() if batch.verb == "tagged" else set(session.scalars(text(
        "SELECT s.id FROM segment_changes c JOIN segments s ON s.id = c.segment_id WHERE c.batch_id = :batch"
        " AND s.cluster_id IS NOT DISTINCT FROM c.cluster_after"), {"batch": batch_id}))
    answered = coverage.answered(session, there)
    if answered and (batch.verb == "merged" or answered == there):
        raise StateError(
            msg("A response that was published since answers these segments, so this cannot be taken back."),
            what_next=msg("To answer one of them otherwise, answer it by itself; the published answer stands until "
                          "then."))
    values = {"batch": batch_id, "me": actor.account_id, "now": now, "answered": list(answered)}
    statement = {"tagged": _UNDO_TAGS, "merged": _UNDO_MERGE}.get(batch.verb, _UNDO_MOVE)
    undone = list(session.execute(text(statement), values).scalars())
    if batch.verb == "merged":
        session.execute(text("UPDATE clusters SET merged_into = NULL, version = version + 1, updated_by = :me,"
                             " updated_at = :now WHERE id = :id AND merged_into = :into"),
                        {"id": batch.data["cluster"], "into": batch.data["to"], "me": actor.account_id, "now": now})
    bump(session, undone)
    batch.undone_at = now
    batch.undone_by = actor.account_id
    coverage.recompute(session, where)
    if clusters:
        published_anew(session, desk, clusters, now)
    record(session, actor, "review.undone", "batch", batch_id, now=now, ministry_id=desk.ministry_id,
           consultation_id=consultation_id, segments=len(undone))
    return len(undone)


#: Acts that can be taken back as a whole.
UNDOABLE: Final = frozenset({"tagged", "moved", "clustered", "merged", "regrouped"})


# ------------------------------------------------------------------------------------------- what the acts share


def lock_clusters(session: Session, ids: Iterable[int]) -> list[int]:
    """Lock these clusters, in one order for everybody; those that exist."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    return list(session.scalars(
        text("SELECT id FROM clusters WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE"), {"ids": wanted}))


def bump(session: Session, ids: Collection[int]) -> None:
    """A decision on these segments changed: their version goes up."""
    session.execute(text("UPDATE segments SET version = version + 1 WHERE id = ANY(:ids)"), {"ids": list(ids)})


def published_anew(session: Session, desk: Desk, clusters: Collection[int], now: datetime) -> None:
    """Which comments a published response answers may have changed: the publication is made anew."""
    if coverage.publicly_answered(session, clusters):
        mark_dirty(session, "publication", desk.id, now=now)


# ------------------------------------------------------------------------------------------------------ the history


@dataclass(frozen=True)
class BatchFacts:
    """An act as the history shows it. `who` is "" for the portal itself."""

    id: int
    verb: str
    name: str
    who: str
    made_by: int | None
    made_at: datetime
    segment_count: int
    data: Mapping[str, Any]
    undone_at: datetime | None
    undone_by: str

    @property
    def can_be_undone(self) -> bool:
        """Whether it can be taken back as a whole."""
        return self.undone_at is None and self.verb in UNDOABLE


_BATCH: Final = """
    SELECT b.id, b.verb, b.name, coalesce(a.name, ''), b.made_by, b.made_at, b.segment_count, b.data - 'cuts',
           b.undone_at, coalesce(u.name, '')
      FROM batches b LEFT JOIN accounts a ON a.id = b.made_by LEFT JOIN accounts u ON u.id = b.undone_by"""


def batch(session: Session, consultation_id: int, batch_id: int) -> BatchFacts | None:
    """One act of a consultation, or None."""
    row = session.execute(text(f"{_BATCH} WHERE b.consultation_id = :c AND b.id = :id"),
                          {"c": consultation_id, "id": batch_id}).first()
    return None if row is None else BatchFacts(*row)


def history(session: Session, consultation_id: int, *, before: int | None = None,
            size: int = 50) -> tuple[tuple[BatchFacts, ...], int | None]:
    """The acts of a consultation, the newest first, and where the next page begins. One statement."""
    rows = session.execute(
        text(f"{_BATCH} WHERE b.consultation_id = :c AND (CAST(:before AS bigint) IS NULL OR b.id < :before)"
             " ORDER BY b.id DESC LIMIT :size"),
        {"c": consultation_id, "before": before, "size": size + 1}).all()
    facts = tuple(BatchFacts(*row) for row in rows[:size])
    return facts, facts[-1].id if len(rows) > size else None


@dataclass(frozen=True)
class ChangeFacts:
    """What one act changed of one segment of a comment."""

    batch: BatchFacts
    segment_id: int
    tags_added: tuple[int, ...]
    tags_removed: tuple[int, ...]
    cluster_before: int | None
    cluster_after: int | None


def of_comment(session: Session, consultation_id: int, comment_id: int, *, size: int = 50) -> tuple[ChangeFacts, ...]:
    """What was decided of the parts of a comment, the newest first. One statement."""
    change = "SELECT c.segment_id, c.tags_added, c.tags_removed, c.cluster_before, c.cluster_after,"
    rows = session.execute(
        text(f"{_BATCH.replace('SELECT', change, 1)}"
             " JOIN segment_changes c ON c.batch_id = b.id WHERE c.comment_id = :comment AND b.consultation_id = :c"
             " ORDER BY b.id DESC, c.segment_id LIMIT :size"),
        {"c": consultation_id, "comment": comment_id, "size": size})
    return tuple(ChangeFacts(BatchFacts(*row[5:]), row[0], tuple(row[1]), tuple(row[2]), row[3], row[4])
                 for row in rows)


def only_segment(session: Session, batch_id: int) -> int | None:
    """The segment that an act was about, when it was about one that still stands; else None."""
    found = session.execute(text("""
        SELECT c.segment_id, s.id FROM segment_changes c LEFT JOIN segments s ON s.id = c.segment_id
         WHERE c.batch_id = :batch LIMIT 2"""), {"batch": batch_id}).all()
    return found[0][1] if len(found) == 1 else None


def last_hand(session: Session, segment_id: int) -> tuple[str, datetime | None]:
    """Who decided last on a segment, and when: for whoever comes with a stale page."""
    row = session.execute(text("""
        SELECT coalesce(a.name, ''), b.made_at FROM segment_changes c JOIN batches b ON b.id = c.batch_id
          LEFT JOIN accounts a ON a.id = b.made_by WHERE c.segment_id = :id AND c.comment_id =
               (SELECT comment_id FROM segments WHERE id = :id) ORDER BY b.id DESC LIMIT 1"""),
        {"id": segment_id}).first()
    return ("", None) if row is None else (row[0], row[1])


