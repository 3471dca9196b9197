"""Where the data and the programs of an instance's server lie, and as whom it runs.

An ordinary user runs its server itself, with the data in the instance and the programs where they are installed.
Started by root the server runs as another user; where that user cannot reach data or programs, both are kept in a
folder of its own. The mode of nothing that was there before is changed.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from portal.adapters.embedded.account import Account, account_of, give, reaches, service_account
from portal.adapters.embedded.binaries import Binaries, copy_binaries
from portal.adapters.embedded.cluster import Cluster, InstanceFolder, settle_home
from portal.adapters.embedded.errors import ServerFailed

HOMES = Path("/var/lib")

_RUN_PREFIX = "portal-"
_LONGEST_SOCKET = 103  # bytes: a socket's address holds 107 on Linux, 103 on macOS
_SOCKET_NAME = ".s.PGSQL.5432"
# A connection string separates hosts by commas and PostgreSQL quotes paths in its own way: no such characters.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")


@dataclass(frozen=True)
class Place:
    """`account` is None where the server runs as the user of this process. `home` is the folder away from the instance
    that is in use; `cluster` has it recorded where it holds the data and not the programs only."""

    account: Account | None
    home: Path | None
    data: Path
    binaries: Binaries
    cluster: Cluster


def home_of(instance: Path, homes: Path = HOMES) -> Path:
    """The folder away from the instance that is kept for it when it needs one."""
    return homes / f"portal-{hashlib.sha256(os.fsencode(instance)).hexdigest()[:12]}"


def choose_place(
    where: InstanceFolder, cluster: Cluster, binaries: Binaries, homes: Path, say: Callable[[str], None]
) -> Place:
    """Decides once where the data lie, and at every start which programs are used. Raises ServerFailed."""
    inside = where.folder / "data"
    if os.geteuid() != 0:
        if cluster.home is not None:
            raise ServerFailed(f"The database of {where.instance} was made by root; start the portal as root.")
        if inside.exists() and inside.stat().st_uid != os.geteuid():
            raise ServerFailed(f"{inside} belongs to another user; start the portal as that user or as root.")
        return Place(None, None, inside, binaries, cluster)

    kept = (cluster.home or where.folder) / "data"
    account = account_of(kept.stat().st_uid) if kept.exists() else service_account(say)
    near = reaches(account, folders=[where.folder])
    usable = reaches(account, programs=binaries.programs, files=binaries.samples)
    if cluster.made:
        if cluster.home is None and not near:
            raise ServerFailed(f"The user {account.name} can no longer reach its data in {inside}.")
    else:
        cluster = replace(cluster, home=None if near and usable else home_of(where.instance, homes))
    home = cluster.home if usable else cluster.home or home_of(where.instance, homes)
    if home is not None:
        settle_home(home, where, cluster, say)
        give(home, account)
        binaries = copy_binaries(binaries, home / "programs")
        what = "the database and its programs are" if cluster.home else "the programs of the database are"
        say(f"Run by root, {what} kept in {home}, for the system user {account.name} to reach them.")
    return Place(account, home, (cluster.home or where.folder) / "data", binaries, cluster)


def make_run_folder(account: Account | None) -> Path:
    """A fresh, private folder for the socket, with a path that is short enough for one. Raises ServerFailed."""
    tried = []
    for parent in _run_parents():
        tried.append(str(parent))
        if not _PLAIN_PATH.fullmatch(str(parent)):
            continue
        if len(os.fsencode(parent / f"{_RUN_PREFIX}12345678" / _SOCKET_NAME)) > _LONGEST_SOCKET:
            continue
        if account is not None and not reaches(account, folders=[parent]):
            continue
        try:
            folder = Path(tempfile.mkdtemp(prefix=_RUN_PREFIX, dir=parent))
        except OSError:
            continue
        if account is not None:
            give(folder, account)
        return folder
    raise ServerFailed(f"There is no folder for the socket of the database: tried {', '.join(tried)}.")


def remove_run_folder(folder: Path) -> None:
    """Removes a folder that `make_run_folder` made, in this run or an earlier one; none is as good as a removed one."""
    if folder.name.startswith(_RUN_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def _run_parents() -> Iterator[Path]:
    if os.geteuid() == 0:
        yield Path("/run")
    else:
        yield Path(f"/run/user/{os.geteuid()}")
    yield Path(tempfile.gettempdir())
    yield Path("/tmp")  # noqa: S108  # mkdtemp makes a folder of ours in it
