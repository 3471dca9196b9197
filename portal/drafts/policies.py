"""Who may import and publish a text, and when. The ministry and the announcement are asked as of the consultation."""

from __future__ import annotations

from portal.consultations.policies import OfMinistry, can_manage
from portal.kernel.actor import Actor
from portal.kernel.i18n import msg
from portal.kernel.policy import Decision, not_now


def can_import(actor: Actor, consultation: OfMinistry) -> Decision:
    """Read a text for preview, mark it, drop it: until the conclusion."""
    decision = can_manage(actor, consultation)
    if decision and consultation.concluded_at is not None:
        return not_now(msg("This consultation was concluded on %(when)s; its text is final.",
                           when=consultation.concluded_at))
    return decision


def can_publish_revision(actor: Actor, consultation: OfMinistry) -> Decision:
    """Publish a further version. The first one is published by the announcement."""
    decision = can_import(actor, consultation)
    if decision and consultation.announced_at is None:
        return not_now(msg("The first version of the text is published when the consultation is announced."))
    return decision
