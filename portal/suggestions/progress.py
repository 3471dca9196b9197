"""How far a run is, written in short transactions of its own, and told whether somebody cancelled it meanwhile.

The run's own transaction writes nothing until all is computed, so that nobody waits for it and the audit chain goes on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from portal.kernel.actor import SYSTEM
from portal.review.desk import desk_by_id
from portal.suggestions import acts

#: A run's share goes from … to … while this is being done.
SPANS: Final[Mapping[str, tuple[float, float]]] = {
    "reading": (0.0, 0.02), "words": (0.02, 0.5), "copies": (0.5, 0.65), "clusters": (0.65, 0.85), "tags": (0.85, 0.95),
    "storing": (0.95, 0.99)}
_SECONDS: Final = 0.5


class Cancelled(Exception):
    """Somebody cancelled the run, or it was ended otherwise."""


@dataclass(frozen=True)
class Begun:
    """A run that has begun."""

    consultation_id: int
    kind: str


class Progress:
    """The progress of one run."""

    def __init__(self, session: Session, run_id: int, now: datetime) -> None:
        self._engine: Final = _engine(session)
        self._run_id: Final = run_id
        self._started: Final = now
        self._began: Final = time.monotonic()
        self._told = ("", 0.0, 0.0)  # the stage, the share, and when

    @property
    def now(self) -> datetime:
        """The time: that of the start and what has passed since."""
        return self._started + timedelta(seconds=time.monotonic() - self._began)

    def begin(self) -> Begun | None:
        """The run is being done from now on (again, when a worker was lost with it); None when it has ended."""
        with self._engine.begin() as connection:
            row = connection.execute(text("""
                UPDATE analysis_runs SET state = 'running', share = 0, started_at = coalesce(started_at, :now)
                 WHERE id = :id AND state IN ('waiting', 'running') AND cancelled_by IS NULL
                RETURNING consultation_id, kind"""), {"id": self._run_id, "now": self._started}).first()
        if row is not None:
            return Begun(*row)
        self.end("cancelled")  # one that was cancelled while its worker was lost
        return None

    def tell(self, stage: str, share: float) -> None:
        """The share of a stage that is done, from 0 to 1. Raises Cancelled."""
        first, last = SPANS[stage]
        whole = first + (last - first) * min(max(share, 0.0), 1.0)
        told, before, when = self._told
        if stage == told and time.monotonic() - when < _SECONDS:
            return
        self._told = (stage, max(whole, before), time.monotonic())
        with self._engine.begin() as connection:
            on = connection.execute(text("""
                UPDATE analysis_runs SET stage = :stage, share = greatest(share, :share)
                 WHERE id = :id AND state = 'running' AND cancelled_by IS NULL RETURNING id"""),
                {"id": self._run_id, "stage": stage, "share": self._told[1]}).first()
        if on is None:
            raise Cancelled

    def end(self, state: str, problem: str = "") -> None:
        """The run ended without a result; one that has ended stays as it is."""
        with Session(self._engine) as session, session.begin():
            ended = session.execute(text("""
                UPDATE analysis_runs SET finished_at = :now,
                       problem = CASE WHEN cancelled_by IS NULL THEN :problem ELSE '' END,
                       state = CASE WHEN cancelled_by IS NULL THEN :state ELSE 'cancelled' END
                 WHERE id = :id AND state IN ('waiting', 'running') RETURNING consultation_id, state, problem"""),
                {"id": self._run_id, "state": state, "problem": problem, "now": self.now}).first()
            if ended is not None:
                acts.note(session, SYSTEM, desk_by_id(session, ended.consultation_id), "suggestion.run_ended", "run",
                          self._run_id, self.now, state=ended.state, problem=ended.problem)


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine
