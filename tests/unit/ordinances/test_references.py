"""Citations in running text: what is one, which law it is of, and which clause of a draft it names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ordinances.clauses import Draft
from portal.ordinances.references import Citation, Scope, find_citations, resolve
from tests.unit.ordinances.small_draft import SMALL, clause


def one(text: str, language: str = "ko") -> Citation:
    found = find_citations(text, "ko" if language == "ko" else "en")
    assert len(found) == 1, found
    return found[0]


def eid(citation: Citation) -> str:
    return "__".join(step.eid for step in citation.parts)


def said(text: str) -> list[tuple[str, str, str]]:
    return [(citation.words, citation.scope.value, eid(citation)) for citation in find_citations(text)]


@pytest.mark.parametrize(("text", "address"), [
    ("제12조의2제3항제4호가목에 따른", "art_12-2__para_3__subpara_4__point_ga"),
    ("제12조의2 제3항은", "art_12-2__para_3"),
    ("12조의2③에 따라", "art_12-2__para_3"),
    ("12조 3항 1호 가목", "art_12__para_3__subpara_1__point_ga"),
    ("제 5 조 제 2 항", "art_5__para_2"),
    ("시행령안 제28조는", "art_28"),
    ("안 제28조제1항", "art_28__para_1"),
    ("제2조제1호가목1)에", "art_2__subpara_1__point_ga__sub_1"),
    ("제2조제1호가목1)가)에", "art_2__subpara_1__point_ga__sub_1__sub_ga"),
    ("별표 1의2 제2호가목", "tbl_1-2__subpara_2__point_ga"),
    ("별지 제3호의2서식을", "form_3-2"),
    ("제3장제2절을", "chp_3__sec_2"),
    ("제8장의3(결합건축)", "chp_8-3"),
    ("부칙 제2조제1항", "addenda__art_2__para_1"),
    ("이 영 제30조의 조치", "art_30"),
])  # fmt: skip
def test_a_clause_of_this_text_is_recognised_as_people_write_it(text: str, address: str) -> None:
    citation = one(text)
    assert (eid(citation), citation.scope) == (address, Scope.THIS)
    assert text[citation.start : citation.end] == citation.words


@pytest.mark.parametrize("text", [
    "3조 원의 예산", "2조 5천억원", "제1항공전단", "법률 제1234호", "대통령령 제36053호로", "제3호선", "위조 및 변조", "토목 공사",
    "다음 각 호의 어느 하나", "제목 없음", "과목을 이수", "위법 행위", "방법", "제2조정실",
])  # fmt: skip
def test_what_only_looks_like_a_citation_is_passed_over(text: str) -> None:
    assert find_citations(text) == []


@pytest.mark.parametrize(("text", "scope", "law", "address"), [
    ("법 제4조제1항에 따른", Scope.ACT, None, "art_4__para_1"),
    ("장관이 법 제14조에 따라", Scope.ACT, None, "art_14"),
    ("정하는 자(이하 \"사업자\"라 한다)이 법 제3조", Scope.ACT, None, "art_3"),
    ("영 제23조제2항", Scope.DECREE, None, "art_23__para_2"),
    ("「행정절차법」 제21조제1항", Scope.NAMED, "행정절차법", "art_21__para_1"),
    ("「행정절차법」(이하 \"법\"이라 한다) 제21조", Scope.NAMED, "행정절차법", "art_21"),
    ("건축법시행령 제3조", Scope.NAMED, "건축법시행령", "art_3"),
    ("헌법 제10조", Scope.NAMED, "헌법", "art_10"),
    ("종전의 제3조", Scope.FORMER, None, "art_3"),
    ("법률 제1234호 건축법 일부개정법률 부칙 제3조", Scope.NAMED, "법률 제1234호 건축법 일부개정법률", "addenda__art_3"),
])  # fmt: skip
def test_whose_clause_it_is_the_words_before_it_say(text: str, scope: Scope, law: str | None, address: str) -> None:
    citation = one(text)
    assert (citation.scope, citation.law, eid(citation)) == (scope, law, address)


def test_a_list_takes_from_its_first_member_what_is_not_said_again() -> None:
    assert said("법 제4조제1항ㆍ제2항, 제5조 및 제6조제1호에 따른 제2항") == [
        ("법 제4조제1항", "act", "art_4__para_1"), ("제2항", "act", "art_4__para_2"), ("제5조", "act", "art_5"),
        ("제6조제1호", "act", "art_6__subpara_1"), ("제2항", "this", "para_2"),
    ]  # fmt: skip


def test_what_a_comma_follows_keeps_its_branch_number() -> None:
    assert [address for _, _, address in said("법 제22조의2, 제23조의2 및 제23조의3")] == [
        "art_22-2",
        "art_23-2",
        "art_23-3",
    ]


def test_a_sub_item_by_itself_goes_on_from_the_one_before() -> None:
    assert [address for _, _, address in said("제2조제1호가목1) 및 2)에 따른")] == [
        "art_2__subpara_1__point_ga__sub_1", "art_2__subpara_1__point_ga__sub_2",
    ]  # fmt: skip
    assert find_citations("다음 1) 및 2)를 말한다") == []


@pytest.mark.parametrize("text", ["제1호부터 제5호까지의", "제1호 내지 제5호의", "제1호~제5호의"])
def test_a_range_is_one_citation(text: str) -> None:
    citation = one(text)
    assert eid(citation) == "subpara_1"
    assert citation.until is not None and citation.until[-1].eid == "subpara_5"


def test_the_same_article_is_the_last_one_named_in_its_law() -> None:
    assert said("법 제7조제1항에 따라 제2항에 따른 같은 조 제4항제4호, 같은 항 제5호") == [
        ("법 제7조제1항", "act", "art_7__para_1"), ("제2항", "this", "para_2"),
        ("같은 조 제4항제4호", "act", "art_7__para_4__subpara_4"), ("같은 항 제5호", "act", "art_7__para_4__subpara_5"),
    ]  # fmt: skip


def test_the_same_act_and_its_decree() -> None:
    found = find_citations("「통계법」 제18조 및 같은 법 시행령 제19조, 같은 법 제2조")
    assert [citation.law for citation in found] == ["통계법", "통계법 시행령", "통계법"]


def test_a_bracket_behind_a_citation_speaks_of_its_subparagraphs() -> None:
    assert said("법 제4조제1항 각 호(제3호는 제외한다) 및 제2항") == [
        ("법 제4조제1항 각 호", "act", "art_4__para_1"), ("제3호", "act", "art_4__para_1__subpara_3"),
        ("제2항", "act", "art_4__para_2"),
    ]  # fmt: skip


def test_what_another_law_says_it_says_of_itself() -> None:
    found = find_citations('법 제542조의3제1항에서 "제542조의8제2항의 최대주주"란 제2항의 자를 말한다.')
    assert [(citation.scope, eid(citation)) for citation in found] == [
        (Scope.ACT, "art_542-3__para_1"), (Scope.ACT, "art_542-8__para_2"), (Scope.THIS, "para_2"),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "fragment"), [
    ("제1항 본문에", "main"), ("제1항 각 호 외의 부분 단서", "proviso"), ("제1항 각 호 외의 부분", "intro"), ("제1항 각 호", "each"),
    ("제1항 전단", "s1"), ("제1항 후단", "s2"), ("제1조의 제목", "heading"), ("제1조 제목 외의 부분", "body"), ("제1항", None),
])  # fmt: skip
def test_a_part_of_a_clause_is_named(text: str, fragment: str | None) -> None:
    assert one(text).fragment == fragment


@pytest.mark.parametrize(("text", "address", "scope"), [
    ("Article 12-2 (3) 4 (a)", "art_12-2__para_3__subpara_4__point_ga", Scope.THIS),
    ("Article 12-2(3)", "art_12-2__para_3", Scope.THIS),
    ("subparagraph 1 (a) of Article 2 of the Act", "art_2__subpara_1__point_ga", Scope.ACT),
    ("Article 5(1), point (c),", "art_5__para_1__point_da", Scope.THIS),
    ("Article 6 (1) of the Framework Act on Intelligent Informatization shall", "art_6__para_1", Scope.NAMED),
    ("paragraph (4) item 2", "para_4__subpara_2", Scope.THIS),
    ("Annex III", "tbl_3", Scope.THIS),
    ("Chapter III, Section 2", "chp_3__sec_2", Scope.THIS),
    ("Article 27 of Regulation 2024/1689", "art_27", Scope.NAMED),
    ("GDPR Article 22", "art_22", Scope.NAMED),
])  # fmt: skip
def test_english_citations(text: str, address: str, scope: Scope) -> None:
    citation = one(text, "en")
    assert (eid(citation), citation.scope) == (address, scope)


def test_english_lists_and_ranges() -> None:
    found = find_citations("Articles 8 to 15, 40 and 41 (2) of this Decree, and paragraphs (1) through (3)", "en")
    assert [(eid(c), c.until[-1].eid if c.until else None) for c in found] == [
        ("art_8", "art_15"), ("art_40", None), ("art_41__para_2", None), ("para_1", "para_3"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["30 percent", "item is deleted", "the Act", "in part", "Article of faith", "2 years"])
def test_english_words_that_are_none(text: str) -> None:
    assert find_citations(text, "en") == []


# -------------------------------------------------------------------------------------------------------------
# resolving

DRAFT = Draft((
    *SMALL.clauses[:-4],
    clause("art_4", "", parent="chp_1-2"), clause("art_4__para_1", "제2항에도 불구하고 정한다."),
    clause("art_4__para_2", "제2조제1항에 따른 자는 다음 각 호를 따른다."),
    clause("art_4__para_2__subpara_1", "같은 항 제2호에 따른 기록"),
    clause("art_4__para_2__subpara_2", "가"), clause("art_4__para_3", "나"),
    *SMALL.clauses[-4:],
), title_ko="시험 시행령", title_en="Test Decree")  # fmt: skip


@pytest.mark.parametrize(("text", "at", "addresses"), [
    ("제2항", "art_4__para_1", ["art_4__para_2"]),
    ("제2호", "art_4__para_2__subpara_1", ["art_4__para_2__subpara_2"]),
    ("제1항부터 제3항까지", "art_4__para_2", ["art_4__para_1", "art_4__para_2", "art_4__para_3"]),
    ("제1조부터 제3조까지", "doc", ["art_1", "art_2", "art_3"]),
    ("제2조제1항제2호가목", "doc", ["art_2__para_1__subpara_2__point_ga"]),
    ("제2항", "doc", []),
    ("제9조", "art_1", []),
    ("제1항부터 제9항까지", "art_4__para_2", []),
    ("법 제2조", "art_1", []),
    ("「다른 법」 제2조", "art_1", []),
    ("종전의 제2조", "art_1", []),
    ("영 제2조", "doc", ["art_2"]),
    ("이 영", "art_1", ["doc"]),
    ("이 조", "art_4__para_2__subpara_1", ["art_4"]),
    ("이 장", "art_4__para_2", ["chp_1-2"]),
    ("전항", "art_4__para_2", ["art_4__para_1"]),
    ("전조제1항제1호", "art_3", ["art_2__para_1__subpara_1"]),
    ("전2조", "art_4__para_1", ["art_2", "art_3"]),
    ("별표 1 제2호", "art_1", ["tbl_1"]),
    ("별표", "art_1", ["tbl_1"]),
    ("부칙 제1항", "art_1", ["addenda__para_1"]),
    ("제1장", "art_4", ["chp_1"]),
    ("같은 항 제2호", "art_4__para_2__subpara_1", ["art_2__para_1__subpara_2"]),
])  # fmt: skip
def test_a_citation_is_resolved_from_where_it_stands(text: str, at: str, addresses: list[str]) -> None:
    assert resolve(one(text), DRAFT, at) == addresses


def test_a_list_that_goes_on_with_the_texts_own_paragraph() -> None:
    """제5조 및 제2항: 제5조 has no 제2항 here, so it is the paragraph of the article that speaks."""
    _, second = find_citations("제3조 및 제2항")
    assert resolve(second, DRAFT, "art_4__para_1") == ["art_4__para_2"]


def test_a_list_that_goes_on_with_the_addenda() -> None:
    assert [said[2] for said in said("제15조제1호, 부칙 제2조 및 부칙 제5조제1항")] == [
        "art_15__subpara_1", "addenda__art_2", "addenda__art_5__para_1"]


def test_english_resolves_to_the_same_addresses() -> None:
    citation = one("subparagraph 2 (a) of Article 2 (1)", "en")
    assert resolve(citation, DRAFT, "doc", "en") == ["art_2__para_1__subpara_2__point_ga"]


_pieces = st.sampled_from([
    "제3조", "제12조의2", "제2항", "③", "1호", "가목", "1)", "부터", "까지", " 및 ", ", ", "ㆍ", "같은 조 ", "같은 항 ", "법 ", "이 영", "「어떤 법」",
    "(", ")", '"', "전항", "별표 1", "별지 제1호서식", "부칙 ", "종전의 ", " 각 호", " 단서", "Article 3", "(1)", " of the Act", "에서 ", "3조 원",
])  # fmt: skip


@given(st.lists(st.one_of(_pieces, st.text(max_size=3)), max_size=25).map("".join))
def test_citations_of_any_text_stand_in_it_in_order_and_resolve_to_addresses_that_exist(text: str) -> None:
    for language in ("ko", "en"):
        place = 0
        for citation in find_citations(text, "ko" if language == "ko" else "en"):
            assert place <= citation.start < citation.end <= len(text)
            assert text[citation.start : citation.end] == citation.words
            place = citation.end
            for at in ("doc", "art_4__para_2__subpara_1", "tbl_1", "addenda__para_1"):
                assert all(found == "doc" or found in DRAFT.by_eid for found in resolve(citation, DRAFT, at))
