"""How many citations of the official texts resolve, and how many of a sample checked by hand rightly.

`citations_checked.json` holds addresses and places only: 200 citations of the same text drawn at random, 80 of other
laws, and 125 of the harder sorts (같은 조, lists that go on in another law, brackets, quotations, annexes), each
looked at by hand.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from portal.ordinances import readers
from portal.ordinances.clauses import Draft
from portal.ordinances.references import Scope, find_citations, resolve
from tests.unit.ordinances import official

pytestmark = official.needs_data
CHECKED = Path(__file__).with_name("citations_checked.json")


@lru_cache(maxsize=64)
def draft(path: Path) -> Draft:
    return readers.read(path.read_bytes(), path.name).draft


def test_of_the_citations_of_the_same_text_97_percent_resolve() -> None:
    counts: Counter[bool] = Counter()
    for path in official.markdown_files():
        for clause in draft(path).clauses:
            if clause.eid.startswith("addenda_"):
                continue  # older addenda speak of the text as it was
            for citation in find_citations(clause.text_ko or ""):
                if citation.scope is Scope.THIS and not citation.is_whole_law:
                    counts[bool(resolve(citation, draft(path), clause.eid))] += 1
    assert counts.total() > 5000
    assert counts[True] / counts.total() >= 0.99


@pytest.mark.parametrize(
    ("sample", "count", "least"), [("random", 200, 1.0), ("other_law", 80, 1.0), ("hard", 125, 0.99)]
)
def test_the_sample_checked_by_hand(sample: str, count: int, least: float) -> None:
    rows = [row for row in json.loads(CHECKED.read_text("utf-8")) if row["sample"] == sample]
    assert len(rows) == count
    wrong = [row for row in rows if not _is_right(row)]
    assert 1 - len(wrong) / len(rows) >= least, wrong


def _is_right(row: dict[str, object]) -> bool:
    text = draft(official.MARKDOWN / str(row["file"]))
    clause = text.by_eid[str(row["at"])]
    for citation in find_citations(clause.text_ko or ""):
        if (citation.start, citation.end) == (row["start"], row["end"]):
            return citation.scope == row["scope"] and resolve(citation, text, clause.eid) == row["eids"]
    return False


def test_nothing_that_is_printed_as_a_citation_is_overlooked() -> None:
    printed = re.compile(r"제[0-9]+(?:조|항|호)|같은 (?:조|항|호|법)|「[^」]+」")
    missed = []
    for path in official.markdown_files():
        for clause in draft(path).clauses:
            text = clause.text_ko or ""
            if clause.eid.startswith("addenda_") or not text:
                continue
            spans = [(citation.start, citation.end) for citation in find_citations(text)]
            missed += [text[max(0, match.start() - 20) : match.end() + 10] for match in printed.finditer(text)
                       if not any(start <= match.start() < end for start, end in spans)]  # fmt: skip
    assert all(
        re.search(r"(?:령|법률|규칙|고시|예규|훈령|조례) 제[0-9,]+호|같은 법(?:인|무|률)", words) for words in missed
    ), missed


def test_no_official_text_is_in_the_sample() -> None:
    assert not re.search("[가-힣]", CHECKED.read_text("utf-8"))


def test_english_citations_of_the_demonstration_draft_resolve() -> None:
    text = readers.read(official.DRAFT_1.read_bytes()).draft
    found = [(citation, clause) for clause in text.clauses for citation in find_citations(clause.text_en or "", "en")
             if citation.scope is Scope.THIS and not citation.is_whole_law and not clause.eid.startswith("addenda_")]  # fmt: skip
    assert len(found) > 40
    assert all(resolve(citation, text, clause.eid, "en") for citation, clause in found)
