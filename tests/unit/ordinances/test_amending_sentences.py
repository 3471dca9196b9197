"""Reading amending sentences: what each form orders, where, and which new words belong to it."""

from __future__ import annotations

import pytest

from portal.ordinances.amending.instructions import (
    Amendment,
    Fragment,
    Insert,
    Instruction,
    Renumber,
    ReplaceWords,
    Rewrite,
    Strike,
)
from portal.ordinances.amending.sentences import parse, parse_sentences


def orders(text: str) -> tuple[Instruction, ...]:
    amendment = parse_sentences(text)
    assert not amendment.unread, amendment.unread
    return amendment.instructions


def eids(order: Instruction) -> list[str]:
    return [target.eid for target in order.targets]


def test_words_are_replaced_in_one_clause_and_in_several() -> None:
    first, second = orders('제3조제2항 중 "3년"을 "1년"으로, "알린다"를 "통지한다"로 한다.')
    assert isinstance(first, ReplaceWords) and isinstance(second, ReplaceWords)
    assert (first.old, first.new, second.old, second.new) == ("3년", "1년", "알린다", "통지한다")
    assert eids(first) == eids(second) == ["art_3__para_2"]
    (each,) = orders('제3조제1항제1호가목 및 나목 중 "갑"을 각각 "을"로 한다.')
    assert isinstance(each, ReplaceWords) and each.each
    assert eids(each) == ["art_3__para_1__subpara_1__point_ga", "art_3__para_1__subpara_1__point_na"]


@pytest.mark.parametrize(("place", "fragments"), [
    ("각 호 외의 부분", (Fragment.INTRO,)), ("각 호 외의 부분 단서", (Fragment.INTRO, Fragment.PROVISO)),
    ("본문", (Fragment.MAIN,)), ("전단", (Fragment.FIRST,)), ("후단", (Fragment.SECOND,)), ("제목 외의 부분", (Fragment.BODY,)),
])  # fmt: skip
def test_the_part_of_the_clause_is_read(place: str, fragments: tuple[Fragment, ...]) -> None:
    (order,) = orders(f'제3조 {place} 중 "가"를 "나"로 한다.')
    assert order.targets[0].fragments == fragments


def test_quotations_may_hold_quotations() -> None:
    (order,) = orders('제2조제3항 중 "위원회(이하 "갑위원회"라 한다)"를 "새 위원회(이하 "을위원회"라 한다)"로 한다.')
    assert isinstance(order, ReplaceWords)
    assert (order.old, order.new) == ('위원회(이하 "갑위원회"라 한다)', '새 위원회(이하 "을위원회"라 한다)')


def test_words_struck_out_and_words_added_behind() -> None:
    struck, replaced, added = orders(
        '제1조 중 "갑에"를 삭제하고, "을의"를 "을로 하여금"으로 하며, 제2조 중 "병" 다음에 "과 정"을 추가한다.'
    )
    assert isinstance(struck, ReplaceWords) and struck.new == ""
    assert isinstance(replaced, ReplaceWords) and replaced.new == "을로 하여금"
    assert isinstance(added, ReplaceWords) and (added.old, added.new) == ("병", "병과 정")


def test_headings() -> None:
    chapter, article, body = orders(
        '제4장의 제목 "갑 등"을 "을 등"으로 하고, 제10조의 제목 "(갑)"을 "(을)"로 하며, 같은 조 제목 외의 부분 중 "갑"을 "을"로 한다.'
    )
    assert [order.targets[0].fragments for order in (chapter, article, body)] == [
        (Fragment.HEADING,), (Fragment.HEADING,), (Fragment.BODY,)
    ]  # fmt: skip
    assert [eids(order) for order in (chapter, article, body)] == [["chp_4"], ["art_10"], ["art_10"]]


