"""The worker: asynchronous outside, our synchronous handlers inside, in threads with a session of their own.

A lost database is survived: the queue's own worker is begun anew, under another number, for as long as it takes. What
the old one had in hand is in doubt then (a statement may or may not have arrived); the sweeper frees it, and jobs can
run twice without harm.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import procrastinate
import procrastinate.exceptions
import structlog
from procrastinate.jobs import Job as QueuedJob
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from portal.jobs.jobs import HEARTBEAT_SECONDS, STALLED_SECONDS
from portal.jobs.queue import Job, Registry, Ticker
from portal.kernel import unit_of_work
from portal.kernel.clock import Clock
from portal.kernel.db import SCHEMA, SessionFactory

log = structlog.get_logger()
T = TypeVar("T")

CONCURRENCY: Final = 4
#: How long jobs under way may take to finish when the worker is asked to stop; less than what supervisors grant.
GRACE_SECONDS: Final = 10
_POLL_SECONDS: Final = 2.0
_SHORTEST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 10.0
#: Each wait between two tries of a job is so many times the one before.
_GROWTH: Final = 5


def conninfo(url: str) -> str:
    """A SQLAlchemy URL as libpq understands it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _run(factory: SessionFactory, work: Callable[[Session], T]) -> T:
    """In one transaction; once more where the connection was lost. It may have died while it was idle, and what the
    worker does can run twice without harm."""
    try:
        return unit_of_work.run(factory, work)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return unit_of_work.run(factory, work)


def run_job(factory: SessionFactory, clock: Clock, job: Job, **ids: int | str) -> None:
    """One job in one transaction. What it raises goes to the queue, which tries again later."""
    try:
        _run(factory, lambda session: job.handler(session, now=clock(), **ids))
    except Exception:
        log.exception("job failed", job=job.name, **ids)
        raise


def run_ticker(factory: SessionFactory, clock: Clock, ticker: Ticker) -> bool:
    """One turn of a ticker; False when another process holds it."""

    def work(session: Session) -> bool:
        key = zlib.crc32(f"ticker:{ticker.name}".encode())
        if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key}):
            return False
        ticker.handler(session, now=clock())
        return True

    return _run(factory, work)


class Retrying(BaseRetryStrategy):
    """`attempts` tries in all, the first included; `wait` seconds after the first, then ever longer."""

    def __init__(self, attempts: int, wait: int) -> None:
        self._attempts = attempts
        self._wait = wait

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        """When to try again; None: not any more. `job.attempts` does not count the try that has just failed."""
        if job.attempts + 1 >= self._attempts:
            return None
        return RetryDecision(retry_in={"seconds": self._wait * _GROWTH**job.attempts})


class _Connector(procrastinate.PsycopgConnector):
    """Tells when a statement of the queue failed: whether it arrived is unknown then."""

    def __init__(self, failed: Callable[[], None], **more: Any) -> None:
        super().__init__(**more)
        self._failed = failed

    async def execute_query_async(self, *args: Any, **more: Any) -> None:
        try:
            await super().execute_query_async(*args, **more)
        except procrastinate.exceptions.ConnectorException:
            self._failed()
            raise

    async def execute_query_one_async(self, *args: Any, **more: Any) -> dict[str, Any]:
        try:
            row: dict[str, Any] = await super().execute_query_one_async(*args, **more)
        except procrastinate.exceptions.ConnectorException:
            self._failed()
            raise
        return row


