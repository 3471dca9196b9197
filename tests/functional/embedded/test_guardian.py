"""A process below a guardian, without PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from portal.adapters.embedded import Ending, GuardedProcess
from tests.functional.embedded.processes import ENVIRONMENT, await_end, family, processes
from tests.support import timing

ENDING = Ending(orderly=(signal.SIGTERM, 0.3), hurried=((signal.SIGTERM, 0.2), (signal.SIGKILL, 1)))


def test_a_guarded_process_gives_its_own_exit_status() -> None:
    assert GuardedProcess(["/bin/sh", "-c", "exit 7"], ending=ENDING).wait(20) == 7


def test_a_guarded_process_that_ignores_being_asked_is_killed(room: Path) -> None:
    ready = room / "ready"
    script = f"trap '' TERM; : > {ready}; while :; do sleep 0.05; done"
    process = GuardedProcess(["/bin/sh", "-c", script], ending=ENDING, remove=[room / "with it"])
    (room / "with it").mkdir()
    deadline = time.monotonic() + 20
    while not ready.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    members = family(process.guardian_pid)
    start = time.monotonic()
    process.stop()
    assert time.monotonic() - start < 3 * timing.slowness()
    await_end(members)
    assert not (room / "with it").exists()


def test_a_guarded_process_ends_when_the_line_to_its_owner_is_cut() -> None:
    process = GuardedProcess(["/bin/sleep", "60"], ending=ENDING)
    members = family(process.guardian_pid)
    process._hang_up()  # what the death of the owner does
    await_end(members)
    assert process.wait(5) == 0


def test_a_guarded_process_ends_with_its_owner_though_a_forked_child_keeps_the_line() -> None:
    script = """
import os, signal, sys, time
from portal.adapters.embedded import Ending, GuardedProcess
process = GuardedProcess(["/bin/sleep", "60"], ending=Ending((signal.SIGTERM, 1), ((signal.SIGKILL, 1),)))
child = os.fork()
if child:
    print(process.guardian_pid, child, flush=True)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as owner:
        assert owner.stdout is not None
        guardian, child = map(int, owner.stdout.readline().split())
        members = family(guardian)
        owner.kill()
        try:
            await_end(members)
            assert child in processes()
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_guarded_process_takes_what_it_started_with_it(room: Path) -> None:
    note = room / "note"
    script = f"sleep 60 & echo $! > {note}; exit 3"
    assert GuardedProcess(["/bin/sh", "-c", script], ending=ENDING).wait(20) == 3
    await_end({int(note.read_text())}, 1)


def test_a_guarded_process_that_cannot_be_run_tells_so(room: Path) -> None:
    with open(room / "log", "wb") as log:
        process = GuardedProcess([room / "missing"], ending=ENDING, log=log.fileno())
        assert process.wait(20) != 0
    assert "missing" in (room / "log").read_text()
