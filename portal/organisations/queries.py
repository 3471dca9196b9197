"""What pages and policies ask of ministries, staff, organisations and members."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, literal, or_, select, text
from sqlalchemy.orm import Session, aliased

from portal.accounts.models import Account
from portal.kernel import ids
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from portal.organisations.models import (
    STAFF_ROLES,
    Invitation,
    JoinRequest,
    Membership,
    Ministry,
    Organisation,
    SignUp,
    StaffRole,
)
from portal.organisations.names import name_key

#: Roles with the names of the places where they are held: {id: [[role, …], Korean name, English name]}.
_ROLES = """
    coalesce((SELECT jsonb_object_agg(m.id, jsonb_build_array(s.roles, m.name_ko, m.name_en))
                FROM (SELECT ministry_id, jsonb_agg(role) AS roles FROM staff_roles
                       WHERE account_id = a.id AND ended_at IS NULL GROUP BY ministry_id) s
                JOIN ministries m ON m.id = s.ministry_id), '{}') AS ministries,
    coalesce((SELECT jsonb_object_agg(o.id, jsonb_build_array(m.roles, o.name_ko, o.name_en))
                FROM memberships m JOIN organisations o ON o.id = m.organisation_id
               WHERE m.account_id = a.id AND m.ended_at IS NULL), '{}') AS organisations"""

_BY_SESSION = text(f"""
    SELECT a.id, a.name, a.email, a.locale, a.totp_confirmed_at IS NOT NULL AS second_factor_set,
           s.id AS session_id, s.last_seen_at, s.second_factor_at, {_ROLES}
      FROM sessions s JOIN accounts a ON a.id = s.account_id
     WHERE s.digest = :digest AND s.revoked_at IS NULL AND s.expires_at > :now AND a.closed_at IS NULL""")

_BY_ACCOUNT = text(f"""
    SELECT a.id, a.name, a.email, a.locale, {_ROLES}
      FROM accounts a WHERE a.id = :account_id AND a.closed_at IS NULL""")

_Places = dict[str, tuple[list[str], str, str]]


def _actor(row: Row[Any], *, second_factor: bool, second_factor_due: bool) -> Actor:
    ministries: _Places = row.ministries
    organisations: _Places = row.organisations
    # The ids are strings in JSON; the oldest place comes first.
    names = [(korean, english) for held in (ministries, organisations)
             for _, (_, korean, english) in sorted(held.items(), key=lambda item: int(item[0]))]
    return Actor(
        account_id=row.id, name=row.name, email=row.email, locale=row.locale,
        staff_roles={int(key): frozenset(roles) for key, (roles, _, _) in ministries.items()},
        member_roles={int(key): frozenset(roles) for key, (roles, _, _) in organisations.items()},
        second_factor=second_factor, second_factor_due=second_factor_due,
        affiliations=tuple(names))


def actor_by_session(session: Session, digest: bytes, now: datetime) -> tuple[Actor, int, datetime] | None:
    """The person behind a session cookie's digest, with the session's id and when it was last seen. One statement."""
    row = session.execute(_BY_SESSION, {"digest": digest, "now": now}).first()
    if row is None:
        return None
    given = row.second_factor_at is not None
    actor = _actor(row, second_factor=given, second_factor_due=row.second_factor_set and not given)
    return actor, row.session_id, row.last_seen_at


def actor_by_account(session: Session, account_id: int, *, second_factor: bool = False) -> Actor | None:
    """A person with the roles held now: for commands, jobs, the demo and tests."""
    row = session.execute(_BY_ACCOUNT, {"account_id": account_id}).first()
    return None if row is None else _actor(row, second_factor=second_factor, second_factor_due=False)


# ------------------------------------------------------------------------------------------------------ organisations


@dataclass(frozen=True)
class Manager:
    """Somebody to write to for an organisation."""

    account_id: int
    name: str
    email: str
    locale: str
    organisation_ko: str
    organisation_en: str


@dataclass(frozen=True)
class OrganisationLine:
    """An organisation in a list: of a person's own, or of staff who confirm them."""

    id: int
    kind: str
    name_ko: str
    name_en: str
    country: str
    registration_number: str | None
    confirmed_at: datetime | None
    created_at: datetime
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrganisationPage:
    """The facts of one organisation."""

    id: int
    kind: str
    name_ko: str
    name_en: str
    country: str
    registration_number: str | None
    mail_domain: str | None
    member_count: int | None
    show_full_name: bool
    confirmed_at: datetime | None
    confirmed_by: str | None
    created_at: datetime
    version: int
    members: int
    managers: int


