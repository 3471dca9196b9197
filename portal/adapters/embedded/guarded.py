"""A process that lives no longer than this one: started below a guardian (`guardian.py`).

Knows nothing of PostgreSQL: what to run, as whom, and how it is asked to end are given.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from portal.adapters.embedded.account import Account

_GUARDIAN = Path(__file__).with_name("guardian.py")

# Unless more is given, all that the process sees of the environment: no PG*, LD_* or locale of the caller changes what
# it does.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Ending:
    """How a process is asked to end: signals, each with the seconds that it then has.

    `orderly` is used when the owner asks for the end, `hurried` one after the other when that takes too long or the
    owner has died. The seconds of `hurried` together stay under the 5 within which an orphaned server is gone.
    """

    orderly: tuple[signal.Signals, float]
    hurried: tuple[tuple[signal.Signals, float], ...]

    @property
    def longest(self) -> float:
        return self.orderly[1] + sum(seconds for _, seconds in self.hurried)


class GuardedProcess:
    """One process below its guardian.

    `log` is an open file that takes both outputs (none: this process's own), `lock` an open, locked file that stays
    locked until both have ended, `account` the user as whom it runs (none: the same), `remove` names folders that go
    when it has ended.
    """

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        ending: Ending,
        account: Account | None = None,
        log: int | None = None,
        lock: int | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path = Path("/"),
        remove: Sequence[Path] = (),
    ) -> None:
        self._ending = ending
        plan = {
            "argv": [os.fspath(word) for word in argv],
            "env": {**_ENVIRONMENT, **(environment or {})},
            "folder": os.fspath(folder),
            "user": account.uid if account else None,
            "group": account.gid if account else None,
            "orderly": ending.orderly,
            "hurried": ending.hurried,
            "remove": [os.fspath(folder) for folder in remove],
        }
        self._guardian = subprocess.Popen(
            [sys.executable, "-I", "-S", _GUARDIAN, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=_ENVIRONMENT,
            cwd="/",
            bufsize=0,
            start_new_session=True,
            pass_fds=() if lock is None else (lock,),
        )
        self._tell(json.dumps(plan).encode() + b"\n")

    @property
    def guardian_pid(self) -> int:
        return self._guardian.pid

    def poll(self) -> int | None:
        """The exit status of the process where it has ended by itself; None while it runs."""
        return self._guardian.poll()

    def wait(self, seconds: float) -> int:
        """The exit status of the process, once it has ended by itself. Raises subprocess.TimeoutExpired."""
        status = self._guardian.wait(seconds)
        self._hang_up()
        return status

    def stop(self) -> None:
        """Asks for an orderly end and waits for it; afterwards neither the process nor its guardian runs."""
        self._tell(b"stop\n")
        self._hang_up()
        try:
            self._guardian.wait(self._ending.longest + 5)
        except subprocess.TimeoutExpired:
            # The guardian hangs; its death is the signal to the process.
            self._guardian.kill()
            self._guardian.wait()

    def forget(self) -> None:
        """For a forked child of the owner: closes its copy of the line to the guardian, which serves the owner only."""
        self._hang_up()
        self._guardian.returncode = 0  # not our child: nothing to wait for, nothing to warn about

    def _tell(self, message: bytes) -> None:
        if self._guardian.stdin is None or self._guardian.stdin.closed:
            return
        with suppress(BrokenPipeError):  # it has ended already: `wait` and `poll` tell so
            self._guardian.stdin.write(message)

    def _hang_up(self) -> None:
        if self._guardian.stdin is not None:
            self._guardian.stdin.close()
