"""Who may look at and work on the review of a consultation, and when. The ministry is asked first, always.

An outsider, staff of another ministry too, is told nothing: to them there is no such page.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from portal.kernel.actor import Actor
from portal.kernel.i18n import msg
from portal.kernel.policy import ALLOWED, Decision, not_now, refused
from portal.review.desk import unknown

#: Who sees the review of a ministry's consultations. (Advisers see what is put to them, elsewhere.)
READERS = ("reviewer", "approver", "publisher", "administrator")


class OfMinistry(Protocol):
    """What the rules ask of a consultation."""

    @property
    def ministry_id(self) -> int: ...

    @property
    def concluded_at(self) -> datetime | None: ...


def knows_of(actor: Actor, consultation: OfMinistry) -> bool:
    """Whether the actor may see its review at all."""
    return actor.has_staff_role(consultation.ministry_id, *READERS)


def require_knowledge(actor: Actor, consultation: OfMinistry) -> None:
    """Raise NotFoundError for whoever holds no role at that ministry."""
    if not knows_of(actor, consultation):
        raise unknown()


def can_triage(actor: Actor, consultation: OfMinistry) -> Decision:
    """Tag, split, cluster, move: a reviewer of that ministry, until the conclusion."""
    if not actor.has_staff_role(consultation.ministry_id, "reviewer"):
        return refused(msg("Only reviewers of the ministry that holds this consultation may do this."))
    return unless_concluded(consultation)


def can_change_code_list(actor: Actor, consultation: OfMinistry) -> Decision:
    """Add, rename and retire tags: a reviewer of that ministry, until the conclusion."""
    return can_triage(actor, consultation)


def unless_concluded(consultation: OfMinistry) -> Decision:
    """Nothing of a review changes after the conclusion: everyone has been told the result."""
    if consultation.concluded_at is not None:
        return not_now(msg("This consultation was concluded on %(when)s; its review cannot be changed any more.",
                           when=consultation.concluded_at))
    return ALLOWED
