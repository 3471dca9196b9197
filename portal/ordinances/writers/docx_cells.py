"""The merged cells of a table as WordprocessingML has them: every row has a cell for each column, or for several.

Knows rows of anything; the paragraphs in the cells are their writers'.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from portal.ordinances.clauses import Span
from portal.ordinances.merged_cells import covered_cells, sizes

T = TypeVar("T")


class DocxCell(NamedTuple, Generic[T]):
    """One `w:tc`. `merging` are the properties that merge it; `content` is None where a cell from above goes on, or
    where its row has no such column."""

    column: int
    width: int
    merging: str
    content: T | None


def docx_cells(rows: Iterable[Sequence[T]], spans: Iterable[Span], columns: int) -> Iterator[list[DocxCell[T]]]:
    """The cells of each row of a table of so many columns."""
    size_of = sizes(spans)
    covered = covered_cells(size_of)
    for row, contents in enumerate(rows):
        cells: list[DocxCell[T]] = []
        column = 0
        while column < columns:
            top, left = covered.get((row, column), (row, column))
            height, width = size_of.get((top, left), (1, 1))
            merging = f'<w:gridSpan w:val="{width}"/>' if width > 1 else ""
            merging += "" if height == 1 else '<w:vMerge w:val="restart"/>' if top == row else "<w:vMerge/>"
            own = (top, left) == (row, column) and column < len(contents)
            cells.append(DocxCell(column, width, merging, contents[column] if own else None))
            column += width
        yield cells
