"""The jobs of suggestions: a run that somebody asked for, and what arrives in the meantime.

The engine and what it needs (numpy, the tokeniser: 0.8 GB and more) is loaded by the first one that has work.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.jobs.queue import Job, Ticker
from portal.suggestions import runs, waiting
from portal.suggestions.progress import Cancelled, Progress

if TYPE_CHECKING:  # it loads the engine
    from portal.suggestions.arriving import Arrivals

log = structlog.get_logger()

SECONDS: Final = 5
_LOST_SECONDS: Final = 30


class Analysing:
    """What the worker does of suggestions. `on`: whether this installation wants any; `embeddings`: the folder of the
    operator's own model."""

    def __init__(self, on: bool, embeddings: Path | None) -> None:
        self._on: Final = on
        self._embeddings: Final = embeddings
        self._waiting: Final = waiting.Waiting()
        self._arrivals: Arrivals | None = None

    def work(self) -> tuple[Job | Ticker, ...]:
        """The job of runs and who ends those that were lost, so that one that was asked for always ends; and, when it
        is on, the ticker of what arrives."""
        job = Job("suggestions.analyse", self.analyse, "Analyses a consultation: near-copies, clusters, tags.")
        lost = Ticker("suggestions.lost", _LOST_SECONDS, runs.end_interrupted,
                      "Ends analyses whose worker is gone for good.")
        ticker = Ticker("suggestions.arrivals", SECONDS, self.arrivals,
                        "Suggests clusters and tags for segments that arrive, and anew after decisions.")
        return (job, lost, ticker) if self._on else (job, lost)

    def analyse(self, session: Session, *, now: datetime, run_id: int) -> None:
        """Do a run. It ends in a state that a person understands, whatever happens; a lost database is tried again."""
        progress = Progress(session, run_id, now)
        begun = progress.begin()
        if begun is None:
            return
        if not self._on:
            progress.end("failed", "off")
            return
        try:
            from portal.suggestions import analysing

            analysing.analyse(session, begun, run_id, progress, self._embeddings)
        except Cancelled:
            session.rollback()
            progress.end("cancelled")
        except OperationalError:
            raise
        except Exception as error:
            session.rollback()
            log.exception("analysis failed", run=run_id, consultation=begun.consultation_id)
            progress.end("failed", _problem(error))

    def arrivals(self, session: Session, *, now: datetime) -> None:
        """A turn: what arrived, or what is to be suggested anew."""
        found = self._waiting.look(session)
        if not found:
            return
        if self._arrivals is None:
            from portal.suggestions.arriving import Arrivals

            self._arrivals = Arrivals(self._waiting, self._embeddings)
        self._arrivals.turn(session, found, now)


def _problem(error: Exception) -> str:
    """The key of what went wrong (`runs.PROBLEMS`)."""
    if isinstance(error, MemoryError):
        return "memory"
    return "model" if type(error).__name__ == "ModelProblem" else "error"
