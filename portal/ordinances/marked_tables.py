"""Two editions of a table as one, with what changed marked in its cells: what is gone stands where it stood.

For a text that is read as one with its changes; `old_new_table` sets the two editions beside one another. Knows tables,
no clause and no format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from portal.ordinances.clauses import Language, Span, Table
from portal.ordinances.merged_cells import head_rows
from portal.ordinances.old_new_cells import Pairing, pair_rows, shown_spans
from portal.ordinances.redline import Change, ChangeKind, redline

#: A row of the other sort, which none of a table's own is.
_NONE: Final = -1
#: The words of a cell, in pieces.
Pieces = tuple[Change, ...]
_Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class MarkedTable:
    """Rows of cells, the first `heads` being headings, and the merged cells among them. It stands after `after_lines`
    lines of the newer text; of the older one, if it is gone. `is_same`: nothing in it changed."""

    rows: tuple[tuple[Pieces, ...], ...]
    spans: tuple[Span, ...]
    heads: int
    after_lines: int
    is_gone: bool = False
    is_same: bool = False


def marked_tables(old: Sequence[Table], new: Sequence[Table], language: Language) -> list[MarkedTable]:
    """The tables of a clause in their order, each with its changes from the one that it was. One whose columns are
    others is gone, and a new one stands behind it. Tables that are not in this language are left out."""
    olds, news = ([(table, _rows(table, language)) for table in tables if table.columns(language)]
                  for tables in (old, new))  # fmt: skip
    whole = [[["\n".join(map(" | ".join, rows))] for _, rows in tables] for tables in (olds, news)]
    found: list[MarkedTable] = []
    for one, other, _ in pair_rows(*whole):
        before, after = None if one is None else olds[one], None if other is None else news[other]
        if before and after and len(before[1][0]) == len(after[1][0]):
            found.append(_compared(before, after, language))
            continue
        found += [_alone(*table, kind) for table, kind in (
            (before, ChangeKind.DELETED), (after, ChangeKind.INSERTED)) if table]  # fmt: skip
    return found


def plain_tables(tables: Sequence[Table], language: Language) -> list[MarkedTable]:
    """The tables as they are, nothing marked."""
    return [_alone(table, _rows(table, language), ChangeKind.SAME) for table in tables if table.columns(language)]


def _rows(table: Table, language: Language) -> _Rows:
    return (table.columns(language), *table.rows(language))


def _pieces(text: str, kind: ChangeKind) -> Pieces:
    return (Change(kind, text),) if text else ()


def _alone(table: Table, rows: _Rows, kind: ChangeKind) -> MarkedTable:
    cells = tuple(tuple(_pieces(text, kind) for text in row) for row in rows)
    return MarkedTable(cells, table.spans, head_rows(table.spans), table.after_lines, kind is ChangeKind.DELETED,
                       kind is ChangeKind.SAME)  # fmt: skip


def _compared(old: tuple[Table, _Rows], new: tuple[Table, _Rows], language: Language) -> MarkedTable:
    (before, olds), (after, news) = old, new
    heads = min(head_rows(before.spans), head_rows(after.spans), len(olds), len(news))
    pairings = [Pairing(place, place) for place in range(heads)]
    pairings += [Pairing(None if one is None else one + heads, None if other is None else other + heads)
                 for one, other, _ in pair_rows(olds[heads:], news[heads:])]  # fmt: skip
    cells = [_row(olds, news, pairing, language) for pairing in pairings]
    width = len(news[0])
    spans: list[Span] = []
    # The merged cells among rows that are gone, and among the others: a row of the other sort parts them.
    for table, shown in ((before, [one if other is None else _NONE for one, other, _ in pairings]),
                         (after, [_NONE if other is None else other for _, other, _ in pairings])):  # fmt: skip
        merged, words = shown_spans(table.spans, shown, width)
        cells_of = {row: cells[place] for place, row in enumerate(shown)}
        for (place, column), (row, _) in words.items():
            if row in cells_of:
                cells[place] = (*cells[place][:column], cells_of[row][column], *cells[place][column + 1 :])
        spans += merged
    is_same = tuple(map(tuple, olds)) == tuple(map(tuple, news)) and before.spans == after.spans
    return MarkedTable(tuple(cells), tuple(sorted(spans)), heads, after.after_lines, is_same=is_same)


def _row(olds: _Rows, news: _Rows, pairing: Pairing, language: Language) -> tuple[Pieces, ...]:
    if pairing.old is None or pairing.new is None:
        kind = ChangeKind.DELETED if pairing.new is None else ChangeKind.INSERTED
        row = olds[pairing.old] if pairing.old is not None else news[pairing.new or 0]
        return tuple(_pieces(text, kind) for text in row)
    return tuple(tuple(redline(one, other, language)) for one, other in zip(
        olds[pairing.old], news[pairing.new], strict=True))  # fmt: skip
