"""Makes a draft of a manuscript, as it comes out of a DOCX or a HWPX.

A file that we wrote says by its styles what each paragraph and each run is: its numbers are read where they stand
printed, so that a clause that somebody moved, added or renumbered in a word processor has the address that its number
says. A file without those styles is read line by line, as pasted text is; its tables stay tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Kind, Language, NotPlaced, Reading, Status, Table
from portal.ordinances.manuscript import PART_OF_KIND, SUBITEMS, Grid, Manuscript, Paragraph, Part, Run, Voice
from portal.ordinances.printed_numbers import label_as_read, number_at_start, step_of_number
from portal.ordinances.problems import InvalidAddress
from portal.ordinances.readers.history import split_notes
from portal.ordinances.readers.marks import split_parenthesised
from portal.ordinances.readers.one_language import one_language_clause, one_language_draft
from portal.ordinances.steps import HEADINGS as HEADING_ELEMENTS

_KIND_OF_PART: Final[Mapping[Part, Kind]] = {
    **{part: kind for kind, part in PART_OF_KIND.items()},
    **dict.fromkeys(SUBITEMS, Kind.SUBITEM),
}
_UNIT_KINDS: Final = (Kind.PARAGRAPH, Kind.SUBPARAGRAPH, Kind.ITEM)
_ROOT_NUMBER: Final = re.compile(r"제\s*([1-9][0-9]{0,5})\s*호")
_ANNEXES: Final = frozenset({Kind.ANNEX, Kind.FORM})
_DELETED: Final = {"ko": "삭제", "en": "Deleted"}


def is_told_deleted(clause: Clause, language: Language, has_children: bool) -> bool:
    """Whether the words of a clause say that it is deleted: 삭제, or an article with nothing to it."""
    text, heading = clause.text(language) or "", clause.heading(language)
    return _tells_deleted(clause.kind, text, heading, has_children or bool(clause.tables), language)


def _tells_deleted(kind: Kind, text: str, heading: str | None, has_more: bool, language: Language) -> bool:
    empty = kind is Kind.ARTICLE and not (text or heading or has_more)
    return empty or text == _DELETED[language] or (not text and heading == _DELETED[language])


def is_ours(manuscript: Manuscript) -> bool:
    """Whether the styles of a file say which of its paragraphs are articles."""
    return any(isinstance(block, Paragraph) and block.part is Part.ARTICLE for block in manuscript.blocks)


def read_styled(manuscript: Manuscript, source_format: str) -> Reading:
    """The reading of a manuscript whose paragraphs say what they are. Raises UnreadableDraft when no article is in
    it."""
    reader = _Reader(manuscript)
    for block in manuscript.blocks:
        reader.take(block)
    return reader.finish(source_format)


@dataclass(slots=True)
class _Open:
    """A clause while it is read."""

    eid: str
    kind: Kind
    label: str
    parent: str | None
    heading: str | None = None
    notes: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    grids: list[tuple[int, Grid]] = field(default_factory=list)
    has_children: bool = False


@dataclass(slots=True)
class _Piece:
    """A part of a paragraph from one number to the next."""

    runs: list[Run]
    number: str | None

    def text(self) -> str:
        return "".join(run.text for run in self.runs if run.voice is Voice.TEXT).strip()

    def heading(self) -> str:
        return "".join(run.text for run in self.runs if run.voice is Voice.HEADING).strip()

    def notes(self) -> list[str]:
        return [run.text for run in self.runs if run.voice is Voice.NOTE]


class _Reader:
    def __init__(self, manuscript: Manuscript) -> None:
        self._language: Language = manuscript.language
        self._particulars = manuscript.particulars
        odd = manuscript.particulars.get("odd")
        self._odd: Mapping[str, Any] = odd if isinstance(odd, dict) else {}
        roots = [block for block in manuscript.blocks if isinstance(block, Paragraph) and block.part is Part.ADDENDA]
        self._roots = self._addresses_of_roots(roots)
        self._open: dict[str, _Open] = {}
        self._current: _Open | None = None
        self._headings: list[_Open] = []
        self._base: _Open | None = None
        self._units: dict[Kind, _Open] = {}
        self._subitems: list[_Open] = []
        self._titles: list[str] = []
        self._remarks: list[str] = []
        self._not_placed: list[NotPlaced] = []
        self._placed: dict[int, str | None] = {}

    # ---- one block

    def take(self, block: Paragraph | Grid) -> None:
        """The next paragraph or table."""
        if isinstance(block, Grid):
            self._grid(block)
            return
        runs = _joined(block.runs)
        part = block.part or self._guessed(block.text.strip())
        if part is Part.TITLE and self._current is None:
            self._titles.append(block.text.strip())
            self._placed[block.place] = None
        elif part is Part.REMARK and self._current is None:
            self._remarks.append(block.text)
            self._placed[block.place] = None
        elif part is Part.ANNEX_TITLE and self._current and self._current.kind in _ANNEXES:
            self._annex_title(block, runs)
        elif part in _KIND_OF_PART and part is not None and (part is not Part.PREAMBLE or "preamble" not in self._open):
            self._clause(block, _KIND_OF_PART[part], part, runs)
        elif part is Part.CLOSING and self._base is not None:
            self._closing(block, runs, self._base)
        else:
            self._line(block, runs, styled=block.part is not None)

    def _grid(self, grid: Grid) -> None:
        if self._current is None:
            self._not_placed.extend(NotPlaced(grid.place, " | ".join(row)) for row in grid.rows)
            return
        self._current.grids.append((len(self._current.lines), grid))
        self._placed[grid.place] = self._current.eid

    def _annex_title(self, block: Paragraph, runs: Sequence[Run]) -> None:
        current = self._current
        if current is None or current.lines or current.grids:
            self._reject(block)
            return
        piece = _Piece(list(runs), None)
        words = " ".join(filter(None, (piece.heading(), piece.text())))
        current.heading = f"{current.heading} {words}" if current.heading else words
        current.notes.extend(piece.notes())
        self._placed[block.place] = current.eid

    def _closing(self, block: Paragraph, runs: Sequence[Run], base: _Open) -> None:
        notes = [run.text for run in runs if run.voice is Voice.NOTE]
        rest = "".join(run.text for run in runs if run.voice is not Voice.NOTE).strip()
        left, more = split_notes(rest)
        base.notes.extend((*notes, *more))
        self._placed[block.place] = base.eid
        if left:
            self._not_placed.append(NotPlaced(block.place, left))

    def _line(self, block: Paragraph, runs: Sequence[Run], *, styled: bool) -> None:
        words = "".join(run.text for run in runs if run.voice is not Voice.NOTE)
        notes = [run.text for run in runs if run.voice is Voice.NOTE]
        if not styled:
            words, more = split_notes(words.strip())
            notes = [*more, *notes]
        if self._current is None:
            if words.strip() or notes:
                self._reject(block)
            return
        self._current.notes.extend(notes)
        if notes:
            words = words.rstrip()
        if words or (styled and not notes):
            self._current.lines.extend(words.split("\n"))
        self._placed[block.place] = self._current.eid

    def _reject(self, block: Paragraph) -> None:
        self._not_placed.append(NotPlaced(block.place, block.text.strip()))

    def _guessed(self, text: str) -> Part | None:
        """What a paragraph without a style of ours is, by the number that it begins with, where that comes next."""
        for kind in (Kind.ARTICLE, *_UNIT_KINDS):
            number = number_at_start(kind, text, self._language)
            step = step_of_number(kind, number, self._language) if number else None
            if number is None or step is None or (kind is not Kind.ARTICLE and self._base is None):
                continue
            if kind is Kind.ARTICLE and not text[len(number) :].lstrip().startswith(("(", "삭제")):
                continue
            eid = self._address(kind, step.eid)
            if eid is not None and eid not in self._open:
                return PART_OF_KIND[kind]
        return None

    # ---- a clause

    def _clause(self, block: Paragraph, kind: Kind, part: Part, runs: Sequence[Run]) -> None:
        pieces = _pieces(runs) if kind is not Kind.PREAMBLE else [_Piece(list(runs), "")]
        for place, piece in enumerate(pieces):
            own_kind, own_part = (kind, part) if place == 0 else (Kind.PARAGRAPH, Part.PARAGRAPH)
            if not self._piece(block, own_kind, own_part, piece):
                rest = "".join(run.text for later in pieces[place:] for run in later.runs)
                self._not_placed.append(NotPlaced(block.place, f"{piece.number or ''}{rest}".strip()))
                return

    def _piece(self, block: Paragraph, kind: Kind, part: Part, piece: _Piece) -> bool:
        number = piece.number
        typed = number is None
        if number is None:  # typed by hand in a paragraph of ours: the number is among the words
            words = "".join(run.text for run in piece.runs).strip()
            number = number_at_start(kind, words, self._language)
            if number is None:
                return False
            piece = _Piece([Run(words[len(number) :])], number)
        opened = self._opened(kind, part, number)
        if opened is None:
            return False
        opened.heading, text, notes = self._words(opened, piece, typed)
        opened.notes.extend(notes)
        if text:
            opened.lines.extend(text.split("\n"))
        self._placed[block.place] = opened.eid
        return True

    def _words(self, opened: _Open, piece: _Piece, typed: bool) -> tuple[str | None, str, Sequence[str]]:
        """Heading, text and marks of history of a piece."""
        if typed:
            text, found = split_notes(piece.text())
            if opened.kind in HEADINGS:
                return text or None, "", found
            if opened.kind in (Kind.ARTICLE, Kind.ADDENDUM) and (split := split_parenthesised(text)):
                return split[0], split[1], found
            return None, text, found
        heading: str | None = piece.heading() or None
        if heading and opened.kind not in HEADINGS and heading.startswith("(") and heading.endswith(")"):
            heading = heading[1:-1]
        return heading, piece.text(), piece.notes()

    def _opened(self, kind: Kind, part: Part, number: str) -> _Open | None:
        """The clause with this number, opened where the reader stands; None where that cannot be."""
        if kind is Kind.PREAMBLE:
            eid: str | None = "preamble"
        elif kind is Kind.ADDENDUM:
            eid = self._roots.pop(0) if self._roots else None
        else:
            step = step_of_number(kind, number, self._language)
            if step is None:
                return None
            eid = self._address(kind, step.eid, part)
            if kind in _ANNEXES and step.number == 0:
                eid = self._next_unnumbered(step.element, eid)
        if eid is None or eid in self._open:
            return None
        try:
            address = parse(eid)
        except InvalidAddress:
            return None
        printed = number if self._language == "ko" else address.label
        label = address.label if kind is Kind.PREAMBLE else label_as_read(kind, printed, address.label)
        parent = self._parent(kind, part)
        opened = _Open(eid, kind, label, parent.eid if parent else None)
        if parent:
            parent.has_children = True
        self._open[eid] = self._current = opened
        self._stand_at(opened, part)
        return opened

    def _address(self, kind: Kind, step: str, part: Part | None = None) -> str | None:
        if kind in _ANNEXES:
            return step
        parent = self._parent(kind, part)
        if kind is Kind.ARTICLE and (parent is None or parent.kind is not Kind.ADDENDUM):
            return step
        if parent is None:
            return step if kind in HEADINGS else None
        return f"{parent.eid}__{step}"

    def _next_unnumbered(self, element: str, eid: str | None) -> str | None:
        branch = 1
        while eid in self._open:
            branch += 1
            eid = f"{element}_0-{branch}"
        return eid

    def _parent(self, kind: Kind, part: Part | None) -> _Open | None:
        """The clause that one of this kind, met now, lies in."""
        if kind in HEADINGS:
            depth = HEADING_ELEMENTS.index(_ELEMENT_OF_HEADING[kind])
            above = [node for node in self._headings if HEADING_ELEMENTS.index(_ELEMENT_OF_HEADING[node.kind]) < depth]
            return above[-1] if above else None
        if kind is Kind.ARTICLE:
            root = self._root()
            return root or (self._headings[-1] if self._headings else None)
        if kind in (Kind.PREAMBLE, Kind.ADDENDUM, *_ANNEXES):
            return None
        if kind is Kind.SUBITEM and part in SUBITEMS and (above := self._subitems[: SUBITEMS.index(part)]):
            return above[-1]
        outer = _UNIT_KINDS[: _UNIT_KINDS.index(kind)] if kind in _UNIT_KINDS else _UNIT_KINDS
        return next((self._units[level] for level in reversed(outer) if level in self._units), self._base)

    def _root(self) -> _Open | None:
        """The set of addenda that the reader stands in."""
        if self._base is None:
            return None
        top = self._open.get(parse(self._base.eid).steps[0].eid)
        return top if top is not None and top.kind is Kind.ADDENDUM else None

    def _stand_at(self, opened: _Open, part: Part) -> None:
        kind = opened.kind
        if kind in _UNIT_KINDS:
            for inner in _UNIT_KINDS[_UNIT_KINDS.index(kind) :]:
                self._units.pop(inner, None)
            self._units[kind] = opened
            self._subitems = []
        elif kind is Kind.SUBITEM:
            self._subitems = [*self._subitems[: SUBITEMS.index(part)], opened]
        else:
            self._units, self._subitems = {}, []
            self._base = opened if kind in (Kind.ARTICLE, Kind.ADDENDUM) else None
            if kind in HEADINGS:
                depth = HEADING_ELEMENTS.index(_ELEMENT_OF_HEADING[kind])
                self._headings = [node for node in self._headings
                                  if HEADING_ELEMENTS.index(_ELEMENT_OF_HEADING[node.kind]) < depth]  # fmt: skip
                self._headings.append(opened)

    def _addresses_of_roots(self, roots: Sequence[Paragraph]) -> list[str]:
        """The address of each set of addenda: as the file says, where it says so of every one; else the number that
        stands behind it, the last without a number (or simply the last) being the draft's own."""
        told = self._particulars.get("addenda")
        if isinstance(told, list) and len(told) == len(roots) and all(map(_is_root, told)):
            return [str(eid) for eid in told]
        numbers = [match[1] if (match := _ROOT_NUMBER.search(root.text)) else None for root in roots]
        unnumbered = [place for place, number in enumerate(numbers) if number is None]
        own = unnumbered[-1] if unnumbered else len(numbers) - 1
        found: list[str] = []
        for place, number in enumerate(numbers):
            eid = "addenda" if place == own else f"addenda_{number or place + 1}"
            again = 1
            while eid in found:
                again += 1
                eid = f"addenda_{number or place + 1}-{again}"
            found.append(eid)
        return found

    # ---- the end

    def finish(self, source_format: str) -> Reading:
        """The reading. Raises UnreadableDraft when the main text has no article."""
        clauses = [self._finished(opened) for opened in self._open.values()]
        title, note = " ".join(self._titles) or None, "\n".join(self._remarks) or None
        draft = one_language_draft(self._language, clauses, title, note, self._particulars.get("version"))
        return Reading(draft, source_format, tuple(self._not_placed), (), self._placed)

    def _finished(self, opened: _Open) -> Clause:
        lines = opened.lines
        while lines and not lines[-1].strip():
            lines.pop()
        text = "\n".join(lines)
        has_more = opened.has_children or bool(opened.grids)
        deleted = _tells_deleted(opened.kind, text, opened.heading, has_more, self._language)
        tables = [Table.of_rows(grid.rows, self._language, min(after, len(lines)), grid.spans)
                  for after, grid in opened.grids]  # fmt: skip
        return one_language_clause(
            self._language, opened.eid, opened.kind, label=opened.label, heading=opened.heading, text=text,
            parent=opened.parent, status=Status.DELETED if deleted else Status.IN_FORCE, notes=opened.notes,
            tables=tables, odd=self._odd.get(opened.eid),
        )  # fmt: skip


_ELEMENT_OF_HEADING: Final = {Kind.PART: "part", Kind.CHAPTER: "chp", Kind.SECTION: "sec", Kind.SUBSECTION: "subsec"}


def _is_root(eid: object) -> bool:
    try:
        return isinstance(eid, str) and parse(eid).kind is Kind.ADDENDUM
    except InvalidAddress:
        return False


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Runs of one voice that stand side by side as one: word processors cut them up as they please."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].voice is run.voice:
            joined[-1] = Run(joined[-1].text + run.text, run.voice)
        elif run.text:
            joined.append(run)
    return joined


def _pieces(runs: Sequence[Run]) -> list[_Piece]:
    """A paragraph cut at its numbers: 제2조(정의) and ① on one line are two clauses."""
    pieces = [_Piece([], None)]
    for run in runs:
        if run.voice is Voice.NUMBER:
            number = run.text.strip().strip("[]")
            if pieces[-1].number is None and not pieces[-1].runs:
                pieces[-1].number = number
            else:
                pieces.append(_Piece([], number))
        elif run.text.strip() or pieces[-1].runs:
            pieces[-1].runs.append(run)
    return pieces
