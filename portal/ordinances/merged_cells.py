"""What merged cells do to a table: which cells are printed, over how much each reaches, how far the headings go.

Knows rows of anything, no clause and no format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from portal.ordinances.clauses import Span

T = TypeVar("T")
#: A place in a table: row and column, from 0.
Place = tuple[int, int]


class Cell(NamedTuple, Generic[T]):
    """A cell that is printed, at its place, with the rows and columns that it reaches over."""

    row: int
    column: int
    height: int
    width: int
    content: T


def sizes(spans: Iterable[Span]) -> dict[Place, Place]:
    """Rows and columns of each merged cell, by its place."""
    return {(row, column): (height, width) for row, column, height, width in spans}


def covered_cells(sizes: Mapping[Place, Place]) -> dict[Place, Place]:
    """The places that merged cells cover beside their own, each with the place of the cell that covers it."""
    return {(row + down, column + right): (row, column) for (row, column), (height, width) in sizes.items()
            for down in range(height) for right in range(width) if (down, right) != (0, 0)}  # fmt: skip


class Laid(NamedTuple, Generic[T]):
    """A table as it is printed: the rows of its headings, then the others."""

    heads: list[list[Cell[T]]]
    rows: list[list[Cell[T]]]


def printed_cells(rows: Sequence[Sequence[T]], sizes: Mapping[Place, Place]) -> Iterator[list[Cell[T]]]:
    """The cells of each row that no merged one covers; a row that is covered altogether has none."""
    covered = covered_cells(sizes)
    for row, contents in enumerate(rows):
        yield [Cell(row, column, *sizes.get((row, column), (1, 1)), content)
               for column, content in enumerate(contents) if (row, column) not in covered]  # fmt: skip


def laid_out(rows: Sequence[Sequence[T]], spans: Iterable[Span], heads: int | None = None) -> Laid[T]:
    """A table with these merged cells. `heads`: how many of its rows are headings; else as far as their cells reach."""
    spans = tuple(spans)
    printed = list(printed_cells(rows, sizes(spans)))
    first = head_rows(spans) if heads is None else heads
    return Laid(printed[:first], printed[first:])


def head_rows(spans: Iterable[Span]) -> int:
    """How many rows of a table are its headings: the first, and what a cell of it reaches down to."""
    return max((height for row, _, height, _ in spans if row == 0), default=1)
