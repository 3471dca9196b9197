"""Texts as vectors whose products tell how alike two texts are: what grouping, placing and suggesting work on.

Two things are said of a text: which clauses it is about (its *profile*), and in which words. The first evidence of the
profile is the clause that the filer chose and those that the text cites; a clause counts by how alike the words of
those are who chose it, so that "after Article 2" says less than "Article 27(2)". The rest a text borrows from its
neighbours: texts in similar words, in its own language and (by `clause_space`) in the other one, and texts that an
operator's own model finds similar. What a neighbour is worth is not set but measured: how well closeness foretold,
among the texts at hand, that two filers chose the same clause. That is how Korean and English texts come together, and
how a comment filed to the whole draft comes to the clause it is about.

Knows no grouping: see `clusters`, `placing`, `assist`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from portal.analysis.nearest import nearest
from portal.analysis.rows import Sparse, Vectors, rows_of_one, unit, unit_rows
from portal.analysis.telling import is_reason
from portal.analysis.texts import WHOLE, Text, Tokens
from portal.kernel.text import TEXT_LIMIT
from portal.ordinances.clauses import LANGUAGES, Draft, Language
from portal.ordinances.references import find_citations, resolve

#: n × d, a row a text, float32.
Places: TypeAlias = NDArray[np.intp]

#: So many nearest texts a text borrows from.
NEIGHBOURS: Final = 10
#: The weight of the words beside that of the profile, which is one.
WORDS_WEIGHT: Final = 0.5
#: The words are reduced to so many dimensions.
DIMENSIONS: Final = 100
#: The likeness of a clause's texts is trusted like that of all clauses until it has been seen in more pairs than this.
_PAIRS_BEFORE: Final = 10
#: Of fewer words nothing tells what a text says in the other language.
_TOLD_ACROSS: Final = 3

_CITES: Final[dict[Language, re.Pattern[str]]] = {
    "ko": re.compile(r"제\s?\d|\d\s?(?:조|항|호)|별표|[①-⑳]"),
    "en": re.compile(r"\bart(?:icles?|s?\.)\s?\d|\b(?:sub)?para|\bannex", re.IGNORECASE),
}


class LanguageBridge(Protocol):
    """What joins the languages (`clause_space.ClauseSpace`)."""

    def cross_language(
        self, texts: Sequence[Text], tokens: Sequence[Tokens], neighbours: Any = None, count: int = NEIGHBOURS
    ) -> Sparse:
        """Mutual nearest neighbours in the other language, n × n, weighted by their likeness."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What closeness is worth: the share of a clause that two texts so close had in common, a rising step function."""

    closeness: NDArray[np.float64]
    worth: NDArray[np.float64]

    @classmethod
    def measured(cls, near: Sparse, profiles: Sparse) -> Worth:
        """From the pairs in `near` (n × n) of which both texts have a profile of their own. Nothing is worth anything
        where there are none."""
        pairs = near.tocoo()
        known = np.diff(profiles.indptr) > 0
        both = known[pairs.row] & known[pairs.col]
        rows, columns, close = pairs.row[both], pairs.col[both], pairs.data[both]
        if not len(rows):
            return cls(np.zeros(1), np.zeros(1))
        shared = np.asarray(profiles[rows].multiply(profiles[columns]).sum(axis=1)).ravel()
        rising = IsotonicRegression(y_min=0, out_of_bounds="clip").fit(close, shared)
        return cls(np.asarray(rising.X_thresholds_, dtype=float), np.asarray(rising.y_thresholds_, dtype=float))

    def of(self, near: Sparse) -> Sparse:
        """The same neighbours, weighted by what their closeness is worth."""
        weights = np.interp(near.data, self.closeness, self.worth).astype(np.float32)
        return sp.csr_array((weights, near.indices, near.indptr), shape=near.shape)


