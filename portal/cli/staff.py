"""`portal staff …`: ministries and their first people. Everything else is done in the browser by administrators."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from sqlalchemy.orm import Session

from portal.accounts import second_factor, services
from portal.cli.backend import backend
from portal.kernel import unit_of_work
from portal.kernel.actor import SYSTEM
from portal.kernel.errors import InvalidError, PortalError
from portal.kernel.i18n import translate
from portal.organisations import queries
from portal.organisations import staff as service
from portal.organisations.models import STAFF_ROLES


@click.group()
def staff() -> None:
    """Ministries and the people who work in them."""


@staff.command("add-ministry")
@click.argument("slug")
@click.option("--name-ko", required=True, help="The name in Korean.")
@click.option("--name-en", required=True, help="The name in English.")
def add_ministry(slug: str, name_ko: str, name_en: str) -> None:
    """Add the ministry SLUG (small letters, digits and hyphens)."""
    with backend() as b:
        try:
            unit_of_work.run(b.sessions, lambda session: service.create_ministry(
                session, SYSTEM, slug=slug, name_ko=name_ko, name_en=name_en, now=b.clock()))
        except PortalError as error:
            _fail(error)
    click.echo(f"{slug}: added")


@staff.command("add")
@click.argument("email")
@click.option("--ministry", "slug", required=True, help="The ministry's short name.")
@click.option("--role", "roles", required=True, multiple=True, type=click.Choice(STAFF_ROLES), help="May be repeated.")
@click.option("--name", default="", help="The person's name; needed when there is no account for the address yet.")
@click.option("--language", type=click.Choice(["ko", "en"]), default="ko", show_default=True,
              help="Of a new account and the mail.")
def add(email: str, slug: str, roles: tuple[str, ...], name: str, language: str) -> None:
    """Give EMAIL roles at a ministry. Who has no account is mailed a link to choose a password; it is printed too."""
    with backend() as b:

        def work(session: Session) -> service.Given:
            ministry = queries.ministry_by_slug(session, slug)
            if ministry is None:
                known = ", ".join(line.slug for line in queries.ministries(session)) or "none yet"
                raise click.ClickException(f"there is no ministry {slug} (there are: {known})")
            return service.give_roles(session, SYSTEM, ministry.id, email=email, name=name, roles=roles,
                                      locale=language, now=b.clock())

        try:
            given = unit_of_work.run(b.sessions, work)
        except PortalError as error:
            _fail(error)
        base_url = b.settings.base_url
    click.echo(f"{email}: {', '.join(given.roles) if given.roles else 'held these roles already'}")
    if given.secret is not None:
        click.echo(f"to choose a password, within seven days: {base_url}/password/reset/{given.secret}")


@staff.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Remove the second factor of EMAIL, who lost it and every recovery code. Be sure who is asking."""
    with backend() as b:

        def work(session: Session) -> None:
            account = services.account_by_email(session, email.strip().lower())
            if account is None:
                raise click.ClickException(f"there is no account for {email}")
            second_factor.reset(session, SYSTEM, account.id, now=b.clock())

        unit_of_work.run(b.sessions, work)
    click.echo(f"{email}: the second factor is removed; staff set up another one at the next sign-in")


def _fail(error: PortalError) -> NoReturn:
    """Say what is wrong and end with 1."""
    problems = [message for found in error.problems.values() for message in found] if isinstance(
        error, InvalidError) else []
    for message in problems or [error.message]:
        click.echo(translate(message, "en"), err=True)
    sys.exit(1)


def register(cli: click.Group) -> None:
    """Add this group."""
    cli.add_command(staff)
