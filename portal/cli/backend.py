"""What most commands need: the settings of this installation and a database that answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from portal.adapters import embedded
from portal.app import Backend, create_backend
from portal.settings import Settings


@contextmanager
def running_settings(settings: Settings | None = None, purpose: str = "a command") -> Iterator[Settings]:
    """The settings with database addresses: the configured server's, else those of this instance's own server.

    Joins the embedded server when another process supervises it; else runs it for as long as the block lasts.
    """
    settings = settings or Settings.from_env()
    if settings.database_url is not None:
        yield settings
        return
    with embedded.join_or_own(settings.instance, purpose) as address:
        yield with_address(settings, address)


def with_address(settings: Settings, address: embedded.ServerAddress) -> Settings:
    """The settings with the embedded server's addresses."""
    return replace(settings, database_url=address.app_url, owner_database_url=address.owner_url,
                   public_database_url=address.public_url)


@contextmanager
def backend() -> Iterator[Backend]:
    """Sessions, clock and keys for a command."""
    with running_settings() as settings:
        made = create_backend(settings)
        try:
            yield made
        finally:
            made.engine.dispose()
