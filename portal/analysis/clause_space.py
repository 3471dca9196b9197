"""Korean and English texts in one space: how alike two texts are, whatever language each is in.

No model and no translation is needed. A text is described by the *meanings* of its words (`glossary`), by what both
languages write alike (figures, Latin names), by its likeness to the clauses of the draft in its own language, and by
the clause that its filer chose. Texts borrow from their nearest neighbours in their own language, where likeness is
told surely: that is what brings a short English sentence near the Korean ones on its matter. Nearness is corrected for
texts that are near to everything (CSLS).

Languages are joined as a graph: `cross_language` gives mutual nearest neighbours, which a clustering takes in as edges.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from portal.analysis.clause_profiles import ClauseProfiles
from portal.analysis.glossary import Glossary, Meaning, general_vocabulary
from portal.analysis.glossary_figures import figures
from portal.analysis.nearest import nearest
from portal.analysis.rows import Sparse, Vectors, rows_of_one, unit, unit_rows
from portal.analysis.texts import WHOLE, Text, Tokens
from portal.analysis.tokens import Tokeniser
from portal.ordinances.clauses import Draft

#: n × d, a row a text, float32.
Places: TypeAlias = NDArray[np.intp]

#: So many nearest neighbours a text borrows from, and so many make its neighbourhood in the other language.
NEIGHBOURS: Final = 10
#: The share of the clause in the likeness of two texts, that of their words being one.
CLAUSE_WEIGHT: Final = 0.2

#: The share of the likeness to clauses of the draft beside the meanings.
_PROFILE_WEIGHT: Final = np.float32(0.3)
_DIMENSIONS: Final = 128
_ROUNDS: Final = 2
#: At least so many of the other language are looked at for each text before nearness is corrected for surroundings.
_LOOKED_AT: Final = 5 * NEIGHBOURS
_MOST_CHOSEN: Final = 60


class ClauseSpace:
    """What is known about the two languages before any text comes: the glossary, and the draft."""

    def __init__(self, glossary: Glossary, profiles: ClauseProfiles | None) -> None:
        self.glossary: Final = glossary
        self._profiles = profiles

    @classmethod
    def learn(
        cls, draft: Draft | None, tokeniser: Tokeniser, vocabulary: Sequence[Meaning] | None = None
    ) -> ClauseSpace:
        """The space of a draft. Without a draft, or with one in a single language, that of the vocabulary alone."""
        meanings = general_vocabulary() if vocabulary is None else vocabulary
        if draft is None or len(draft.languages) < 2:
            return cls(Glossary(meanings, tokeniser), None)
        profiles = ClauseProfiles.learn(draft, tokeniser)
        return cls(Glossary(meanings, tokeniser, profiles.aligned), profiles)

    def represent(
        self, texts: Sequence[Text], tokens: Sequence[Tokens], neighbours: Sparse | None = None
    ) -> Vectors:
        """The texts as vectors whose products tell how alike two are, in the same language or not: at most 1 for their
        words and 0.2 for their clauses.

        `neighbours` (n × n) are nearest neighbours in the same language, weighted, where the caller has them; otherwise
        they are found by the words of the texts. Independent of the order of the texts.
        """
        if not texts:
            return np.zeros((0, 1), dtype=np.float32)
        order = np.asarray(sorted(range(len(texts)), key=lambda row: texts[row].id))
        texts, tokens = [texts[row] for row in order], [tokens[row] for row in order]
        with threadpool_limits(1):
            own = _own(texts, tokens) if neighbours is None else sp.csr_array(neighbours)[order][:, order]
            vectors = self._vectors(texts, tokens, rows_of_one(own))
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return np.asarray(vectors[back])

    def pair_scores(
        self,
        texts: Sequence[Text],
        tokens: Sequence[Tokens],
        first: Places,
        second: Places,
        neighbours: Sparse | None = None,
    ) -> Vectors:
        """How alike the texts first[i] and second[i] are, for pairs of a Korean and an English text: their nearness
        less that of their surroundings, about zero for texts that are no nearer to one another than to others."""
        vectors = self.represent(texts, tokens, neighbours)
        surroundings = np.zeros(len(texts), dtype=np.float32)
        korean, english = _of_language(texts, "ko"), _of_language(texts, "en")
        if len(korean) and len(english):
            there, back = _across(vectors, korean, english, _LOOKED_AT)
            surroundings[korean], surroundings[english] = there.surroundings(), back.surroundings()
        close = np.einsum("ij,ij->i", vectors[first], vectors[second])
        return np.asarray(close - (surroundings[first] + surroundings[second]) / 2, dtype=np.float32)

    def cross_language(
        self,
        texts: Sequence[Text],
        tokens: Sequence[Tokens],
        neighbours: Sparse | None = None,
        count: int | None = None,
    ) -> Sparse:
        """Korean and English texts that are mutually among the `count` nearest of the other language: n × n, symmetric,
        each weight their likeness (0 to 1).

        Without `count`, two fifths of the square root of the number of texts, from 10 to 60: the more texts say the
        same, the less often two of them choose each other.
        """
        korean, english = _of_language(texts, "ko"), _of_language(texts, "en")
        size = (len(texts), len(texts))
        if not len(korean) or not len(english):
            return sp.csr_array(size, dtype=np.float32)
        if count is None:
            count = min(max(round(0.4 * len(texts) ** 0.5), NEIGHBOURS), _MOST_CHOSEN)
        vectors = self.represent(texts, tokens, neighbours)
        with threadpool_limits(1):
            by_korean, by_english = _across(vectors, korean, english, max(count, _LOOKED_AT))
        there = by_korean.first(count, by_english.surroundings())
        back = by_english.first(count, by_korean.surroundings())
        mutual = sp.coo_array(there.multiply(back.T > 0))
        rows, columns = korean[mutual.row], english[mutual.col]
        weights = np.clip(mutual.data / (1 + CLAUSE_WEIGHT), 0, 1).astype(np.float32)
        found = sp.csr_array((weights, (rows, columns)), shape=size)
        return sp.csr_array(found + found.T)

    # ------------------------------------------------------------------------------------------------------ the vectors

    def _vectors(self, texts: Sequence[Text], tokens: Sequence[Tokens], own: Sparse) -> Vectors:
        languages = [text.language for text in texts]
        blocks = [
            self.glossary.of_texts(tokens, languages),
            _in_both(_counted([one.words for one in tokens]), languages),
            _in_both(_counted([figures(text.text, text.language) for text in texts]), languages),
        ]
        described = unit_rows(_weighted_by_language(sp.csr_array(sp.hstack(blocks, format="csr")), languages))
        if self._profiles is not None:
            profiles = unit_rows(_weighted_by_language(self._profiles.of_texts(tokens, languages), languages))
            described = unit_rows(sp.csr_array(sp.hstack([described, _PROFILE_WEIGHT * profiles], format="csr")))
        vectors = unit(_reduced(described))
        for _ in range(_ROUNDS):
            vectors = unit(vectors + own @ vectors)
        return np.hstack([vectors, np.float32(CLAUSE_WEIGHT**0.5) * _reduced(_clause_rows(texts))])


def _own(texts: Sequence[Text], tokens: Sequence[Tokens]) -> Sparse:
    """Nearest neighbours in the same language by the words of the texts and their clauses."""
    counted = _counted([one.words for one in tokens])
    more_than_once = np.flatnonzero(np.bincount(counted.indices, minlength=counted.shape[1]) > 1)
    words = _reduced(unit_rows(_weighted(sp.csr_array(counted[:, more_than_once]))))
    vectors = np.hstack([words, np.float32(CLAUSE_WEIGHT**0.5) * _reduced(_clause_rows(texts))])
    kinds = np.asarray([text.language for text in texts])
    return nearest(vectors, vectors, NEIGHBOURS, kinds, kinds, itself=False)


def _of_language(texts: Sequence[Text], language: str) -> Places:
    return np.flatnonzero(np.asarray([text.language == language for text in texts]))


def _counted(words: Iterable[Sequence[str]]) -> Sparse:
    """How often each text has each word: the logarithm of the count plus one."""
    columns: dict[str, int] = {}
    pointers, indices = [0], list[int]()
    for of_text in words:
        indices.extend(columns.setdefault(word, len(columns)) for word in of_text)
        pointers.append(len(indices))
    counted = sp.csr_array(
        (np.ones(len(indices), dtype=np.float32), np.asarray(indices, dtype=np.int32), np.asarray(pointers)),
        shape=(len(pointers) - 1, max(1, len(columns))),
    )
    counted.sum_duplicates()
    counted.data = np.log1p(counted.data)
    return counted


def _in_both(counted: Sparse, languages: Sequence[str]) -> Sparse:
    """The columns that texts of both languages have."""
    often = [np.bincount(counted[rows].indices, minlength=counted.shape[1]) for rows in _rows_by(languages)]
    return sp.csr_array(counted[:, np.flatnonzero(np.min(often, axis=0) > 0)])


def _rows_by(languages: Sequence[str]) -> list[NDArray[np.intp]]:
    given = np.asarray(languages)
    return [np.flatnonzero(given == language) for language in ("ko", "en")]


def _clause_rows(texts: Sequence[Text]) -> Sparse:
    """The clause of each text and those above it, weighted by rarity, of unit length."""
    paths = []
    for text in texts:
        parts = [] if text.clause is None or text.clause in WHOLE else text.clause.removeprefix("after_").split("__")
        paths.append(["__".join(parts[:end]) for end in range(1, len(parts) + 1)])
    return unit_rows(_weighted(_counted(paths)))


def _rarity(counted: Sparse) -> NDArray[np.float32]:
    often = np.bincount(counted.indices, minlength=counted.shape[1])
    return np.asarray(np.maximum(np.log((counted.shape[0] + 1) / (often + 0.5)), 0), dtype=np.float32)


def _weighted(counted: Sparse) -> Sparse:
    return sp.csr_array(counted.multiply(_rarity(counted)[None, :]))


def _weighted_by_language(counted: Sparse, languages: Sequence[str]) -> Sparse:
    """Weighted by rarity, the mean of that in each language: neither language's manner of writing rules."""
    rows = [rows for rows in _rows_by(languages) if len(rows)]
    rarity = np.mean([_rarity(sp.csr_array(counted[each])) for each in rows], axis=0)
    return sp.csr_array(counted.multiply(rarity[None, :]))





