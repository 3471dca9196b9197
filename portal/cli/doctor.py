"""`portal doctor`: does everything that this installation promises hold? Rows, receipts, publication, jobs, audit."""

from __future__ import annotations

import hashlib
import sys

import click
from sqlalchemy import text

from portal.cli.backend import backend
from portal.cli.reconciling import CHECKS, Place

_MOST_SHOWN = 20


@click.command()
@click.option("--key", "keys", metavar="HEX", multiple=True,
              help="The public key of a former signing key, whose receipts are to be verified too. May be repeated.")
def doctor(keys: tuple[str, ...]) -> None:
    """Reconcile what was filed, receipted, reviewed and published. Exit 1 with what is wrong; changes nothing."""
    try:
        given = [bytes.fromhex(key) for key in keys]
    except ValueError:
        raise click.ClickException("a key is written in hexadecimal digits") from None
    wrong = 0
    with backend() as b:
        public = {hashlib.sha256(key).hexdigest()[:16]: key for key in (*given, b.signing_key.public)}
        with b.sessions() as session:
            # One state of the database for all checks, whatever happens meanwhile; as long as it takes.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            session.execute(text("SET TRANSACTION READ ONLY"))
            session.execute(text("SET LOCAL statement_timeout = 0"))
            for name, check in CHECKS.items():
                found = check(Place(session, b.clock(), public))
                wrong += len(found.wrong)
                click.echo(f"{'WRONG' if found.wrong else 'ok':5}  {name}: {found.looked_at} looked at")
                for line in found.wrong[:_MOST_SHOWN]:
                    click.echo(f"       {line}")
                if len(found.wrong) > _MOST_SHOWN:
                    click.echo(f"       and {len(found.wrong) - _MOST_SHOWN} more")
    if wrong:
        click.echo(f"{wrong} wrong", err=True)
        sys.exit(1)
    click.echo("Everything holds.")


def register(cli: click.Group) -> None:
    """Add this command."""
    cli.add_command(doctor)