class Features:
    """The texts at hand as vectors, and all that is needed to see further texts in the same way.

    `ids` and `languages` are in the order of the rows; rows are in the order of the ids, so that nothing depends on the
    order in which the texts came. `vectors` (n × d) have products from 0 to 1: how alike two texts are. `profiles`
    (n × clauses) say what each text is about, `own` what its filer said (the clause chosen, those cited).
    """

    def __init__(self, texts: Sequence[Text], tokens: Sequence[Tokens], space: LanguageBridge | None = None,
                 embeddings: Vectors | None = None,
                 drafts: Mapping[Language, Draft] | None = None) -> None:  # fmt: skip
        """`tokens[i]` and, where there is a model of the operator's own, `embeddings[i]` belong to `texts[i]`. `drafts`
        tell which clauses a text cites; they may be one draft twice.

        Raises ValueError for two texts with one id.
        """
        order = sorted(range(len(texts)), key=lambda row: texts[row].id)
        texts, tokens = [texts[row] for row in order], [tokens[row] for row in order]
        self.ids: Final = tuple(text.id for text in texts)
        if len(set(self.ids)) < len(self.ids):
            raise ValueError("two texts with one id")
        self.languages: Final = np.asarray([LANGUAGES.index(text.language) for text in texts], dtype=np.int8)
        self._drafts = drafts or {}
        with threadpool_limits(1):
            self._lexicon: Final = _Lexicon(tokens)
            self.word_weights: Final = self._lexicon.weights(tokens)
            self.words: Final = self._lexicon.reduced(self.word_weights)
            self._meant: Final = None if embeddings is None else unit(np.asarray(embeddings, dtype=np.float32)[order])
            chosen, cited = self._said(texts)
            self._column: Final = _columns(chosen + cited)
            self.clauses: Final = tuple(self._column)
            self.clause_weights: Final = _likeness_of_clauses(_rows(chosen, self._column), self.words, self.languages)
            self.own: Final = self._own(chosen, cited)
            found = [nearest(self.words, self.words, NEIGHBOURS, self.languages, self.languages, itself=False)]
            self._worth: Final = Worth.measured(found[0], self.own)
            borrowed = [self._worth.of(found[0])]
            across = sp.csr_array((len(texts), len(texts)), dtype=np.float32)
            if space is not None and len(set(self.languages.tolist())) > 1:
                across = sp.csr_array(space.cross_language(texts, tokens, found[0]))
                across = Worth.measured(across, self.own).of(across)
                borrowed.append(across)
            if self._meant is not None:
                alike = nearest(self._meant, self._meant, NEIGHBOURS, itself=False)
                self._meant_worth = Worth.measured(alike, self.own)
                borrowed.append(self._meant_worth.of(alike))
            self.profiles: Final = _profiles(self.own, borrowed, self.own)
            self._said_across: Final = self._in_the_other_language(across)
            self.vectors: Final = self._joined(self.profiles, unit(self.words + self._said_across), self._meant)
            self.vectors[self._has_nothing_in_common(tokens, across)] = 0

    def of(self, texts: Sequence[Text], tokens: Sequence[Tokens], embeddings: Vectors | None = None) -> Further:
        """Further texts, in their order, as the texts at hand are seen: what they borrow, they borrow from those."""
        languages = np.asarray([LANGUAGES.index(text.language) for text in texts], dtype=np.int8)
        with threadpool_limits(1):
            weights = self._lexicon.weights(tokens)
            words = self._lexicon.reduced(weights)
            own = self._own(*self._said(texts))
            near = nearest(words, self.words, NEIGHBOURS, languages, self.languages)
            borrowed = [self._worth.of(near)]
            meant = None
            if self._meant is not None:
                given = np.zeros((len(texts), self._meant.shape[1])) if embeddings is None else embeddings
                meant = unit(np.asarray(given, dtype=np.float32))
                borrowed.append(self._meant_worth.of(nearest(meant, self._meant, NEIGHBOURS)))
            profiles = _profiles(own, borrowed, self.own)
            across = np.asarray(rows_of_one(borrowed[0]) @ self._said_across, dtype=np.float32)
            return Further(self._joined(profiles, unit(words + across), meant), profiles, own, weights)

    def rows(self, places: Places) -> Further:
        """Some of the texts at hand."""
        return Further(self.vectors[places], self.profiles[places], self.own[places], self.word_weights[places])

    def shared_words(self, weights: Sparse, row: int, groups: Sparse, group: int, most: int = 5) -> tuple[str, ...]:
        """The words that weigh most in what a text (a row of `weights`) has in common with a group of those at hand (a
        row of `groups`, the means of its members' word weights, with sorted indices), those of any opinion left out."""
        columns, values = _in_common(weights, row, groups, group)
        best = sorted((-value, self._lexicon.words[column]) for value, column in zip(values, columns, strict=True))
        return tuple(islice((word for value, word in best if value < 0 and is_reason(word)), most))

    def shared_clauses(self, own: Sparse, row: int, groups: Sparse, group: int, most: int = 3) -> tuple[str, ...]:
        """The clauses that a text's filer named (a row of `own`) and filers of a group did too (a row of `groups`, the
        means of its members' `own`), those that say most first; of a clause and one above it the clause alone."""
        columns, values = _in_common(own, row, groups, group)
        found = sorted((-value, self.clauses[column]) for value, column in zip(values, columns, strict=True))
        named = [eid for value, eid in found if value < 0]
        return tuple(eid for eid in named if not any(other.startswith(f"{eid}__") for other in named))[:most]

    # ------------------------------------------------------------------------------------------------------ its parts

    def _said(self, texts: Sequence[Text]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
        """For each text the clause chosen with those above it, and the clauses cited with those above them."""
        chosen = [_path(text.clause) for text in texts]
        cited = [tuple(dict.fromkeys(step for eid in self._cited(text) for step in _path(eid))) for text in texts]
        return chosen, cited

    def _cited(self, text: Text) -> list[str]:
        draft = self._drafts.get(text.language)
        if draft is None or not _CITES[text.language].search(text.text, 0, TEXT_LIMIT):
            return []
        at = text.clause if text.clause is not None and text.clause in draft.by_eid else "doc"
        found = find_citations(text.text[:TEXT_LIMIT], text.language)
        return [eid for citation in found for eid in resolve(citation, draft, at, text.language)]

    def _own(self, chosen: list[tuple[str, ...]], cited: list[tuple[str, ...]]) -> Sparse:
        parts = (unit_rows(_weighted(_rows(said, self._column), self.clause_weights)) for said in (chosen, cited))
        return unit_rows(sp.csr_array(sum(parts, sp.csr_array((len(chosen), max(1, len(self._column)))))))

    def _has_nothing_in_common(self, tokens: Sequence[Tokens], across: Sparse) -> NDArray[np.bool_]:
        """The texts that have no word but numbers in common with another, of which nobody said a clause, and that no
        text in the other language is like: what they would borrow says nothing of them."""
        if self._meant is not None:
            return np.zeros(len(tokens), dtype=bool)
        linked = np.diff(across.indptr) > 0
        worded = np.asarray([len(set(filter(_has_letters, one.words))) >= _TOLD_ACROSS for one in tokens], dtype=bool)
        readable = np.asarray([*map(_has_letters, self._lexicon.words)] or [False], dtype=np.float32)
        shared = np.asarray(self.word_weights @ readable).ravel() > 0
        alone: NDArray[np.bool_] = ~shared & (np.diff(self.own.indptr) == 0) & ~(worded & linked)
        return alone

    def _in_the_other_language(self, across: Sparse) -> Vectors:
        """What the words of each text would be in the other language: those of its neighbours there, or, where it has
        none, of the texts there with the most similar profiles. So words never part what languages alone do."""
        said = _borrowed(across, self.words)
        alone = np.diff(across.indptr) == 0
        profiles = self.profiles.toarray()
        for language in np.unique(self.languages):
            rows, others = np.flatnonzero(alone & (self.languages == language)), self.languages != language
            near = nearest(profiles[rows], profiles[others], NEIGHBOURS)
            said[rows] = _borrowed(near, self.words[others])
        return said

    @staticmethod
    def _joined(profiles: Sparse, words: Vectors, meant: Vectors | None) -> Vectors:
        share = WORDS_WEIGHT / (1 + WORDS_WEIGHT)
        parts = [np.float32((1 - share) ** 0.5) * profiles.toarray().astype(np.float32)]
        if meant is None:
            parts.append(np.float32(share**0.5) * words)
        else:
            parts += [np.float32((share / 2) ** 0.5) * words, np.float32((share / 2) ** 0.5) * meant]
        return np.hstack(parts)


@dataclass(frozen=True, slots=True)
class Further:
    """Further texts, a row each, as `Features` sees those at hand."""

    vectors: Vectors
    profiles: Sparse
    own: Sparse
    word_weights: Sparse


class _Lexicon:
    """The words that occur in two texts or more, what each weighs (TF-IDF), and the dimensions they reduce to (LSA)."""

    def __init__(self, tokens: Sequence[Tokens]) -> None:
        seen: dict[str, int] = {}
        for one in tokens:
            for word in dict.fromkeys(one.words):
                seen[word] = seen.get(word, 0) + 1
        self.words: Final = tuple(word for word, often in seen.items() if often > 1)
        self._column: Final = {word: column for column, word in enumerate(self.words)}
        often = np.asarray([seen[word] for word in self.words], dtype=np.float32)
        self._rarity: Final = np.log((len(tokens) + 1) / (often + 0.5)).clip(0)
        self._axes: Final = self._principal(self.weights(tokens))

    def weights(self, tokens: Sequence[Tokens]) -> Sparse:
        """n × words, rows of length one (or none)."""
        pointers: list[int] = [0]
        indices: list[int] = []
        for one in tokens:
            indices.extend(self._column[word] for word in one.words if word in self._column)
            pointers.append(len(indices))
        shape = (len(tokens), max(1, len(self.words)))
        counts = sp.csr_array((np.ones(len(indices), dtype=np.float32), indices, pointers), shape=shape)
        counts.sum_duplicates()
        counts.data = 1 + np.log(counts.data)
        return unit_rows(_weighted(counts, self._rarity))

    def reduced(self, weights: Sparse) -> Vectors:
        """n × dimensions, rows of length one (or none)."""
        return unit(np.asarray(weights @ self._axes, dtype=np.float32))

    @staticmethod
    def _principal(weights: Sparse) -> Vectors:
        if min(weights.shape) <= 2 * DIMENSIONS:
            _, _, axes = np.linalg.svd(weights.toarray(), full_matrices=False)
            return np.asarray(axes[:DIMENSIONS].T, dtype=np.float32)
        _, _, axes = randomized_svd(weights, DIMENSIONS, random_state=0)
        return np.asarray(axes.T, dtype=np.float32)


def _has_letters(word: str) -> bool:
    return any(map(str.isalpha, word))


def _path(clause: str | None) -> tuple[str, ...]:
    """A clause and those above it, the outermost first; nothing for the whole draft. A place behind a clause has none
    above it."""
    if clause is None or clause in WHOLE:
        return ()
    if clause.startswith("after_"):
        return (clause,)
    parts = clause.split("__")
    return tuple("__".join(parts[:end]) for end in range(1, len(parts) + 1))


def _columns(said: Sequence[tuple[str, ...]]) -> dict[str, int]:
    return {clause: column for column, clause in enumerate(sorted({clause for path in said for clause in path}))}


def _rows(said: Sequence[tuple[str, ...]], column: Mapping[str, int]) -> Sparse:
    pointers: list[int] = [0]
    indices: list[int] = []
    for path in said:
        indices.extend(column[clause] for clause in path if clause in column)
        pointers.append(len(indices))
    return sp.csr_array(
        (np.ones(len(indices), dtype=np.float32), indices, pointers), shape=(len(said), max(1, len(column)))
    )


def _likeness_of_clauses(chosen: Sparse, words: Vectors, languages: NDArray[np.int8]) -> NDArray[np.float32]:
    """What each clause says: how much more alike the words of those are who chose it than those of any two texts, pairs
    in one language taken together. Those of few pairs are drawn towards the mean of all."""
    alike = np.zeros(chosen.shape[1])
    pairs = np.zeros(chosen.shape[1])
    everywhere = np.zeros(2)
    for language in np.unique(languages):
        rows = np.flatnonzero(languages == language)
        of_clause = chosen[rows].T
        sums, counts = of_clause @ words[rows], np.diff(sp.csr_array(of_clause).indptr)
        own = of_clause @ np.einsum("ij,ij->i", words[rows], words[rows])
        alike += np.einsum("ij,ij->i", sums, sums) - own
        pairs += counts * (counts - 1.0)
        total = words[rows].sum(axis=0)
        everywhere += total @ total - np.square(words[rows]).sum(), len(rows) * (len(rows) - 1.0)
    excess = alike - pairs * everywhere[0] / max(everywhere[1], 1)
    if pairs.sum() == 0 or excess.sum() <= 0:
        return np.ones(chosen.shape[1], dtype=np.float32)
    mean = excess.sum() / pairs.sum()
    weights = (excess + _PAIRS_BEFORE * mean) / (pairs + _PAIRS_BEFORE) / mean
    return np.asarray(weights.clip(0.01), dtype=np.float32)


def _in_common(some: Sparse, row: int, others: Sparse, other: int) -> tuple[list[int], list[float]]:
    """The columns that two rows have in common, and the products there. `others` has sorted indices."""
    columns = some.indices[some.indptr[row] : some.indptr[row + 1]]
    there = others.indices[others.indptr[other] : others.indptr[other + 1]]
    if not len(there):
        return [], []
    places = np.minimum(np.searchsorted(there, columns), len(there) - 1)
    both = there[places] == columns
    mine = some.data[some.indptr[row] : some.indptr[row + 1]][both]
    return columns[both].tolist(), (mine * others.data[others.indptr[other] + places[both]]).tolist()


def _profiles(own: Sparse, borrowed: Sequence[Sparse], lenders: Sparse) -> Sparse:
    """What a text's filer said, and for each kind of neighbours their mean direction, as long as they are worth."""
    profiles = own
    for weights in borrowed:
        sums = np.asarray(weights.sum(axis=1)).ravel()
        squares = np.asarray(weights.multiply(weights).sum(axis=1)).ravel()
        direction = unit_rows(sp.csr_array(weights @ lenders))
        profiles = profiles + sp.diags_array(squares / np.maximum(sums, 1e-9)) @ direction
    return unit_rows(sp.csr_array(profiles))


def _borrowed(weights: Sparse, lenders: Vectors) -> Vectors:
    """The same of the words: what the texts would say in the other language."""
    sums = np.asarray(weights.sum(axis=1)).ravel()
    squares = np.asarray(weights.multiply(weights).sum(axis=1)).ravel()
    reliance = (squares / np.maximum(sums, 1e-9)).astype(np.float32)
    return np.asarray(unit(weights @ lenders) * reliance[:, None], dtype=np.float32)



def _weighted(counts: Sparse, weights: NDArray[np.float32]) -> Sparse:
    if counts.shape[1] != len(weights):
        return counts
    return sp.csr_array((counts.data * weights[counts.indices], counts.indices, counts.indptr), shape=counts.shape)
