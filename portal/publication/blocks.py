"""The words of a clause as they stand in print: text, the tables between its lines, what is drawn with characters.

Derived whenever a page is made, never stored. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from portal.ordinances.clauses import Language, Table
from portal.ordinances.manuscript import is_drawn
from portal.ordinances.merged_cells import Laid, laid_out
from portal.publication.citations import Link

#: Whether any line of a text can be drawn; most are not, and need not be looked at line by line.
_DRAWN: Final = re.compile("[\u2500-\u259f]")
_LINE: Final = re.compile("[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Block:
    """Text with its links, or lines that are `drawn`, or a table and the language that it is in."""

    words: str = ""
    links: Sequence[Link] = ()
    drawn: bool = False
    table: Laid[str] | None = None
    language: Language = "ko"


def opening_and_further(text: str, tables: Sequence[Table], language: Language,
                        links: Sequence[Link] = ()) -> tuple[Block, tuple[Block, ...]]:
    """What stands behind the number of a clause, and its first table or drawing with all that follows: of a clause
    without one, its whole text and nothing. A table that is not in this language is given in the other."""
    if not tables and not _DRAWN.search(text):
        return Block(text, links, language=language), ()
    blocks = tuple(_blocks(text, links, tables, language))
    if blocks and blocks[0].table is None and not blocks[0].drawn:
        return blocks[0], blocks[1:]
    return Block(language=language), blocks


def _blocks(text: str, links: Sequence[Link], tables: Sequence[Table], language: Language) -> Iterator[Block]:
    lines = _LINE.findall(text)
    written = at = 0
    for table in (*tables, None):
        until = len(lines) if table is None else max(written, min(table.after_lines, len(lines)))
        for drawn, group in groupby(lines[written:until], is_drawn):
            piece = "".join(group)
            yield Block(piece.removesuffix("\n"), _shifted(links, at, at + len(piece)), drawn, language=language)
            at += len(piece)
        written = until
        if table is not None:
            yield from _table(table, language)


def _shifted(links: Sequence[Link], start: int, end: int) -> list[Link]:
    return [[int(first) - start, int(last) - start, *rest] for first, last, *rest in links
            if start <= int(first) and int(last) <= end]


def _table(table: Table, language: Language) -> Iterator[Block]:
    other: Language = "en" if language == "ko" else "ko"
    own = language if table.columns(language) else other
    if table.columns(own):
        yield Block(table=laid_out((table.columns(own), *table.rows(own)), table.spans), language=own)
