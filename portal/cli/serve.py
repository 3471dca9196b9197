"""`portal serve` and `portal worker`: the web and the background jobs."""

from __future__ import annotations

import os
import sys

import click

from portal import app as composition
from portal.adapters import embedded
from portal.cli.backend import require_instance, require_tables, running_settings, with_address
from portal.cli.supervisor import Supervisor, web_command
from portal.jobs import worker as jobs
from portal.kernel.logs import configure_logging
from portal.settings import Settings


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Web processes.")
def serve(bind: str, workers: int) -> None:
    """Serve the portal with gunicorn. Without PORTAL_DATABASE_URL it also runs the embedded database."""
    settings = Settings.from_env()
    composition.require_keys(settings)
    if settings.database_url is not None:
        composition.require_servable(settings)
        command = web_command(bind, workers)
        os.execve(command[0], command, {**os.environ, **settings.to_env()})  # noqa: S606 - gunicorn takes our place
    try:
        require_instance(settings)
        with embedded.own(settings.instance, "serve", address=f"http://{bind}") as server:
            settings = with_address(settings, server.address)
            require_tables(settings)
            sys.exit(Supervisor(settings.to_env()).run(web_command(bind, workers)))
    except embedded.EmbeddedError as error:
        raise click.ClickException(str(error)) from error


@click.command()
def worker() -> None:
    """Do background jobs until stopped."""
    composition.require_keys(Settings.from_env())
    with running_settings(purpose="worker") as settings:
        require_tables(settings)
        configure_logging(settings.log)
        backend = composition.create_backend(settings, statement_timeout_ms=600_000)
        assert settings.database_url is not None
        jobs.run(settings.database_url, composition.registry(settings), backend.sessions, backend.clock)
        backend.engine.dispose()


def register(cli: click.Group) -> None:
    """Add these commands."""
    cli.add_command(serve)
    cli.add_command(worker)


