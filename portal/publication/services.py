"""Building the publication: one consultation at a time, only what changed."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.consultations.models import Consultation
from portal.jobs.queue import enqueue
from portal.kernel.actor import SYSTEM
from portal.kernel.audit import record
from portal.publication import facts, gather, pages, rendering
from portal.publication.models import Page, PublishedConsultation
from portal.submissions.models import Submission

log = structlog.get_logger()

#: The start page belongs to no consultation.
HOME = 0


def build(session: Session, consultation_id: int, now: datetime) -> int:
    """Bring the publication of one consultation up to date. Returns how many pages were made anew.

    One build of a consultation at a time: a second one waits and then finds nothing to do. What is not announced yet
    is not published at all.
    """
    _one_at_a_time(session, consultation_id)
    consultation = session.get(Consultation, consultation_id)
    if consultation is None or consultation.announced_at is None or consultation.announced_at > now:
        return 0
    touched = gather.Touched()
    gather.publish_texts(session, consultation, touched)
    gather.publish_documents(session, consultation, touched)
    gather.publish_submissions(session, consultation, now, touched)
    # Submissions are written in batches, and what was loaded is let go with each.
    consultation = session.get_one(Consultation, consultation_id)
    gather.publish_responses(session, consultation, touched)
    session.flush()

    told = facts.consultation_facts(session, consultation)
    known = session.get(PublishedConsultation, consultation_id)
    made_with = rendering.made_with()
    touched.everything |= (known is None or known.facts["consultation"] != told
                           or known.facts.get("made_with") != made_with)
    listed = facts.files(session, consultation_id)
    touched.files |= known is None or known.facts.get("files") != listed
    if touched.everything:
        enqueue(session, "publication.list_files", consultation_id=consultation_id)
    if not touched:
        return pages.refresh(session, consultation_id, now)
    statement = insert(PublishedConsultation).values(
        id=consultation_id, slug=consultation.slug, announced_at=consultation.announced_at,
        facts={"consultation": told, "counts": facts.counts(session, consultation_id), "made_with": made_with,
               "files": listed},
        counted_at=now, edition=1)
    session.execute(statement.on_conflict_do_update(index_elements=[PublishedConsultation.id], set_={
        "facts": statement.excluded.facts, "counted_at": now, "slug": statement.excluded.slug,
        "edition": PublishedConsultation.edition + 1}))
    session.expire_all()
    made = pages.store(session, consultation_id, pages.wanted_pages(session, consultation_id, told, touched), now)
    made += pages.refresh(session, consultation_id, now)
    record(session, SYSTEM, "publication.edition", "consultation", consultation_id, now=now,
           ministry_id=consultation.ministry_id, consultation_id=consultation_id, pages=made)
    log.info("published", consultation=consultation.slug, pages=made)
    return made


def give_numbers(session: Session, consultation_id: int, now: datetime) -> None:
    """Public numbers for what the next build will publish, in a transaction of its own and therefore a short one."""
    consultation = session.get(Consultation, consultation_id)
    if consultation is not None and consultation.announced_at is not None and consultation.announced_at <= now:
        gather.give_numbers(session, consultation, now, wait=False)


def build_home(session: Session, now: datetime) -> int:
    """Bring the start page up to date. One at a time, after whoever built another consultation at the same moment: what
    was read before that commit would put the start page back to how it was without it."""
    _one_at_a_time(session, HOME)
    return (pages.store(session, HOME, iter([pages.home_page(session)]), now)
            + pages.refresh(session, HOME, now))


def _one_at_a_time(session: Session, consultation_id: int) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('publication', :id))"),
                    {"id": consultation_id})


def out_of_date(session: Session, now: datetime) -> list[int]:
    """Consultations with pages whose sentences are no longer true, because a day or a period ended, and those whose
    pages were made by another release."""
    stale = set(session.scalars(select(Page.consultation_id).where(Page.valid_until <= now).distinct()))
    stale.update(session.scalars(select(PublishedConsultation.id).where(
        PublishedConsultation.facts["made_with"].astext.is_distinct_from(rendering.made_with()))))
    return sorted(stale)


def published_filings_of(session: Session, organisation_id: int) -> list[int]:
    """Consultations in which the public reads a submission of this organisation."""
    return list(session.scalars(select(Submission.consultation_id).where(
        Submission.organisation_id == organisation_id, Submission.public_number.is_not(None)).distinct()))
