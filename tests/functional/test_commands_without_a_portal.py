"""Commands that work on an installation make none: where there is none, they say so in one line."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from portal.adapters import embedded
from portal.adapters.embedded import server as embedded_server
from portal.cli import cli
from portal.settings import Settings
from tests.support.server import TestServer

#: Every command that works on an installation, with what it needs to be called at all.
_COMMANDS = (
    ("analyse", "run", "x"), ("audit", "verify"), ("consultation", "announce", "x", "--as", "a@b.example"),
    ("db", "check"), ("db", "downgrade", "base"), ("doctor",), ("jobs", "failed"), ("jobs", "retry", "--all"),
    ("load-test-data", "--submissions", "1", "--comments", "1"), ("serve",),
    ("staff", "add-ministry", "x", "--name-ko", "가", "--name-en", "A"), ("worker",))
#: Those of them that work on a database without tables.
_WITHOUT_TABLES = (("db", "check"), ("db", "downgrade", "base"))
#: Those that work on none, on files alone, or that make one.
_OTHERS = {"analyse letter", "analyse texts", "check", "db roles", "db upgrade", "demo", "docs", "receipt verify"}
#: Groups that work on files alone, or whose commands all begin as the one above.
_GROUPS = {"ordinance", "consultation", "staff"}


def run(command: tuple[str, ...], **env: str) -> Result:
    unset = dict.fromkeys((f.metadata["variable"] for f in Settings.__dataclass_fields__.values()), "")
    return CliRunner().invoke(cli, command, env={**unset, "PORTAL_SECRET_KEY": "k" * 40, **env})


def one_line(result: Result) -> str:
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit), result.output
    [line] = result.output.splitlines()
    return line


def test_no_command_is_forgotten_here() -> None:
    """A command that comes to be is looked at here too."""
    known = {*_OTHERS, *(" ".join(each[:2]) for each in _COMMANDS), "load-test-data"}
    assert isinstance(cli, click.Group)
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        for path in [f"{name} {each}" for each in command.commands] if isinstance(command, click.Group) else [name]:
            assert path in known or name in _GROUPS, path


@pytest.mark.parametrize("command", _COMMANDS, ids=" ".join)
def test_where_there_is_no_portal_none_is_made(command: tuple[str, ...], tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_server.EmbeddedServer, "start", lambda _: pytest.fail("a database was made"))
    for folder in (tmp_path / "nowhere", tmp_path / "empty"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        line = one_line(run(command, PORTAL_INSTANCE=str(folder)))
        assert f"no portal in {folder}" in line and "PORTAL_INSTANCE" in line
        assert not (tmp_path / "nowhere").exists() and not os.listdir(tmp_path / "empty")


def test_the_check_says_it_and_makes_none(tmp_path: Path) -> None:
    result = run(("check",), PORTAL_INSTANCE=str(tmp_path))
    assert f"note  {tmp_path} holds no database yet" in result.output and not os.listdir(tmp_path)


@pytest.mark.parametrize("command", [each for each in _COMMANDS if each not in (*_WITHOUT_TABLES, ("serve",))],
                         ids=" ".join)
def test_a_database_without_tables_is_one_line(command: tuple[str, ...], server: TestServer, worker_id: str,
                                               tmp_path: Path) -> None:
    name = f"bare_{worker_id}_{os.getpid()}"
    urls = server.create_empty(name)
    try:
        line = one_line(run(command, PORTAL_DATABASE_URL=urls.app, PORTAL_INSTANCE=str(tmp_path / "var")))
    finally:
        server.drop(name)
    assert "portal db upgrade" in line and not (tmp_path / "var").exists()


def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    nobody = "postgresql+psycopg://portal_app:word@127.0.0.1:1/portal"
    line = one_line(run(("jobs", "failed"), PORTAL_DATABASE_URL=nobody, PORTAL_INSTANCE=str(tmp_path / "var")))
    assert "does not answer" in line and "word" not in line


def test_what_is_there_is_seen_without_starting_it(tmp_path: Path) -> None:
    assert not embedded.exists(tmp_path) and not embedded.exists(tmp_path / "nowhere")
    with embedded.own(tmp_path / "var", "a test"):
        assert embedded.exists(tmp_path / "var")
    assert embedded.exists(tmp_path / "var")
