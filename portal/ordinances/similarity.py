"""How much two texts of law have in common.

Most of a decree is formulas (다음 각 호의 사항, 대통령령으로 정하는, the following). What tells one rule from another
is the rest, so each piece of text weighs the more the fewer clauses have it. Knows texts only, no clauses.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

_HANGUL: Final = re.compile("[가-힣]")
_WORD: Final = re.compile(r"\w+")
#: Being contained says less than being alike, and of a short text next to nothing.
_CONTAINED: Final = 0.8
_LONG_ENOUGH: Final = 30.0
#: More comparisons than this, and only texts that share something rare are compared.
_ALL_AGAINST_ALL: Final = 3_600
#: How many of the most promising counterparts of a text are looked at then, and how rare what they share has to be.
_PROMISING: Final = 8
_RARE: Final = 24


def similarity(one: str, other: str) -> float:
    """How much two texts have in common, 0 to 1: Dice's coefficient over pairs of neighbouring characters, spaces left
    out (L. R. Dice, 1945)."""
    if one == other:
        return 1.0
    a, b = Counter(_bigrams(one)), Counter(_bigrams(other))
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


def _bigrams(text: str) -> list[str]:
    letters = "".join(text.split())
    if len(letters) < 2:
        return [letters] if letters else []
    return [letters[place : place + 2] for place in range(len(letters) - 1)]


def _pieces(text: str) -> list[str]:
    """What a text is compared by: in Korean pairs of neighbouring characters; in English, where any two texts share
    most of those, words and pairs of words."""
    if _HANGUL.search(text):
        return _bigrams(text)
    words = _WORD.findall(text.lower())
    return words + [f"{words[place]} {words[place + 1]}" for place in range(len(words) - 1)]


class Features(NamedTuple):
    """A text as it is compared: its pieces with their numbers, its weight and its length in letters."""

    pieces: Mapping[str, int]
    weight: float
    length: int


class Weighing:
    """Compares texts of one pair of drafts; the texts of their clauses tell what is a formula there. Nothing is
    counted before the first comparison."""

    def __init__(self, old: Iterable[str], new: Iterable[str]) -> None:
        self._texts = old, new
        self._weights: dict[str, float] | None = None
        self._features: dict[str, Features] = {}
        self._rarest = 1.0

    def _weight(self, piece: str) -> float:
        if self._weights is None:
            most, having = 0, Counter[str]()
            for texts in self._texts:
                on_this_side: Counter[str] = Counter()
                for number, text in enumerate(texts, 1):
                    on_this_side.update(set(_pieces(text)))
                    most = max(most, number)
                # Of each side by itself: that a clause has its words in both versions makes them no formula.
                having |= on_this_side
            self._rarest = math.log(2 + most)
            # Even the commonest piece weighs something: two texts of nothing but formulas are not unlike.
            self._weights = {piece: max(0.3, math.log((2 + most) / count)) for piece, count in having.items()}
        return self._weights.get(piece, self._rarest)

    def features(self, text: str) -> Features:
        """The text as it is compared; counted once."""
        found = self._features.get(text)
        if found is None:
            pieces = Counter(_pieces(text))
            weight = sum(count * self._weight(piece) for piece, count in pieces.items())
            found = self._features[text] = Features(pieces, weight, len("".join(text.split())))
        return found

    def shared(self, one: str, other: str) -> float:
        """The weight of what both texts have."""
        a, b = self.features(one).pieces, self.features(other).pieces
        if len(b) < len(a):
            a, b = b, a
        return sum(min(count, b[piece]) * self._weight(piece) for piece, count in a.items() if piece in b)

    def alike(self, one: str, other: str) -> float:
        """How alike two texts are, 0 to 1. A text that stands again within a longer one is like it too, up to 0.8."""
        if one == other:
            return 1.0
        a, b = self.features(one), self.features(other)
        if not a.weight or not b.weight:
            return 0.0
        shared = self.shared(one, other)
        contained = shared / min(a.weight, b.weight) * _CONTAINED
        contained *= min(1.0, min(a.length, b.length) / _LONG_ENOUGH)
        return max(2 * shared / (a.weight + b.weight), contained)

    def balanced(self, one: str, other: str) -> float:
        """How alike two texts are as wholes, 0 to 1: Dice's coefficient, weighed."""
        weight = self.features(one).weight + self.features(other).weight
        return 2 * self.shared(one, other) / weight if weight else 0.0

    def contained(self, part: str, whole: str) -> float:
        """How much of `part` stands in `whole`, 0 to 1."""
        weight = self.features(part).weight
        return self.shared(part, whole) / weight if weight else 0.0

    def covered(self, text: str, by: Sequence[str]) -> float:
        """How much of a text stands in one or another of these, 0 to 1."""
        features = self.features(text)
        others = [self.features(other).pieces for other in by]
        found = sum(
            min(count, max(other.get(piece, 0) for other in others)) * self._weight(piece)
            for piece, count in features.pieces.items()
        )
        return found / features.weight if features.weight else 0.0

    def promising(self, old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
        """Which texts of either side are worth comparing: all, or where those are many the ones that share the most of
        what is rare. Time grows with the size of the texts, not with the product of their numbers."""
        if len(old) * len(new) <= _ALL_AGAINST_ALL:
            return [(i, j) for i in range(len(old)) for j in range(len(new))]
        having: dict[str, list[int]] = defaultdict(list)
        for j, text in enumerate(new):
            for piece in self.features(text).pieces:
                having[piece].append(j)
        pairs = []
        for i, text in enumerate(old):
            found: dict[int, float] = defaultdict(float)
            for piece in self.features(text).pieces:
                places = having.get(piece, ())
                if len(places) <= _RARE:
                    for j in places:
                        found[j] += self._weight(piece)
            best = sorted(found, key=lambda j: (-found[j], j))[:_PROMISING]
            pairs += [(i, j) for j in sorted(best)]
        return pairs
