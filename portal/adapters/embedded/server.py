"""The embedded server: owned by one process of an instance, joined by the others.

The owner holds a lock for as long as it lives; the server ends with it, however it ends. Whoever joins a server uses
it for as long as its owner lives.
"""

import logging
import os
import shutil
import subprocess
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from portal.adapters.embedded.account import give
from portal.adapters.embedded.binaries import Binaries, find_binaries
from portal.adapters.embedded.cluster import Cluster, Holder, InstanceFolder, Running
from portal.adapters.embedded.databases import Databases, ServerAddress, address_of
from portal.adapters.embedded.errors import InstanceBusy, NotRunning, ServerFailed
from portal.adapters.embedded.guarded import GuardedProcess
from portal.adapters.embedded.lock import FileLock, is_taken
from portal.adapters.embedded.place import HOMES, Place, choose_place, make_run_folder, remove_run_folder
from portal.adapters.embedded.postgres import (
    DURABLE_ENDING,
    PORT,
    SUPERUSER,
    THROWAWAY_ENDING,
    data_version,
    end_leftover,
    initdb_arguments,
    server_arguments,
    start_environment,
)
from portal.adapters.embedded.private_files import open_private, write_private
from portal.kernel.roles import DATABASE

DEFAULT_VERSION = 18

_log = logging.getLogger(__name__)

# Limits in seconds. They end what hangs; nothing waits for as long in good order.
_OWNER_PATIENCE = 0.5  # whoever joins touches the owner's lock for an instant
_EARLIER_SERVER_PATIENCE = 45.0  # an orderly end writes everything to the disk
_MAKE_LIMIT = 300.0
_START_LIMIT = 600.0  # after a crash, everything written since the last checkpoint is read again
_PAUSE = 0.02

_LARGEST_LOG = 10_000_000  # bytes; a larger one is set aside at the next start
_LOG_TAIL = 2_000  # bytes

_owned: weakref.WeakSet["EmbeddedServer"] = weakref.WeakSet()


