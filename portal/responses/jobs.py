"""The jobs of responses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.jobs.queue import Job
from portal.responses import services


def carry_over(session: Session, *, now: datetime, from_segment_id: int, to_segment_id: int) -> None:
    """A later filing repeats a comment word for word: its own response follows."""
    services.carry_over(session, from_segment_id=from_segment_id, to_segment_id=to_segment_id, now=now)


WORK = (
    Job("responses.carry_over", carry_over, "Lets a response follow to the same words in a later filing."),
)
