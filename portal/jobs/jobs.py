"""The sweeper: brings back jobs whose worker died, and clears what has run out.

procrastinate 3.10: a worker registers itself under a number, says every few seconds that it lives, and takes jobs under
that number. A worker that starts removes those that have been silent for too long, and a worker that ends removes
itself; either leaves its unfinished jobs *doing* with no worker. Nothing in procrastinate brings them back: this does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.jobs.queue import Ticker

HEARTBEAT_SECONDS: Final = 10
#: A worker that has been silent for so long is taken for dead, by procrastinate at a start and by the sweeper always.
STALLED_SECONDS: Final = 45
#: A job that was lost with its worker so often is what ends workers: it fails, for people to look at.
MOST_LOSSES: Final = 10


def sweep(session: Session, *, now: datetime) -> None:
    """Put jobs back whose worker is gone or silent. The database's own clock decides: heartbeats are written by it."""
    session.execute(text("""
        UPDATE procrastinate_jobs AS j
           SET status = (CASE WHEN j.attempts < :most THEN 'todo' ELSE 'failed' END)::procrastinate_job_status,
               attempts = j.attempts + 1, worker_id = NULL, abort_requested = false
         WHERE j.status = 'doing' AND (j.worker_id IS NULL OR NOT EXISTS (
               SELECT 1 FROM procrastinate_workers w
                WHERE w.id = j.worker_id AND w.last_heartbeat > now() - make_interval(secs => :silent)))"""),
        {"most": MOST_LOSSES, "silent": STALLED_SECONDS})
    session.execute(text("DELETE FROM rate_limits WHERE expires_at < now()"))


WORK = (Ticker("jobs.sweep", 20, sweep, "Puts jobs back whose worker died; clears limits that have run out."),)
