"""The comparison held against hand-made truths about official texts, and its time on large ones."""

from __future__ import annotations

import json
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from portal.ordinances import readers
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import ARTICLE_TO_ITEM, Clause, Draft, Kind, Language
from portal.ordinances.compare import Pair, compare
from portal.ordinances.readers import english_by_eid
from tests.support.timing import assert_within
from tests.unit.ordinances import official
from tests.unit.ordinances.truths import Truth

PERSONAL_DATA = "pipa_decree_32813_to_33723"
INFORMATISATION = "intelligent_informatization_decree_35948_to_36005"


def read(path: Path) -> Draft:
    return readers.read(path.read_bytes()).draft


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
            truth[one.eid] = (
                one.eid.replace(above, pair["old"], 1),
                "renumbered" if change == "renumbered" else "same",
            )
    return truth


def only(draft: Draft, language: Language) -> Draft:
    """The draft as if it had this language alone."""
    if language == "ko":
        return replace(draft, clauses=tuple(replace(c, heading_en=None, text_en=None) for c in draft.clauses))
    return replace(draft, clauses=tuple(
        replace(c, heading_ko=None, text_ko=None) if c.text_en is not None or c.heading_en else c
        for c in draft.clauses))  # fmt: skip


@pytest.mark.parametrize("language", ["ko", "en", None])
@pytest.mark.parametrize(("old", "new"), [
    (official.DRAFT_1, official.DRAFT_2), (official.DECREE_1, official.DECREE_2),
], ids=["demonstration", "decree"])  # fmt: skip
@official.needs_data
def test_every_clause_of_the_ai_decree_as_the_hand_made_truth_has_it(
    old: Path, new: Path, language: Language | None
) -> None:
    before, after = read(old), read(new)
    if language == "en" and old == official.DECREE_1:
        return  # the official decree is Korean; its English is laid over in the next test
    if language is not None:
        before, after = only(before, language), only(after, language)
    found = {pair.new: (pair.old, pair.change.value) for pair in compare(before, after)}
    truth = _truth(after)
    assert len(truth) == 402
    assert {eid: found[eid] for eid in truth} == truth


@official.needs_data
def test_the_official_decree_in_english_as_the_truth_has_it() -> None:
    texts = [
        english_by_eid.lay_over(read(path), (official.MAPPING / f"ai_decree_{number}_en.json").read_bytes()).draft
        for path, number in ((official.DECREE_1, 36053), (official.DECREE_2, 36506))
    ]
    found = {pair.new: (pair.old, pair.change.value) for pair in compare(texts[0], texts[1], "en")}
    truth = _truth(texts[1])
    assert {eid: found[eid] for eid in truth} == truth


@official.needs_data
def test_outside_the_main_text_of_the_demonstration_draft() -> None:
    pairs = compare(read(official.DRAFT_1), read(official.DRAFT_2))
    changed: list[Pair] = [pair for pair in pairs if pair.change != "same"]
    assert {(pair.new, pair.change.value) for pair in changed if (pair.new or "").startswith(("addenda", "tbl"))} == {
        ("addenda__art_3", "inserted"), ("tbl_2", "reworded"),
    }  # fmt: skip


@pytest.mark.parametrize(("name", "least"), [(PERSONAL_DATA, 0.99), (INFORMATISATION, 1.0)])
@official.needs_data
def test_precision_and_recall_on_what_changed(name: str, least: float) -> None:
    truth = Truth(name)
    measured = truth.measured(compare(read(truth.old), read(truth.new)))
    assert measured.precision >= least, measured.wrong
    assert measured.recall >= least, measured.missed
    assert len(measured.other_label) <= (1 - least) * 2 * measured.found, measured.other_label


@official.needs_data
@pytest.mark.parametrize("name", [PERSONAL_DATA, INFORMATISATION])
def test_the_truths_speak_of_every_clause_that_differs(name: str) -> None:
    """The hand's work checked by machine: nothing forgotten, nothing called reworded that is not."""
    truth = Truth(name)
    old, new = read(truth.old), read(truth.new)
    spoken_old = {pair[0] for pair in truth.right}
    spoken_new = {pair[1] for pair in truth.right}

    def words(clause: Clause | None) -> tuple[str | None, str | None] | None:
        return (clause.heading_ko, clause.text_ko) if clause else None

    for clause in old.clauses:
        if clause.eid.startswith("art_") and clause.eid not in spoken_old:
            assert words(clause) == words(new.by_eid.get(clause.eid)), clause.eid
    for clause in new.clauses:
        if clause.eid.startswith("art_") and clause.eid not in spoken_new:
            assert clause.eid in old.by_eid, clause.eid
    for (before, after), change in truth.changes.items():
        assert before is None or before in old.by_eid
        assert after is None or after in new.by_eid
        if change == "reworded":
            assert words(old.by_eid.get(before or "")) != words(new.by_eid.get(after or ""))


