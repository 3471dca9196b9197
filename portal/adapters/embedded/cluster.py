"""What an instance keeps about its server: where the data lie, the passwords, who runs it now.

All of it stands in one folder of the instance, in private files. Knows no PostgreSQL.
"""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from portal.adapters.embedded.errors import ServerFailed
from portal.adapters.embedded.private_files import write_private

_FOLDER = "postgresql"


@dataclass(frozen=True)
class Passwords:
    """The passwords of the three roles, random."""

    owner: str = field(repr=False)
    app: str = field(repr=False)
    public: str = field(repr=False)

    @classmethod
    def random(cls) -> Self:
        return cls(*(secrets.token_urlsafe(24) for _ in range(3)))


@dataclass(frozen=True)
class Cluster:
    """One set of data and the secrets that open it. `home` is the folder that holds the data where that is not the
    instance's own; `made` is set once the data are whole."""

    identity: str
    superuser_password: str = field(repr=False)
    passwords: Passwords = field(repr=False)
    home: Path | None = None
    made: bool = False

    @classmethod
    def new(cls) -> Self:
        return cls(secrets.token_hex(16), secrets.token_urlsafe(24), Passwords.random())


@dataclass(frozen=True)
class Running:
    """A server that runs or is being started: the folder of its socket, and the process that owns it. It is `ready`
    once the roles and the database are there too."""

    socket: Path
    owner_pid: int
    ready: bool


@dataclass(frozen=True)
class Holder:
    """Who owns the instance's server: what it runs, its process, and where people reach it."""

    name: str
    pid: int
    address: str = ""

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self)).encode()


class InstanceFolder:
    """The folder of an instance, and within it the one of its server."""

    def __init__(self, instance: Path) -> None:
        self.instance = instance.resolve()
        self.folder = self.instance / _FOLDER
        self.owner_lock = self.folder / "owner.lock"
        self.server_lock = self.folder / "server.lock"
        self.log = self.folder / "log"
        self._cluster = self.folder / "cluster.json"
        self._running = self.folder / "running.json"

    def make(self) -> None:
        """Makes the folders that are missing, and leaves those that are there as they are.

        Started by root, the server's user must pass through them to its data, so others may pass but not look; what
        is private in them is so by its own mode.
        """
        for folder in (self.instance, self.folder):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, parents=True)
                if os.geteuid() == 0:
                    folder.chmod(0o711)

    def how_to_begin_anew(self) -> str:
        """What to tell a person whose data are not where they were."""
        return f"Bring them back, restore a backup, or remove {self.folder} to begin with empty data."

    def read_cluster(self) -> Cluster | None:
        try:
            record = _read(self._cluster)
        except ValueError:
            raise ServerFailed(f"{self._cluster}, which holds the passwords of the database, is damaged.") from None
        if record is None:
            return None
        home = record["home"]
        return Cluster(
            record["identity"],
            record["superuser_password"],
            Passwords(**record["passwords"]),
            Path(home) if home else None,
            record["made"],
        )

    def write_cluster(self, cluster: Cluster) -> None:
        record = {**asdict(cluster), "home": str(cluster.home) if cluster.home else None}
        write_private(self._cluster, json.dumps(record).encode())

    def read_running(self) -> Running | None:
        record = _read(self._running)
        return Running(Path(record["socket"]), record["owner_pid"], record["ready"]) if record else None

    def write_running(self, running: Running) -> None:
        write_private(self._running, json.dumps({**asdict(running), "socket": str(running.socket)}).encode())

    def forget_running(self) -> None:
        self._running.unlink(missing_ok=True)

    def read_holder(self) -> Holder | None:
        """Who left a note in the lock; None before it is written."""
        try:
            record = _read(self.owner_lock)
        except ValueError:  # unlike the other files this one is written in place
            return None
        return Holder(**record) if record else None


def settle_home(home: Path, where: InstanceFolder, cluster: Cluster, say: Callable[[str], None]) -> None:
    """Makes sure that a home away from the instance belongs to this instance and to no other one.

    Sets a home that an earlier instance of the same place left behind aside (nothing is deleted), and follows an
    instance whose folder was moved. Raises ServerFailed for a copied instance: two must not share one set of data.
    """
    note = home / "instance.json"
    found = _read(note)
    if found is None or found["identity"] != cluster.identity:
        if cluster.made and cluster.home == home:
            raise ServerFailed(f"The data of this instance are no longer in {home}. {where.how_to_begin_anew()}")
        if home.exists():
            aside = _unused(home.with_name(f"{home.name}.before"))
            home.rename(aside)
            say(f"{home} was left by an earlier instance and now is {aside}; remove it when nobody needs it.")
        home.mkdir(mode=0o700)
    elif found["instance"] != str(where.instance):
        other = InstanceFolder(Path(found["instance"])).read_cluster()
        if other is not None and other.identity == cluster.identity:
            raise ServerFailed(
                f"{where.instance} is a copy of {found['instance']}, and the data of both lie in {home}. "
                f"{where.how_to_begin_anew()}"
            )
    write_private(note, json.dumps({"identity": cluster.identity, "instance": str(where.instance)}).encode())


def _read(path: Path) -> Any:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    return json.loads(content)


def _unused(path: Path) -> Path:
    number = 1
    while (candidate := path.with_name(f"{path.name}-{number}")).exists():
        number += 1
    return candidate
