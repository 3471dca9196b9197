"""Applying amending sentences: pairs of our own for every form, before and after."""

from __future__ import annotations

import pytest

from portal.ordinances.amending.applying import Applied, apply
from portal.ordinances.amending.checking import differences
from portal.ordinances.amending.instructions import Insert, Rewrite
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


# ------------------------------------------------------------------------------------------------ words and their places

COMMITTEE = Draft(
    (
        clause("chp_1", "", heading_ko="총칙"),
        clause("art_1", "이 영은 위원회의 사항을 정한다.", parent="chp_1", heading_ko="목적"),
        clause("chp_2", "", heading_ko="위원회"),
        clause("art_2", "위원회는 다음 각 호의 사항을 위원회의 회의에서 심의한다.", parent="chp_2", heading_ko="위원회의 기능"),
        clause("art_2__subpara_1", "위원회의 운영", "Its work"),
        clause("art_2__subpara_1__point_ga", "위원회의 회의"),
        clause("art_2__subpara_2", "삭제", status=Status.DELETED),
        clause("art_2__subpara_3", "그 밖의 사항", "Other matters"),
        clause("art_3", "", parent="chp_2", heading_ko="구성"),
        clause("art_3__para_1", "위원장은 제1항 및 제2항에 따라 보고한다. 다만, 예외를 둔다."),
        clause("art_3__para_2", "위원은 위촉한다. 이 경우 성별을 고려한다."),
        clause("art_3__para_3", "위원에게 1인당 2만원을 지급한다.",
               tables=(Table(("구분", "위원"), (), (("회의", "위원"),), ()),)),
        clause("art_4", "위원은 비밀을 지킨다.", parent="chp_2", heading_ko="비밀(누설)"),
        clause("tbl_1", "2명을 둔다.", heading_ko="위원의 수", tables=(Table(("구분", "정원"), (), (("총계", "264"), ("5급", "271")), ()),)),
    ),
    title_ko="시험 시행령",
)  # fmt: skip


def done(text: str, draft: Draft = COMMITTEE) -> Applied:
    amendment = parse_sentences(text)
    assert not amendment.unread, amendment.unread
    return apply(draft, amendment)


def words(result: Applied) -> dict[str, tuple[str | None, str | None]]:
    """What another heading or other words have."""
    before = COMMITTEE.by_eid
    return {one.eid: (one.heading_ko, one.text_ko) for one in result.draft.clauses
            if one.eid not in before or (one.heading_ko, one.text_ko, one.tables)
            != (before[one.eid].heading_ko, before[one.eid].text_ko, before[one.eid].tables)}  # fmt: skip


def test_words_of_a_clause_named_without_a_part_are_replaced_in_all_of_it() -> None:
    result = done('제2조 중 "위원회"를 각각 "심의회"로 한다.')
    assert (result.not_applied, result.notes) == ((), ())
    assert words(result) == {
        "art_2": ("위원회의 기능", "심의회는 다음 각 호의 사항을 심의회의 회의에서 심의한다."),
        "art_2__subpara_1": (None, "심의회의 운영"), "art_2__subpara_1__point_ga": (None, "심의회의 회의"),
    }  # fmt: skip
    assert result.draft.by_eid["art_2__subpara_1"].text_en is None
    assert result.draft.by_eid["art_2__subpara_3"].text_en == "Other matters"
    [note] = done('제2조 중 "위원회"를 "심의회"로 한다.').notes
    assert note.problem.values["count"] == 4
    opening = words(done('제2조 각 호 외의 부분 중 "위원회"를 각각 "심의회"로 한다.'))
    assert list(opening) == ["art_2"]


def test_the_words_of_a_chapter_are_those_of_its_articles() -> None:
    result = done('제2장 중 "위원회"를 각각 "심의회"로 한다.')
    assert list(words(result)) == ["art_2", "art_2__subpara_1", "art_2__subpara_1__point_ga"]


