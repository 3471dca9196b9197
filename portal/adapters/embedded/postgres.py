"""How PostgreSQL is asked to make its data, to run and to end. Starts nothing itself."""

import itertools
import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from portal.adapters.embedded.binaries import Binaries
from portal.adapters.embedded.errors import ServerFailed
from portal.adapters.embedded.guarded import Ending

SUPERUSER = "postgres"
PORT = 5432  # names the socket only: nothing listens on a network address

# SIGINT is PostgreSQL's fast shutdown: sessions are ended, a checkpoint is written. SIGQUIT ends at once; what was
# committed is recovered at the next start.
DURABLE_ENDING = Ending(
    orderly=(signal.SIGINT, 30), hurried=((signal.SIGINT, 3), (signal.SIGQUIT, 1), (signal.SIGKILL, 0.5))
)
THROWAWAY_ENDING = Ending(orderly=(signal.SIGQUIT, 1), hurried=((signal.SIGQUIT, 1), (signal.SIGKILL, 0.5)))

_PROCESSES = Path("/proc")
_SESSIONS_PATIENCE = 5.0  # seconds; a session notices the death of its server at once, unless it is busy

_SETTINGS = {
    # The socket is the only way in, its folder is private, and a password is asked for even so.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "cluster_name": "portal",
    # For a machine with 2 cores and some gigabytes that runs the portal beside it. Of the buffers only as much is taken
    # as there is data to hold; a search for a common word gains most (docs/benchmarks.md).
    "shared_buffers": "512MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "max_wal_size": "1GB",
}

# Nothing is kept after the run: no waiting for the disk, no log of changes beyond what a running server needs.
_THROWAWAY_SETTINGS = {
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_init_zero": "off",
    "checkpoint_timeout": "1h",
}


def initdb_arguments(binaries: Binaries, data: Path, password_file: Path, *, durable: bool) -> list[str | Path]:
    """Makes the data: UTF-8, ordered by code point with Unicode's rules for letters, page checksums, passwords."""
    arguments: list[str | Path] = [binaries.initdb, "-D", data, "-U", SUPERUSER, f"--pwfile={password_file}"]
    arguments += ["--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", "--text-search-config=simple"]
    if binaries.version >= 17:
        # PostgreSQL's own: the same on every machine, needs no locale of the system.
        arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        arguments += ["--locale-provider=libc", "--locale=C.UTF-8", "--lc-messages=C"]
    arguments += ["--no-instructions"]
    if not durable:
        arguments += ["--no-sync"]
    return arguments


def server_arguments(
    binaries: Binaries, data: Path, socket: Path, *, durable: bool, max_connections: int, settings: Mapping[str, str]
) -> list[str | Path]:
    """Runs the server. Settings stand on its command line: the data's own files stay as initdb made them."""
    chosen = {
        **_SETTINGS,
        **({} if durable else _THROWAWAY_SETTINGS),
        "max_connections": str(max_connections),
        **settings,
        "unix_socket_directories": str(socket),
        "port": str(PORT),
    }
    arguments: list[str | Path] = [binaries.postgres, "-D", data]
    for name, value in chosen.items():
        arguments += ["-c", f"{name}={value}"]
    return arguments


def data_version(data: Path) -> int | None:
    """The version whose data these are; None where there are none."""
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def start_environment(data: Path) -> dict[str, str]:
    """The environment for a start over data that a server left without ending in order.

    PostgreSQL refuses to start while the process named in `postmaster.pid` lives. After a restart of the machine or a
    container that number may be anyone's: when it is no server of these data, PostgreSQL is told so, in the way that
    `pg_ctl` tells it its own number. It goes on checking that no session of the old server uses the shared memory.
    Call it after `end_leftover`.
    """
    pid = _recorded_pid(data)
    if pid is None or not _PROCESSES.is_dir():
        return {}
    return {"PG_GRANDPARENT_PID": str(pid)}


def end_leftover(data: Path) -> None:
    """Ends a server of these data, or what initdb runs, that outlived its guardian. Raises ServerFailed.

    Waits a moment, too, for the sessions of a server that was killed: a new one refuses to start beside them.
    """
    pid = _recorded_pid(data)
    if pid is None:
        return
    for number, seconds in DURABLE_ENDING.hurried:
        if not _is_server_of(data, pid):
            break
        os.kill(pid, number)
        _await(lambda: not _is_server_of(data, pid), seconds)
    if _is_server_of(data, pid):
        raise ServerFailed(f"An earlier server of {data} (process {pid}) does not end.")
    _await(lambda: not _sessions_left(data), _SESSIONS_PATIENCE)


def _await(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.05)


def _record(data: Path) -> list[str]:
    """The lines that a running server keeps about itself; one that did not end in order leaves them behind."""
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _recorded_pid(data: Path) -> int | None:
    try:
        return abs(int(_record(data)[0]))  # a minus marks a server in single-user mode
    except (IndexError, ValueError):
        return None


def _sessions_left(data: Path) -> bool:
    """Whether processes still use the shared memory of the recorded server (key and number in the seventh line)."""
    try:
        number = _record(data)[6].split()[1]
        segments = [line.split() for line in (_PROCESSES / "sysvipc/shm").read_text(encoding="ascii").splitlines()]
    except (IndexError, OSError):
        return False
    return any(segment[1] == number and segment[6] != "0" for segment in segments)  # shmid, nattch


def _is_server_of(data: Path, pid: int) -> bool:
    """Whether that process is a server of these data, by its command line (which everyone may read: root in a
    container may not look at more of another user's process)."""
    try:
        words = (_PROCESSES / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return (b"-D", os.fsencode(data)) in itertools.pairwise(words)
