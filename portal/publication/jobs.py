"""The publication's jobs: a build for every consultation that was marked, coalesced."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from portal.jobs.models import Dirty
from portal.jobs.queue import Job, Ticker, enqueue, mark_dirty
from portal.publication import files, services
from portal.publication.versions import IN_FORCE, versions

#: How often marks are gathered: with the time of a build, at most a minute passes before the public sees a change.
DRAIN_SECONDS = 10
#: How often files are looked for that do not stand: a job that failed for good is tried again by this.
FILES_SECONDS = 3600
_KIND = "publication"
#: In a job's arguments: no comparison, the text itself.
_AGAINST_NONE = -1


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


def list_files(session: Session, *, now: datetime, consultation_id: int) -> None:
    """A job for each file that does not stand yet."""
    texts = versions(session, consultation_id)
    for version, compared_with, language, of in files.missing(session, consultation_id, texts):
        table = bool(compared_with)
        enqueue(session, "publication.make_file", consultation_id=consultation_id, version=version,
                against=_AGAINST_NONE if not table else 0 if compared_with == IN_FORCE else int(compared_with[1:]),
                english=int(language == "en"), kind=of)


def make_file(session: Session, *, now: datetime, consultation_id: int, version: int, against: int, english: int,
              kind: str) -> None:
    """One file of a version: its text in a format, or its old–new table with another text. `kind`: the format by its
    name, which another release knows too."""
    compared_with = "" if against == _AGAINST_NONE else f"v{against}" if against else IN_FORCE
    if files.make(session, consultation_id, version, compared_with, "en" if english else "ko", kind, now):
        mark_dirty(session, "publication", consultation_id, now=now)


def find_missing_files(session: Session, *, now: datetime) -> None:
    """Consultations whose pages say that a file does not stand, while no job is about to make it."""
    for consultation_id in files.incomplete(session):
        enqueue(session, "publication.list_files", consultation_id=consultation_id)


def organisation_changed(session: Session, *, now: datetime, organisation_id: int) -> None:
    """What the public is told of a filer changed: name in full or masked, kind, confirmed or self-declared."""
    for consultation_id in services.published_filings_of(session, organisation_id):
        mark_dirty(session, "publication", consultation_id, now=now)


WORK = (Job("publication.build", build, "Brings the publication of one consultation up to date."),
        Job("publication.list_files", list_files, "Has every file of a version made that does not stand yet."),
        Job("publication.make_file", make_file, "Makes one file: a version in a format, or an old–new table."),
        Job("publication.organisation_changed", organisation_changed,
            "Marks the consultations in which the public reads a filer whose facts changed."),
        Ticker("publication.drain", DRAIN_SECONDS, drain, "Gathers what was marked into builds."),
        Ticker("publication.find_missing_files", FILES_SECONDS, find_missing_files,
               "Has files made that still do not stand, because making them failed."))
