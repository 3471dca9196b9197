"""Who may do what to a response, and when: role at that ministry, step, authorship and phase, asked here alone.

Pages ask to decide which buttons to show, services ask again before they act.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from portal.kernel.actor import Actor
from portal.kernel.i18n import Message, as_deadline, msg
from portal.kernel.policy import ALLOWED, Decision, not_now, refused
from portal.kernel.words import STEPS
from portal.responses.steps import TABLE
from portal.review.desk import Desk
from portal.review.policies import unless_concluded

_ONLY: dict[str, Message] = {
    "edit": msg("Only reviewers of this ministry write responses."),
    "send": msg("Only reviewers of this ministry send a response on."),
    "pass": msg("Only reviewers and advisers of this ministry pass a review."),
    "send_back": msg("Your role does not let you send this response back at this step."),
    "approve": msg("Only approvers of this ministry approve."),
    "publish": msg("Only publishers of this ministry publish."),
    "reopen": msg("Only reviewers of this ministry begin a new edition."),
    "give_up": msg("Only reviewers of this ministry give up an edition that was begun."),
}


def can(act: str, actor: Actor, desk: Desk, step: str, authors: Collection[int], now: datetime) -> Decision:
    """Whether this person may do this act (a name of `steps.ACTS`) at this step. `authors` are account ids."""
    rule = TABLE.get((step, act))
    if rule is None:
        if act == "edit":
            return not_now(msg("A published response is changed by a new edition. Begin one first; the public goes on "
                               "reading this one."))
        return not_now(msg("This is not possible while the response stands at “%(step)s”.", step=STEPS[step]))
    if not actor.has_staff_role(desk.ministry_id, *rule.roles):
        return refused(_ONLY[act])
    if rule.not_an_author and actor.account_id in authors:
        if act == "approve":
            return refused(msg("You wrote part of this response, and nobody approves an own text. Another approver "
                               "has to."))
        return refused(msg("You wrote part of this response, so somebody else has to review it."))
    if act == "publish":
        return can_publish_now(desk, now)
    return unless_concluded(desk)


def can_draft(actor: Actor, desk: Desk) -> Decision:
    """Begin a response: a reviewer, in any phase until the conclusion."""
    if not actor.has_staff_role(desk.ministry_id, "reviewer"):
        return refused(_ONLY["edit"])
    return unless_concluded(desk)


def can_publish_now(desk: Desk, now: datetime) -> Decision:
    """Responses are published from the first close on, or earlier where the consultation's rule says so."""
    if desk.concluded_at is not None:
        return unless_concluded(desk)
    if desk.announced_at is None or now < desk.announced_at:
        return not_now(msg("This consultation is not announced yet, so nothing of it is published."))
    if desk.responses_while_open or (desk.first_close is not None and now >= desk.first_close):
        return ALLOWED
    if desk.first_close is None:
        return not_now(msg("This consultation has no comment period yet."))
    return not_now(msg("By the rule of this consultation responses are published once the first comment period has "
                       "closed: after %(deadline)s.", deadline=as_deadline(desk.first_close)))
