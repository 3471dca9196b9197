"""The sweeper: finds jobs whose worker died, and mail that was written but never enqueued or given up silently."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.jobs.queue import Ticker


def sweep(session: Session, *, now: datetime) -> None:
    """Put jobs back whose worker has not been heard of for two minutes."""
    session.execute(text("""
        UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL
         WHERE status = 'doing' AND (worker_id IS NULL OR NOT EXISTS (
               SELECT 1 FROM procrastinate_workers w
                WHERE w.id = procrastinate_jobs.worker_id AND w.last_heartbeat > now() - interval '2 minutes'))"""))
    session.execute(text("DELETE FROM rate_limits WHERE expires_at < now()"))


WORK = (Ticker("jobs.sweep", 60, sweep, "Puts jobs back whose worker died; clears limits that have run out."),)
