"""Ministries and the people who work in them: roles given and ended, by the ministry's own administrators."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts import email_addresses, passwords
from portal.accounts import services as accounts
from portal.kernel import text
from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.errors import NotFoundError
from portal.kernel.i18n import Message, as_list, in_both, msg
from portal.kernel.words import STAFF_ROLES as ROLE_WORDS
from portal.notifications.services import send
from portal.organisations import policies
from portal.organisations.models import STAFF_ROLES, Ministry, StaffRole
from portal.organisations.services import refuse_if

_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
_LONGEST_NAME: Final = 100


@dataclass(frozen=True)
class Given:
    """What came of giving roles. `secret`: of the link that a person without an account was mailed."""

    account_id: int
    roles: tuple[str, ...]
    secret: str | None


def create_ministry(session: Session, actor: Actor, *, slug: str, name_ko: str, name_en: str, now: datetime) -> int:
    """A new tenant; returns its id."""
    policies.can_create_ministry(actor).require()
    problems: dict[str, list[Message]] = {}
    if not _SLUG.fullmatch(slug):
        problems["slug"] = [msg("Use small letters, digits and hyphens, beginning with a letter, as in "
                                "science-and-ict.")]
    elif session.scalars(select(Ministry.id).where(Ministry.slug == slug)).first() is not None:
        problems["slug"] = [msg("There is a ministry with this short name.")]
    korean, english = (text.typed(name, limit=_LONGEST_NAME, one_line=True) for name in (name_ko, name_en))
    for field, typed in (("name_ko", korean), ("name_en", english)):
        if typed.problems or not typed.text:
            problems[field] = list(typed.problems) or [msg("Enter the name of the ministry.")]
    refuse_if(problems)
    row = Ministry(slug=slug, name_ko=korean.text, name_en=english.text, created_at=now)
    session.add(row)
    session.flush()
    record(session, actor, "ministry.created", "ministry", row.id, now=now, ministry_id=row.id, slug=slug)
    return row.id


def give_roles(session: Session, actor: Actor, ministry_id: int, *, email: str, name: str, roles: Iterable[str],
               locale: str, now: datetime) -> Given:
    """Give a person roles at a ministry. Who has no account gets one, and a mail with the link to choose a password;
    who has one keeps the own name, and is told. Roles held already stay as they are."""
    ministry = _locked(session, ministry_id)
    policies.can_administer(actor, ministry_id).require()
    problems = accounts.problems_of(email=email)
    chosen = set(roles)
    if not chosen or not chosen <= set(STAFF_ROLES):
        problems["roles"] = [msg("Choose at least one role.")]
    refuse_if(problems)
    address = email_addresses.normalised(email)
    account = accounts.account_by_email(session, address)
    if account is None:
        refuse_if(accounts.problems_of(name=name))
        account = accounts.create_account(session, email=address, name=name, password_hash=passwords.NO_PASSWORD,
                                          locale=locale, now=now, confirmed=False, by=actor)
    elif account.closed_at is not None:
        refuse_if({"email": [msg("The account with this address was closed.")]})
    held = set(session.scalars(select(StaffRole.role).where(
        StaffRole.ministry_id == ministry_id, StaffRole.account_id == account.id, StaffRole.ended_at.is_(None))))
    new = tuple(role for role in STAFF_ROLES if role in chosen - held)
    for role in new:
        row = StaffRole(ministry_id=ministry_id, account_id=account.id, role=role, given_by=actor.account_id,
                        given_at=now)
        session.add(row)
        session.flush()
        record(session, actor, "staff.role_given", "staff_role", row.id, now=now, ministry_id=ministry_id, role=role,
               member=account.id)
    secret = None
    if account.email_confirmed_at is None:
        secret = accounts.invite_to_set_password(session, account, now=now)
    if new or secret:
        values = {"name": account.name, "who": actor.name, "token": secret, "by_operator": actor.system,
                  "ministry": in_both(ko=ministry.name_ko, en=ministry.name_en),
                  "roles": as_list(ROLE_WORDS[role] for role in STAFF_ROLES if role in chosen | held)}
        send(session, key=f"organisations.staff_roles:{ministry_id}:{account.id}:{now.isoformat()}",
             template="staff_roles_given" if secret is None else "staff_invitation", recipient=account.email,
             locale=account.locale, now=now, values=values, ministry_id=ministry_id)
    return Given(account.id, new, secret)


def end_role(session: Session, actor: Actor, ministry_id: int, staff_role_id: int, *, now: datetime) -> None:
    """End one role of one person; it counts from the next request on."""
    _locked(session, ministry_id)
    policies.can_administer(actor, ministry_id).require()
    row = session.scalars(select(StaffRole).where(
        StaffRole.id == staff_role_id, StaffRole.ministry_id == ministry_id, StaffRole.ended_at.is_(None))
        .execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFoundError(msg("This role is not held any more."))
    others = session.scalar(select(func.count()).where(
        StaffRole.ministry_id == ministry_id, StaffRole.role == "administrator", StaffRole.ended_at.is_(None),
        StaffRole.id != row.id))
    policies.can_end_staff_role(
        actor, ministry_id, last_administrator=row.role == "administrator" and not others).require()
    row.ended_at = now
    record(session, actor, "staff.role_ended", "staff_role", row.id, now=now, ministry_id=ministry_id, role=row.role,
           member=row.account_id)


def _locked(session: Session, ministry_id: int) -> Ministry:
    row = session.get(Ministry, ministry_id, with_for_update=True)
    if row is None:
        raise NotFoundError(msg("There is no such ministry."))
    return row
