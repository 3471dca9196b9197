"""Sets a draft out as a manuscript, in one language: what DOCX and HWPX are then written from.

As the ministries print it: chapters centred, ① on the line of its article, marks of history behind the words, marks in
square brackets on a line of their own, [별표 1] above the centred title of an annex. What a page does not show goes to
the particulars: `version`, the addresses of the sets of addenda in order, and of single clauses (`odd`) the label or
the status where their print does not tell.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from portal.ordinances.addresses import Address, parse
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Language, Status, Table
from portal.ordinances.manuscript import PART_OF_KIND, SUBITEMS, Grid, Manuscript, Paragraph, Part, Run, Voice
from portal.ordinances.printed_numbers import label_as_read, step_of_number
from portal.ordinances.readers.manuscript import is_told_deleted
from portal.ordinances.spoken import english_heading_label

#: The first line of their text stands behind their number.
_INLINE: Final = frozenset({Kind.PREAMBLE, Kind.ARTICLE, Kind.PARAGRAPH, Kind.SUBPARAGRAPH, Kind.ITEM, Kind.SUBITEM})


def set_out(draft: Draft, language: Language) -> Manuscript:
    """The draft's manuscript in this language. A clause that has no text in it stands there with its number alone."""
    setter = _Setter(draft, language)
    title, note = draft.title(language), draft.note_ko if language == "ko" else draft.note_en
    if title:
        setter.blocks.append(Paragraph(Part.TITLE, (Run(title),)))
    for line in note.split("\n") if note else ():
        setter.blocks.append(Paragraph(Part.REMARK, (Run(line),)))
    for place, clause in enumerate(draft.clauses):
        following = draft.clauses[place + 1] if place + 1 < len(draft.clauses) else None
        setter.clause(clause, following)
    setter.close()
    return Manuscript(tuple(setter.blocks), title, language, setter.particulars())


def part_of(clause: Clause) -> Part:
    """The part that the clause's first paragraph plays."""
    if clause.kind is Kind.SUBITEM:
        return SUBITEMS[clause.eid.count("__sub_") - 1]
    return PART_OF_KIND[clause.kind]


def printed_number(clause: Clause, language: Language) -> str:
    """The number as it is printed: in Korean the label, where that says the number of the address."""
    address = parse(clause.eid)
    if language == "en":
        return _english_number(clause, address)
    if clause.kind is Kind.ADDENDUM:
        return address.label
    last = address.steps[-1]
    if step_of_number(clause.kind, clause.label, "ko") == last:
        return clause.label
    return address.label


def _english_number(clause: Clause, address: Address) -> str:
    label = clause.label_en if clause.kind in HEADINGS else None
    if label and step_of_number(clause.kind, label, "en") == address.steps[-1]:
        return label
    return address.english_label