def test_rewriting_takes_the_lines_below() -> None:
    first, second = orders(
        "제5조제1항제2호를 다음과 같이 하고, 같은 조 제3항을 다음과 같이 한다.\n\n  2. 둘\n\n  ③ 다음과 같다.\n\n  1. 하나\n\n  2. 둘"
    )
    assert isinstance(first, Rewrite) and isinstance(second, Rewrite)
    assert first.lines == ("2. 둘",)
    assert second.lines == ("③ 다음과 같다.", "1. 하나", "2. 둘")


def test_a_proviso_and_subparagraphs_that_are_new() -> None:
    proviso, each = orders(
        "제43조제5항에 단서를 다음과 같이 신설하고, 같은 항에 각 호를 다음과 같이 신설한다.\n\n  다만, 그렇다.\n\n  1. 갑\n\n  2. 을"
    )
    assert isinstance(proviso, Insert) and isinstance(each, Insert)
    assert proviso.targets[0].fragments == (Fragment.PROVISO,) and proviso.lines == ("다만, 그렇다.",)
    assert each.targets[0].fragments == (Fragment.EACH,) and each.lines == ("1. 갑", "2. 을")


def test_renumbering_and_inserting_and_what_it_was_before() -> None:
    moved, new, changed = orders(
        '제6조제3항부터 제7항까지를 각각 제4항부터 제8항까지로 하고, 같은 조에 제3항을 다음과 같이 신설하며, '
        '같은 조 제5항(종전의 제4항) 본문 중 "제3항"을 "제4항"으로 한다.\n\n  ③ 새 항'
    )  # fmt: skip
    assert isinstance(moved, Renumber) and isinstance(new, Insert) and isinstance(changed, ReplaceWords)
    assert (eids(moved), moved.targets[0].until, [target.eid for target in moved.to]) == (
        ["art_6__para_3"], moved.targets[0].until, ["art_6__para_4"],
    )  # fmt: skip
    assert new.under is not None and (new.under.eid, eids(new)) == ("art_6", ["art_6__para_3"])
    target = changed.targets[0]
    assert (target.eid, target.fragments, [step.eid for step in target.former or ()]) == (
        "art_6__para_5", (Fragment.MAIN,), ["para_4"],
    )  # fmt: skip


def test_new_articles_also_in_a_section() -> None:
    several, one = orders(
        "제3조의2 및 제3조의3을 각각 다음과 같이 신설한다.\n\n제3조의2(갑) ① 하나\n\n  ② 둘\n\n제3조의3(을) 셋\n\n"
        "제5장제2절에 제24조를 다음과 같이 신설한다.\n\n제24조(병) 넷"
    )
    assert isinstance(several, Insert) and isinstance(one, Insert)
    assert several.under is None and eids(several) == ["art_3-2", "art_3-3"]
    assert several.lines == ("제3조의2(갑) ① 하나", "② 둘", "제3조의3(을) 셋")
    assert one.under is not None and (one.under.eid, one.lines) == ("chp_5__sec_2", ("제24조(병) 넷",))


def test_striking_and_sheets_and_annexes() -> None:
    struck, sheet, row = orders(
        '제7조 및 제8조제2항을 각각 삭제한다.\n\n별표 3을 별지와 같이 한다.\n\n별표 1 중 총계 "264"를 "271"로 한다.'
    )
    assert isinstance(struck, Strike) and eids(struck) == ["art_7", "art_8__para_2"]
    assert isinstance(sheet, Rewrite) and sheet.attached
    assert isinstance(row, ReplaceWords) and row.row == "총계"


