"""Marks become builds: at once, one for many marks, and when what the public is told of a filer changes."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from portal.consultations.models import Consultation
from portal.jobs.models import Dirty
from portal.jobs.queue import enqueue, mark_dirty
from portal.organisations import services as organisations
from portal.organisations.facts import OrganisationFacts
from portal.publication import jobs, services
from portal.publication.models import PublishedSubmission
from tests import factories


@pytest.fixture
def of(session: Session, now: datetime) -> Consultation:
    return factories.consultation(session, now, factories.ministry(session, now))


def _builds(session: Session, of: Consultation) -> int:
    found: int = session.execute(text(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'publication.build'"
        " AND (args->>'consultation_id')::bigint = :id"), {"id": of.id}).scalar_one()
    return found


def test_many_marks_are_one_build(session: Session, now: datetime, of: Consultation) -> None:
    for _ in range(3):
        mark_dirty(session, "publication", of.id, now=now)
    jobs.drain(session, now=now)
    mark_dirty(session, "publication", of.id, now=now)
    jobs.drain(session, now=now)
    assert _builds(session, of) == 1


def test_a_mark_does_not_wait_for_the_next_try_of_a_build_that_failed(session: Session, now: datetime,
                                                                       of: Consultation) -> None:
    enqueue(session, "publication.build", consultation_id=of.id)
    session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '50 minutes'"))
    mark_dirty(session, "publication", of.id, now=now)
    jobs.drain(session, now=now)
    assert _builds(session, of) == 2


def test_an_individual_who_takes_the_full_name_back_is_masked_by_the_next_build(
        session: Session, now: datetime, of: Consultation) -> None:
    of.comments_appear = "as_screened"
    person = factories.organisation(session, now, "홍길동", "individual", show_full_name=True)
    actor = factories.member(session, now, person, name="홍길동")
    filed = factories.filing(session, now, of, person, actor)
    services.build(session, of.id, now)
    submission = filed.submission.id
    assert session.get_one(PublishedSubmission, submission).organisation_ko == "홍길동"

    organisations.change_organisation(
        session, actor, person.id, OrganisationFacts("individual", "홍길동", "홍길동", "KR"), version=1, now=now)
    assert session.execute(text(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'publication.organisation_changed'"
        " AND (args->>'organisation_id')::bigint = :id"), {"id": person.id}).scalar_one() == 1
    jobs.organisation_changed(session, now=now, organisation_id=person.id)
    session.flush()
    assert session.query(Dirty).filter_by(kind="publication", key=of.id).count() == 1
    services.build(session, of.id, now)
    session.expire_all()
    assert session.get_one(PublishedSubmission, submission).organisation_ko == "홍○○"


def test_nobody_who_files_waits_for_a_build(sessions: sessionmaker[Session], now: datetime) -> None:
    """Numbers are given before it, for they lock the submissions; each is there, in the order of the first filing."""
    with sessions() as session:
        of = factories.consultation(session, now, factories.ministry(session, now))
        of.comments_appear = "as_screened"
        made = []
        for name in ("가람", "나래", "다솜"):
            organisation = factories.organisation(session, now, name)
            made.append(factories.filing(session, now, of, organisation, factories.member(session, now, organisation)))
        mark_dirty(session, "publication", of.id, now=now)
        session.commit()
        jobs.drain(session, now=now)
        session.commit()
        numbers = [session.execute(text("SELECT public_number FROM submissions WHERE id = :id"),
                                   {"id": filed.submission.id}).scalar_one() for filed in made]
    assert numbers == [f"{of.number_prefix}-{n:04}" for n in (1, 2, 3)]
    with sessions() as building, sessions() as filing:
        assert services.build(building, of.id, now) > 0
        filing.execute(text("SELECT 1 FROM submissions WHERE consultation_id = :c FOR UPDATE NOWAIT"), {"c": of.id})


def test_numbers_are_given_by_one_at_a_time(sessions: sessionmaker[Session], now: datetime) -> None:
    """A build that found one without a number does not lend its number to another."""
    with sessions() as session:
        of = factories.consultation(session, now, factories.ministry(session, now))
        of.comments_appear = "as_screened"
        organisation = factories.organisation(session, now, "가람")
        factories.filing(session, now, of, organisation, factories.member(session, now, organisation))
        session.commit()
    with sessions() as building, sessions() as draining:
        services.build(building, of.id, now)
        services.give_numbers(draining, of.id, now)  # does not wait, and gives none
        draining.commit()
        building.commit()
        assert building.execute(text("SELECT public_number FROM submissions WHERE consultation_id = :c"),
                                {"c": of.id}).scalars().all() == [f"{of.number_prefix}-0001"]


def test_the_start_page_is_built_by_one_at_a_time(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as first, sessions() as second:
        services.build_home(first, now)
        second.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(OperationalError):
            services.build_home(second, now)