def test_what_is_only_a_number_holds_no_words() -> None:
    [failure] = done('제2조 중 "삭제"를 "말소"로 한다.').not_applied
    assert failure.problem.values == {"clause": "제2조", "words": "삭제"}


def test_the_table_of_a_clause_is_part_of_its_words() -> None:
    result = done('제3조제3항 중 "위원"을 각각 "심의위원"으로 한다.')
    assert result.not_applied == ()
    found = result.draft.by_eid["art_3__para_3"]
    assert found.text_ko == "심의위원에게 1인당 2만원을 지급한다."
    assert found.table == Table(("구분", "심의위원"), (), (("회의", "심의위원"),), ())


@pytest.mark.parametrize(("sentence", "eid", "text"), [
    ('제3조제1항 중 "제1항"을 "제2항"으로, "제2항"을 "제3항"으로 한다.', "art_3__para_1", "위원장은 제2항 및 제3항에 따라 보고한다. 다만, 예외를 둔다."),
    ('제3조제1항 중 "제2항"을 "제1항"으로 하고, 같은 항 본문 중 "제1항"을 "제2항"으로 한다.', "art_3__para_1",
     "위원장은 제2항 및 제1항에 따라 보고한다. 다만, 예외를 둔다."),
    ('제3조 중 "1인당"을 "2명당"으로 하고, 같은 조 제3항 중 "2만원"을 "1만원"으로 한다.', "art_3__para_3", "위원에게 2명당 1만원을 지급한다."),
    ('제3조제3항 중 "위원"을 "위원장"으로, "위원에게 1인당"을 "위원회에"로 한다.', "art_3__para_3", "위원장에게 1인당 2만원을 지급한다."),
    ("제3조제2항을 제4항으로 하고, 같은 조에 제2항을 다음과 같이 신설하며, 같은 조 제1항 중 "
     '"제1항"을 "제2항"으로, "제2항"을 "제4항"으로 한다.\n  ② 새 항', "art_3__para_1", "위원장은 제2항 및 제4항에 따라 보고한다. 다만, 예외를 둔다."),
    ("제3조제1항을 제4항으로 하고, 같은 조에 제1항을 다음과 같이 신설하며, 같은 조 제4항(종전의 제1항) 중 "
     '"제1항"을 "제2항"으로, "제2항"을 "제3항"으로 한다.\n  ① 새 항', "art_3__para_4", "위원장은 제2항 및 제3항에 따라 보고한다. 다만, 예외를 둔다."),
    ('제3조제3항 중 수당 "2만원"을 "3만원"으로 한다.', "art_3__para_3", "위원에게 1인당 3만원을 지급한다."),
    ('제2조의 제목 "위원회"를 "기능"으로 하고, 같은 조의 제목 중 "기능"을 "위원회"로 한다.', "art_2",
     "위원회는 다음 각 호의 사항을 위원회의 회의에서 심의한다."),
])  # fmt: skip
def test_words_are_found_in_the_text_as_it_was(sentence: str, eid: str, text: str) -> None:
    assert done(sentence).draft.by_eid[eid].text_ko == text


def test_headings_and_cells_are_found_as_they_were() -> None:
    heading = done('제2조의 제목 "위원회"를 "기능"으로 하고, 같은 조의 제목 "기능"을 "위원회"로 한다.')
    assert heading.draft.by_eid["art_2"].heading_ko == "기능의 위원회"
    annex = done('별표 1 중 "264"를 "271"로, "271"을 "280"으로 한다.')
    assert annex.not_applied == ()
    assert annex.draft.by_eid["tbl_1"].tables[0].rows_ko == (("총계", "271"), ("5급", "280"))
    title = done('별표 1의 제목 "위원"을 "위원과 간사"로 한다.').draft.by_eid["tbl_1"]
    assert (title.heading_ko, title.text_ko) == ("위원과 간사의 수", "2명을 둔다.")


