"""The five forms of proposed wording: what fits a clause, what does not and why, and what the clause would read."""

from __future__ import annotations

import pytest

from portal.ordinances import proposals
from portal.ordinances.problems import InvalidAddress, InvalidProposal
from portal.ordinances.proposals import Form, Proposal
from tests.unit.ordinances.small_draft import SMALL

CLAUSE = "art_2__para_1__subpara_2"  # 이용자에게 알린 기록을 이용자에게 보일 것


@pytest.mark.parametrize(("proposal", "eid"), [
    (Proposal(Form.FULL_TEXT, "ko", "이용자에게 알릴 것"), CLAUSE),
    (Proposal(Form.FULL_TEXT, "en", "Show nothing"), CLAUSE),
    (Proposal(Form.FULL_TEXT, "ko", "의무"), "chp_1"),
    (Proposal(Form.FULL_TEXT, "ko", "새 글"), "art_2"),
    (Proposal(Form.FRAGMENT, "ko", "자료를", "기록을"), CLAUSE),
    (Proposal(Form.FRAGMENT, "ko", "", "알린 기록을"), CLAUSE),
    (Proposal(Form.FRAGMENT, "ko", "사용자에게", "이용자에게", occurrence=2), CLAUSE),
    (Proposal(Form.FRAGMENT, "ko", "보여 줄 것", "보일\n  것"), CLAUSE),
    (Proposal(Form.FRAGMENT, "ko", "400", "500"), "tbl_1"),
    (Proposal(Form.NEW_CLAUSE, "ko", "3. 그 밖의 조치"), CLAUSE),
    (Proposal(Form.NEW_CLAUSE, "en", "New"), "after_art_3"),
    (Proposal(Form.NEW_CLAUSE, "ko", "③ 새 항"), "after_art_2__para_2"),
    (Proposal(Form.NEW_CLAUSE, "en", "New"), "art_3"),
    (Proposal(Form.DELETION, "ko"), CLAUSE),
    (Proposal(Form.INSTRUCTION, "ko", "장을 나누어 달라"), "doc"),
    (Proposal(Form.INSTRUCTION, "en", "Renumber"), "after_art_3"),
    (Proposal(Form.INSTRUCTION, "en", "Translate"), "art_3"),
])  # fmt: skip
def test_what_fits(proposal: Proposal, eid: str) -> None:
    assert proposals.problems(proposal, SMALL, eid) == []
    proposals.check(proposal, SMALL, eid)


@pytest.mark.parametrize(("proposal", "eid", "field", "message"), [
    (Proposal(Form.FULL_TEXT, "ko", " "), CLAUSE, "text",
     "Write the new wording, or choose deletion to strike the clause."),
    (Proposal(Form.FULL_TEXT, "ko", " 이용자에게  알린 기록을 이용자에게 보일 것\n"), CLAUSE, "text",
     "The new wording is the same as the draft's."),
    (Proposal(Form.FULL_TEXT, "en", "Text"), "art_3", "language", "This clause has no text in this language."),
    (Proposal(Form.DELETION, "en"), "art_3", "language", "This clause has no text in this language."),
    (Proposal(Form.FULL_TEXT, "ko", "글"), "form_0", "language", "This clause has no text in this language."),
    (Proposal(Form.FRAGMENT, "ko", "자료", " "), CLAUSE, "old_words", "Quote the words that are to be changed."),
    (Proposal(Form.FRAGMENT, "ko", "자료", "기 록"), CLAUSE, "old_words", "The clause does not hold these words."),
    (Proposal(Form.FRAGMENT, "ko", "기록을", "기록을"), CLAUSE, "text", "The new words are the same as the old ones."),
    (Proposal(Form.FRAGMENT, "ko", "사용자", "이용자"), CLAUSE, "old_words",
     "These words occur 2 times in the clause. Quote more of them, so that the place is clear."),
    (Proposal(Form.FRAGMENT, "ko", "사용자", "이용자", 3), CLAUSE, "old_words",
     "These words occur 2 times in the clause; there is no occurrence 3."),
    (Proposal(Form.FRAGMENT, "ko", "사용자", "이용자", 0), CLAUSE, "old_words",
     "These words occur 2 times in the clause; there is no occurrence 0."),
    (Proposal(Form.NEW_CLAUSE, "ko", ""), "after_art_1", "text", "Write the words of the new clause."),
    (Proposal(Form.INSTRUCTION, "ko", "\n"), "doc", "text", "Write what is to be changed."),
    (Proposal(Form.NEW_CLAUSE, "ko", "글"), "doc", "form", "For the whole draft, say in prose what is to be changed."),
    (Proposal(Form.FULL_TEXT, "ko", "글"), "after_art_1", "form",
     "At a place between two clauses, only a new clause can be proposed."),
    (Proposal(Form.DELETION, "ko"), "art_9", "form", "The draft has no such clause."),
    (Proposal(Form.NEW_CLAUSE, "ko", "글"), "after_art_9", "form", "The draft has no such clause."),
    (Proposal(Form.NEW_CLAUSE, "ko", "글"), "art_2__para_2", "form", "This clause is deleted and takes no comment."),
    (Proposal(Form.INSTRUCTION, "ko", "글"), "art_2__para_2", "form", "This clause is deleted and takes no comment."),
    (Proposal(Form.DELETION, "ko"), "article 2", "form", "This is not the address of a clause."),
    (Proposal(Form.FULL_TEXT, "de", "Text"), "art_1", "language",  # type: ignore[arg-type]
     "A wording is in Korean or in English."),
])  # fmt: skip
def test_what_does_not_fit_and_why(proposal: Proposal, eid: str, field: str, message: str) -> None:
    found = proposals.problems(proposal, SMALL, eid)
    assert [(problem.field, str(problem)) for problem in found] == [(field, message)]
    with pytest.raises(InvalidProposal):
        proposals.check(proposal, SMALL, eid)


