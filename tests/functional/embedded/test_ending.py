"""The server ends with its owner, however that ends, and a clean start follows. Real processes, real signals."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest

from portal.adapters.embedded import NotRunning, own
from portal.kernel.roles import ROLES
from tests.functional.embedded.processes import (
    Supervisors,
    await_end,
    family,
    has_mark,
    is_root,
    leave_mark,
    plain,
    processes,
    query,
    socket_folder,
)


def test_ctrl_c_leaves_no_process(
    starter: str | None, made: Path, supervisors: Supervisors, capfd: pytest.CaptureFixture[str]
) -> None:
    process, told = supervisors.start(made, user=starter)
    members = family(process.pid)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of its foreground group
    process.wait(20)
    assert "KeyboardInterrupt" in capfd.readouterr().err
    assert not members & processes().keys()
    assert not socket_folder(told["owner_url"]).exists()
    assert "database system is shut down" in (made / "postgresql" / "log").read_text()


def test_ctrl_c_is_the_owners_to_answer(made: Path, supervisors: Supervisors) -> None:
    process, told = supervisors.start(made, deaf=True)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.5)
    assert query(told["owner_url"], "SELECT 1") == [(1,)]


def test_kill_of_the_supervisor_ends_the_server_and_a_clean_start_follows(
    starter: str | None, made: Path, supervisors: Supervisors
) -> None:
    process, told = supervisors.start(made, user=starter)
    mark = leave_mark(told["owner_url"])
    members = family(process.pid)
    process.kill()
    process.wait()
    await_end(members)
    assert not socket_folder(told["owner_url"]).exists()
    _, told = supervisors.start(made, user=starter)
    assert has_mark(told["owner_url"], mark)


def test_a_start_right_after_a_kill_waits_for_the_old_server(made: Path, supervisors: Supervisors) -> None:
    marks = []
    for _ in range(3):
        process, told = supervisors.start(made)
        marks.append(leave_mark(told["owner_url"]))
        process.kill()
        process.wait()
    with own(made) as server:
        assert all(has_mark(server.address.owner_url, mark) for mark in marks)


def test_kill_ends_the_server_with_a_session_open_and_busy(made: Path, supervisors: Supervisors) -> None:
    process, told = supervisors.start(made)
    members = family(process.pid)
    with contextlib.closing(psycopg.connect(plain(told["owner_url"]))) as connection:
        connection.execute("CREATE TABLE half (a int)")  # never committed
        process.kill()
        process.wait()
        await_end(members)
    with own(made) as server:
        assert query(server.address.owner_url, "SELECT count(*) FROM pg_tables WHERE tablename = 'half'") == [(0,)]


def test_kill_of_the_supervisor_with_a_forked_child_alive(made: Path, supervisors: Supervisors) -> None:
    process, told = supervisors.start(made, forked_child=True)
    (child,) = {pid for pid, parent in processes().items() if parent == process.pid} - {told["guardian"]}
    server = family(told["guardian"])
    try:
        process.kill()
        process.wait()
        await_end(server)
        assert child in processes()
        own(made).stop()
    finally:
        os.kill(child, signal.SIGKILL)


def test_kill_of_the_guardian_ends_the_server(made: Path, supervisors: Supervisors, starter: str | None) -> None:
    process, told = supervisors.start(made, user=starter)
    members = family(told["guardian"])
    os.kill(told["guardian"], signal.SIGKILL)
    await_end(members)
    process.communicate("\n")
    assert process.returncode == 0
    _, told = supervisors.start(made, user=starter)
    assert query(told["owner_url"], "SELECT 1") == [(1,)]


def kill_everything(process: subprocess.Popen[str]) -> None:
    """As when the machine loses its power: nobody has a chance to tidy up."""
    members: set[int] = set()
    while more := family(process.pid) - members:  # until none is left that could start another one
        for pid in more:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        members |= more
    for pid in members:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    await_end(members)


def test_start_after_everything_was_killed_at_once(
    starter: str | None, made: Path, supervisors: Supervisors
) -> None:
    process, told = supervisors.start(made, user=starter)
    mark = leave_mark(told["owner_url"])
    kill_everything(process)
    left = socket_folder(told["owner_url"])
    assert left.exists()
    _, told = supervisors.start(made, user=starter)
    assert has_mark(told["owner_url"], mark)
    assert not left.exists()


def test_a_stale_process_number_may_be_anyones_by_now(made: Path, supervisors: Supervisors) -> None:
    process, told = supervisors.start(made)
    mark = leave_mark(told["owner_url"])
    kill_everything(process)
    note = made / "postgresql" / "data" / "postmaster.pid"
    # A process of the user as whom the server runs: the only kind that PostgreSQL itself would take for a rival.
    owner = note.stat()
    stranger = subprocess.Popen(
        ["/bin/sleep", "60"], cwd="/", **({"user": owner.st_uid, "group": owner.st_gid} if is_root else {})
    )
    try:
        _, _, rest = note.read_text().partition("\n")
        note.write_text(f"{stranger.pid}\n{rest}")
        with own(made) as server:
            assert has_mark(server.address.owner_url, mark)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_that_outlived_its_guardian_is_ended_first(made: Path, supervisors: Supervisors) -> None:
    process, told = supervisors.start(made)
    mark = leave_mark(told["owner_url"])
    (server,) = {pid for pid, parent in processes().items() if parent == told["guardian"]}
    os.kill(server, signal.SIGSTOP)  # so that it cannot follow its guardian
    os.kill(told["guardian"], signal.SIGKILL)
    process.kill()
    process.wait()
    assert server in processes()
    with own(made) as again:
        assert has_mark(again.address.owner_url, mark)
    assert server not in processes()


def test_a_start_waits_for_the_sessions_of_a_killed_server(made: Path, supervisors: Supervisors) -> None:
    process, told = supervisors.start(made)
    mark = leave_mark(told["owner_url"])
    (server,) = {pid for pid, parent in processes().items() if parent == told["guardian"]}
    late = next(iter(family(server) - {server}))
    os.kill(late, signal.SIGSTOP)  # holds on to the shared memory, which no second server may touch
    for pid in (told["guardian"], server, process.pid):
        os.kill(pid, signal.SIGKILL)
    process.wait()
    waking = threading.Timer(1.0, os.kill, [late, signal.SIGCONT])
    waking.start()
    with own(made) as again:
        assert has_mark(again.address.owner_url, mark)
    waking.join()


def test_nothing_busy_survives_a_killed_server(made: Path, supervisors: Supervisors) -> None:
    process, told = supervisors.start(made)
    members = family(told["guardian"])
    (server,) = {pid for pid, parent in processes().items() if parent == told["guardian"]}
    with contextlib.closing(psycopg.connect(plain(told["owner_url"]), autocommit=True)) as connection:
        session = connection.info.backend_pid
        # Busy on its own for a minute: it looks neither for its client nor for its server.
        connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000) a")
        time.sleep(0.2)
        os.kill(server, signal.SIGKILL)
        await_end(members | {session})
    process.communicate("\n")
    own(made).stop()


@pytest.mark.parametrize("everything", [False, True], ids=["of the supervisor", "of everything"])
def test_a_kill_while_the_data_are_being_made(instance: Path, supervisors: Supervisors, everything: bool) -> None:
    process, _ = supervisors.start(instance, ready=False)
    half = instance / "postgresql" / "data.new"
    deadline = time.monotonic() + 20
    while not (half / "PG_VERSION").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    if everything:  # initdb, too, has no chance to tidy up
        kill_everything(process)
    else:
        members = family(process.pid)
        process.kill()
        process.wait()
        await_end(members)
    assert half.exists()
    assert not half.with_name("data").exists()
    left = Path(json.loads((half.with_name("running.json")).read_text())["socket"])
    assert left.exists() == everything
    with own(instance) as server:
        assert query(server.address.owner_url, "SELECT current_user::text") == [(ROLES.owner,)]
        databases = query(server.address.owner_url, "SELECT datname::text FROM pg_database ORDER BY 1")
        assert databases == [("portal",), ("postgres",), ("template0",), ("template1",)]
        assert not left.exists()


def test_stopping_twice_is_stopping_once(made: Path) -> None:
    server = own(made)
    server.stop()
    server.stop()
    for name in ("address", "databases", "guardian_pid"):
        with pytest.raises(NotRunning):
            getattr(server, name)
    server.start()
    assert query(server.address.app_url, "SELECT 1") == [(1,)]
    server.stop()
