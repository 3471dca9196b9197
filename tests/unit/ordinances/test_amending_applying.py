"""Applying amending sentences: pairs of our own for every form, before and after."""

from __future__ import annotations

import pytest

from portal.ordinances.amending.applying import Applied, apply
from portal.ordinances.amending.checking import differences
from portal.ordinances.amending.sentences import parse_sentences
from portal.ordinances.clauses import Clause, Draft, Status, Table
from tests.unit.ordinances.small_draft import clause

BEFORE = Draft(
    (
        clause("chp_1", "", heading_ko="총칙"),
        clause("art_1", "이 영은 시험의 사항을 정한다. 다만, 예외는 제외한다.", parent="chp_1", heading_ko="목적"),
        clause("art_2", "", parent="chp_1", heading_ko="의무"),
        clause("art_2__para_1", "사업자는 다음 각 호를 지킨다."),
        clause("art_2__para_1__subpara_1", "알릴 것"),
        clause("art_2__para_1__subpara_2", "적을 것"),
        clause("art_2__para_2", "장관은 3년마다 점검한다. 이 경우 의견을 듣는다."),
        clause("art_2__para_3", "제2항에 따른 점검은 고시로 정한다."),
        clause("chp_2", "", heading_ko="보칙"),
        clause("art_3", "사업자는 기록을 3년간 보존한다.", "Records are kept for three years.", parent="chp_2", heading_ko="보존"),
        clause("art_5", "위임한다.", parent="chp_2", heading_ko="위임"),
        clause("addenda", "이 영은 공포한 날부터 시행한다."),
        clause("tbl_1", "1. 기준", heading_ko="과태료", tables=(Table(("구분", "정원"), (), (("총계", "264"), ("5급", "12")), ()),)),
    ),
    title_ko="시험 시행령",
)  # fmt: skip


def applied(text: str) -> Applied:
    amendment = parse_sentences(text)
    assert not amendment.unread, amendment.unread
    return apply(BEFORE, amendment)


def after(text: str) -> dict[str, Clause]:
    result = applied(text)
    assert result.not_applied == ()
    return dict(result.draft.by_eid)


@pytest.mark.parametrize(("sentence", "eid", "text"), [
    ('제3조 중 "3년간"을 "5년간"으로 한다.', "art_3", "사업자는 기록을 5년간 보존한다."),
    ('제3조 중 "3년간"을 삭제한다.', "art_3", "사업자는 기록을 보존한다."),
    ('제3조 중 "기록" 다음에 "과 자료"를 추가한다.', "art_3", "사업자는 기록과 자료을 3년간 보존한다."),
    ('제1조 본문 중 "시험"을 "실험"으로 하고, 같은 조 단서 중 "예외는"을 "긴급한 예외는"으로 한다.', "art_1",
     "이 영은 실험의 사항을 정한다. 다만, 긴급한 예외는 제외한다."),
    ("제1조 단서를 삭제한다.", "art_1", "이 영은 시험의 사항을 정한다."),
    ("제1조 단서를 다음과 같이 한다.\n  다만, 없다.", "art_1", "이 영은 시험의 사항을 정한다. 다만, 없다."),
    ("제2조제2항 후단을 다음과 같이 한다.\n  이 경우 협의한다.", "art_2__para_2", "장관은 3년마다 점검한다. 이 경우 협의한다."),
    ('제2조제2항 전단 중 "3년"을 "1년"으로 한다.', "art_2__para_2", "장관은 1년마다 점검한다. 이 경우 의견을 듣는다."),
    ("제2조제3항에 후단을 다음과 같이 신설한다.\n  이 경우 공청회를 연다.", "art_2__para_3",
     "제2항에 따른 점검은 고시로 정한다. 이 경우 공청회를 연다."),
    ("제1조에 후단을 다음과 같이 신설한다.\n  이 경우 협의한다.", "art_1", "이 영은 시험의 사항을 정한다. 이 경우 협의한다. 다만, 예외는 제외한다."),
    ("제2조제1항 각 호 외의 부분을 다음과 같이 한다.\n  누구든지 다음 각 호를 지킨다.", "art_2__para_1", "누구든지 다음 각 호를 지킨다."),
    ("제2조제1항제2호를 다음과 같이 한다.\n  2. 보일 것", "art_2__para_1__subpara_2", "보일 것"),
    ('별표 1 중 "1. 기준"을 "1. 새 기준"으로 한다.', "tbl_1", "1. 새 기준"),
])  # fmt: skip
def test_words(sentence: str, eid: str, text: str) -> None:
    assert after(sentence)[eid].text_ko == text