@dataclass(frozen=True)
class MemberLine:
    """A member with roles."""

    membership_id: int
    account_id: int
    name: str
    email: str
    roles: tuple[str, ...]
    joined_at: datetime
    version: int


@dataclass(frozen=True)
class InvitationLine:
    """An invitation that is open."""

    id: int
    email: str
    roles: tuple[str, ...]
    invited_by: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class RequestLine:
    """A request to join that waits for a decision."""

    id: int
    name: str
    email: str
    declared_name: str
    matched_by: str
    created_at: datetime


@dataclass(frozen=True)
class OwnRequest:
    """A person's own request that waits. Of the organisation it tells nothing but what the person declared."""

    declared_name: str
    created_at: datetime


def holds(role: str) -> ColumnElement[bool]:
    """Whether a membership carries this role."""
    return literal(role) == func.any(Membership.roles)


def managers_of(session: Session, organisation_id: int) -> list[Manager]:
    """Who manages an organisation now."""
    rows = session.execute(
        select(Account.id, Account.name, Account.email, Account.locale, Organisation.name_ko, Organisation.name_en)
        .join(Membership, Membership.account_id == Account.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None),
               holds("manager"), Account.closed_at.is_(None))
        .order_by(Membership.id)).all()
    return [Manager(*row) for row in rows]


def last_change(session: Session, subject_kind: str, subject_id: int) -> tuple[str, datetime | None]:
    """Who changed a thing last, and when, by the audit log."""
    row = session.execute(
        select(Account.name, AuditEvent.at).join(Account, Account.id == AuditEvent.account_id)
        .where(AuditEvent.subject_kind == subject_kind, AuditEvent.subject_id == subject_id)
        .order_by(AuditEvent.id.desc()).limit(1)).first()
    return (row.name, row.at) if row else ("", None)


def organisations_of(session: Session, account_id: int) -> list[OrganisationLine]:
    """The organisations that a person belongs to now, the oldest membership first."""
    rows = session.execute(
        select(Organisation, Membership.roles).join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.account_id == account_id, Membership.ended_at.is_(None)).order_by(Membership.id)).all()
    return [_line(organisation, roles) for organisation, roles in rows]


def _line(row: Organisation, roles: Sequence[str] = ()) -> OrganisationLine:
    return OrganisationLine(row.id, row.kind, row.name_ko, row.name_en, row.country, row.registration_number,
                            row.confirmed_at, row.created_at, tuple(roles))


def requests_of(session: Session, account_id: int) -> list[OwnRequest]:
    """A person's own requests to join that wait."""
    rows = session.execute(
        select(JoinRequest.declared_name, JoinRequest.created_at)
        .where(JoinRequest.account_id == account_id, JoinRequest.decided_at.is_(None)).order_by(JoinRequest.id)).all()
    return [OwnRequest(*row) for row in rows]


def organisation_page(session: Session, organisation_id: int) -> OrganisationPage | None:
    """One organisation, for its members and for staff. Whether the reader may see it is the policy's to say."""
    confirmer = aliased(Account)
    now_members = and_(Membership.organisation_id == Organisation.id, Membership.ended_at.is_(None))
    row = session.execute(
        select(Organisation, confirmer.name,
               select(func.count()).where(now_members).scalar_subquery(),
               select(func.count()).where(now_members, holds("manager")).scalar_subquery())
        .outerjoin(confirmer, confirmer.id == Organisation.confirmed_by)
        .where(Organisation.id == organisation_id)).first()
    if row is None:
        return None
    o, confirmed_by, members, managers = row
    return OrganisationPage(
        o.id, o.kind, o.name_ko, o.name_en, o.country, o.registration_number, o.mail_domain, o.member_count,
        o.show_full_name, o.confirmed_at, confirmed_by, o.created_at, o.version, members, managers)


