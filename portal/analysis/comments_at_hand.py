"""What comments at hand teach about the clauses of a draft: those whose filers chose a clause, and those of which
nobody said what they are about.

Two comments are alike by their words, characters, meanings and matters; by the clause space, in either language; and by
what the draft alone says of them. A kernel machine (ridge regression) learns from all three at once. Comments without a
clause stand in it with what the draft and the others make likely, and weigh the less: passages borrow from what is
alike, also where it shares no word with the law (D. Lee: Pseudo-Label, 2013; X. Zhu, A. Goldberg: Introduction to
Semi-Supervised Learning, 2009).

What people commented on most so far says nothing of a passage by itself: articles are compared by how much more than
usual speaks for each. And a passage that is unlike the comments learns less from them than one that is as like them as
they are to each other. How much of it they explain is told as a Gaussian process tells how sure it is (C. Rasmussen,
C. Williams: Gaussian Processes for Machine Learning, 2006, 2.25–2.26), beside how much of each comment the others
explain, copies aside.

Knows the index of clauses, nobody's decisions but those it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from portal.analysis.clause_index import ClauseIndex
from portal.analysis.learning import SHOWN, Example, Features, Vector
from portal.analysis.nearest import nearest
from portal.analysis.rows import Vectors, unit
from portal.analysis.texts import Text, Tokens

#: With fewer comments the draft alone tells more; with so many they count as much as it.
FEWEST: Final = 30
_ENOUGH: Final = 240
#: What each way of being alike counts: by words, by the clause space, by what the draft says.
_SPACE: Final = 1.0
_PROFILE: Final = 0.5
#: How strongly the machine is held back from learning by heart a comment with its clause, and one without.
_HELD_BACK: Final = 0.1
_HELD_BACK_UNTOLD: Final = 1.0
#: How sharply scores become shares of one for a comment without a clause.
_TEMPERATURE: Final = 0.05
#: Comments count in full for a text that they explain as well as three quarters of the comments explain each other,
#: of which so many are looked at. What is explained better is a copy and tells nothing of the others; and who explain
#: each other less than this do not explain a text because they explain it no less.
_USUALLY: Final = 0.25
_LOOKED_AT: Final = 300
_COPY: Final = 0.9
_LEAST: Final = 0.1
#: So many of the nearest comments are looked through for evidence.
_NEAREST: Final = 10
#: Ids of texts that are asked about, behind those of all known ones.
_NEW: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What comments say of texts: for each text and address a score, of which `usual` is what any text has; for each
    text what that counts, from 0 to 1, and the ids of the nearest comments by their article (the likeliest where nobody
    chose one), the nearest first."""

    scores: Vector
    usual: Vector
    counts: Vector
    nearest: list[dict[str, tuple[str, ...]]]


def weight(count: int) -> float:
    """What so many comments count beside the draft."""
    return min(1.0, (count / _ENOUGH) ** 0.5) if count >= FEWEST else 0.0


