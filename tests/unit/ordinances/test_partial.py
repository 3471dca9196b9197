"""Partial amendments: which clauses are under consultation, with what they were."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from portal.ordinances import readers
from portal.ordinances.clauses import Draft, Table
from portal.ordinances.compare import ChangeName
from portal.ordinances.partial import Partial, from_amended, from_sentences
from portal.ordinances.problems import UnreadableDraft
from tests.unit.ordinances import official
from tests.unit.ordinances.small_draft import clause

IN_FORCE = Draft(
    (
        clause("art_1", "이 영은 시험의 사항을 정한다.", heading_ko="목적"),
        clause("art_2", "", heading_ko="의무"),
        clause("art_2__para_1", "사업자는 다음 각 호의 사항을 이용자에게 알려야 한다."),
        clause("art_2__para_1__subpara_1", "서비스의 이름과 제공자의 연락처"),
        clause("art_2__para_2", "장관은 제1항에 따른 의무의 이행을 3년마다 점검한다.", heading_ko=None),
        clause("art_2__para_2__subpara_1", "점검의 방법과 절차에 관한 사항"),
        clause("art_3", "그 밖에 필요한 사항은 장관이 정하여 고시한다.", heading_ko="위임"),
        clause("addenda", "이 영은 공포한 날부터 시행한다.", notes=("<제100호,2024.1.1>",)),
    ),
    title_ko="시험 시행령",
)  # fmt: skip

SENTENCES = """시험 시행령 일부를 다음과 같이 개정한다.

제1조 중 "시험"을 "실험"으로 한다.

제2조제2항을 제3항으로 하고, 같은 조에 제2항을 다음과 같이 신설한다.

  ② 사업자는 알린 기록을 1년간 보존해야 한다.

제3조를 삭제한다.

          부칙

제1조(시행일) 이 영은 2026년 1월 1일부터 시행한다.

제2조(적용례) ① 이 영 시행 이후부터 적용한다.

  ② 다만, 다음 각 호는 그렇지 않다.

  1. 하나
