"""Who may see the mails that the portal sends.

Administrators, and nobody else of the staff. A mail about a ministry's consultation or staff is seen by the
administrators of that ministry only. A mail about an account or an organisation is no ministry's: every administrator
sees it, to help a person whom no mail reaches; the secret links in it are hidden from them. In the demonstration, where
every person is made up, an administrator sees everything.
"""

from __future__ import annotations

from portal.kernel.actor import Actor


def administered(actor: Actor) -> frozenset[int]:
    """The ministries that the actor administers."""
    return frozenset(ministry_id for ministry_id in actor.staff_roles
                     if actor.has_staff_role(ministry_id, "administrator"))


def whose_mails(actor: Actor, *, demo: bool) -> frozenset[int] | None:
    """The ministries whose mails an administrator sees in a list, beside those that are no ministry's; None: all."""
    return None if demo else administered(actor)


def can_see_mail(actor: Actor, ministry_id: int | None, *, demo: bool) -> bool:
    """Whether the actor may know of a mail that is this ministry's (None: no ministry's). Who may not is told that
    there is no such mail, so no reason is given."""
    ministries = administered(actor)
    return bool(ministries) and (demo or ministry_id is None or ministry_id in ministries)
