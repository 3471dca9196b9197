"""What reviewers decide of segments: their tags, their cluster, and how a comment is cut into segments.

Each act locks what it changes, changes it, decides coverage anew and writes its batch and its audit event, all in the
caller's transaction. Which tags, cluster or parts somebody gave to segments, they have seen; what an act skipped, and
what a merging of clusters took along, they need not have looked at. Two reviewers at once: tags of both stay, for
adding and taking away do not overwrite one another; a move or a cut made from a stale page is refused, naming who was
faster.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.kernel import public_words
from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, StateError
from portal.kernel.i18n import Message, msg, nmsg
from portal.kernel.text import LINE_LIMIT, REMARK_LIMIT, typed
from portal.review import batches, coverage, policies, segments
from portal.review.batches import Done, Preview, Standing
from portal.review.desk import Desk, desk_by_id, last_change
from portal.review.models import Cluster, Segment, Tag
from portal.submissions.models import Comment

#: A comment has no more parts than this.
MAX_PARTS = 60


# -------------------------------------------------------------------------------------------------------------- tags


def preview_tags(session: Session, consultation_id: int, segment_ids: Sequence[int], *, add: Collection[int] = (),
                 remove: Collection[int] = ()) -> Preview:
    """Which of these segments tagging would change, and which not and why."""
    wanted, unwanted = frozenset(add), frozenset(remove)

    def judge(segment: Standing) -> str | None:
        return None if wanted - segment.tags or unwanted & segment.tags else "unchanged"

    return batches.preview_of(segment_ids, batches.standing(session, consultation_id, segment_ids), judge)


def tag_segments(session: Session, actor: Actor, consultation_id: int, segment_ids: Sequence[int], *,
                 add: Collection[int] = (), remove: Collection[int] = (), now: datetime, name: str = "") -> Done:
    """Give tags to segments and take tags from them, by the tags' ids, as one batch.

    What is so already and what does not count any more is skipped and told. Raises RefusedError, StateError,
    InvalidError for a tag that is not on the list or retired, and for more segments than one act may be about.
    """
    desk = _desk(session, actor, consultation_id)
    _require_few(segment_ids)
    _require_tags(session, consultation_id, add, remove)
    if set(add) & set(remove):
        raise InvalidError(msg("The same tag cannot be given and taken away at once."))
    where = coverage.of_segments(segment_ids)
    coverage.lock(session, where)
    preview = preview_tags(session, consultation_id, segment_ids, add=add, remove=remove)
    if not preview.changes:
        return Done(None, preview)
    batches.mark_seen(session, actor, consultation_id, preview.changes, now=now)
    batch_id = batches.begin(session, actor, consultation_id, "tagged", preview, now=now, name=name,
                             added=sorted(add), removed=sorted(remove))
    session.execute(text("""
        WITH chosen AS (SELECT id, comment_id FROM segments WHERE id = ANY(:ids)),
        added AS (
            INSERT INTO segment_tags (segment_id, tag_id, tagged_by, tagged_at)
            SELECT c.id, t.id, :me, :now FROM chosen c, unnest(CAST(:add AS bigint[])) AS t(id)
            ON CONFLICT DO NOTHING RETURNING segment_id, tag_id),
        removed AS (
            DELETE FROM segment_tags WHERE segment_id = ANY(:ids) AND tag_id = ANY(:remove)
            RETURNING segment_id, tag_id)
        INSERT INTO segment_changes (batch_id, segment_id, comment_id, tags_added, tags_removed)
        SELECT :batch, c.id, c.comment_id, coalesce(a.tags, '{}'), coalesce(r.tags, '{}')
          FROM chosen c
          LEFT JOIN (SELECT segment_id, array_agg(tag_id ORDER BY tag_id) AS tags FROM added GROUP BY segment_id) a
                 ON a.segment_id = c.id
          LEFT JOIN (SELECT segment_id, array_agg(tag_id ORDER BY tag_id) AS tags FROM removed GROUP BY segment_id) r
                 ON r.segment_id = c.id"""),
        {"ids": list(preview.changes), "add": list(add), "remove": list(remove), "batch": batch_id,
         "me": actor.account_id, "now": now})
    batches.bump(session, preview.changes)
    coverage.recompute(session, where)
    _record(session, actor, desk, "review.tagged", "batch", batch_id, now, segments=len(preview.changes),
            added=sorted(add), removed=sorted(remove))
    return Done(batch_id, preview)


# ---------------------------------------------------------------------------------------------------------- clusters


@dataclass(frozen=True)
class ClusterInput:
    """What is typed of a cluster: its title and the issue in one sentence, in both languages or in one."""

    title_ko: str = ""
    title_en: str = ""
    issue_ko: str = ""
    issue_en: str = ""


def create_cluster(session: Session, actor: Actor, consultation_id: int, given: ClusterInput, *,
                   segment_ids: Sequence[int] = (), now: datetime,
                   proposed_by: Mapping[str, Any] | None = None) -> tuple[int, Done]:
    """Make a cluster and move segments into it; its id and what was moved. `proposed_by`: what suggested this, by its
    kind, for the record. Raises InvalidError."""
    desk = _desk(session, actor, consultation_id)
    _require_few(segment_ids)
    row = Cluster(consultation_id=consultation_id, created_by=actor.require_account(), created_at=now,
                  updated_by=actor.account_id, updated_at=now, version=1, **_cluster_values(given))
    session.add(row)
    session.flush()
    _record(session, actor, desk, "review.cluster_created", "cluster", row.id, now)
    if not segment_ids:
        return row.id, Done(None, Preview(()))
    return row.id, _move(session, actor, desk, segment_ids, row.id, None, now, "clustered", "", proposed_by)


def change_cluster(session: Session, actor: Actor, consultation_id: int, cluster_id: int, given: ClusterInput, *,
                   expected_version: int, now: datetime) -> None:
    """Change title and issue. Raises ConflictError with what stands there now when somebody else was faster."""
    desk = _desk(session, actor, consultation_id)
    values = _cluster_values(given)
    batches.lock_clusters(session, [cluster_id])
    row = _cluster(session, consultation_id, cluster_id)
    stored = {name: getattr(row, name) for name in values}
    if stored == values:
        return
    # Title and issue stand beside the response and were approved with it: nobody changes them alone afterwards.
    if session.scalar(text("SELECT 1 FROM responses WHERE cluster_id = :c AND (edition > 0 OR step IN"
                           " ('for_approval', 'approved', 'published'))"), {"c": cluster_id}):
        raise StateError(
            msg("The response to this cluster is for approval, approved or published. Its title and issue stand with "
                "it."), what_next=msg("Send the response back to drafting first. What was published stays as it was "
                                      "published."))
    if row.version != expected_version:
        who, when = last_change(session, "cluster", cluster_id)
        raise ConflictError(
            msg("%(who)s changed this cluster while you were writing.", who=who), changed_by=who,
            changed_at=when or row.updated_at, theirs=stored, version=row.version,
            kept=msg("What you typed is still here."))
    for name, value in values.items():
        setattr(row, name, value)
    _touch(row, actor, now)
    session.flush()
    batches.published_anew(session, desk, [cluster_id], now)
    _record(session, actor, desk, "review.cluster_changed", "cluster", cluster_id, now)


def preview_move(session: Session, consultation_id: int, segment_ids: Sequence[int], to: int | None, *,
                 expected_versions: Mapping[int, int] | None = None) -> Preview:
    """Which of these segments would come into a cluster (or out of theirs), and which not and why."""
    expected = expected_versions or {}

    def judge(segment: Standing) -> str | None:
        if segment.cluster_id == to:
            return "unchanged"
        if segment.no_point and to is not None:
            return "no_point"
        if segment.answered:
            return "answered"
        return "changed" if expected.get(segment.id, segment.version) != segment.version else None

    return batches.preview_of(segment_ids, batches.standing(session, consultation_id, segment_ids), judge)


def move_segments(session: Session, actor: Actor, consultation_id: int, segment_ids: Sequence[int], *, to: int | None,
                  expected_versions: Mapping[int, int] | None = None, now: datetime, name: str = "",
                  proposed_by: Mapping[str, Any] | None = None) -> Done:
    """Move segments into a cluster, or with `to=None` out of theirs, as one batch.

    A segment whose decisions changed since the page was made (`expected_versions`, by segment) is skipped among many;
    alone it raises ConflictError naming who was faster. `proposed_by`: as in `create_cluster`. Raises RefusedError,
    StateError, NotFoundError.
    """
    desk = _desk(session, actor, consultation_id)
    _require_few(segment_ids)
    return _move(session, actor, desk, segment_ids, to, expected_versions, now, "moved", name, proposed_by)


def _move(session: Session, actor: Actor, desk: Desk, segment_ids: Sequence[int], to: int | None,
          expected: Mapping[int, int] | None, now: datetime, verb: str, name: str,
          proposed_by: Mapping[str, Any] | None = None) -> Done:
    where = coverage.of_segments(segment_ids)
    batches.lock_clusters(session, [] if to is None else [to])
    if to is not None:
        require_cluster(session, desk.id, to)
    coverage.lock(session, where)
    before = batches.standing(session, desk.id, segment_ids)
    preview = preview_move(session, desk.id, segment_ids, to, expected_versions=expected)
    if len(segment_ids) == 1 and "changed" in preview.skipped:
        segment = before[segment_ids[0]]
        who, when = batches.last_hand(session, segment.id)
        raise ConflictError(
            msg("%(who)s changed this segment since your page was made. Nothing was moved.", who=who),
            changed_by=who, changed_at=when or now, theirs={"cluster_id": segment.cluster_id}, version=segment.version,
            what_next=msg("Look at where it stands now, and move it again if it is still needed."))
    if not preview.changes:
        return Done(None, preview)
    batches.mark_seen(session, actor, desk.id, preview.changes, now=now)
    batch_id = batches.begin(session, actor, desk.id, verb, preview, now=now, name=name, to=to, **(proposed_by or {}))
    session.execute(text("""
        INSERT INTO segment_changes (batch_id, segment_id, comment_id, cluster_before, cluster_after)
        SELECT :batch, id, comment_id, cluster_id, :to FROM segments WHERE id = ANY(:ids)"""),
        {"batch": batch_id, "to": to, "ids": list(preview.changes)})
    session.execute(text("UPDATE segments SET cluster_id = :to, version = version + 1 WHERE id = ANY(:ids)"),
                    {"to": to, "ids": list(preview.changes)})
    coverage.recompute(session, where)
    touched = {before[each].cluster_id for each in preview.changes} | {to}
    batches.published_anew(session, desk, [each for each in touched if each is not None], now)
    _record(session, actor, desk, "review.moved", "batch", batch_id, now, segments=len(preview.changes), to=to)
    return Done(batch_id, preview)


def merge_clusters(session: Session, actor: Actor, consultation_id: int, cluster_id: int, *, into: int,
                   expected_version: int, now: datetime) -> Done:
    """Move everything that is in a cluster into another one, which takes its place in all lists, as one batch.

    What does not count any more goes along, for it may count again. Raises StateError while the cluster that goes has
    a response that is beyond drafting, ConflictError for a stale page, InvalidError, NotFoundError, RefusedError.
    """
    desk = _desk(session, actor, consultation_id)
    if into == cluster_id:
        raise InvalidError(msg("A cluster cannot be merged into itself."), {"into": [msg("Choose another cluster.")]})
    batches.lock_clusters(session, [cluster_id, into])
    row = _cluster(session, consultation_id, cluster_id)
    require_cluster(session, consultation_id, into)
    _require_version(session, row, expected_version)
    if row.merged_into is not None:
        raise StateError(_gone(row))
    if session.scalar(text("SELECT 1 FROM responses WHERE cluster_id = :c AND (edition > 0 OR step <> 'drafting')"),
                      {"c": cluster_id}):
        raise StateError(
            msg("The response to this cluster is beyond drafting, so the cluster cannot go into another one."),
            what_next=msg("Send the response back to drafting first, or merge the other way round."))
    where = coverage.of_cluster(cluster_id)
    coverage.lock(session, where)
    ids: list[int] = list(session.scalars(text("SELECT id FROM segments WHERE cluster_id = :c ORDER BY id"),
                                          {"c": cluster_id}))
    preview = Preview(tuple(ids))
    batch_id = batches.begin(session, actor, consultation_id, "merged", preview, now=now, cluster=cluster_id, to=into)
    session.execute(text("""
        INSERT INTO segment_changes (batch_id, segment_id, comment_id, cluster_before, cluster_after)
        SELECT :batch, id, comment_id, cluster_id, :into FROM segments WHERE id = ANY(:ids)"""),
        {"batch": batch_id, "into": into, "ids": ids})
    session.execute(text("UPDATE segments SET cluster_id = :into, version = version + 1 WHERE id = ANY(:ids)"),
                    {"into": into, "ids": ids})
    row.merged_into = into
    _touch(row, actor, now)
    session.flush()
    coverage.recompute(session, coverage.of_segments(ids))
    batches.published_anew(session, desk, [cluster_id, into], now)
    _record(session, actor, desk, "review.cluster_merged", "cluster", cluster_id, now, into=into, segments=len(ids))
    return Done(batch_id, preview)


def lock_cluster(session: Session, actor: Actor, consultation_id: int, cluster_id: int, *, locked: bool,
                 expected_version: int, now: datetime) -> None:
    """Lock a cluster, so that no suggestion changes who is in it, or unlock it. People still may change it. What is so
    already changes nothing. Raises ConflictError for a stale page, StateError, NotFoundError, RefusedError."""
    desk = _desk(session, actor, consultation_id)
    batches.lock_clusters(session, [cluster_id])
    row = _cluster(session, consultation_id, cluster_id)
    if row.locked == locked:
        return
    _require_version(session, row, expected_version)
    if row.merged_into is not None:
        raise StateError(_gone(row))
    row.locked = locked
    _touch(row, actor, now)
    session.flush()
    _record(session, actor, desk, "review.cluster_locked", "cluster", cluster_id, now, locked=locked)


def retire_empty(session: Session, actor: Actor, desk: Desk, ids: Collection[int], *, now: datetime) -> set[int]:
    """Take these clusters out of every list and choice, as far as nothing is in them, none has a response, and nobody
    changed them since they were made; which it was. For whoever takes back the act that made them: no row of a cluster
    is ever deleted, so one that is retired bears its own number as `merged_into`."""
    retired = set(session.scalars(text("""
        UPDATE clusters c SET merged_into = c.id, version = c.version + 1, updated_by = :me, updated_at = :now
         WHERE c.id = ANY(:ids) AND c.consultation_id = :c AND c.merged_into IS NULL AND c.version = 1
           AND NOT EXISTS (SELECT 1 FROM segments s WHERE s.cluster_id = c.id)
           AND NOT EXISTS (SELECT 1 FROM responses r WHERE r.cluster_id = c.id)
           AND NOT EXISTS (SELECT 1 FROM clusters k WHERE k.merged_into = c.id)
        RETURNING c.id"""), {"ids": list(ids), "c": desk.id, "me": actor.account_id, "now": now}))
    for cluster_id in sorted(retired):
        _record(session, actor, desk, "review.cluster_retired", "cluster", cluster_id, now)
    return retired


def unknown_cluster() -> NotFoundError:
    """What is told of a cluster that is not there, or not in this consultation."""
    return NotFoundError(msg("There is no such cluster in this consultation."))


# ------------------------------------------------------------------------------------------------------------- split


def drawing_version(parts: Collection[Any]) -> int:
    """The version of how a comment is cut: goes up with every decision on one of its parts."""
    return sum(part.version for part in parts)


def split_comment(session: Session, actor: Actor, consultation_id: int, comment_id: int, boundaries: Sequence[int], *,
                  no_point: Collection[int] = (), expected_version: int, now: datetime,
                  undoes: int | None = None) -> list[int]:
    """Cut a comment's reason anew; the ids of its segments, in their order.

    `boundaries` are the places (characters from 0) at which a further part begins; none joins everything to one.
    `no_point` names parts, from 1, that make no point and need no response of their own; one at least must make one,
    for every comment is told a result. A part that stays as it was keeps its tags, cluster and response; a part that is
    new has none. Raises ConflictError when anything of this comment was decided since (`expected_version`, see
    `drawing_version`), StateError when a response of its own is already on its way for a part that would change, or
    when a published response answers it.
    `undoes`: the act of cutting that this takes back; it is marked so, and no act stands beside it in the history.
    """
    desk = _desk(session, actor, consultation_id)
    where = coverage.of_comments([comment_id])
    coverage.lock(session, where, redrawn=True)
    parts = list(session.scalars(
        select(Segment).where(Segment.comment_id == comment_id, Segment.consultation_id == consultation_id)
        .order_by(Segment.ordinal), execution_options={"populate_existing": True}))
    if not parts:
        raise NotFoundError(msg("There is no such comment in this consultation."))
    for part in parts:  # they are redrawn below, and some taken away: no other use of this session may see these
        session.expunge(part)
    if any(part.excuse is not None for part in parts):
        raise StateError(batches.SKIPPED["excused"])
    if drawing_version(parts) != expected_version:
        who, when = max((batches.last_hand(session, part.id) for part in parts), key=lambda hand: str(hand[1] or ""))
        raise ConflictError(
            msg("%(who)s changed the parts of this comment since your page was made. Nothing was cut.", who=who),
            changed_by=who, changed_at=when or now, theirs={"boundaries": [part.start for part in parts[1:]]},
            version=drawing_version(parts))
    comment = session.get_one(Comment, comment_id)
    spans = _spans(comment.reason, boundaries)
    silent = {place - 1 for place in no_point}
    if not silent <= set(range(len(spans))):
        raise InvalidError(msg("The passage to be marked is not one of the parts."))
    if len(silent) == len(spans):
        raise InvalidError(
            msg("At least one part has to make a point: everyone who filed is told a result for each comment."),
            what_next=msg("If the whole comment makes no point, leave it in one piece and answer it as noted."))
    kept = _matched(session, parts, spans, silent)
    unchanged = {part.id for place, part in kept.items()
                 if (part.start, part.end) == spans[place] and part.no_point == (place in silent)}
    if len(unchanged) == len(parts) == len(spans):
        return [part.id for part in parts]
    if coverage.answered(session, {part.id for part in parts} - unchanged):
        raise StateError(
            msg("A published response answers this comment, and a part that is new would have no answer any more."),
            what_next=msg("To answer it otherwise, answer it by itself; the published answer stands until then."))
    made = _redraw(session, comment, parts, spans, silent, kept, drawing_version(parts) + 1, now)
    if undoes is None:
        batch_id = batches.begin(session, actor, consultation_id, "split", Preview(tuple(made)), now=now,
                                 parts=len(spans), no_point=sorted(place + 1 for place in silent))
        session.execute(text("""
            INSERT INTO segment_changes (batch_id, segment_id, comment_id, cluster_before, cluster_after)
            SELECT :batch, id, comment_id, cluster_id, cluster_id FROM segments WHERE id = ANY(:ids)"""),
            {"batch": batch_id, "ids": made})
    else:
        session.execute(text("UPDATE batches SET undone_at = :now, undone_by = :me WHERE id = :id AND verb = 'split'"
                             " AND consultation_id = :c AND undone_at IS NULL"),
                        {"id": undoes, "c": consultation_id, "me": actor.account_id, "now": now})
    coverage.recompute(session, where)
    batches.mark_seen(session, actor, consultation_id, made, now=now)
    batches.published_anew(session, desk, [part.cluster_id for part in parts if part.cluster_id is not None], now)
    _record(session, actor, desk, "review.split", "comment", comment_id, now, parts=len(spans),
            no_point=sorted(place + 1 for place in silent))
    return made


def _spans(reason: str, boundaries: Sequence[int]) -> list[tuple[int, int]]:
    edges = sorted(set(boundaries))
    if edges and not (edges[0] > 0 and edges[-1] < len(reason)):
        raise InvalidError(msg("A part cannot begin outside the text."))
    if len(edges) >= MAX_PARTS:
        raise InvalidError(nmsg("A comment has at most %(n)s part.", "A comment has at most %(n)s parts.", MAX_PARTS))
    places = [0, *edges, len(reason)]
    spans = list(pairwise(places))
    if len(spans) > 1 and any(not reason[start:end].strip() for start, end in spans):
        raise InvalidError(msg("A part would hold no words."))
    return spans


def _matched(session: Session, parts: Sequence[Segment], spans: Sequence[tuple[int, int]],
             silent: Collection[int]) -> dict[int, Segment]:
    """Which new part is which old one: those that stay as they were, and those that follow a response being drafted."""
    by_span = {(part.start, part.end): part for part in parts}
    kept = {place: by_span[span] for place, span in enumerate(spans) if span in by_span}
    own = coverage.own_responses(session, [part.id for part in parts])
    for part in parts:
        if part.id not in own:
            continue
        place = next((place for place, found in kept.items() if found is part), None)
        step, edition = own[part.id]
        if place is None:
            if step != "drafting" or edition:
                raise StateError(
                    msg("A part that would change has a response of its own that is already on its way."),
                    what_next=msg("Send that response back to drafting first, or leave this part as it is."))
            overlaps = {at: min(part.end, end) - max(part.start, start)
                        for at, (start, end) in enumerate(spans) if at not in kept}
            place = max(overlaps, key=lambda at: overlaps[at])
            kept[place] = part
        if place in silent:
            raise StateError(msg("A part with a response of its own cannot be marked as making no point."))
    return kept


def _redraw(session: Session, comment: Comment, parts: Sequence[Segment], spans: Sequence[tuple[int, int]],
            silent: Collection[int], kept: Mapping[int, Segment], version: int, now: datetime) -> list[int]:
    staying = {part.id for part in kept.values()}
    segments.delete(session, [part.id for part in parts if part.id not in staying])
    session.execute(text("UPDATE segments SET ordinal = -ordinal WHERE comment_id = :c"), {"c": comment.id})
    facts = parts[0]
    made = []
    for place, (start, end) in enumerate(spans):
        no_point = place in silent
        part = kept.get(place)
        drawn = segments.Drawn(ordinal=place + 1, start=start, end=end, no_point=no_point)
        if part is None:
            made.append(segments.insert(session, comment, segments.facts_of(facts), drawn, version=version))
            continue
        redrawn = (part.start, part.end) != (start, end)
        changed = redrawn or part.no_point != no_point or (part.ordinal == 1) != (place == 0)
        segments.redraw(session, comment, part.id, drawn, version=version if changed else part.version,
                        cluster_id=None if no_point else part.cluster_id)
        if redrawn:
            session.execute(text("DELETE FROM segment_tags WHERE segment_id = :id"), {"id": part.id})
        made.append(part.id)
    return made


# ------------------------------------------------------------------------------------------------------------ inside


def _desk(session: Session, actor: Actor, consultation_id: int) -> Desk:
    desk = desk_by_id(session, consultation_id)
    policies.require_knowledge(actor, desk)
    policies.can_triage(actor, desk).require()
    return desk


def _require_few(ids: Sequence[int]) -> None:
    if len(ids) > batches.MAX_SEGMENTS:
        raise InvalidError(nmsg("One act can be about at most %(n)s segment.",
                                "One act can be about at most %(n)s segments.", batches.MAX_SEGMENTS),
                           what_next=msg("Narrow the filter, and do it in several acts."))


def _require_tags(session: Session, consultation_id: int, add: Collection[int], remove: Collection[int]) -> None:
    rows = session.execute(select(Tag.id, Tag.retired_at).where(Tag.consultation_id == consultation_id,
                                                               Tag.id.in_([*add, *remove]))).all()
    known = dict(rows)
    if not {*add, *remove} <= known.keys():
        raise InvalidError(msg("Choose tags of this consultation's code list."),
                           {"tags": [msg("This tag is not on the code list.")]})
    if any(known[each] is not None for each in add):
        raise InvalidError(msg("A retired tag cannot be given any more."),
                           {"tags": [msg("This tag was retired.")]})


def require_cluster(session: Session, consultation_id: int, cluster_id: int) -> None:
    """Raise NotFoundError unless a consultation has this cluster, StateError when it went into another one."""
    found = session.execute(select(Cluster.id, Cluster.merged_into).where(
        Cluster.id == cluster_id, Cluster.consultation_id == consultation_id)).first()
    if found is None:
        raise unknown_cluster()
    if found.merged_into is not None:
        raise StateError(_gone(found), what_next=msg("Choose another cluster.") if found.merged_into == found.id
                         else msg("Choose the cluster that took its segments."))


def _gone(row: Any) -> Message:
    """Why a cluster that stands in no list takes nothing."""
    return (msg("This cluster was taken back with the act that made it.") if row.merged_into == row.id else
            msg("This cluster was merged into another one already."))


def _cluster(session: Session, consultation_id: int, cluster_id: int) -> Cluster:
    row = session.get(Cluster, cluster_id, populate_existing=True)
    if row is None or row.consultation_id != consultation_id:
        raise unknown_cluster()
    return row


def _require_version(session: Session, row: Cluster, expected_version: int) -> None:
    if row.version != expected_version:
        who, when = last_change(session, "cluster", row.id)
        raise ConflictError(
            msg("%(who)s changed this cluster since your page was made. Nothing was done.", who=who), changed_by=who,
            changed_at=when or row.updated_at, theirs={"title_ko": row.title_ko, "title_en": row.title_en,
                                                       "locked": row.locked}, version=row.version)


def _touch(row: Cluster, actor: Actor, now: datetime) -> None:
    row.updated_by, row.updated_at = actor.account_id, now
    row.version += 1


def check_cluster(given: ClusterInput) -> None:
    """Raise InvalidError for what `create_cluster` would refuse: before anything else is changed."""
    _cluster_values(given)


def _cluster_values(given: ClusterInput) -> dict[str, str]:
    read = {"title_ko": typed(given.title_ko, limit=LINE_LIMIT, one_line=True),
            "title_en": typed(given.title_en, limit=LINE_LIMIT, one_line=True),
            "issue_ko": typed(given.issue_ko, limit=REMARK_LIMIT),
            "issue_en": typed(given.issue_en, limit=REMARK_LIMIT)}
    problems: dict[str, list[Message]] = {name: list(each.problems) for name, each in read.items() if each.problems}
    for name, each in read.items():
        if numbers := public_words.problems(each.text):  # the public reads these words beside the response
            problems.setdefault(name, []).extend(numbers)
    if not (read["title_ko"].text or read["title_en"].text):
        problems["title_ko"] = [msg("Give the cluster a title in Korean or in English.")]
    if problems:
        raise InvalidError(msg("The cluster was not saved: something needs your attention."), problems)
    return {name: each.text for name, each in read.items()}


def _record(session: Session, actor: Actor, desk: Desk, verb: str, kind: str, subject_id: int | None, now: datetime,
            **data: Any) -> None:
    record(session, actor, verb, kind, subject_id, now=now, ministry_id=desk.ministry_id, consultation_id=desk.id,
           **data)
