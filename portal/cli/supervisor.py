"""Runs the web and the worker as children of one process, and ends all when one ends or a signal comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

_GRACE_SECONDS = 15


def web_command(bind: str, workers: int, threads: int = 8) -> list[str]:
    """gunicorn on `bind`. Threads, so that a slow upload holds up nobody."""
    return [sys.executable, "-m", "gunicorn", "portal.wsgi:app",
            "--bind", bind, "--workers", str(workers), "--threads", str(threads), "--worker-class", "gthread",
            "--timeout", "60", "--graceful-timeout", "10", "--keep-alive", "5", "--no-control-socket",
            "--log-level", "warning"]


def worker_command() -> list[str]:
    """The background worker."""
    return [sys.executable, "-m", "portal.cli", "worker"]


class Supervisor:
    """Starts children with one environment; SIGINT and SIGTERM end them, in the order of starting backwards."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = {**os.environ, **env}
        self._children: list[subprocess.Popen[bytes]] = []
        self._asked = False

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Start one child in a process group of its own, so that Ctrl-C reaches it through us, once."""
        child = subprocess.Popen(command, env=self._env, start_new_session=True)
        self._children.append(child)
        return child

    def run(self, *commands: list[str], ready: Callable[[], None] | None = None) -> int:
        """Start all and wait. Returns 0 when asked to stop, else the code of the child that ended by itself."""
        def ask(_: int, __: FrameType | None) -> None:
            self._asked = True

        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, ask)
        for command in commands:
            self.start(command)
        if ready:
            ready()
        try:
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
        """End every child: first by asking, after a grace period by force."""
        for child in reversed(self._children):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + _GRACE_SECONDS
        for child in reversed(self._children):
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
