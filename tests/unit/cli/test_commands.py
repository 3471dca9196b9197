"""The commands are loaded when they are called."""

from __future__ import annotations

import subprocess
import sys

import click

from portal.cli import cli


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
