"""Who is in the demonstration: ministries with staff, organisations with members; all made through the services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import passwords
from portal.accounts import services as accounts
from portal.demo import source
from portal.kernel.actor import SYSTEM, Actor
from portal.organisations import members, services, staff
from portal.organisations.facts import OrganisationFacts, checked
from portal.organisations.queries import actor_by_account


@dataclass(frozen=True)
class Organisation:
    """An organisation of the corpus: its id, who writes and who signs for it (often the same person)."""

    id: int
    drafter: Actor
    signer: Actor
    facts: dict[str, Any]


@dataclass(frozen=True)
class People:
    """Everybody, by the name under which the data knows them. Staff by the part of the address before the @."""

    ministry_id: int
    staff: dict[str, Actor]
    organisations: dict[str, Organisation]


def make(session: Session, password: str, now: datetime, step: Callable[[], None]) -> People:
    """Make them all, with one password. `now` is a moment before the first consultation."""
    password_hash = passwords.hashed(password)
    ministries = _ministries(session, now)

    def account(facts: dict[str, Any], locale: str) -> Actor:
        name = facts["name_ko"] if locale == "ko" else facts["name_en"]
        row = accounts.create_account(session, email=facts["email"], name=name, password_hash=password_hash,
                                      locale=locale, now=now, confirmed=True, by=SYSTEM)
        return _actor(session, row.id)

    by_name: dict[str, Actor] = {}
    for facts in source.read("staff.json")["staff"]:
        person = account(facts, facts["locale"])
        staff.give_roles(session, SYSTEM, ministries[facts["ministry"]], email=person.email, name=person.name,
                         roles=facts["roles"], locale=facts["locale"], now=now)
        by_name[facts["email"].partition("@")[0]] = _actor(session, person.require_account(), second_factor=True)

    filers: dict[str, list[dict[str, Any]]] = {}
    for facts in source.read("staff.json")["filers"]:
        filers.setdefault(facts["organisation"], []).append(facts)
    organisations: dict[str, Organisation] = {}
    for facts in source.read("organisations.json"):
        organisations[facts["key"]] = _organisation(session, facts, filers[facts["key"]], account, now)
        step()
    for key in ("gsa", "quillmere", "haedamun", "moaram"):
        # Staff looked at the papers of a few: the others stay self-declared.
        services.confirm_organisation(session, by_name["admin"], organisations[key].id, confirmed=True, version=1,
                                      now=now + timedelta(hours=1))
    return People(ministries["ministry"], by_name, organisations)


def _ministries(session: Session, now: datetime) -> dict[str, int]:
    return {m["key"]: staff.create_ministry(session, SYSTEM, slug=m["key"], name_ko=m["name_ko"],
                                            name_en=m["name_en"], now=now)
            for m in source.read("consultations.json")["ministries"]}


def _organisation(session: Session, facts: dict[str, Any], people: list[dict[str, Any]],
                  account: Callable[[dict[str, Any], str], Actor], now: datetime) -> Organisation:
    people = sorted(people, key=lambda p: not p["email"].startswith("manager@"))
    locale = people[0]["locale"]
    founder = account(people[0], locale)
    given, problems = checked(OrganisationFacts(
        facts["kind"], facts["name_ko"], facts["name_en"], facts["country"],
        member_count=len(facts["members"]) or None))
    if problems:
        raise ValueError(f"the demonstration's organisation {facts['key']}: {problems}")
    organisation_id = services.found_organisation(session, founder, given, now=now)
    drafter = signer = founder
    for colleague in people[1:]:
        founder = _actor(session, founder.require_account())
        secret = members.invite(session, founder, organisation_id, email=colleague["email"],
                                roles=colleague["roles"], now=now)
        joined = account(colleague, colleague["locale"])
        members.accept_invitation(session, joined, secret, now=now)
        drafter = joined if "drafter" in colleague["roles"] else drafter
        signer = joined if "signer" in colleague["roles"] else signer
    return Organisation(organisation_id, _actor(session, drafter.require_account()),
                        _actor(session, signer.require_account()), facts)


def _actor(session: Session, account_id: int, *, second_factor: bool = False) -> Actor:
    session.flush()
    actor = actor_by_account(session, account_id, second_factor=second_factor)
    if actor is None:
        raise LookupError(account_id)
    return actor
