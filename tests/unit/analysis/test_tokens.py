"""Words: morphemes that stay whole, stems without function words, and texts that nobody would write."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.analysis.texts import Text, in_order
from portal.analysis.tokens import LONGEST_TEXT, TOKENISER, Tokeniser, cleaned, defined_terms, terms_of
from portal.ordinances.clauses import Clause, Draft, Kind, Language
from tests.support.timing import assert_within
from tests.unit.analysis.hostile_texts import HOSTILE


def test_korean_words_are_morphemes(tokeniser: Tokeniser) -> None:
    words = tokeniser.tokens("과태료를 부과하지 않아야 하고, 투명성은 좋습니다.", "ko").words
    assert words == ("과태료", "부과", "투명성", "좋다")


def test_prefixes_and_numbers_stay_with_their_words(tokeniser: Tokeniser) -> None:
    words = tokeniser.tokens("고영향이 되면 3천만원, 6개월, 제27조제4항, 제12조의2에 따릅니다.", "ko").words
    assert {"고영향", "3천만원", "6개월", "27조", "4항", "12조의2"} <= set(words)


def test_terms_of_the_draft_stay_whole(tokeniser: Tokeniser) -> None:
    words = tokeniser.tokens("인공지능정책센터의 지정과 인공지능연구센터의 운영", "ko").words
    assert "인공지능정책센터" in words and "인공지능연구센터" not in words


def test_english_words_are_stems_without_function_words(tokeniser: Tokeniser) -> None:
    assert tokeniser.tokens("We ask that labels should not be required of the operators.", "en").words == (
        "ask", "label", "requir", "operator",
    )  # fmt: skip


def test_scripts_may_be_mixed(tokeniser: Tokeniser) -> None:
    assert {"open", "sourc", "모델"} <= set(tokeniser.tokens("open-source 모델은 제외", "ko").words)
    assert tokeniser.tokens("The 과태료 for late notices", "en").words == ("과태료", "lat", "notic")


def test_english_alone_needs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.analysis.tokens._loaded", None)
    tokeniser = Tokeniser()
    assert tokeniser.tokens("Nothing Korean here.", "ko").words == tokeniser.tokens("Nothing Korean here.", "en").words


def test_the_tokeniser_names_its_terms() -> None:
    assert Tokeniser().name == TOKENISER
    named = Tokeniser(["전문위원회", "협의회"]).name
    assert named.startswith(TOKENISER) and named != TOKENISER
    assert Tokeniser(["협의회", "전문위원회"]).name == named
    assert Tokeniser(["협의회", "Committee", "두 단어"]).name == Tokeniser(["협의회"]).name


def test_defined_terms() -> None:
    draft = Draft((
        Clause("art_1", Kind.ARTICLE, "제1조", text_ko='인공지능 전문위원회(이하 "전문위원회"라 한다)와 법(이하 이 조에서 "갑법"이라 한다)',
               text_en='the expert committee (hereinafter referred to as the "Committee")'),
        Clause("art_2", Kind.ARTICLE, "제2조", text_ko='"고영향사업"이란 다음을 말한다. (이하 같다)',
               text_en='"High-impact" means the following.'),
        Clause("art_3", Kind.ARTICLE, "제3조", text_ko='다시 (이하 "전문위원회"라 한다) "따옴표" 안'),
    ))  # fmt: skip
    assert defined_terms(draft) == ("전문위원회", "갑법", "고영향사업", "Committee", "High-impact")


def test_terms_of_the_demonstration_draft(draft: Draft) -> None:
    terms = defined_terms(draft)
    assert {"영향평가", "전문위원회", "impact assessment", "Expert Committee"} <= set(terms)
    assert len(terms) == len(set(terms))


def test_words_that_a_draft_writes_as_one_are_terms(draft: Draft) -> None:
    assert {"인공지능사업자", "학습용데이터", "과학기술정보통신부장관"} <= set(terms_of(draft))
    assert not {"과학기술정보통신부장관은", "인공지능사업자가", "인공지능", "지정하여야"} & set(terms_of(draft))
    twice = Draft((Clause("art_1", Kind.ARTICLE, "제1조", text_ko="도서관협력망은 도서관협력망을 둔다. 대출증이 대출증을 대출증의."),))
    assert terms_of(twice) == ()


def test_a_term_stays_whole_and_its_parts_follow(tokeniser: Tokeniser) -> None:
    assert tokeniser.tokens("인공지능사업자는 고영향 인공지능을 알린다.", "ko").words == (
        "인공지능사업자", "인공", "지능", "사업자", "고영향", "인공", "지능", "알리다",
    )  # fmt: skip
    assert tokeniser.tokens("인공지능 사업자", "ko").words == ("인공", "지능", "사업자")


def test_repeated_characters_are_few() -> None:
    assert cleaned("네!!!!!!!! ㅋㅋㅋㅋㅋㅋ 좋아") == "네!!! ᄏᄏᄏ 좋아"
    assert cleaned("１０ ＡＩ") == "10 AI"
    assert len(cleaned("가나 " * LONGEST_TEXT)) == LONGEST_TEXT


@pytest.mark.parametrize(("name", "language"), [
    *((name, "ko") for name in HOSTILE),
    *((name, "en") for name in HOSTILE if name not in ("no spaces", "one syllable repeated")),  # read as Korean is
])  # fmt: skip
def test_hostile_texts(tokeniser: Tokeniser, name: str, language: Language) -> None:
    tokeniser.tokens("가", "ko")
    assert_within(5.0, lambda: tokeniser.tokens(HOSTILE[name], language), rounds=1)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=300), language=st.sampled_from(["ko", "en"]))
def test_words_are_the_same_twice_and_hold_no_space(tokeniser: Tokeniser, text: str, language: str) -> None:
    words = tokeniser.tokens(text, language).words  # type: ignore[arg-type]
    assert words == tokeniser.tokens(text, language).words  # type: ignore[arg-type]
    assert all(word and not any(letter.isspace() for letter in word) for word in words)


def test_texts_in_order() -> None:
    texts = [Text("b", "ko", ""), Text("a", "en", "")]
    assert [text.id for text in in_order(texts)] == ["a", "b"]
    with pytest.raises(ValueError, match="'a'"):
        in_order([*texts, Text("a", "ko", "")])
