"""The publication's jobs: a build for every consultation that was marked, coalesced."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from portal.jobs.models import Dirty
from portal.jobs.queue import Job, Ticker, enqueue
from portal.publication import services

#: How often marks are gathered: with the time of a build, at most a minute passes before the public sees a change.
DRAIN_SECONDS = 10
_KIND = "publication"


def drain(session: Session, *, now: datetime) -> None:
    """One build for each marked consultation, however often it was marked, and for each whose day is over."""
    highest = session.scalar(select(func.max(Dirty.id)).where(Dirty.kind == _KIND))
    wanted = set(services.out_of_date(session, now))
    if highest is not None:
        wanted |= set(session.scalars(select(Dirty.key).where(Dirty.kind == _KIND, Dirty.id <= highest).distinct()))
        session.execute(delete(Dirty).where(Dirty.kind == _KIND, Dirty.id <= highest))
    waiting = set(session.execute(text(
        "SELECT (args->>'consultation_id')::bigint FROM procrastinate_jobs"
        " WHERE task_name = 'publication.build' AND status = 'todo'")).scalars())
    for consultation_id in sorted(wanted - waiting):
        enqueue(session, "publication.build", consultation_id=consultation_id)


def build(session: Session, *, now: datetime, consultation_id: int) -> None:
    """One consultation, and the start page that shows its numbers."""
    if consultation_id != services.HOME:
        services.build(session, consultation_id, now)
    services.build_home(session, now)


WORK = (Job("publication.build", build, "Brings the publication of one consultation up to date."),
        Ticker("publication.drain", DRAIN_SECONDS, drain, "Gathers what was marked into builds."))
