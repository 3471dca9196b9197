"""Started by root: where the user of the server cannot reach, data and programs are kept elsewhere."""

from __future__ import annotations

import pwd
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from portal.adapters.embedded import EmbeddedServer, ServerFailed, account, find_binaries
from portal.adapters.embedded.binaries import copy_binaries
from portal.adapters.embedded.place import home_of
from tests.functional.embedded.processes import (
    has_mark,
    leave_mark,
    mode,
    needs_root,
    permissions_above,
    processes,
    query,
)

pytestmark = pytest.mark.slow

@pytest.fixture
def said() -> list[str]:
    return []


@needs_root
@pytest.mark.parametrize("version", [18, 16])
def test_closed_folder_has_its_data_kept_elsewhere(
    room: Path, homes: Path, said: list[str], version: int
) -> None:
    closed = room / "closed"
    closed.mkdir(mode=0o700)
    instance = closed / "deeper" / "instance"
    instance.mkdir(parents=True)
    before = permissions_above(instance / "x", homes / "x", find_binaries(version).folder)
    home = home_of(instance, homes)
    for number in range(2):
        with EmbeddedServer(instance, homes=homes, say=said.append, version=version) as server:
            query(server.address.owner_url, f"CREATE TABLE t{number} (a int)")
            count = query(server.address.owner_url, "SELECT count(*) FROM pg_tables WHERE tablename ~ '^t[0-9]$'")
            assert count == [(number + 1,)]
            (child,) = {pid for pid, parent in processes().items() if parent == server.guardian_pid}
            assert Path(f"/proc/{child}/exe").readlink().is_relative_to(home)
            assert Path(f"/proc/{child}").stat().st_uid == pwd.getpwnam(account.SERVICE_USER).pw_uid
    assert permissions_above(instance / "x", homes / "x", find_binaries(version).folder) == before
    assert mode(home) == 0o700
    assert home.stat().st_uid == pwd.getpwnam(account.SERVICE_USER).pw_uid
    assert (home / "data" / "PG_VERSION").exists()
    assert len(said) == 2
    assert str(home) in said[0]
    assert account.SERVICE_USER in said[0]


def test_home_lies_in_var_lib_unless_told_otherwise() -> None:
    home = home_of(Path("/root/some/instance"))
    assert home.parent == Path("/var/lib")
    assert home.name.startswith("portal-")
    assert home_of(Path("/root/another/instance")) != home


@needs_root
def test_open_instance_needs_no_other_place(instance: Path, homes: Path, said: list[str]) -> None:
    with EmbeddedServer(instance, homes=homes, say=said.append):
        assert (instance / "postgresql" / "data").is_dir()
    assert list(homes.iterdir()) == []
    assert said == []


@needs_root
def test_programs_out_of_reach_are_copied_once(room: Path, homes: Path, said: list[str]) -> None:
    closed = room / "closed"
    closed.mkdir(mode=0o700)
    programs = copy_binaries(find_binaries(18), closed / "programs")
    instance = room / "instance"
    home = home_of(instance, homes)

    def run(stamp: str) -> None:
        with EmbeddedServer(instance, homes=homes, say=said.append, binaries=replace(programs, stamp=stamp)) as server:
            assert query(server.address.app_url, "SELECT 1") == [(1,)]

    run("one")
    ours = home / "programs" / "left by the test"
    ours.touch()
    run("one")
    assert ours.exists()
    run("two")
    assert not ours.exists()
    assert mode(closed) == 0o700


@needs_root
def test_programs_that_go_out_of_reach_later_are_copied_and_the_data_stay(room: Path, homes: Path) -> None:
    folder = room / "programs"
    programs = copy_binaries(find_binaries(18), folder)
    instance = room / "instance"
    with EmbeddedServer(instance, homes=homes, binaries=programs) as server:
        mark = leave_mark(server.address.owner_url)
    folder.chmod(0o700)
    with EmbeddedServer(instance, homes=homes, binaries=programs) as server:
        assert has_mark(server.address.owner_url, mark)
    assert (instance / "postgresql" / "data").is_dir()
    assert mode(folder) == 0o700


@pytest.fixture
def closed(room: Path) -> Path:
    folder = room / "closed"
    folder.mkdir(mode=0o700)
    return folder


@needs_root
def test_a_moved_instance_finds_its_data(closed: Path, homes: Path) -> None:
    with EmbeddedServer(closed / "here", homes=homes) as server:
        mark = leave_mark(server.address.owner_url)
    (closed / "here").rename(closed / "there")
    for _ in range(2):
        with EmbeddedServer(closed / "there", homes=homes) as server:
            assert has_mark(server.address.owner_url, mark)


@needs_root
def test_a_copied_instance_does_not_share_the_data(closed: Path, homes: Path) -> None:
    with EmbeddedServer(closed / "one", homes=homes):
        pass
    shutil.copytree(closed / "one", closed / "two")
    with pytest.raises(ServerFailed, match="is a copy of"):
        EmbeddedServer(closed / "two", homes=homes).start()
    with EmbeddedServer(closed / "one", homes=homes) as server:
        assert query(server.address.app_url, "SELECT 1") == [(1,)]


@needs_root
def test_what_an_earlier_instance_left_is_set_aside(closed: Path, homes: Path, said: list[str]) -> None:
    instance = closed / "instance"
    with EmbeddedServer(instance, homes=homes) as server:
        query(server.address.owner_url, "CREATE TABLE old (a int)")
    shutil.rmtree(instance)
    with EmbeddedServer(instance, homes=homes, say=said.append) as server:
        assert query(server.address.owner_url, "SELECT count(*) FROM pg_tables WHERE tablename = 'old'") == [(0,)]
    aside = [path for path in homes.iterdir() if "before" in path.name]
    assert len(aside) == 1
    assert (aside[0] / "data" / "PG_VERSION").exists()
    assert str(aside[0]) in said[0]


@needs_root
def test_without_useradd_it_runs_as_nobody_and_says_so(
    instance: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "SERVICE_USER", "portal-db-of-no-system")
    monkeypatch.setattr(account, "_USERADD_PATHS", "/nowhere")
    monkeypatch.setattr(account.time, "sleep", lambda _: None)
    with EmbeddedServer(instance, say=said.append) as server:
        assert query(server.address.app_url, "SELECT 1") == [(1,)]
        (child,) = {pid for pid, parent in processes().items() if parent == server.guardian_pid}
        assert Path(f"/proc/{child}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert ["nobody" in line and "useradd" in line for line in said] == [True]
