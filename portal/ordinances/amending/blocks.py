"""The new words below an amending sentence: which of them belong to which order, and the clauses that they are.

The words stand in the order of the orders, each clause beginning with its number; what has no number (단서, 후단) is
the first line that no later order begins with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from portal.ordinances.amending.instructions import Fragment, Insert, Instruction, Rewrite
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
    """The orders with their lines, and the lines that none of them took."""
    wanted = [place for place, order in enumerate(orders) if _takes_lines(order)]
    found, rest = list(orders), list(lines)
    for number, place in enumerate(wanted):
        later = [step for other in wanted[number + 1 :] if (step := _first_step(orders[other])) is not None]
        if number == len(wanted) - 1:
            taken, rest = rest, []
        else:
            end = _begins(rest, later[0], 1) if later and _directly(orders, wanted, number) else None
            count = end if end is not None else _lines_of_fragment(orders[place], rest)
            taken, rest = rest[:count], rest[count:]
        order = found[place]
        if isinstance(order, Rewrite | Insert):
            found[place] = replace(order, lines=tuple(taken))
    return found, rest


def _takes_lines(order: Instruction) -> bool:
    return isinstance(order, Rewrite | Insert) and not order.attached and "다음과" in order.words


def _directly(orders: Sequence[Instruction], wanted: Sequence[int], number: int) -> bool:
    """Whether the next order that takes lines begins with a number that can be looked for."""
    return _first_step(orders[wanted[number + 1]]) is not None


def _first_step(order: Instruction) -> Step | None:
    """The number that the new words of an order begin with; None where they have none."""
    if not order.targets:
        return None
    target = order.targets[0]
    if Fragment.EACH in target.fragments:
        return Step("subpara", 1)
    return None if target.fragments or not target.parts else target.parts[-1]


def _begins(lines: Sequence[str], step: Step, first: int) -> int | None:
    """The line, from `first`, that begins with this number."""
    for place in range(first, len(lines)):
        mark = _mark(lines[place], step.element)
        if mark is not None and (mark.number, mark.branch) == (step.number, step.branch):
            return place
    return None


def _lines_of_fragment(order: Instruction, lines: Sequence[str]) -> int:
    return 1 if lines and _first_step(order) is None else len(lines)


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
    none."""
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
            mark = _mark(stripped, element)
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

    def take(self, line: str) -> bool:
        """One line; False where it can stand nowhere."""
        line, _ = split_notes(line)
        if not line:
            return True
        for element in self._possible():
            mark = _mark(line, element)
            if mark is not None and self._fits(element, mark):
                self._open(element, mark)
                return True
        if not self._stack:
            return False
        last = self._stack[-1]
        last.text = f"{last.text}\n{line}" if last.text else line
        return True

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
