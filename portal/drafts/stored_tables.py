"""How the tables of a clause are stored: a list of objects in one column, in the order of the text.

One object alone, without a place, is the table of an annex as it was stored when clauses had one at most: it stands
behind all lines. Knows neither rows nor sessions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.ordinances.clauses import Table


def written(tables: Sequence[Table]) -> list[dict[str, Any]]:
    """The tables as JSON values."""
    return [
        {"columns_ko": list(table.columns_ko), "columns_en": list(table.columns_en),
         "rows_ko": [list(cells) for cells in table.rows_ko], "rows_en": [list(cells) for cells in table.rows_en],
         "after_lines": table.after_lines, "spans": [list(span) for span in table.spans]}
        for table in tables]  # fmt: skip


def read(stored: list[Any] | dict[str, Any] | None, text: str) -> tuple[Table, ...]:
    """The tables from what is stored beside a clause's text."""
    if stored is None:
        return ()
    behind = text.count("\n") + 1 if text else 0
    return tuple(
        Table(tuple(table["columns_ko"]), tuple(table["columns_en"]), tuple(map(tuple, table["rows_ko"])),
              tuple(map(tuple, table["rows_en"])), table.get("after_lines", behind),
              tuple((row, column, rows, columns) for row, column, rows, columns in table.get("spans", ())))
        for table in ([stored] if isinstance(stored, dict) else stored))
