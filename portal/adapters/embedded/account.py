"""The system user as which PostgreSQL runs when the portal is started by root, whom PostgreSQL refuses.

Knows nothing of where things lie: it is asked whether that user can reach this or that.
"""

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.adapters.embedded.errors import ServerFailed

SERVICE_USER = "portal-db"
_LAST_RESORT = "nobody"
_USERADD_PATHS = "/usr/sbin:/sbin:/usr/bin:/bin"
_ATTEMPTS = 5  # useradd refuses while another one holds the lock of the user database


@dataclass(frozen=True)
class Account:
    """A system user other than the one of this process."""

    name: str
    uid: int
    gid: int


def service_account(say: Callable[[str], None]) -> Account:
    """The own system user of the database, made where it is missing; `nobody`, said aloud, where it cannot be made."""
    for attempt in range(_ATTEMPTS):
        account = _by_name(SERVICE_USER)
        if account is not None:
            return account
        if attempt:
            time.sleep(0.2)
        problem = _make_service_user()
    account = _by_name(SERVICE_USER) or _by_name(_LAST_RESORT)
    if account is None:
        raise ServerFailed(
            f"PostgreSQL does not run as root, and the system user {SERVICE_USER} could not be made ({problem}). "
            "Start the portal as an ordinary user."
        )
    if account.name == _LAST_RESORT:
        say(f"The system user {SERVICE_USER} could not be made ({problem}): the database runs as “{_LAST_RESORT}”.")
    return account


def account_of(uid: int) -> Account:
    """The account with this number. Raises ServerFailed where the system does not know it: PostgreSQL asks for it."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise ServerFailed(f"The database belongs to user number {uid}, whom this system does not know.") from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def reaches(account: Account, *, folders: Sequence[Path] = (), programs: Sequence[Path] = (),
            files: Sequence[Path] = ()) -> bool:
    """Whether the account can enter the folders, execute the programs and read the files.

    Tried as that account instead of computed: access lists and mount options count too. Needs root.
    """
    script = (
        'while [ "$1" != -- ]; do cd -- "$1" || exit 1; shift; done; shift; '
        'while [ "$1" != -- ]; do [ -x "$1" ] || exit 1; shift; done; shift; '
        'for file; do [ -r "$file" ] || exit 1; done'
    )
    words = [*map(os.fspath, folders), "--", *map(os.fspath, programs), "--", *map(os.fspath, files)]
    tried = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *words],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        env={"PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )
    return tried.returncode == 0


def give(path: Path, account: Account) -> None:
    """Makes the account the owner of a file or folder that this process has just made; follows no symbolic link."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fchown(fd, account.uid, account.gid)
    finally:
        os.close(fd)


def _by_name(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid) if entry.pw_uid != 0 else None


def _make_service_user() -> str:
    """Tries to make the user; the reason where that failed, else an empty text."""
    useradd = shutil.which("useradd", path=_USERADD_PATHS)
    if useradd is None:
        return "there is no useradd"
    words = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    words += ["--shell", "/usr/sbin/nologin", "--comment", "Database of the consultation portal", SERVICE_USER]
    made = subprocess.run(
        [useradd, *words],
        cwd="/",
        env={"PATH": _USERADD_PATHS, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return "" if made.returncode == 0 else made.stderr.strip() or f"useradd ended with {made.returncode}"