def test_the_words_that_a_proposal_starts_from() -> None:
    assert proposals.clause_text(SMALL, CLAUSE, "en") == "Show users the record"
    assert proposals.clause_text(SMALL, "art_3", "en") is None
    assert proposals.clause_text(SMALL, "chp_1", "ko") == "총칙"
    assert proposals.clause_text(SMALL, "art_2__para_1", "ko") == "사업자는 다음 각 호의 조치를 해야 한다."
    assert proposals.clause_text(SMALL, "art_2", "ko") == (
        "① 사업자는 다음 각 호의 조치를 해야 한다.\n1. 이용자에게 알릴 것\n"
        "2. 이용자에게 알린 기록을 이용자에게 보일 것\n가. 기록의 이름\n② 삭제"
    )
    assert proposals.clause_text(SMALL, "tbl_1", "ko") == "1. 일반기준\n위반행위 | 금액\n고지하지 않은 경우 | 500"
    with pytest.raises(KeyError):
        proposals.clause_text(SMALL, "art_9", "ko")


@pytest.mark.parametrize(("proposal", "expected", "base"), [
    (Proposal(Form.FULL_TEXT, "ko", "새 글"), "새 글", "가 나 가 나"),
    (Proposal(Form.DELETION, "ko"), "", "가 나 가 나"),
    (Proposal(Form.NEW_CLAUSE, "ko", "새 조항"), "새 조항", ""),
    (Proposal(Form.INSTRUCTION, "ko", "고쳐 달라"), None, None),
    (Proposal(Form.FRAGMENT, "ko", "다", "나", 2), "가 나 가 다", "가 나 가 나"),
    (Proposal(Form.FRAGMENT, "ko", "다", "가  나", 1), "다 가 나", "가 나 가 나"),
    (Proposal(Form.FRAGMENT, "ko", " 다 ", "나 가"), "가 다 나", "가 나 가 나"),
    (Proposal(Form.FRAGMENT, "ko", "", "나 가"), "가 나", "가 나 가 나"),
    (Proposal(Form.FRAGMENT, "ko", "", "가", 1), "나 가 나", "가 나 가 나"),
    (Proposal(Form.FRAGMENT, "ko", "", "나", 2), "가 나 가", "가 나 가 나"),
])  # fmt: skip
def test_what_the_clause_would_read(proposal: Proposal, expected: str | None, base: str | None) -> None:
    assert proposals.apply(proposal, "가 나 가 나") == expected
    assert proposals.base(proposal, "가 나 가 나") == base


@pytest.mark.parametrize("proposal", [
    Proposal(Form.FRAGMENT, "ko", "다", "나"), Proposal(Form.FRAGMENT, "ko", "다", "라"),
    Proposal(Form.FRAGMENT, "ko", "다", "나", 3), Proposal(Form.FRAGMENT, "ko", "다", ""),
])  # fmt: skip
def test_a_fragment_that_has_no_one_place_is_not_applied(proposal: Proposal) -> None:
    with pytest.raises(InvalidProposal):
        proposals.apply(proposal, "가 나 가 나")


def test_occurrences() -> None:
    assert proposals.occurrences("나나나", "나나") == [(0, 2), (1, 3)]
    assert proposals.occurrences("a.b a+b", "a+b") == [(4, 7)]
    assert proposals.occurrences("한글", "\u1112\u1161\u11ab글") == [(0, 2)]
    assert proposals.occurrences("글", " ") == []


def test_context_is_what_stands_above() -> None:
    assert [clause.eid for clause in proposals.context(SMALL, "art_2__para_1__subpara_2__point_ga")] == [
        "chp_1", "art_2", "art_2__para_1", "art_2__para_1__subpara_2",
    ]  # fmt: skip
    assert [clause.eid for clause in proposals.context(SMALL, "after_art_2")] == ["chp_1"]
    assert proposals.context(SMALL, "doc") == ()
    with pytest.raises(KeyError):
        proposals.context(SMALL, "art_9")
    with pytest.raises(InvalidAddress):
        proposals.context(SMALL, "art")
