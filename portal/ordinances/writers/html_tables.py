"""A table with merged cells as elements of HTML: headings, body, how far each cell reaches. Shared by what writes HTML,
XML or Markdown; knows no draft."""

from __future__ import annotations

from typing import Any

from portal.ordinances.merged_cells import Cell, Laid


def reach(cell: Cell[Any]) -> str:
    """The attributes that say over how many rows and columns a cell reaches; none for one of its own size."""
    return (f' rowspan="{cell.height}"' if cell.height > 1 else "") + (
        f' colspan="{cell.width}"' if cell.width > 1 else "")  # fmt: skip


def html_table(laid: Laid[str], attributes: str = "", end: str = "") -> str:
    """The table whose cells hold this HTML. `attributes` are the table's own, with a space before; `end` stands behind
    each element that holds rows, and behind each row."""
    head = "".join(f"<tr>{''.join(map(_heading, cells))}</tr>{end}" for cells in laid.heads)
    body = "".join(f"<tr>{''.join(map(_cell, cells))}</tr>{end}" for cells in laid.rows)
    body = f"<tbody>{end}{body}</tbody>{end}" if body else ""
    return f"<table{attributes}>{end}<thead>{end}{head}</thead>{end}{body}</table>{end}"


def _heading(cell: Cell[str]) -> str:
    return f'<th scope="{"colgroup" if cell.width > 1 else "col"}"{reach(cell)}>{cell.content}</th>'


def _cell(cell: Cell[str]) -> str:
    return f"<td{reach(cell)}>{cell.content}</td>"