"""


def changes(partial: Partial) -> list[tuple[str, str | None, str]]:
    return [(one.eid, one.old.eid if one.old else None, one.change.value) for one in partial.clauses
            if not one.eid.startswith("addenda")]  # fmt: skip


def test_from_sentences_to_the_clauses_under_consultation() -> None:
    partial = from_sentences(IN_FORCE, SENTENCES)
    assert (partial.not_applied, partial.unread) == ((), ())
    assert changes(partial) == [
        ("art_1", "art_1", "reworded"), ("art_2__para_2", None, "inserted"), ("art_2__para_3", "art_2__para_2", "renumbered"),
        ("art_3", "art_3", "deleted"),
    ]  # fmt: skip
    beside = {one.eid: one.old.text_ko for one in partial.clauses if one.old}
    assert beside["art_1"] == "이 영은 시험의 사항을 정한다."
    assert "art_2__para_3__subpara_1" not in partial.eids  # only its paragraph has a new number


def test_the_amending_texts_addenda_are_the_drafts_own() -> None:
    partial = from_sentences(IN_FORCE, SENTENCES)
    clauses = partial.amended.by_eid
    assert clauses["addenda__art_1"].heading_ko == "시행일"
    assert clauses["addenda__art_2__para_2__subpara_1"].text_ko == "하나"
    assert clauses["addenda_100"].text_ko == "이 영은 공포한 날부터 시행한다."
    assert "addenda__art_2__para_1" in partial.eids and "addenda_100" not in partial.eids


def test_the_amended_text_itself_gives_the_same_clauses() -> None:
    amended = from_sentences(IN_FORCE, SENTENCES.partition("          부칙")[0]).amended
    assert changes(from_amended(IN_FORCE, amended)) == changes(from_sentences(IN_FORCE, SENTENCES))


def test_every_clause_is_in_a_pair() -> None:
    partial = from_sentences(IN_FORCE, SENTENCES)
    assert {pair.new for pair in partial.pairs if pair.new} == set(partial.amended.by_eid)
    assert {pair.old for pair in partial.pairs if pair.old} == set(IN_FORCE.by_eid)


def test_a_text_that_is_not_changed_has_nothing_under_consultation() -> None:
    assert from_amended(IN_FORCE, IN_FORCE).clauses == ()


def test_what_could_not_be_done_is_handed_on() -> None:
    partial = from_sentences(IN_FORCE, '제9조 중 "가"를 "나"로 한다.\n제1조 중 "시험"을 "실험"으로 한다.')
    assert len(partial.not_applied) == 1
    assert partial.eids == ("art_1",)


def test_a_text_without_sentences_is_refused() -> None:
    with pytest.raises(UnreadableDraft):
        from_sentences(IN_FORCE, "제1조를 고쳐 주십시오.")


@official.needs_data
def test_sentences_and_amended_text_of_the_regulation_on_legislative_affairs_agree() -> None:
    folder = official.MARKDOWN / "procedure" / "legislative_affairs_regulation"
    old, new = (readers.read((folder / name).read_bytes(), name).draft
                for name in ("2026-03-03_36161.md", "2026-03-31_36233.md"))  # fmt: skip
    lines = (
        (official.DATA / "ordinances" / "kr_amendments" / "amendment_instructions.jsonl")
        .read_text("utf-8")
        .splitlines()
    )
    text = next(row["amendment_text"] for row in map(json.loads, lines) if row["mst"] == "285173")
    by_sentences, by_text = from_sentences(old, text), from_amended(old, new)
    assert changes(by_sentences) == changes(by_text)
    assert len(changes(by_text)) == 15
    assert {one.change for one in by_text.clauses} == {ChangeName.REWORDED, ChangeName.INSERTED}


def test_a_table_that_a_sentence_changes_is_under_consultation() -> None:
    table = Table(("정원",), (), (("264",),), ())
    annex = clause("tbl_1", "", heading_ko="정원표", tables=(table,))
    in_force = replace(IN_FORCE, clauses=(*IN_FORCE.clauses, annex))
    partial = from_sentences(in_force, '별표 1 중 "264"를 "271"로 한다.')
    assert changes(partial) == [("tbl_1", "tbl_1", "reworded")]
    assert changes(from_amended(in_force, partial.amended)) == changes(partial)


def test_addenda_in_force_without_a_number_are_kept_and_are_history() -> None:
    bare = replace(IN_FORCE.by_eid["addenda"], notes=())
    older = clause("addenda_1", "먼저 것")
    in_force = replace(IN_FORCE, clauses=(*IN_FORCE.clauses[:-1], bare, older))
    partial = from_sentences(in_force, SENTENCES)
    assert partial.amended.by_eid["addenda_1-2"].text_ko == bare.text_ko
    assert partial.amended.by_eid["addenda_1"].text_ko == "먼저 것"
    assert not {eid for eid in partial.eids if eid.startswith("addenda_1")}
    assert {pair.old for pair in partial.pairs if pair.old} == set(in_force.by_eid)


@pytest.mark.parametrize("head", ["제2조 「시험법」에 따른", "제2조 ① 이 영은", "제2조(적용례 이 영은", "제02조(적용례) 제3항은"])
def test_no_article_of_the_addenda_is_lost(head: str) -> None:
    text = f"제1조를 삭제한다.\n부칙\n제1조(시행일) 이 영은 시행한다.\n{head} 처음으로 적용한다.\n1. 하나"
    amended = from_sentences(IN_FORCE, text).amended
    said = "".join(f"{one.heading_ko or ''}{one.text_ko}" for one in amended.subtree("addenda__art_2"))
    assert "처음으로 적용한다." in said and "하나" in said


OTHER_LAWS = """시험 시행령 일부를 다음과 같이 개정한다.
제1조를 삭제한다.
부칙
제1조(시행일) 이 영은 시행한다.
제2조(다른 법령의 개정) ① 가 시행령 일부를 다음과 같이 개정한다.
제3조 중 "가"를 "나"로 한다.
제3조를 제4조로 하고, 제3조를 다음과 같이 신설한다.
제3조(새 조) ① 하나
② 둘
③ 셋
제5조에 제2항을 다음과 같이 신설한다.
② 새 항
1. 새 호
② 나 시행령 일부를 다음과 같이 개정한다.
제4조제1호를 다음과 같이 한다.
1. 새 호
③ 이 영과 다른 법령의 관계는 따로 정한다.
제3조(적용례) ① 제1조의 개정규정은 이후부터 적용한다.
② 둘째
"""


def test_what_amends_other_laws_is_no_clause_of_the_addenda() -> None:
    clauses = from_sentences(IN_FORCE, OTHER_LAWS).amended.by_eid
    own = {eid: one for eid, one in clauses.items() if eid.startswith("addenda__")}
    assert list(own) == ["addenda__art_1", "addenda__art_2", *(f"addenda__art_2__para_{number}" for number in (1, 2, 3)),
                         "addenda__art_3", "addenda__art_3__para_1", "addenda__art_3__para_2"]  # fmt: skip
    lines = [line for one in own.values() if one.parent == "addenda__art_2" for line in (one.text_ko or "").split("\n")]
    assert [line.lstrip("①②③ ") for line in OTHER_LAWS.split("\n")[4:17]] == [
        f"제2조(다른 법령의 개정) ① {lines[0]}", *(line.lstrip("①②③ ") for line in lines[1:]),
    ]  # fmt: skip
    assert own["addenda__art_3"].heading_ko == "적용례"
    assert own["addenda__art_3__para_1"].text_ko == "제1조의 개정규정은 이후부터 적용한다."


def test_what_a_struck_number_gives_way_to_is_beside_what_it_was() -> None:
    partial = from_sentences(IN_FORCE, "제1조를 삭제하고, 제3조를 제1조로 한다.")
    assert partial.not_applied == ()
    assert changes(partial) == [("art_1", "art_3", "renumbered"), ("art_1", "art_1", "deleted")]
    assert {pair.old for pair in partial.pairs if pair.old} == set(IN_FORCE.by_eid)
