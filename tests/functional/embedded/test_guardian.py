"""A process below a guardian, without PostgreSQL."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from portal.adapters.embedded import Ending, GuardedProcess
from tests.functional.embedded.processes import await_end, family

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
    assert time.monotonic() - start < 3
    await_end(members)
    assert not (room / "with it").exists()


def test_a_guarded_process_that_cannot_be_run_tells_so(room: Path) -> None:
    with open(room / "log", "wb") as log:
        process = GuardedProcess([room / "missing"], ending=ENDING, log=log.fileno())
        assert process.wait(20) != 0
    assert "missing" in (room / "log").read_text()
