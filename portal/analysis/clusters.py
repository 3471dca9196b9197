"""Texts grouped by the issue that they raise; how many issues there are is not given.

Groups are joined from single texts by the mean likeness of their members (average linkage: Sokal & Michener 1958), as
long as it is at least JOINED. A text left alone joins a group to which it is alike by TAKEN_IN at least, else it stays
in the tray. Of more texts than are compared pair by pair a sample is grouped, the rest placed into its groups, and what
fits none is grouped in its turn.

A grouping is a proposal. What people grouped is dealt with in `placing`; how texts are compared, in `features`.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from threadpoolctl import threadpool_limits

from portal.analysis.features import Features, LanguageBridge, Places
from portal.analysis.fingerprints import letters_only
from portal.analysis.near_copies import Campaign
from portal.analysis.rows import Vectors
from portal.analysis.texts import Text, Tokens
from portal.ordinances.clauses import Draft, Language

#: Two groups are one when their members are at least so much alike in the mean.
JOINED: Final = 0.75
#: A text on its own joins the group it is most alike to when it is so much alike to its members in the mean.
TAKEN_IN: Final = 0.6
#: Up to so many texts are compared pair by pair.
COMPARED: Final = 3_000

_BLOCK: Final = 4_096
_ALONE: Final = -1


@dataclass(frozen=True, slots=True)
class Cluster:
    """Texts that raise one issue: an id and the ids of its members, in order."""

    id: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clustering:
    """The clusters, the largest first, and the texts that belong to none."""

    clusters: tuple[Cluster, ...]
    tray: tuple[str, ...]


def cluster(texts: Sequence[Text], tokens: Sequence[Tokens], space: LanguageBridge | None = None,
            embeddings: Vectors | None = None,
            drafts: Mapping[Language, Draft] | None = None) -> Clustering:  # fmt: skip
    """The clusters of the texts (see `Features` for what is given). The same result for the same texts in any order."""
    return cluster_features(Features(texts, tokens, space, embeddings, drafts))


def cluster_features(features: Features) -> Clustering:
    """The clusters of texts whose features are known."""
    labels = grouped(features.vectors, features.ids)
    return named(features.ids, labels)


def named(ids: Sequence[str], labels: Places) -> Clustering:
    """The groups as clusters c1, c2, …: the largest first, of equal ones that with the first id."""
    members: dict[int, list[str]] = {}
    for one, label in zip(ids, labels.tolist(), strict=True):
        members.setdefault(label, []).append(one)
    tray = tuple(members.pop(_ALONE, ()))
    ordered = sorted((tuple(sorted(group)) for group in members.values()), key=lambda group: (-len(group), group))
    return Clustering(tuple(Cluster(f"c{number}", group) for number, group in enumerate(ordered, 1)), tray)


def kept_together(labels: Places, ids: Sequence[str], together: Iterable[Sequence[str]]) -> Places:
    """The groups of texts, each set of ids that belongs `together` in one: that which has most of them, the first of
    equals, or one of their own where all are in none. What is left alone is in none. The letters of a campaign are one
    letter, whatever clause each filer chose for it."""
    kept = labels.copy()
    row_of = {one: row for row, one in enumerate(ids)}
    for members in together:
        rows = [row_of[one] for one in members if one in row_of]
        often = Counter(label for label in kept[rows].tolist() if label != _ALONE)
        if often:
            kept[rows] = min(often, key=lambda label: (-often[label], label))
        elif len(rows) > 1:
            kept[rows] = kept.max(initial=_ALONE) + 1
    inside = kept != _ALONE
    sizes = Counter(kept[inside].tolist())
    kept[[inside[row] and sizes[label] == 1 for row, label in enumerate(kept.tolist())]] = _ALONE
    return kept


def belonging_together(campaigns: Iterable[Campaign], texts: Iterable[Text]) -> list[Sequence[str]]:
    """What is kept in one cluster: the letters of a campaign, and the same few words on a clause."""
    return [*(campaign.members for campaign in campaigns), *same_words(texts)]


def same_words(texts: Iterable[Text]) -> list[tuple[str, ...]]:
    """Texts on one clause that say the same, letter by letter, however short (반대합니다): their ids."""
    given = list(texts)
    found: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    for text, letters in zip(given, letters_only([text.text for text in given]), strict=True):
        if letters:
            found[text.clause, letters].append(text.id)
    return [tuple(sorted(ids)) for _, ids in sorted(found.items(), key=lambda pair: min(pair[1])) if len(ids) > 1]


def grouped(vectors: Vectors, ids: Sequence[str]) -> Places:
    """The group of each row, -1 for those that belong to none."""
    with threadpool_limits(1):
        labels = np.full(len(vectors), _ALONE, dtype=np.intp)
        left = np.flatnonzero(np.linalg.norm(vectors, axis=1) > 0)
        while len(left) > 1:
            sample = _sample(left, ids)
            found = _compact(_joined(vectors[sample]))
            if found.max() == _ALONE:
                break
            labels[sample] = np.where(found == _ALONE, _ALONE, found + labels.max() + 1)
            rest = left[labels[left] == _ALONE]
            if len(sample) == len(left):
                break
            labels[rest] = _placed(rest, vectors, labels, JOINED)
            left = rest[labels[rest] == _ALONE]
        alone = np.flatnonzero(labels == _ALONE)
        labels[alone] = _placed(alone, vectors, labels, TAKEN_IN)
        return labels


def _sample(rows: Places, ids: Sequence[str]) -> Places:
    """All rows, or COMPARED of them, drawn by the digests of their ids."""
    if len(rows) <= COMPARED:
        return rows
    drawn = sorted(rows.tolist(), key=lambda row: hashlib.blake2b(ids[row].encode(), digest_size=8).digest())
    return np.sort(np.asarray(drawn[:COMPARED], dtype=np.intp))


def _joined(vectors: Vectors) -> Places:
    """Average linkage, cut where groups are less alike than JOINED."""
    if len(vectors) < 2:
        return np.zeros(len(vectors), dtype=np.intp)
    apart = np.clip(1 - vectors @ vectors.T, 0, None)
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform((apart + apart.T) / 2, checks=False), "average")
    return np.asarray(fcluster(tree, 1 - JOINED, "distance") - 1, dtype=np.intp)


def _means(vectors: Vectors, labels: Places) -> tuple[Vectors, NDArray[np.float32]]:
    """For each group the mean of its members and their number."""
    count = int(labels.max(initial=_ALONE)) + 1
    inside = np.flatnonzero(labels != _ALONE)
    sizes = np.bincount(labels[inside], minlength=count).astype(np.float32)
    shares = (1 / np.maximum(sizes, 1))[labels[inside]]
    onto = sp.csr_array((shares.astype(np.float32), (labels[inside], inside)), shape=(count, len(vectors)))
    return np.asarray(onto @ vectors, dtype=np.float32), sizes


def _in_blocks(rows: Places) -> Iterator[Places]:
    return (rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK))


def _placed(rows: Places, vectors: Vectors, labels: Places, least: float) -> Places:
    """For each of the rows the group that it is most alike to in the mean, -1 where that is less than `least`."""
    placed = np.full(len(vectors), _ALONE, dtype=np.intp)
    means, sizes = _means(vectors, labels)
    for block in _in_blocks(rows) if len(sizes) else ():
        likeness = vectors[block] @ means.T
        best = likeness.argmax(axis=1)
        placed[block] = np.where(likeness[np.arange(len(block)), best] >= least, best, _ALONE)
    return placed[rows]


def _compact(labels: Places) -> Places:
    """The same groups with numbers that follow one another, those of one member dissolved."""
    inside = labels != _ALONE
    found, group, sizes = np.unique(labels[inside], return_inverse=True, return_counts=True)
    numbers = np.where(sizes > 1, np.cumsum(sizes > 1) - 1, _ALONE)
    compact = labels.copy()
    compact[inside] = numbers[group] if len(found) else group
    return compact
