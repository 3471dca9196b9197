"""Who may do what with an account: everybody with the own one, nobody with another's."""

from __future__ import annotations

from portal.kernel.actor import Actor
from portal.kernel.i18n import msg
from portal.kernel.policy import ALLOWED, Decision, refused


def can_begin_second_factor(actor: Actor) -> Decision:
    """Setting one up, or another in its place: once a second factor is set, only after giving it."""
    if actor.second_factor_due:
        return refused(msg("Give a code of your present second factor first."))
    return ALLOWED


def can_remove_second_factor(actor: Actor) -> Decision:
    """Staff may not do without one."""
    if actor.second_factor_due:
        return refused(msg("Give a code of your present second factor first."))
    if actor.is_staff:
        return refused(
            msg("Ministry staff always sign in with a second factor; you can set up another one in its place."))
    return ALLOWED
