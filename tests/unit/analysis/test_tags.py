"""Tags suggested from decisions: at most three with evidence, probabilities that hold, the same whatever the order."""

from __future__ import annotations

import random

import pytest

from portal.analysis.glossary import Glossary, general_vocabulary
from portal.analysis.learning import Example
from portal.analysis.tags import FEWEST, LEAST, TagModel
from portal.analysis.telling import is_reason
from portal.analysis.texts import Text
from portal.analysis.tokens import Tokeniser
from portal.kernel.search_text import search_tokens
from tests.support.timing import assert_within

_SAID = {
    "fees": ("대출 수수료가 비쌉니다", "수수료를 없애 주세요", "요금이 너무 높아 부담입니다"),
    "hours": ("밤에도 문을 열어 주세요", "주말 개관 시간이 짧습니다", "야간에 이용하고 싶습니다"),
    "noise": ("열람실이 시끄럽습니다", "통화 소음이 심합니다", "조용한 자리가 필요합니다"),
}


def examples(tokeniser: Tokeniser, count: int) -> list[Example]:
    chosen = random.Random(4)
    found = []
    for number in range(count):
        tag = chosen.choice(sorted(_SAID))
        words = f"{chosen.choice(_SAID[tag])}. {number}번 자리에서 적습니다."
        found.append(Example(Text(f"{number:04}", "ko", words), tokeniser.tokens(words, "ko"), (tag,)))
    return found


@pytest.fixture(scope="module")
def decided(tokeniser: Tokeniser) -> list[Example]:
    return examples(tokeniser, 120)


def test_the_likeliest_tag_comes_first_with_its_words_and_the_nearest_decisions(
    decided: list[Example], tokeniser: Tokeniser
) -> None:
    text = Text("new", "ko", "수수료가 부담입니다")
    found = TagModel.train(decided).suggest([text], [tokeniser.tokens(text.text, "ko")])[0]
    assert found[0].tag == "fees"
    assert "수수료" in found[0].evidence
    labels = {one.text.id: one.labels for one in decided}
    assert found[0].earlier
    assert all("fees" in labels[name] for name in found[0].earlier)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert found[0].score > 0.8 > LEAST and all(one.score >= LEAST for one in found)


def test_english_evidence_is_words_as_they_stand_and_none_of_any_law(tokeniser: Tokeniser) -> None:
    said = {"retention": "Keeping archives costs us storage space and time, on any date.",
            "fine": "The penalty is excessive for services, and the time is short, on any date."}  # fmt: skip
    known = [
        Example(Text(f"{tag}{number}", "en", words), tokeniser.tokens(words, "en"), (tag,))
        for tag, words in said.items() for number in range(12)
    ]  # fmt: skip
    text = Text("new", "en", "Archives need storage and time: the type of service and the date decide. Archives grow.")
    found = TagModel.train(known).suggest([text], [tokeniser.tokens(text.text, "en")])[0]
    assert found[0].tag == "retention" and set(found[0].evidence) == {"Archives", "storage"}
    written = set(text.text.replace(".", "").replace(":", "").split())
    assert all(set(one.evidence) <= written for one in found)


def test_the_order_of_the_decisions_changes_nothing(decided: list[Example], tokeniser: Tokeniser) -> None:
    text = Text("new", "ko", "밤에 조용했으면 합니다")
    words = tokeniser.tokens(text.text, "ko")
    shuffled = list(decided)
    random.Random(1).shuffle(shuffled)
    assert TagModel.train(shuffled).suggest([text], [words]) == TagModel.train(decided).suggest([text], [words])


def test_a_correction_is_learnt_at_once(decided: list[Example], tokeniser: Tokeniser) -> None:
    words = tokeniser.tokens("반려견과 함께 들어가고 싶습니다", "ko")
    text = Text("new", "ko", "반려견과 함께 들어가고 싶습니다")
    before = TagModel.train(decided)
    assert "pets" not in before.tags
    taught = [Example(Text(f"a{n}", "ko", text.text), words, ("pets", "hours")) for n in range(2)]
    found = TagModel.train([*decided, *taught]).suggest([text], [words])[0]
    assert {one.tag for one in found[:2]} == {"pets", "hours"}


def test_no_decision_no_suggestion(tokeniser: Tokeniser) -> None:
    text = Text("new", "ko", "수수료가 부담입니다")
    words = tokeniser.tokens(text.text, "ko")
    untagged = [Example(text, words, ())]
    for known in ([], untagged):
        assert TagModel.train(known).suggest([text], [words]) == [()]


def test_a_few_decisions_or_one_tag_alone_suggest_nothing(tokeniser: Tokeniser) -> None:
    known = examples(tokeniser, FEWEST)
    text = Text("new", "ko", "수수료를 없애 주세요")
    words = tokeniser.tokens(text.text, "ko")
    assert TagModel.train(known).suggest([text], [words])[0]
    assert TagModel.train(known[1:]).suggest([text], [words]) == [()]
    undecided = Example(Text("x", "ko", "찬성합니다"), tokeniser.tokens("찬성합니다", "ko"), ())
    assert TagModel.train([*known[1:], undecided]).suggest([text], [words]) == [()], "bears no tag"
    alike = [Example(one.text, one.tokens, ("fees",)) for one in examples(tokeniser, 40)]
    assert TagModel.train(alike).suggest([text], [words]) == [()], "one tag is no choice"