def test_a_changed_clause_loses_its_english_and_others_keep_everything() -> None:
    clauses = after('제3조 중 "3년간"을 "5년간"으로 한다.')
    assert clauses["art_3"].text_en is None
    assert all(clauses[one.eid] == one for one in BEFORE.clauses if one.eid != "art_3")


def test_headings_of_chapters_and_articles() -> None:
    clauses = after('제2장의 제목 "보칙"을 "보칙 등"으로 하고, 제3조의 제목 "(보존)"을 "(보존과 열람)"으로 한다.')
    assert (clauses["chp_2"].heading_ko, clauses["art_3"].heading_ko) == ("보칙 등", "보존과 열람")


def test_a_paragraph_in_between_moves_those_behind_it() -> None:
    clauses = after(
        "제2조제2항 및 제3항을 각각 제3항 및 제4항으로 하고, 같은 조에 제2항을 다음과 같이 신설하며, "
        '같은 조 제4항(종전의 제3항) 중 "제2항"을 "제3항"으로 한다.\n  ② 새 항은 다음과 같다.\n  1. 하나'
    )
    assert [clauses[f"art_2__para_{number}"].text_ko for number in (2, 3, 4)] == [
        "새 항은 다음과 같다.", "장관은 3년마다 점검한다. 이 경우 의견을 듣는다.", "제3항에 따른 점검은 고시로 정한다.",
    ]  # fmt: skip
    assert clauses["art_2__para_2__subpara_1"].text_ko == "하나"
    assert [clauses[f"art_2__para_{number}"].label for number in (2, 3, 4)] == ["②", "③", "④"]


def test_the_lineage_follows_the_numbers() -> None:
    result = applied(
        "제2조제2항 및 제3항을 각각 제3항 및 제4항으로 하고, 같은 조에 제2항을 다음과 같이 신설한다.\n  ② 새 항"
    )
    assert result.lineage["art_2__para_3"] == "art_2__para_2"
    assert "art_2__para_2" not in result.lineage


def test_new_articles_stand_by_their_number_in_their_chapter() -> None:
    result = applied(
        "제2조의2를 다음과 같이 신설한다.\n\n제2조의2(특례) ① 하나\n  ② 둘\n\n제2장에 제4조를 다음과 같이 신설한다.\n\n제4조(자료) 셋"
    )
    articles = [one.eid for one in result.draft.clauses if one.kind.value == "article"]
    assert articles == ["art_1", "art_2", "art_2-2", "art_3", "art_4", "art_5"]
    assert result.draft.by_eid["art_2-2"].parent == "chp_1"
    assert result.draft.by_eid["art_2-2"].heading_ko == "특례"
    assert result.draft.by_eid["art_2-2__para_2"].text_ko == "둘"
    assert result.draft.by_eid["art_4"].parent == "chp_2"


def test_a_new_chapter_stands_behind_the_one_before_it() -> None:
    result = applied("제1장의2를 다음과 같이 신설한다.\n\n제1장의2 특례\n\n제2조의2(특례) 하나")
    assert [one.eid for one in result.draft.children(None)][:3] == ["chp_1", "chp_1-2", "chp_2"]
    assert result.draft.by_eid["chp_1-2"].heading_ko == "특례"
    assert result.draft.by_eid["art_2-2"].parent == "chp_1-2"
    moved = applied("제2장을 제3장으로 하고, 제2장을 다음과 같이 신설한다.\n\n제2장 새 장\n\n제2조의2(새) 하나")
    assert moved.draft.by_eid["chp_3"].heading_ko == "보칙" and moved.draft.by_eid["art_3"].parent == "chp_3"


