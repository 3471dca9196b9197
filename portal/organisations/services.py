"""What people and staff do with organisations: declare one, change its facts, confirm who it is.

Declaring an organisation that seems to exist never joins it: its managers get a request.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts import email_addresses
from portal.accounts.models import Account
from portal.jobs.queue import enqueue
from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, StateError
from portal.kernel.i18n import Message, in_both, msg
from portal.notifications.services import send
from portal.organisations import matching, names, policies
from portal.organisations.facts import OrganisationFacts, checked, individual
from portal.organisations.models import MEMBER_ROLES, JoinRequest, Membership, Organisation
from portal.organisations.queries import last_change, managers_of

_CHECK_FORM = msg("Something in the form needs your attention.")


@dataclass(frozen=True)
class Declared:
    """What came of declaring an organisation: founded, or a request to those who manage one that seems to be it."""

    organisation_id: int | None
    request_id: int | None


def refuse_if(problems: dict[str, list[Message]]) -> None:
    """Raise InvalidError when there are problems."""
    if problems:
        raise InvalidError(_CHECK_FORM, problems)


def declare_organisation(session: Session, actor: Actor, facts: OrganisationFacts, *, now: datetime) -> Declared:
    """A person with a confirmed address says who they file for: found it, or ask those who manage what it seems to be.
    """
    kept, problems = checked(facts)
    refuse_if(problems)
    # Two people who declare one organisation at the same moment: the second finds what the first founded.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('portal.organisations.declare'))"))
    if kept.kind == "individual":
        return Declared(found_organisation(session, actor, kept, now=now), None)
    match = matching.find(session, kept, actor.email, actor.require_account())
    if match is None:
        return Declared(found_organisation(session, actor, kept, now=now), None)
    return Declared(None, _ask_to_join(session, actor, match, kept, now))


def file_as_individual(session: Session, actor: Actor, *, now: datetime) -> int:
    """A person files for nobody else, at once; returns the organisation of one."""
    founded = declare_organisation(session, actor, individual(actor.name), now=now)
    assert founded.organisation_id is not None
    return founded.organisation_id


def found_organisation(session: Session, actor: Actor, facts: OrganisationFacts, *, now: datetime) -> int:
    """A new organisation with `actor` in every role; returns its id. The facts are checked ones, and nothing that seems
    to be it exists. Raises StateError for a second organisation of one."""
    account_id = actor.require_account()
    session.get_one(Account, account_id, with_for_update=True)
    if facts.kind == "individual" and session.scalars(
            select(Organisation.id).join(Membership, Membership.organisation_id == Organisation.id)
            .where(Membership.account_id == account_id, Membership.ended_at.is_(None),
                   Organisation.kind == "individual")).first() is not None:
        raise StateError(msg("You can file as an individual already."))
    key, key_en = facts.keys
    row = Organisation(
        kind=facts.kind, name_ko=facts.name_ko, name_en=facts.name_en, name_key=key, name_key_en=key_en,
        country=facts.country, registration_number=facts.registration_number, member_count=facts.member_count,
        show_full_name=facts.show_full_name, created_at=now,
        mail_domain=None if facts.kind == "individual" else names.own_mail_domain(email_addresses.domain(actor.email)))
    session.add(row)
    session.flush()
    session.add(Membership(organisation_id=row.id, account_id=account_id, roles=list(MEMBER_ROLES), joined_at=now))
    session.flush()
    record(session, actor, "organisation.created", "organisation", row.id, now=now, organisation_id=row.id,
           kind=facts.kind)
    return row.id


def _ask_to_join(session: Session, actor: Actor, match: matching.Match, facts: OrganisationFacts, now: datetime) -> int:
    if match.organisation_id in actor.member_roles:
        raise StateError(msg("You are a member of this organisation already."))
    open_one = session.scalars(select(JoinRequest).where(
        JoinRequest.organisation_id == match.organisation_id, JoinRequest.account_id == actor.require_account(),
        JoinRequest.decided_at.is_(None))).first()
    if open_one is not None:
        return open_one.id
    request = JoinRequest(organisation_id=match.organisation_id, account_id=actor.require_account(),
                          declared_name=facts.name_ko, matched_by=match.by, created_at=now)
    session.add(request)
    session.flush()
    record(session, actor, "organisation.join_requested", "join_request", request.id, now=now,
           organisation_id=match.organisation_id, matched_by=match.by)
    for manager in managers_of(session, match.organisation_id):
        send(session, key=f"organisations.join_request:{request.id}:{manager.account_id}", template="join_request",
             recipient=manager.email, locale=manager.locale, now=now, values={
                 "name": manager.name, "who": actor.name, "email": actor.email, "declared": facts.name_ko,
                 "organisation": in_both(ko=manager.organisation_ko, en=manager.organisation_en),
                 "organisation_id": match.organisation_id})
    return request.id


# ------------------------------------------------------------------------------------------------------------- facts


def change_organisation(session: Session, actor: Actor, organisation_id: int, facts: OrganisationFacts, *, version: int,
                        now: datetime) -> None:
    """Its own facts, by a manager. The kind of an individual stays; another name or number loses the confirmation.

    Raises ConflictError with what stands there now when somebody changed it since `version`.
    """
    row, actor = lock_organisation(session, actor, organisation_id)
    policies.can_manage_organisation(actor, organisation_id).require()
    refuse_stale(session, row, version)
    if (facts.kind == "individual") != (row.kind == "individual"):
        refuse_if({"kind": [msg("An individual and an organisation are two different filers: register another one "
                                "instead.")]})
    kept, problems = checked(facts)
    if kept.registration_number is not None and session.scalars(select(Organisation.id).where(
            Organisation.registration_number == kept.registration_number,
            Organisation.id != row.id)).first() is not None:
        problems.setdefault("registration_number", []).append(
            msg("Another organisation is registered with this number. If it is yours too, write to us."))
    refuse_if(problems)
    key, key_en = kept.keys
    identity = (kept.name_ko, kept.name_en, kept.registration_number)
    loses = row.confirmed_at is not None and identity != (row.name_ko, row.name_en, row.registration_number)
    _set(row, kind=kept.kind, name_ko=kept.name_ko, name_en=kept.name_en, name_key=key, name_key_en=key_en,
         country=kept.country, registration_number=kept.registration_number, member_count=kept.member_count,
         show_full_name=kept.show_full_name, version=row.version + 1)
    if loses:
        row.confirmed_at = row.confirmed_by = None
    record(session, actor, "organisation.changed", "organisation", row.id, now=now, organisation_id=row.id,
           confirmation_lost=loses)
    enqueue(session, "publication.organisation_changed", organisation_id=row.id)


def _set(row: Organisation, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def lock_organisation(session: Session, actor: Actor, organisation_id: int) -> tuple[Organisation, Actor]:
    """The organisation, locked until the end of the transaction, so that two managers act one after the other; and the
    actor with the roles held there now, for the other may just have taken them. Who is no member learns nothing of it:
    NotFoundError."""
    row = session.get(Organisation, organisation_id, with_for_update=True, populate_existing=True)
    roles = session.scalars(select(Membership.roles).where(
        Membership.organisation_id == organisation_id, Membership.account_id == actor.account_id,
        Membership.ended_at.is_(None))).first()
    actor = replace(actor, member_roles={**actor.member_roles, organisation_id: frozenset(roles or ())})
    if row is None or not policies.can_see_organisation(actor, organisation_id):
        raise NotFoundError(msg("There is no such organisation, or you are no member of it."))
    return row, actor


def refuse_stale(session: Session, row: Organisation, version: int) -> None:
    """Raise ConflictError when the form was made from an older state than this."""
    if row.version == version:
        return
    by, at = last_change(session, "organisation", row.id)
    raise ConflictError(
        msg("%(who)s changed this organisation while your page was open. Nothing of yours was saved yet.", who=by),
        changed_by=by, changed_at=at, version=row.version, theirs={
            "kind": row.kind, "name_ko": row.name_ko, "name_en": row.name_en, "country": row.country,
            "registration_number": row.registration_number, "member_count": row.member_count,
            "show_full_name": row.show_full_name})


# -------------------------------------------------------------------------------------------------- confirmed by staff


def confirm_organisation(session: Session, actor: Actor, organisation_id: int, *, confirmed: bool, version: int,
                         now: datetime) -> None:
    """Staff confirm that an organisation is who it says, or take it back. Raises ConflictError when its facts were
    changed since the page was made: what was looked at is what is confirmed."""
    policies.can_confirm_organisations(actor).require()
    row = session.get(Organisation, organisation_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(msg("There is no such organisation."))
    refuse_stale(session, row, version)
    row.confirmed_at, row.confirmed_by = (now, actor.require_account()) if confirmed else (None, None)
    row.version += 1
    record(session, actor, "organisation.confirmed" if confirmed else "organisation.confirmation_withdrawn",
           "organisation", row.id, now=now, organisation_id=row.id)
    enqueue(session, "publication.organisation_changed", organisation_id=row.id)

