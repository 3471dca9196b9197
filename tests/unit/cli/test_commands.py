"""The commands are loaded when they are called."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from portal.cli import cli, main


def test_every_command_that_is_listed_is_there_under_its_name() -> None:
    assert isinstance(cli, click.Group)
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None and command.name == name
    assert sorted(cli.commands) == cli.list_commands(context)
    assert cli.get_command(context, "no-such-command") is None


def test_reading_a_draft_loads_neither_the_web_nor_the_database() -> None:
    program = ("import sys; from click.testing import CliRunner; from portal.cli import cli;"
               "assert CliRunner().invoke(cli, ['ordinance', 'read', '--help']).exit_code == 0;"
               "print([name for name in ('flask', 'sqlalchemy', 'psycopg', 'sklearn') if name in sys.modules])")  # fmt: skip
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(("command", "variable", "value", "configured"), [
    *((command, variable, value, configured) for command in ("serve", "worker") for configured in (True, False)
      for variable, value in (("PORTAL_SECRET_KEY", ""), ("PORTAL_LEDGER_KEY", "0x12"))),
    ("serve", "PORTAL_PUBLIC_DATABASE_URL", "", True)])
def test_settings_that_cannot_start_are_one_line(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str,
        variable: str, value: str, configured: bool) -> None:
    """Said before gunicorn, a worker or the embedded database starts."""
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    given = {"PORTAL_SECRET_KEY": "k" * 40, "PORTAL_INSTANCE": str(tmp_path / "instance"), "PORTAL_LEDGER_KEY": "",
             "PORTAL_DATABASE_URL": nowhere if configured else "", "PORTAL_PUBLIC_DATABASE_URL": nowhere}
    for name, text in {**given, variable: value}.items():
        monkeypatch.setenv(name, text)
    monkeypatch.setattr(os, "execve", lambda *_: pytest.fail("gunicorn was started"))
    monkeypatch.setattr(sys, "argv", ["portal", command])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("portal: ") and variable in lines[0]
    assert not (tmp_path / "instance").exists()
