"""A lock on a file (`flock`): held by a process, given back by the system when that process ends, however it ends."""

import fcntl
import os
import time
from pathlib import Path

from portal.adapters.embedded.private_files import open_private

_PAUSE = 0.05


class FileLock:
    """An exclusive lock on a file, which is made where it is missing. Not to be shared by threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    @property
    def held(self) -> bool:
        return self._fd is not None

    def take(self, patience: float) -> bool:
        """Takes the lock; False when another holder kept it for `patience` seconds."""
        fd = open_private(self._path, os.O_RDWR)
        try:
            free = _take(fd, fcntl.LOCK_EX, patience)
        except BaseException:
            os.close(fd)
            raise
        if free:
            self._fd = fd
        else:
            os.close(fd)
        return free

    def fileno(self) -> int:
        if self._fd is None:
            raise ValueError("the lock is not held")
        return self._fd

    def write(self, content: bytes) -> None:
        """Leaves a note in the locked file, for those who find it taken."""
        os.ftruncate(self.fileno(), 0)
        os.pwrite(self.fileno(), content, 0)

    def release(self) -> None:
        """Gives the lock back, also where a child process still has the file open."""
        if self._fd is not None:
            fcntl.flock(self._fd, fcntl.LOCK_UN)
        self.let_go()

    def let_go(self) -> None:
        """Closes the file only: whoever else has it open (a child to which it was handed) goes on holding the lock."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def is_taken(path: Path) -> bool:
    """Whether somebody holds the lock. Holds a shared lock for an instant itself: takers need a little patience."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        return not _take(fd, fcntl.LOCK_SH, 0)
    finally:
        os.close(fd)


def _take(fd: int, kind: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_PAUSE)
        else:
            return True
