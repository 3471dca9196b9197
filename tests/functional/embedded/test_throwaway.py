"""The server of a test run, and the databases that are made, copied and dropped on it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from portal.adapters.embedded import Databases, EmbeddedServer, ThrowawayServer
from tests.functional.embedded.processes import ENVIRONMENT, await_end, family, plain, query


@pytest.mark.parametrize("version", [18, 16])
def test_throwaway_server_clones_and_drops_databases(
    version: int, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    before = family(os.getpid())
    with ThrowawayServer(version) as databases:
        template = databases.create("template")
        assert query(template.owner_url, "SHOW fsync") == [("off",)]
        query(template.owner_url, "CREATE SCHEMA portal; CREATE TABLE portal.t AS SELECT 1 AS a")
        query(template.owner_url, "GRANT USAGE ON SCHEMA portal TO portal_app")
        query(template.owner_url, "GRANT SELECT ON portal.t TO portal_app")
        elsewhere = Databases.from_json(databases.to_json())
        clone = elsewhere.clone("template", "clone")
        assert clone == databases.address("clone")
        assert query(clone.app_url, "SELECT a FROM portal.t") == [(1,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(clone.app_url, "CREATE TEMP TABLE x (a int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(clone.public_url, "SELECT a FROM portal.t")
        query(clone.owner_url, "DROP TABLE portal.t")
        assert query(template.app_url, "SELECT a FROM portal.t") == [(1,)]
        with contextlib.closing(psycopg.connect(plain(clone.app_url))):
            elsewhere.drop("clone")  # also while somebody is in it
        elsewhere.drop("clone")
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(plain(clone.app_url))
        assert databases.clone("template", "clone") == clone
    assert family(os.getpid()) == before
    assert list(room.iterdir()) == []


def test_throwaway_server_goes_with_a_killed_process(room: Path) -> None:
    script = """
import sys
from portal.adapters.embedded import ThrowawayServer
server = ThrowawayServer()
print(server.start().superuser, flush=True)
sys.stdin.readline()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**ENVIRONMENT, "TMPDIR": str(room)},
    )
    with process:
        assert process.stdout is not None
        assert "host=" in process.stdout.readline()
        assert list(room.iterdir())
        members = family(process.pid)
        process.kill()
    await_end(members)
    assert list(room.iterdir()) == []


def test_a_database_is_made_whole_or_not_at_all(running: EmbeddedServer) -> None:
    databases = running.databases
    # What an interrupted attempt leaves behind.
    query(databases.superuser, 'CREATE DATABASE "half.new"')
    address = databases.ensure("half")
    try:
        assert databases.ensure("half") == address
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(address.app_url, "CREATE TEMP TABLE x (a int)")
    finally:
        databases.drop("half")