def members_of(session: Session, organisation_id: int, *, after: int = 0, limit: int = 100) -> list[MemberLine]:
    """The members now, by when they joined; those after the membership `after`."""
    rows = session.execute(
        select(Membership.id, Account.id, Account.name, Account.email, Membership.roles, Membership.joined_at,
               Membership.version)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None), Membership.id > after)
        .order_by(Membership.id).limit(limit)).all()
    return [MemberLine(membership, account, name, email, tuple(roles), joined, version)
            for membership, account, name, email, roles, joined, version in rows]


def member(session: Session, organisation_id: int, membership_id: int) -> MemberLine | None:
    """One member of this organisation."""
    found = members_of(session, organisation_id, after=membership_id - 1, limit=1)
    return found[0] if found and found[0].membership_id == membership_id else None


def invitations_of(session: Session, organisation_id: int, *, now: datetime) -> list[InvitationLine]:
    """The invitations that may still be accepted, the newest first."""
    rows = session.execute(
        select(Invitation.id, Invitation.email, Invitation.roles, Account.name, Invitation.created_at,
               Invitation.expires_at)
        .join(Account, Account.id == Invitation.invited_by)
        .where(Invitation.organisation_id == organisation_id, Invitation.accepted_at.is_(None),
               Invitation.withdrawn_at.is_(None), Invitation.expires_at > now)
        .order_by(Invitation.id.desc()).limit(100)).all()
    return [InvitationLine(number, email, tuple(roles), by, made, expires)
            for number, email, roles, by, made, expires in rows]


def requests_for(session: Session, organisation_id: int) -> list[RequestLine]:
    """Requests to join that wait for a decision, the oldest first."""
    rows = session.execute(
        select(JoinRequest.id, Account.name, Account.email, JoinRequest.declared_name, JoinRequest.matched_by,
               JoinRequest.created_at)
        .join(Account, Account.id == JoinRequest.account_id)
        .where(JoinRequest.organisation_id == organisation_id, JoinRequest.decided_at.is_(None))
        .order_by(JoinRequest.id).limit(100)).all()
    return [RequestLine(*row) for row in rows]


def waiting_for(session: Session, account_id: int) -> dict[int, int]:
    """How many requests to join wait for this person's decision, by organisation that the person manages."""
    rows = session.execute(
        select(JoinRequest.organisation_id, func.count())
        .join(Membership, Membership.organisation_id == JoinRequest.organisation_id)
        .where(JoinRequest.decided_at.is_(None), Membership.account_id == account_id, Membership.ended_at.is_(None),
               holds("manager")).group_by(JoinRequest.organisation_id))
    return {row[0]: row[1] for row in rows}


# ------------------------------------------------------------------------------------------------ signing up, invited


@dataclass(frozen=True)
class SignUpPage:
    """What somebody typed to sign up and now confirms."""

    email: str
    name: str
    kind: str
    name_ko: str
    name_en: str
    locale: str


@dataclass(frozen=True)
class InvitationPage:
    """An invitation as its recipient sees it; the names are the organisation's. `has_account`: the address is of
    somebody who signs in already."""

    organisation_id: int
    name_ko: str
    name_en: str
    email: str
    roles: tuple[str, ...]
    invited_by: str
    has_account: bool
    locale: str


def sign_up_page(session: Session, secret: str, *, now: datetime) -> SignUpPage | None:
    """The sign-up behind a mailed link, if it still waits."""
    row = session.execute(
        select(SignUp.email, SignUp.name, SignUp.kind, SignUp.name_ko, SignUp.name_en, SignUp.locale)
        .where(SignUp.digest == ids.token_digest(secret), SignUp.expires_at > now)).first()
    return None if row is None else SignUpPage(*row)


def invitation_page(session: Session, secret: str, *, now: datetime) -> InvitationPage | None:
    """The invitation behind a mailed link, if it may still be accepted."""
    inviter, invited = aliased(Account), aliased(Account)
    row = session.execute(
        select(Organisation.id, Organisation.name_ko, Organisation.name_en, Invitation.email, Invitation.roles,
               inviter.name, invited.email_confirmed_at, inviter.locale)
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .join(inviter, inviter.id == Invitation.invited_by)
        .outerjoin(invited, invited.email == Invitation.email)
        .where(Invitation.digest == ids.token_digest(secret), Invitation.accepted_at.is_(None),
               Invitation.withdrawn_at.is_(None), Invitation.expires_at > now)).first()
    if row is None:
        return None
    organisation, korean, english, email, roles, by, confirmed, locale = row
    return InvitationPage(organisation, korean, english, email, tuple(roles), by, confirmed is not None, locale)


