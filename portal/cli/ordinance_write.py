"""`portal ordinance write`: a draft from one format to another, without a database."""

from __future__ import annotations

from typing import BinaryIO, Final

import click

from portal.ordinances import readers, writers
from portal.ordinances.clauses import LANGUAGES, Language
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers.source import MAX_BYTES

_LANGUAGE_NAMES: Final = {"ko": "Korean", "en": "English"}


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--to", required=True, type=click.Choice(writers.FORMATS), help="The format to write.")
@click.option("-o", "--output", "output", required=True, type=click.Path(dir_okay=False, allow_dash=True),
              help="The file to write; - is the standard output.")  # fmt: skip
@click.option("--format", "source_format", type=click.Choice(readers.FORMATS), help="Told by the content otherwise.")
@click.option("--lang", "asked", type=click.Choice(LANGUAGES),
              help="The language of the file and of what is written: ko, or what the file has.")  # fmt: skip
def write(file: BinaryIO, to: str, output: str, source_format: str | None, asked: Language | None) -> None:
    """Convert a draft. Lines that no clause took are named and are not in what is written."""
    try:
        data = file.read(MAX_BYTES + 1)
        if source_format:
            reading = readers.read_as(source_format, data, asked or "ko")
        else:
            reading = readers.read(data, file.name, asked or "ko")
    except UnreadableDraft as problem:
        raise click.ClickException(str(problem)) from None
    languages = reading.draft.languages
    language: Language = asked or ("ko" if "ko" in languages or not languages else languages[0])
    if language not in languages:
        raise click.ClickException(f"The file holds no {_LANGUAGE_NAMES[language]} text.")
    written = writers.write(reading.draft, to, language)
    try:
        with click.open_file(output, "wb") as stream:
            stream.write(written)
    except OSError as problem:
        raise click.ClickException(f"{output} cannot be written: {problem.strerror}.") from None
    for rejected in reading.not_placed:
        click.echo(f"not placed: line {rejected.line}: {rejected.text}", err=True)
    click.echo(f"{reading.draft.clause_count} clauses, {len(written)} bytes", err=True)
