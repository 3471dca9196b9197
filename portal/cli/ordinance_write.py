"""`portal ordinance write`: a draft from one format to another, without a database."""

from __future__ import annotations

from typing import BinaryIO

import click

from portal.cli.ordinance_files import format_option, read_file, say_not_placed
from portal.ordinances import writers
from portal.ordinances.clauses import LANGUAGES, Language


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--to", required=True, type=click.Choice(writers.FORMATS), help="The format to write.")
@click.option("-o", "--output", "output", required=True, type=click.Path(dir_okay=False, allow_dash=True),
              help="The file to write; - is the standard output.")  # fmt: skip
@format_option()
@click.option("--lang", "asked", type=click.Choice(LANGUAGES),
              help="The language of the file and of what is written: ko, or what the file has.")  # fmt: skip
def write(file: BinaryIO, to: str, output: str, source_format: str | None, asked: Language | None) -> None:
    """Convert a draft. Lines that no clause took are named and are not in what is written."""
    reading, language = read_file(file, source_format, asked)
    written = writers.write(reading.draft, to, language)
    try:
        with click.open_file(output, "wb") as stream:
            stream.write(written)
    except OSError as problem:
        raise click.ClickException(f"{output} cannot be written: {problem.strerror}.") from None
    say_not_placed(reading)
    click.echo(f"{reading.draft.clause_count} clauses, {len(written)} bytes", err=True)
