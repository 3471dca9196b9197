"""Numbers that a word processor counts itself: a paragraph says in which list and at which level it is counted, not its
number. This prints them as the word processor does. Knows neither format: a level says how it counts, and where in its
text the counts go (`%1.` or `^1.`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portal.ordinances import numbering

LEVELS: Final = 10
_PLACE: Final = re.compile(r"[%^]([1-9])")
_LONGEST: Final = 40
_FURTHEST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Level:
    """`counts` is decimal, syllable, circled, letter, upper_letter, roman, upper_roman, or "" for nothing printed."""

    counts: str
    text: str
    start: int = 1


class NumberCounter:
    """Counts the paragraphs of a document in the order of the text; `lists` are the levels of each list."""

    def __init__(self, lists: Mapping[str, Sequence[Level]]) -> None:
        self._lists = lists
        self._counts: dict[str, list[int | None]] = {}

    def next(self, which: str, level: int) -> str:
        """What is printed before the next paragraph of this list and level; "" for nothing."""
        levels = self._lists.get(which, ())
        if level >= min(len(levels), LEVELS):
            return ""
        counts = self._counts.setdefault(which, [None] * LEVELS)
        last = counts[level]
        counts[level] = levels[level].start if last is None else last + 1
        counts[level + 1 :] = [None] * (LEVELS - level - 1)
        if not levels[level].counts:
            return ""

        def printed(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            if at >= len(levels):
                return ""
            count = counts[at]
            return _written(levels[at].start if count is None else count, levels[at].counts)

        return _PLACE.sub(printed, levels[level].text[:_LONGEST])


def whole(value: str | None, otherwise: int) -> int:
    """A number of a file, if it is one."""
    if value is None or not (value.isascii() and value.isdigit() and len(value) < 7):
        return otherwise
    return min(int(value), _FURTHEST)


def _written(number: int, counts: str) -> str:
    try:
        match counts:
            case "syllable":
                return numbering.item_syllable(number)
            case "circled":
                return numbering.paragraph_label(number)
            case "letter":
                return numbering.item_letter(number)
            case "upper_letter":
                return numbering.item_letter(number).upper()
            case "roman":
                return numbering.roman(number).lower()
            case "upper_roman":
                return numbering.roman(number)
    except (IndexError, ValueError):
        pass
    return str(number)