class EmbeddedServer:
    """The PostgreSQL of one instance, owned by this process. A context manager: entering starts, leaving stops.

    `purpose` and `address` are told to whoever is refused because of this owner. `durable=False` is for data that
    nobody keeps; with `ephemeral` the instance's folder goes when the server has ended, also after a kill. `settings`
    are PostgreSQL's own. `say` is given one line whenever something lies where nobody would look for it.

    The owner may fork; it must not replace itself (`exec`), which would end the server.
    """

    def __init__(
        self,
        instance: Path,
        *,
        purpose: str = "command",
        address: str = "",
        version: int = DEFAULT_VERSION,
        durable: bool = True,
        ephemeral: bool = False,
        max_connections: int = 100,
        settings: Mapping[str, str] | None = None,
        binaries: Binaries | None = None,
        homes: Path = HOMES,
        say: Callable[[str], None] = _log.warning,
    ) -> None:
        self._where = InstanceFolder(instance)
        self._purpose = purpose
        self._reachable_at = address
        self._version = version
        self._durable = durable
        self._ephemeral = ephemeral
        self._max_connections = max_connections
        self._settings = dict(settings or {})
        self._binaries = binaries
        self._homes = homes
        self._say = say
        self._owner_lock = FileLock(self._where.owner_lock)
        self._server_lock = FileLock(self._where.server_lock)
        self._process: GuardedProcess | None = None
        self._databases: Databases | None = None
        self._temporary: list[Path] = []

    @property
    def databases(self) -> Databases:
        """The server as its superuser sees it. For what manages databases; services use the address."""
        if self._databases is None:
            raise NotRunning(f"The server of {self._where.instance} is not running.")
        return self._databases

    @property
    def address(self) -> ServerAddress:
        """The portal's database, while the server runs."""
        return self.databases.address(DATABASE)

    @property
    def guardian_pid(self) -> int:
        """The process that watches over the server; its only child is the server."""
        if self._process is None:
            raise NotRunning(f"The server of {self._where.instance} is not running.")
        return self._process.guardian_pid

    def start(self) -> ServerAddress:
        """Starts the server, makes its data at the first time, and waits until it answers.

        Raises InstanceBusy where another process owns it, ServerFailed where it does not start.
        """
        if self._databases is None:
            try:
                self._become_owner()
                self._databases = self._start()
            except (OSError, psycopg.Error, subprocess.TimeoutExpired) as error:
                self.stop()
                raise ServerFailed(f"The database of {self._where.instance} does not start: {error}") from error
            except BaseException:
                self.stop()
                raise
        return self.address

    def announce(self, address: str) -> None:
        """Tells where people reach what this process runs, for those whom it keeps from starting another."""
        self._reachable_at = address
        self._owner_lock.write(Holder(self._purpose, os.getpid(), address).to_bytes())

    def stop(self) -> None:
        """Ends the server in order and waits until neither it nor its guardian runs. Does nothing a second time."""
        if not self._owner_lock.held:
            return
        self._databases = None
        try:
            if self._process is not None:
                self._process.stop()
        finally:
            self._process = None
            self._where.forget_running()
            for folder in self._temporary:  # the guardian has removed them, where there was one
                shutil.rmtree(folder, ignore_errors=True)
            self._server_lock.let_go()
            self._owner_lock.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def forget(self) -> None:
        """For a forked child of the owner, called by itself: the server is the parent's alone, to keep and to end."""
        self._owner_lock.let_go()
        self._server_lock.let_go()
        if self._process is not None:
            self._process.forget()
            self._process = None

    def _become_owner(self) -> None:
        self._where.make()
        if not self._owner_lock.take(_OWNER_PATIENCE):
            holder = self._where.read_holder() or Holder("an unnamed process", 0)
            raise InstanceBusy(self._where.instance, holder.name, holder.pid, holder.address)
        self.announce(self._reachable_at)
        self._temporary = [self._where.instance] if self._ephemeral else []
        _owned.add(self)

    def _start(self) -> Databases:
        # The guardian of an owner that was killed a moment ago holds this lock until its server has ended.
        if not self._server_lock.take(_EARLIER_SERVER_PATIENCE):
            raise ServerFailed(f"An earlier server of {self._where.instance} is still ending; try again in a minute.")
        earlier = self._where.read_running()
        if earlier is not None:
            remove_run_folder(earlier.socket)
        place = self._settle()
        if self._ephemeral and place.home:
            self._temporary.append(place.home)
        if not place.cluster.made:
            if data_version(place.data) is None:
                self._make_data(place)
            self._where.write_cluster(replace(place.cluster, made=True))
        end_leftover(place.data)
        run_folder = self._make_run_folder(place)
        self._launch(place, run_folder)
        databases = Databases(
            make_conninfo(
                host=str(run_folder),
                port=PORT,
                user=SUPERUSER,
                password=place.cluster.superuser_password,
                dbname="postgres",
            ),
            place.cluster.passwords,
        )
        databases.prepare(dedicated=True)
        databases.ensure(DATABASE)
        self._where.write_running(Running(run_folder, os.getpid(), ready=True))
        return databases

    def _settle(self) -> Place:
        """Where data and programs lie; the decision is written down before anything is made there."""
        cluster = self._where.read_cluster()
        binaries = self._binaries or find_binaries(self._version)
        place = choose_place(self._where, cluster or Cluster.new(), binaries, self._homes, self._say)
        found = data_version(place.data)
        if found is None and place.cluster.made:
            raise ServerFailed(f"There are no data any more in {place.data}. {self._where.how_to_begin_anew()}")
        if found is not None and cluster is None:
            raise ServerFailed(
                f"There are data in {place.data}, but no passwords that open them. {self._where.how_to_begin_anew()}"
            )
        if found is not None and found != binaries.version:
            raise ServerFailed(f"{place.data} holds data of PostgreSQL {found}; this is PostgreSQL {binaries.version}.")
        if place.cluster != cluster:
            self._where.write_cluster(place.cluster)
        return place

    def _make_data(self, place: Place) -> None:
        # Made beside and moved into place when whole: an interrupted attempt leaves nothing that looks like data.
        making = place.data.with_name("data.new")
        if making.exists():
            end_leftover(making)
            shutil.rmtree(making)
        making.mkdir(mode=0o700)
        if place.account is not None:
            give(making, place.account)
        password = self._make_run_folder(place) / "password"
        write_private(password, place.cluster.superuser_password.encode())
        arguments = initdb_arguments(place.binaries, making, password, durable=self._durable)
        if self._guard(place, arguments, remove=[password.parent]).wait(_MAKE_LIMIT) != 0:
            raise ServerFailed(f"The data of the database could not be made.\n{self._log_tail()}")
        making.rename(place.data)

    def _launch(self, place: Place, run_folder: Path) -> None:
        arguments = server_arguments(
            place.binaries,
            place.data,
            run_folder,
            durable=self._durable,
            max_connections=self._max_connections,
            settings=self._settings,
        )
        process = self._guard(place, arguments, environment=start_environment(place.data), remove=self._temporary)
        self._server_lock.let_go()  # from here on it is the guardian's, until its server has ended
        server = make_conninfo(host=str(run_folder), port=PORT)
        deadline = time.monotonic() + _START_LIMIT
        while not _answers(server):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServerFailed(f"The database of {self._where.instance} does not start.\n{self._log_tail()}")
            time.sleep(_PAUSE)

    def _make_run_folder(self, place: Place) -> Path:
        folder = make_run_folder(place.account)
        self._temporary.append(folder)
        # Written down at once: should nobody be left to remove it, the next start does.
        self._where.write_running(Running(folder, os.getpid(), ready=False))
        return folder

    def _guard(
        self,
        place: Place,
        arguments: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        remove: Sequence[Path] = (),
    ) -> GuardedProcess:
        log = self._open_log()
        try:
            self._process = GuardedProcess(
                arguments,
                ending=DURABLE_ENDING if self._durable else THROWAWAY_ENDING,
                account=place.account,
                log=log,
                lock=self._server_lock.fileno(),
                environment=environment,
                remove=remove,
            )
        finally:
            os.close(log)
        return self._process

    def _open_log(self) -> int:
        log = self._where.log
        if log.exists() and log.stat().st_size > _LARGEST_LOG:
            log.replace(log.with_name(f"{log.name}.1"))
        return open_private(log, os.O_WRONLY | os.O_APPEND)

    def _log_tail(self) -> str:
        return self._where.log.read_bytes()[-_LOG_TAIL:].decode(errors="replace")


