"""The alignment as proposed, as decided, and what follows from it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.drafts import alignment
from portal.drafts.alignment import Aligned
from portal.kernel.errors import InvalidError
from portal.ordinances import readers
from portal.ordinances.clauses import Draft
from portal.ordinances.partial import from_sentences
from tests.unit.drafts.texts import DEMO, MARKDOWN
from tests.unit.ordinances.small_draft import clause

REVISED = MARKDOWN.replace("**②** 제1항에 따른 고지는 문서로 한다.",
                           "**②** 고지의 시기는 시험 전으로 한다.\n\n**③** 제1항에 따른 고지는 문서로 한다.")


def read(words: str) -> Draft:
    return readers.read(words.encode()).draft


OLD, NEW = read(MARKDOWN), read(REVISED)


def decided(*acts: dict[str, Any], old: Draft = OLD, new: Draft = NEW) -> list[Aligned]:
    return alignment.decided(alignment.proposed(old, new), acts, old, new)


def of(pairs: list[Aligned], new: str) -> list[tuple[str | None, str, str]]:
    return [(pair.old, pair.change, pair.decided) for pair in pairs if pair.new == new]


def test_without_a_decision_it_is_the_proposal() -> None:
    proposal = alignment.proposed(OLD, NEW)
    assert decided() == proposal
    assert alignment.unpacked(alignment.packed(proposal)) == proposal
    assert of(proposal, "art_2__para_3") == [("art_2__para_2", "renumbered", "as_proposed")]
    assert [pair.sides for pair in alignment.undecided(proposal, OLD, NEW)] == [
        (None, "art_2__para_2"), ("art_2__para_2", "art_2__para_3")]


def test_a_pair_is_confirmed_or_set_apart() -> None:
    pairs = decided({"act": "confirm", "pairs": [["art_2__para_2", "art_2__para_3"]]})
    assert of(pairs, "art_2__para_3") == [("art_2__para_2", "renumbered", "confirmed")]
    pairs = decided({"act": "apart", "old": "art_2__para_2", "new": "art_2__para_3"})
    assert of(pairs, "art_2__para_3") == [(None, "inserted", "corrected")]
    assert pairs[-1] == Aligned("art_2__para_2", None, "deleted", 0.0, "corrected")
    with pytest.raises(InvalidError):
        decided(*[{"act": "apart", "old": "art_2__para_2", "new": "art_2__para_3"}] * 2)


def test_a_clause_is_paired_otherwise() -> None:
    pairs = decided({"act": "join", "old": "art_2__para_2", "new": "art_2__para_2"})
    assert of(pairs, "art_2__para_2") == [("art_2__para_2", "reworded", "corrected")]
    # The clause that was taken for it is named by no act: it waits for a decision.
    assert of(pairs, "art_2__para_3") == [(None, "inserted", "as_proposed")]
    assert [pair.sides for pair in alignment.undecided(pairs, OLD, NEW)] == [(None, "art_2__para_3")]


def test_what_stands_below_two_wholes_that_are_set_apart_is_not_carried_on() -> None:
    pairs = decided({"act": "apart", "old": "art_2", "new": "art_2"})
    below = [pair for pair in pairs if (pair.new or pair.old or "").startswith("art_2__")]
    assert below and not any(pair.old and pair.new for pair in below)
    assert {pair.decided for pair in below} == {"as_proposed"}
    assert not any(eid.startswith("art_2") for eid in alignment.carried(pairs))
    assert of(pairs, "art_2") == [(None, "inserted", "corrected")]


def test_what_stood_below_the_former_counterparts_is_not_carried_on_either() -> None:
    pairs = decided({"act": "join", "old": "art_1", "new": "art_2"})
    assert of(pairs, "art_2")[0][0] == "art_1"
    assert not any(pair.old and pair.old.startswith("art_2") and pair.new for pair in pairs)
    waiting = {pair.sides for pair in alignment.undecided(pairs, OLD, NEW)}
    assert {("art_2", None), (None, "art_1"), (None, "art_2__para_1"), (None, "art_2__para_3")} <= waiting
    # A split or a merger takes nothing away.
    assert of(decided({"act": "join", "old": "art_1", "new": "art_2", "as_well": True}), "art_2__para_1")[0][0]


def test_a_split_and_a_merger() -> None:
    split = decided({"act": "join", "old": "art_2__para_2", "new": "art_2__para_2", "as_well": True})
    assert of(split, "art_2__para_2") == [("art_2__para_2", "split", "corrected")]
    assert of(split, "art_2__para_3")[0][:2] == ("art_2__para_2", "split")
    # Only one of the pieces carries the identity on.
    carried = alignment.carried(split)
    assert [new for new, old in carried.items() if old == "art_2__para_2"] in (["art_2__para_3"], ["art_2__para_2"])
    merged = alignment.decided(alignment.proposed(NEW, OLD), [
        {"act": "join", "old": "art_2__para_2", "new": "art_2__para_2", "as_well": True}], NEW, OLD)
    assert sorted((pair.old or "", pair.change) for pair in merged if pair.new == "art_2__para_2") == [
        ("art_2__para_2", "merged"), ("art_2__para_3", "merged")]


def test_an_unknown_clause_is_refused() -> None:
    for old, new in (("art_9", "art_1"), ("art_1", "art_9")):
        with pytest.raises(InvalidError):
            decided({"act": "join", "old": old, "new": new})


def test_what_stands_under_an_inserted_whole_is_decided_with_it() -> None:
    more = read(MARKDOWN.replace("## 부칙", "##### 제3조 (기록)\n\n**①** 기록한다.\n\n**②** 보존한다.\n\n## 부칙"))
    waiting = alignment.undecided(decided(new=more), OLD, more)
    assert [pair.new for pair in waiting] == ["art_3"]
    pairs = decided({"act": "confirm", "pairs": [[None, "art_3"]]}, new=more)
    assert of(pairs, "art_3__para_2") == [(None, "inserted", "confirmed")]
    assert alignment.undecided(pairs, OLD, more) == []


def test_decisions_that_fit_no_longer_are_left_out() -> None:
    acts = [{"act": "apart", "old": "art_2__para_2", "new": "art_2__para_3"}, {"act": "confirm", "pairs": [[None, "x"]]},
            {"act": "join", "old": "art_1", "new": "art_9"}]
    assert alignment.still_fitting(alignment.proposed(OLD, OLD), acts, OLD, OLD) == [acts[1]]


def test_an_amendment_puts_under_consultation_what_differs_and_what_holds_it() -> None:
    pairs = decided()
    assert alignment.differing(pairs, OLD, NEW) == {"chp_1", "art_2", "art_2__para_2", "art_2__para_3"}
    gone = read(MARKDOWN.replace("\n  2\\. 시험의 결과", ""))
    assert alignment.differing(decided(new=gone), OLD, gone) == {"chp_1", "art_2", "art_2__para_1"}
    assert alignment.differing(alignment.proposed(OLD, OLD), OLD, OLD) == set()


def test_by_way_of_a_text_between() -> None:
    third = read(REVISED.replace("문서로 한다", "전자문서로 한다"))
    composed = alignment.composed(alignment.proposed(OLD, NEW), alignment.proposed(NEW, third), OLD, third)
    assert of(composed, "art_2__para_3") == [("art_2__para_2", "renumbered", "as_proposed")]
    assert of(composed, "art_2__para_2") == [(None, "inserted", "as_proposed")]


def test_links_alone_are_named_as_the_comparison_names_them() -> None:
    old, new = (readers.read((DEMO / name).read_bytes()).draft for name in ("draft_v1.json", "draft_v2.json"))
    proposal = alignment.proposed(old, new)
    named = alignment.linked([(pair.old, pair.new) for pair in proposal if pair.old and pair.new], old, new)
    assert {pair.sides: pair.change for pair in named} == {pair.sides: pair.change for pair in proposal}


def test_older_addenda_that_only_moved_are_no_part_of_an_amendment() -> None:
    """The rule is the one by which amending sentences are read, whichever way the amended text came."""
    in_force = Draft((clause("art_1", "알린다."), clause("addenda", "이 영은 공포한 날부터 시행한다.")))
    text = ("시험 시행령 일부를 다음과 같이 개정한다.\n제1조 중 “알린다”를 “통지한다”로 한다.\n부칙\n"
            "이 영은 2026년 7월 1일부터 시행한다.\n")
    read_ = from_sentences(in_force, text)
    pairs = [Aligned(pair.old, pair.new, pair.change.value, pair.score) for pair in read_.pairs]
    assert any(pair.old == "addenda" and pair.new == "addenda_1" for pair in pairs)
    assert alignment.differing(pairs, in_force, read_.amended) == set(read_.eids) == {"art_1", "addenda"}


_SIDES = st.tuples(st.integers(0, 20), st.integers(0, 20), st.sampled_from(["join", "join", "as_well", "apart"]))


@given(st.lists(_SIDES, max_size=8))
@settings(max_examples=80, deadline=None)
def test_whatever_is_decided_each_clause_has_its_line_and_no_pair_is_there_twice(
        chosen: list[tuple[int, int, str]]) -> None:
    acts: list[dict[str, Any]] = []
    for a, b, name in chosen:
        act = {"act": "apart" if name == "apart" else "join", "old": OLD.clauses[a % len(OLD.clauses)].eid,
               "new": NEW.clauses[b % len(NEW.clauses)].eid, "as_well": name == "as_well"}
        try:
            pairs = decided(*acts, act)
        except InvalidError:
            assert name == "apart"
            continue
        acts.append(act)
        assert {pair.old for pair in pairs if pair.old} == set(OLD.by_eid)
        assert {pair.new for pair in pairs if pair.new} == set(NEW.by_eid)
        assert len({pair.sides for pair in pairs}) == len(pairs)
        if name != "apart":
            assert (act["old"], act["new"]) in {pair.sides for pair in pairs}
        alignment.carried(pairs)
        alignment.differing(pairs, OLD, NEW)
        alignment.undecided(pairs, OLD, NEW)
