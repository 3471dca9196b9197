"""The guardian: runs one process, and ends it when the owner asks for it or is gone, however the owner went.

A program of its own, started by `guarded.py` as `python -I -S guardian.py` in an own session (so that Ctrl-C reaches
the owner only). It reads a plan as one line of JSON from its standard input and goes on listening there: `stop` asks
for an orderly end; the end of the input means that the owner died. Where a forked child of the owner keeps the pipe
open, the changed parent process tells it. Should the guardian itself be killed, the system signals the process; what
a killed process leaves running, the guardian ends (these two on Linux only).

It knows nothing of PostgreSQL or the portal, and imports the standard library only: it must start fast, stay small,
and run with no path to the portal.
"""

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from typing import Any

_LOOK_AT_PARENT = 1.0  # seconds between two looks at whether the owner lives
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>: be signalled when the parent dies
_PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>: become the parent of orphaned descendants
_CHILDREN = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
_END_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

ENDED, STOP, GONE = "ended", "stop", "gone"


class Guardian:
    """Follows one plan: `argv`, `env`, `folder`, `user`, `group` (null: unchanged), `orderly` (a signal and seconds),
    `hurried` (a list of them), `remove` (folders that go when the process has ended)."""

    def __init__(self, plan: dict[str, Any], owner: int) -> None:
        self._plan = plan
        self._owner = owner
        self._pid = os.getpid()
        self._awake, self._wake = os.pipe()
        os.set_blocking(self._awake, False)
        os.set_blocking(self._wake, False)

    def run(self) -> int:
        """Runs the process to its end. Returns its exit status; 0 where its end was asked for; a signal is negative."""
        signal.set_wakeup_fd(self._wake)  # every handled signal, SIGCHLD included, wakes the wait below
        for number in (*_END_SIGNALS, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
        try:
            process = self._launch()
            event = self._wait(process, None, listen=True)
            if event == STOP:
                number, seconds = self._plan["orderly"]
                process.send_signal(number)
                event = self._wait(process, seconds, listen=False)
            elif event == ENDED:
                return int(process.returncode)
            for number, seconds in self._plan["hurried"]:
                if event == ENDED:
                    break
                process.send_signal(number)
                event = self._wait(process, seconds, listen=False, owner_matters=False)
            return 0
        finally:
            end_orphans()
            for folder in self._plan["remove"]:
                shutil.rmtree(folder, ignore_errors=True)

    def _launch(self) -> subprocess.Popen[bytes]:
        plan = self._plan
        groups: list[int] | None = None if plan["user"] is None else []
        return subprocess.Popen(
            plan["argv"],
            stdin=subprocess.DEVNULL,
            env=plan["env"],
            cwd=plan["folder"],
            user=plan["user"],
            group=plan["group"],
            extra_groups=groups,
            preexec_fn=self._die_with_me,  # safe: this program has one thread
        )

    def _die_with_me(self) -> None:
        # Runs in the child after it has changed its user: changing it would clear the setting.
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, self._plan["hurried"][0][0])
            if os.getppid() != self._pid:  # killed in the instant before
                os._exit(1)

    def _wait(
        self, process: subprocess.Popen[bytes], seconds: float | None, *, listen: bool, owner_matters: bool = True
    ) -> str:
        """Waits for the first of: the process ended; the owner asked for its end (while `listen`); the owner is gone
        (while `owner_matters`); the time is over (told as `GONE` too: both mean that patience has ended)."""
        deadline = None if seconds is None else time.monotonic() + seconds
        poller = select.poll()
        poller.register(self._awake, select.POLLIN)
        if listen:
            poller.register(sys.stdin.fileno(), select.POLLIN)
        while process.poll() is None:
            if owner_matters and os.getppid() != self._owner:
                return GONE
            pause = _LOOK_AT_PARENT
            if deadline is not None:
                pause = min(pause, deadline - time.monotonic())
                if pause <= 0:
                    return GONE
            for fd, _ in poller.poll(pause * 1000):
                received = os.read(fd, 4096)
                if fd == self._awake:
                    if listen and any(number in received for number in _END_SIGNALS):
                        return STOP
                else:
                    return STOP if received.startswith(b"stop") else GONE
        return ENDED


def end_orphans() -> None:
    """Ends what the ended process has left running: a killed one could not see to its children any more."""
    while True:
        try:
            with open(_CHILDREN, encoding="ascii") as file:
                children = [int(word) for word in file.read().split()]
        except OSError:  # not Linux, or a kernel without this list
            return
        if not children:
            return
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def read_plan(fd: int) -> dict[str, Any] | None:
    """The plan, or None where the owner died before it had written it. Reads no byte behind the line's end."""
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(fd, 1)
        if not byte:
            return None
        line += byte
    plan: dict[str, Any] = json.loads(line)
    return plan


def main() -> int:
    owner = int(sys.argv[1])
    plan = read_plan(sys.stdin.fileno())
    if plan is None:
        return 0
    return Guardian(plan, owner).run()


if __name__ == "__main__":
    status = main()
    sys.exit(status if 0 <= status < 128 else 1)
