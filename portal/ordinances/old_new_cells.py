"""Two tables of an annex beside one another: which row is which, and what of each is shown.

Rows that did not change share one that only says so; each other row stands beside its own, or beside a row that says
that there is none. A merged cell is kept as far as its rows stand together. Knows rows of texts, no clause, no words of
a language and no format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from portal.ordinances.clauses import Span
from portal.ordinances.redline import common
from portal.ordinances.similarity import similarity

Cells = Sequence[str]

#: From this likeness on a row is taken for a reworded one; its first cell alone tells as much.
_ALIKE: Final = 0.35
_SAME_HEAD: Final = 0.5
#: Rows with other numbers (가., 다의2., 3)) are one row only if they say nearly the same.
_NUMBER: Final = re.compile(r"\s*[0-9가-힣]{1,3}(?:의[0-9]{1,2})?[.)]")
_RENUMBERED: Final = 0.7
#: Stretches of rows whose numbers multiply to more are not held against one another, row by row.
_MOST_PAIRS: Final = 2_500


class Pairing(NamedTuple):
    """A row of the old table and the one of the new table that it is, by their numbers; None where there is none."""

    old: int | None
    new: int | None
    same: bool = False


def pair_rows(old: Sequence[Cells], new: Sequence[Cells]) -> list[Pairing]:
    """The rows of both tables in one order: that of the new one, what is gone standing where it stood."""
    found: list[Pairing] = []
    old_place = new_place = 0
    for i, j in [*common(["\x1f".join(row) for row in old], ["\x1f".join(row) for row in new]), (len(old), len(new))]:
        found += _changed(old, new, range(old_place, i), range(new_place, j))
        if i < len(old):
            found.append(Pairing(i, j, same=True))
        old_place, new_place = i + 1, j + 1
    return found


def _changed(old: Sequence[Cells], new: Sequence[Cells], olds: range, news: range) -> list[Pairing]:
    """The rows between two that are the same: the pairs in order that are the most alike together."""
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {}
    if len(olds) * len(news) <= _MOST_PAIRS:
        for i in reversed(olds):
            for j in reversed(news):
                ways = [(_score(best, i + 1, j), (i + 1, j)), (_score(best, i, j + 1), (i, j + 1))]
                likeness = _likeness(old[i], new[j])
                if likeness >= _ALIKE:
                    ways.append((likeness + _score(best, i + 1, j + 1), (i + 1, j + 1)))
                best[i, j] = max(ways)
    found: list[Pairing] = []
    i, j = olds.start, news.start
    while i < olds.stop or j < news.stop:
        onward = best[i, j][1] if (i, j) in best else (i + 1, j) if i < olds.stop else (i, j + 1)
        found.append(Pairing(i if onward[0] > i else None, j if onward[1] > j else None))
        i, j = onward
    return found


def _score(best: dict[tuple[int, int], tuple[float, tuple[int, int]]], i: int, j: int) -> float:
    return best[i, j][0] if (i, j) in best else 0.0


def _likeness(old: Cells, new: Cells) -> float:
    alike = similarity(" ".join(old), " ".join(new))
    if old[0].strip() and old[0] == new[0]:
        return max(alike, _SAME_HEAD)
    numbers = [_NUMBER.match(row[0]) for row in (old, new)]
    if all(numbers) and len({number[0] for number in numbers if number}) > 1 and alike < _RENUMBERED:
        return 0.0
    return alike


def shown_spans(
    spans: Iterable[Span], shown: Sequence[int | None], width: int
) -> tuple[tuple[Span, ...], dict[tuple[int, int], tuple[int, int]]]:
    """The merged cells of a table of so many columns of which these rows are `shown` (None: a row that is one remark),
    and for the first cell of each the cell of the table whose words stand in it."""
    found: list[Span] = [(place, 0, 1, width) for place, row in enumerate(shown) if row is None and width > 1]
    words: dict[tuple[int, int], tuple[int, int]] = {}
    place_of = {row: place for place, row in enumerate(shown) if row is not None}
    for row, column, height, wide in spans:
        runs: list[list[int]] = []
        for place in (place_of[row + down] for down in range(height) if row + down in place_of):
            if runs and runs[-1][-1] == place - 1:
                runs[-1].append(place)
            else:
                runs.append([place])
        for run in runs:
            words[run[0], column] = (row, column)
            if len(run) * wide > 1:
                found.append((run[0], column, len(run), wide))
    return tuple(sorted(found)), words