def own(
    instance: Path,
    purpose: str = "demo",
    *,
    address: str = "",
    version: int = DEFAULT_VERSION,
    say: Callable[[str], None] = _log.warning,
) -> EmbeddedServer:
    """Starts the instance's server, for the process that supervises the portal. Leaving the result's context stops it.

    Raises InstanceBusy, with the name, process and address of the other owner, where there is one.
    """
    server = EmbeddedServer(instance, purpose=purpose, address=address, version=version, say=say)
    server.start()
    return server


def join(instance: Path, *, patience: float = 60.0) -> ServerAddress:
    """The address of the server that runs, once it answers when it is just being started.

    Raises NotRunning where nobody owns one, or where it does not answer for `patience` seconds.
    """
    where = InstanceFolder(instance)
    deadline = time.monotonic() + patience
    try:
        while is_taken(where.owner_lock):
            address = _running_address(where)
            if address is not None:
                return address
            if time.monotonic() > deadline:
                raise NotRunning(f"The server of {where.instance} has an owner, but does not answer.")
            time.sleep(_PAUSE)
    except PermissionError as error:
        raise ServerFailed(f"The instance {where.instance} belongs to another user: {error}") from error
    raise NotRunning(f"No server of {where.instance} runs.")


def exists(instance: Path) -> bool:
    """Whether there is a database of this instance, running or not. Makes nothing. Raises ServerFailed where that
    cannot be seen."""
    where = InstanceFolder(instance)
    try:
        cluster = where.read_cluster()
    except PermissionError as error:
        raise ServerFailed(f"The instance {where.instance} belongs to another user: {error}") from error
    return cluster is not None and cluster.made


@contextmanager
def join_or_own(
    instance: Path,
    purpose: str,
    *,
    version: int = DEFAULT_VERSION,
    say: Callable[[str], None] = _log.warning,
) -> Iterator[ServerAddress]:
    """The address of the server that runs or, where none does, of one that runs for the length of this block."""
    server = EmbeddedServer(instance, purpose=purpose, version=version, say=say)
    try:
        address = join(instance)
    except NotRunning:
        try:
            address = server.start()
        except InstanceBusy:  # another command has started it in the meantime
            address = join(instance)
    try:
        yield address
    finally:
        server.stop()  # does nothing where the server was joined


def _running_address(where: InstanceFolder) -> ServerAddress | None:
    running, holder, cluster = where.read_running(), where.read_holder(), where.read_cluster()
    if running is None or holder is None or cluster is None or not running.ready:
        return None
    if running.owner_pid != holder.pid:  # the note of an earlier owner, who was killed
        return None
    server = make_conninfo(host=str(running.socket), port=PORT)
    return address_of(server, cluster.passwords, DATABASE) if _answers(server) else None


def _answers(server: str) -> bool:
    return PGconn.ping(make_conninfo(server, connect_timeout=5).encode()) == Ping.OK


def _forget_in_child() -> None:
    for server in list(_owned):
        server.forget()


os.register_at_fork(after_in_child=_forget_in_child)
