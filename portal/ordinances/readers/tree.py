"""Where readers put what they read: clauses in the order of the text, each address once, each line accounted for.

A reader says what it found and at which line; this keeps the addresses unique, collects texts of several lines, lifts
the marks of history off, sees what is deleted, and remembers which lines nobody placed. It knows no format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Language, NotPlaced, Reading, Status
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers.history import split_notes
from portal.ordinances.spoken import english_heading_label

DELETED: Final = "삭제"


@dataclass(slots=True)
class Node:
    """A clause while it is read."""

    eid: str
    kind: Kind
    label: str
    parent: str | None
    heading: str | None = None
    lines: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    has_children: bool = False

    @property
    def text(self) -> str:
        """What was read of its text so far."""
        return "\n".join(self.lines)


class TreeBuilder:
    """Collects nodes. `language` is the one that the source is written in."""

    def __init__(self, language: Language = "ko") -> None:
        self._language = language
        self._nodes: dict[str, Node] = {}
        self._placed: dict[int, str | None] = {}
        self._not_placed: list[NotPlaced] = []

    def has(self, eid: str) -> bool:
        """Whether there is a clause with this address already."""
        return eid in self._nodes

    def add(self, line: int, eid: str, *, parent: Node | None, label: str | None = None, heading: str | None = None,
            text: str = "", notes: tuple[str, ...] = ()) -> Node | None:  # fmt: skip
        """A new clause that begins on this line, or None (and the line is reported) where the address is taken.

        `label` is the number as the source prints it, where that is not the usual way.
        """
        if eid in self._nodes:
            return None
        address = parse(eid)
        if address.kind is None:
            raise ValueError(f"no clause has the address {eid!r}")
        node = Node(eid, address.kind, label or address.label, parent.eid if parent else None, heading, notes=notes)
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
        clauses = tuple(self._clause(node) for node in sorted(self._nodes.values(), key=_section))
        if not any(clause.is_main_text and clause.kind is Kind.ARTICLE for clause in clauses):
            raise UnreadableDraft(
                "The file holds no clause: no line of it begins an article, such as “%(example)s”.",
                example="제1조 (목적)",
            )
        korean = self._language == "ko"
        draft = Draft(clauses, title_ko=title if korean else None, title_en=None if korean else title)
        not_placed = tuple(sorted(self._not_placed, key=lambda rejected: rejected.line))
        return Reading(draft, source_format, not_placed, facts, dict(self._placed))

    def _clause(self, node: Node) -> Clause:
        text, notes = split_notes(node.text)
        heading, heading_notes = split_notes(node.heading) if node.heading else (node.heading, ())
        address = parse(node.eid)
        # A bare number with nothing to it (제44조의2 of a decree whose article moved) is not in force either.
        empty = node.kind is Kind.ARTICLE and not (text or heading or node.has_children)
        deleted = empty or text == DELETED or (not text and heading == DELETED)
        korean = self._language == "ko"
        return Clause(
            eid=node.eid,
            kind=node.kind,
            label=node.label,
            heading_ko=heading if korean else None,
            text_ko=text if korean or node.kind in HEADINGS else None,
            heading_en=None if korean else heading,
            text_en=None if korean else text,
            parent=node.parent,
            status=Status.DELETED if deleted else Status.IN_FORCE,
            notes=(*node.notes, *heading_notes, *notes),
            label_en=english_heading_label(address.steps[-1]) if node.kind in HEADINGS else None,
        )


def _section(node: Node) -> int:
    return 2 if node.kind in (Kind.ANNEX, Kind.FORM) else int(node.eid.startswith("addenda"))
