"""A manuscript as a reading: by its styles where it has ours, else line by line as pasted text is read.

A table of a file without our styles belongs to the clause whose text it stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from portal.ordinances.clauses import NotPlaced, Reading, Table
from portal.ordinances.manuscript import Grid, Manuscript, Paragraph
from portal.ordinances.readers.line_grammar import Block, read_lines
from portal.ordinances.readers.manuscript import is_ours, read_styled


def read_manuscript(manuscript: Manuscript, source_format: str) -> Reading:
    """The reading of a manuscript. Raises UnreadableDraft when it holds no clause."""
    reading = read_styled(manuscript, source_format) if is_ours(manuscript) else _by_lines(manuscript, source_format)
    asides = tuple(NotPlaced(place, text) for place, text in manuscript.asides)
    rejected = tuple(sorted((*reading.not_placed, *asides), key=lambda one: one.line))
    return replace(reading, not_placed=rejected) if asides else reading


def _by_lines(manuscript: Manuscript, source_format: str) -> Reading:
    lines: list[Block] = []
    for block in manuscript.blocks:
        if isinstance(block, Grid):
            lines.append((block.place, Table.of_rows(block.rows, manuscript.language, spans=block.spans)))
        else:
            lines.extend((block.place, line) for line in block.text.split("\n"))
    return read_lines(lines, source_format, manuscript.language)


def cell_text(blocks: Sequence[Paragraph | Grid]) -> str:
    """The words of a cell, a line for each paragraph; a table in it as lines."""
    lines = [block.text if isinstance(block, Paragraph) else "\n".join(" | ".join(row) for row in block.rows)
             for block in blocks]  # fmt: skip
    return "\n".join(lines)