def _reduced(matrix: Sparse) -> Vectors:
    """The rows in at most 128 dimensions, their products kept as well as can be."""
    if min(matrix.shape) <= _DIMENSIONS:
        if matrix.shape[1] <= _DIMENSIONS:
            return np.asarray(matrix.toarray(), dtype=np.float32)
        _, _, axes = np.linalg.svd(matrix.toarray(), full_matrices=False)
    else:
        _, _, axes = randomized_svd(matrix, _DIMENSIONS, random_state=0)
    return np.asarray(matrix @ axes.T, dtype=np.float32)


def _across(vectors: Vectors, korean: Places, english: Places, looked_at: int) -> tuple[_Nearest, _Nearest]:
    """For each text its nearest in the other language: Korean by English, English by Korean."""
    there = nearest(vectors[korean], vectors[english], looked_at)
    back = nearest(vectors[english], vectors[korean], looked_at)
    return _Nearest(there), _Nearest(back)


class _Nearest:
    """The nearest of each row as a table: columns in their order, empty places at the end with a nearness of -1."""

    def __init__(self, near: Sparse) -> None:
        near.sort_indices()
        each = np.diff(near.indptr)
        self.shape: Final = near.shape
        self.filled: Final = np.arange(each.max(initial=0))[None, :] < each[:, None]
        self.columns: Final = np.zeros(self.filled.shape, dtype=np.int64)
        self.columns[self.filled] = near.indices
        self.values: Final = np.full(self.filled.shape, -1, dtype=np.float32)
        self.values[self.filled] = near.data

    def surroundings(self) -> Vectors:
        """For each row the mean nearness of its nearest (A. Conneau et al.: Word Translation Without Parallel Data,
        2018)."""
        best = np.sort(self.values, axis=1)[:, -NEIGHBOURS:].clip(0)
        return np.asarray(best.sum(axis=1) / np.maximum((best > 0).sum(axis=1), 1), dtype=np.float32)

    def first(self, count: int, surroundings: Vectors) -> Sparse:
        """Of each row the `count` nearest, corrected for the surroundings of the columns; of equals the first."""
        rank = np.where(self.filled, self.values - surroundings[self.columns] / 2, -2)
        best = np.argsort(-rank, axis=1, kind="stable")[:, :count]
        kept = np.take_along_axis(self.filled, best, 1)
        rows = np.broadcast_to(np.arange(len(best))[:, None], best.shape)[kept]
        columns, values = (np.take_along_axis(table, best, 1)[kept] for table in (self.columns, self.values))
        return sp.csr_array((values, (rows, columns)), shape=self.shape)
