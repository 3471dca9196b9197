"""Which clause of a new version is which of the old: careful, deterministic, and right on the hand-made truth."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from portal.ordinances import readers
from portal.ordinances.clauses import ARTICLE_TO_ITEM, Clause, Draft, Kind, Status
from portal.ordinances.lineage import Pair, same_address_lineage, similarity
from tests.unit.ordinances import official
from tests.unit.ordinances.small_draft import SMALL, clause


def draft(*clauses: Clause) -> Draft:
    return Draft(clauses, title_ko="시험")


def changes(old: Draft, new: Draft) -> set[tuple[str | None, str | None, str]]:
    pairs = same_address_lineage(old, new)
    assert sorted(pair.old for pair in pairs if pair.old) == sorted(one.eid for one in old.clauses)
    assert [pair.new for pair in pairs if pair.new] == [one.eid for one in new.clauses]
    return {(pair.old, pair.new, pair.change.value) for pair in pairs if pair.change != "same"}


LONG = "과학기술정보통신부장관은 매년 실태조사를 하고 그 결과를 공표해야 한다."
OTHER = "위원회의 위원은 학식과 경험이 풍부한 사람 중에서 위촉한다."


def test_a_draft_is_itself() -> None:
    assert changes(SMALL, SMALL) == set()
    assert {pair.score for pair in same_address_lineage(SMALL, SMALL)} == {1.0}


def test_reworded_at_its_address() -> None:
    old, new = draft(clause("art_1", LONG)), draft(clause("art_1", LONG.replace("매년", "3년마다")))
    assert changes(old, new) == {("art_1", "art_1", "reworded")}
    assert 0.5 <= same_address_lineage(old, new)[0].score < 1


def test_a_number_used_for_another_rule_is_another_clause() -> None:
    assert changes(draft(clause("art_1", LONG)), draft(clause("art_1", OTHER))) == {
        ("art_1", None, "deleted"), (None, "art_1", "inserted"),
    }  # fmt: skip


def test_renumbered_by_an_insertion_before_it() -> None:
    old = draft(clause("art_1"), clause("art_1__para_1", LONG), clause("art_1__para_2", "그 밖의 것"))
    new = draft(clause("art_1"), clause("art_1__para_1", OTHER), clause("art_1__para_2", LONG),
                clause("art_1__para_3", "그 밖의 것"))  # fmt: skip
    assert changes(old, new) == {
        (None, "art_1__para_1", "inserted"), ("art_1__para_1", "art_1__para_2", "renumbered"),
        ("art_1__para_2", "art_1__para_3", "renumbered"),
    }  # fmt: skip


def test_what_hangs_on_a_renumbered_clause_keeps_its_identity() -> None:
    old = draft(clause("art_1"), clause("art_1__para_1", LONG), clause("art_1__para_1__subpara_1", "외교부"))
    new = draft(clause("art_1"), clause("art_1__para_1", OTHER), clause("art_1__para_1__subpara_1", "국방부"),
                clause("art_1__para_2", LONG), clause("art_1__para_2__subpara_1", "외교부"))  # fmt: skip
    assert ("art_1__para_1__subpara_1", "art_1__para_2__subpara_1") in {
        (pair.old, pair.new) for pair in same_address_lineage(old, new)
    }


def test_moved_to_another_article_with_its_words() -> None:
    old = draft(clause("art_1", heading_ko="하나"), clause("art_1__para_1", LONG), clause("art_2", OTHER))
    new = draft(clause("art_1", heading_ko="하나"), clause("art_2", OTHER), clause("art_2__para_1", LONG))
    assert ("art_1__para_1", "art_2__para_1", "moved") in changes(old, new)


def test_an_article_that_changes_its_chapter_is_moved_and_no_other() -> None:
    chapters = (clause("chp_1", heading_ko="총칙"), clause("chp_2", heading_ko="보칙"))
    old = draft(chapters[0], clause("art_1", LONG, parent="chp_1"), chapters[1], clause("art_2", OTHER, parent="chp_2"))
    new = draft(chapters[0], chapters[1], clause("art_1", LONG, parent="chp_2"), clause("art_2", OTHER, parent="chp_2"))
    assert changes(old, new) == {("art_1", "art_1", "moved")}


def test_short_words_are_not_followed_to_another_parent() -> None:
    old = draft(clause("art_1", LONG), clause("art_1__subpara_1", "외교부"), clause("art_2", OTHER))
    new = draft(clause("art_1", LONG), clause("art_2", OTHER), clause("art_2__subpara_1", "외교부"))
    assert changes(old, new) == {
        ("art_1__subpara_1", None, "deleted"), (None, "art_2__subpara_1", "inserted"),
    }  # fmt: skip


def test_a_clause_struck_in_its_place_is_deleted_and_keeps_its_identity() -> None:
    struck = clause("art_1", "삭제", status=Status.DELETED)
    assert changes(draft(clause("art_1", LONG)), draft(struck)) == {("art_1", "art_1", "deleted")}
    assert changes(draft(struck), draft(struck)) == set()
    assert changes(draft(struck), draft(clause("art_1", LONG))) == {
        ("art_1", None, "deleted"), (None, "art_1", "inserted"),
    }  # fmt: skip


def test_own_addenda_become_older_ones() -> None:
    text, at_once = clause("art_1", LONG), clause("addenda__art_1", "이 영은 공포한 날부터 시행한다.")
    first = (clause("addenda", notes=("<제12호,2025.1.1>",)), at_once)
    older = (replace(first[0], eid="addenda_12"), replace(first[1], eid="addenda_12__art_1", parent="addenda_12"))
    second = (clause("addenda", notes=("<제13호,2026.1.1>",)), at_once)
    assert changes(draft(text, *first), draft(text, *older, *second)) == {
        ("addenda", "addenda_12", "renumbered"), (None, "addenda", "inserted"), (None, "addenda__art_1", "inserted"),
    }  # fmt: skip


def test_similarity() -> None:
    assert similarity("같은 글", "같은글") == 1.0
    assert similarity("", "") == 1.0
    assert similarity("가", "") == similarity("가나", "다라") == 0.0
    assert similarity("인공지능사업자", "인공지능이용자") == similarity("인공지능이용자", "인공지능사업자")


def test_it_is_the_same_every_time() -> None:
    new = replace(SMALL, clauses=tuple(reversed([one for one in SMALL.clauses if one.kind is Kind.ARTICLE])))
    assert same_address_lineage(SMALL, new) == same_address_lineage(SMALL, new)


def _truth(new: Draft) -> dict[str, tuple[str | None, str]]:
    """The hand-made mapping for every clause from article to item of the new main text: what is listed, what hangs on a
    listed insertion or renumbering, and everything else unchanged."""
    pairs = json.loads((official.MAPPING / "ai_decree_36053_to_36506.json").read_text("utf-8"))["pairs"]
    listed = {pair["new"]: pair for pair in pairs}
    truth: dict[str, tuple[str | None, str]] = {}
    for one in new.clauses:
        if not one.is_main_text or one.kind not in ARTICLE_TO_ITEM:
            continue
        above = one.eid
        while above not in listed and "__" in above:
            above = above.rpartition("__")[0]
        pair = listed.get(above, {"old": above, "change": "same"})
        change = "reworded" if pair["change"] == "amended" else pair["change"]
        if above == one.eid:
            truth[one.eid] = (pair["old"], change)
        elif change == "inserted":
            truth[one.eid] = (None, change)
        else:
            truth[one.eid] = (one.eid.replace(above, pair["old"], 1), "same")
    return truth


@pytest.mark.parametrize(("old", "new"), [
    (official.DRAFT_1, official.DRAFT_2), (official.DECREE_1, official.DECREE_2),
], ids=["demonstration", "decree"])  # fmt: skip
@official.needs_data
def test_every_clause_of_the_ai_decree_as_the_hand_made_truth_has_it(old: Path, new: Path) -> None:
    before, after = readers.read(old.read_bytes()).draft, readers.read(new.read_bytes()).draft
    found = {pair.new: (pair.old, pair.change.value) for pair in same_address_lineage(before, after)}
    truth = _truth(after)
    assert len(truth) == 402
    assert {eid: found[eid] for eid in truth} == truth


@official.needs_data
def test_outside_the_main_text_of_the_demonstration_draft() -> None:
    pairs = same_address_lineage(
        readers.read(official.DRAFT_1.read_bytes()).draft, readers.read(official.DRAFT_2.read_bytes()).draft
    )
    changed: list[Pair] = [pair for pair in pairs if pair.change != "same"]
    assert {(pair.new, pair.change.value) for pair in changed if (pair.new or "").startswith(("addenda", "tbl"))} == {
        ("addenda__art_3", "inserted"), ("tbl_2", "reworded"),
    }  # fmt: skip


@official.needs_data
def test_a_large_decree_takes_well_under_a_second() -> None:
    draft = readers.read(official.BUILDING_DECREE.read_bytes()).draft
    start = time.process_time()
    same_address_lineage(draft, draft)
    assert time.process_time() - start < 1
