"""Looks at real processes, and starts some that own a server. Used by the tests of the embedded PostgreSQL."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import psycopg
import pytest

PROJECT = Path(__file__).parents[3]
# What a Python that is not this one needs to find the project and its libraries.
ENVIRONMENT = {"PYTHONPATH": f"{PROJECT}:{Path(psycopg.__file__).parents[1]}", "PATH": os.environ["PATH"]}
ORPHAN_SECONDS = 5.0

is_root = os.geteuid() == 0
needs_root = pytest.mark.skipif(not is_root, reason="needs root: tries what the portal does when root starts it")

# A process that owns an instance's server until a line comes in or a signal ends it.
SUPERVISOR = """
import json, os, signal, sys, time
from pathlib import Path
from portal.adapters.embedded import EmbeddedServer
options = json.loads(sys.argv[1])
child = options.pop("forked_child", False)
# As in a terminal, also where the tests were started in the background, which is deaf to Ctrl-C.
signal.signal(signal.SIGINT, signal.SIG_IGN if options.pop("deaf", False) else signal.default_int_handler)
with EmbeddedServer(Path(options.pop("instance")), **options) as server:
    if child and os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    told = {"owner_url": server.address.owner_url, "guardian": server.guardian_pid}
    print(json.dumps(told), flush=True)
    sys.stdin.readline()
"""


def processes() -> dict[int, int]:
    """The parent of every process that runs (not of those that only wait to be reaped)."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(folder.name)] = int(parent)
    return found


def family(pid: int) -> set[int]:
    """A process and all that descend from it."""
    parents = processes()
    members = {pid}
    while more := {child for child, parent in parents.items() if parent in members} - members:
        members |= more
    return members


def await_end(pids: set[int], seconds: float = ORPHAN_SECONDS) -> float:
    """How long the processes took to end; fails where one still runs after `seconds`."""
    start = time.monotonic()
    while left := pids & processes().keys():
        assert time.monotonic() - start < seconds, f"still running after {seconds} s: {left}"
        time.sleep(0.02)
    return time.monotonic() - start


def permissions_above(*paths: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owner of every folder on the way to the paths."""
    parents = {parent for path in paths for parent in path.parents}
    return {p: (s.st_mode, s.st_uid, s.st_gid) for p in sorted(parents) if p.exists() for s in [p.stat()]}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def query(url: str, statement: str) -> Any:
    with contextlib.closing(psycopg.connect(plain(url), autocommit=True)) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else None


def leave_mark(url: str) -> str:
    """Commits something that a later start must find again; the answer is what `has_mark` is asked for."""
    mark = f"mark_{uuid.uuid4().hex}"
    query(url, f"CREATE TABLE {mark} (a int)")
    return mark


def has_mark(url: str, mark: str) -> bool:
    return bool(query(url, f"SELECT 1 FROM pg_tables WHERE tablename = '{mark}'"))


def open_folder() -> Path:
    """A new folder that everyone may enter."""
    folder = Path(tempfile.mkdtemp(prefix="test-embedded-"))
    folder.chmod(0o755)
    return folder


def give_folder(folder: Path, user: str) -> None:
    entry = pwd.getpwnam(user)
    os.chown(folder, entry.pw_uid, entry.pw_gid)


def socket_folder(url: str) -> Path:
    return Path(psycopg.conninfo.conninfo_to_dict(plain(url))["host"])


class Supervisors:
    """Starts processes that own a server, and sees to it that none outlives the test."""

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[str]] = []

    def start(
        self, instance: Path, *, user: str | None = None, ready: bool = True, **options: Any
    ) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        more: dict[str, Any] = {}
        interpreter = sys.executable
        if user is not None:
            entry = pwd.getpwnam(user)
            interpreter = python_for(user)
            more = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        process = subprocess.Popen(
            [interpreter, "-W", "error", "-c", SUPERVISOR, json.dumps({"instance": str(instance), **options})],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
            start_new_session=True,
            cwd="/",
            **more,
        )
        self._started.append(process)
        if not ready:
            return process, {}
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"the supervisor ended with {process.wait()}"
        return process, json.loads(line)

    def end_all(self) -> None:
        for process in self._started:
            members = family(process.pid)
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                assert stream is not None
                stream.close()
            await_end(members - {process.pid}, 70)


def python_for(user: str) -> str:
    """A Python that this user can run and that finds the project. Root's own often lies in a closed folder."""
    entry = pwd.getpwnam(user)
    for candidate in (sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin")):
        if candidate is None:
            continue
        with contextlib.suppress(OSError):
            tried = subprocess.run(
                [candidate, "-c", "import portal.adapters.embedded"],
                env=ENVIRONMENT,
                user=entry.pw_uid,
                group=entry.pw_gid,
                extra_groups=[],
                cwd="/",
                capture_output=True,
                check=False,
            )
            if tried.returncode == 0:
                return candidate
    pytest.skip(f"no Python with this project's libraries can be run by the user {user}")
