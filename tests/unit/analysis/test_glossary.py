"""The bilingual vocabulary, what a draft teaches, and figures in both languages."""

from __future__ import annotations

import numpy as np
import pytest

from portal.analysis.glossary import Glossary, Meaning, general_vocabulary, learnt_pairs
from portal.analysis.glossary_figures import figures
from portal.analysis.tokens import Tokeniser

_MEANINGS = (
    Meaning(("계도기간", "유예기간"), ("grace period",)),
    Meaning(("과태료",), ("administrative fine",)),
    Meaning(("기간",), ("period", "term")),
)


def _found(glossary: Glossary, tokeniser: Tokeniser, korean: str, english: str) -> list[set[int]]:
    tokens = [tokeniser.tokens(korean, "ko"), tokeniser.tokens(english, "en")]
    counted = glossary.of_texts(tokens, ["ko", "en"]).toarray()
    return [set(np.flatnonzero(row).tolist()) for row in counted]


def test_texts_in_both_languages_have_the_meanings_of_their_words(tokeniser: Tokeniser) -> None:
    glossary = Glossary(_MEANINGS, tokeniser)
    korean, english = _found(glossary, tokeniser, "과태료의 계도기간이 짧습니다.", "Administrative fines need a grace period.")
    assert {0, 1} <= korean & english


def test_a_term_of_several_words_is_not_found_in_one_of_them(tokeniser: Tokeniser) -> None:
    glossary = Glossary(_MEANINGS, tokeniser)
    _, english = _found(glossary, tokeniser, "", "A period of time; an administrative act; a fine day.")
    assert english == {2}


def test_a_term_that_is_written_with_a_space_is_the_same(tokeniser: Tokeniser) -> None:
    glossary = Glossary(_MEANINGS, tokeniser)
    apart, _ = _found(glossary, tokeniser, "계도 기간을 두어 주십시오.", "")
    joined, _ = _found(glossary, tokeniser, "계도기간을 두어 주십시오.", "")
    assert 0 in apart & joined


def test_the_vocabulary_has_terms_on_both_sides_of_every_line() -> None:
    meanings = general_vocabulary()
    assert len(meanings) > 1_500
    assert all(meaning.korean and meaning.english for meaning in meanings)
    assert len(set(meanings)) == len(meanings)


def test_words_are_learnt_from_aligned_pieces() -> None:
    pieces = [
        (("도서", "대출"), ("book", "lend")),
        (("도서", "훼손"), ("book", "damag")),
        (("대출", "정지"), ("lend", "suspend")),
        (("훼손", "과태료"), ("damag", "fine")),
        (("2년", "정지"), ("2", "suspend")),
    ]
    assert learnt_pairs(pieces) == [("대출", "lend"), ("도서", "book"), ("정지", "suspend"), ("훼손", "damag")]


def test_nothing_is_learnt_from_nothing() -> None:
    assert learnt_pairs([]) == []
    assert learnt_pairs([((), ("book",)), (("도서",), ())]) == []


def test_what_is_learnt_is_added_to_the_vocabulary(tokeniser: Tokeniser) -> None:
    pieces = [(("누리별", "계도"), ("nurib", "guid")), (("누리별",), ("nurib",))]
    glossary = Glossary(_MEANINGS, tokeniser, pieces)
    assert glossary.size == len(_MEANINGS) + 1
    assert Glossary(_MEANINGS, tokeniser).size == len(_MEANINGS)


@pytest.mark.parametrize(
    ("korean", "english", "expected"),
    [
        ("30일 이내에", "within 30 days", ("30 day",)),
        ("3천만원 이하", "up to KRW 30 million", ("30000000 won",)),
        ("1조원, 100억원", "KRW 1 trillion, KRW 10 billion", ("10000000000 won", "1000000000000 won")),
        ("10의 26승", "10^26 FLOPs", ("10^26",)),
        ("1년", "a one-year period", ("1 year",)),
        ("석 달", "three months", ("3 month",)),
        ("100만명", "one million users", ("1000000 person",)),
        ("50퍼센트 이상", "at least 50%", ("50 percent",)),
        ("절반", "half", ("half",)),
        ("제27조제4항 및 별표 2", "Article 27(4) and Annex 2", ()),
    ],
)  # fmt: skip
def test_figures_have_one_form_in_both_languages(korean: str, english: str, expected: tuple[str, ...]) -> None:
    assert figures(korean, "ko") == expected
    assert figures(english, "en") == expected
