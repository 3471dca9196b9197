"""All official Markdown files as flat text, every mark of the format taken away: the same tree comes back from words
alone, every line placed or reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from portal.ordinances import readers
from portal.ordinances.clauses import Clause, Kind
from portal.ordinances.readers import plain_text
from tests.support.timing import assert_within
from tests.unit.ordinances import official
from tests.unit.ordinances.flat import flat_text

pytestmark = official.needs_data
every_file = pytest.mark.parametrize("path", official.markdown_files(), ids=lambda path: path.parent.name + path.stem)

#: 제1항 협의상 파양, 제2항 재판상 파양: the Civil Act has a level below the subsection.
REPORTED = {"2026-03-17_21454": 2}


@every_file
def test_words_alone_give_the_tree_of_the_markdown(path: Path) -> None:
    text = path.read_text("utf-8")
    flat = flat_text(text)
    reading = readers.read(flat.encode())
    assert reading.source_format == "plain_text"
    expected = readers.read(text.encode()).draft
    # Annexes are listed in the front matter, which flat text does not have.
    assert reading.draft.clauses == tuple(c for c in expected.clauses if c.kind not in (Kind.ANNEX, Kind.FORM))
    assert reading.draft.title_ko == expected.title_ko
    assert len(reading.not_placed) == REPORTED.get(path.stem, 0)
    assert set(reading.placed).isdisjoint(rejected.line for rejected in reading.not_placed)
    assert len(reading.placed) + len(reading.not_placed) == len(flat.split("\n"))


@every_file
def test_what_a_word_processor_does_to_a_text_changes_no_address(path: Path) -> None:
    flat = flat_text(path.read_text("utf-8"))
    expected = readers.read(flat.encode()).draft.clauses

    def words(clauses: tuple[Clause, ...]) -> list[tuple[str, str | None, str]]:
        return [(c.eid, c.parent, "".join((c.text_ko or "").replace("·", "ㆍ").split())) for c in clauses]

    lines = flat.replace("ㆍ", "·").replace(". ", ".\u00a0").split("\n")
    spoilt = "\r\n\r\n".join(f"\u3000 {line}\t\u200b" for line in lines)
    found = readers.read(spoilt.encode("utf-16")).draft.clauses
    assert words(found) == words(expected)


@pytest.mark.parametrize(("path", "seconds"), [(official.DECREE_1, 0.05), (official.BUILDING_DECREE, 1.0)])
def test_reading_is_fast(path: Path, seconds: float) -> None:
    data = flat_text(path.read_text("utf-8")).encode()
    assert_within(seconds, lambda: plain_text.read(data), rounds=5)


def test_cp949_is_read(tmp_path: Path) -> None:
    flat = flat_text(official.DECREE_1.read_text("utf-8"))
    reading = readers.read(flat.encode("cp949", "ignore"))
    assert reading.draft.clause_count == 347
    assert replace(reading.draft.clauses[0], heading_ko=None).eid == "chp_1"
