"""Who may write, file and withdraw, and when. Role, organisation and comment period are asked here and nowhere else.

An outsider is told nothing: to them an organisation's submission does not exist.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from portal.consultations.periods import Window
from portal.kernel.actor import Actor
from portal.kernel.errors import NotFoundError
from portal.kernel.i18n import as_deadline, msg
from portal.kernel.policy import ALLOWED, Decision, not_now, refused

#: How late a filing is still taken, and marked late (the column `filings.late_seconds` holds no more).
GRACE: Final = timedelta(seconds=60)


@dataclass(frozen=True)
class Timing:
    """The facts of a comment period and its consultation that decide what is possible when."""

    announced_at: datetime | None
    window: Window
    concluded_at: datetime | None = None

    def late_seconds(self, at: datetime) -> int:
        """How late, in whole seconds begun; 0 in time."""
        if at < self.window.closes_at:
            return 0
        return max(1, math.ceil((at - self.window.closes_at).total_seconds()))


def require_member(actor: Actor, organisation_id: int) -> None:
    """Raise NotFoundError for whoever is not of the organisation."""
    if not actor.member_roles.get(organisation_id):
        raise NotFoundError(msg("There is no such submission, or it is not your organisation's."))


def can_write(actor: Actor, organisation_id: int, timing: Timing, now: datetime) -> Decision:
    """Drafters write, from the announcement on (to be ready at the opening) until the period has closed."""
    if not actor.has_member_role(organisation_id, "drafter"):
        return refused(msg("Only drafters write comments. A manager of your organisation can make you one."))
    if timing.announced_at is None or now < timing.announced_at:
        return not_now(msg("This consultation is not announced yet."))
    return _not_over(timing, now)


def can_file(actor: Actor, organisation_id: int, timing: Timing, begun_at: datetime, entered_at: datetime) -> Decision:
    """Signers file while the period is open. A submission begun in time is taken up to 60 seconds late, and marked.

    `entered_at` is when the request entered, before its body was read: a slow upload that began in time is in time.
    """
    if not actor.has_member_role(organisation_id, "signer"):
        return refused(msg("Only signers file. Ask a signer of your organisation to open this page."))
    if timing.announced_at is None or entered_at < timing.window.opens_at:
        return not_now(msg("Submissions are taken from %(opening)s.", opening=timing.window.opens_at))
    if entered_at >= timing.window.closes_at and begun_at >= timing.window.closes_at:
        return _closed(timing)
    return _not_over(timing, entered_at)


def can_withdraw(actor: Actor, organisation_id: int, timing: Timing, entered_at: datetime) -> Decision:
    """Signers withdraw, until the deadline."""
    if not actor.has_member_role(organisation_id, "signer"):
        return refused(msg("Only signers withdraw a submission. Ask a signer of your organisation."))
    return ALLOWED if entered_at < timing.window.closes_at else _closed(timing)


def _not_over(timing: Timing, at: datetime) -> Decision:
    if timing.concluded_at is not None and at >= timing.concluded_at:
        return not_now(msg("This consultation is concluded."))
    return ALLOWED if at <= timing.window.closes_at + GRACE else _closed(timing)


def _closed(timing: Timing) -> Decision:
    return not_now(msg("The comment period ended on %(deadline)s, so this is not possible any more.",
                       deadline=as_deadline(timing.window.closes_at)))
