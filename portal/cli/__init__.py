"""The commands: `portal …`. Each group stands in a module of its own, loaded when it is called: reading a draft needs
neither the database nor the web."""

from __future__ import annotations

import importlib
import sys
from typing import Final

import click

from portal.settings import SettingsError

#: Command: its module here, whose `register` adds it.
_MODULES: Final = {
    "analyse": "analyse",
    "audit": "audit",
    "check": "check",
    "consultation": "consultation",
    "db": "db",
    "demo": "demo",
    "docs": "docs",
    "doctor": "doctor",
    "jobs": "jobs",
    "load-test-data": "load_test_data",
    "ordinance": "ordinance",
    "receipt": "receipt",
    "serve": "serve",
    "staff": "staff",
    "worker": "serve",
}


class _LoadedWhenCalled(click.Group):
    """A group that knows its commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _MODULES and cmd_name not in self.commands:
            importlib.import_module(f"portal.cli.{_MODULES[cmd_name]}").register(self)
        return super().get_command(ctx, cmd_name)


@click.group(cls=_LoadedWhenCalled, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """The consultation portal."""


def main() -> None:
    """The console script."""
    try:
        cli(prog_name="portal")
    except SettingsError as error:
        click.echo(f"portal: {error}", err=True)
        sys.exit(2)
