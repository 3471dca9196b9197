"""`portal ordinance …`: the law's text without a database. What is printed with `--json` is a promise to scripts."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

import click

from portal.cli.ordinance_compare import compare
from portal.cli.ordinance_files import format_option, label_of, read_file
from portal.cli.ordinance_write import write
from portal.ordinances.clauses import LANGUAGES, Clause, Language, Reading


def register(cli: click.Group) -> None:
    """Adds `portal ordinance …`."""
    ordinance.add_command(write)
    ordinance.add_command(compare)
    cli.add_command(ordinance)


@click.group()
def ordinance() -> None:
    """Read, convert and compare the texts of drafts."""


@ordinance.command()
@click.argument("file", type=click.File("rb"))
@format_option()
@click.option("--json", "as_json", is_flag=True, help="Print the whole tree as JSON.")
@click.option("--lang", "asked", type=click.Choice(LANGUAGES),
              help="The language that is read and printed: ko, or the one that the file has.")  # fmt: skip
def read(file: BinaryIO, source_format: str | None, as_json: bool, asked: Language | None) -> None:
    """Parse a draft: counts, clauses, and the lines that no clause took."""
    reading, language = read_file(file, source_format, asked)
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
        "label": label_of(clause, language),
        "heading": clause.heading(language),
        "text": clause.text(language),
        "parent": clause.parent,
        "status": clause.status.value,
        "notes": list(clause.notes),
    }
    if clause.tables:
        printed["tables"] = [
            {"columns": list(table.columns(language)), "rows": [list(row) for row in table.rows(language)],
             "after_lines": table.after_lines, "spans": [list(span) for span in table.spans]}
            for table in clause.tables
        ]  # fmt: skip
    return printed


def _print(reading: Reading, language: Language) -> None:
    draft = reading.draft
    click.echo(draft.title(language) or "(no title)")
    click.echo(f"{draft.clause_count} clauses")
    for kind, count in reading.counts.items():
        if count:
            click.echo(f"  {kind:<13}{count:>6}")
    other = sum(1 for clause in draft.clauses if not clause.is_main_text)
    tables = sum(len(clause.tables) for clause in draft.clauses)
    click.echo(f"besides: {other} in addenda, annexes and forms" + (f"; tables: {tables}" if tables else ""))
    click.echo(f"read as {reading.source_format}")
    if not reading.not_placed:
        click.echo("Every line was placed.")
        return
    click.echo(f"{len(reading.not_placed)} lines were not placed:")
    for rejected in reading.not_placed:
        click.echo(f"  line {rejected.line}: {rejected.text}")