class Hands:
    """How many handlers are running in this process at this moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.busy = 0

    @contextmanager
    def working(self) -> Iterator[None]:
        """Around a handler."""
        with self._lock:
            self.busy += 1
        try:
            yield
        finally:
            with self._lock:
                self.busy -= 1


@dataclass(frozen=True)
class Work:
    """What a worker works on and with."""

    url: str
    registry: Registry
    sessions: SessionFactory
    clock: Clock
    hands: Hands = field(default_factory=Hands)

    def app(self, failed: Callable[[], None] = lambda: None) -> procrastinate.App:
        """The queue with a task for every job; `failed` is called when a statement of the queue fails."""
        app = procrastinate.App(connector=_Connector(
            failed, conninfo=conninfo(self.url), min_size=1, max_size=CONCURRENCY + 2, timeout=10,
            kwargs={"options": f"-c search_path={SCHEMA}", "application_name": "portal worker", "connect_timeout": 5}))
        for job in self.registry.jobs.values():
            def task(job: Job = job, **ids: int | str) -> None:
                with self.hands.working():
                    run_job(self.sessions, self.clock, job, **ids)

            app.task(name=job.name, retry=Retrying(job.attempts, job.wait))(task)
        return app

    def tick(self, ticker: Ticker) -> None:
        """One turn of a ticker; what it raises is logged, and the next turn comes."""
        with self.hands.working():
            try:
                run_ticker(self.sessions, self.clock, ticker)
            except OperationalError as error:
                # While the database is away this is said every second: in a line.
                log.warning("ticker failed", ticker=ticker.name, error=str(error.orig))
            except Exception:
                log.exception("ticker failed", ticker=ticker.name)


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)


async def _tick(work: Work, ticker: Ticker, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        await asyncio.to_thread(work.tick, ticker)
        await _pause(stopping, ticker.seconds)


async def _serve_queue(work: Work, stopping: asyncio.Event) -> None:
    """Take jobs from the queue until asked to stop or until a statement of the queue fails."""
    failed = asyncio.Event()
    app = work.app(failed.set)
    async with app.open_async():
        worker = asyncio.create_task(app.run_worker_async(
            concurrency=CONCURRENCY, install_signal_handlers=False, fetch_job_polling_interval=_POLL_SECONDS,
            delete_jobs="successful", shutdown_graceful_timeout=GRACE_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS, stalled_worker_timeout=STALLED_SECONDS))
        events = [asyncio.create_task(event.wait()) for event in (stopping, failed)]
        await asyncio.wait({worker, *events}, return_when=asyncio.FIRST_COMPLETED)
        for event in events:
            event.cancel()
        worker.cancel()
        # procrastinate would wait for a job for ever; what takes longer finishes in its thread, and is swept.
        await asyncio.wait({worker}, timeout=GRACE_SECONDS)
        if worker.done() and not worker.cancelled() and (error := worker.exception()) is not None:
            raise error


async def _keep_serving(work: Work, stopping: asyncio.Event) -> None:
    pause = _SHORTEST_PAUSE
    while not stopping.is_set():
        begun = time.monotonic()
        try:
            await _serve_queue(work, stopping)
        except Exception as error:
            log.warning("queue lost", error=str(error.__cause__ or error))
        if stopping.is_set():
            return
        pause = _SHORTEST_PAUSE if time.monotonic() - begun > _LONGEST_PAUSE else min(2 * pause, _LONGEST_PAUSE)
        log.warning("the worker begins anew", seconds=pause)
        await _pause(stopping, pause)


async def _work(work: Work, ready: Callable[[], None] | None) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    # A thread for each job and each ticker: a long job never holds up the sealer.
    loop.set_default_executor(ThreadPoolExecutor(CONCURRENCY + len(work.registry.tickers) + 2, "worker"))
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stopping.set)
    tasks = [asyncio.create_task(_keep_serving(work, stopping)),
             *(asyncio.create_task(_tick(work, ticker, stopping)) for ticker in work.registry.tickers.values())]
    if ready:
        ready()
    await stopping.wait()
    await asyncio.wait(tasks, timeout=GRACE_SECONDS + 1)


def run(url: str, registry: Registry, factory: SessionFactory, clock: Clock,
        ready: Callable[[], None] | None = None) -> None:
    """Work until SIGINT or SIGTERM. Jobs under way may finish first, for as long as the grace lasts; after that the
    process ends under them: the database undoes what they had begun, and the sweeper brings them back."""
    work = Work(url, registry, factory, clock)
    with asyncio.Runner() as runner:
        runner.run(_work(work, ready))
        if work.hands.busy:
            log.warning("ended with jobs under way", jobs=work.hands.busy)
            # A thread cannot be ended from outside, and the interpreter would wait for it.
            os._exit(0)


def run_waiting(url: str, registry: Registry, factory: SessionFactory, clock: Clock, *, tick: bool = True) -> None:
    """Do everything that waits now, then return: for the demo's loading, commands and tests. With `tick` every ticker
    takes one turn after the jobs, and the jobs that these turns made are done as well."""
    work = Work(url, registry, factory, clock)
    _drain(work)
    if tick:
        for ticker in registry.tickers.values():
            run_ticker(factory, clock, ticker)
        _drain(work)


def _drain(work: Work) -> None:
    with work.sessions() as session:
        if not session.scalar(text("SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo'"
                                   " AND (scheduled_at IS NULL OR scheduled_at <= now()))")):
            return
    app = work.app()

    async def drain() -> None:
        async with app.open_async():
            await app.run_worker_async(
                wait=False, concurrency=1, install_signal_handlers=False, listen_notify=False,
                delete_jobs="successful", update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS)

    asyncio.run(drain())
