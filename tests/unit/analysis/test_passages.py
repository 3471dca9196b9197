"""Clauses suggested for passages: by citation first, then by likeness, then by what earlier comments taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.analysis import comments_at_hand
from portal.analysis.clause_index import ClauseIndex, article_of
from portal.analysis.comments_at_hand import CommentsAtHand, Learnt
from portal.analysis.engine import Engine
from portal.analysis.learning import Example, Vector
from portal.analysis.passages import ClauseModel, ClauseSuggestion
from portal.analysis.texts import Text, Tokens
from portal.analysis.tokens import Tokeniser
from portal.ordinances.clauses import Language
from tests.unit.analysis.small_draft import small_draft


@pytest.fixture(scope="module")
def index(tokeniser: Tokeniser) -> ClauseIndex:
    return ClauseIndex(small_draft(), None, tokeniser)


def suggested(index: ClauseIndex, tokeniser: Tokeniser, text: str, language: str = "ko") -> tuple[ClauseSuggestion, ...]:
    one = Text("1", language, text)  # type: ignore[arg-type]
    return ClauseModel(index, ()).suggest([one], [tokeniser.tokens(text, one.language)])[0]


def test_a_citation_says_where_a_passage_belongs(index: ClauseIndex, tokeniser: Tokeniser) -> None:
    first = suggested(index, tokeniser, "제2조제2항은 삭제하여 주시기 바랍니다.")[0]
    assert (first.clause, first.by, first.evidence) == ("art_2__para_2", "citation", ("제2조제2항",))
    english = suggested(index, tokeniser, "Please delete Article 2(2).", "en")[0]
    assert (english.clause, english.by) == ("art_2__para_2", "citation")


def test_of_two_articles_cited_the_one_counts_that_the_words_agree_with(
    index: ClauseIndex, tokeniser: Tokeniser
) -> None:
    found = suggested(index, tokeniser, "제4조와 달리 제3조의 과태료 30만원은 도서를 훼손한 사람에게 가볍습니다.")
    assert [one.clause for one in found[:2]] == ["art_3", "art_4"]


@pytest.mark.parametrize(("text", "language", "clause"), [
    ("연체하면 대출이 정지되는 것은 아이들에게 가혹합니다.", "ko", "art_2__para_2"),
    ("Fourteen days are too short to read five books.", "en", "art_2__para_1"),
    ("위원회 위원의 임기를 3년으로 늘려 주세요.", "ko", "art_4"),
    ("Members of the committee should not serve twice.", "en", "art_4"),
    ("A warning before any penalty would be fair.", "en", "art_3"),
    ("계도기간을 일 년 두어 주세요.", "ko", "art_3"),
    ("KRW 300,000 is what a family eats in a week.", "en", "art_3"),
])  # fmt: skip
def test_without_a_citation_likeness_tells_also_where_no_word_is_shared(
    index: ClauseIndex, tokeniser: Tokeniser, text: str, language: str, clause: str
) -> None:
    first = suggested(index, tokeniser, text, language)[0]
    assert (first.clause, first.by) == (clause, "similarity")
    assert first.evidence
    assert 0 < first.score <= 1


def test_a_citation_of_another_law_says_nothing(index: ClauseIndex, tokeniser: Tokeniser) -> None:
    found = suggested(index, tokeniser, "「행정절차법」 제3조에 따라 위원회 위원의 의견을 들어 주십시오.")
    assert (found[0].clause, found[0].by) == ("art_4", "similarity")


@pytest.mark.parametrize(("text", "language", "article"), [
    ("법 제35조제1항의 평가를 다시 보아 주십시오.", "ko", "art_28"),
    ("Article 35(1) of the Act leaves us in doubt.", "en", "art_28"),
    ("제34조제1항의 조치가 무겁습니다.", "ko", "art_27"),  # of the act: the draft ends with its Article 33
    ("법 제4조제2항의 적용 제외가 너무 넓습니다.", "ko", "art_2"),  # the clause where the draft says what it calls 법
])  # fmt: skip
def test_what_is_cited_of_the_act_speaks_for_the_clause_that_serves_it(
    engine: Engine, text: str, language: str, article: str
) -> None:
    assert engine.index is not None
    assert article in engine.index.serving(text, language)  # type: ignore[arg-type]
    one = Text("1", language, text)  # type: ignore[arg-type]
    first = ClauseModel(engine.index).suggest([one], [engine.tokeniser.tokens(text, one.language)])[0][0]
    assert (article_of(first.clause), first.by) == (article, "similarity")


def test_what_is_cited_of_another_act_serves_nothing(engine: Engine) -> None:
    assert engine.index is not None
    assert engine.index.serving("「행정절차법」 제35조제1항과 이 영 제3조", "ko") == {}


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂🙂", "ㅋ" * 500, "אבג", "zxqv"])
def test_texts_that_say_nothing_get_no_suggestion(index: ClauseIndex, tokeniser: Tokeniser, text: str) -> None:
    assert suggested(index, tokeniser, text) == ()


def test_earlier_comments_teach_what_the_draft_does_not_say(index: ClauseIndex, tokeniser: Tokeniser) -> None:
    said = {"art_4": "주민 대표가 회의에 들어가야 합니다", "art_3": "낙서한 사람이 물어내게 하십시오"}
    earlier = [
        (text, tokeniser.tokens(text.text, "ko"))
        for number in range(20)
        for clause, words in said.items()
        if (text := Text(f"{clause} {number:02}", "ko", f"{words} {number}번째 의견", clause))
    ]
    model = ClauseModel(index, earlier)
    one = Text("new", "ko", "주민 대표를 회의에 넣어 주세요.")
    first = model.suggest([one], [tokeniser.tokens(one.text, "ko")])[0][0]
    assert first.clause == "art_4"
    assert set(first.earlier) <= {text.id for text, _ in earlier if text.clause == "art_4"}
    assert first.earlier


def test_earlier_comments_teach_how_far_down_a_passage_goes(index: ClauseIndex, tokeniser: Tokeniser) -> None:
    said = {"art_2__para_2": "도서를 늦게 가져와도 봐주십시오", "art_2__para_1": "한 번에 열 권씩 가져가게 하십시오"}
    earlier = [
        (text, tokeniser.tokens(text.text, "ko"))
        for number in range(30)
        for clause, words in said.items()
        if (text := Text(f"{clause} {number:02}", "ko", f"{words} {number}번째 의견", clause))
    ]
    model = ClauseModel(index, earlier)
    for clause, words in (("art_2__para_2", "늦게 가져온 사람도 봐주세요."), ("art_2__para_1", "열 권씩 가져가게 해 주세요.")):
        assert model.suggest([Text("new", "ko", words)], [tokeniser.tokens(words, "ko")])[0][0].clause == clause


def _on_fines_and_members(tokeniser: Tokeniser) -> list[tuple[Text, Tokens]]:
    """Sixty comments on the fine and twenty on the committee."""
    said = [("art_3", "낙서한 사람이 물어내게 하십시오")] * 60 + [("art_4", "주민 대표가 회의에 들어가야 합니다")] * 20
    texts = [Text(f"{number:02}", "ko", f"{words} {number}번째", eid) for number, (eid, words) in enumerate(said)]
    return [(text, tokeniser.tokens(text.text, "ko")) for text in texts]


@pytest.mark.parametrize(("language", "said", "clause"), [
    ("en", "The period is too short for one person.", "art_2__para_1"),
    ("en", "Books take longer than that.", "art_2__para_2"),
    ("ko", "한 사람이 열 권은 읽습니다.", "art_2__para_1"),
])  # fmt: skip
def test_what_most_comments_are_on_says_nothing_of_a_passage_that_is_like_none_of_them(
    index: ClauseIndex, tokeniser: Tokeniser, language: Language, said: str, clause: str
) -> None:
    model = ClauseModel(index, _on_fines_and_members(tokeniser))
    assert model.suggest([Text("new", language, said)], [tokeniser.tokens(said, language)])[0][0].clause == clause
    known = Text("new", "ko", "주민 대표를 회의에 넣어 주세요.")
    assert model.suggest([known], [tokeniser.tokens(known.text, "ko")])[0][0].clause == "art_4"


@pytest.mark.parametrize("left_out", ["how much comments count", "what is usual"])
def test_either_by_itself_keeps_what_most_comments_are_on_from_a_passage_that_is_like_none_of_them(
    index: ClauseIndex, tokeniser: Tokeniser, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    learnt = CommentsAtHand.learnt

    def half(at_hand: CommentsAtHand, texts: Sequence[Text], tokens: Sequence[Tokens], draft: Vector) -> Learnt:
        found = learnt(at_hand, texts, tokens, draft)
        if left_out == "what is usual":
            return replace(found, usual=np.zeros_like(found.usual))
        return replace(found, counts=np.ones_like(found.counts))

    monkeypatch.setattr(CommentsAtHand, "learnt", half)
    model, said = ClauseModel(index, _on_fines_and_members(tokeniser)), "Books take longer than that."
    found = model.suggest([Text("new", "en", said)], [tokeniser.tokens(said, "en")])[0][0]
    assert found.clause == "art_2__para_2"


def test_while_a_letter_is_split_what_most_comments_are_on_speaks_for_no_sentence(
    index: ClauseIndex, tokeniser: Tokeniser
) -> None:
    one = Text("new", "ko", "한 사람이 열 권은 읽습니다.")
    words = [tokeniser.tokens(one.text, "ko")]
    alone, taught = (model.likeness([one], words)[0] for model in (
        ClauseModel(index), ClauseModel(index, _on_fines_and_members(tokeniser))))  # fmt: skip
    fine, books = (index.column[eid] for eid in ("art_3", "art_2"))
    assert taught[fine] / taught[books] <= alone[fine] / alone[books] + 0.1


def _varied(tokeniser: Tokeniser, count: int) -> list[tuple[Text, Tokens]]:
    """Comments that share some of their words with some of the others."""
    words = ("도서", "대출", "기간", "연체", "과태료", "훼손", "위원", "임기", "주민", "대표", "회의", "열람", "예약", "반납")
    random = Random(5)
    texts = [Text(f"v{number:03}", "ko", f"{' '.join(random.sample(words, 4))} 고치십시오", random.choice(
        ("art_2", "art_3", "art_4"))) for number in range(count)]  # fmt: skip
    return [(text, tokeniser.tokens(text.text, "ko")) for text in texts]


def _counts(index: ClauseIndex, tokeniser: Tokeniser, comments: Sequence[tuple[Text, Tokens]], *said: str) -> Vector:
    """What the comments count for what is said, of which the draft says nothing."""
    draft = np.random.default_rng(0).random((len(comments), len(index.addresses)))
    examples = [Example(text, words, index.labels(text.clause or "")) for text, words in comments]
    texts = [Text(str(number), "ko", one) for number, one in enumerate(said)]
    tokens = [tokeniser.tokens(one, "ko") for one in said]
    found = CommentsAtHand(index, examples, draft).learnt(texts, tokens, np.zeros((len(said), draft.shape[1])))
    assert np.isfinite(found.scores).all()
    return found.counts


def test_comments_count_less_for_a_text_that_they_explain_less(index: ClauseIndex, tokeniser: Tokeniser) -> None:
    comments = _varied(tokeniser, 60)
    strange, empty, known = _counts(index, tokeniser, comments, "고양이 사료와 자동차 타이어", "", comments[0][0].text)
    assert strange < 0.5 and empty == 0 and known > 0.9


def test_comments_that_are_unlike_each_other_do_not_count_in_full_for_a_trace_of_likeness() -> None:
    alike, asked = np.eye(40), np.zeros((2, 40))
    asked[0, 3], asked[1, 3] = 0.05, 0.9
    _, counts = comments_at_hand._learnt_with_counts(alike, asked, np.zeros((40, 2)), np.full(40, 0.1))
    assert counts[0] < 0.1 and counts[1] == 1


def test_a_campaign_takes_nothing_from_what_the_other_comments_count(index: ClauseIndex, tokeniser: Tokeniser) -> None:
    comments = _varied(tokeniser, 60)
    letter = "작은 책방은 공공 도서관과 다른 곳이므로 별도의 지원이 있어야 합니다"
    copies = [(Text(f"c{number:03}", "ko", letter, "art_4"), tokeniser.tokens(letter, "ko")) for number in range(400)]
    said = "연체 과태료와 대출 기간을 고쳐 주세요"
    alone, beside = (_counts(index, tokeniser, some, said)[0] for some in (comments, [*comments, *copies]))
    assert beside >= alone - 0.15


@given(said=st.text(max_size=60), language=st.sampled_from(("ko", "en")))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_said_comments_count_from_nothing_to_all(
    index: ClauseIndex, tokeniser: Tokeniser, said: str, language: Language
) -> None:
    model = ClauseModel(index, _on_fines_and_members(tokeniser))
    one = Text("new", language, said)
    found = model.suggest([one], [tokeniser.tokens(said, language)])[0]
    assert all(np.isfinite(each.score) and each.score >= 0 for each in found)
    counts = _counts(index, tokeniser, _varied(tokeniser, 40), said)
    assert 0 <= counts[0] <= 1


def test_comments_on_the_whole_draft_teach_nothing(index: ClauseIndex, tokeniser: Tokeniser) -> None:
    earlier = [(Text(str(number), "ko", "찬성합니다", "whole"), tokeniser.tokens("찬성합니다", "ko")) for number in range(40)]
    one = Text("new", "ko", "위원의 임기를 늘려 주세요.")
    words = tokeniser.tokens(one.text, "ko")
    assert ClauseModel(index, earlier).suggest([one], [words]) == ClauseModel(index).suggest([one], [words])


def _untold(tokeniser: Tokeniser, said: str, cites: str = "") -> list[tuple[Text, Tokens]]:
    """Forty comments of which nobody said what they are about."""
    texts = [Text(f"{number:02}", "ko", f"{cites}{said} {number}번째 의견") for number in range(40)]
    return [(text, tokeniser.tokens(text.text, "ko")) for text in texts]


def test_comments_without_a_clause_lend_what_they_say_beside_the_words_of_the_draft(
    index: ClauseIndex, tokeniser: Tokeniser
) -> None:
    one = Text("new", "ko", "동네 어르신을 모셔 주세요.")
    words = tokeniser.tokens(one.text, "ko")
    assert "art_4" not in [each.clause for each in ClauseModel(index).suggest([one], [words])[0][:1]]
    others = [
        *_untold(tokeniser, "운영위원회 위원으로 동네 어르신을 위촉하여 임기를 보장하십시오"),
        *((replace(text, id=f"b{text.id}"), tokens)
          for text, tokens in _untold(tokeniser, "도서를 훼손한 사람의 과태료를 낮추십시오")),
    ]  # fmt: skip
    first = ClauseModel(index, others).suggest([one], [words])[0][0]
    assert (first.clause, first.by) == ("art_4", "similarity")
    assert first.earlier and not any(one.startswith("b") for one in first.earlier)


def test_comments_without_a_clause_count_as_on_the_one_that_they_cite(index: ClauseIndex, tokeniser: Tokeniser) -> None:
    one = Text("new", "ko", "동네 어르신을 모셔 주세요.")
    others = [*_untold(tokeniser, "동네 어르신을 모십시오", "제4조에 "),
              *((replace(text, id=f"b{text.id}"), tokens)
                for text, tokens in _untold(tokeniser, "책값을 내게 하십시오", "제3조에 "))]  # fmt: skip
    first = ClauseModel(index, others).suggest([one], [tokeniser.tokens(one.text, "ko")])[0][0]
    assert first.clause == "art_4"
    assert first.earlier


def test_the_order_of_comments_makes_no_difference(index: ClauseIndex, tokeniser: Tokeniser) -> None:
    others = [*_untold(tokeniser, "위원을 늘리십시오"), (Text("zz", "ko", "과태료", "art_3"), tokeniser.tokens("과태료", "ko"))]
    one = Text("new", "ko", "위원이 모자랍니다.")
    words = tokeniser.tokens(one.text, "ko")
    assert ClauseModel(index, others).suggest([one], [words]) == ClauseModel(index, others[::-1]).suggest([one], [words])
