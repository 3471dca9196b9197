"""Where a new article that a text asks for is to stand."""

from __future__ import annotations

import pytest

from portal.analysis.new_articles import place_of_new_article
from portal.ordinances.clauses import Language
from portal.ordinances.references import find_citations
from tests.unit.analysis.small_draft import small_draft


def places(text: str, language: Language) -> list[str | None]:
    return [place_of_new_article(text, one, small_draft(), language) for one in find_citations(text, language)]


@pytest.mark.parametrize(("text", "language"), [
    ("공개만 하는 사람을 위하여 제2조 다음에 한 조를 넣어 주셨으면 합니다", "ko"),
    ("제2조(대출) 뒤에 별도의 조문을 신설하여 주십시오", "ko"),
    ("제2조의2를 신설하여 주십시오", "ko"),
    ("제2조의3을 추가", "ko"),
    ("We ask for a new article after Article 2", "en"),
    ("After Article 2, please insert a new article on children", "en"),
    ("insert a new Article 2-2", "en"),
    ("Article 2-2 should be inserted", "en"),
])  # fmt: skip
def test_what_is_asked_for_stands_behind_an_article_of_the_draft(text: str, language: Language) -> None:
    assert places(text, language) == ["after_art_2"]


@pytest.mark.parametrize(("text", "language"), [
    ("제3조를 신설한 것은 잘한 일입니다", "ko"),
    ("제2조 다음에 제3조를 적용", "ko"),
    ("제2조제1항 다음에 항을 신설", "ko"),
    ("제9조의2를 신설", "ko"),
    ("제2조의2를 삭제", "ko"),
    ("법 제2조 다음에 한 조를 신설", "ko"),
    ("After Article 2 enters into force, add staff", "en"),
    ("Article 2-2 of the draft is unclear", "en"),
    ("a new era after Article 2", "en"),
    ("제2조 뒤에 나오는 제3조의 규정을 새로 고쳐 과태료를 없애 주십시오", "ko"),
    ("제2조 다음에 제3조를 두는 것은 어색합니다", "ko"),
    ("제2조의2에 따른 추가 서류를 없애 주십시오", "ko"),
    ("the new provision applies only after Article 2 enters into force", "en"),
])  # fmt: skip
def test_other_citations_name_no_such_place(text: str, language: Language) -> None:
    assert not any(places(text, language))
