"""Texts as vectors: what is alike, and that nothing depends on the order."""

from __future__ import annotations

import numpy as np
import pytest

from portal.analysis.features import Features
from portal.analysis.nearest import nearest
from portal.analysis.texts import Text, Tokens

from .collections_of_texts import collection, shuffled
from .hostile_texts import HOSTILE


def _alike(features: Features, one: str, other: str) -> float:
    rows = [features.ids.index(one), features.ids.index(other)]
    return float(features.vectors[rows[0]] @ features.vectors[rows[1]])


def test_likeness_is_between_zero_and_one_and_one_for_the_same_text() -> None:
    texts, tokens, _ = collection()
    features = Features(texts, tokens)
    likeness = features.vectors @ features.vectors.T
    assert likeness.max() <= 1.0001
    assert np.allclose(np.diag(likeness), 1, atol=1e-4)


def test_texts_on_one_clause_are_more_alike_than_texts_on_others() -> None:
    texts, tokens, _ = collection()
    features = Features(texts, tokens)
    assert _alike(features, "grace00", "grace01") > 0.6  # a Korean and an English text
    assert _alike(features, "grace00", "agent00") < 0.4


def test_a_text_filed_to_the_whole_draft_comes_to_the_clause_of_its_neighbours() -> None:
    texts, tokens, _ = collection()
    features = Features(texts, tokens)
    assert texts[4].clause == "doc" and texts[4].id == "grace04"
    row = features.profiles[[features.ids.index("grace04")]]
    assert features.clauses[row.indices[row.data.argmax()]] == "art_32"


def test_citations_count_as_clauses(draft) -> None:  # type: ignore[no-untyped-def]
    texts, tokens, _ = collection()
    texts.append(Text("cites", "ko", "시행령안 제27조제2항의 기간이 깁니다.", "doc"))
    tokens.append(Tokens((), "test"))
    blind, seeing = Features(texts, tokens), Features(texts, tokens, drafts={"ko": draft, "en": draft})
    assert _alike(blind, "cites", "retention00") == 0
    assert _alike(seeing, "cites", "retention00") > 0.5
    assert _alike(seeing, "cites", "agent00") < 0.2


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_texts_does_not_matter(seed: int) -> None:
    texts, tokens, _ = collection()
    features, again = Features(texts, tokens), Features(*shuffled(texts, tokens, seed))
    assert features.ids == again.ids
    assert features.vectors.tobytes() == again.vectors.tobytes()


def test_further_texts_are_seen_as_those_at_hand() -> None:
    texts, tokens, _ = collection()
    features = Features(texts, tokens)
    again = [Text(f"new{text.id}", text.language, text.text, text.clause) for text in texts]
    further = features.of(again, tokens)
    rows = [features.ids.index(text.id) for text in texts]
    assert np.einsum("ij,ij->i", further.vectors, features.vectors[rows]).min() > 0.9


def test_an_operators_model_brings_texts_together() -> None:
    texts, tokens, issue_of = collection()
    bare = [Text(text.id, text.language, text.text) for text in texts]
    issues = sorted(set(issue_of.values()))
    meaning = np.asarray([[float(issue_of[text.id] == issue) for issue in issues] for text in bare], dtype=np.float32)
    features = Features(bare, tokens, embeddings=meaning)
    assert _alike(features, "grace00", "grace01") > _alike(features, "grace00", "agent01") + 0.05


def test_two_texts_with_one_id_are_refused() -> None:
    text = Text("a", "ko", "글")
    with pytest.raises(ValueError, match="one id"):
        Features([text, text], [Tokens((), ""), Tokens((), "")])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_texts_or_none(count: int) -> None:
    texts = [Text(str(number), "ko", "", "art_1") for number in range(count)]
    features = Features(texts, [Tokens((), "")] * count)
    assert features.vectors.shape[0] == count
    assert np.isfinite(features.vectors).all()


def test_hostile_texts(tokeniser, draft) -> None:  # type: ignore[no-untyped-def]
    texts, tokens, _ = collection()
    for number, text in enumerate(HOSTILE.values()):
        texts.append(Text(f"hostile{number}", "ko", text, "art_99__para_1" if number % 2 else None))
        tokens.append(Tokens(("ㅋㅋㅋ",) * 20_000 if number % 3 else (), ""))
    features = Features(texts, tokens, drafts={"ko": draft, "en": draft})
    assert np.isfinite(features.vectors).all()


def test_the_nearest_by_cells_are_nearly_those_of_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(0)
    middles = chance.normal(size=(40, 16))
    vectors = (middles[chance.integers(0, 40, 3000)] + 0.5 * chance.normal(size=(3000, 16))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    exact = nearest(vectors, vectors, 10, itself=False)
    monkeypatch.setattr("portal.analysis.nearest.EXACT_UP_TO", 100)
    cells = nearest(vectors, vectors, 10, itself=False)
    assert exact.multiply(cells > 0).count_nonzero() / exact.count_nonzero() > 0.9


def test_the_nearest_are_of_the_same_kind_and_never_the_text_itself() -> None:
    vectors = np.ones((6, 1), dtype=np.float32)
    kinds = np.asarray([0, 0, 0, 1, 1, 2])
    found = nearest(vectors, vectors, 5, kinds, kinds, itself=False).toarray()
    assert found.tolist() == [
        [0, 1, 1, 0, 0, 0], [1, 0, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0], [0, 0, 0, 1, 0, 0], [0] * 6,
    ]  # fmt: skip
