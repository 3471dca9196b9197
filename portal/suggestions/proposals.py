"""What people do with a proposed cluster: accept, rename, merge, split, move, keep, dismiss it. Only accepting changes
segments; what a person changed of a proposal is kept by later analyses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.errors import InvalidError, StateError
from portal.kernel.i18n import Message, msg
from portal.kernel.text import LINE_LIMIT, typed
from portal.review import batches, coverage, services
from portal.review.batches import Done
from portal.review.desk import Desk
from portal.review.models import Segment
from portal.review.services import ClusterInput
from portal.suggestions import acts, decisions
from portal.suggestions.models import ProposedCluster, ProposedMember

#: What a suggestion becomes stands on Korean pages, too, which have no other name for it.
_NO_KOREAN_TITLE: Final = msg("Give a title in Korean. It is the one that Korean pages show.")


def accept(session: Session, actor: Actor, consultation_id: int, proposal_id: int, *, given: ClusterInput | None,
           into: int | None = None, expected_version: int, now: datetime) -> tuple[int, Done]:
    """Take a proposal over, as a new cluster (`given`) or into one that stands (`into`); the cluster's id and what was
    moved. Segments that somebody put into a cluster meanwhile are left out and told.

    Raises InvalidError for what is typed, StateError when no member is left to take, ConflictError, NotFoundError,
    RefusedError.
    """
    desk, row = _begin(session, actor, consultation_id, proposal_id, expected_version)
    require_target(session, consultation_id, given, into)
    cluster_id, done = take_over(session, actor, desk, _members(session, proposal_id), given=given, into=into, now=now,
                                 proposed_by={"proposal": proposal_id})
    acts.decide(row, "accepted", actor, now, cluster_id)
    acts.note(session, actor, desk, "suggestion.proposal_accepted", "proposal", proposal_id, now, cluster=cluster_id,
              batch=done.batch_id)
    return cluster_id, done


def require_target(session: Session, consultation_id: int, given: ClusterInput | None, into: int | None) -> None:
    """Raise InvalidError unless a suggestion is to become one new cluster with a Korean title, or to go into one that
    stands; NotFoundError and StateError where that takes none. Asked before anything is changed."""
    if (given is None) == (into is None):
        raise InvalidError(msg("Choose a new cluster or one that stands."))
    if given is not None:
        problems: dict[str, list[Message]] = {}
        try:
            services.check_cluster(given)
        except InvalidError as error:
            problems = {name: list(each) for name, each in error.problems.items()}
        if not typed(given.title_ko, limit=LINE_LIMIT, one_line=True).text:
            problems["title_ko"] = [_NO_KOREAN_TITLE]
        if problems:
            raise InvalidError(msg("Nothing was accepted yet: something needs your attention."), problems)
    if into is not None:
        services.require_cluster(session, consultation_id, into)


def take_over(session: Session, actor: Actor, desk: Desk, ids: Sequence[int], *, given: ClusterInput | None,
              into: int | None, now: datetime, proposed_by: Mapping[str, Any],
              left_out: Mapping[str, Collection[int]] | None = None,
              letter_of: Mapping[int, int] | None = None) -> tuple[int, Done]:
    """Put those of these segments that are in no cluster into a new one or one that stands. `left_out` were left out
    before, by reason; `letter_of` tells for segments that were cut of which letter each is, so that the act can be told
    in letters. Raises StateError when there is none left."""
    batches.lock_clusters(session, [] if into is None else [into])
    coverage.lock(session, coverage.of_segments(ids))
    standing = batches.standing(session, desk.id, ids)
    elsewhere = [each for each in ids if each in standing and standing[each].cluster_id not in (None, into)]
    free = [each for each in ids if each not in elsewhere]
    taken = [each for each in free if each in standing and _may_be_taken(standing[each])]
    letters = len({letter_of.get(each, each) for each in taken}) if letter_of else len(taken)
    if letters < len(taken):
        proposed_by = {**proposed_by, "letters": letters}
    if not taken:
        raise StateError(msg("Nothing is left to take over: its segments are in clusters, or do not count any more."),
                         what_next=msg("Dismiss the suggestion."))
    if into is None:
        assert given is not None
        cluster_id, done = services.create_cluster(session, actor, desk.id, given, segment_ids=free, now=now,
                                                   proposed_by=proposed_by)
    else:
        cluster_id = into
        done = services.move_segments(session, actor, desk.id, free, to=into, now=now, proposed_by=proposed_by)
    return cluster_id, Done(done.batch_id, acts.without(done.preview, {**(left_out or {}), "elsewhere": elsewhere}))


def _may_be_taken(segment: batches.Standing) -> bool:
    return not segment.excused and not segment.no_point and segment.cluster_id is None


def change_titles(session: Session, actor: Actor, consultation_id: int, proposal_id: int, title_ko: str, title_en: str,
                  *, expected_version: int, now: datetime) -> bool:
    """Rename a proposal, which is kept from then on; whether these are other titles. Raises InvalidError,
    ConflictError, StateError, NotFoundError, RefusedError."""
    desk, row = _begin(session, actor, consultation_id, proposal_id, expected_version)
    read = {name: typed(value, limit=LINE_LIMIT, one_line=True)
            for name, value in (("title_ko", title_ko), ("title_en", title_en))}
    problems: dict[str, list[Message]] = {name: list(each.problems) for name, each in read.items() if each.problems}
    if not read["title_ko"].text:
        problems["title_ko"] = [_NO_KOREAN_TITLE]
    if problems:
        raise InvalidError(msg("The titles were not saved: something needs your attention."), problems)
    if (row.title_ko, row.title_en) == (read["title_ko"].text, read["title_en"].text):
        return False
    row.title_ko, row.title_en = read["title_ko"].text, read["title_en"].text
    _changed(session, actor, desk, now, "titles", row, titles=_titles(row))
    return True


def merge(session: Session, actor: Actor, consultation_id: int, versions: Mapping[int, int], *, now: datetime) -> int:
    """Merge open proposals, named with the versions that were seen, into the largest of them, the first of equals; its
    id. The others give their members up. A title that a person gave is kept: that of the largest that has one. Raises
    InvalidError for fewer than two, ConflictError, StateError, NotFoundError, RefusedError."""
    desk = acts.begin(session, actor, consultation_id)
    if len(versions) < 2:
        raise InvalidError(msg("Choose at least two proposals to merge."))
    rows = {each: acts.found(session, ProposedCluster, consultation_id, each) for each in sorted(versions)}
    for proposal_id, row in rows.items():
        acts.require(session, row, versions[proposal_id])
    sizes: dict[int, int] = dict(session.execute(select(ProposedMember.proposal_id, func.count()).where(
        ProposedMember.proposal_id.in_(rows)).group_by(ProposedMember.proposal_id)).all())
    into = min(rows, key=lambda each: (-sizes.get(each, 0), each))
    target = rows[into]
    named = decisions.named_by_people(session, rows)
    titles = _titles(*rows.values())
    title_of = min(named, key=lambda each: (each != into, -sizes.get(each, 0), each), default=into)
    target.title_ko, target.title_en = rows[title_of].title_ko, rows[title_of].title_en
    for proposal_id, row in rows.items():
        if proposal_id == into:
            continue
        _add(session, into, _members(session, proposal_id))
        session.execute(delete(ProposedMember).where(ProposedMember.proposal_id == proposal_id))
        target.central = {**row.central, **target.central}
        target.terms = {**row.terms, **target.terms}
        acts.decide(row, "replaced", actor, now)
    _described_anew(target)
    _changed(session, actor, desk, now, "merged", target, merged=sorted(set(rows) - {into}),
             title_of=title_of if named else None, titles=titles)
    return into


def split(session: Session, actor: Actor, consultation_id: int, proposal_id: int, segment_ids: Sequence[int], *,
          expected_version: int, now: datetime) -> int:
    """Make some members of a proposal a proposal of their own; its id. Both are kept. Raises InvalidError when none or
    all are named, ConflictError, StateError, NotFoundError, RefusedError."""
    desk, row = _begin(session, actor, consultation_id, proposal_id, expected_version)
    chosen, rest = _chosen(session, proposal_id, segment_ids)
    if not rest:
        raise InvalidError(msg("At least one segment has to stay in the proposal."))
    first = session.get_one(Segment, chosen[0])
    new = ProposedCluster(
        consultation_id=consultation_id, run_id=None, title_ko=row.title_ko, title_en=row.title_en, terms={},
        central={first.language: {"segment": first.id, "sentence": first.lead}}, voices=[], engine=row.engine,
        model=row.model, state="open", kept=True, made_at=now, version=1)
    session.add(new)
    session.flush()
    _take_out(session, row, chosen)
    _add(session, new.id, chosen)
    _described_anew(row, new)
    _changed(session, actor, desk, now, "split", row, into=new.id, segments=len(chosen), titles=_titles(row, new))
    return new.id


def move(session: Session, actor: Actor, consultation_id: int, proposal_id: int, segment_ids: Sequence[int], *,
         to: int | None, expected_version: int, now: datetime) -> None:
    """Move members to another open proposal, or (`to` None) out of any. Both are kept; a proposal without members is
    one no longer. Raises InvalidError, ConflictError, StateError, NotFoundError, RefusedError."""
    desk, row = _begin(session, actor, consultation_id, proposal_id, expected_version)
    if to == proposal_id:
        raise InvalidError(msg("They are in this proposal already."))
    target = None if to is None else acts.found(session, ProposedCluster, consultation_id, to)
    if target is not None:
        acts.require(session, target, target.version)
    chosen, rest = _chosen(session, proposal_id, segment_ids)
    titles = _titles(row) if target is None else _titles(row, target)
    _take_out(session, row, chosen)
    if target is not None:
        _add(session, target.id, chosen)
        _described_anew(target)
        _changed(session, actor, desk, now, "taken_in", target, of=proposal_id)
    if rest:
        _described_anew(row)
        _changed(session, actor, desk, now, "moved", row, to=to, segments=len(chosen), titles=titles)
    else:
        acts.decide(row, "replaced", actor, now)
        acts.note(session, actor, desk, "suggestion.proposal_changed", "proposal", row.id, now, act="emptied", to=to,
                  segments=len(chosen), titles=titles)


def keep(session: Session, actor: Actor, consultation_id: int, proposal_id: int, *, kept: bool, expected_version: int,
         now: datetime) -> None:
    """Lock a proposal, so that later analyses leave it alone, or unlock it. Raises ConflictError, StateError,
    NotFoundError, RefusedError."""
    desk, row = _begin(session, actor, consultation_id, proposal_id, expected_version)
    if row.kept != kept:
        _changed(session, actor, desk, now, "kept" if kept else "not_kept", row, kept=kept)


def dismiss(session: Session, actor: Actor, consultation_id: int, proposal_id: int, *, expected_version: int,
            now: datetime) -> None:
    """Dismiss a proposal (`acts.dismiss`)."""
    acts.dismiss(session, actor, consultation_id, ProposedCluster, proposal_id, expected_version=expected_version,
                 now=now)


def reopen(session: Session, actor: Actor, consultation_id: int, proposal_id: int, *, expected_version: int,
           now: datetime) -> None:
    """Take a dismissed proposal up again, to be kept, without the segments that another open one has meanwhile. Raises
    StateError when it would be left empty, ConflictError, NotFoundError, RefusedError."""
    desk = acts.begin(session, actor, consultation_id)
    row = acts.found(session, ProposedCluster, consultation_id, proposal_id)
    acts.require(session, row, expected_version, "dismissed")
    taken = _taken(session, proposal_id)
    if len(taken) == len(_members(session, proposal_id)):
        raise StateError(msg("Its segments are in other proposals meanwhile, or are no more."))
    _take_out(session, row, taken)
    acts.decide(row, "open", actor, now)
    row.kept = True
    acts.note(session, actor, desk, "suggestion.proposal_reopened", "proposal", proposal_id, now)


def open_again(session: Session, actor: Actor, desk: Desk, proposal_id: int, *, of_cluster: int, now: datetime) -> None:
    """A proposal that was accepted as this cluster is open again, for the act was taken back: without the segments that
    another open one has meanwhile. One that became something else since, or would be empty, stays as it is."""
    row = session.get(ProposedCluster, proposal_id, with_for_update=True, populate_existing=True)
    if row is None or (row.state, row.cluster_id) != ("accepted", of_cluster):
        return
    taken = _taken(session, proposal_id)
    if len(taken) == len(_members(session, proposal_id)):
        return
    _take_out(session, row, taken)
    acts.decide(row, "open", actor, now)
    acts.note(session, actor, desk, "suggestion.proposal_reopened", "proposal", proposal_id, now, taken_back=of_cluster)


# ------------------------------------------------------------------------------------------------------------- inside


def _taken(session: Session, proposal_id: int) -> list[int]:
    """The members that another open proposal has meanwhile."""
    return list(session.scalars(text("""
        SELECT m.segment_id FROM proposed_members m
         WHERE m.proposal_id = :id AND EXISTS (
               SELECT 1 FROM proposed_members o JOIN proposed_clusters p ON p.id = o.proposal_id AND p.state = 'open'
                WHERE o.segment_id = m.segment_id AND p.id <> :id)"""), {"id": proposal_id}))


def _begin(session: Session, actor: Actor, consultation_id: int, proposal_id: int,
           expected_version: int) -> tuple[Desk, ProposedCluster]:
    desk = acts.begin(session, actor, consultation_id)
    row = acts.found(session, ProposedCluster, consultation_id, proposal_id)
    acts.require(session, row, expected_version)
    return desk, row


def _members(session: Session, proposal_id: int) -> list[int]:
    """The members in their order."""
    return list(session.scalars(select(ProposedMember.segment_id).where(
        ProposedMember.proposal_id == proposal_id).order_by(ProposedMember.ordinal, ProposedMember.segment_id)))


def _chosen(session: Session, proposal_id: int, segment_ids: Sequence[int]) -> tuple[list[int], list[int]]:
    """The members named, in their order, and the others."""
    members, wanted = _members(session, proposal_id), set(segment_ids)
    if not wanted:
        raise InvalidError(msg("Choose at least one segment."))
    if not wanted <= set(members):
        raise InvalidError(msg("A segment that you chose is not in this proposal any more."))
    return [each for each in members if each in wanted], [each for each in members if each not in wanted]


def _titles(*rows: ProposedCluster) -> dict[str, list[str]]:
    """What these are called now, in Korean and English, for the record: later they may have other titles."""
    return {str(row.id): [row.title_ko, row.title_en] for row in rows}


def _described_anew(*rows: ProposedCluster) -> None:
    """These have other members now: what is said of them is made anew at the worker's next turn."""
    for row in rows:
        row.engine, row.model = "", None