def test_a_whole_amending_text() -> None:
    amendment = parse(
        "국무회의의 심의를 거친 갑 시행령 일부개정령을 이에 공포한다.\n\n          대통령 (인)\n\n⊙대통령령 제1호\n\n갑 시행령 일부개정령\n\n"
        '갑 시행령 일부를 다음과 같이 개정한다.\n\n제3조 중 "가"를 "나"로 한다.\n\n          부칙\n\n제1조(시행일) 이 영은 공포한 날부터 시행한다.\n\n'
        '제2조(다른 법령의 개정) ① 을 시행령 일부를 다음과 같이 개정한다.\n\n  제8조 중 "가"를 각각 "나"로 한다.\n\n  ② 병 시행령 일부를 다음과 같이 개정한다.\n\n'
        "  제9조를 삭제한다.\n"
    )  # fmt: skip
    assert (amendment.title, len(amendment.instructions), amendment.unread) == ("갑 시행령", 1, ())
    assert amendment.addenda[0] == "제1조(시행일) 이 영은 공포한 날부터 시행한다."
    assert [(other.title, len(other.instructions)) for other in amendment.of_other_laws] == [
        ("을 시행령", 1),
        ("병 시행령", 1),
    ]


def test_new_words_of_other_laws_do_not_end_what_amends_them() -> None:
    amendment = parse(
        "갑 시행령 일부를 다음과 같이 개정한다.\n제3조를 삭제한다.\n부칙\n제1조(시행일) 시행한다.\n"
        "제2조(다른 법령의 개정) ① 을 시행령 일부를 다음과 같이 개정한다.\n제5조에 제2항을 다음과 같이 신설한다.\n  ② 새 항\n"
        "제3조를 다음과 같이 한다.\n  제3조(새 조) ① 하나\n  ② 둘\n제6조를 삭제한다.\n"
        "② 병 시행령 일부를 다음과 같이 개정한다.\n제7조를 삭제한다.\n③ 다른 법령에서는 이 영을 따른다.\n제3조(적용례) 적용한다.\n"
    )  # fmt: skip
    one, other = amendment.of_other_laws
    assert (one.unread, other.unread) == ((), ())
    assert [(type(order), eids(order)) for order in one.instructions] == [
        (Insert, ["art_5__para_2"]), (Rewrite, ["art_3"]), (Strike, ["art_6"]),
    ]  # fmt: skip
    assert isinstance(one.instructions[1], Rewrite) and one.instructions[1].lines == ("제3조(새 조) ① 하나", "② 둘")
    assert [eids(order) for order in other.instructions] == [["art_7"]]


@pytest.mark.parametrize(("sentence", "eid", "fragments"), [
    ('제2조제2호가목1) 및 2) 외의 부분 중 "가"를 "나"로 한다.', "art_2__subpara_2__point_ga", (Fragment.INTRO,)),
    ('제2조제2호가목1)부터 3)까지 외의 부분 단서 중 "가"를 "나"로 한다.', "art_2__subpara_2__point_ga", (Fragment.INTRO, Fragment.PROVISO)),
    ("제2조제2호가목1) 외의 부분을 다음과 같이 한다.\n새 말", "art_2__subpara_2__point_ga", (Fragment.INTRO,)),
    ('제2조제2호가목1)가)ㆍ나) 외의 부분 중 "가"를 "나"로 한다.', "art_2__subpara_2__point_ga__sub_1", (Fragment.INTRO,)),
])  # fmt: skip
def test_opening_words_before_subitems(sentence: str, eid: str, fragments: tuple[Fragment, ...]) -> None:
    [order] = orders(sentence)
    assert (order.targets[0].eid, order.targets[0].fragments, order.targets[0].inside) == (eid, fragments, "")


@pytest.mark.parametrize("line", [
    "제3조는 잘못되었으므로 고쳐야 한다.", '제3조 중 "가"를 어떻게든 고친다.', "제3조를 적절히 수정한다.", "다음과 같이 한다.",
])  # fmt: skip
def test_what_is_no_known_form_is_reported_and_not_guessed_at(line: str) -> None:
    amendment = parse(f"갑 시행령 일부를 다음과 같이 개정한다.\n{line}")
    assert amendment.instructions == ()
    assert [unread.text for unread in amendment.unread] == [line]
    assert amendment.unread[0].line == 2


def test_a_text_without_a_sentence_orders_nothing() -> None:
    assert parse("아무 말도 없다.") == Amendment(None, ())
