"""Enqueuing by name, in the transaction of the caller: a job exists if and only if what caused it was committed.

Jobs carry ids and names, not content, and can run twice without harm. What coalesces is not a job but a mark in the
dirty table.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.jobs.models import Dirty

if TYPE_CHECKING:
    import procrastinate


@cache
def _writer() -> procrastinate.App:
    """Only used to write jobs on connections that are handed to it; it never opens one of its own. Loaded with the
    first job: a process that only shows pages does without."""
    import procrastinate

    return procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


class Handler(Protocol):
    """What a job runs: gets its own session, the time and the ids it was enqueued with."""

    def __call__(self, session: Session, /, *, now: datetime, **ids: int | str) -> None: ...


@dataclass(frozen=True)
class Job:
    """A named handler. `attempts` counts the first try; waits between tries grow from `wait` seconds."""

    name: str
    handler: Callable[..., None]
    doc: str
    attempts: int = 6
    wait: int = 5


@dataclass(frozen=True)
class Ticker:
    """Work that the worker does every `seconds`, one process at a time."""

    name: str
    seconds: float
    handler: Callable[..., None]
    doc: str


@dataclass
class Registry:
    """Every job and ticker by name; filled by `portal.app` from each area's `jobs.py`."""

    jobs: dict[str, Job] = field(default_factory=dict)
    tickers: dict[str, Ticker] = field(default_factory=dict)

    def add(self, *works: Job | Ticker) -> None:
        """Register; a name that is taken is a programming error."""
        for work in works:
            table: dict[str, Any] = self.jobs if isinstance(work, Job) else self.tickers
            if work.name in table:
                raise ValueError(f"{work.name} has a handler already")
            table[work.name] = work


def enqueue(session: Session, name: str, /, *, one_at_a_time: bool = False, **ids: int | str) -> None:
    """Enqueue the job `name` in this session's transaction. An unknown name fails in the worker and in a house test.

    `one_at_a_time`: it waits in the queue, not in a worker, until the earlier ones of its name have ended.
    """
    connection = session.connection().connection.driver_connection
    lock = name if one_at_a_time else None
    _writer().configure_task(name, connection=connection, lock=lock).defer(**ids)


def under_way(session: Session, name: str, /, **ids: int | str) -> bool:
    """Whether the job `name` with these ids waits in the queue or is being done."""
    return bool(session.scalar(text(
        "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE task_name = :name AND status IN ('todo', 'doing')"
        " AND args @> CAST(:ids AS jsonb))"), {"name": name, "ids": json.dumps(ids)}))


def mark_dirty(session: Session, kind: str, key: int, *, now: datetime) -> None:
    """Note that `kind` number `key` has to be made anew; drained by a ticker of that name."""
    session.add(Dirty(kind=kind, key=key, marked_at=now))
