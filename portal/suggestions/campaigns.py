"""What people do with a campaign of near-copies: accept it as a cluster, each variant's additions cut off as segments
of their own, or dismiss it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.errors import InvalidError, StateError
from portal.kernel.i18n import msg
from portal.review import batches, coverage, services
from portal.review.batches import Done
from portal.review.desk import Desk
from portal.review.models import Segment
from portal.review.services import ClusterInput, drawing_version
from portal.submissions.models import Comment
from portal.suggestions import acts, decisions
from portal.suggestions.models import Campaign, CampaignMember, SegmentTokens
from portal.suggestions.proposals import require_target, take_over

#: A letter is cut into so many parts at most; additions are one passage with what stands between them where they would
#: make more.
MOST_PARTS: Final = 3
#: The additions of so many members are cut off in one act: each takes a few hundredths of a second.
MOST_CUTS: Final = 1_000


def accept(session: Session, actor: Actor, consultation_id: int, campaign_id: int, *, given: ClusterInput | None,
           into: int | None = None, cut_additions: bool, expected_version: int, now: datetime) -> tuple[int, Done]:
    """Take a campaign over, as a new cluster (`given`) or into one that stands (`into`); the cluster's id and what was
    moved.

    With `cut_additions` what a letter adds becomes segments of its own first, which stay outside the cluster; a letter
    falls into MOST_PARTS at most, and `undoing.undo` joins them again. A member that a person put into a cluster, that
    has tags or a response of its own, or whose comment was cut otherwise meanwhile, so that nothing can be cut off it,
    is left as it is and told. Raises as `proposals.accept` does, InvalidError where more than MOST_CUTS would be cut,
    and StateError where its letters are to be compared anew: nobody was shown what would be cut off them.
    """
    desk = acts.begin(session, actor, consultation_id)
    row = acts.found(session, Campaign, consultation_id, campaign_id)
    acts.require(session, row, expected_version)
    require_target(session, consultation_id, given, into)
    if cut_additions and not session.scalar(
            text(f"SELECT {decisions.COMPARED} FROM campaigns g WHERE g.id = :id"), {"id": campaign_id}):
        raise StateError(
            msg("What its letters add is not known at the moment, so nothing can be cut off them. Nothing was done."),
            what_next=msg("Take the campaign over without cutting, or wait until its letters have been compared anew."))
    members = list(session.scalars(select(CampaignMember).where(CampaignMember.campaign_id == campaign_id)
                                   .order_by(CampaignMember.template.desc(), CampaignMember.segment_id)))
    if cut_additions and sum(bool(member.additions) for member in members) > MOST_CUTS:
        raise InvalidError(
            msg("The additions of at most %(n)s letters can be cut off in one act.", n=MOST_CUTS),
            what_next=msg("Take the campaign over without cutting, and cut single comments afterwards."))
    letter_of = {member.segment_id: member.segment_id for member in members}
    ids = list(letter_of)
    batches.lock_clusters(session, [] if into is None else [into])
    coverage.lock(session, coverage.of_segments(ids), redrawn=cut_additions)
    uncut: list[int] = []
    cuts: list[dict[str, Any]] = []
    if cut_additions:
        letter_of, uncut, cuts = _cut(session, actor, desk, campaign_id, members, now)
    cluster_id, done = take_over(session, actor, desk, list(letter_of), given=given, into=into, now=now,
                                 proposed_by={"campaign": campaign_id, **({"cuts": cuts} if cuts else {})},
                                 left_out={"uncut": uncut},
                                 letter_of=letter_of)
    acts.decide(row, "accepted", actor, now, cluster_id)
    acts.note(session, actor, desk, "suggestion.campaign_accepted", "campaign", campaign_id, now, cluster=cluster_id,
              batch=done.batch_id)
    return cluster_id, done


def dismiss(session: Session, actor: Actor, consultation_id: int, campaign_id: int, *, expected_version: int,
            now: datetime) -> None:
    """Dismiss a campaign (`acts.dismiss`)."""
    acts.dismiss(session, actor, consultation_id, Campaign, campaign_id, expected_version=expected_version, now=now)


def reopen(session: Session, actor: Actor, consultation_id: int, campaign_id: int, *, expected_version: int,
           now: datetime) -> None:
    """Take a dismissed campaign up again. Raises StateError where another open one has a segment of it meanwhile,
    ConflictError, NotFoundError, RefusedError."""
    desk = acts.begin(session, actor, consultation_id)
    row = acts.found(session, Campaign, consultation_id, campaign_id)
    acts.require(session, row, expected_version, "dismissed")
    if session.scalar(text("""
            SELECT EXISTS (SELECT 1 FROM campaign_members m JOIN campaign_members o ON o.segment_id = m.segment_id
                             JOIN campaigns c ON c.id = o.campaign_id AND c.state = 'open'
                            WHERE m.campaign_id = :id)"""), {"id": campaign_id}):
        raise StateError(msg("A later campaign has its letters meanwhile."), what_next=msg("Dismiss that one first."))
    acts.decide(row, "open", actor, now)
    acts.note(session, actor, desk, "suggestion.campaign_reopened", "campaign", campaign_id, now)


# ------------------------------------------------------------------------------------------------------- taking back


def open_again(session: Session, actor: Actor, desk: Desk, campaign_id: int, cuts: Sequence[Mapping[str, Any]], *,
               of_cluster: int, now: datetime) -> None:
    """A campaign that was accepted as this cluster is open again, for the act was taken back, its letters in one piece
    where nobody decided anything on the pieces since. One that became something else since stays as it is."""
    row = session.get(Campaign, campaign_id, with_for_update=True, populate_existing=True)
    if row is None or (row.state, row.cluster_id) != ("accepted", of_cluster):
        return
    template = session.scalar(select(CampaignMember.segment_id).where(CampaignMember.campaign_id == campaign_id,
                                                                      CampaignMember.template))
    for cut in reversed(cuts):
        _join_again(session, actor, desk, campaign_id, cut, now, template is None and cut.get("was_template", False))
    if template is not None and any(cut.get("template", template) != template for cut in cuts):
        row.engine = ""  # what these letters added was said of another template: all are compared anew
    acts.decide(row, "open", actor, now)
    acts.note(session, actor, desk, "suggestion.campaign_reopened", "campaign", campaign_id, now, taken_back=of_cluster)


def _join_again(session: Session, actor: Actor, desk: Desk, campaign_id: int, cut: Mapping[str, Any],
                now: datetime, as_template: bool) -> None:
    """The pieces of a letter are one again, and it stands in the campaign as it did before it was cut."""
    start, end, comment_id = cut["start"], cut["end"], cut["comment"]
    parts = _parts_of(session, comment_id)
    pieces = [part.id for part in parts if start <= part.start and part.end <= end]
    found = batches.standing(session, desk.id, pieces).values()
    if pieces != cut["parts"] or any(
            each.excused or each.no_point or each.tags or each.cluster_id is not None for each in found
            ) or coverage.own_responses(session, pieces):  # fmt: skip
        return
    boundaries = [part.start for part in parts if part.start and not start < part.start < end]
    spans = [(part.start, part.end) for part in parts if part.id not in pieces] + [(start, end)]
    silent = {(part.start, part.end) for part in parts if part.no_point}
    try:
        services.split_comment(
            session, actor, desk.id, comment_id, boundaries,
            no_point=[place for place, span in enumerate(sorted(spans), 1) if span in silent],
            expected_version=drawing_version(parts), now=now, undoes=cut["batch"])
    except (InvalidError, StateError):
        return
    [whole] = [part.id for part in _parts_of(session, comment_id) if (part.start, part.end) == (start, end)]
    session.add(CampaignMember(campaign_id=campaign_id, segment_id=whole, template=as_template,
                               additions=cut["additions"], omissions=cut["omissions"]))
    session.flush()


def _parts_of(session: Session, comment_id: int) -> Sequence[Any]:
    """The parts of a comment as they are drawn now."""
    return session.execute(
        select(Segment.id, Segment.start, Segment.end, Segment.no_point, Segment.ordinal, Segment.version)
        .where(Segment.comment_id == comment_id).order_by(Segment.ordinal)).all()


# ------------------------------------------------------------------------------------------------------- cutting off


def _cut(session: Session, actor: Actor, desk: Desk, campaign_id: int, members: Sequence[CampaignMember],
         now: datetime) -> tuple[dict[int, int], list[int], list[dict[str, Any]]]:
    """Cut the additions of each member off; the segments that are to be taken over (of a member that was cut, the
    passages of the template), each with the member that it was of, the members that could not be cut, and what whoever
    takes this back has to know of each cut."""
    standing = batches.standing(session, desk.id, [member.segment_id for member in members])
    own = coverage.own_responses(session, list(standing))
    letter_of: dict[int, int] = {}
    uncut: list[int] = []
    cuts: list[dict[str, Any]] = []
    template = next((member.segment_id for member in members if member.template), None)
    for member in members:
        letter = member.segment_id
        stands = standing.get(member.segment_id)
        if not member.additions or stands is None or stands.excused or stands.cluster_id is not None:
            letter_of[letter] = letter  # whether it is taken over is decided where all are
        elif stands.tags or stands.id in own:
            uncut.append(letter)
        else:
            done = _cut_off(session, actor, desk, member, stands.comment_id, now)
            if done is None:
                uncut.append(letter)
            else:
                left, cut = done
                letter_of.update(dict.fromkeys(left, letter))
                _stand_in(session, campaign_id, member, left)
                cuts.append({**cut, "template": template})
    return letter_of, uncut, cuts


def _cut_off(session: Session, actor: Actor, desk: Desk, member: CampaignMember, comment_id: int,
             now: datetime) -> tuple[list[int], dict[str, Any]] | None:
    """Cut one member; the segments of it that are no addition, and what it was. None where it cannot be cut."""
    parts = _parts_of(session, comment_id)
    mine = next(part for part in parts if part.id == member.segment_id)
    seen = session.execute(select(SegmentTokens.start, SegmentTokens.end).where(
        SegmentTokens.segment_id == member.segment_id)).first()
    if seen is not None and tuple(seen) != (mine.start, mine.end):
        return None  # it was drawn anew since: the additions are those of other words
    reason = session.scalars(select(Comment.reason).where(Comment.id == comment_id)).one()
    added = _passages(reason, mine.start, mine.end, member.additions)
    if added in ([], [(mine.start, mine.end)]):
        return None  # it has no reason of its own, or nothing but additions
    boundaries = {part.start for part in parts if part.start} | {edge for span in added for edge in span}
    boundaries -= {0, len(reason)}
    silent_spans = {(part.start, part.end) for part in parts if part.no_point}
    edges = [0, *sorted(boundaries), len(reason)]
    spans = list(pairwise(edges))
    try:
        services.split_comment(
            session, actor, desk.id, comment_id, sorted(boundaries),
            no_point=[place for place, span in enumerate(spans, 1) if span in silent_spans],
            expected_version=drawing_version(parts), now=now)
    except (InvalidError, StateError):
        return None
    made = session.execute(select(Segment.id, Segment.start, Segment.end).where(
        Segment.comment_id == comment_id, Segment.start >= mine.start, Segment.end <= mine.end)
        .order_by(Segment.ordinal)).all()
    by = session.scalar(text("SELECT max(batch_id) FROM segment_changes WHERE comment_id = :c"), {"c": comment_id})
    return [part.id for part in made if (part.start, part.end) not in set(added)], {
        "batch": by, "comment": comment_id, "start": mine.start, "end": mine.end, "parts": [part.id for part in made],
        "additions": list(member.additions), "omissions": list(member.omissions), "was_template": member.template}


def _passages(reason: str, start: int, end: int, additions: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """The additions as passages of the reason, within a part of it: those with nothing but space between them as one,
    each with the space around it that would make a part without words. Those nearest to each other are one with what
    stands between them while there would be more than MOST_PARTS: a letter is answered in passages, not in shreds."""
    found: list[tuple[int, int]] = []
    for first, last in sorted((start + one[0], start + one[1]) for one in additions):
        if not start <= first < last <= end:
            return []
        if found and not reason[found[-1][1]:first].strip():
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    grown = []
    for first, last in found:
        first = start if not reason[start:first].strip() else first
        last += len(reason[last:end]) - len(reason[last:end].lstrip())
        grown.append((first, last))
    while len(grown) > 1 and _parts(grown, start, end) > MOST_PARTS:
        at = min(range(1, len(grown)), key=lambda place: (grown[place][0] - grown[place - 1][1], place))
        grown[at - 1:at + 1] = [(grown[at - 1][0], grown[at][1])]
    return grown


def _parts(added: Sequence[tuple[int, int]], start: int, end: int) -> int:
    """In how many parts these passages leave a stretch."""
    edges = {start, end, *(edge for span in added for edge in span)}
    return len(edges) - 1


def _stand_in(session: Session, campaign_id: int, member: CampaignMember, left: Sequence[int]) -> None:
    """What is left of a member stands in the campaign in its place; of a template no part is one, for the others were
    compared with the whole of it."""
    omissions = member.omissions
    session.expunge(member)
    session.execute(text("DELETE FROM campaign_members WHERE campaign_id = :c AND segment_id = :s"),
                    {"c": campaign_id, "s": member.segment_id})
    session.add_all(CampaignMember(campaign_id=campaign_id, segment_id=each, template=False, additions=[],
                                   omissions=omissions if place == 0 else [])
                    for place, each in enumerate(left))
    session.flush()
