"""What an endpoint may ask of who calls it. Every view declares exactly one; a test walks the URL map.

This is the outer gate, by role alone. Whether this person may do this to that thing, at this step and phase, is asked
by the services of each area's `policies.py`. `docs/permissions.md` is generated from this table.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.kernel.actor import Actor


@dataclass(frozen=True)
class Permission:
    """`staff`: one of these roles at some ministry; `member`: a membership of some organisation; `account`: signed in;
    none of them: anyone. `public`: reads the publication as the role *public*, without cookie or session.
    `before_second_factor`: also who has given the password only, while the second factor of the account is due."""

    name: str
    doc: str
    public: bool = False
    account: bool = False
    member: bool = False
    staff: frozenset[str] = frozenset()
    before_second_factor: bool = False

    def admits(self, actor: Actor) -> bool:
        """Whether this actor passes the outer gate."""
        if self.staff:
            return any(roles & self.staff for roles in actor.staff_roles.values())
        if self.member:
            return bool(actor.member_roles)
        if self.account:
            return actor.account_id is not None
        return True


def _staff(name: str, doc: str, *roles: str) -> Permission:
    return Permission(name, doc, account=True, staff=frozenset(roles))


PUBLIC = Permission("public", "Reads the publication; nobody is asked who they are.", public=True)
ANYONE = Permission("anyone", "Anyone, signed in or not: signing in and up.")
SIGNED_IN = Permission("signed-in", "Anyone with an account.", account=True)
PASSWORD_GIVEN = Permission("password-given", "Who has given the password; a second factor may still be due.",
                            account=True, before_second_factor=True)
MEMBER = Permission("member", "A member of some organisation.", account=True, member=True)
STAFF = _staff("staff", "Staff of some ministry.", "reviewer", "approver", "publisher", "administrator")
REVIEWER = _staff("reviewer", "A reviewer: tags, clusters, drafts responses.", "reviewer")
APPROVER = _staff("approver", "An approver.", "approver")
PUBLISHER = _staff("publisher", "A publisher: makes consultations, publishes.", "publisher")
ADMINISTRATOR = _staff("administrator", "An administrator: staff, settings, mail.", "administrator")

ALL = (PUBLIC, ANYONE, PASSWORD_GIVEN, SIGNED_IN, MEMBER, STAFF, REVIEWER, APPROVER, PUBLISHER, ADMINISTRATOR)
