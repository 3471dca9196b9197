"""Lays English lines, as pasted from a word processor, over a draft: each line finds its clause by the number it begins
with, as an English text prints it.

    Chapter I General Provisions
    Article 2-2 (Notice) words of the article
    (1) a paragraph      1. a subparagraph      (a) an item      1) a sub-item
    Addenda

The draft says which numbers there are: a line with another one is reported and never guessed at, and a line without a
number continues the clause above it. The result is a document as `english_by_eid` lays it over a draft.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, NotPlaced
from portal.ordinances.readers.marks import split_parenthesised
from portal.ordinances.spoken import english_heading_label
from portal.ordinances.writers.portal_json import heading_name

_NUMBER: Final = r"[0-9]{1,6}(?:-[0-9]{1,4})?"
_MARK: Final = re.compile(
    rf"(?P<label>(?:Article|Annex|Form) {_NUMBER}|(?:Part|Chapter|Section|Subsection) [0-9IVXLCDM]+(?:-[0-9]+)?"
    rf"|Addend(?:a|um)|\({_NUMBER}\)|\([a-z]{{1,3}}(?:-[0-9]+)?\)|{_NUMBER}[.)]|[a-z]{{1,2}}(?:-[0-9]+)?\))(?=[\s(]|$)"
    r"\s*(?P<rest>.*)", re.DOTALL)
#: Numbers that open a clause wherever they stand; the others look for it below the clause at hand.
_ALONE: Final = ("Article", "Annex", "Form", "Part", "Chapter", "Section", "Subsection", "Addend")
_ALWAYS: Final = frozenset({"Article", "Annex", "Form"})


@dataclass(frozen=True)
class FittedLines:
    """What the lines say by clause, as a document of `english_by_eid`; the lines that no clause of the draft takes."""

    document: dict[str, Any]
    not_placed: tuple[NotPlaced, ...]


def fit(draft: Draft, text: str, start: str | None = None) -> FittedLines:
    """Lay the lines over the draft. `start`: the clause at which they begin, where they begin without a number."""
    return _Fitting(draft, start).fit(text)


@dataclass
class _Fitting:
    draft: Draft
    start: str | None
    _heading: dict[str, str | None] = field(default_factory=dict)
    _lines: dict[str, list[str]] = field(default_factory=dict)
    _not_placed: list[NotPlaced] = field(default_factory=list)

    def fit(self, text: str) -> FittedLines:
        place = self._place(self.start) if self.start else -1
        lost, at_start = place < 0, self.start is not None
        for number, raw in enumerate(text.split("\n"), 1):
            line = " ".join(raw.replace("\u00a0", " ").split())
            if not line:
                continue
            match = _MARK.match(line)
            # The clause at which the lines begin may be named by its number, too.
            begins = at_start and match is not None and _label(self.draft.clauses[place]) == match["label"]
            found = place if begins else self._find(match["label"], place) if match else None
            at_start = False
            if match and found is not None:
                place, lost = found, False
                self._open(self.draft.clauses[place], match["rest"])
            elif match and (match["label"].startswith(tuple(_ALWAYS)) or self._is_numbered(match["label"], place)):
                self._not_placed.append(NotPlaced(number, line))
                lost = True
            elif lost:
                self._not_placed.append(NotPlaced(number, line))
            else:
                self._lines.setdefault(self.draft.clauses[place].eid, []).append(line)
        return FittedLines(self._document(), tuple(self._not_placed))

    def _place(self, eid: str) -> int:
        return next((at for at, clause in enumerate(self.draft.clauses) if clause.eid == eid), -1)

    def _find(self, label: str, place: int) -> int | None:
        """The next clause with this number: anywhere after the one at hand, or (for what hangs on an article) in it."""
        clauses = self.draft.clauses
        if label.startswith(_ALONE):
            wanted = "Addenda" if label.startswith("Addend") else label
            return next((at for at in range(place + 1, len(clauses))
                         if _label(clauses[at]) == wanted), None)
        return next((at for at in self._inside(place) if _label(clauses[at]) == label), None)

    def _inside(self, place: int) -> Iterator[int]:
        """What stands after the clause at hand and before the next article."""
        clauses = self.draft.clauses
        for at in range(place + 1, len(clauses)):
            if clauses[at].kind is Kind.ARTICLE or clauses[at].kind in HEADINGS or clauses[at].kind in (
                    Kind.ADDENDUM, Kind.ANNEX, Kind.FORM):
                return
            yield at

    def _is_numbered(self, label: str, place: int) -> bool:
        """Whether a number that no clause has is of a shape that stands in this article: then the line is no
        continuation of the clause at hand, but one too many."""
        if place < 0:
            return True
        clauses = self.draft.clauses
        head = place
        while head > 0 and clauses[head].parent in self.draft.by_eid and clauses[head].kind is not Kind.ARTICLE:
            head -= 1
        return any(_shape(_label(clauses[at])) == _shape(label) for at in self._inside(head))

    def _open(self, clause: Clause, rest: str) -> None:
        heading: str | None = None
        if clause.kind in HEADINGS or clause.kind in (Kind.ANNEX, Kind.FORM):
            heading, rest = rest.strip("() ") or None, ""
        elif clause.kind is Kind.ARTICLE and (split := split_parenthesised(rest)):
            heading, rest = split
        self._heading[clause.eid] = heading
        self._lines[clause.eid] = [rest] if rest else []
        # The first paragraph may stand on the line of its article: Article 2 (Notice) (1) An operator …
        match = _MARK.match(rest) if rest and clause.kind is Kind.ARTICLE else None
        if match and not match["label"].startswith(_ALONE):
            first = next(iter(self.draft.children(clause.eid)), None)
            if first is not None and _label(first) == match["label"]:
                self._lines[clause.eid] = []
                self._open(first, match["rest"])

    def _document(self) -> dict[str, Any]:
        provisions: dict[str, Any] = {}
        chapters: dict[str, str] = {}
        for eid, lines in self._lines.items():
            clause = self.draft.by_eid[eid]
            heading = self._heading.get(eid)
            if clause.kind in HEADINGS:
                chapters[heading_name(clause, "ko") or ""] = " ".join(filter(None, (_label(clause), heading, *lines)))
            else:
                provisions[eid] = {"heading": heading if eid in self._heading else clause.heading_en,
                                   "text": "\n".join(lines)}
        return {"chapters": chapters, "provisions": provisions}


def _shape(label: str) -> str:
    return re.sub(r"[a-z]+", "a", re.sub(r"[0-9]+", "1", label))


def _label(clause: Clause) -> str:
    address = parse(clause.eid)
    return clause.label_en or (english_heading_label(address.steps[-1]) if clause.kind in HEADINGS
                               else address.english_label)
