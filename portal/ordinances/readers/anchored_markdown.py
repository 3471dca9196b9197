"""Reads the Markdown with anchors that `writers.markdown` writes (its marks: `markdown_text`).

The anchor says the address; everything else stands as it is printed. A line that belongs to no clause is reported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Kind, Language, NotPlaced, Reading, Table
from portal.ordinances.markdown_text import NOTE, PARTICULARS, cell_text, unescaped
from portal.ordinances.printed_numbers import number_at_start
from portal.ordinances.problems import InvalidAddress
from portal.ordinances.readers.front_matter import read_front_matter
from portal.ordinances.readers.grids import GridBuilder
from portal.ordinances.readers.one_language import one_language_clause, one_language_draft

_ANCHOR: Final = re.compile(r'(?:#{1,6} |[ ]{0,6})<a id="([0-9A-Za-z_-]{1,200})"></a>(.*)')
_BOLD: Final = re.compile(r"\*\*((?:\\.|[^\\*])*)\*\*")
_NOTE: Final = re.compile(rf" {NOTE[0]}((?:\\.|[^\\<])*){NOTE[1]}")
_CELL: Final = re.compile(r'<(t[hd])(?: rowspan="([0-9]{1,4})")?(?: colspan="([0-9]{1,3})")?>(.*?)</\1>')


def looks_like(text: str) -> bool:
    """Whether a text is Markdown with anchors."""
    return text.startswith(f"---\n{PARTICULARS}: ")


@dataclass(slots=True)
class _Open:
    eid: str
    label: str
    parent: str | None
    heading: str | None
    notes: tuple[str, ...]
    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def read_text(text: str, source_format: str, language: Language = "ko") -> Reading:
    """The reading of a text in NFC with `\\n` line ends. Raises UnreadableDraft when no article is in it."""
    source = text.split("\n")
    front = read_front_matter(source)
    try:
        told = json.loads(front.values.get(PARTICULARS, ""))
    except (ValueError, RecursionError):
        told = {}
    particulars = told if isinstance(told, dict) else {}
    said = particulars.get("language")
    reader = _Reader("ko" if said == "ko" else "en" if said == "en" else language, particulars)
    for line in range(1, front.lines + 1):
        reader.placed[line] = None
    reader.take(source, front.lines)
    return reader.finish(source_format)


class _Reader:
    def __init__(self, language: Language, particulars: Mapping[str, Any]) -> None:
        self.placed: dict[int, str | None] = {}
        self._language: Language = language
        self._particulars = particulars
        odd = particulars.get("odd")
        self._odd: Mapping[str, Any] = odd if isinstance(odd, dict) else {}
        self._title: str | None = None
        self._note: list[str] = []
        self._open: dict[str, _Open] = {}
        self._current: _Open | None = None
        self._heading: _Open | None = None
        self._not_placed: list[NotPlaced] = []

    def take(self, source: Sequence[str], start: int) -> None:
        """Every line from `start` on."""
        place = start
        while place < len(source):
            end = place + 1
            if source[place] == "<table>":
                while end < len(source) and source[end - 1] != "</table>":
                    end += 1
                self._table(place + 1, source[place:end])
            elif source[place].strip():
                while end < len(source) and _goes_on(source[end - 1]):
                    end += 1
                self._block(place + 1, [line[:-1] if _goes_on(line) else line for line in source[place:end]])
            place = end

    def _block(self, number: int, lines: list[str]) -> None:
        if match := _ANCHOR.fullmatch(lines[0]):
            if self._clause(match[1], match[2], lines[1:]):
                self._place(number, len(lines))
                return
        elif self._current is not None:
            self._current.lines += map(unescaped, lines)
            self._place(number, len(lines))
            return
        elif lines[0].startswith("# ") and self._title is None:
            self._title = unescaped(lines[0][2:])
            self.placed[number] = None
            return
        elif lines[0].startswith("> "):
            self._note.append(unescaped(lines[0][2:]))
            self.placed[number] = None
            return
        self._not_placed += [NotPlaced(number + down, line.strip()) for down, line in enumerate(lines)]

    def _place(self, number: int, count: int) -> None:
        for line in range(number, number + count):
            self.placed[line] = self._current.eid if self._current else None

    def _clause(self, eid: str, rest: str, further: list[str]) -> bool:
        try:
            address = parse(eid)
        except InvalidAddress:
            return False
        number = _BOLD.match(rest)
        if address.kind is None or eid in self._open or number is None:
            return False
        if address.kind not in HEADINGS and address.parents and address.parents[-1].eid not in self._open:
            return False  # a clause of an article, or of addenda, that is not there
        rest = rest[number.end() :]
        heading = _BOLD.match(rest, 1) if rest.startswith(" **(") else None
        if heading:
            rest = rest[heading.end() :]
        notes: list[str] = []
        while note := _NOTE.match(rest):
            notes.append(unescaped(note[1]))
            rest = rest[note.end() :]
        parent = next((above.eid for above in address.parents if above.eid in self._open), None)
        if parent is None and address.kind is Kind.ARTICLE and self._heading is not None:
            parent = self._heading.eid
        printed = unescaped(number[1])
        whole = number_at_start(address.kind, printed, "ko") == printed or address.kind in (Kind.ANNEX, Kind.FORM)
        label = printed if self._language == "ko" and whole else address.label
        opened = _Open(eid, label, parent, unescaped(heading[1])[1:-1] if heading else None, tuple(notes))
        if rest.startswith(" "):
            opened.lines = [unescaped(line) for line in (rest[1:], *further)]
        self._open[eid] = self._current = opened
        if address.kind in HEADINGS:
            self._heading = opened
        return True

    def _table(self, number: int, lines: Sequence[str]) -> None:
        if self._current is None:
            self._not_placed += [NotPlaced(number + down, line) for down, line in enumerate(lines)]
            return
        grid = GridBuilder()
        for line in lines:
            if line.startswith("<tr>"):
                grid.row()
                for match in _CELL.finditer(line):
                    grid.cell(cell_text(match[4]), height=int(match[2] or 1), width=int(match[3] or 1))
        if found := grid.finish(number):
            after = len(self._current.lines)
            self._current.tables.append(Table.of_rows(found.rows, self._language, after, found.spans))
        self._place(number, len(lines))

    def finish(self, source_format: str) -> Reading:
        """The reading. Raises UnreadableDraft when the main text has no article."""
        note = "\n".join(self._note) or None
        version = self._particulars.get("version")
        draft = one_language_draft(self._language, self._clauses(), self._title, note, version)
        return Reading(draft, source_format, tuple(self._not_placed), (), self.placed)

    def _clauses(self) -> Iterator[Clause]:
        for opened in self._open.values():
            kind = parse(opened.eid).kind
            if kind is not None:
                yield one_language_clause(
                    self._language, opened.eid, kind, label=opened.label, heading=opened.heading,
                    text="\n".join(opened.lines), parent=opened.parent, notes=opened.notes, tables=opened.tables,
                    odd=self._odd.get(opened.eid),
                )  # fmt: skip


def _goes_on(line: str) -> bool:
    """Whether a line ends in a backslash that escapes nothing before it."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1
