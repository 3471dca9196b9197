"""Which of the clusters that stand a text belongs to: three ranked suggestions, each with what it rests on.

A text is compared with the members of each cluster. Half of the score is the mean of its likeness to all of them,
half the votes of the five texts nearest to it, wherever they are: the mean is sure where a cluster has few members,
the votes where it has many sides. Nothing is trained. A suggestion is never a decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from portal.analysis.features import Features, Further, Places
from portal.analysis.nearest import nearest
from portal.analysis.rows import Sparse, Vectors

#: So many suggestions are made for a text.
SHOWN: Final = 3
#: So many of the nearest texts vote.
VOTERS: Final = 5
#: So many earlier texts are named with a suggestion.
_EARLIER: Final = 3
#: So many texts are compared with a cluster's members at once.
_AT_ONCE: Final = 1_024


@dataclass(frozen=True, slots=True)
class ClusterSuggestion:
    """A cluster for a text, and why: words and clauses that it shares with the cluster's members (the weightiest first)
    and the members most alike to it. `score` is from 0 to 1."""

    cluster: str
    score: float
    words: tuple[str, ...]
    clauses: tuple[str, ...]
    nearest: tuple[str, ...]


class Standing:
    """The clusters as they stand: texts at hand, and the cluster of each that has one."""

    def __init__(self, features: Features, cluster_of: Mapping[str, str]) -> None:
        """Ids that the features do not know are passed over."""
        self._features: Final = features
        self.clusters: Final = tuple(sorted({cluster_of[one] for one in features.ids if one in cluster_of}))
        number = {cluster: index for index, cluster in enumerate(self.clusters)}
        #: For each row of the features the number of its cluster in `clusters`, -1 for none.
        self.labels: Final[Places] = np.asarray(
            [number[cluster_of[one]] if one in cluster_of else -1 for one in features.ids], dtype=np.intp
        )
        with threadpool_limits(1):
            self._sizes = np.bincount(self.labels[self.labels >= 0], minlength=len(self.clusters)).astype(np.float32)
            sums = np.zeros((len(self.clusters), features.vectors.shape[1]), dtype=np.float32)
            np.add.at(sums, self.labels[self.labels >= 0], features.vectors[self.labels >= 0])
            self._means: Vectors = (sums / np.maximum(self._sizes, 1)[:, None]).astype(np.float32)

    @cached_property
    def _members(self) -> list[Places]:
        """The rows of each cluster."""
        return [np.flatnonzero(self.labels == column) for column in range(len(self.clusters))]

    @cached_property
    def _said(self) -> tuple[Sparse, Sparse]:
        """The mean word weights of each cluster's members, and the mean of what their filers named."""
        inside = np.flatnonzero(self.labels >= 0)
        shares = (1 / self._sizes[self.labels[inside]]).astype(np.float32)
        onto = sp.csr_array((shares, (self.labels[inside], inside)), shape=(len(self.clusters), len(self.labels)))
        found = sp.csr_array(onto @ self._features.word_weights), sp.csr_array(onto @ self._features.own)
        for each in found:
            each.sort_indices()
        return found

    def scores(self, further: Further) -> NDArray[np.float32]:
        """How well each cluster suits further texts: a row a text, a column a cluster."""
        with threadpool_limits(1):
            likeness = further.vectors @ self._means.T
            inside = np.flatnonzero(self.labels >= 0)
            near = nearest(further.vectors, self._features.vectors[inside], VOTERS)
            return self._scored(likeness, near, self.labels[inside])

    def scores_of_own(self) -> NDArray[np.float32]:
        """For each text with a cluster of two or more, how well that cluster suits it, itself left out."""
        inside = np.flatnonzero(self.labels >= 0)
        inside = inside[self._sizes[self.labels[inside]] > 1]
        if not len(inside):
            return np.zeros(0, dtype=np.float32)
        vectors, own, rows = self._features.vectors[inside], self.labels[inside], np.arange(len(inside))
        with threadpool_limits(1):
            likeness = vectors @ self._means.T
            itself = np.einsum("ij,ij->i", vectors, vectors)
            likeness[rows, own] = (likeness[rows, own] * self._sizes[own] - itself) / (self._sizes[own] - 1)
            near = nearest(vectors, vectors, VOTERS, itself=False)
            return np.asarray(self._scored(likeness, near, own)[rows, own])

    def _scored(self, likeness: NDArray[np.float32], near: Sparse, labels: Places) -> NDArray[np.float32]:
        sums = np.maximum(np.asarray(near.sum(axis=1)).ravel(), 1e-9)
        columns = labels[near.indices]
        votes = sp.csr_array((near.data, columns, near.indptr), shape=likeness.shape).toarray()
        return np.asarray((likeness + votes / sums[:, None]) / 2, dtype=np.float32)

    def suggestions(self, further: Further, most: int = SHOWN) -> list[tuple[ClusterSuggestion, ...]]:
        """For each of the texts the clusters that suit it, the best first; none where nothing is alike."""
        scores = self.scores(further)
        ranked = np.argsort(-scores, axis=1, kind="stable")[:, :most]
        earlier = self._most_alike(further.vectors, ranked)
        means = self._said
        return [
            tuple(
                ClusterSuggestion(
                    self.clusters[column],
                    round(min(score, 1.0), 4),
                    self._features.shared_words(further.word_weights, row, means[0], column),
                    self._features.shared_clauses(further.own, row, means[1], column),
                    tuple(self._features.ids[one] for one in earlier[row, rank].tolist() if one >= 0),
                )
                for rank, (column, score) in enumerate(zip(columns, scores[row, columns].tolist(), strict=True))
                if score > 0
            )
            for row, columns in enumerate(ranked.tolist())
        ]

    def _most_alike(self, vectors: Vectors, ranked: Places) -> NDArray[np.intp]:
        """For each text and each of the clusters `ranked` for it the rows of the members most alike to it, the nearest
        first, of equals the first; -1 where there are no more."""
        found = np.full((*ranked.shape, _EARLIER), -1, dtype=np.intp)
        for column in np.unique(ranked).tolist():
            members = self._members[column]
            rows, ranks = np.nonzero(ranked == column)
            for start in range(0, len(rows), _AT_ONCE):
                block = slice(start, start + _AT_ONCE)
                alike = vectors[rows[block]] @ self._features.vectors[members].T
                for place in range(min(_EARLIER, len(members))):
                    nearest = alike.argmax(axis=1)
                    found[rows[block], ranks[block], place] = members[nearest]
                    alike[np.arange(len(alike)), nearest] = -np.inf
        return found


def suggest_clusters(features: Features, cluster_of: Mapping[str, str], most: int = SHOWN,
                     ids: Sequence[str] | None = None) -> dict[str, tuple[ClusterSuggestion, ...]]:  # fmt: skip
    """Suggestions for the texts at hand that have no cluster (or for those of them in `ids`), by id."""
    standing = Standing(features, cluster_of)
    wanted = None if ids is None else set(ids)
    rows = [
        row for row, one in enumerate(features.ids) if standing.labels[row] < 0 and (wanted is None or one in wanted)
    ]
    if not rows or not standing.clusters:
        return {features.ids[row]: () for row in rows}
    found = standing.suggestions(features.rows(np.asarray(rows, dtype=np.intp)), most)
    return {features.ids[row]: suggestions for row, suggestions in zip(rows, found, strict=True)}