def placed(tokeniser: Tokeniser, each: int) -> list[Example]:
    """Decisions where the clause alone tells, and one tag is more common than any other."""
    said = ("좋은 뜻으로 냅니다", "저희 뜻을 적습니다", "생각을 보탭니다", "한 말씀 드립니다")
    return [
        Example(Text(f"{clause}{n}", "ko", said[n % 4], clause), tokeniser.tokens(said[n % 4], "ko"), (tag,))
        for clause, tag, times in (("art_1__para_1", "fees", 3), ("art_2", "hours", 1), ("art_3__para_1", "noise", 1))
        for n in range(each * times)
    ]  # fmt: skip


@pytest.mark.parametrize(("clause", "tag"), [
    ("art_1__para_1", "fees"), ("art_1", "fees"), ("art_2__para_4", "hours"), ("art_3__para_1__subpara_2", "noise"),
    ("art_3__para_2", None), ("art_9", None), ("doc", None), (None, None)])  # fmt: skip
def test_the_clause_speaks_where_the_tag_was_given_on_it_above_or_below(
    tokeniser: Tokeniser, clause: str | None, tag: str | None
) -> None:
    text = Text("new", "ko", "드릴 말씀이 있습니다", clause)
    found = TagModel.train(placed(tokeniser, 6)).suggest([text], [tokeniser.tokens(text.text, "ko")])[0]
    assert [one.tag for one in found if one.clauses] == ([tag] if tag else [])
    assert all(one.clauses == (clause,) for one in found if one.clauses)
    if not tag:
        assert "fees" not in [one.tag for one in found], "how common it is, is no ground"


def test_after_few_decisions_no_suggestion_is_promised_more_than_it_keeps(tokeniser: Tokeniser) -> None:
    known = examples(tokeniser, FEWEST)
    words = tokeniser.tokens("회원증 발급이 늦습니다", "ko")
    for one in TagModel.train(known).suggest([Text("new", "ko", "회원증 발급이 늦습니다")], [words])[0]:
        assert one.score < 0.5


def test_a_word_that_one_decision_has_by_chance_is_no_evidence(tokeniser: Tokeniser) -> None:
    known = examples(tokeniser, 60)
    words = "수수료가 비쌉니다. 기차역 앞에 있습니다."
    once = Example(Text("a", "ko", words), tokeniser.tokens(words, "ko"), ("fees",))
    text = Text("new", "ko", "기차역 앞 수수료")
    found = TagModel.train([*known, once]).suggest([text], [tokeniser.tokens(text.text, "ko")])[0]
    assert found[0].tag == "fees" and found[0].evidence == ("수수료",)


@pytest.mark.parametrize("word", ["appreciate", "paying", "만들다", "쓰다", "안"])
def test_words_of_no_content_are_no_reasons(word: str) -> None:
    [(token, _)] = search_tokens(word) if word.isascii() else [(word, 0)]
    assert not is_reason(token)
    assert is_reason("watermark") and is_reason("과태료") and is_reason("30일")


def test_decisions_on_korean_texts_help_with_english_ones(tokeniser: Tokeniser) -> None:
    glossary = Glossary(general_vocabulary(), tokeniser)
    said = {"committee": "위원회 위원의 임기가 짧습니다", "fine": "과태료가 너무 무겁습니다", "lending": "5권은 적습니다"}
    known = [
        Example(Text(f"{tag}{n}", "ko", f"{words} {n}"), tokeniser.tokens(f"{words} {n}", "ko"), (tag,))
        for tag, words in said.items() for n in range(12)
    ]  # fmt: skip
    text = Text("new", "en", "The committee has too few members.")
    found = TagModel.train(known, glossary).suggest([text], [tokeniser.tokens(text.text, "en")])[0]
    assert found[0].tag == "committee"


@pytest.mark.parametrize("words", ["", "🙂", "a" * 5000, "‮שלום", "ㅋㅋㅋㅋ", "\n\n\n"])
def test_hostile_texts_are_taught_and_asked_without_harm(
    decided: list[Example], tokeniser: Tokeniser, words: str
) -> None:
    text = Text("x", "ko", words)
    tokens = tokeniser.tokens(words, "ko")
    model = TagModel.train([*decided[:40], Example(text, tokens, ("fees",))])
    assert all(one.earlier or one.evidence for one in model.suggest([text], [tokens])[0])
    assert TagModel.train([Example(text, tokens, ("fees",))]).suggest([text], [tokens]) == [()]


def test_three_hundred_decisions_are_learnt_within_a_second(tokeniser: Tokeniser) -> None:
    known = examples(tokeniser, 300)
    assert_within(1.0, lambda: TagModel.train(known))
