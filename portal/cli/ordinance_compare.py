"""`portal ordinance compare`: which clause of one text is which of another, without a database.

What is printed with `--json` is a promise to scripts.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any, BinaryIO

import click

from portal.cli.ordinance_files import format_option, languages_of, read_file, say_not_placed
from portal.ordinances import addresses
from portal.ordinances.clauses import LANGUAGES, Language
from portal.ordinances.compare import ChangeName, Pair
from portal.ordinances.compare import compare as compare_drafts
from portal.ordinances.old_new_table import old_new_rows
from portal.ordinances.writers import old_new


@click.command()
@click.argument("old", type=click.File("rb"))
@click.argument("new", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="Print every pair as JSON: old, new, change, score.")
@click.option("--table", "table", type=click.Choice(old_new.FORMATS), help="Write the old–new table.")
@click.option("--whole", is_flag=True, help="With --table: every article in full, nothing left out.")
@click.option("--lang", "asked", type=click.Choice(LANGUAGES),
              help="Compare the texts in this language alone.")  # fmt: skip
@format_option("--old-format", "old_format")
@format_option("--new-format", "new_format")
@click.option("-o", "--output", type=click.File("wb", lazy=True), help="Where to write; the terminal otherwise.")
def compare(old: BinaryIO, new: BinaryIO, as_json: bool, table: str | None, whole: bool, asked: Language | None,
            old_format: str | None, new_format: str | None, output: BinaryIO | None) -> None:  # fmt: skip
    """Compare two texts: the clauses of each with those of the other, and what became of them. Lines that no clause
    took are named and take no part."""
    if as_json and table:
        raise click.UsageError("--json and --table are two answers: ask for one.")
    readings = [read_file(file, source_format, asked, named=True)[0]
                for file, source_format in ((old, old_format), (new, new_format))]  # fmt: skip
    before, after = (reading.draft for reading in readings)
    common = [language for language in languages_of(after) if language in languages_of(before)]
    if not common:
        raise click.ClickException(f"{old.name} and {new.name} have no language in common.")
    for file, reading in zip((old, new), readings, strict=True):
        say_not_placed(reading, file.name)
    language: Language = asked or ("ko" if "ko" in common else common[0])
    pairs = compare_drafts(before, after, asked)
    if table:
        rows = old_new_rows(before, after, pairs, language, whole=whole)
        title = after.title(language) or after.title_ko or after.title_en or ""
        _put(old_new.write(rows, table, title, language), output, text=table == "html")
    elif as_json:
        printed = json.dumps(pairs_as_json(pairs), ensure_ascii=False, indent=1)
        _put(f"{printed}\n".encode(), output, text=True)
    else:
        _put(_listed(pairs, language).encode(), output, text=True)


def pairs_as_json(pairs: list[Pair]) -> dict[str, Any]:
    """An alignment as `portal ordinance compare --json` prints it."""
    return {"pairs": [{"old": pair.old, "new": pair.new, "change": pair.change.value, "score": pair.score}
                      for pair in pairs]}  # fmt: skip


def _put(data: bytes, output: BinaryIO | None, *, text: bool) -> None:
    if output is not None:
        output.write(data)
        return
    if not text and sys.stdout.isatty():
        raise click.UsageError("That is no text for a terminal: name a file with -o.")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _listed(pairs: list[Pair], language: Language) -> str:
    """Every change in a line, then how many of each there are."""
    lines = []
    for pair in pairs:
        if pair.change is not ChangeName.SAME:
            sides = [addresses.parse(eid).spoken(language) if eid else "–" for eid in (pair.old, pair.new)]
            lines.append(f"{pair.change:<11}{pair.score:5.2f}  {sides[0]} → {sides[1]}")
    counts = Counter(pair.change for pair in pairs)
    lines.append(", ".join(f"{counts[change]} {change}" for change in ChangeName if counts[change]))
    return "\n".join(lines) + "\n"
