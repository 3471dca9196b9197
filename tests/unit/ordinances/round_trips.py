"""What is written and read again, for the tests; and the long run of it.

    python -m tests.unit.ordinances.round_trips [examples]

takes every official text and so many random drafts in each format and language.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from portal.ordinances import readers, writers
from portal.ordinances.clauses import HEADINGS, LANGUAGES, Clause, Draft, Language, Table
from tests.unit.ordinances import official, strategies

READ_BACK = ("akoma_ntoso", "docx", "hwpx", "markdown")
READER = {"markdown": "legalize_markdown"}


def read_back(draft: Draft, to: str, language: Language) -> Draft:
    reading = readers.read(writers.write(draft, to, language), language=language)
    assert reading.source_format == READER.get(to, to)
    assert reading.not_placed == ()
    return reading.draft


def in_language(draft: Draft, language: Language) -> Draft:
    """The draft as it is in one language: what a file in that language can say."""
    korean = language == "ko"
    return replace(
        draft, clauses=tuple(_clause_in(clause, language) for clause in draft.clauses),
        title_ko=draft.title_ko if korean else None, title_en=None if korean else draft.title_en,
        note_ko=draft.note_ko if korean else None, note_en=None if korean else draft.note_en,
    )  # fmt: skip


def _clause_in(clause: Clause, language: Language) -> Clause:
    korean, text = language == "ko", clause.text(language) or ""
    found = tuple(
        Table.of_rows((table.columns(language), *table.rows(language)), language,
                      min(table.after_lines, len(clause.lines(language))), table.spans)
        for table in clause.tables if table.columns(language)
    )  # fmt: skip
    return replace(
        clause, text_ko=text if korean or clause.kind in HEADINGS else None, text_en=None if korean else text,
        heading_ko=clause.heading_ko if korean else None, heading_en=None if korean else clause.heading_en, tables=found,
    )  # fmt: skip


def check_random(to: str, language: Language, examples: int) -> None:
    """Any draft comes back as it was."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategies.drafts(language))
    def check(draft: Draft) -> None:
        assert read_back(draft, to, language) == draft

    check()


def check_official(path: Path) -> None:
    """A published text comes back as it was, in all four formats."""
    language: Language = "en" if path.suffix == ".json" else "ko"
    draft = readers.read(path.read_bytes(), path.name, language).draft
    for to in READ_BACK:
        assert read_back(draft, to, language) == draft


def official_files() -> list[Path]:
    """Every published text of the data, in the formats that ministries and the EU publish."""
    more = (official.DATA / "ordinances").glob("kr_xml/*.xml"), (official.DATA / "ordinances").glob("eu/*.json")
    return [*official.markdown_files(), *sorted(path for found in more for path in found)]


if __name__ == "__main__":
    for path in official_files():
        check_official(path)
    for to in READ_BACK:
        for language in LANGUAGES:
            check_random(to, language, int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
    print(f"{len(official_files())} official texts and every random draft came back.")
