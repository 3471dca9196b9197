"""Who is in a synthetic consultation: one ministry with staff, and organisations with one member each, all signed in.

Their names and addresses say that they are made up. Nobody can sign in with a password; the sessions' secrets are given
to whoever runs the command.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from sqlalchemy.orm import Session

from portal.accounts import passwords
from portal.accounts import services as accounts
from portal.accounts import sessions as signed_in
from portal.accounts.models import Account, SignInSession
from portal.cli.synthetic.bulk import copy, reserve_ids
from portal.kernel import ids
from portal.kernel.actor import SYSTEM, Actor
from portal.organisations import staff
from portal.organisations.models import MEMBER_ROLES, ORGANISATION_KINDS, Membership, Organisation
from portal.organisations.names import name_key
from portal.organisations.queries import actor_by_account, ministry_by_slug

#: The ministry to which every synthetic consultation belongs: by it they are told from real ones.
MINISTRY: Final = "load-test"
DOMAIN: Final = "load-test.example"

_KIND_WEIGHTS: Final = {"company": 50, "association": 12, "law_firm": 4, "civil_society": 9, "individual": 20,
                        "other": 5}
_FILER_ROLES: Final = [role for role in MEMBER_ROLES if role != "observer"]


@dataclass(frozen=True)
class Staff:
    """The ministry, its people by role, and the secret of a session of each."""

    ministry_id: int
    actors: dict[str, Actor]
    tokens: dict[str, str]


@dataclass(frozen=True)
class Filer:
    """An organisation with its one member and the secret of a session of theirs."""

    organisation_id: int
    account_id: int
    kind: str
    name_ko: str
    name_en: str
    person: str
    token: str


def make_staff(session: Session, slug: str, *, made_at: datetime, now: datetime) -> Staff:
    """The ministry, if it is not there yet, and four people for this consultation."""
    known = ministry_by_slug(session, MINISTRY)
    ministry_id = known.id if known is not None else staff.create_ministry(
        session, SYSTEM, slug=MINISTRY, name_ko="부하시험부(시험 데이터)", name_en="Ministry of Load Tests (test data)",
        now=made_at)
    actors, tokens = {}, {}
    unusable = _no_password()
    for role in ("reviewer", "approver", "publisher", "administrator"):
        email, name = f"{role}-{slug}@{DOMAIN}", f"Test {role}"
        row = accounts.create_account(session, email=email, name=name, password_hash=unusable, locale="ko",
                                      now=made_at, confirmed=True, by=SYSTEM)
        session.flush()
        staff.give_roles(session, SYSTEM, ministry_id, email=email, name=name, roles=[role], locale="ko", now=made_at)
        session.flush()
        actor = actor_by_account(session, row.id, second_factor=True)
        assert actor is not None
        actors[role] = actor
        tokens[role] = signed_in.begin(session, row.id, now=now, user_agent="load test", second_factor=True)
    return Staff(ministry_id, actors, tokens)


def make_filers(session: Session, random: Random, slug: str, count: int, *, made_at: datetime,
                now: datetime) -> Sequence[Filer]:
    """Organisations, each founded by one person who holds every role in it."""
    kinds = random.choices(ORGANISATION_KINDS, [_KIND_WEIGHTS[kind] for kind in ORGANISATION_KINDS], k=count)
    organisation_ids, account_ids = reserve_ids(session, Organisation, count), reserve_ids(session, Account, count)
    filers = [Filer(organisation_id, account_id, kind, f"시험기관 {n:06}", f"Test Filer {n:06}", f"시험인 {n:06}",
                    ids.token())
              for n, (organisation_id, account_id, kind) in enumerate(
                  zip(organisation_ids, account_ids, kinds, strict=True), 1)]
    unusable = _no_password()
    copy(session, Account, ("id", "email", "name", "password_hash", "locale", "email_confirmed_at", "created_at"),
         ((f.account_id, f"{slug}-{n:06}@{DOMAIN}", f.person, unusable, "ko", made_at, made_at)
          for n, f in enumerate(filers, 1)))
    copy(session, Organisation, ("id", "kind", "name_ko", "name_en", "name_key", "name_key_en", "country",
                                 "confirmed_at", "show_full_name", "created_at"),
         ((f.organisation_id, f.kind, f.name_ko, f.name_en, name_key(f.name_ko), name_key(f.name_en), "KR",
           made_at if f.organisation_id % 5 == 0 else None, False, made_at) for f in filers))
    copy(session, Membership, ("organisation_id", "account_id", "roles", "joined_at"),
         ((f.organisation_id, f.account_id, _FILER_ROLES, made_at) for f in filers))
    copy(session, SignInSession, ("digest", "account_id", "created_at", "last_seen_at", "expires_at", "user_agent"),
         ((ids.token_digest(f.token), f.account_id, now, now, now + signed_in.LIFETIME, "load test") for f in filers))
    return filers


def _no_password() -> str:
    """The hash of a password that nobody knows."""
    return passwords.hashed(secrets.token_urlsafe(32))
