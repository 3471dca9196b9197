"""The new words below an amending sentence: which of them belong to which order, and the clauses that they are.

The words stand in the order of the orders, each clause beginning with its number. Which line is of which order follows
from the clauses that the orders name; where it can be told in two ways, it is not told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from portal.ordinances.amending.instructions import Fragment, Insert, Instruction, Rewrite, Target
from portal.ordinances.numbering import paragraph_number
from portal.ordinances.readers.history import split_notes
from portal.ordinances.readers.marks import (
    ELEMENT_OF_UNIT,
    Mark,
    article_mark,
    heading_mark,
    item_mark,
    paragraph_mark,
    split_parenthesised,
    subitem_mark,
    subparagraph_mark,
)
from portal.ordinances.steps import Step


@dataclass(slots=True)
class Piece:
    """A clause as it stands in new words, with those below it."""

    step: Step
    heading: str | None = None
    text: str = ""
    below: list[Piece] = field(default_factory=list)


# ------------------------------------------------------------------------------------------------------------- dividing


def split_block(orders: Sequence[Instruction], lines: Sequence[str]) -> tuple[list[Instruction], list[str]]:
    """The orders with their lines, and the lines that none of them took. Orders whose lines cannot be told from those
    of the next are `undivided` and take none."""
    found = list(orders)
    wanted = [place for place, order in enumerate(orders) if _takes_lines(order)]
    if not wanted or not lines:
        return found, list(lines)
    spans = [(0, len(lines))] if len(wanted) == 1 else _divided([orders[place] for place in wanted], lines)
    taken: set[int] = set()
    for place, span in zip(wanted, spans, strict=True):
        order = found[place]
        if isinstance(order, Rewrite | Insert):
            found[place] = replace(order, lines=tuple(lines[slice(*span)]) if span else (), undivided=span is None)
        taken.update(range(*span) if span else ())
    return found, [line for number, line in enumerate(lines) if number not in taken]


def _takes_lines(order: Instruction) -> bool:
    return isinstance(order, Rewrite | Insert) and not order.attached and "다음과" in order.words


#: So many lines are read at most, to find out how a block divides.
_MOST_READ: Final = 20_000
#: From where to where an order's lines may reach, and what speaks against it.
_Span = tuple[int, int, int]


def _divided(orders: Sequence[Instruction], lines: Sequence[str]) -> list[tuple[int, int] | None]:
    """The lines of each order, all lines in their order; None for an order that can have others just as well, and for
    all where the lines are not the clauses that the orders name.

    While the clauses of one order count on, a number belongs to them: of several ways to divide the lines, the one
    counts in which the fewest numbers are out of their row.
    """
    reached: list[dict[int, int]] = [{0: 0}]
    spans: list[list[_Span]] = []
    read = 0
    for number, order in enumerate(orders):
        following = orders[number + 1] if number + 1 < len(orders) else None
        ends: dict[int, int] = {}
        spans.append([])
        for start, before in reached[-1].items():
            for end, cost in _ends(order, lines, start):
                read += 1
                if read > _MOST_READ:
                    return [None] * len(orders)
                if (end == len(lines)) if following is None else end < len(lines):
                    spans[-1].append((start, end, cost))
                    ends[end] = min(ends.get(end, before + cost), before + cost)
        reached.append(ends)
    return _least(spans, reached, len(lines))


def _least(spans: Sequence[Sequence[_Span]], reached: Sequence[dict[int, int]],
           end: int) -> list[tuple[int, int] | None]:  # fmt: skip
    """For each order the one span that all divisions with the least against them have; None where they differ, and
    everywhere where there is no division."""
    if end not in reached[-1]:
        return [None] * len(spans)
    found: list[tuple[int, int] | None] = []
    on_the_way = {end}
    for number in reversed(range(len(spans))):
        best = {(start, stop) for start, stop, cost in spans[number]
                if stop in on_the_way and reached[number][start] + cost == reached[number + 1][stop]}  # fmt: skip
        on_the_way = {start for start, _ in best}
        found.append(best.pop() if len(best) == 1 else None)
    return found[::-1]


def _ends(order: Instruction, lines: Sequence[str], start: int) -> Iterator[tuple[int, int]]:
    """Where the lines of an order that begin here may end, each with what speaks against it."""
    target = order.targets[0]
    if target.fragments and target.fragments[-1] is not Fragment.EACH:
        yield from _ends_of_words(target.fragments[-1], lines, start)
    elif target.parts[0].element in ("tbl", "form"):
        yield from ((end, 0) for end in range(start + 1, len(lines) + 1))
    else:
        yield from _ends_of_clauses(order, lines, start)


def _ends_of_clauses(order: Instruction, lines: Sequence[str], start: int) -> Iterator[tuple[int, int]]:
    """While the lines are the clauses that the order names, one after the other."""
    target = order.targets[0]
    wanted = None if target.fragments else counted(order.targets)
    element = target.parts[-1].element
    if target.fragments:
        element = "subpara" if _mark(lines[start].strip(), "subpara") else "point"
    reader = _Reader(element, False)
    for end in range(start + 1, len(lines) + 1):
        before = len(reader.found)
        if not reader.take(lines[end - 1].strip()):
            return
        if len(reader.found) > before:
            fits = before < len(wanted) and reader.found[before].step == wanted[before] if wanted else (
                _is_next(reader.found) if target.fragments else before > 0 or reader.found[0].step == target.parts[-1]
            )  # fmt: skip
            if not fits:
                return
        if wanted is None or len(reader.found) == len(wanted):
            yield end, reader.ran_on


def _is_next(pieces: Sequence[Piece]) -> bool:
    """Whether the last number follows the one before it, or is the first."""
    last = pieces[-2].step if len(pieces) > 1 else Step("")
    step = pieces[-1].step
    return Mark(step.number, step.branch, "", "").follows((last.number, last.branch))


def _ends_of_words(fragment: Fragment, lines: Sequence[str], start: int) -> Iterator[tuple[int, int]]:
    """A 단서, a 후단 … has no number; 호 that it names may stand below it. 다만 and 이 경우 say where it begins."""
    first = lines[start].strip()
    if fragment in (Fragment.HEADING, Fragment.BODY):
        yield from ((end, 0) for end in range(start + 1, start + 2 if fragment is Fragment.HEADING else len(lines) + 1))
        return
    if _numbered_line(first) is not None:
        return
    opens = next((one for one, words in _OPENING_WORDS.items() if words.match(first)), None)
    cost = 0 if opens is (fragment if fragment in _OPENING_WORDS else None) else 1
    yield start + 1, cost
    reader: _Reader | None = None
    for end in range(start + 2, len(lines) + 1):
        line = lines[end - 1].strip()
        numbered = _numbered_line(line)
        if reader is None and numbered is not None:
            reader = _Reader(numbered, False)
        if reader is not None:
            before = len(reader.found)
            reader.take(line)
            if len(reader.found) > before and not _is_next(reader.found):
                return
        yield end, cost + (reader.ran_on if reader else 0)


_OPENING_WORDS: Final = {
    Fragment.PROVISO: re.compile(r"(?:다만|단)\b"),
    Fragment.SECOND: re.compile(r"이 ?(?:경우|때)"),
}


def _numbered_line(line: str) -> str | None:
    """The sort of clause whose number the line begins with; None where it has none."""
    return next((element for element in ("para", "subpara", "point") if _mark(line, element) is not None), None)


def counted(targets: Sequence[Target]) -> list[Step] | None:
    """The numbers that the clauses named should have, one after the other; None where a range cannot be counted."""
    found: list[Step] = []
    for target in targets:
        steps = steps_between(target.parts[-1], target.until[-1]) if target.until else [target.parts[-1]]
        if steps is None:
            return None
        found += steps
    return found


# -------------------------------------------------------------------------------------------------------------- reading

_ORDER: Final = ("art", "para", "subpara", "point", "sub")


def _mark(line: str, element: str) -> Mark | None:
    match element:
        case "art":
            mark = article_mark(line)  # 제3조제2항 중 … is no head of an article
            return mark if mark and mark.text[:1] in ("", " ", "(", "\u3000") else None
        case "para":
            return _paragraph(line)
        case "subpara":
            return subparagraph_mark(line)
        case "point":
            return item_mark(line)
        case "sub":
            return subitem_mark(line)
    return heading_mark(line)


def _paragraph(line: str) -> Mark | None:
    """①; the reader's mark wants nothing more, but old texts have no space behind it."""
    mark = paragraph_mark(line)
    if mark is None and line and (number := paragraph_number(line[0])):
        return Mark(number, 0, line[0], line[1:].strip())
    return mark