def _take_out(session: Session, row: ProposedCluster, ids: Sequence[int]) -> None:
    """Take members away, with what is said of the proposal in their words."""
    gone = set(ids)
    session.execute(delete(ProposedMember).where(ProposedMember.proposal_id == row.id,
                                                 ProposedMember.segment_id.in_(gone)))
    row.central = {language: said for language, said in row.central.items() if said["segment"] not in gone}
    row.voices = [each for each in row.voices if each not in gone]


def _add(session: Session, proposal_id: int, ids: Sequence[int]) -> None:
    """Members behind those that are there."""
    last = session.scalar(select(func.coalesce(func.max(ProposedMember.ordinal), 0)).where(
        ProposedMember.proposal_id == proposal_id)) or 0
    session.add_all(ProposedMember(proposal_id=proposal_id, segment_id=each, ordinal=last + place)
                    for place, each in enumerate(ids, 1))
    session.flush()


def _changed(session: Session, actor: Actor, desk: Desk, now: datetime, act: str, row: ProposedCluster, *,
             kept: bool = True, **data: Any) -> None:
    """A person changed a proposal: it is kept from then on."""
    row.kept = kept
    row.version += 1
    acts.note(session, actor, desk, "suggestion.proposal_changed", "proposal", row.id, now, act=act, **data)
