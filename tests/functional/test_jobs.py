"""Background work with a real worker: nothing is lost, nothing done for what was rolled back, one thing at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from procrastinate.jobs import Job as QueuedJob
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from portal.app import registry as portal_registry
from portal.cli import cli
from portal.jobs import worker
from portal.jobs.jobs import MOST_LOSSES, STALLED_SECONDS, sweep
from portal.jobs.models import Dirty
from portal.jobs.queue import Job, Registry, Ticker, enqueue, mark_dirty
from portal.kernel.clock import system_clock
from portal.notifications import services as notifications
from portal.notifications.models import Mail
from portal.settings import Settings
from tests import factories
from tests.support.server import DatabaseUrls

pytestmark = pytest.mark.database

NOW = datetime(2025, 12, 3, 3, 0, tzinfo=UTC)


@pytest.fixture
def queue(sessions: sessionmaker[Session]) -> Iterator[sessionmaker[Session]]:
    """The factory, with an empty queue before and after."""
    def empty() -> None:
        with sessions() as session:
            for table in ("procrastinate_jobs", "procrastinate_workers", "dirty"):
                session.execute(text(f"DELETE FROM {table}"))
            session.commit()

    empty()
    yield sessions
    empty()


def rows(queue: sessionmaker[Session]) -> list[tuple[str, str, int]]:
    """(name, status, attempts) of every job."""
    with queue() as session:
        return [(row.task_name, row.status, row.attempts) for row in session.execute(text(
            "SELECT task_name, status, attempts FROM procrastinate_jobs ORDER BY id"))]


def put(queue: sessionmaker[Session], name: str, **values: int) -> None:
    with queue() as session:
        enqueue(session, name, **values)
        session.commit()


def run_waiting(queue: sessionmaker[Session], database: DatabaseUrls, *works: Job | Ticker) -> None:
    registry = Registry()
    registry.add(*works)
    worker.run_waiting(database.app, registry, queue, lambda: NOW)


# ------------------------------------------------------------------------------------------------- enqueuing, retrying


def test_a_job_stands_and_falls_with_its_transaction(queue: sessionmaker[Session], database: DatabaseUrls) -> None:
    done: list[int] = []

    def handler(session: Session, *, now: datetime, thing_id: int) -> None:
        assert now == NOW
        done.append(thing_id)

    with queue() as session:
        enqueue(session, "jobs.thing", thing_id=1)
        session.rollback()
    assert rows(queue) == []
    put(queue, "jobs.thing", thing_id=2)
    assert rows(queue) == [("jobs.thing", "todo", 0)]
    for _ in range(2):
        run_waiting(queue, database, Job("jobs.thing", handler, "Does."))
    assert done == [2]
    assert rows(queue) == [], "what is done is cleared away"


def test_a_failing_job_is_tried_as_often_as_it_says_and_harms_no_other(
        queue: sessionmaker[Session], database: DatabaseUrls) -> None:
    tries: list[int] = []
    done: list[int] = []

    def bad(session: Session, *, now: datetime, thing_id: int) -> None:
        tries.append(thing_id)
        mark_dirty(session, "never", thing_id, now=now)
        session.flush()
        raise ZeroDivisionError

    def good(session: Session, *, now: datetime, thing_id: int) -> None:
        done.append(thing_id)
        mark_dirty(session, "kept", thing_id, now=now)

    for n in range(4):
        put(queue, "jobs.bad" if n % 2 else "jobs.good", thing_id=n)
    put(queue, "jobs.once", thing_id=9)
    run_waiting(queue, database, Job("jobs.bad", bad, "Fails.", attempts=3, wait=0), Job("jobs.good", good, "Works."),
                Job("jobs.once", bad, "Fails.", attempts=1))
    assert sorted(tries) == [1, 1, 1, 3, 3, 3, 9]
    assert done == [0, 2]
    assert rows(queue) == [("jobs.bad", "failed", 3), ("jobs.bad", "failed", 3), ("jobs.once", "failed", 1)]
    with queue() as session:
        assert set(session.scalars(select(Dirty.kind))) == {"kept"}, "a failed try leaves nothing"


def test_a_job_that_fails_once_is_done_later(queue: sessionmaker[Session], database: DatabaseUrls) -> None:
    tries: list[int] = []

    def handler(session: Session, *, now: datetime) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ZeroDivisionError

    put(queue, "jobs.thing")
    run_waiting(queue, database, Job("jobs.thing", handler, "Fails once.", wait=5))
    assert rows(queue) == [("jobs.thing", "todo", 1)]
    with queue() as session:
        assert session.scalar(text("SELECT scheduled_at - now() BETWEEN interval '3 seconds' AND interval '6 seconds'"
                                   " FROM procrastinate_jobs"))
        session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now()"))
        session.commit()
    run_waiting(queue, database, Job("jobs.thing", handler, "Fails once.", wait=5))
    assert (tries, rows(queue)) == ([1, 1], [])


def test_waits_grow_and_end() -> None:
    def wait(attempts_before: int) -> float | None:
        job = QueuedJob(id=1, queue="default", lock=None, queueing_lock=None, task_name="x", attempts=attempts_before)
        decision = worker.Retrying(4, 5).get_retry_decision(exception=ZeroDivisionError(), job=job)
        if decision is None:
            return None
        assert decision.retry_at is not None
        return (decision.retry_at - datetime.now(UTC)).total_seconds()

    waits = [wait(n) for n in range(4)]
    assert waits[:3] == [pytest.approx(5, abs=1), pytest.approx(25, abs=1), pytest.approx(125, abs=1)]
    assert waits[3] is None


def test_an_unknown_job_fails_and_the_next_is_done(queue: sessionmaker[Session], database: DatabaseUrls) -> None:
    done: list[int] = []
    put(queue, "jobs.nobody_knows")
    put(queue, "jobs.thing")
    run_waiting(queue, database, Job("jobs.thing", lambda session, *, now: done.append(1), "Does."))
    assert done == [1]
    assert rows(queue) == [("jobs.nobody_knows", "failed", 1)]


def test_the_jobs_of_tickers_are_done_too(queue: sessionmaker[Session], database: DatabaseUrls) -> None:
    done: list[int] = []
    run_waiting(queue, database, Job("jobs.thing", lambda session, *, now, n: done.append(n), "Does."),
                Ticker("jobs.tick", 1, lambda session, *, now: enqueue(session, "jobs.thing", n=7), "Enqueues."))
    assert done == [7]


# --------------------------------------------------------------------------------------------------------- tickers


def test_a_ticker_runs_in_one_process_at_a_time(queue: sessionmaker[Session]) -> None:
    entered, leave = threading.Event(), threading.Event()
    turns: list[str] = []

    def slow(session: Session, *, now: datetime) -> None:
        entered.set()
        assert leave.wait(10)
        turns.append("slow")

    slow_ticker = Ticker("jobs.tick", 1, slow, "Waits.")
    quick = Ticker("jobs.tick", 1, lambda session, *, now: turns.append("quick"), "Does not wait.")
    other = Ticker("jobs.other", 1, lambda session, *, now: turns.append("other"), "Another.")
    thread = threading.Thread(target=worker.run_ticker, args=(queue, lambda: NOW, slow_ticker))
    thread.start()
    assert entered.wait(10)
    assert worker.run_ticker(queue, lambda: NOW, quick) is False
    assert worker.run_ticker(queue, lambda: NOW, other) is True
    leave.set()
    thread.join(10)
    assert worker.run_ticker(queue, lambda: NOW, quick) is True
    assert turns == ["other", "slow", "quick"]


def test_a_failing_ticker_has_its_next_turn(queue: sessionmaker[Session], database: DatabaseUrls) -> None:
    turns: list[int] = []

    def bad(session: Session, *, now: datetime) -> None:
        turns.append(1)
        raise ZeroDivisionError

    work = worker.Work(database.app, Registry(), queue, lambda: NOW)
    for _ in range(2):
        work.tick(Ticker("jobs.tick", 1, bad, "Fails."))
    assert (len(turns), work.hands.busy) == (2, 0)


# ---------------------------------------------------------------------------------------------------------- coalescing


def test_a_hundred_marks_are_one_build(
        queue: sessionmaker[Session], database: DatabaseUrls, settings: Settings) -> None:
    with queue() as session:
        consultations = [factories.consultation(session, NOW, factories.ministry(session, NOW)).id for _ in range(2)]
        session.commit()
    for n in range(100):
        with queue() as session:
            mark_dirty(session, "publication", consultations[1 if n % 10 == 0 else 0], now=NOW)
            session.commit()
    registry = portal_registry(settings)
    drain = registry.tickers["publication.drain"]
    worker.run_ticker(queue, lambda: NOW, drain)
    with queue() as session:
        assert session.execute(text("SELECT (args->>'consultation_id')::bigint FROM procrastinate_jobs ORDER BY 1")
                               ).scalars().all() == consultations
        assert session.scalar(text("SELECT count(*) FROM dirty")) == 0
        mark_dirty(session, "publication", consultations[0], now=NOW)
        session.commit()
    worker.run_ticker(queue, lambda: NOW, drain)
    assert len(rows(queue)) == 2, "a build that waits already sees the later mark"
    worker.run_waiting(database.app, registry, queue, lambda: NOW)
    with queue() as session:
        assert session.execute(text("SELECT id FROM publication.consultations ORDER BY 1")).scalars().all() == (
            consultations)


def test_marks_never_wait_for_one_another(queue: sessionmaker[Session]) -> None:
    with queue() as first, queue() as second:
        for session in (first, second):
            session.execute(text("SET lock_timeout = '1s'"))
            mark_dirty(session, "publication", 1, now=NOW)
            session.flush()
        first.commit()
        second.commit()
        assert second.scalar(text("SELECT count(*) FROM dirty")) == 2


# ---------------------------------------------------------------------------------------------------------- the sweeper


def doing(queue: sessionmaker[Session], *, silent_for: int | None, attempts: int = 0, abort: bool = False) -> int:
    """A job in the hands of a worker that was heard of so many seconds ago (None: of none); its id."""
    put(queue, "jobs.thing")
    with queue() as session:
        number = None if silent_for is None else session.scalar(text(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => :s))"
            " RETURNING id"), {"s": silent_for})
        job = session.scalar(text(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = :w, attempts = :a, abort_requested = :x"
            " WHERE id = (SELECT max(id) FROM procrastinate_jobs) RETURNING id"),
            {"w": number, "a": attempts, "x": abort})
        session.commit()
    assert isinstance(job, int)
    return job


def swept(queue: sessionmaker[Session]) -> dict[int, tuple[str, int]]:
    with queue() as session:
        sweep(session, now=NOW)
        session.commit()
        return {row.id: (row.status, row.attempts) for row in session.execute(text(
            "SELECT id, status, attempts FROM procrastinate_jobs"))}


def test_the_sweeper_takes_the_jobs_of_the_dead_only(queue: sessionmaker[Session]) -> None:
    living = doing(queue, silent_for=STALLED_SECONDS - 5)
    dead = doing(queue, silent_for=STALLED_SECONDS + 5)
    orphaned = doing(queue, silent_for=None)
    aborted = doing(queue, silent_for=None, abort=True)
    poison = doing(queue, silent_for=None, attempts=MOST_LOSSES)
    put(queue, "jobs.thing")
    found = swept(queue)
    waiting = max(found)
    assert found == {living: ("doing", 0), dead: ("todo", 1), orphaned: ("todo", 1), aborted: ("todo", 1),
                     poison: ("failed", MOST_LOSSES + 1), waiting: ("todo", 0)}
    assert swept(queue) == found


def test_a_worker_that_ends_leaves_its_jobs_to_the_sweeper(queue: sessionmaker[Session]) -> None:
    """What procrastinate itself does when a worker unregisters, or another prunes it at its start."""
    job = doing(queue, silent_for=STALLED_SECONDS + 5)
    with queue() as session:
        session.execute(text("SELECT * FROM procrastinate_prune_stalled_workers_v1(:s)"), {"s": STALLED_SECONDS})
        session.commit()
        assert session.execute(text("SELECT status, worker_id FROM procrastinate_jobs")).one() == ("doing", None)
    assert swept(queue) == {job: ("todo", 1)}


def test_limits_that_ran_out_are_cleared(queue: sessionmaker[Session]) -> None:
    with queue() as session:
        session.execute(text("INSERT INTO rate_limits (key, count, expires_at) VALUES"
                             " ('old', 1, now() - interval '1s'), ('new', 1, now() + interval '1h')"))
        session.commit()
    swept(queue)
    with queue() as session:
        assert session.execute(text("SELECT key FROM rate_limits")).scalars().all() == ["new"]


# ------------------------------------------------------------------------------------------------------- the commands


def test_jobs_that_failed_are_listed_and_tried_again(
        queue: sessionmaker[Session], database: DatabaseUrls, settings: Settings) -> None:
    def portal_jobs(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["jobs", *arguments], env=settings.to_env())

    assert portal_jobs("failed").output == "no job failed\n"
    for n in range(3):
        put(queue, "jobs.bad", thing_id=n)
    run_waiting(queue, database, Job("jobs.bad", lambda session, *, now, thing_id: 1 / 0, "Fails.", attempts=1))
    listed = portal_jobs("failed").output.splitlines()
    assert len(listed) == 3
    assert 'jobs.bad  {"thing_id": 0}  1 tries' in listed[0]
    first = listed[0].split()[0]
    assert portal_jobs("retry", first).output == "1 back in the queue\n"
    assert rows(queue) == [("jobs.bad", "todo", 0), ("jobs.bad", "failed", 1), ("jobs.bad", "failed", 1)]
    again = portal_jobs("retry", first)
    assert (again.exit_code, again.output) == (1, f"not among the failed jobs: {first}\n0 back in the queue\n")
    assert portal_jobs("retry").exit_code == 2
    assert portal_jobs("retry", first, "--all").exit_code == 2
    assert portal_jobs("retry", "--all").output == "2 back in the queue\n"
    assert [status for _, status, _ in rows(queue)] == ["todo"] * 3


# --------------------------------------------------------------------------------------------------- worker processes


def until(condition: Callable[[], Any], seconds: float, what: str) -> float:
    """Wait; how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began