def test_an_article_renumbered_to_make_room() -> None:
    clauses = after("제5조를 제6조로 하고, 제5조를 다음과 같이 신설한다.\n\n제5조(새) 새 조")
    assert (clauses["art_5"].text_ko, clauses["art_6"].text_ko, clauses["art_6"].label) == (
        "새 조",
        "위임한다.",
        "제6조",
    )


def test_an_unnumbered_text_becomes_the_first_paragraph() -> None:
    clauses = after("제3조 제목 외의 부분을 제1항으로 하고, 같은 조에 제2항을 다음과 같이 신설한다.\n  ② 둘")
    assert clauses["art_3"].text_ko == ""
    assert (clauses["art_3__para_1"].text_ko, clauses["art_3__para_2"].text_ko) == (
        "사업자는 기록을 3년간 보존한다.",
        "둘",
    )


def test_subparagraphs_where_there_were_none() -> None:
    clauses = after(
        '제3조 중 "기록을"을 "다음 각 호의 기록을"로 하고, 같은 조에 각 호를 다음과 같이 신설한다.\n  1. 갑\n  2. 을'
    )
    assert (clauses["art_3__subpara_1"].text_ko, clauses["art_3__subpara_2"].text_ko) == ("갑", "을")


def test_a_clause_that_is_struck_keeps_its_number() -> None:
    clauses = after("제2조제1항제1호를 삭제하고, 제3조를 삭제한다.")
    for eid in ("art_2__para_1__subpara_1", "art_3"):
        assert (clauses[eid].text_ko, clauses[eid].status, clauses[eid].heading_ko) == ("삭제", Status.DELETED, None)


def test_a_number_that_was_struck_can_be_taken_again() -> None:
    clauses = after("제3조를 삭제한다.\n제3조를 다음과 같이 신설한다.\n\n제3조(새) 다시 정한다.")
    assert (clauses["art_3"].text_ko, clauses["art_3"].status) == ("다시 정한다.", Status.IN_FORCE)


def test_a_cell_of_a_table_by_the_name_of_its_row() -> None:
    table = after('별표 1 중 총계 "264"를 "271"로 한다.')["tbl_1"].table
    assert table is not None and table.rows_ko == (("총계", "271"), ("5급", "12"))


@pytest.mark.parametrize("sentence", [
    '제9조 중 "가"를 "나"로 한다.', '제3조 중 "없는 말"을 "나"로 한다.', '제3조 단서 중 "기록"을 "자료"로 한다.', "제2조제7항을 삭제한다.",
    "제2조제2항부터 제5항까지를 각각 제3항부터 제6항까지로 한다.", "제2조에 제2항을 다음과 같이 신설한다.\n  ② 이미 있는 항",
    "제2조에 제4항을 다음과 같이 신설한다.\n  ⑤ 다른 번호", "별표 1을 별지와 같이 한다.", "별표 1 제2호를 삭제한다.",
    '대통령령 제1호 을 시행령 일부개정령 부칙 제3조 중 "가"를 "나"로 한다.', '별표 1 중 2급 "264"를 "271"로 한다.', "제3조를 다음과 같이 한다.",
])  # fmt: skip
def test_what_cannot_be_done_is_said_and_changes_nothing(sentence: str) -> None:
    result = applied(sentence)
    assert len(result.not_applied) == 1
    assert str(result.not_applied[0].problem)
    assert result.draft == BEFORE


def test_one_order_that_fails_does_not_keep_the_others_from_being_done() -> None:
    result = applied('제9조 중 "가"를 "나"로 하고, 제3조 중 "3년간"을 "5년간"으로 한다.')
    assert len(result.not_applied) == 1
    assert "5년간" in (result.draft.by_eid["art_3"].text_ko or "")


def test_words_that_occur_several_times_are_noted() -> None:
    result = applied('제1조 중 "다"를 "라"로 한다.')
    assert result.not_applied == () and len(result.notes) == 1
    assert applied('제1조 중 "다"를 각각 "라"로 한다.').notes == ()


