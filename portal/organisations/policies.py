"""Who may do what with an organisation and its members, and with a ministry's staff.

A role counts in its own organisation or ministry only: who manages A can do nothing to B. Rules that depend on what
stands now (the last manager, the last administrator) are given that as a fact.
"""

from __future__ import annotations

from portal.kernel.actor import Actor
from portal.kernel.i18n import msg
from portal.kernel.policy import ALLOWED, Decision, not_now, refused


def can_see_organisation(actor: Actor, organisation_id: int) -> Decision:
    """Its members see it, whatever their roles."""
    if actor.member_roles.get(organisation_id):
        return ALLOWED
    return refused(msg("You are no member of this organisation."))


def can_manage_organisation(actor: Actor, organisation_id: int) -> Decision:
    """Its managers change its facts, its members and its way of working."""
    if actor.has_member_role(organisation_id, "manager"):
        return ALLOWED
    return refused(msg("Only a manager of the organisation may do this."))


def can_invite(actor: Actor, organisation_id: int, kind: str) -> Decision:
    """Managers invite, but an individual files as an organisation of one."""
    if kind == "individual":
        return not_now(msg("Who files as an individual files alone. To work with others, register an organisation."))
    return can_manage_organisation(actor, organisation_id)


def can_change_member(actor: Actor, organisation_id: int, *, takes_last_manager: bool) -> Decision:
    """Managers give and take roles; somebody must remain to manage."""
    decision = can_manage_organisation(actor, organisation_id)
    if decision and takes_last_manager:
        return not_now(msg("This is the only manager. Make somebody else a manager first."))
    return decision


def can_end_membership(actor: Actor, organisation_id: int, account_id: int, *, last_manager: bool) -> Decision:
    """Managers end memberships; everybody may leave; somebody must remain to manage."""
    own = actor.account_id == account_id and can_see_organisation(actor, organisation_id).allowed
    decision = ALLOWED if own else can_manage_organisation(actor, organisation_id)
    if decision and last_manager:
        return not_now(msg("The only manager cannot leave. Make somebody else a manager first."))
    return decision


def can_confirm_organisations(actor: Actor) -> Decision:
    """Administrators of any ministry: who an organisation is does not depend on which ministry asks."""
    if any("administrator" in roles for roles in actor.staff_roles.values()):
        return ALLOWED
    return refused(msg("Only an administrator of a ministry may confirm an organisation's identity."))


def can_create_ministry(actor: Actor) -> Decision:
    """Ministries are the tenants: only the operator adds one, by command."""
    return ALLOWED if actor.system else refused(msg("Only the operator of the portal adds a ministry."))


def can_administer(actor: Actor, ministry_id: int) -> Decision:
    """Staff of a ministry are handled by its own administrators, and by the operator."""
    if actor.system or actor.has_staff_role(ministry_id, "administrator"):
        return ALLOWED
    return refused(msg("Only an administrator of this ministry may do this."))


def can_end_staff_role(actor: Actor, ministry_id: int, *, last_administrator: bool) -> Decision:
    """Administrators end roles; somebody must remain to administer, unless the operator steps in."""
    decision = can_administer(actor, ministry_id)
    if decision and last_administrator and not actor.system:
        return not_now(msg("This is the only administrator of the ministry. Give somebody else that role first."))
    return decision
