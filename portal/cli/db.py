"""`portal db …`: migrations, and the SQL of the three roles."""

from __future__ import annotations

import sys

import click

from portal import migrating
from portal.cli.backend import running_settings
from portal.kernel.roles import roles_sql
from portal.settings import Settings, SettingsError


def _owner_url(settings: Settings) -> str:
    if settings.owner_database_url is None:
        raise SettingsError("PORTAL_OWNER_DATABASE_URL is not set: migrations run as the role owner")
    return settings.owner_database_url


@click.group()
def db() -> None:
    """The database: migrations and roles."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database up to REVISION (default: the newest); makes the embedded one where there is none yet."""
    with running_settings(making=True) as settings:
        migrating.upgrade(_owner_url(settings), revision)
        click.echo(f"at {migrating.current(_owner_url(settings))}")


@db.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Bring the database down to REVISION (`base`: empty)."""
    with running_settings() as settings:
        migrating.downgrade(_owner_url(settings), revision)
        click.echo(f"at {migrating.current(_owner_url(settings)) or 'base'}")


@db.command()
def check() -> None:
    """Do the migrations stand at head, and do models and database agree? Exit 1 with what differs."""
    with running_settings() as settings:
        url = _owner_url(settings)
        current = migrating.current(url)
        problems = [] if current == migrating.head() else [f"at {current or 'base'}, head is {migrating.head()}"]
        problems += migrating.differences(url)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    click.echo(f"at {current}: models and database agree")


@db.command()
@click.option("--database", default="portal", show_default=True)
def roles(database: str) -> None:
    """Print the SQL that makes the three roles on a server that is not ours."""
    click.echo(roles_sql(database))


def register(cli: click.Group) -> None:
    """Add this group."""
    cli.add_command(db)