class _Setter:
    def __init__(self, draft: Draft, language: Language) -> None:
        self.blocks: list[Paragraph | Grid] = []
        self._draft = draft
        self._language: Language = language
        self._roots: list[str] = []
        self._odd: dict[str, dict[str, str]] = {}
        #: The runs of an article that waits for ① on its line.
        self._waiting: tuple[Run, ...] = ()
        #: An article and the marks of its history that stand behind all of it.
        self._closing: tuple[str, tuple[str, ...]] = ("", ())

    def particulars(self) -> dict[str, Any]:
        """What the page does not show."""
        found: dict[str, Any] = {"language": self._language}
        if self._draft.version is not None:
            found["version"] = self._draft.version
        if self._roots:
            found["addenda"] = self._roots
        if self._odd:
            found["odd"] = self._odd
        return found

    def close(self) -> None:
        """The history of the article at hand, now that all of it is written."""
        if notes := self._closing[1]:
            self.blocks.append(Paragraph(Part.CLOSING, _behind(notes)[1:]))
        self._closing = ("", ())

    def clause(self, clause: Clause, following: Clause | None) -> None:
        """The next clause; `following` is the one behind it."""
        if not clause.eid.startswith(f"{self._closing[0]}__"):
            self.close()
        self._note_what_is_odd(clause)
        part = part_of(clause)
        if clause.kind is Kind.ADDENDUM:
            self._roots.append(clause.eid)
        heading = clause.heading(self._language)
        lines = clause.lines(self._language)
        tables = [table for table in clause.tables if table.columns(self._language)]
        runs = self._head(clause, heading)
        if clause.kind is Kind.ARTICLE:
            beside, below = _beside_and_below(clause.notes)
            self._closing, clause = (clause.eid, below), replace(clause, notes=beside)
        if self._waiting:
            runs, part, self._waiting = (*self._waiting, *runs), Part.ARTICLE, ()
        if (clause.kind is Kind.ARTICLE and not lines and not tables and following is not None
                and following.kind is Kind.PARAGRAPH and following.parent == clause.eid):  # fmt: skip
            self._waiting = (*runs, *_behind(clause.notes), Run(" "))
            return
        if clause.kind in _INLINE:
            self._inline(clause, part, runs, self._content(lines, tables))
        else:
            self._below(clause, part, runs, self._content(lines, tables))

    def _head(self, clause: Clause, heading: str | None) -> tuple[Run, ...]:
        """The number and what stands on its line, without text."""
        if clause.kind is Kind.PREAMBLE:
            return ()
        number = printed_number(clause, self._language)
        if clause.kind in (Kind.ANNEX, Kind.FORM):
            return (Run(f"[{number}]", Voice.NUMBER),)
        if not heading:
            return (Run(number, Voice.NUMBER),)
        if clause.kind in HEADINGS:
            return Run(number, Voice.NUMBER), Run(" "), Run(heading, Voice.HEADING)
        gap = () if self._language == "ko" and clause.kind in (Kind.ARTICLE, Kind.ADDENDUM) else (Run(" "),)
        return Run(number, Voice.NUMBER), *gap, Run(f"({heading})", Voice.HEADING)

    def _inline(self, clause: Clause, part: Part, runs: tuple[Run, ...], content: list[str | Grid]) -> None:
        """A clause whose first line stands behind its number, and whose history stands behind its last words."""
        if content and isinstance(content[0], str):
            first, *content = content
            runs = (*runs, Run(" "), Run(str(first))) if runs else (Run(str(first)),)
        self.blocks.append(Paragraph(part, runs))
        last = len(self.blocks) - 1
        for block in content:
            self.blocks.append(self._line(block, part))
            if isinstance(block, str):
                last = len(self.blocks) - 1
        beside, below = _beside_and_below(clause.notes)
        paragraph = self.blocks[last]
        if beside and isinstance(paragraph, Paragraph):
            self.blocks[last] = replace(paragraph, runs=(*paragraph.runs, *_behind(beside)))
        if below:
            self.blocks.append(Paragraph(Part.LINE, _behind(below)[1:], under=part))

    def _below(self, clause: Clause, part: Part, runs: tuple[Run, ...], content: list[str | Grid]) -> None:
        """A clause whose number, heading and history have lines of their own, above its text."""
        self.blocks.append(Paragraph(part, (*runs, *_behind(clause.notes))))
        heading = clause.heading(self._language)
        if clause.kind in (Kind.ANNEX, Kind.FORM) and heading:
            self.blocks.append(Paragraph(Part.ANNEX_TITLE, (Run(heading, Voice.HEADING),)))
        self.blocks.extend(self._line(block, part) for block in content)

    def _line(self, block: str | Grid, under: Part) -> Paragraph | Grid:
        return Paragraph(Part.LINE, (Run(block),), under=under) if isinstance(block, str) else block

    def _content(self, lines: list[str], tables: list[Table]) -> list[str | Grid]:
        content: list[str | Grid] = []
        written = 0
        for table in tables:
            until = max(written, min(table.after_lines, len(lines)))
            content += lines[written:until]
            content.append(Grid((table.columns(self._language), *table.rows(self._language)), table.spans))
            written = until
        return content + list(lines[written:])

    def _note_what_is_odd(self, clause: Clause) -> None:
        odd: dict[str, str] = {}
        address = parse(clause.eid)
        printed = printed_number(clause, "ko") if self._language == "ko" else address.label
        if clause.label != label_as_read(clause.kind, printed, address.label):
            odd["label"] = clause.label
        if clause.kind in HEADINGS and clause.label_en != english_heading_label(address.steps[-1]):
            odd["label_en"] = clause.label_en or ""
        told = is_told_deleted(clause, self._language, bool(self._draft.children(clause.eid)))
        if told != (clause.status is Status.DELETED):
            odd["status"] = clause.status.value
        if odd:
            self._odd[clause.eid] = odd


def _beside_and_below(notes: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """<개정 …> stands behind the words, [본조신설 …] on a line of its own; all of them behind the words where their
    order would change."""
    below = tuple(note for note in notes if note.startswith("["))
    beside = tuple(note for note in notes if not note.startswith("["))
    return (beside, below) if notes == beside + below else (notes, ())


def _behind(notes: tuple[str, ...]) -> tuple[Run, ...]:
    return tuple(run for note in notes for run in (Run(" "), Run(note, Voice.NOTE)))
