"""One process owns the server of an instance, the others join it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from portal.adapters.embedded import InstanceBusy, NotRunning, join, join_or_own, own
from tests.functional.embedded.processes import Supervisors, await_end, family, has_mark, leave_mark, query


def test_second_owner_is_refused_by_name(made: Path, supervisors: Supervisors) -> None:
    process, _ = supervisors.start(made, purpose="demo", address="http://127.0.0.1:8000")
    with pytest.raises(InstanceBusy) as refused:
        own(made, "serve")
    error = refused.value
    assert (error.name, error.pid, error.address) == ("demo", process.pid, "http://127.0.0.1:8000")
    assert all(part in str(error) for part in ("demo", str(process.pid), "http://127.0.0.1:8000", str(made)))
    process.communicate("\n")
    own(made, "serve").stop()


def test_owner_announces_where_it_is_reached(made: Path) -> None:
    with own(made, "serve") as server:
        server.announce("http://127.0.0.1:1234")
        with pytest.raises(InstanceBusy, match=r"“serve” \(process \d+\) already runs this instance at http://.*:1234"):
            own(made, "demo")


def test_another_name_of_the_same_instance_is_the_same_instance(room: Path, made: Path) -> None:
    (room / "link").symlink_to(made)
    with own(made), pytest.raises(InstanceBusy):
        own(room / "link")


def test_join_uses_the_server_that_runs(instance: Path, supervisors: Supervisors) -> None:
    with pytest.raises(NotRunning):
        join(instance)
    process, told = supervisors.start(instance)
    assert join(instance).owner_url == told["owner_url"]
    with join_or_own(instance, "worker") as address:
        assert address.owner_url == told["owner_url"]
    assert process.poll() is None
    assert query(told["owner_url"], "SELECT 1") == [(1,)]
    process.communicate("\n")
    with pytest.raises(NotRunning):
        join(instance)


def test_join_waits_for_a_server_that_is_being_started(instance: Path, supervisors: Supervisors) -> None:
    supervisors.start(instance, ready=False)
    deadline = time.monotonic() + 20
    while True:
        with contextlib.suppress(NotRunning):
            address = join(instance)
            break
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert query(address.app_url, "SELECT 1") == [(1,)]


def test_join_gives_up_on_an_owner_without_a_server(made: Path, supervisors: Supervisors) -> None:
    _, told = supervisors.start(made)
    os.kill(told["guardian"], signal.SIGTERM)
    await_end(family(told["guardian"]))
    with pytest.raises(NotRunning, match="does not answer"):
        join(made, patience=0.2)


def test_a_command_runs_a_server_for_its_own_length(instance: Path) -> None:
    before = family(os.getpid())
    with join_or_own(instance, "portal db upgrade") as address:
        mark = leave_mark(address.owner_url)
        with pytest.raises(InstanceBusy, match="portal db upgrade"):
            own(instance, "serve")
    assert family(os.getpid()) == before
    with join_or_own(instance, "portal db check") as address:
        assert has_mark(address.owner_url, mark)


def test_a_forked_child_neither_ends_the_server_nor_keeps_the_lock(made: Path) -> None:
    with own(made) as server:
        child = os.fork()
        if child == 0:
            server.stop()  # as an inherited exit handler would
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert query(server.address.app_url, "SELECT 1") == [(1,)]
        with pytest.raises(InstanceBusy):
            own(made)