# --------------------------------------------------------------------------------------------------------- for staff


@dataclass(frozen=True)
class MinistryLine:
    """A ministry with the number of people who hold a role there."""

    id: int
    slug: str
    name_ko: str
    name_en: str
    people: int


@dataclass(frozen=True)
class HeldRole:
    """One role that a person holds, with its row, by which it is ended."""

    id: int
    role: str
    given_at: datetime


@dataclass(frozen=True)
class StaffLine:
    """A person of a ministry. `confirmed`: the mailed invitation was accepted; `second_factor`: one is set up."""

    account_id: int
    name: str
    email: str
    confirmed: bool
    second_factor: bool
    roles: tuple[HeldRole, ...]


def ministries(session: Session, only: Collection[int] | None = None) -> list[MinistryLine]:
    """Ministries by their Korean name: all, or only these."""
    people = (select(func.count(StaffRole.account_id.distinct()))
              .where(StaffRole.ministry_id == Ministry.id, StaffRole.ended_at.is_(None)).scalar_subquery())
    statement = (select(Ministry.id, Ministry.slug, Ministry.name_ko, Ministry.name_en, people)
                 .order_by(Ministry.name_ko))
    if only is not None:
        statement = statement.where(Ministry.id.in_(only))
    return [MinistryLine(*row) for row in session.execute(statement).all()]


def ministry_by_slug(session: Session, slug: str) -> MinistryLine | None:
    """One ministry."""
    number = session.scalars(select(Ministry.id).where(Ministry.slug == slug)).first()
    return None if number is None else ministries(session, [number])[0]


def staff_of(session: Session, ministry_id: int, *, account_id: int | None = None, after: int = 0,
             limit: int = 100) -> list[StaffLine]:
    """People who hold a role at a ministry, by account: all after `after`, or this one."""
    people = select(StaffRole.account_id).where(StaffRole.ministry_id == ministry_id, StaffRole.ended_at.is_(None),
                                                StaffRole.account_id > after).distinct()
    if account_id is not None:
        people = people.where(StaffRole.account_id == account_id)
    page = people.order_by(StaffRole.account_id).limit(limit).subquery()
    rows = session.execute(
        select(Account.id, Account.name, Account.email, Account.email_confirmed_at, Account.totp_confirmed_at,
               StaffRole.id, StaffRole.role, StaffRole.given_at)
        .join(page, page.c.account_id == Account.id)
        .join(StaffRole, and_(StaffRole.account_id == Account.id, StaffRole.ministry_id == ministry_id,
                              StaffRole.ended_at.is_(None)))
        .order_by(Account.id, StaffRole.id)).all()
    lines: list[StaffLine] = []
    for (account, name, email, confirmed, factor), held in groupby(rows, key=lambda row: tuple(row[:5])):
        roles = sorted((HeldRole(*row[5:]) for row in held), key=lambda one: STAFF_ROLES.index(one.role))
        lines.append(StaffLine(account, name, email, confirmed is not None, factor is not None, tuple(roles)))
    return lines


def organisations(session: Session, *, confirmed: bool | None, words: str = "", before: int | None = None,
                  limit: int = 50) -> list[OrganisationLine]:
    """Organisations for staff, the newest first: confirmed, not confirmed or both; whose name or registration number
    holds `words`; those older than `before`. Individuals need no confirmation and are left out."""
    statement = select(Organisation).where(Organisation.kind != "individual")
    if confirmed is not None:
        statement = statement.where(Organisation.confirmed_at.is_not(None) if confirmed
                                    else Organisation.confirmed_at.is_(None))
    if words.strip():
        digits = "".join(character for character in words if character.isdigit())
        key = name_key(words)
        found = [column.contains(key, autoescape=True) for column in (Organisation.name_key, Organisation.name_key_en)]
        statement = statement.where(or_(*(found if key else ()), Organisation.registration_number == digits))
    if before is not None:
        statement = statement.where(Organisation.id < before)
    return [_line(row) for row in session.scalars(statement.order_by(Organisation.id.desc()).limit(limit))]