def test_words_that_another_order_changes_are_left_to_it_and_said() -> None:
    [failure] = done('제3조제3항 중 "2만원"을 "3만원"으로, "1인당 2만원"을 "3만원"으로 한다.').not_applied
    assert failure.problem.msgid == "Another order changes “%(words)s” in %(clause)s."
    both = done('제2조 중 "위원회의 회의"를 각각 "회의"로, "위원회"를 각각 "심의회"로 한다.')
    assert both.not_applied == ()
    assert words(both)["art_2"] == ("위원회의 기능", "심의회는 다음 각 호의 사항을 회의에서 심의한다.")


@pytest.mark.parametrize("sentence", [
    '제2조 및 제4조 중 "위원회"를 각각 "심의회"로 한다.',
    "제3조제1항 단서 및 제4조 단서를 각각 삭제한다.",
    "제3조에 제4항 및 제2항을 각각 다음과 같이 신설한다.\n  ④ 새 항\n  ② 있는 항",
    "제5조부터 제6조까지 및 제4조를 각각 다음과 같이 신설한다.\n\n제5조(가) 가\n\n제6조(나) 나\n\n제4조(다) 다",
])  # fmt: skip
def test_an_order_that_fails_in_one_place_is_carried_out_in_none(sentence: str) -> None:
    result = done(sentence)
    assert len(result.not_applied) == 1
    assert result.draft == COMMITTEE


def test_both_parts_of_a_clause_are_struck() -> None:
    assert done("제3조제2항 전단 및 같은 항 후단을 각각 삭제한다.").draft.by_eid["art_3__para_2"].text_ko == ""


def test_subparagraphs_written_anew_are_those_that_had_their_numbers() -> None:
    result = done("제2조 각 호를 다음과 같이 한다.\n  1. 위원회의 운영\n  2. 새 사항")
    assert result.not_applied == ()
    assert [(one.eid, one.text_ko) for one in result.draft.children("art_2")] == [
        ("art_2__subpara_1", "위원회의 운영"), ("art_2__subpara_2", "새 사항"),
    ]  # fmt: skip
    assert (result.lineage["art_2__subpara_1"], result.lineage["art_2__subpara_2"]) == ("art_2__subpara_1", "art_2__subpara_2")
    assert "art_2__subpara_3" not in result.lineage.values()


# ------------------------------------------------------------------------------------------------------------- headings


@pytest.mark.parametrize(("sentence", "eid", "heading"), [
    ("제2장의 제목을 다음과 같이 한다.\n  제2장 심의회 등", "chp_2", "심의회 등"),
    ("제2장의 제목을 다음과 같이 한다.\n  심의회 등", "chp_2", "심의회 등"),
    ("제4조의 제목을 다음과 같이 한다.\n  제4조(비밀 등)", "art_4", "비밀 등"),
    ("제4조의 제목을 다음과 같이 한다.\n  (비밀 등)", "art_4", "비밀 등"),
    ('제4조의 제목을 다음과 같이 한다.\n  "비밀 등"', "art_4", "비밀 등"),
    ("제4조의 제목을 다음과 같이 한다.\n  비밀(이용)", "art_4", "비밀(이용)"),
    ("제4조의 제목을 다음과 같이 한다.\n  (가) 및 (나)", "art_4", "(가) 및 (나)"),
    ('제4조의 제목 "(비밀(누설))"을 "(비밀)"로 한다.', "art_4", "비밀"),
])  # fmt: skip
def test_a_new_heading_without_its_number_and_brackets(sentence: str, eid: str, heading: str) -> None:
    result = done(sentence)
    assert result.not_applied == ()
    assert result.draft.by_eid[eid].heading_ko == heading


@pytest.mark.parametrize("lines", ["  제3장 심의회", "  제2장 심의회\n  제2조(기능) 새 조", "  제2조(기능)"])
def test_a_heading_with_other_words_is_refused(lines: str) -> None:
    result = done(f"제2장의 제목을 다음과 같이 한다.\n{lines}")
    assert len(result.not_applied) == 1 and result.draft == COMMITTEE


