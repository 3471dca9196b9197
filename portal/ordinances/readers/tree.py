"""Where readers put what they read: clauses in the order of the text, each address once, each line accounted for.

A reader says what it found and at which line; this keeps the addresses unique, collects texts of several lines, makes
tables of drawn ones, lifts the marks of history off, sees what is deleted, and remembers which lines nobody placed. It
knows no format.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Kind, Language, NotPlaced, Reading, Status, Table
from portal.ordinances.problems import InvalidAddress
from portal.ordinances.readers.box_tables import Drawings
from portal.ordinances.readers.history import split_notes
from portal.ordinances.readers.one_language import one_language_clause, one_language_draft

DELETED: Final = frozenset({"삭제", "Deleted", "Deleted."})
_MIDDLE_DOTS: Final = dict.fromkeys(map(ord, "\u00b7\u2022\u2024\u2027\u2219\u22c5\u30fb\uff65"), "\u318d")


@dataclass(slots=True)
class Node:
    """A clause while it is read. `tables` are those of the source itself, by the number of lines before them."""

    eid: str
    kind: Kind
    label: str
    parent: str | None
    heading: str | None = None
    lines: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    has_children: bool = False
    tables: list[Table] = field(default_factory=list)
    #: Marks of history that the source prints behind the last clause below this one: [본조신설 2020.8.4].
    closing_notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What was read of its text so far."""
        return "\n".join(self.lines)


class TreeBuilder:
    """Collects nodes. `language` is the one that the source is written in; with `english_labels` its numbers are
    printed as English texts print them."""

    def __init__(self, language: Language = "ko", *, english_labels: bool = False) -> None:
        self._language = language
        self._english_labels = english_labels
        self._nodes: dict[str, Node] = {}
        self._placed: dict[int, str | None] = {}
        self._not_placed: list[NotPlaced] = []
        self._drawings = Drawings()

    def has(self, eid: str) -> bool:
        """Whether there is a clause with this address already."""
        return eid in self._nodes

    def add(self, line: int, eid: str, *, parent: Node | None, label: str | None = None, heading: str | None = None,
            text: str = "", notes: tuple[str, ...] = ()) -> Node | None:  # fmt: skip
        """A new clause that begins on this line, or None where the address is taken or is none: then the reader reports
        the line.

        `label` is the number as the source prints it, where that is not the usual way.
        """
        if eid in self._nodes:
            return None
        try:
            address = parse(eid)
        except InvalidAddress:  # a number that no text of law has
            return None
        if address.kind is None:
            raise ValueError(f"no clause has the address {eid!r}")
        printed = address.english_label if self._english_labels and address.kind not in HEADINGS else address.label
        node = Node(eid, address.kind, label or printed, parent.eid if parent else None, heading, notes=notes)
        if text:
            node.lines.append(text)
        if parent:
            parent.has_children = True
        self._nodes[eid] = node
        self._placed[line] = eid
        return node

    def add_line(self, line: int, node: Node, text: str) -> None:
        """One more line of a clause's text."""
        node.lines.append(text)
        self._placed[line] = node.eid

    def place_table(self, line: int, node: Node | None, table: Table) -> None:
        """A table of the source, behind the lines that the clause has so far; one that is in no clause is reported."""
        if node is None:
            self.reject(line, table.as_text("ko") or table.as_text("en"))
            return
        node.tables.append(replace(table, after_lines=len(node.lines)))
        self._placed[line] = node.eid

    def add_note(self, line: int, node: Node, note: str) -> None:
        """A mark of history that stands on a line of its own."""
        node.closing_notes.append(note)
        self._placed[line] = node.eid

    def add_source_lines(self, lines: list[int], node: Node) -> None:
        """Lines that a clause was made from, beside those of its text."""
        self._placed.update(dict.fromkeys(lines, node.eid))

    def add_fact_line(self, line: int) -> None:
        """A line that belongs to the text as a whole: its title, its front matter, a rule between its sections."""
        self._placed[line] = None

    def reject(self, line: int, text: str) -> None:
        """A line that no clause takes."""
        self._not_placed.append(NotPlaced(line, text.strip()))

    def finish(
        self, source_format: str, *, title: str | None = None, facts: tuple[tuple[str, str], ...] = ()
    ) -> Reading:
        """The reading: main text, then addenda, then annexes and forms. Raises UnreadableDraft when the main text has
        no article."""
        pictures: dict[str, list[str]] = {}
        if title and self._language == "ko":
            title = _one_middle_dot(title)
        clauses = [self._clause(node, pictures) for node in self._nodes.values()]
        draft = one_language_draft(self._language, clauses, title)
        tags = [(f"그림.{clause.eid}", tag) for clause in draft.clauses for tag in pictures.get(clause.eid, ())]
        not_placed = tuple(sorted(self._not_placed, key=lambda rejected: rejected.line))
        return Reading(draft, source_format, not_placed, (*facts, *tags), dict(self._placed))

    def _clause(self, node: Node, pictures: dict[str, list[str]]) -> Clause:
        lines, tables = self._tables(node, pictures)
        text, notes = split_notes("\n".join(lines))
        if tables and text.count("\n") + bool(text) < tables[-1].after_lines:  # notes only stood above a table
            last = text.count("\n") + bool(text)
            tables = tuple(replace(table, after_lines=min(table.after_lines, last)) for table in tables)
        heading, heading_notes = split_notes(node.heading) if node.heading else (node.heading, ())
        # A bare number with nothing to it (제44조의2 of a decree whose article moved) is not in force either.
        empty = node.kind is Kind.ARTICLE and not (text or heading or node.has_children or tables)
        deleted = empty or text in DELETED or (not text and heading in DELETED)
        return one_language_clause(
            self._language, node.eid, node.kind, label=node.label, heading=heading, text=text, parent=node.parent,
            status=Status.DELETED if deleted else Status.IN_FORCE,
            notes=(*node.notes, *heading_notes, *notes, *node.closing_notes), tables=tables,
        )  # fmt: skip

    def _tables(self, node: Node, pictures: dict[str, list[str]]) -> tuple[list[str], tuple[Table, ...]]:
        """The lines without those that draw tables, and the tables, drawn ones and others, in the order of the text."""
        lines: list[str] = []
        tables: list[Table] = []
        done = 0
        for given in (*node.tables, None):
            end = given.after_lines if given else len(node.lines)
            left, drawn = self._drawings.take(node.lines[done:end])
            for box in drawn:
                tables.append(Table.of_rows(box.rows, self._language, len(lines) + box.after_lines, box.spans))
                if box.picture:
                    pictures.setdefault(node.eid, []).append(box.picture)
            lines += left
            if given:
                tables.append(replace(given, after_lines=len(lines)))
            done = end
        return lines, tuple(tables)


def _one_middle_dot(title: str) -> str:
    """The name of a law has one kind of middle dot, that of law.go.kr, whatever a word processor made of it."""
    return title.translate(_MIDDLE_DOTS)
