"""English lines find their clauses by the numbers they begin with, and nothing is guessed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from portal.ordinances import readers
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Draft, Kind
from portal.ordinances.readers import english_by_eid
from portal.ordinances.readers.english_lines import fit
from tests.unit.drafts.texts import DEMO, MARKDOWN

DRAFT = readers.read(MARKDOWN.encode()).draft
LINES = """Chapter I General Provisions
Article 1 (Purpose)
The purpose of this Decree is to prescribe
delegated matters.
Article 2 (Notice) (1) An operator shall notify the following:
  1. The manner of the test
  2. The result of the test
(2) The notice shall be given in writing.
Addenda
This Decree enters into force on the date of its promulgation.
"""


def test_each_line_finds_its_clause() -> None:
    fitted = fit(DRAFT, LINES)
    assert fitted.not_placed == ()
    provisions = fitted.document["provisions"]
    assert provisions["art_1"] == {
        "heading": "Purpose", "text": "The purpose of this Decree is to prescribe\ndelegated matters."}
    assert provisions["art_2"] == {"heading": "Notice", "text": ""}
    assert provisions["art_2__para_1"]["text"] == "An operator shall notify the following:"
    assert provisions["art_2__para_1__subpara_2"]["text"] == "The result of the test"
    assert provisions["addenda"]["text"].startswith("This Decree enters")
    assert fitted.document["chapters"] == {"제1장 총칙": "Chapter I General Provisions"}


@pytest.mark.parametrize(("line", "text"), [
    (9, "(3) One paragraph too many."), (9, "Article 3 (Nowhere) There is no such article."),
    (7, "3. One subparagraph too many.")])
def test_a_number_that_the_draft_has_not_is_reported(line: int, text: str) -> None:
    lines = LINES.splitlines()
    lines.insert(line - 1, text)
    fitted = fit(DRAFT, "\n".join(lines))
    assert [(each.line, each.text) for each in fitted.not_placed] == [(line, text)]
    assert fitted.document["provisions"]["art_2__para_1__subpara_1"]["text"] == "The manner of the test"


def test_lines_before_any_number_are_reported_unless_a_clause_is_named() -> None:
    fitted = fit(DRAFT, "Words without a number.\nArticle 1 (Purpose) Words.")
    assert [each.line for each in fitted.not_placed] == [1]
    fitted = fit(DRAFT, "In writing.", "art_2__para_2")
    assert fitted.document["provisions"] == {"art_2__para_2": {"heading": None, "text": "In writing."}}
    fitted = fit(DRAFT, "Article 2 (Notice)\n(1) An operator:\n1. The manner", "art_2")
    assert list(fitted.document["provisions"]) == ["art_2", "art_2__para_1", "art_2__para_1__subpara_1"]


def test_a_whole_draft_written_line_by_line_comes_back() -> None:
    """What an English text prints, clause by clause, is laid over its Korean again as it was."""
    draft = readers.read((DEMO / "draft_v1.json").read_bytes()).draft
    main = [clause for clause in draft.clauses if clause.is_main_text]
    lines = []
    for clause in main:
        label = clause.label_en or parse(clause.eid).english_label
        heading = f" ({clause.heading_en})" if clause.kind is Kind.ARTICLE and clause.heading_en else (
            f" {clause.heading_en}" if clause.heading_en else "")
        lines.append(f"{label}{heading}\n{clause.text_en or ''}" if clause.kind is Kind.ARTICLE
                     else f"{label}{heading} {clause.text_en or ''}")
    korean = Draft(tuple(replace(clause, text_en=None, heading_en=None, label_en=None) for clause in draft.clauses))
    fitted = fit(korean, "\n".join(lines))
    assert fitted.not_placed == ()
    laid = english_by_eid.lay_over(korean, json.dumps(fitted.document).encode()).draft
    for clause in main:
        assert (laid.by_eid[clause.eid].text_en or "") == (clause.text_en or ""), clause.eid
        assert (laid.by_eid[clause.eid].heading_en or "") == (clause.heading_en or ""), clause.eid
