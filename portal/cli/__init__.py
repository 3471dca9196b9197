"""The commands: `portal …`. Each group stands in a module of its own; here they are put together."""

from __future__ import annotations

import sys

import click

from portal.cli import (
    audit,
    check,
    consultation,
    db,
    demo,
    docs,
    doctor,
    jobs,
    load_test_data,
    ordinance,
    receipt,
    serve,
    staff,
)
from portal.settings import SettingsError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """The consultation portal."""


for _group in (demo, consultation, ordinance, db, serve, audit, receipt, staff, jobs, check, doctor, docs,
               load_test_data):
    _group.register(cli)


def main() -> None:
    """The console script."""
    try:
        cli(prog_name="portal")
    except SettingsError as error:
        click.echo(f"portal: {error}", err=True)
        sys.exit(2)
