"""What a draft answers about its clauses."""

from __future__ import annotations

import pytest

from portal.ordinances.clauses import Draft, Kind
from tests.unit.ordinances.small_draft import SMALL


def test_tree() -> None:
    assert [clause.eid for clause in SMALL.children(None)] == ["chp_1", "chp_1-2", "addenda", "tbl_1", "form_0"]
    assert [clause.eid for clause in SMALL.subtree("art_2__para_1")] == [
        "art_2__para_1", "art_2__para_1__subpara_1", "art_2__para_1__subpara_2", "art_2__para_1__subpara_2__point_ga",
    ]  # fmt: skip
    above = SMALL.ancestors("art_2__para_1__subpara_2__point_ga")
    assert [clause.eid for clause in above] == ["chp_1", "art_2", "art_2__para_1", "art_2__para_1__subpara_2"]
    assert SMALL.children("form_0") == ()
    with pytest.raises(KeyError):
        SMALL.ancestors("art_9")


def test_counts_are_of_the_main_text() -> None:
    assert {kind: count for kind, count in SMALL.counts.items() if count} == {
        Kind.CHAPTER: 2, Kind.ARTICLE: 3, Kind.PARAGRAPH: 2, Kind.SUBPARAGRAPH: 2, Kind.ITEM: 1,
    }  # fmt: skip
    assert SMALL.clause_count == 8
    assert list(SMALL.counts) == [
        "preamble", "part", "chapter", "section", "subsection", "article", "paragraph", "subparagraph", "item",
        "subitem",
    ]  # fmt: skip


def test_languages_and_tables() -> None:
    assert SMALL.languages == ("ko", "en")
    assert Draft(()).languages == ()
    assert (SMALL.title("ko"), SMALL.title("en")) == ("시험 시행령", "Test Decree")
    table = SMALL.by_eid["tbl_1"].table
    assert table is not None
    assert table.as_text("en") == "Violation | Amount\nNo notice | 500"
