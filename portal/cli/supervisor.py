"""Runs the web and the worker as children of one process, and ends all when one ends or a signal comes."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from portal.adapters.embedded import Ending, GuardedProcess


def web_command(bind: str, workers: int, threads: int = 8) -> list[str]:
    """gunicorn on `bind`. Threads, so that a slow upload holds up nobody."""
    return [sys.executable, "-m", "gunicorn", "portal.wsgi:app",
            "--bind", bind, "--workers", str(workers), "--threads", str(threads),
            "--worker-class", "portal.adapters.fair_worker.FairWorker", "--timeout", "60", "--graceful-timeout", "10",
            "--keep-alive", "5", "--no-control-socket", "--log-level", "warning"]


def worker_command() -> list[str]:
    """The background worker."""
    return [sys.executable, "-m", "portal.cli", "worker"]


#: SIGTERM lets gunicorn and the worker finish what they are doing. When the supervisor itself was killed, its database
#: ends within five seconds, and so must they.
_ENDING = Ending(orderly=(signal.SIGTERM, 15.0), hurried=((signal.SIGTERM, 2.0), (signal.SIGKILL, 1.0)))


class Supervisor:
    """Starts children with one environment. SIGINT and SIGTERM end them; so does the supervisor's own death, however it
    dies: each child runs below a guardian."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = {**os.environ, **env}
        self._children: list[GuardedProcess] = []
        self._asked = False

    def run(self, *commands: list[str], ready: Callable[[], None] | None = None) -> int:
        """Start all and wait. Returns 0 when asked to stop, else the code of the child that ended by itself."""
        def ask(_: int, __: FrameType | None) -> None:
            self._asked = True

        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, ask)
        try:
            for command in commands:
                self._children.append(GuardedProcess(command, ending=_ENDING, environment=self._env,
                                                     folder=Path.cwd()))
            if ready:
                ready()
            while not self._asked:
                for child in self._children:
                    code = child.poll()
                    if code is not None:
                        return code or 1
                time.sleep(0.2)
            return 0
        finally:
            self.stop()

    def stop(self) -> None:
        """End every child, the last one first."""
        for child in reversed(self._children):
            child.stop()
