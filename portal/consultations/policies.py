"""Who may do what to a consultation, and when. Every rule asks the ministry; a wrong moment is no wrong person.

Rules take facts, never a session: pages ask them to decide which buttons to show, services ask again before they act.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from portal.consultations.periods import Phase
from portal.consultations.queries import ConsultationFacts, PeriodFacts
from portal.kernel.actor import Actor
from portal.kernel.i18n import msg
from portal.kernel.policy import ALLOWED, Decision, not_now, refused


class OfMinistry(Protocol):
    """What the rules ask of a consultation, stored or read."""

    @property
    def ministry_id(self) -> int: ...

    @property
    def announced_at(self) -> datetime | None: ...

    @property
    def concluded_at(self) -> datetime | None: ...


def knows_of(actor: Actor, consultation: OfMinistry) -> bool:
    """Whether the actor may know that this consultation exists: in preparation only its ministry's staff do."""
    return consultation.announced_at is not None or consultation.ministry_id in actor.staff_roles


def can_create(actor: Actor, ministry_id: int) -> Decision:
    """Make a consultation of this ministry."""
    if actor.has_staff_role(ministry_id, "publisher"):
        return ALLOWED
    return refused(msg("Only a publisher of a ministry may make a consultation of that ministry."))


def can_manage(actor: Actor, consultation: OfMinistry) -> Decision:
    """Open the pages on which a consultation is made and looked after."""
    if actor.has_staff_role(consultation.ministry_id, "publisher"):
        return ALLOWED
    return refused(msg("Only publishers of the ministry that holds this consultation may do this."))


def can_keep_calendar(actor: Actor) -> Decision:
    """Enter ad-hoc public holidays: the calendar is one for all ministries."""
    if any(roles & {"publisher", "administrator"} for roles in actor.staff_roles.values()):
        return ALLOWED
    return refused(msg("Only publishers and administrators of a ministry keep the calendar of holidays."))


def can_edit(actor: Actor, consultation: OfMinistry) -> Decision:
    """Change the facts. They are fixed by the announcement, for filers agree to them."""
    decision = can_manage(actor, consultation)
    if not decision:
        return decision
    if consultation.announced_at is not None:
        return not_now(msg("This consultation was announced on %(when)s. Since then its facts cannot be changed; a "
                           "period can be extended, a further period and further documents can be added.",
                           when=consultation.announced_at))
    return ALLOWED


def can_announce(actor: Actor, consultation: OfMinistry) -> Decision:
    """Announce: once, and only what is in preparation."""
    decision = can_manage(actor, consultation)
    if decision and consultation.announced_at is not None:
        return not_now(msg("This consultation was announced already, on %(when)s.", when=consultation.announced_at))
    return decision


def can_add_document(actor: Actor, consultation: OfMinistry) -> Decision:
    """Add a notice document: until the conclusion."""
    return _unless_concluded(can_manage(actor, consultation), consultation)


def can_extend(actor: Actor, consultation: ConsultationFacts, period: PeriodFacts, now: datetime) -> Decision:
    """Extend a comment period: as long as it is not closed. Afterwards a further period is the way."""
    decision = _once_announced(can_manage(actor, consultation), consultation)
    if decision and period.closes_at <= now:
        return not_now(msg("This period is closed and cannot be extended any more. Add a further period instead."))
    return decision


def can_add_period(actor: Actor, consultation: OfMinistry) -> Decision:
    """Add a further comment period (재입법예고): between the announcement and the conclusion."""
    return _once_announced(can_manage(actor, consultation), consultation)


def can_conclude(actor: Actor, consultation: ConsultationFacts, now: datetime) -> Decision:
    """Conclude: once every period is closed. Whether every opinion is answered is asked by the service."""
    decision = _once_announced(can_manage(actor, consultation), consultation)
    if decision and consultation.phase(now) != Phase.CLOSED:
        return not_now(msg("A consultation can be concluded once all its comment periods are closed."))
    return decision


def _unless_concluded(decision: Decision, consultation: OfMinistry) -> Decision:
    if decision and consultation.concluded_at is not None:
        return not_now(msg("This consultation was concluded on %(when)s; nothing of it can be changed any more.",
                           when=consultation.concluded_at))
    return decision


def _once_announced(decision: Decision, consultation: OfMinistry) -> Decision:
    if decision and consultation.announced_at is None:
        return not_now(msg("This consultation is still in preparation."))
    return _unless_concluded(decision, consultation)
