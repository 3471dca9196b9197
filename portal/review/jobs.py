"""The jobs of review: what filings and withdrawals ask of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.jobs.queue import Job
from portal.review import receiving


def receive_filing(session: Session, *, now: datetime, filing_id: int) -> None:
    """A submission was filed."""
    receiving.receive_filing(session, filing_id, now=now)


def receive_withdrawal(session: Session, *, now: datetime, submission_id: int) -> None:
    """A submission was withdrawn."""
    receiving.receive_withdrawal(session, submission_id, now=now)


WORK = (
    Job("review.receive_filing", receive_filing, "Makes the segments of a filing; excuses what it supersedes."),
    Job("review.receive_withdrawal", receive_withdrawal, "Excuses the segments of a withdrawn submission."),
)
