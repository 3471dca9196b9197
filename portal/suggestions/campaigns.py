"""What people do with a campaign of near-copies: accept it as a cluster, each variant's additions cut off as segments
of their own, or dismiss it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

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
from portal.suggestions import acts
from portal.suggestions.models import Campaign, CampaignMember, SegmentTokens
from portal.suggestions.proposals import require_target, take_over

#: The additions of so many members are cut off in one act: each takes a few hundredths of a second.
MOST_CUTS: Final = 1_000


def accept(session: Session, actor: Actor, consultation_id: int, campaign_id: int, *, given: ClusterInput | None,
           into: int | None = None, cut_additions: bool, expected_version: int, now: datetime) -> tuple[int, Done]:
    """Take a campaign over, as a new cluster (`given`) or into one that stands (`into`); the cluster's id and what was
    moved.

    With `cut_additions` what a variant adds becomes segments of its own first, which stay outside the cluster. A member
    that a person put into a cluster, that has tags or a response of its own, or whose comment was cut otherwise
    meanwhile, so that nothing can be cut off it, is left as it is and told. Raises as `proposals.accept` does, and
    InvalidError where more than MOST_CUTS would be cut.
    """
    desk = acts.begin(session, actor, consultation_id)
    row = acts.found(session, Campaign, consultation_id, campaign_id)
    acts.require(session, row, expected_version)
    require_target(session, consultation_id, given, into)
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
    if cut_additions:
        letter_of, uncut = _cut(session, actor, desk, campaign_id, members, now)
    cluster_id, done = take_over(session, actor, desk, list(letter_of), given=given, into=into, now=now,
                                 proposed_by={"campaign": campaign_id}, left_out={"uncut": uncut},
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


# ------------------------------------------------------------------------------------------------------- cutting off


def _cut(session: Session, actor: Actor, desk: Desk, campaign_id: int, members: Sequence[CampaignMember],
         now: datetime) -> tuple[dict[int, int], list[int]]:
    """Cut the additions of each member off; the segments that are to be taken over (of a member that was cut, the
    passages of the template), each with the member that it was of, and the members that could not be cut."""
    standing = batches.standing(session, desk.id, [member.segment_id for member in members])
    own = coverage.own_responses(session, list(standing))
    letter_of: dict[int, int] = {}
    uncut: list[int] = []
    for member in members:
        letter = member.segment_id
        stands = standing.get(member.segment_id)
        if not member.additions or stands is None or stands.excused or stands.cluster_id is not None:
            letter_of[letter] = letter  # whether it is taken over is decided where all are
        elif stands.tags or stands.id in own:
            uncut.append(letter)
        else:
            left = _cut_off(session, actor, desk, member, stands.comment_id, now)
            if left is None:
                uncut.append(letter)
            else:
                letter_of.update(dict.fromkeys(left, letter))
                _stand_in(session, campaign_id, member, left)
    return letter_of, uncut


def _cut_off(session: Session, actor: Actor, desk: Desk, member: CampaignMember, comment_id: int,
             now: datetime) -> list[int] | None:
    """Cut one member; the segments of it that are no addition, or None where it cannot be cut."""
    parts = session.execute(
        select(Segment.id, Segment.start, Segment.end, Segment.no_point, Segment.ordinal, Segment.version)
        .where(Segment.comment_id == comment_id).order_by(Segment.ordinal)).all()
    mine = next(part for part in parts if part.id == member.segment_id)
    seen = session.execute(select(SegmentTokens.start, SegmentTokens.end).where(
        SegmentTokens.segment_id == member.segment_id)).first()
    if seen is None or tuple(seen) != (mine.start, mine.end):
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
    return [part.id for part in made if (part.start, part.end) not in set(added)]


def _passages(reason: str, start: int, end: int, additions: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """The additions as passages of the reason, within a part of it: those with nothing but space between them as one,
    each with the space around it that would make a part without words."""
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
    return grown


def _stand_in(session: Session, campaign_id: int, member: CampaignMember, left: Sequence[int]) -> None:
    """What is left of a member stands in the campaign in its place."""
    template, omissions = member.template, member.omissions
    session.expunge(member)
    session.execute(text("DELETE FROM campaign_members WHERE campaign_id = :c AND segment_id = :s"),
                    {"c": campaign_id, "s": member.segment_id})
    session.add_all(CampaignMember(campaign_id=campaign_id, segment_id=each, template=template and place == 0,
                                   additions=[], omissions=omissions if place == 0 else [])
                    for place, each in enumerate(left))
    session.flush()
