"""The publication's jobs: a build for every consultation that was marked, coalesced."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from portal.jobs.models import Dirty
from portal.jobs.queue import Job, Ticker, enqueue, mark_dirty
from portal.publication import services

#: How often marks are gathered: with the time of a build, at most a minute passes before the public sees a change.
DRAIN_SECONDS = 10
_KIND = "publication"


def drain(session: Session, *, now: datetime) -> None:
    """One build for each marked consultation, however often it was marked, and for each whose day is over."""
    highest = session.scalar(select(func.max(Dirty.id)).where(Dirty.kind == _KIND))
    wanted, marked = set(services.out_of_date(session, now)), set[int]()
    if highest is not None:
        marked = set(session.scalars(select(Dirty.key).where(Dirty.kind == _KIND, Dirty.id <= highest).distinct()))
        session.execute(delete(Dirty).where(Dirty.kind == _KIND, Dirty.id <= highest))
    waiting: dict[int, bool] = dict(session.execute(text(
        "SELECT (args->>'consultation_id')::bigint,"
        " bool_or(coalesce(scheduled_at, now()) <= now() + interval '30 seconds') FROM procrastinate_jobs"
        " WHERE task_name = 'publication.build' AND status = 'todo' GROUP BY 1")).all())
    # A build that failed may wait for an hour until it is tried again: a change does not wait with it.
    soon = {key for key, is_soon in waiting.items() if is_soon}
    for consultation_id in sorted((wanted - waiting.keys()) | (marked - soon)):
        if consultation_id != services.HOME:
            services.give_numbers(session, consultation_id, now)
        enqueue(session, "publication.build", consultation_id=consultation_id)


def build(session: Session, *, now: datetime, consultation_id: int) -> None:
    """One consultation, and the start page that shows its numbers."""
    if consultation_id != services.HOME:
        services.build(session, consultation_id, now)
    services.build_home(session, now)


def organisation_changed(session: Session, *, now: datetime, organisation_id: int) -> None:
    """What the public is told of a filer changed: name in full or masked, kind, confirmed or self-declared."""
    for consultation_id in services.published_filings_of(session, organisation_id):
        mark_dirty(session, "publication", consultation_id, now=now)


WORK = (Job("publication.build", build, "Brings the publication of one consultation up to date."),
        Job("publication.organisation_changed", organisation_changed,
            "Marks the consultations in which the public reads a filer whose facts changed."),
        Ticker("publication.drain", DRAIN_SECONDS, drain, "Gathers what was marked into builds."))
