"""Files that only the owner of their folder may read, whoever makes them.

A file that root makes is given to the owner of its folder, so that an ordinary user's instance stays usable after root
has run it once. Symbolic links are not followed: the folder may belong to somebody less trusted than this process.
"""

import os
from pathlib import Path


def open_private(path: Path, flags: int) -> int:
    """A file descriptor; the file is made where it is missing."""
    fd = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(fd, folder.st_uid, folder.st_gid)
    return fd


def write_private(path: Path, content: bytes) -> None:
    """Replaces a file at once: whoever reads it finds the old content or the new."""
    making = path.with_name(f"{path.name}.new")
    making.unlink(missing_ok=True)
    with open(open_private(making, os.O_WRONLY | os.O_EXCL), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    making.replace(path)
