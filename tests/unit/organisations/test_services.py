"""An organisation's own facts, and confirmation by staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from portal.organisations import members, queries, services
from portal.organisations.facts import OrganisationFacts, countries
from portal.organisations.models import Organisation
from tests import factories


@pytest.fixture
def ours(session: Session, now: datetime) -> Organisation:
    return factories.organisation(session, now)


@pytest.fixture
def manager(session: Session, now: datetime, ours: Organisation) -> Actor:
    return factories.member(session, now, ours, "manager", name="김관리")


@pytest.fixture
def administrator(session: Session, now: datetime) -> Actor:
    return factories.staff(session, now, factories.ministry(session, now), "administrator")


def change(session: Session, actor: Actor, row: Organisation, now: datetime, *, version: int | None = None,
           **facts: Any) -> None:
    values = {"kind": row.kind, "name_ko": row.name_ko, "name_en": row.name_en, **facts}
    services.change_organisation(session, actor, row.id, OrganisationFacts(**values),
                                 version=row.version if version is None else version, now=now)


def test_facts_change_with_their_keys(session: Session, now: datetime, ours: Organisation, manager: Actor) -> None:
    change(session, manager, ours, now, kind="association", name_ko="(주)새 이름", name_en="", country="FR",
           registration_number="999 81 00015", member_count=70)
    assert (ours.kind, ours.country, ours.member_count) == ("association", "FR", 70)
    assert (ours.name_ko, ours.name_en, ours.name_key, ours.name_key_en) == (
        "(주)새 이름", "(주)새 이름", "새이름", "새이름")
    assert (ours.registration_number, ours.version) == ("9998100015", 2)


def test_a_stale_form_is_refused_with_both_states(session: Session, now: datetime, ours: Organisation,
                                                  manager: Actor) -> None:
    other = factories.member(session, now, ours, "manager", name="이관리")
    change(session, other, ours, now, name_ko="먼저 바꾼 이름")
    with pytest.raises(ConflictError) as conflict:
        change(session, manager, ours, now, version=1, name_ko="늦게 바꾼 이름")
    assert conflict.value.changed_by == "이관리" and conflict.value.theirs["name_ko"] == "먼저 바꾼 이름"
    assert conflict.value.version == 2 and ours.name_ko == "먼저 바꾼 이름"


@pytest.mark.parametrize(("facts", "field"), [
    ({"name_ko": "", "name_en": ""}, "organisation_name_ko"), ({"kind": "individual"}, "kind"),
    ({"member_count": -1, "kind": "association"}, "member_count"),
    ({"registration_number": "1"}, "registration_number")])
def test_what_cannot_be(session: Session, now: datetime, ours: Organisation, manager: Actor, facts: dict[str, Any],
                        field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        change(session, manager, ours, now, **facts)
    assert field in refused.value.problems and ours.version == 1


def test_a_number_belongs_to_one(session: Session, now: datetime, ours: Organisation, manager: Actor) -> None:
    factories.organisation(session, now, "다른곳", registration_number="9998100015")
    with pytest.raises(InvalidError) as refused:
        change(session, manager, ours, now, registration_number="999-81-00015")
    assert "registration_number" in refused.value.problems


def test_an_individual_chooses_the_name_in_publications(session: Session, now: datetime) -> None:
    alone = factories.organisation(session, now, "홍길동", "individual")
    actor = factories.member(session, now, alone)
    change(session, actor, alone, now, show_full_name=True, member_count=9, registration_number="999-81-00015")
    assert alone.show_full_name and alone.member_count is None and alone.registration_number is None
    with pytest.raises(InvalidError):
        change(session, actor, alone, now, kind="company")


def test_a_company_is_never_masked_by_its_own_choice(session: Session, now: datetime, ours: Organisation,
                                                     manager: Actor) -> None:
    change(session, manager, ours, now, show_full_name=True)
    assert not ours.show_full_name


def test_staff_confirm_what_they_looked_at(session: Session, now: datetime, ours: Organisation, manager: Actor,
                                           administrator: Actor) -> None:
    change(session, manager, ours, now, name_ko="새 이름")
    with pytest.raises(ConflictError):
        services.confirm_organisation(session, administrator, ours.id, confirmed=True, version=1, now=now)
    services.confirm_organisation(session, administrator, ours.id, confirmed=True, version=2, now=now)
    assert (ours.confirmed_at, ours.confirmed_by) == (now, administrator.account_id)
    change(session, manager, ours, now, country="US")
    assert ours.confirmed_at == now, "another country is the same organisation"
    change(session, manager, ours, now, name_ko="또 새 이름", country="US")
    assert ours.confirmed_at is None and ours.confirmed_by is None
    services.confirm_organisation(session, administrator, ours.id, confirmed=True, version=ours.version, now=now)
    services.confirm_organisation(session, administrator, ours.id, confirmed=False, version=ours.version, now=now)
    assert ours.confirmed_at is None


@pytest.mark.parametrize("roles", [("reviewer",), ("approver", "publisher"), ("adviser",)])
def test_only_administrators_confirm(session: Session, now: datetime, ours: Organisation, manager: Actor,
                                     roles: tuple[str, ...]) -> None:
    for actor in (manager, factories.staff(session, now, factories.ministry(session, now), *roles)):
        with pytest.raises(RefusedError):
            services.confirm_organisation(session, actor, ours.id, confirmed=True, version=1, now=now)


def test_there_is_nothing_to_confirm(session: Session, now: datetime, administrator: Actor) -> None:
    with pytest.raises(NotFoundError):
        services.confirm_organisation(session, administrator, 999_999_999, confirmed=True, version=1, now=now)


def test_the_page_of_an_organisation_counts_its_members(session: Session, now: datetime, ours: Organisation,
                                                        manager: Actor) -> None:
    people = [factories.member(session, now, ours, "drafter") for _ in range(5)]
    members.end_membership(session, manager, ours.id, queries.members_of(session, ours.id)[1].membership_id, now=now)
    session.flush()
    page = queries.organisation_page(session, ours.id)
    assert page is not None and (page.members, page.managers) == (len(people), 1)
    first = queries.members_of(session, ours.id, limit=2)
    rest = queries.members_of(session, ours.id, after=first[-1].membership_id)
    assert len(first) + len(rest) == 5 and not {line.account_id for line in first} & {line.account_id for line in rest}


def test_staff_find_organisations_by_name_and_number(session: Session, now: datetime) -> None:
    made = [factories.organisation(session, now, f"바람솔 {n}") for n in range(7)]
    for row in made:
        row.name_key = f"바람솔{made.index(row)}"
    made[3].registration_number = "9998100015"
    factories.organisation(session, now, "홍길동", "individual")
    session.flush()
    assert [line.id for line in queries.organisations(session, confirmed=None, words="바람 솔")] == [
        row.id for row in reversed(made)]
    assert [line.id for line in queries.organisations(session, confirmed=False, words="999-81-00015")] == [made[3].id]
    assert queries.organisations(session, confirmed=True) == []
    assert queries.organisations(session, confirmed=None, words="%") == []
    older = queries.organisations(session, confirmed=False, before=made[2].id, limit=1)
    assert [line.id for line in older] == [made[1].id]
    assert all(line.kind != "individual" for line in queries.organisations(session, confirmed=None))


def test_countries_speak_the_readers_language() -> None:
    korean, english = countries("ko"), countries("en")
    assert next(iter(korean)) == "KR" and korean["KR"] == "대한민국" and english["US"] == "United States"
    assert set(korean) == set(english) and "EU" not in english and 230 < len(english) < 270
