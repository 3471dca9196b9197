"""How people come into an organisation, change roles there, and leave: invitations, requests to join, memberships.

Everything is done by its managers, one at a time: each act locks the organisation, so that the last manager cannot be
lost between two requests. A leaver's membership ends; what was filed stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.accounts import email_addresses, mailed_links, passwords, sessions
from portal.accounts import services as accounts
from portal.accounts.models import Account
from portal.kernel import ids
from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.errors import ConflictError, NotFoundError, RefusedError, StateError
from portal.kernel.i18n import as_list, in_both, msg
from portal.kernel.words import MEMBER_ROLES as ROLE_WORDS
from portal.notifications.services import send
from portal.organisations import policies
from portal.organisations.models import MEMBER_ROLES, Invitation, JoinRequest, Membership, Organisation
from portal.organisations.queries import holds, last_change
from portal.organisations.services import lock_organisation, refuse_if

INVITATION_LIFETIME: Final = timedelta(days=14)


@dataclass(frozen=True)
class Joined:
    """A person who has just become a member. `secret` begins the session of one who had no account before."""

    account_id: int
    organisation_id: int
    secret: str | None = None


def known_roles(roles: Iterable[str]) -> list[str]:
    """The roles in their order, each once. Raises InvalidError for none or an unknown one."""
    chosen = set(roles)
    if not chosen or not chosen <= set(MEMBER_ROLES):
        refuse_if({"roles": [msg("Choose at least one role.")]})
    return [role for role in MEMBER_ROLES if role in chosen]


# ------------------------------------------------------------------------------------------------------- memberships


def _membership(session: Session, organisation_id: int, membership_id: int) -> Membership:
    row = session.scalars(select(Membership).where(
        Membership.id == membership_id, Membership.organisation_id == organisation_id,
        Membership.ended_at.is_(None)).execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFoundError(msg("There is no such member of this organisation any more."))
    return row


def _is_last_manager(session: Session, row: Membership) -> bool:
    if "manager" not in row.roles:
        return False
    others = session.scalar(select(func.count()).where(
        Membership.organisation_id == row.organisation_id, Membership.id != row.id, Membership.ended_at.is_(None),
        holds("manager")))
    return not others


def change_roles(session: Session, actor: Actor, organisation_id: int, membership_id: int, roles: Iterable[str], *,
                 version: int, now: datetime) -> None:
    """Another set of roles for a member. Raises ConflictError when somebody changed them since `version`."""
    _, actor = lock_organisation(session, actor, organisation_id)
    policies.can_manage_organisation(actor, organisation_id).require()
    row = _membership(session, organisation_id, membership_id)
    if row.version != version:
        by, at = last_change(session, "membership", row.id)
        raise ConflictError(
            msg("%(who)s changed the roles of this member while your page was open. Nothing of yours was saved yet.",
                who=by), changed_by=by, changed_at=at, theirs={"roles": list(row.roles)}, version=row.version)
    chosen = known_roles(roles)
    takes = "manager" not in chosen and _is_last_manager(session, row)
    policies.can_change_member(actor, organisation_id, takes_last_manager=takes).require()
    row.roles = chosen
    row.version += 1
    record(session, actor, "organisation.member_changed", "membership", row.id, now=now,
           organisation_id=organisation_id, roles=chosen)


def end_membership(session: Session, actor: Actor, organisation_id: int, membership_id: int, *, now: datetime) -> None:
    """A member leaves, or is taken out by a manager: access ends with this."""
    _, actor = lock_organisation(session, actor, organisation_id)
    row = _membership(session, organisation_id, membership_id)
    policies.can_end_membership(actor, organisation_id, row.account_id,
                                last_manager=_is_last_manager(session, row)).require()
    row.ended_at = now
    row.version += 1
    record(session, actor, "organisation.member_changed", "membership", row.id, now=now,
           organisation_id=organisation_id, ended=True, left=row.account_id == actor.account_id)


def _join(session: Session, by: Actor, organisation_id: int, account_id: int, roles: list[str], now: datetime) -> None:
    row = Membership(organisation_id=organisation_id, account_id=account_id, roles=roles, joined_at=now)
    session.add(row)
    session.flush()
    record(session, by, "organisation.joined", "membership", row.id, now=now, organisation_id=organisation_id,
           roles=roles, member=account_id)


def _is_member(session: Session, organisation_id: int, account_id: int) -> bool:
    return session.scalars(select(Membership.id).where(
        Membership.organisation_id == organisation_id, Membership.account_id == account_id,
        Membership.ended_at.is_(None))).first() is not None


# ------------------------------------------------------------------------------------------------------- invitations


def invite(session: Session, actor: Actor, organisation_id: int, *, email: str, roles: Iterable[str],
           now: datetime) -> str:
    """Mail a colleague an invitation with these roles; an open one to the same address is withdrawn. Returns its
    secret, which otherwise stands in the mail only."""
    row, actor = lock_organisation(session, actor, organisation_id)
    policies.can_invite(actor, organisation_id, row.kind).require()
    refuse_if(accounts.problems_of(email=email))
    address = email_addresses.normalised(email)
    chosen = known_roles(roles)
    known = accounts.account_by_email(session, address)
    if known is not None and _is_member(session, organisation_id, known.id):
        refuse_if({"email": [msg("This person is a member already.")]})
    session.execute(update(Invitation).where(
        Invitation.organisation_id == organisation_id, Invitation.email == address, Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None)).values(withdrawn_at=now))
    secret = ids.token()
    made = Invitation(digest=ids.token_digest(secret), organisation_id=organisation_id, email=address, roles=chosen,
                      invited_by=actor.require_account(), created_at=now, expires_at=now + INVITATION_LIFETIME)
    session.add(made)
    session.flush()
    record(session, actor, "organisation.member_invited", "invitation", made.id, now=now,
           organisation_id=organisation_id, roles=chosen)
    send(session, key=f"organisations.invitation:{made.id}", template="invitation", recipient=address,
         locale=actor.locale, now=now, values={
             "organisation": in_both(ko=row.name_ko, en=row.name_en), "who": actor.name, "token": secret,
             "roles": as_list(ROLE_WORDS[role] for role in chosen), "until": made.expires_at})
    return secret


def withdraw_invitation(session: Session, actor: Actor, organisation_id: int, invitation_id: int, *,
                        now: datetime) -> None:
    """An open invitation stops working."""
    _, actor = lock_organisation(session, actor, organisation_id)
    policies.can_manage_organisation(actor, organisation_id).require()
    row = session.scalars(select(Invitation).where(
        Invitation.id == invitation_id, Invitation.organisation_id == organisation_id, Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None))).first()
    if row is None:
        raise NotFoundError(msg("There is no such invitation any more."))
    row.withdrawn_at = now
    record(session, actor, "organisation.invitation_withdrawn", "invitation", row.id, now=now,
           organisation_id=organisation_id)


def _open_invitation(session: Session, secret: str, now: datetime) -> Invitation:
    row = session.scalars(select(Invitation).where(
        Invitation.digest == ids.token_digest(secret), Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None), Invitation.expires_at > now).with_for_update()).first()
    if row is None:
        raise NotFoundError(msg("This invitation does not work any more."))
    return row


def accept_invitation(session: Session, actor: Actor, secret: str, *, now: datetime) -> Joined:
    """The invited person, signed in, becomes a member. An invitation is for the address it was mailed to only."""
    row = _open_invitation(session, secret, now)
    if row.email != actor.email:
        raise RefusedError(
            msg("This invitation was sent to another address than that of your account."),
            what_next=msg("Sign in with the account of that address, or ask for an invitation to this one."))
    return _accept(session, actor, row, now)


def _accept(session: Session, actor: Actor, row: Invitation, now: datetime, secret: str | None = None) -> Joined:
    session.get_one(Organisation, row.organisation_id, with_for_update=True)
    row.accepted_at = now
    if _is_member(session, row.organisation_id, actor.require_account()):
        raise StateError(msg("You are a member of this organisation already."))
    _join(session, actor, row.organisation_id, actor.require_account(), list(row.roles), now)
    return Joined(actor.require_account(), row.organisation_id, secret)


def accept_with_new_account(session: Session, secret: str, *, name: str, password: str, locale: str, now: datetime,
                            user_agent: str = "") -> Joined:
    """The invited person has no account yet: the mailed link proves the address, so one is made and signed in."""
    row = _open_invitation(session, secret, now)
    refuse_if(accounts.problems_of(name=name, password=password, address=row.email))
    account = accounts.account_by_email(session, row.email)
    if account is not None and account.email_confirmed_at is not None:
        raise StateError(msg("There is an account with this address already. Sign in, then accept the invitation."))
    account_id = confirmed_account(session, account, email=row.email, name=name,
                                   password_hash=passwords.hashed(password), locale=locale, now=now)
    actor = Actor(account_id=account_id, name=name, email=row.email, locale=locale)
    begun = sessions.begin(session, account_id, now=now, user_agent=user_agent)
    return _accept(session, actor, row, now, begun)


def confirmed_account(session: Session, account: Account | None, *, email: str, name: str, password_hash: str,
                      locale: str, now: datetime) -> int:
    """The account of a person who has just proved the address: a new one, or the one that was made for it and waits."""
    if account is None:
        account = accounts.create_account(session, email=email, name=name, password_hash=password_hash, locale=locale,
                                          now=now, confirmed=True)
    elif account.closed_at is not None:
        raise StateError(msg("The account with this address was closed."))
    else:
        account.name, account.password_hash, account.locale = name, password_hash, locale
        account.email_confirmed_at = now
        mailed_links.use_up(session, account.id, "accept_invitation", now=now)
    record(session, Actor(account_id=account.id, name=name), "account.email_confirmed", "account", account.id, now=now)
    return account.id


# --------------------------------------------------------------------------------------------------- requests to join


def decide_request(session: Session, actor: Actor, organisation_id: int, request_id: int, *, accept: bool,
                   roles: Iterable[str], now: datetime) -> None:
    """A manager lets a person in with these roles, or does not; the person is told."""
    organisation, actor = lock_organisation(session, actor, organisation_id)
    policies.can_manage_organisation(actor, organisation_id).require()
    row = session.scalars(select(JoinRequest).where(
        JoinRequest.id == request_id, JoinRequest.organisation_id == organisation_id)
        .execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFoundError(msg("There is no such request."))
    if row.decided_at is not None:
        raise StateError(msg("This request was decided already."))
    chosen = known_roles(roles) if accept else []
    row.decided_at, row.decided_by = now, actor.require_account()
    row.outcome = "accepted" if accept else "declined"
    person = session.get_one(Account, row.account_id)
    if accept and not _is_member(session, organisation_id, person.id):
        _join(session, actor, organisation_id, person.id, chosen, now)
    record(session, actor, "organisation.request_decided", "join_request", row.id, now=now,
           organisation_id=organisation_id, outcome=row.outcome)
    send(session, key=f"organisations.request_decided:{row.id}",
         template="request_accepted" if accept else "request_declined", recipient=person.email, locale=person.locale,
         now=now, values={"name": person.name,
                          # Who is let in may read the organisation's own names; who is not, what they typed themselves.
                          "declared": in_both(ko=organisation.name_ko, en=organisation.name_en)
                          if accept else row.declared_name,
                          "roles": as_list(ROLE_WORDS[role] for role in chosen)})


