"""Korean and English texts side by side: likeness, neighbours across the languages, and what happens without a draft."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from portal.analysis.clause_space import ClauseSpace
from portal.analysis.texts import Text, Tokens
from portal.analysis.tokens import Tokeniser
from portal.ordinances.clauses import Draft
from tests.support.timing import assert_within
from tests.unit.analysis.hostile_texts import HOSTILE
from tests.unit.analysis.small_draft import small_draft

_TEXTS = (
    Text("k1", "ko", "대출 기간이 14일이면 너무 짧습니다. 도서를 한 달 동안 빌려주십시오.", "art_2__para_1"),
    Text("k2", "ko", "훼손에 대한 과태료 30만원은 지나치게 무겁습니다.", "art_3"),
    Text("k3", "ko", "운영위원회 위원의 임기를 3년으로 늘려 주십시오.", "art_4"),
    Text("e1", "en", "Fourteen days is too short a period for lending a book; one month is needed.", "art_2__para_1"),
    Text("e2", "en", "An administrative fine of 300,000 won for damage is excessive.", "art_3"),
    Text("e3", "en", "Members of the steering committee should have a term of office of three years.", "art_4"),
)  # fmt: skip


@pytest.fixture(scope="module")
def space(tokeniser: Tokeniser) -> ClauseSpace:
    return ClauseSpace.learn(small_draft(), tokeniser)


def _without_clauses(texts: tuple[Text, ...]) -> tuple[Text, ...]:
    return tuple(Text(text.id, text.language, text.text) for text in texts)


def _alone(texts: tuple[Text, ...]) -> sp.csr_array:
    """Nobody has neighbours: in so small a set all would be neighbours of all."""
    return sp.csr_array((len(texts), len(texts)), dtype=np.float32)


@pytest.mark.parametrize("texts", [_TEXTS, _without_clauses(_TEXTS)], ids=["with clauses", "without clauses"])
def test_what_is_said_of_one_matter_is_nearest(space: ClauseSpace, tokeniser: Tokeniser, texts: tuple[Text, ...]) -> None:
    vectors = space.represent(texts, tokeniser.of_texts(texts), _alone(texts))
    near = vectors[:3] @ vectors[3:].T
    assert near.argmax(axis=1).tolist() == [0, 1, 2]
    assert near.argmax(axis=0).tolist() == [0, 1, 2]


def test_without_a_draft_the_vocabulary_joins_the_languages(tokeniser: Tokeniser) -> None:
    texts = _without_clauses(_TEXTS)
    across = ClauseSpace.learn(None, tokeniser).cross_language(texts, tokeniser.of_texts(texts), _alone(texts), 1)
    assert [across[[row]].indices.tolist() for row in range(6)] == [[3], [4], [5], [0], [1], [2]]


def test_a_draft_in_one_language_is_no_draft(tokeniser: Tokeniser) -> None:
    one = small_draft()
    korean = Draft(tuple(_only_korean(clause) for clause in one.clauses))
    texts = _without_clauses(_TEXTS)
    tokens = tokeniser.of_texts(texts)
    given = ClauseSpace.learn(korean, tokeniser).represent(texts, tokens)
    assert np.array_equal(given, ClauseSpace.learn(None, tokeniser).represent(texts, tokens))


def _only_korean(clause: Any) -> Any:
    from dataclasses import replace

    return replace(clause, heading_en=None, text_en=None)


def test_without_a_vocabulary_the_draft_teaches_words(draft: Draft, tokeniser: Tokeniser) -> None:
    texts = (Text("a", "ko", "이용자 보호"), Text("b", "en", "protection of users"), Text("c", "en", "a new committee"))
    vectors = ClauseSpace.learn(draft, tokeniser, ()).represent(texts, tokeniser.of_texts(texts), _alone(texts))
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_neighbours_across_are_mutual_and_of_the_other_language(space: ClauseSpace, tokeniser: Tokeniser) -> None:
    across = space.cross_language(_TEXTS, tokeniser.of_texts(_TEXTS), count=2)
    assert (across != across.T).nnz == 0
    rows, columns = across.nonzero()
    assert len(rows) and all(_TEXTS[row].language != _TEXTS[column].language for row, column in zip(rows, columns, strict=True))
    assert across.data.min() > 0 and across.data.max() <= 1


def test_the_order_of_the_texts_does_not_matter(space: ClauseSpace, tokeniser: Tokeniser) -> None:
    order = [4, 0, 5, 2, 1, 3]
    shuffled = [_TEXTS[row] for row in order]
    plain = space.represent(_TEXTS, tokeniser.of_texts(_TEXTS))
    assert np.array_equal(plain[order], space.represent(shuffled, tokeniser.of_texts(shuffled)))
    across = space.cross_language(_TEXTS, tokeniser.of_texts(_TEXTS)).toarray()
    assert np.array_equal(across[np.ix_(order, order)], space.cross_language(shuffled, tokeniser.of_texts(shuffled)).toarray())


def test_texts_borrow_from_their_neighbours_in_their_own_language(space: ClauseSpace, tokeniser: Tokeniser) -> None:
    texts = (*_without_clauses(_TEXTS), Text("k4", "ko", "너무하다고 봅니다."))
    tokens = tokeniser.of_texts(texts)
    neighbours = sp.lil_array((7, 7), dtype=np.float32)
    neighbours[6, 1] = 1
    alone, helped = (space.represent(texts, tokens, sp.csr_array(one)) for one in (_alone(texts), neighbours))
    assert alone[6] @ alone[4] < 0.3 < helped[6] @ helped[4]


@pytest.mark.parametrize("languages", ["", "k", "e"])
def test_no_texts_and_texts_in_one_language_have_no_neighbours_across(space: ClauseSpace, tokeniser: Tokeniser, languages: str) -> None:
    texts = [text for text in _TEXTS if languages and text.id.startswith(languages)]
    across = space.cross_language(texts, tokeniser.of_texts(texts))
    assert across.shape == (len(texts), len(texts)) and across.nnz == 0


def test_texts_without_words_are_like_nothing(space: ClauseSpace) -> None:
    texts = (Text("a", "ko", ""), Text("b", "en", "🙂🙂"), Text("c", "ko", "..."), Text("d", "en", "The"))
    assert space.cross_language(texts, [Tokens((), "none")] * len(texts)).nnz == 0


def test_hostile_texts_neither_stop_it_nor_stall_it(space: ClauseSpace, tokeniser: Tokeniser) -> None:
    texts = tuple(
        Text(f"{number}", "en" if number % 2 else "ko", text) for number, text in enumerate(HOSTILE.values())
    )
    tokens = tokeniser.of_texts(texts)
    assert np.isfinite(space.represent(texts, tokens)).all()
    assert_within(6.0, lambda: space.represent(texts, tokens), rounds=1)


def test_pairs_of_the_corpus_are_told_apart(draft: Draft, tokeniser: Tokeniser, corpus: list[dict[str, Any]]) -> None:
    """Same issue or not, over the mixed pairs of segments on one article (the target is .85 with clauses)."""
    texts, issues, articles = [], [], []
    for comment in corpus:
        for number, segment in enumerate(comment["segments"]):
            texts.append(Text(f"{comment['id']}.{number}", comment["lang"], segment["text"], comment["clause"].replace(":", "_")))
            issues.append(segment["issue"])
            articles.append(match[0] if (match := re.search(r"art_\w+?(?=__|$)", comment["clause"])) else None)
    korean = [row for row, text in enumerate(texts) if text.language == "ko"]
    pairs = np.asarray([(a, b) for a in korean for b in range(len(texts))
                        if texts[b].language == "en" and articles[a] and articles[a] == articles[b]])  # fmt: skip
    same = np.asarray([issues[a] == issues[b] for a, b in pairs])
    scores = ClauseSpace.learn(draft, tokeniser).pair_scores(texts, tokeniser.of_texts(texts), pairs[:, 0], pairs[:, 1])
    higher = (scores[same][:, None] > scores[~same][None, :]).mean()
    assert higher >= 0.9
