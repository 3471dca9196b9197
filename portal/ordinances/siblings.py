"""Which of two lists of neighbours is which: paragraphs of an article, items of a subparagraph, in two versions.

Neighbours keep their order unless their words say otherwise. Knows texts and their numbers, no tree.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portal.ordinances.similarity import Weighing

#: From this likeness on a neighbour is taken for a reworded one; from the lower one where its number stayed as well.
ALIKE: Final = 0.42
ALIKE_AT_ITS_NUMBER: Final = 0.3
#: So little is enough between two neighbours that are certain, with nothing else that it could be.
_ALIKE_BETWEEN_CERTAIN: Final = 0.25
#: What is as alike as that, and clearly more than to any other, is certain wherever it stands.
_CERTAIN: Final = 0.7
_CLEARLY: Final = 0.12
#: What a pair out of order has to be like at least.
_ALIKE_OUT_OF_ORDER: Final = 0.62


@dataclass(frozen=True)
class Neighbour:
    """One of a list. `own` are its own words, `whole` those with everything below it; `number` as in its address."""

    own: str
    whole: str
    number: str


def align(old: Sequence[Neighbour], new: Sequence[Neighbour], weighing: Weighing) -> list[tuple[int, int]]:
    """The pairs, as places in the two lists, in the order of the old one; each place at most once."""
    return _Alignment(old, new, weighing).pairs()


class _Alignment:
    def __init__(self, old: Sequence[Neighbour], new: Sequence[Neighbour], weighing: Weighing) -> None:
        self._old, self._new, self._weighing = old, new, weighing
        self._new_of: dict[int, int] = {}
        self._old_of: dict[int, int] = {}
        self._scores: dict[tuple[int, int], float] = {}

    def pairs(self) -> list[tuple[int, int]]:
        self._match_equal()
        left_old, left_new = self._left()
        if left_old and left_new:
            self._score(left_old, left_new)
            self._match_certain()
            self._match_in_order()
            self._match_between_certain()
            self._match_out_of_order()
        return sorted(self._new_of.items())

    def _match(self, i: int, j: int) -> None:
        self._new_of[i], self._old_of[j] = j, i

    def _left(self) -> tuple[list[int], list[int]]:
        return ([i for i in range(len(self._old)) if i not in self._new_of],
                [j for j in range(len(self._new)) if j not in self._old_of])  # fmt: skip

    def _match_equal(self) -> None:
        """The same words at the same number, then the same words in their order."""
        numbered = {neighbour.number: j for j, neighbour in enumerate(self._new)}
        for i, neighbour in enumerate(self._old):
            at = numbered.get(neighbour.number)
            if at is not None and at not in self._old_of and self._new[at].whole == neighbour.whole:
                self._match(i, at)
        waiting: dict[str, list[int]] = defaultdict(list)
        for j in reversed(self._left()[1]):
            waiting[self._new[j].whole].append(j)
        for i in self._left()[0]:
            if self._old[i].whole and (found := waiting.get(self._old[i].whole)):
                self._match(i, found.pop())

    def _score(self, old: Sequence[int], new: Sequence[int]) -> None:
        """A clause is like another by everything in it, or by its own words where those say something."""
        promising = self._weighing.promising([self._old[i].whole for i in old], [self._new[j].whole for j in new])
        for a, b in promising:
            i, j = old[a], new[b]
            one, other = self._old[i], self._new[j]
            score = self._weighing.alike(one.whole, other.whole)
            if min(len(one.own), len(other.own)) >= 12 and (one.own != one.whole or other.own != other.whole):
                score = max(score, 0.95 * self._weighing.alike(one.own, other.own))
            if one.number == other.number:
                score += 0.02
            self._scores[i, j] = score

    def _match_certain(self) -> None:
        best_old: Mapping[int, list[float]] = _best(self._scores, 0)
        best_new: Mapping[int, list[float]] = _best(self._scores, 1)
        for (i, j), score in self._scores.items():
            if score >= _CERTAIN and all(
                score == scores[0] and (len(scores) < 2 or score >= scores[1] + _CLEARLY)
                for scores in (best_old[i], best_new[j])
            ):
                self._match(i, j)

    def _match_in_order(self) -> None:
        """The most likeness that pairs in the order of both lists can have together (dynamic programming)."""
        old, new = self._left()
        lowest, highest = self._bounds()
        gains = {}
        for a, i in enumerate(old):
            for b, j in enumerate(new):
                score = self._scores.get((i, j), 0.0)
                least = ALIKE_AT_ITS_NUMBER if self._old[i].number == self._new[j].number else ALIKE
                if not lowest[i] < j < highest[i]:
                    least = _ALIKE_OUT_OF_ORDER
                if score >= least:
                    gains[a, b] = score
        most = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
        for a in range(len(old) - 1, -1, -1):
            for b in range(len(new) - 1, -1, -1):
                best = max(most[a + 1][b], most[a][b + 1])
                if (a, b) in gains:
                    best = max(best, gains[a, b] + most[a + 1][b + 1])
                most[a][b] = best
        a = b = 0
        while a < len(old) and b < len(new):
            if (a, b) in gains and most[a][b] == gains[a, b] + most[a + 1][b + 1]:
                self._match(old[a], new[b])
                a, b = a + 1, b + 1
            elif most[a][b] == most[a + 1][b]:
                a += 1
            else:
                b += 1

    def _bounds(self) -> tuple[list[int], list[int]]:
        """For each old place, between which new places it keeps the order of the pairs that there are."""
        lowest, highest = [-1] * len(self._old), [len(self._new)] * len(self._old)
        for i in range(1, len(self._old)):
            lowest[i] = max(lowest[i - 1], self._new_of.get(i - 1, -1))
        for i in range(len(self._old) - 2, -1, -1):
            highest[i] = min(highest[i + 1], self._new_of.get(i + 1, len(self._new)))
        return lowest, highest

    def _match_between_certain(self) -> None:
        """One old and one new, alone between two pairs."""
        ends = [(-1, -1), *sorted(self._new_of.items()), (len(self._old), len(self._new))]
        for (i, j), (next_i, next_j) in itertools.pairwise(ends):
            if next_i - i == 2 and next_j - j == 2 and j + 1 not in self._old_of:
                open_ended = i < 0 and next_i == len(self._old)
                if not open_ended and self._scores.get((i + 1, j + 1), 0.0) >= _ALIKE_BETWEEN_CERTAIN:
                    self._match(i + 1, j + 1)

    def _match_out_of_order(self) -> None:
        for (i, j), score in sorted(self._scores.items(), key=lambda found: (-found[1], found[0])):
            if score < _ALIKE_OUT_OF_ORDER:
                break
            if i not in self._new_of and j not in self._old_of:
                self._match(i, j)


def _best(scores: Mapping[tuple[int, int], float], side: int) -> dict[int, list[float]]:
    """The two best scores of each place of a side."""
    best: dict[int, list[float]] = defaultdict(list)
    for pair, score in scores.items():
        best[pair[side]] = sorted((*best[pair[side]], score), reverse=True)[:2]
    return best
