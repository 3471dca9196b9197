"""What most commands need: the settings of this installation and a database that answers. What works on an
installation makes none: where there is none, it says so in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from portal.adapters import embedded
from portal.app import Backend, create_backend
from portal.settings import Settings


@contextmanager
def running_settings(settings: Settings | None = None, purpose: str = "a command", *,
                     making: bool = False) -> Iterator[Settings]:
    """The settings with database addresses: the configured server's, else those of this instance's own server.

    Joins the embedded server when another process supervises it; else runs it for as long as the block lasts. Where
    the instance has no database yet, `making` makes one; else a ClickException says that there is none.
    """
    settings = settings or Settings.from_env()
    if settings.database_url is not None:
        yield settings
        return
    try:
        if not making:
            require_instance(settings)
        with embedded.join_or_own(settings.instance, purpose) as address:
            yield with_address(settings, address)
    except embedded.EmbeddedError as error:
        raise click.ClickException(str(error)) from error


def require_instance(settings: Settings) -> None:
    """Raise ClickException where no database was made in the instance's folder."""
    if not embedded.exists(settings.instance):
        raise click.ClickException(
            f"There is no portal in {settings.instance.absolute()}. PORTAL_INSTANCE names its folder, or "
            "PORTAL_DATABASE_URL its database; `portal demo` and `portal db upgrade` make a new one.")


def require_tables(settings: Settings) -> None:
    """Raise ClickException for a database that does not answer, or that was never migrated."""
    assert settings.database_url is not None
    engine = create_engine(settings.database_url, poolclass=NullPool, connect_args={"connect_timeout": 10})
    try:
        with engine.connect() as connection:
            made = connection.scalar(text("SELECT to_regclass('portal.consultations') IS NOT NULL"))
    except OperationalError as error:
        why = str(error.orig).strip().splitlines()[0]
        raise click.ClickException(f"The database does not answer: {why}") from error
    if not made:
        raise click.ClickException("The database has no tables of the portal yet: `portal db upgrade` makes them.")


def with_address(settings: Settings, address: embedded.ServerAddress) -> Settings:
    """The settings with the embedded server's addresses."""
    return replace(settings, database_url=address.app_url, owner_database_url=address.owner_url,
                   public_database_url=address.public_url)


@contextmanager
def backend() -> Iterator[Backend]:
    """Sessions, clock and keys for a command."""
    with running_settings() as settings:
        require_tables(settings)
        made = create_backend(settings)
        try:
            yield made
        finally:
            made.engine.dispose()
