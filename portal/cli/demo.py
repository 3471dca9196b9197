"""`portal demo`: the demonstration on this machine, with everything it needs, ended by Ctrl-C."""

from __future__ import annotations

import os
import secrets
import socket
import time
import urllib.request
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import click

from portal import app as composition
from portal import migrating
from portal.adapters import embedded
from portal.cli.backend import with_address
from portal.cli.supervisor import Supervisor, web_command, worker_command
from portal.demo import load, source
from portal.demo.consulting import DraftFiles
from portal.kernel import unit_of_work
from portal.kernel.logs import configure_logging
from portal.settings import Settings

_ACCOUNTS = (
    ("drafter@quillmere.example, checker@…, signer@…, manager@quillmere.example",
     "a company: one role each, the manager all"),
    ("manager@gsa.example", "an association with 26 members, all roles"),
    ("manager@marusol.example and manager@<key>.example", "every other organisation, all roles"),
    ("reviewer@ministry.example, approver@…, publisher@…, admin@ministry.example", "ministry staff"),
    ("adviser@otherministry.example", "an adviser"),
)


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1.")
@click.option("--instance", type=click.Path(path_type=Path), help="Folder of this demonstration [default: var].")
@click.option("--no-serve", is_flag=True, help="Set up and load, then stop.")
@click.option("--draft", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Notice this text instead of the demonstration draft.")
@click.option("--draft-en", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Its English text by eId.")
@click.option("--into-this-database", is_flag=True, help="Load into the database of PORTAL_DATABASE_URL.")
def demo(port: int, instance: Path | None, no_serve: bool, draft: Path | None, draft_en: Path | None,
         into_this_database: bool) -> None:
    """Run the demonstration: sets up a database, loads it, serves on 127.0.0.1 until Ctrl-C."""
    configured = Settings.from_env()
    if configured.database_url is not None and not into_this_database:
        raise click.ClickException(
            "PORTAL_DATABASE_URL is set. Demonstration data never mixes with a real database: unset it, or say "
            "--into-this-database if that is what you want.")
    if draft_en is not None and draft is None:
        raise click.ClickException("--draft-en needs --draft.")
    address = f"http://127.0.0.1:{port}"
    if not no_serve:
        _refuse_taken_port(port)
    folder = (instance or configured.instance).resolve()
    configure_logging(configured.log)
    try:
        with _server(configured, folder, address) as server:
            settings = replace(
                configured, instance=folder, demo=True, base_url=address,
                secret_keys=configured.secret_keys or (_kept(folder / "keys" / "secret.key", 32),),
                demo_password=configured.demo_password or _kept(folder / "keys" / "demo-password", 9))
            if server is not None:
                settings = with_address(settings, server.address)
            _prepare(settings, draft, draft_en)
            if no_serve:
                click.echo("The demonstration is loaded.")
                return
            supervisor = Supervisor(settings.to_env())
            code = supervisor.run(web_command(f"127.0.0.1:{port}", 2), worker_command(),
                                  ready=lambda: _say(settings, address))
    except embedded.EmbeddedError as error:
        raise click.ClickException(str(error)) from error
    raise SystemExit(code)


def _server(settings: Settings, folder: Path, address: str) -> AbstractContextManager[embedded.EmbeddedServer | None]:
    if settings.database_url is not None:
        return nullcontext()
    return embedded.own(folder, "demo", address=address, say=lambda line: click.echo(line))


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} of 127.0.0.1 is taken by another program. Choose another: make demo PORT=8001"
            ) from error


def _kept(path: Path, size: int) -> str:
    """A secret of this instance, made at the first run and readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    value = secrets.token_urlsafe(size)
    with os.fdopen(handle, "w") as file:
        file.write(value)
    return value


def _prepare(settings: Settings, draft: Path | None, draft_en: Path | None) -> None:
    """Migrate, and load what is not loaded yet, with a progress bar."""
    owner = settings.owner_database_url
    if owner is not None and migrating.current(owner) != migrating.head():
        click.echo("Preparing the database…")
        migrating.upgrade(owner)
    backend = composition.create_backend(settings, statement_timeout_ms=600_000)
    try:
        with backend.sessions() as session:
            if load.is_loaded(session):
                return
        files = None
        if draft is not None:
            files = DraftFiles(draft.name, draft.read_bytes(), draft_en.name if draft_en else "",
                               draft_en.read_bytes() if draft_en else None)
        assert settings.demo_password is not None
        options = load.Options(settings.demo_password, files, analysis=settings.analysis)
        with click.progressbar(length=load.STEPS, label="Loading the demonstration") as bar:
            unit_of_work.run(backend.sessions, lambda session: load.load(
                session, options, backend.signing_key, backend.clock(), lambda: bar.update(1)))
    finally:
        backend.engine.dispose()


def _say(settings: Settings, address: str) -> None:
    _wait_for(address)
    click.echo(f"\n  The portal              {address}/   (English: {address}/?lang=en)")
    click.echo(f"  The open consultation   {address}/c/{source.OPEN}/")
    click.echo(f"  The concluded one       {address}/c/{source.CONCLUDED}/")
    click.echo(f"  Sign in                 {address}/sign-in")
    click.echo(f"  Mails that were sent    {address}/admin/mail/   (as admin@ministry.example)\n")
    for who, what in _ACCOUNTS:
        click.echo(f"  {who}\n      {what}")
    click.echo(f"\n  One password for all:   {settings.demo_password}")
    click.echo("  Everything here is made up. Ctrl-C stops it; the data stay.\n")


def _wait_for(address: str) -> None:
    """Until the first page answers, so that the printed addresses work; after 30 s they are printed all the same."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):  # noqa: S310 - our own loopback address
                return
        except OSError:
            time.sleep(0.1)


def register(cli: click.Group) -> None:
    """Add this command."""
    cli.add_command(demo)
