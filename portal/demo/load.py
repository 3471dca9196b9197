"""Loading the demonstration: a script of acts, done by its people through the services, at past times.

All in one transaction: an interrupted loading leaves nothing behind. A second loading finds the data and does nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.consultations.models import Consultation
from portal.demo import consulting, people, source
from portal.demo.consulting import DraftFiles
from portal.demo.filing import Filers, moment
from portal.demo.reviewing import Reviewers
from portal.kernel.clock import SEOUL
from portal.ledger.receipts import SigningKey
from portal.publication import services as publication
from portal.suggestions import runs

#: Acts that the progress bar counts: organisations founded, comments written, comments sorted, builds.
STEPS = 60 + (80 + 420) + (80 + 265) + 2

_DAYS_ANNOUNCED = 28


@dataclass(frozen=True)
class Options:
    """The one password, the text to notice in the open consultation (the demonstration draft by default), and whether
    the worker is to analyse that consultation's comments when it starts."""

    password: str
    draft: DraftFiles | None = None
    analysis: bool = False


def is_loaded(session: Session) -> bool:
    """Whether the demonstration stands already."""
    return session.scalar(select(Consultation.id).where(Consultation.slug == source.OPEN)) is not None


def load(session: Session, options: Options, key: SigningKey, now: datetime, step: Callable[[], None]) -> None:
    """Do everything. `step` is called `STEPS` times, for a progress bar."""
    v1 = DraftFiles("draft_v1.json", source.raw("draft_v1.json"))
    v2 = DraftFiles("draft_v2.json", source.raw("draft_v2.json"))
    everybody = people.make(session, options.password, _seoul(date(2025, 11, 3), 9), step)
    _concluded(session, everybody, v1, v2, key, step)
    _open(session, everybody, options.draft or v1, key, now, step)
    for slug in (source.OPEN, source.CONCLUDED):
        publication.build(session, session.scalars(select(Consultation.id).where(Consultation.slug == slug)).one(),
                          now)
        step()
    publication.build_home(session, now)
    if options.analysis:
        runs.ask(session, everybody.staff["reviewer"],
                 session.scalars(select(Consultation.id).where(Consultation.slug == source.OPEN)).one(), now=now)


def _concluded(session: Session, everybody: people.People, v1: DraftFiles, v2: DraftFiles, key: SigningKey,
               step: Callable[[], None]) -> None:
    """The consultation of 2025: noticed on version 1, revised as version 2, every comment answered."""
    starts = date(2025, 11, 12)
    announced = consulting.announce(session, everybody, source.CONCLUDED, v1, starts, _seoul(starts, 9))
    filers = Filers(session, everybody, announced, key, step)
    by_organisation: dict[str, list[dict[str, Any]]] = defaultdict(list)
    filed: dict[str, datetime] = {}
    for letter in source.read("letters.json"):
        for comment in letter["comments"]:
            by_organisation[comment["organisation"]].append(comment)
        filed[letter["organisation"]] = _seoul(date.fromisoformat(letter["date"]), 14)
    for organisation, comments in sorted(by_organisation.items(), key=lambda item: filed[item[0]]):
        filers.file(organisation, comments, filed[organisation])
    letters = [comment for comments in by_organisation.values() for comment in comments]
    reviewers = Reviewers(session, everybody, announced, filers.uids, step)
    reviewers.receive()
    reviewers.sort_everything(letters, _seoul(date(2026, 1, 5), 10))
    consulting.revise(session, everybody, announced, v2, _seoul(date(2026, 1, 9), 9))
    reviewers.answer(source.CONCLUDED, _seoul(date(2026, 1, 12), 10), _seoul(date(2026, 1, 14), 9))
    reviewers.conclude(_seoul(date(2026, 1, 16), 17))


def _open(session: Session, everybody: people.People, draft: DraftFiles, key: SigningKey, now: datetime,
          step: Callable[[], None]) -> None:
    """The open consultation: announced four weeks ago, partly tagged, clustered and answered."""
    starts = now.astimezone(SEOUL).date() - timedelta(days=_DAYS_ANNOUNCED)
    began = _seoul(starts, 9)
    announced = consulting.announce(session, everybody, source.OPEN, draft, starts, began)
    filers = Filers(session, everybody, announced, key, step)
    by_organisation: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for comment in source.read("comments.jsonl"):
        by_organisation[comment["organisation"]].append(comment)
    last = now - timedelta(hours=2)
    times = {key: moment(key, began + timedelta(days=1), last) for key in by_organisation}
    for organisation in sorted(by_organisation, key=lambda k: (times[k], k)):
        filers.file(organisation, by_organisation[organisation], times[organisation])
    reviewers = Reviewers(session, everybody, announced, filers.uids, step)
    reviewers.receive()
    reviewers.triage(now - timedelta(hours=90))
    reviewers.answer(source.OPEN, now - timedelta(hours=60), now - timedelta(hours=20))


def _seoul(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SEOUL).astimezone(UTC)
