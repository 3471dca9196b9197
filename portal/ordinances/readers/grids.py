"""Puts the cells of a word processor's table in rows and columns: merged cells become spans, no row is shorter than
another. Bounded, whatever a file says of its own size. Knows no format.
"""

from __future__ import annotations

from typing import Final

from portal.ordinances.manuscript import Grid
from portal.ordinances.problems import UnreadableDraft

#: Word allows 63 columns, Hangul as many.
_MAX_COLUMNS: Final = 128
_MAX_CELLS: Final = 200_000


class GridBuilder:
    """Takes rows from top to bottom and their cells from left to right."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], str] = {}
        self._spans: dict[tuple[int, int], tuple[int, int]] = {}
        self._covered: dict[tuple[int, int], tuple[int, int]] = {}
        self._row = -1
        self._column = 0
        self._columns = 0
        self._is_doubled = False

    def row(self, skip: int = 0) -> None:
        """A new row; its first `skip` columns are empty."""
        self._row += 1
        self._column = min(skip, _MAX_COLUMNS)

    def cell(self, text: str, *, width: int = 1, height: int = 1, goes_on: bool = False,
             column: int | None = None) -> None:  # fmt: skip
        """The next cell of the row, or the one at `column`. `goes_on` makes it the lower part of the cell above."""
        at = self._column if column is None else column
        while column is None and (self._row, at) in self._covered:
            at += 1
        width = max(1, min(width, _MAX_COLUMNS - at))
        if at >= _MAX_COLUMNS or len(self._cells) + len(self._covered) > _MAX_CELLS:
            raise UnreadableDraft("The file has a table larger than any draft has.")
        self._column = at + width
        self._columns = max(self._columns, self._column)
        if goes_on and self._row > 0:
            above = (self._row - 1, at)
            top = self._covered.get(above, above)
            if top in self._cells and self._spans.get(top, (1, 1))[1] == width:
                self._cells[top] = "\n".join(filter(None, (self._cells[top], text.strip())))
                self._span(top, self._row - top[0] + 1, width)
                return
        if (self._row, at) in self._cells:  # two cells that say they stand at one place
            text = "\n".join(filter(None, (self._cells[self._row, at], text)))
            self._is_doubled = True
        self._cells[self._row, at] = text
        self._span((self._row, at), max(1, min(height, _MAX_CELLS // 10)), width)

    def _span(self, top: tuple[int, int], height: int, width: int) -> None:
        if height * width == 1:
            return
        if height * width > _MAX_CELLS:
            raise UnreadableDraft("The file has a table larger than any draft has.")
        self._spans[top] = (height, width)
        first = max(0, self._row - top[0])
        for down in range(first, height):
            for right in range(width):
                if (down, right) != (0, 0):
                    self._covered[top[0] + down, top[1] + right] = top

    @property
    def is_box(self) -> bool:
        """Whether it is a single cell: a frame around text."""
        return len(self._cells) == 1 and self._row == 0 and not self._is_doubled

    def finish(self, place: int) -> Grid | None:
        """The table, None where it has no cell."""
        if not self._cells:
            return None
        rows = self._row + 1
        if rows * self._columns > _MAX_CELLS:
            raise UnreadableDraft("The file has a table larger than any draft has.")
        texts = tuple(
            tuple(self._cells.get((row, column), "") for column in range(self._columns)) for row in range(rows)
        )
        spans: list[tuple[int, int, int, int]] = []
        taken: set[tuple[int, int]] = set()
        for (row, column), (height, width) in sorted(self._spans.items()):
            height, width = min(height, rows - row), min(width, self._columns - column)
            cells = {(row + down, column + right) for down in range(height) for right in range(width)}
            own = all(cell == (row, column) or cell not in self._cells for cell in cells)
            if height * width > 1 and own and not cells & taken:
                taken |= cells
                spans.append((row, column, height, width))
        return Grid(texts, tuple(spans), place)
