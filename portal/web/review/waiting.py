"""Which steps wait for a person: by the roles held at the consultation's ministry, and by what is possible now."""

from __future__ import annotations

from datetime import datetime

from portal.kernel.actor import Actor
from portal.responses.policies import can_publish_now
from portal.review.desk import Desk


def waits_for(actor: Actor, desk: Desk, now: datetime) -> tuple[str, ...]:
    """The steps of responses at which this person's act is what is waited for. (Of responses that the person has
    written, none waits for them, but for publishing.)"""
    if desk.concluded_at is not None:
        return ()
    found: list[str] = []
    if actor.has_staff_role(desk.ministry_id, "reviewer"):
        found += [step for step, is_set in (("technical_review", desk.technical_review),
                                            ("legal_review", desk.legal_review)) if is_set]
    if actor.has_staff_role(desk.ministry_id, "approver"):
        found.append("for_approval")
    if actor.has_staff_role(desk.ministry_id, "publisher") and can_publish_now(desk, now):
        found.append("approved")
    return tuple(found)
