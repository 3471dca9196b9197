"""How wide the columns of a table are, by the words in them. Knows no format."""

from __future__ import annotations

from typing import Final

from portal.ordinances.manuscript import Grid

#: In characters: up to this a column is as wide as its words; beyond the other, its words break whatever they are.
_SHORT: Final = 8
_LONGEST: Final = 30
#: The margins of a cell, in characters.
_MARGINS: Final = 2


def column_widths(grid: Grid, total: int, character: int) -> list[int]:
    """The width of each column, adding up to `total`; `character` is how wide one of the cells' characters is.

    Short words (가., 500, 구분) stand on one line where there is room; the other columns share what is left.
    """
    count = max(len(grid.rows[0]), 1)
    wide = {(row, column) for row, column, _, width in grid.spans if width > 1}
    longest = [2] * count
    for row, texts in enumerate(grid.rows):
        for column, text in enumerate(texts[:count]):
            if (row, column) not in wide:
                longest[column] = max(longest[column], min(max(map(len, text.split("\n"))), _LONGEST))
    wanted = [(length + _MARGINS) * character for length in longest]
    short = [length <= _SHORT for length in longest]
    kept = sum(width for width, is_short in zip(wanted, short, strict=True) if is_short)
    rest = sum(wanted) - kept
    if sum(wanted) > total and rest and kept < total * 2 // 3:
        widths = [width if is_short else (total - kept) * width // rest
                  for width, is_short in zip(wanted, short, strict=True)]  # fmt: skip
    else:
        widths = [total * width // sum(wanted) for width in wanted]
    widths[-1] += total - sum(widths)
    return widths
