"""The worker: asynchronous outside, our synchronous handlers inside, in threads with a session of their own."""

from __future__ import annotations

import asyncio
import signal
import zlib
from collections.abc import Callable

import procrastinate
import structlog
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from portal.jobs.queue import Job, Registry, Ticker
from portal.kernel import unit_of_work
from portal.kernel.clock import Clock
from portal.kernel.db import SCHEMA, SessionFactory

log = structlog.get_logger()

_CONCURRENCY = 4
_KEEP_FINISHED_HOURS = 72


def conninfo(url: str) -> str:
    """A SQLAlchemy URL as libpq understands it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def run_job(factory: SessionFactory, clock: Clock, job: Job, **ids: int) -> None:
    """One job in one transaction. What it raises goes to the queue, which tries again later."""
    unit_of_work.run(factory, lambda session: job.handler(session, now=clock(), **ids))


def run_ticker(factory: SessionFactory, clock: Clock, ticker: Ticker) -> bool:
    """One turn of a ticker; False when another process holds it."""

    def work(session: Session) -> bool:
        key = zlib.crc32(f"ticker:{ticker.name}".encode())
        if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key}):
            return False
        ticker.handler(session, now=clock())
        return True

    return unit_of_work.run(factory, work)


def _procrastinate_app(url: str, registry: Registry, factory: SessionFactory, clock: Clock) -> procrastinate.App:
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo(url), min_size=1, max_size=_CONCURRENCY + 2,
        kwargs={"options": f"-c search_path={SCHEMA}", "application_name": "portal worker"})
    app = procrastinate.App(connector=connector)
    for job in registry.jobs.values():
        def task(job: Job = job, **ids: int) -> None:
            run_job(factory, clock, job, **ids)

        app.task(name=job.name, retry=procrastinate.RetryStrategy(
            max_attempts=job.attempts, exponential_wait=job.wait))(task)
    return app


async def _tick(factory: SessionFactory, clock: Clock, ticker: Ticker, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            await asyncio.to_thread(run_ticker, factory, clock, ticker)
        except Exception:
            log.exception("ticker failed", ticker=ticker.name)
        try:
            await asyncio.wait_for(stopping.wait(), ticker.seconds)
        except TimeoutError:
            continue


async def _work(url: str, registry: Registry, factory: SessionFactory, clock: Clock,
                ready: Callable[[], None] | None) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    app = _procrastinate_app(url, registry, factory, clock)
    async with app.open_async():
        worker = asyncio.create_task(app.run_worker_async(
            concurrency=_CONCURRENCY, install_signal_handlers=False, fetch_job_polling_interval=2.0,
            delete_jobs="successful", shutdown_graceful_timeout=20))
        tickers = [asyncio.create_task(_tick(factory, clock, t, stopping)) for t in registry.tickers.values()]
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, stopping.set)
        if ready:
            ready()
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopping.set()
        worker.cancel()
        await asyncio.gather(worker, *tickers, stopped, return_exceptions=True)


def run(url: str, registry: Registry, factory: SessionFactory, clock: Clock,
        ready: Callable[[], None] | None = None) -> None:
    """Work until SIGINT or SIGTERM; jobs under way are finished first (20 s at most), others stay in the queue."""
    asyncio.run(_work(url, registry, factory, clock, ready))


def run_waiting(url: str, registry: Registry, factory: SessionFactory, clock: Clock, *, tick: bool = True) -> None:
    """Do everything that waits now, then return: for the demo's loading, commands and tests."""
    app = _procrastinate_app(url, registry, factory, clock)

    async def drain() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, concurrency=1, install_signal_handlers=False,
                                       listen_notify=False, delete_jobs="successful")

    asyncio.run(drain())
    if tick:
        for ticker in registry.tickers.values():
            run_ticker(factory, clock, ticker)
