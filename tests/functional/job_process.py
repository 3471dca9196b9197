"""A worker with handlers made for the tests, in a process of its own, to be killed or asked to stop.

`python -m tests.functional.job_process URL FOLDER GRACE_SECONDS`
"""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from portal.jobs import worker
from portal.jobs.jobs import WORK
from portal.jobs.queue import Job, Registry, mark_dirty
from portal.kernel.clock import system_clock
from portal.kernel.db import make_engine, make_session_factory


def main() -> None:
    """Work until stopped."""
    url, folder, grace = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    worker.GRACE_SECONDS = grace  # type: ignore[misc]

    def nap(session: Session, *, now: datetime, seconds: int) -> None:
        mark_dirty(session, "nap", seconds, now=now)
        session.flush()
        (folder / f"began-{seconds}").touch()
        time.sleep(seconds)
        (folder / f"ended-{seconds}").touch()

    registry = Registry()
    registry.add(*WORK, Job("jobs.nap", nap, "Sleeps."))
    engine = make_engine(url)
    worker.run(url, registry, make_session_factory(engine), system_clock, lambda: (folder / "ready").touch())
    engine.dispose()
    (folder / "left").touch()


if __name__ == "__main__":
    main()
