"""`portal audit verify`: does the chain over the audit events hold?"""

from __future__ import annotations

import sys

import click

from portal.cli.backend import backend
from portal.ledger import chain


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command()
def verify() -> None:
    """Walk the whole chain; exit 1 naming the first event that was changed, removed or inserted."""
    with backend() as b, b.sessions() as session:
        result = chain.verify(session)
    if not result.intact:
        click.echo(f"BROKEN: {result.broken} ({result.sealed} events before it hold)", err=True)
        sys.exit(1)
    click.echo(f"{result.sealed} events sealed and intact, {result.unsealed} waiting to be sealed")


def register(cli: click.Group) -> None:
    """Add this group."""
    cli.add_command(audit)
