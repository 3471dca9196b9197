"""`portal ordinance …`: the law's text without a database. What is printed with `--json` is a promise to scripts."""

from __future__ import annotations

import json
from typing import Any, BinaryIO, Final

import click

from portal.ordinances import readers
from portal.ordinances.clauses import LANGUAGES, Clause, Language, Reading
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers.source import MAX_BYTES

_LANGUAGE_NAMES: Final = {"ko": "Korean", "en": "English"}


def register(cli: click.Group) -> None:
    """Adds `portal ordinance …`."""
    cli.add_command(ordinance)


@click.group()
def ordinance() -> None:
    """Read a draft's text."""


@ordinance.command()
@click.argument("file", type=click.File("rb"))
@click.option("--format", "source_format", type=click.Choice(readers.FORMATS), help="Told by the content otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole tree as JSON.")
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default="ko", show_default=True)
def read(file: BinaryIO, source_format: str | None, as_json: bool, language: Language) -> None:
    """Parse a draft: counts, clauses, and the lines that no clause took."""
    try:
        data = file.read(MAX_BYTES + 1)
        reading = readers.read_as(source_format, data) if source_format else readers.read(data, file.name)
    except UnreadableDraft as problem:
        raise click.ClickException(str(problem)) from None
    if language not in reading.draft.languages:
        raise click.ClickException(f"The file holds no {_LANGUAGE_NAMES[language]} text.")
    if as_json:
        click.echo(json.dumps(reading_as_json(reading, language), ensure_ascii=False, indent=1))
    else:
        _print(reading, language)


def reading_as_json(reading: Reading, language: Language) -> dict[str, Any]:
    """A reading in one language, as `portal ordinance read --json` prints it."""
    return {
        "title": reading.draft.title(language),
        "format": reading.source_format,
        "counts": {kind.value: count for kind, count in reading.counts.items()},
        "not_placed": [{"line": rejected.line, "text": rejected.text} for rejected in reading.not_placed],
        "clauses": [_clause_as_json(clause, language) for clause in reading.draft.clauses],
    }


def _clause_as_json(clause: Clause, language: Language) -> dict[str, Any]:
    printed: dict[str, Any] = {
        "eid": clause.eid,
        "kind": clause.kind.value,
        "label": clause.label,
        "heading": clause.heading(language),
        "text": clause.text(language),
        "parent": clause.parent,
        "status": clause.status.value,
        "notes": list(clause.notes),
    }
    if clause.table is not None:
        printed["table"] = {
            "columns": list(clause.table.columns(language)),
            "rows": [list(row) for row in clause.table.rows(language)],
        }
    return printed


def _print(reading: Reading, language: Language) -> None:
    draft = reading.draft
    click.echo(draft.title(language) or "(no title)")
    click.echo(f"{draft.clause_count} clauses")
    for kind, count in reading.counts.items():
        if count:
            click.echo(f"  {kind:<13}{count:>6}")
    other = sum(1 for clause in draft.clauses if not clause.is_main_text)
    click.echo(f"besides: {other} in addenda, annexes and forms")
    if not reading.not_placed:
        click.echo("Every line was placed.")
        return
    click.echo(f"{len(reading.not_placed)} lines were not placed:")
    for rejected in reading.not_placed:
        click.echo(f"  line {rejected.line}: {rejected.text}")