class CommentsAtHand:
    """Comments, those with labels and those without, as they teach the clause of a passage."""

    def __init__(self, index: ClauseIndex, comments: Sequence[Example], draft: Vector) -> None:
        """`draft`: what the draft alone says of each comment, a row each, a column for each address of the index."""
        self._index = index
        self._texts, self._tokens = [one.text for one in comments], [one.tokens for one in comments]
        self._told: Final = np.array([bool(one.labels) for one in comments], dtype=bool)
        #: What the comments count beside the draft.
        self.weight: Final = weight(len(comments))
        if self.weight:
            self._features = Features(self._texts, self._tokens, index.glossaries, False)
            self._rows = normalize(self._features.rows(self._texts, self._tokens))
            self._draft = draft
            self._usual: Vector = draft.mean(axis=0)
            self._profiles = self._profile(draft)
            self._given = np.array([[address in one.labels for address in index.addresses] for one in comments], float)

    def learnt(self, texts: Sequence[Text], tokens: Sequence[Tokens], draft: Vector) -> Learnt:
        """What the comments say of texts; `draft` is what the draft alone says of them."""
        known, new = self._in_space(texts, tokens)
        ours, theirs = unit(new), unit(known)
        rows = normalize(self._features.rows(texts, tokens))
        with threadpool_limits(1):
            among = self._kernel((self._rows, theirs, self._profiles), (self._rows, theirs, self._profiles))
            asked = self._kernel((rows, ours, self._profile(draft)), (self._rows, theirs, self._profiles))
            held_back = np.where(self._told, _HELD_BACK, _HELD_BACK_UNTOLD)
            targets = self._targets(among)
            scores, counts = _learnt_with_counts(among, asked, targets, held_back)
            return Learnt(scores, targets.mean(axis=0), counts, self._nearest(new, known, targets))

    def _profile(self, draft: Vector) -> Vectors:
        """What the draft says of texts beyond the usual, at length one; nothing of a text of which it says nothing."""
        said = draft.any(axis=1, keepdims=True)
        return unit(np.where(said, draft - self._usual, 0))

    def _in_space(self, texts: Sequence[Text], tokens: Sequence[Tokens]) -> tuple[Vectors, Vectors]:
        """The comments and the texts asked about in the clause space."""
        new = [replace(text, id=f"{_NEW}{number:08}", clause=None) for number, text in enumerate(texts)]
        both = self._index.space.represent([*self._texts, *new], [*self._tokens, *tokens])
        return both[: len(self._texts)], both[len(self._texts) :]

    def _nearest(self, new: Vectors, known: Vectors, targets: Vector) -> list[dict[str, tuple[str, ...]]]:
        near = nearest(new, known, _NEAREST)
        articles = [self._index.articles[one] for one in targets[:, : len(self._index.articles)].argmax(axis=1)]
        found: list[dict[str, tuple[str, ...]]] = []
        for row in range(len(new)):
            its: dict[str, tuple[str, ...]] = {}
            columns, likeness = near[[row]].indices, near[[row]].data
            for place in columns[np.lexsort((columns, -likeness))]:
                its[articles[place]] = (*its.get(articles[place], ()), self._texts[place].id)[:SHOWN]
            found.append(its)
        return found

    def _kernel(self, ours: tuple[Any, Vectors, Vectors], theirs: tuple[Any, Vectors, Vectors]) -> Vector:
        """How alike texts are by their words, in the clause space (at least 0), by what the draft says of them."""
        words, near, profiles = (one @ other.T for one, other in zip(ours, theirs, strict=True))
        kernel: Vector = np.asarray(words.todense()) + _SPACE * np.maximum(near, 0) + _PROFILE * profiles
        return kernel / (1 + _SPACE + _PROFILE)

    def _targets(self, among: Vector) -> Vector:
        """The clauses of each comment: those it was given, else how likely each is."""
        told, untold = np.flatnonzero(self._told), np.flatnonzero(~self._told)
        if not len(untold):
            return self._given
        scores = self._draft[untold]
        if len(told) >= FEWEST:
            held = np.full(len(told), _HELD_BACK)
            learnt = _learnt(among[np.ix_(told, told)], among[np.ix_(untold, told)], self._given[told], held)
            scores = (scores + weight(len(told)) * learnt) / (1 + weight(len(told)))
        articles = scores[:, : len(self._index.articles)]
        likely = np.exp((articles - articles.max(axis=1, keepdims=True)) / _TEMPERATURE)
        likely /= likely.sum(axis=1, keepdims=True)
        # What stands below an article has of its share what it has of its score.
        of_article = self._index.article
        part = np.minimum(scores / np.maximum(scores[:, of_article], 1e-9), 1)
        targets = self._given.copy()
        targets[untold] = likely[:, of_article] * part
        return targets


def _learnt_with_counts(among: Vector, asked: Vector, targets: Vector, held_back: Vector) -> tuple[Vector, Vector]:
    """What is learnt of each text, and what that counts, by how much of the text the comments explain."""
    count, usual = len(among), targets.mean(axis=0)
    looked_at = np.unique(np.linspace(0, count - 1, min(count, _LOOKED_AT)).astype(int))
    one_each = np.zeros((count, len(looked_at)))
    one_each[looked_at, np.arange(len(looked_at))] = 1
    machine = among + np.diag(held_back)
    solved = np.linalg.solve(machine, np.hstack([targets - usual, asked.T, one_each]))
    dual, texts, comments = np.split(solved, [targets.shape[1], targets.shape[1] + len(asked)], axis=1)
    explained = np.einsum("ij,ji->i", asked, texts)
    # How much of each comment the others explain, from the machine that has it.
    by_others = machine[looked_at, looked_at] - 1 / comments[looked_at, np.arange(len(looked_at))]
    differing = by_others[by_others < _COPY]
    usually = max(float(np.quantile(differing, _USUALLY)), _LEAST) if len(differing) else _COPY
    return asked @ dual + usual, (explained / usually).clip(0, 1)


def _learnt(among: Vector, asked: Vector, targets: Vector, held_back: Vector) -> Vector:
    usual = targets.mean(axis=0)
    learnt: Vector = asked @ np.linalg.solve(among + np.diag(held_back), targets - usual) + usual
    return learnt.clip(0)