def test_the_articles_of_a_struck_chapter_keep_their_numbers() -> None:
    for sentence in ("제2장(제2조부터 제4조까지)을 삭제한다.", "제2장을 삭제한다."):
        result = done(sentence)
        assert result.not_applied == ()
        struck = [one for one in result.draft.clauses if one.eid not in ("chp_1", "art_1", "tbl_1")]
        assert [(one.eid, one.parent, one.text_ko, one.status) for one in struck] == [
            (eid, parent, "삭제", Status.DELETED)
            for eid, parent in (("chp_2", None), ("art_2", "chp_2"), ("art_3", "chp_2"), ("art_4", "chp_2"))
        ]
        assert (struck[0].heading_ko, struck[1].heading_ko) == ("위원회", None)
        assert result.lineage["art_3"] == "art_3"


def test_a_chapter_in_the_place_of_a_struck_one_has_its_struck_articles() -> None:
    result = done("제2장을 삭제하고, 제2장을 다음과 같이 신설한다.\n\n제2장 심의회\n\n제3조(심의회) 새 조")
    assert result.not_applied == ()
    assert [(one.eid, one.text_ko) for one in result.draft.clauses if one.parent == "chp_2"] == [
        ("art_2", "삭제"), ("art_3", "새 조"), ("art_4", "삭제"),
    ]  # fmt: skip
    moved = done("제1장을 삭제하고, 제2장을 제1장으로 한다.")
    assert moved.not_applied == ()
    assert [one.eid for one in moved.draft.children("chp_1")] == ["art_1", "art_2", "art_3", "art_4"]
    assert moved.draft.by_eid["art_1"].status is Status.DELETED


@pytest.mark.parametrize(("sentence", "said"), [
    ("제3조제1항에 단서를 다음과 같이 신설한다.\n  다만, 또 하나.", "제3조제1항 단서"),
    ("제3조제2항에 후단을 다음과 같이 신설한다.\n  이 경우 또 하나.", "제3조제2항 후단"),
    ("제4조에 단서를 다음과 같이 신설하고, 같은 조에 단서를 다음과 같이 신설한다.\n  다만, 하나.\n  다만, 둘.", "제4조 단서"),
])  # fmt: skip
def test_a_part_that_is_there_already_is_not_added_again(sentence: str, said: str) -> None:
    [failure] = done(sentence).not_applied
    assert (failure.problem.msgid, failure.problem.values["clause"]) == ("There is %(clause)s already.", said)


def test_a_part_that_was_struck_can_be_added_anew() -> None:
    result = done("제3조제1항 단서를 삭제하고, 같은 항에 단서를 다음과 같이 신설한다.\n  다만, 새 단서.")
    assert result.not_applied == ()
    assert result.draft.by_eid["art_3__para_1"].text_ko == "위원장은 제1항 및 제2항에 따라 보고한다. 다만, 새 단서."


# -------------------------------------------------------------------------------------------- new words of several orders