def test_where_the_result_differs_from_a_published_text_is_shown() -> None:
    ours = applied('제3조 중 "3년간"을 "5년간"으로 하고, 제5조를 삭제한다.').draft
    found = differences(ours, BEFORE)
    assert [(one.eid, one.ours, one.theirs) for one in found] == [
        ("art_3", "(보존) 사업자는 기록을 5년간 보존한다.", "(보존) 사업자는 기록을 3년간 보존한다."), ("art_5", "삭제", "(위임) 위임한다."),
    ]  # fmt: skip
    assert differences(BEFORE, BEFORE) == []


def test_a_number_that_was_struck_is_taken_by_the_clause_behind_it() -> None:
    result = applied("제2조제1항제1호를 삭제하고, 같은 항 제2호를 제1호로 한다.\n제3조를 삭제하고, 제5조를 제3조로 한다.")
    clauses = result.draft.by_eid
    assert result.not_applied == ()
    assert (clauses["art_2__para_1__subpara_1"].text_ko, clauses["art_3"].text_ko) == ("적을 것", "위임한다.")
    assert not {"art_2__para_1__subpara_2", "art_5"} & set(clauses)
    assert (result.lineage["art_2__para_1__subpara_1"], result.lineage["art_3"]) == ("art_2__para_1__subpara_2", "art_5")
    assert not {"art_2__para_1__subpara_1", "art_3"} & set(result.lineage.values())


def test_an_old_stub_moves_with_the_others_and_makes_way_for_one_that_comes() -> None:
    old = applied("제2조제2항을 삭제한다.").draft
    moved = apply(old, parse_sentences("제2조제1항부터 제3항까지를 각각 제2항부터 제4항까지로 한다."))
    assert moved.not_applied == ()
    assert [moved.draft.by_eid[f"art_2__para_{number}"].text_ko for number in (2, 3, 4)] == [
        "사업자는 다음 각 호를 지킨다.", "삭제", "제2항에 따른 점검은 고시로 정한다.",
    ]  # fmt: skip
    taken = apply(old, parse_sentences('제2조제3항을 제2항으로 하고, 같은 조 제2항 중 "점검은"을 "조사는"으로 한다.'))
    assert taken.not_applied == ()
    assert taken.draft.by_eid["art_2__para_2"].text_ko == "제2항에 따른 조사는 고시로 정한다."
    assert "art_2__para_3" not in taken.draft.by_eid


@pytest.mark.parametrize(("sentence", "orders"), [
    ("제2조제2항을 제3항으로 하고, 같은 조에 제2항을 다음과 같이 신설한다.\n  ② 새 항", 2),
    ("제3조를 제5조로 한다.", 1),
    ("제2조제1항 및 제2항을 각각 제3항으로 한다.", 1),
    ("제2조제2항을 제4항으로 하고, 같은 조 제3항을 제4항으로 한다.", 1),
    ("제1장을 제2장으로 한다.", 1),
    ("제2조제1항에 각 호를 다음과 같이 신설한다.\n  1. 갑\n  2. 을", 1),
    ('제2조제2항을 제3항으로 하고, 같은 조 제3항(종전의 제2항) 중 "점검"을 "조사"로 한다.', 2),
])  # fmt: skip
def test_no_clause_is_lost_to_another_with_its_number(sentence: str, orders: int) -> None:
    result = applied(sentence)
    assert len(result.not_applied) == orders, [str(failure.problem) for failure in result.not_applied]
    eids = [one.eid for one in result.draft.clauses]
    assert len(eids) == len(set(eids)) == len(BEFORE.clauses)
    assert set(result.lineage.values()) == set(BEFORE.by_eid)
    words = sorted(one.text_ko or "" for one in result.draft.clauses)
    assert words == sorted(one.text_ko or "" for one in BEFORE.clauses)


def test_the_order_that_gave_a_number_twice_is_named() -> None:
    [failure] = applied("제3조를 제5조로 한다.").not_applied
    assert (failure.problem.msgid, failure.problem.values) == ("There is %(clause)s already.", {"clause": "제5조"})


