"""A web process leaves new connections to the others while it serves more than they do."""

from __future__ import annotations

import gunicorn.util
import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import ThreadWorker

from portal.adapters.fair_worker import FairWorker
from portal.cli.supervisor import web_command


def _waits(monkeypatch: pytest.MonkeyPatch, connections: int, workers: int = 2) -> tuple[list[float], list[object]]:
    slept: list[float] = []
    taken: list[object] = []
    monkeypatch.setattr("portal.adapters.fair_worker.time.sleep", slept.append)
    monkeypatch.setattr(ThreadWorker, "accept", lambda self, listener: taken.append((listener, len(slept))))
    settings = Config()
    settings.set("workers", workers)
    worker = FairWorker(1, 1, [], None, 30, settings, None)
    worker.tmp.close()  # what tells gunicorn that a worker lives
    assert worker.nr_conns == 0
    worker.nr_conns = connections
    worker.accept("the listener")
    return slept, taken


def test_an_idle_process_takes_a_connection_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _waits(monkeypatch, 0) == ([], [("the listener", 0)])


def test_a_process_alone_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _waits(monkeypatch, 5, workers=1) == ([], [("the listener", 0)])


def test_it_waits_the_longer_the_more_it_serves_and_never_long(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = []
    for connections in (1, 4, 10, 1_000):
        slept, taken = _waits(monkeypatch, connections)
        assert taken == [("the listener", 1)]
        waits.append(slept[0])
    assert waits == sorted(waits) and waits[0] < waits[1] < waits[2] == waits[3] <= 0.002


def test_the_web_processes_are_of_this_kind() -> None:
    command = web_command("127.0.0.1:1", 2)
    named = command[command.index("--worker-class") + 1]
    assert gunicorn.util.load_class(named) is FairWorker