@pytest.mark.parametrize(("sentence", "lines", "divided"), [
    ("제3조제1항을 다음과 같이 하고, 제4조제3호를 다음과 같이 한다.", "① 다음 각 호\n1. 갑\n2. 을\n3. 병\n3. 그 밖의 것", (4, 1)),
    ("제3조제1항을 다음과 같이 하고, 제2조제1호를 다음과 같이 한다.", "① 다음 각 호\n1. 갑\n2. 을\n1. 새것", (3, 1)),
    ("제3조제1항을 다음과 같이 하고, 제2조제2호 및 제3호를 각각 다음과 같이 한다.",
     "① 다음 각 호\n1. 갑\n2. 을\n3. 병\n2. 둘\n3. 셋", (4, 2)),
    ("제3조제1항을 다음과 같이 하고, 제2조 각 호를 다음과 같이 한다.", "① 다음 각 호\n1. 갑\n2. 을\n1. 하나\n2. 둘", (3, 2)),
    ("제2조제1호를 다음과 같이 하고, 제2조제3호 각 목을 다음과 같이 한다.", "1. 다음 각 목\n가. 갑\n나. 을\n가. 하나\n나. 둘", (3, 2)),
    ("제3조제3항을 다음과 같이 하고, 제4조에 단서를 다음과 같이 신설한다.", "③ 새 항\n다만, 예외를 둔다.", (1, 1)),
    ("제4조에 단서를 다음과 같이 신설하고, 제2조제1호를 다음과 같이 한다.", "다만, 다음 각 호는 제외한다.\n1. 갑\n2. 을\n1. 새것", (3, 1)),
    ("제4조에 단서를 다음과 같이 신설하고, 제3조제3항에 후단을 다음과 같이 신설한다.", "다만, 예외를 둔다.\n이 경우 협의한다.", (1, 1)),
    ("제3조제1항을 다음과 같이 하고, 제4조를 다음과 같이 한다.", "① 새 항\n제4조(비밀) ① 하나\n② 둘", (1, 2)),
])  # fmt: skip
def test_each_order_takes_its_own_lines(sentence: str, lines: str, divided: tuple[int, int]) -> None:
    amendment = parse_sentences(f"{sentence}\n{lines}")
    assert amendment.unread == ()
    found = [order.lines for order in amendment.instructions if isinstance(order, Rewrite | Insert)]
    assert tuple(len(one) for one in found) == divided
    assert "\n".join(line for one in found for line in one) == lines


@pytest.mark.parametrize(("sentence", "lines"), [
    ("제3조제2항 전단을 다음과 같이 하고, 제4조 본문을 다음과 같이 한다.", "하나\n둘\n셋"),
    ("제3조제1항을 다음과 같이 하고, 제4조제3호를 다음과 같이 한다.", "① 다음 각 호\n1. 갑\n2. 을\n4. 병"),
    ("제3조제1항을 다음과 같이 하고, 제4조제3호를 다음과 같이 한다.", "① 다음 각 호\n1. 갑"),
])  # fmt: skip
def test_lines_that_two_orders_could_have_are_given_to_neither(sentence: str, lines: str) -> None:
    amendment = parse_sentences(f"{sentence}\n{lines}")
    assert [line.text for line in amendment.unread] == lines.split("\n")
    result = apply(COMMITTEE, amendment)
    assert result.draft == COMMITTEE
    said = {failure.problem.msgid for failure in result.not_applied}
    assert len(result.not_applied) == 2 and said == {"The new words of several parts cannot be told apart."}


def test_only_the_orders_in_doubt_are_left() -> None:
    sentence = "제1조를 다음과 같이 하고, 제3조제2항을 다음과 같이 하며, 제4조 본문을 다음과 같이 한다."
    amendment = parse_sentences(f"{sentence}\n제1조(목적) 새 조\n② 둘\n셋\n넷")
    assert [line.text for line in amendment.unread] == ["② 둘", "셋", "넷"]
    result = apply(COMMITTEE, amendment)
    assert [failure.instruction.targets[0].eid for failure in result.not_applied] == ["art_3__para_2", "art_4"]
    assert words(result) == {"art_1": ("목적", "새 조")}


def test_a_long_block_of_several_orders_is_divided_or_left() -> None:
    sentence = "제3조제1항을 다음과 같이 하고, 제2조제1호를 다음과 같이 한다."
    many = "\n".join(f"{number}. 것" for number in range(1, 901))
    first, second = parse_sentences(f"{sentence}\n① 다음 각 호\n{many}\n1. 새것").instructions
    assert isinstance(first, Rewrite) and isinstance(second, Rewrite)
    assert (len(first.lines), second.lines) == (901, ("1. 새것",))
    doubtful = parse_sentences(
        "제3조제2항 전단을 다음과 같이 하고, 제4조 본문을 다음과 같이 하며, 제1조 본문을 다음과 같이 한다.\n" + "말\n" * 900
    )
    assert len(doubtful.unread) == 900