@official.needs_data
def test_every_official_text_is_all_the_same_as_itself() -> None:
    for path in official.markdown_files():
        draft = read(path)
        assert {pair.change.value for pair in compare(draft, draft)} == {"same"}, path.name


def test_article_numbers_moved_on_by_one() -> None:
    """A whole decree with every article renumbered: each clause is found, and none is called reworded."""
    if not official.MARKDOWN.is_dir():
        pytest.skip(f"the official texts are not at {official.DATA}")
    old = read(official.DECREE_1)

    def moved_on(eid: str | None) -> str | None:
        if eid is None or not eid.startswith("art_"):
            return eid
        first, *rest = eid.split("__")
        step = parse(first).steps[0]
        return "__".join((step._replace(number=step.number + 1).eid, *rest))

    clauses = []
    for clause in old.clauses:
        eid = moved_on(clause.eid) or ""
        clauses.append(replace(clause, eid=eid, label=parse(eid).label, parent=moved_on(clause.parent)))
    pairs = compare(old, replace(old, clauses=tuple(clauses)))
    assert [(pair.old, pair.new) for pair in pairs] == [(c.eid, moved_on(c.eid)) for c in old.clauses]
    assert {pair.change.value for pair in pairs} == {"same", "renumbered"}


# --------------------------------------------------------------------------------------------------------------- time


def seconds(old: Draft, new: Draft) -> float:
    start = time.process_time()
    compare(old, new)
    return time.process_time() - start


@official.needs_data
def test_times_asked_for() -> None:
    truth = Truth(PERSONAL_DATA)
    old, new, truth_old, truth_new = map(read, (official.DECREE_1, official.DECREE_2, truth.old, truth.new))
    assert_within(0.3, lambda: compare(old, new))
    assert_within(3, lambda: compare(truth_old, truth_new))
    building = read(official.BUILDING_DECREE)
    assert_within(1, lambda: compare(building, building))


@official.needs_data
def test_unchanged_text_costs_no_more_than_its_length() -> None:
    """Ten copies of a decree, one behind the other, take about ten times as long as one; quadratic growth would be a
    hundred times."""
    one = read(official.DECREE_1)
    ten = _repeated(one, 10)
    once = min(seconds(one, one) for _ in range(5))
    assert min(seconds(ten, ten) for _ in range(3)) < 25 * once


@official.needs_data
def test_one_change_in_a_large_text_costs_little_more() -> None:
    building = read(official.BUILDING_DECREE)
    article = next(c for c in building.clauses if c.kind is Kind.PARAGRAPH and c.is_main_text and c.text_ko)
    changed = replace(building, clauses=tuple(
        replace(c, text_ko=f"{c.text_ko} 다만, 그렇지 않을 수 있다.") if c.eid == article.eid else c
        for c in building.clauses))  # fmt: skip
    assert_within(1, lambda: compare(building, changed))


@official.needs_data
def test_two_texts_that_share_nothing_take_seconds_at_most_and_little_memory() -> None:
    """The worst case: every article is compared with those that share anything rare with it."""
    one, other = read(official.BUILDING_DECREE), read(official.MARKDOWN / "act" / "civil_act" / "2026-03-17_21454.md")
    tracemalloc.start()
    compare(one, other)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 300_000_000


def _repeated(draft: Draft, times: int) -> Draft:
    """The articles of a text several times over, under numbers of their own; chapters are left away."""

    def moved_on(eid: str | None, copy: int) -> str | None:
        if eid is None or not eid.startswith("art_"):
            return None
        first, *rest = eid.split("__")
        step = parse(first).steps[0]
        return "__".join((step._replace(number=step.number + 1000 * copy).eid, *rest))

    return Draft(tuple(
        replace(clause, eid=moved_on(clause.eid, copy) or "", parent=moved_on(clause.parent, copy))
        for copy in range(times) for clause in draft.clauses if clause.eid.startswith("art_")))  # fmt: skip