@pytest.mark.parametrize("sentence", [
    "제3조를 다음과 같이 한다.\n\n제3조(보존) 새 조\n\n제3조의2(열람) 더 새 조",
    "제3조를 다음과 같이 한다.\n\n제3조(보존) 새 조\n\n제3조(열람) 더 새 조",
    "제2조제1항 각 호 외의 부분을 삭제한다.",
    "제3조 각 호를 삭제한다.",
    "제2조제3항 및 제1조 단서를 각각 다음과 같이 한다.\n  ③ 새 항\n  다만, 없다.",
    "제1조 본문 및 단서를 각각 다음과 같이 한다.\n  이 영은 정한다.\n  다만, 없다.",
    "제2조제1항 각 호를 다음과 같이 한다.\n  누구든지 지킨다.",
    "제2조제1항 각 호 외의 부분을 다음과 같이 한다.\n  다음 각 호를 지킨다.\n  1. 갑",
    "제2조제1항에 단서를 다음과 같이 신설한다.\n  다만, 다음 각 호는 그렇지 않다.\n  1. 갑",
    "제2조제3항을 제3조제1항으로 한다.",
    "제2조제3항을 제6조로 한다.",
])  # fmt: skip
def test_words_and_places_that_would_be_passed_over_are_said(sentence: str) -> None:
    result = applied(sentence)
    assert len(result.not_applied) == 1, [str(failure.problem) for failure in result.not_applied]
    assert result.draft == BEFORE


def test_paragraphs_of_two_articles_written_anew_get_each_its_own_words() -> None:
    eids = ("art_1", "art_1__para_1", "art_2", "art_2__para_1")
    sentence = "제1조제1항 및 제2조제1항을 각각 다음과 같이 한다.\n  ① 하나\n  ① 둘"
    result = apply(Draft(tuple(clause(eid, "처음") for eid in eids)), parse_sentences(sentence))
    assert result.not_applied == ()
    assert [one.text_ko for one in result.draft.clauses] == ["처음", "하나", "처음", "둘"]


def test_words_replaced_in_the_subparagraphs_leave_the_opening_words() -> None:
    clauses = after('제2조제1항 각 호 중 "것"을 "일"로 한다.')
    assert clauses["art_2__para_1__subpara_1"].text_ko == "알릴 일"
    result = applied('제2조제1항 각 호 중 "사업자"를 "이용자"로 한다.')
    assert len(result.not_applied) == 1 and result.draft == BEFORE


def test_a_changed_table_loses_its_english() -> None:
    table = Table(("정원",), ("Staff",), (("264",),), (("264",),))
    draft = Draft((clause("art_1", "이 영"), clause("tbl_1", "", "", heading_ko="정원", tables=(table,))))
    done = apply(draft, parse_sentences('별표 1 중 "264"를 "271"로 한다.'))
    assert done.draft.by_eid["tbl_1"].tables == (Table(("정원",), (), (("271",),), ()),)


def test_an_order_says_where_it_stands_in_the_words_of_the_sentence() -> None:
    [failure] = applied('제3조 중 "3년간"을 "5년간"으로 한다.\n\n제1조를 삭제하고, 제9조 중 "가"를 "나"로 한다.').not_applied
    assert (failure.instruction.line, failure.instruction.words) == (3, '제9조 중 "가"를 "나"로 한다.')


def test_a_long_row_of_orders_without_room_loses_nothing() -> None:
    draft = Draft(tuple(clause(f"art_{number}", f"{number}의 말") for number in range(1, 42)))
    sentences = "\n".join(f"제{number}조를 제{number + 1}조로 한다." for number in range(1, 41))
    result = apply(draft, parse_sentences(sentences))
    assert result.draft == draft
    assert len(result.not_applied) == 40
    roomy = apply(draft, parse_sentences(f"{sentences}\n제41조를 제42조로 한다."))
    assert roomy.not_applied == ()
    assert [one.eid for one in roomy.draft.clauses] == [f"art_{number}" for number in range(2, 43)]
    assert [one.text_ko for one in roomy.draft.clauses] == [one.text_ko for one in draft.clauses]
