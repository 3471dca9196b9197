"""Signing up: what is kept until the link is opened, what comes of it, and that nobody joins by it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts import services as accounts
from portal.accounts.models import Account
from portal.kernel import ids
from portal.kernel.actor import Actor
from portal.kernel.errors import InvalidError, NotFoundError, StateError
from portal.organisations import members, queries, services, sign_up, staff
from portal.organisations.facts import OrganisationFacts, individual
from portal.organisations.models import MEMBER_ROLES, JoinRequest, Membership, Organisation, SignUp
from portal.organisations.queries import actor_by_account, actor_by_session
from tests import factories
from tests.support.outbox import last_letter, letters

PASSWORD = "tree boat lantern"
NUMBER = "999-81-00015"


def start(session: Session, now: datetime, email: str = "jiyeon@marusol.example", **facts: object) -> str:
    values = {"kind": "company", "name_ko": "마루솔랩", "name_en": "Marusol Lab", **facts}
    return sign_up.start(session, name="김지연", email=email, password=PASSWORD, locale="ko", now=now,
                         facts=OrganisationFacts(**values))  # type: ignore[arg-type]


def signed_up(session: Session, now: datetime, email: str = "jiyeon@marusol.example",
              **facts: object) -> tuple[Actor, sign_up.Confirmed]:
    done = sign_up.confirm(session, start(session, now, email, **facts), password=PASSWORD, now=now)
    session.flush()
    actor = actor_by_account(session, done.account_id)
    assert actor is not None
    return actor, done


def test_before_the_link_is_opened_there_is_nothing(session: Session, now: datetime) -> None:
    start(session, now, registration_number=NUMBER)
    for model in (Account, Organisation, Membership):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    row = session.scalars(select(SignUp)).one()
    assert PASSWORD not in row.password_hash and row.registration_number == "9998100015"
    letter = last_letter(session, "jiyeon@marusol.example")
    assert letter.template == "confirm_sign_up" and letter.path.startswith("/sign-up/confirm/")
    assert queries.sign_up_page(session, letter.token, now=now) is not None
    assert queries.sign_up_page(session, letter.token, now=now + timedelta(days=3)) is None


def test_the_founder_holds_all_roles_and_is_signed_in(session: Session, now: datetime) -> None:
    actor, done = signed_up(session, now, registration_number=NUMBER)
    assert done.organisation_id is not None and done.request_id is None
    assert actor.member_roles == {done.organisation_id: frozenset(MEMBER_ROLES)}
    row = session.get_one(Organisation, done.organisation_id)
    assert (row.name_key, row.name_key_en, row.mail_domain) == ("마루솔랩", "marusollab", "marusol.example")
    assert row.confirmed_at is None and row.registration_number == "9998100015"
    found = actor_by_session(session, ids.token_digest(done.secret), now)
    assert found is not None and found[0].account_id == done.account_id
    assert session.get_one(Account, done.account_id).email_confirmed_at == now
    assert session.scalar(select(func.count()).select_from(SignUp)) == 0


def test_the_link_needs_the_password_of_who_signed_up(session: Session, now: datetime) -> None:
    token = start(session, now)
    with pytest.raises(InvalidError):
        sign_up.confirm(session, token, password="the victim's own guess", now=now)
    assert session.scalar(select(func.count()).select_from(Account)) == 0
    sign_up.confirm(session, token, password=PASSWORD, now=now)
    with pytest.raises(NotFoundError):
        sign_up.confirm(session, token, password=PASSWORD, now=now)


def test_an_address_with_an_account_gets_a_mail_and_nothing_else(session: Session, now: datetime) -> None:
    actor, _ = signed_up(session, now)
    token = start(session, now, "JiYeon@marusol.example", name_ko="다른 회사", name_en="")
    letter = last_letter(session, actor.email)
    assert letter.template == "address_in_use" and "confirm" not in letter.body
    with pytest.raises(NotFoundError):
        sign_up.confirm(session, token, password=PASSWORD, now=now)
    assert session.scalar(select(func.count()).select_from(Organisation)) == 1


def test_the_first_of_two_sign_ups_wins(session: Session, now: datetime) -> None:
    first, second = start(session, now), start(session, now, name_ko="다른 회사", name_en="Another")
    sign_up.confirm(session, second, password=PASSWORD, now=now)
    with pytest.raises((NotFoundError, StateError)):
        sign_up.confirm(session, first, password=PASSWORD, now=now)
    assert session.scalars(select(Organisation.name_ko)).all() == ["다른 회사"]


def test_what_nobody_confirmed_is_forgotten(session: Session, now: datetime) -> None:
    start(session, now)
    sign_up.forget_expired(session, now=now + timedelta(days=3, seconds=-1))
    assert session.scalar(select(func.count()).select_from(SignUp)) == 1
    sign_up.forget_expired(session, now=now + timedelta(days=3))
    assert session.scalar(select(func.count()).select_from(SignUp)) == 0


@pytest.mark.parametrize(("changed", "field"), [
    ({"name": " "}, "name"), ({"email": "no address"}, "email"), ({"password": "short"}, "password"),
    ({"password": "jiyeon@marusol.example"}, "password"), ({"kind": ""}, "kind"), ({"kind": "ministry"}, "kind"),
    ({"name_ko": "", "name_en": " "}, "organisation_name_ko"), ({"name_en": "!!!"}, "organisation_name_en"),
    ({"name_ko": "가" * 201}, "organisation_name_ko"), ({"registration_number": "999-81-00016"}, "registration_number"),
    ({"registration_number": "12"}, "registration_number"), ({"country": "Atlantis"}, "country")])
def test_what_is_wrong_is_told_at_its_field(
        session: Session, now: datetime, changed: dict[str, str], field: str) -> None:
    person = {"name": "김지연", "email": "jiyeon@marusol.example", "password": PASSWORD}
    facts = {"kind": "company", "name_ko": "마루솔랩", "name_en": "Marusol Lab"}
    for key, value in changed.items():
        (person if key in person else facts)[key] = value
    with pytest.raises(InvalidError) as refused:
        sign_up.start(session, **person, facts=OrganisationFacts(**facts), locale="ko", now=now)
    assert list(refused.value.problems) == [field]
    assert not letters(session)


def test_an_individual_files_as_an_organisation_of_one(session: Session, now: datetime) -> None:
    actor, done = signed_up(session, now, kind="individual", name_ko="", name_en="", registration_number="ignored")
    assert done.organisation_id is not None
    row = session.get_one(Organisation, done.organisation_id)
    assert (row.kind, row.name_ko, row.mail_domain, row.registration_number) == ("individual", "김지연", None, None)
    with pytest.raises(StateError):
        services.file_as_individual(session, actor, now=now)


# ------------------------------------------------------------------------------------- organisations that seem to exist


@pytest.mark.parametrize(("facts", "by"), [
    ({"name_ko": "전혀 다른 이름", "name_en": "", "registration_number": NUMBER}, "number"),
    ({"name_ko": "주식회사 마루솔 랩", "name_en": ""}, "name"),
    ({"name_ko": "", "name_en": "MARUSOL LAB, Inc."}, "name")])
def test_what_seems_to_exist_is_not_joined(session: Session, now: datetime, facts: dict[str, str], by: str) -> None:
    founder, there = signed_up(session, now, registration_number=NUMBER)
    stranger, done = signed_up(session, now, "stranger@elsewhere.example", **facts)
    assert done.organisation_id is None and not stranger.member_roles
    request = session.get_one(JoinRequest, done.request_id)
    assert (request.organisation_id, request.matched_by) == (there.organisation_id, by)
    letter = last_letter(session, founder.email)
    assert letter.template == "join_request" and stranger.email in letter.body
    assert letter.path == f"/account/organisations/{there.organisation_id}/"


def test_a_shared_mail_domain_is_a_sign_a_free_one_is_not(session: Session, now: datetime) -> None:
    signed_up(session, now)
    _, colleague = signed_up(session, now, "colleague@marusol.example", name_ko="마루솔 연구소", name_en="")
    assert colleague.request_id is not None
    assert session.get_one(JoinRequest, colleague.request_id).matched_by == "domain"
    _, one = signed_up(session, now, "one@naver.com", name_ko="나무", name_en="")
    _, other = signed_up(session, now, "other@naver.com", name_ko="구름", name_en="")
    assert one.organisation_id is not None and other.organisation_id is not None


def test_companies_of_one_group_with_numbers_of_their_own_are_two(session: Session, now: datetime) -> None:
    signed_up(session, now, registration_number=NUMBER)
    _, sister = signed_up(session, now, "lee@marusol.example", name_ko="마루솔증권", name_en="",
                          registration_number="999-81-00029")
    assert sister.organisation_id is not None


def test_individuals_are_nobodys_namesake(session: Session, now: datetime) -> None:
    signed_up(session, now, "one@marusol.example", kind="individual", name_ko="", name_en="")
    _, company = signed_up(session, now, "kim@marusol.example", name_ko="김지연", name_en="")
    assert company.organisation_id is not None
    _, other = signed_up(session, now, "two@marusol.example", kind="individual", name_ko="", name_en="")
    assert other.organisation_id is not None


def test_once_declined_a_namesake_is_founded_but_a_number_is_never_taken(session: Session, now: datetime) -> None:
    founder, there = signed_up(session, now, registration_number=NUMBER)
    assert there.organisation_id is not None
    stranger, done = signed_up(session, now, "stranger@elsewhere.example", name_ko="(주)마루솔랩", name_en="")
    assert done.request_id is not None
    members.decide_request(session, founder, there.organisation_id, done.request_id, accept=False, roles=(), now=now)
    again = services.declare_organisation(
        session, stranger, OrganisationFacts("company", "(주)마루솔랩", "", "KR", NUMBER), now=now)
    assert again.organisation_id is None
    own = services.declare_organisation(session, stranger, OrganisationFacts("company", "(주)마루솔랩"), now=now)
    assert own.organisation_id not in (None, there.organisation_id)


def test_a_request_is_made_once_and_needs_no_second_mail(session: Session, now: datetime) -> None:
    founder, _ = signed_up(session, now)
    stranger, done = signed_up(session, now, "stranger@elsewhere.example", name_ko="마루솔랩", name_en="")
    again = services.declare_organisation(session, stranger, OrganisationFacts("company", "마루솔랩"), now=now)
    assert again.request_id == done.request_id
    assert [letter.template for letter in letters(session, founder.email)].count("join_request") == 1
    assert [line.declared_name for line in queries.requests_of(session, stranger.require_account())] == ["마루솔랩"]
    services.file_as_individual(session, stranger, now=now)


def test_a_member_cannot_ask_to_join_again(session: Session, now: datetime) -> None:
    founder, _ = signed_up(session, now)
    with pytest.raises(StateError):
        services.declare_organisation(session, founder, OrganisationFacts("company", "마루솔랩"), now=now)


def test_signing_up_confirms_an_account_that_was_made_by_an_administrator(session: Session, now: datetime) -> None:
    administrator = factories.staff(session, now, factories.ministry(session, now), "administrator")
    ministry_id = next(iter(administrator.staff_roles))
    staff.give_roles(session, administrator, ministry_id, email="jiyeon@marusol.example", name="김", roles=["reviewer"],
                     locale="ko", now=now)
    actor, _ = signed_up(session, now)
    assert actor.name == "김지연" and actor.has_staff_role(ministry_id, "reviewer")
    assert accounts.sign_in(session, email=actor.email, password=PASSWORD, now=now) is not None


def test_facts_of_an_individual_are_the_persons_name() -> None:
    facts = individual("홍길동")
    assert (facts.kind, facts.name_ko, facts.name_en, facts.show_full_name) == ("individual", "홍길동", "홍길동", False)
