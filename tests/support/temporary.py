"""Where the temporary files of a test run stand: in a folder of its own, in memory where the machine has such a place
with room.

Servers are made, filled, copied and taken away by the hundred; on a disk that is a third of the run's processor time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")
#: A run has needed a third of this.
_ROOM = 1024**3


def begin() -> Path:
    """Make the folder, for this process and those that it starts: in memory, else, or where TMPDIR is given, in the usual
    place."""
    in_memory = "TMPDIR" not in os.environ and _fits(_IN_MEMORY)
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-", dir=_IN_MEMORY if in_memory else None))
    folder.chmod(0o755)  # servers run as other users, who pass through to their data
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    return folder


def end(folder: Path | None) -> None:
    """Take it away with all that was left."""
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _fits(place: Path) -> bool:
    if not (place.is_dir() and os.access(place, os.W_OK)):
        return False
    facts = os.statvfs(place)
    return not facts.f_flag & os.ST_NOEXEC and facts.f_bavail * facts.f_frsize >= _ROOM


def shared(name: str) -> Path:
    """A folder that all processes of this run share, and no other run."""
    folder = Path(tempfile.gettempdir()) / name
    folder.mkdir(exist_ok=True)
    return folder
