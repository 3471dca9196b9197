"""Descriptions of clusters: in the filers' own words, in the languages present."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import cast

import pytest

from portal.analysis.clusters import Cluster, cluster_features
from portal.analysis.features import Features
from portal.analysis.texts import Position, Text, Tokens
from portal.analysis.titles import VOICES, Describer, Description
from portal.ordinances.clauses import Language

from .collections_of_texts import ISSUES, collection
from .small_draft import small_draft

TEXTS, TOKENS, ISSUE_OF = collection()
FEATURES = Features(TEXTS, TOKENS)
DESCRIBER = Describer(TEXTS, TOKENS, FEATURES)
BY_ID = {text.id: text for text in TEXTS}


def _of(issue: str) -> Cluster:
    return Cluster("c1", tuple(one for one in sorted(ISSUE_OF) if ISSUE_OF[one] == issue))


def test_terms_and_titles_are_the_issues_own_words_in_both_languages() -> None:
    found = DESCRIBER.describe(_of("grace"))
    _, korean, english = ISSUES["grace"]
    assert set(found.titles) == {"ko", "en"}
    assert set(" ".join(found.terms["ko"]).split()) <= set(korean.split())
    assert sum(word in english.split() for word in " ".join(found.terms["en"]).split()) >= 3
    assert found.titles["ko"].split(" · ")[0] == found.terms["ko"][0]


def test_the_central_sentence_is_quoted_from_a_member() -> None:
    found = DESCRIBER.describe(_of("agent"))
    for language, quotation in found.central.items():
        text = BY_ID[quotation.id]
        assert ISSUE_OF[quotation.id] == "agent" and text.language == language
        assert text.text[quotation.start : quotation.end] == quotation.sentence


def test_one_language_alone() -> None:
    korean = tuple(one for one in _of("label").members if BY_ID[one].language == "ko")
    assert set(DESCRIBER.describe(Cluster("c1", korean)).titles) == {"ko"}


def test_positions_kinds_and_voices_are_counted() -> None:
    cluster = _of("editing")
    kinds = {one: "company" if one < "editing04" else "association" for one in cluster.members}
    found = DESCRIBER.describe(cluster, kinds)
    assert found.positions == dict(sorted(Counter(BY_ID[one].position for one in cluster.members).items()))
    assert found.kinds == {"association": 8, "company": 4}
    assert len(found.voices) == VOICES and len({BY_ID[one].position for one in found.voices}) == VOICES


def test_every_cluster_of_a_collection_is_described_the_same_twice() -> None:
    clusters = cluster_features(FEATURES).clusters
    again = Describer(TEXTS[::-1], TOKENS[::-1], Features(TEXTS[::-1], TOKENS[::-1]))
    assert [DESCRIBER.describe(one) for one in clusters] == [again.describe(one) for one in clusters]


def test_texts_without_words() -> None:
    texts = [Text("a", "ko", "😀"), Text("b", "en", ""), Text("c", "ko", "x" * 1_000_000)]
    tokens = [Tokens((), "")] * 3
    found = Describer(texts, tokens, Features(texts, tokens)).describe(Cluster("c1", ("a", "b", "c")))
    assert found.terms == {"ko": (), "en": ()}
    assert found.central["ko"].sentence
    assert "en" not in found.titles


def test_english_words_are_written_as_people_write_them() -> None:
    texts = [Text(f"{number}", "en", "The thresholds for API providers are notified annually.") for number in range(4)]
    texts.append(Text("x", "en", "Something else."))
    tokens = [Tokens(("threshold", "api", "provid", "notifi"), "")] * 4 + [Tokens(("els",), "")]
    found = Describer(texts, tokens, Features(texts, tokens)).describe(Cluster("c1", ("0", "1", "2", "3")))
    written = " ".join(found.terms["en"])
    assert "API" in written and "thresholds" in written and "threshold " not in written


@pytest.mark.parametrize(("usual", "careless", "title"), [
    ("API thresholds are unclear.", "The api thresholds are unclear.", "API thresholds"),
    ("The thresholds of API users are unclear.", "THRESHOLDS are unclear.", "thresholds"),
    ("Thresholds are unclear.", "The thresholds are unclear.", "thresholds"),
    ("- Thresholds are unclear.", "The thresholds are unclear.", "thresholds"),
])  # fmt: skip
def test_a_term_is_written_as_most_write_it(usual: str, careless: str, title: str) -> None:
    texts = [Text(f"{number}", "en", careless if number == 3 else usual) for number in range(8)]
    texts += [Text(f"x{number}", "en", "The fine should be lower.") for number in range(8)]
    words = ("api", "threshold") if "API" in title else ("threshold",)
    tokens = [Tokens(words, "")] * 8 + [Tokens(("fine", "lower"), "")] * 8
    found = Describer(texts, tokens, Features(texts, tokens)).describe(Cluster("c1", tuple(map(str, range(8)))))
    assert found.titles["en"] == title


@pytest.mark.parametrize(("sentence", "words", "title"), [
    ("필요합니다.", ("필요",), "제2조 대출"),
    ("이 규정의 개정은 반드시 필요합니다.", ("규정", "필요", "하다"), "제2조 대출"),
    ("대출이 짧아서 불편합니다.", ("대출", "짧다", "불편"), "제2조 대출 · 불편"),
    ("대출은 대출답게 하여야 합니다.", ("대출", "하다"), "제2조 대출 · 대출은 대출답게 하여야 합니다."),
])  # fmt: skip
def test_a_sentence_of_words_of_any_opinion_leaves_the_clause_alone(
    sentence: str, words: tuple[str, ...], title: str
) -> None:
    texts = [Text("a", "ko", sentence, "art_2"), Text("b", "ko", sentence, "art_2"), Text("x", "ko", "기타", "art_3")]
    tokens = [Tokens(words, ""), Tokens(words, ""), Tokens(("기타",), "")]
    cluster = Cluster("c1", ("a", "b"))
    assert Describer(texts, tokens, Features(texts, tokens), {"ko": small_draft()}).describe(cluster).titles["ko"] == title


def test_without_terms_and_clause_a_sentence_is_the_title_whatever_it_says() -> None:
    texts = [Text("a", "en", "must"), Text("b", "en", "must")]
    tokens = [Tokens(("must",), "")] * 2
    found = Describer(texts, tokens, Features(texts, tokens)).describe(Cluster("c1", ("a", "b")))
    assert found.titles["en"] == "must"


def test_words_of_any_opinion_stand_in_no_title() -> None:
    texts = [Text(f"{number}", "en", "We believe the retention term should be clear.") for number in range(8)]
    texts += [Text(f"x{number}", "en", "The fine should be lower.") for number in range(8)]
    tokens = [Tokens(("believ", "retention", "term", "clear"), "")] * 8 + [Tokens(("fine", "lower"), "")] * 8
    found = Describer(texts, tokens, Features(texts, tokens)).describe(Cluster("c1", tuple(map(str, range(8)))))
    assert found.titles["en"] == "retention term"


def test_where_few_speak_the_clause_stands_before_their_terms() -> None:
    texts = [
        *(Text(f"a{number}", "ko", "워터마크를 넣는 기간이 짧습니다.", "art_2") for number in range(2)),
        *(Text(f"b{number}", "ko", "과태료 유예를 워터마크보다 먼저 정하십시오.", "art_3") for number in range(9)),
    ]
    tokens = [Tokens(("워터마크", "기간", "짧다"), "")] * 2 + [Tokens(("과태료", "유예", "워터마크", "기간"), "")] * 9
    describer = Describer(texts, tokens, Features(texts, tokens), {"ko": small_draft()})
    few = describer.describe(Cluster("c1", ("a0", "a1"))).titles["ko"]
    assert few.startswith("제2조 대출 · ") and "워터마크" in few
    many = describer.describe(Cluster("c2", tuple(f"b{number}" for number in range(9)))).titles["ko"]
    assert "제3조" not in many and "유예" in many


def test_a_pair_is_written_as_it_stands() -> None:
    texts = [Text(f"{number}", "ko", "평가 요약의 공개를 바랍니다.") for number in range(8)]
    texts += [Text(f"{number}", "en", "A domestic agent of theirs, and Domestic Agents.") for number in range(8, 16)]
    texts += [Text("x", "ko", "다른 글"), Text("y", "en", "Another one")]
    tokens = [Tokens(("요약", "공개", "바라다"), "")] * 8 + [Tokens(("domestic", "agent"), "")] * 8
    tokens += [Tokens(("글",), ""), Tokens(("els",), "")]
    found = Describer(texts, tokens, Features(texts, tokens)).describe(Cluster("c1", tuple(map(str, range(16)))))
    assert found.terms["ko"] == ("요약의 공개",)
    assert found.terms["en"] == ("domestic agent",)


def test_what_may_not_be_quoted_lends_no_word_to_a_title() -> None:
    texts = [Text(f"{number}", "ko", "전해질 배합은 과태료에서 빼 주십시오.") for number in range(7)]
    texts.append(Text("7", "ko", "과태료를 낮추어 주십시오."))
    texts += [Text(f"x{number}", "ko", "표시를 줄여 주십시오.") for number in range(20)]
    tokens = [Tokens(("전해질", "배합", "과태료"), "")] * 7 + [Tokens(("과태료",), "")] + [Tokens(("표시",), "")] * 20
    describer = Describer(texts, tokens, Features(texts, tokens))
    cluster = Cluster("c1", tuple(map(str, range(8))))
    said = describer.describe(cluster, unquoted={str(number) for number in range(7)})
    assert "전해질 배합" in said.terms["ko"] and said.titles["ko"] == "과태료"
    assert "ko" not in describer.describe(cluster, unquoted=set(cluster.members)).titles


def _described(said: Sequence[tuple[str, str, str | None]], others: Sequence[str], language: Language = "ko") -> Description:
    """What is said of texts with these words, positions and clauses, beside others; words are what spaces part."""
    texts = [Text(f"a{number:02}", language, text, clause, cast("Position", position))
             for number, (text, position, clause) in enumerate(said)]  # fmt: skip
    texts += [Text(f"x{number:02}", language, text, "art_4") for number, text in enumerate(others)]
    tokens = [Tokens(tuple(text.text.strip(".").lower().split()), "") for text in texts]
    draft = small_draft()
    describer = Describer(texts, tokens, Features(texts, tokens), {"ko": draft, "en": draft})
    return describer.describe(Cluster("c1", tuple(f"a{number:02}" for number in range(len(said)))))


def test_of_a_compound_and_its_part_one_alone_is_a_term() -> None:
    said = [(f"이용사업자 {word} 사업자", "amend", "art_2") for word in ("가나", "나다", "다라", "라마", "마바", "바사", "사아")]
    terms = _described(said, ["과태료 감경"] * 8).terms["ko"]
    assert "이용사업자" in " ".join(terms).split() and "사업자" not in " ".join(terms).split()


def test_two_words_that_are_written_as_one_are_one_term() -> None:
    """The tokeniser cuts 영향평가 now and then."""
    texts = [Text(f"{number}", "ko", "영향평가의 독립된 평가와 영향이 중요합니다.") for number in range(8)]
    texts += [Text(f"x{number}", "ko", "과태료 감경") for number in range(8)]
    tokens = [Tokens(("영향", "독립", "평가"), "")] * 4 + [Tokens(("평가", "독립", "영향"), "")] * 4
    tokens += [Tokens(("과태료", "감경"), "")] * 8
    found = Describer(texts, tokens, Features(texts, tokens)).describe(Cluster("c1", tuple(map(str, range(8)))))
    assert "영향평가" in found.terms["ko"] and not {"영향", "평가"} & set(found.terms["ko"])


def test_forms_of_one_english_word_are_one_term() -> None:
    texts = [Text(f"{number}", "en", "Gosi translate slowly, and a translation follows.") for number in range(8)]
    texts += [Text(f"x{number}", "en", "The fine should be lower.") for number in range(8)]
    tokens = [Tokens(("gosi", "translat", "slowly", "translation"), "")] * 8 + [Tokens(("fine", "lower"), "")] * 8
    found = Describer(texts, tokens, Features(texts, tokens)).describe(Cluster("c1", tuple(map(str, range(8)))))
    assert sum("translat" in term for term in found.terms["en"]) == 1


def test_words_of_any_law_are_no_title_without_the_clause() -> None:
    weak = [(f"서비스 확인 {word}", "amend", "art_2") for word in ("가나", "나다", "다라", "라마", "마바", "바사", "사아")]
    assert _described(weak, ["과태료 감경"] * 8).titles["ko"].startswith("제2조 대출 · ")
    telling = [(f"서비스 회신 구직자 {word}", "amend", "art_2") for word in ("가나", "나다", "다라", "라마", "마바", "바사", "사아")]
    title = _described(telling, ["과태료 감경"] * 8).titles["ko"]
    assert "제2조" not in title and "회신" in title


def test_where_nobody_speaks_a_language_the_title_names_the_clause_in_it() -> None:
    said = [("Overdue volumes bring library suspensions.", "amend", "art_2")] * 3
    titles = _described(said, ["Another matter altogether."] * 4, "en").titles
    assert titles["ko"].startswith("제2조 대출") and titles["en"].startswith("Article 2")


@pytest.mark.parametrize("numbering", ["셋째, ", "7. ", "(가) ", "② ", "- ", "첫째로 ", "1) - "])
def test_a_quotation_has_no_number_before_it(numbering: str) -> None:
    said = [(f"{numbering}계도기간의 유예를 부칙에 두어 주십시오.", "amend", "art_2")] * 3
    found = _described(said, ["과태료 감경"] * 4).central["ko"]
    assert found.sentence == "계도기간의 유예를 부칙에 두어 주십시오."
    assert f"{numbering}{found.sentence}"[found.start : found.end] == found.sentence


@pytest.mark.parametrize(("language", "leaning", "own"), [
    ("ko", "그런데 계도기간 유예 부칙 기한 짧습니다.", "계도기간 유예 부칙 기한 모두 길게 늘려 주십시오."),
    ("ko", "계도기간 유예 부칙 기한에 관하여:", "계도기간 유예 부칙 기한 모두 길게 늘려 주십시오."),
    ("en", "It leaves suspension volumes library open.", "A suspension volumes library clause harms borrowers and members."),
    ("en", "These suspension volumes library remain.", "A suspension volumes library clause harms borrowers and members."),
])  # fmt: skip
def test_a_quotation_can_be_understood_by_itself(language: Language, leaning: str, own: str) -> None:
    said = [(f"{leaning}\n{own}", "amend", "art_2")] * 3
    others = ["늘려 길게 모두 주십시오"] * 4 if language == "ko" else ["harms borrowers and members clause"] * 4
    assert _described(said, others, language).central[language].sentence == own


def test_a_quotation_takes_the_most_frequent_position() -> None:
    welcoming = ("계도기간 유예 부칙 운영 방침 환영합니다.", "support", "art_2")
    longer = "기한은 세 해로 적어 주시는 것이 마땅하고 그렇게 하지 아니하면 작은 회사는 첫 해에 문을 닫을 수밖에 없다고 저희는 보고 있으며 이웃도 그렇게 말합니다"
    amending, others = (f"{longer}.", "amend", "art_2"), [longer] * 9
    assert "환영" in _described([welcoming] * 3 + [amending] * 2, others).central["ko"].sentence
    assert "환영" not in _described([welcoming] * 2 + [amending] * 3, others).central["ko"].sentence