@contextmanager
def running(command: list[str], log: Path, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended in any case; its log is shown when the test fails."""
    with log.open("wb") as written:
        process = subprocess.Popen(command, env={**os.environ, **env}, stdout=written, stderr=subprocess.STDOUT)
        try:
            yield process
        except BaseException:
            print(log.read_text())
            raise
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


@contextmanager
def napping_worker(database: DatabaseUrls, folder: Path, grace: float = 10) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.functional.job_process", database.app, str(folder), str(grace)]
    with running(command, folder / "log") as process:
        until((folder / "ready").exists, 20, "the worker starts")
        yield process


def test_a_worker_killed_in_the_middle_of_a_job(
        queue: sessionmaker[Session], database: DatabaseUrls, tmp_path: Path) -> None:
    put(queue, "jobs.nap", seconds=60)
    with napping_worker(database, tmp_path) as process:
        until((tmp_path / "began-60").exists, 15, "the job begins")
        process.send_signal(signal.SIGKILL)
        process.wait()
    [(_, status, _)] = rows(queue)
    assert status == "doing"
    with queue() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_workers")) == 1, "it could not sign off"
    assert [status for status, _ in swept(queue).values()] == ["doing"], "it may still be alive"
    with queue() as session:
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"))
        session.commit()
    assert list(swept(queue).values()) == [("todo", 1)]
    done: list[int] = []
    run_waiting(queue, database, Job("jobs.nap", lambda session, *, now, seconds: done.append(seconds), "Does."))
    assert done == [60]
    with queue() as session:
        assert session.scalar(text("SELECT count(*) FROM dirty")) == 0, "what it had begun is undone"


def test_a_job_under_way_may_finish(queue: sessionmaker[Session], database: DatabaseUrls, tmp_path: Path) -> None:
    put(queue, "jobs.nap", seconds=3)
    put(queue, "jobs.nap", seconds=3)
    with napping_worker(database, tmp_path) as process:
        until((tmp_path / "began-3").exists, 15, "the job begins")
        process.terminate()
        assert process.wait(12) == 0
    assert (tmp_path / "ended-3").exists()
    assert (tmp_path / "left").exists()
    assert rows(queue) == []
    with queue() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_workers")) == 0, "it signed off"
        assert session.scalar(text("SELECT count(*) FROM dirty")) == 2


def test_a_job_that_takes_longer_than_the_grace_is_left(
        queue: sessionmaker[Session], database: DatabaseUrls, tmp_path: Path) -> None:
    put(queue, "jobs.nap", seconds=60)
    with napping_worker(database, tmp_path, grace=1) as process:
        until((tmp_path / "began-60").exists, 15, "the job begins")
        began = time.monotonic()
        process.terminate()
        assert process.wait(10) == 0
        assert time.monotonic() - began < 8
    assert [status for _, status, _ in rows(queue)] == ["doing"], "the sweeper brings it back"
    with queue() as session:
        assert session.scalar(text("SELECT count(*) FROM dirty")) == 0


@contextmanager
def portal_worker(settings: Settings, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`portal worker`, as an operator runs it."""
    with running([sys.executable, "-m", "portal.cli", "worker"], folder / "log", **settings.to_env()) as process:
        yield process


def mail_sent(queue: sessionmaker[Session], key: str, seconds: float) -> float:
    """Write a mail and wait until the worker has handed it over (to `outbox:`)."""
    with queue() as session:
        notifications.send(session, key=key, template="password_changed", recipient="a@b.example", locale="ko",
                           now=system_clock(), values={"name": "n"})
        session.commit()

    def sent() -> bool:
        with queue() as session:
            return session.scalar(select(Mail.status).where(Mail.key == key)) == "sent"

    return until(sent, seconds, f"the mail {key}")


def test_the_portals_worker_works_and_ends_when_asked(
        queue: sessionmaker[Session], settings: Settings, tmp_path: Path) -> None:
    with portal_worker(settings, tmp_path) as process:
        mail_sent(queue, "first", 30)
        assert mail_sent(queue, "second", 5) < 5
        process.terminate()
        began = time.monotonic()
        assert process.wait(10) == 0
        assert time.monotonic() - began < 8
    with queue() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_workers")) == 0


@pytest.mark.slow
def test_the_worker_survives_a_lost_database(
        queue: sessionmaker[Session], database: DatabaseUrls, settings: Settings, tmp_path: Path) -> None:
    app, owner = (create_engine(url, isolation_level="AUTOCOMMIT") for url in (database.app, database.owner))

    def end_connections(by: Connection) -> None:
        """Those of the worker, of its queue and of the test, but for the one that does it."""
        queue.kw["bind"].dispose()
        ended = by.execute(text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = current_user AND pid <> pg_backend_pid()")).all()
        assert len(ended) >= 2, "had the worker no connection?"

    with app.connect() as keeper, owner.connect() as warden, portal_worker(settings, tmp_path) as process:
        mail_sent(queue, "before", 30)
        for n in range(2):
            end_connections(keeper)
            mail_sent(queue, f"after-{n}", 30)
        # Another worker took it for dead: its number is gone.
        keeper.execute(text("DELETE FROM portal.procrastinate_workers"))
        mail_sent(queue, "pruned", 30)
        # The database lets nobody in for a while.
        warden.execute(text(f'ALTER DATABASE "{database.name}" CONNECTION LIMIT 0'))
        end_connections(keeper)
        time.sleep(4)
        warden.execute(text(f'ALTER DATABASE "{database.name}" CONNECTION LIMIT -1'))
        mail_sent(queue, "away", 40)
        assert process.poll() is None
        process.terminate()
        assert process.wait(12) == 0
    app.dispose()
    owner.dispose()