def read_pieces(lines: Sequence[str], element: str, *, one: bool = False) -> list[Piece] | None:
    """The clauses that the lines are, of this sort at the top (`one` of them); None where the first line begins
    none. What stands in a line behind a line break goes on with its text, whatever it begins with."""
    reader = _Reader(element, one)
    for line in lines:
        if not reader.take(line.strip()):
            return None
    return reader.found


def read_plain(lines: Sequence[str]) -> tuple[str, list[Piece]]:
    """Words without a number of their own, and the 호 or 목 below them."""
    text: list[str] = []
    for place, line in enumerate(lines):
        stripped = line.strip()
        for element in ("para", "subpara", "point"):
            mark = _mark(stripped.partition("\n")[0], element)
            if mark is not None and (mark.number, mark.branch) == (1, 0):
                below = read_pieces(lines[place:], element)
                if below is not None:
                    return "\n".join(text), below
        text.append(stripped)
    return "\n".join(text), []


class _Reader:
    def __init__(self, element: str, one: bool) -> None:
        self._top, self._one = element, one
        self._stack: list[Piece] = []
        self.found: list[Piece] = []
        #: How many lines went on with a text though they begin with a number.
        self.ran_on = 0

    def take(self, line: str) -> bool:
        """One line; False where it can stand nowhere."""
        line, _, more = line.partition("\n")
        line, _ = split_notes(line)
        if not line:
            return True
        if not self._opened(line):
            if not self._stack:
                return False
            self.ran_on += _numbered_line(line) is not None
            self._go_on(line)
        if more:
            self._go_on(more)
        return True

    def _opened(self, line: str) -> bool:
        for element in self._possible():
            mark = _mark(line, element)
            if mark is not None and self._fits(element, mark):
                self._open(element, mark)
                return True
        return False

    def _go_on(self, words: str) -> None:
        last = self._stack[-1]
        last.text = f"{last.text}\n{words}" if last.text else words

    def _possible(self) -> tuple[str, ...]:
        if self._top not in _ORDER:
            return (self._top, *_ORDER)
        return _ORDER[_ORDER.index(self._top) :]

    def _fits(self, element: str, mark: Mark) -> bool:
        """The top is taken by any number; below it they count from one."""
        if element == self._top or (element == "art" and self._top not in _ORDER):
            return not (self._one and self.found)
        if not self._stack:
            return False
        siblings = self._siblings(element, mark)
        last = (siblings[-1].step.number, siblings[-1].step.branch) if siblings else (0, 0)
        return mark.follows(last)

    def _siblings(self, element: str, mark: Mark) -> list[Piece]:
        parent = self._parent(element, mark)
        below = parent.below if parent else self.found
        return [one for one in below if one.step.element == element and one.step.lettered == _lettered(element, mark)]

    def _parent(self, element: str, mark: Mark) -> Piece | None:
        """The clause that one of this sort goes under."""
        if element == "sub":
            for place, one in enumerate(self._stack):
                if one.step.element == "sub" and one.step.lettered == _lettered(element, mark):
                    return self._stack[place - 1] if place else None
            return self._stack[-1] if self._stack else None
        above = [one for one in self._stack if _depth(one.step.element) < _depth(element)]
        return above[-1] if above else None

    def _open(self, element: str, mark: Mark) -> None:
        parent = self._parent(element, mark)
        if mark.unit:
            element = ELEMENT_OF_UNIT[mark.unit]
        piece = Piece(Step(element, mark.number, mark.branch, _lettered(element, mark)), text=mark.text.strip())
        self._stack = [*self._stack[: self._stack.index(parent) + 1], piece] if parent else [piece]
        (parent.below if parent else self.found).append(piece)
        if element in ("art", "part", "chp", "sec", "subsec"):
            self._head(piece)

    def _head(self, piece: Piece) -> None:
        """제24조의6(제목) ① …: the heading, and the first paragraph on the same line."""
        if piece.step.element != "art":
            piece.heading, piece.text = piece.text or None, ""
            return
        heading, rest = split_parenthesised(piece.text) or (None, piece.text)
        piece.heading, piece.text = heading, rest.strip()
        mark = _paragraph(piece.text)
        if mark is not None and mark.number == 1:
            piece.text = ""
            self._open("para", mark)


def _lettered(element: str, mark: Mark) -> bool:
    return element == "point" or (element == "sub" and mark.lettered)


def _depth(element: str) -> int:
    return _ORDER.index(element) if element in _ORDER else -1


def steps_between(first: Step, last: Step) -> list[Step] | None:
    """제3항부터 제7항까지, counted; None where a branch number makes that a matter of the text."""
    if first.element != last.element or first.lettered != last.lettered:
        return None
    if first.number == last.number and last.branch >= first.branch:
        low = first.branch or 1
        return [first, *(Step(first.element, first.number, branch, first.lettered)
                         for branch in range(max(2, low + 1), last.branch + 1))]  # fmt: skip
    if first.branch or last.branch or last.number < first.number:
        return None
    return [Step(first.element, number, 0, first.lettered) for number in range(first.number, last.number + 1)]
