"""Applies amending orders to a draft, one after the other, and says which could not be.

The result is a check for staff, never the authority: where it differs from a consolidated text, `checking` shows it.
Words are changed in Korean; a clause whose Korean changes loses its English, which would say what no longer is.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from portal.ordinances.addresses import parse as parse_address
from portal.ordinances.amending import fragments
from portal.ordinances.amending.blocks import Piece, counted, read_pieces, read_plain, steps_between
from portal.ordinances.amending.instructions import (
    Amendment,
    Fragment,
    Insert,
    Instruction,
    Renumber,
    ReplaceWords,
    Rewrite,
    Strike,
    Target,
)
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Status, Table
from portal.ordinances.problems import OrdinanceProblem
from portal.ordinances.proposals import occurrences
from portal.ordinances.readers.marks import split_parenthesised
from portal.ordinances.spoken import english_heading_label
from portal.ordinances.steps import HEADINGS as HEADING_ELEMENTS
from portal.ordinances.steps import KIND_OF_ELEMENT, UNITS, Step

_DELETED: Final = "삭제"
#: Where a clause has words: its own text, its heading, or a cell (table, row, column; row 0 are the headings).
_Slot = str | tuple[int, int, int]
_TEXT: Final = "text"
_HEADING: Final = "heading"
_ORDER: Final = (*UNITS, "sub")
_FROM_THE_START: Final = -1
#: Orders that are not carried out may leave others without room. After so many attempts none gives a number.
_MOST_ATTEMPTS: Final = 8


class NotApplied(OrdinanceProblem):
    """An order that could not be carried out."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An order, and why it could not be carried out."""

    instruction: Instruction
    problem: NotApplied


@dataclass(frozen=True, slots=True)
class Applied:
    """The draft as amended; the orders that were not carried out; remarks on those that were, where a person should
    look (words that occur several times). `lineage` names for each clause of the new text the one that it was: what
    was inserted or written anew from nothing is not in it."""

    draft: Draft
    not_applied: tuple[Failure, ...]
    notes: tuple[Failure, ...]
    lineage: dict[str, str]


def apply(draft: Draft, instructions: Amendment | Iterable[Instruction]) -> Applied:
    """The draft with the orders carried out in their order.

    While they run, two clauses may have one number (② becomes ③ before ③ becomes ④). Where two have it in the end, the
    order that gave it to the second is not carried out, and all others are, anew: no clause is lost to another.
    """
    orders = instructions.instructions if isinstance(instructions, Amendment) else tuple(instructions)
    refused: dict[int, NotApplied] = {}
    for attempt in itertools.count(1):
        tree = _Tree(draft)
        failures = dict(refused)
        notes: list[Failure] = []
        for number, order in enumerate(orders):
            if number in refused:
                continue
            remarks: list[NotApplied] = []
            try:
                tree.carry_out(number, order, remarks)
            except NotApplied as problem:
                failures[number] = problem
            notes += [Failure(order, remark) for remark in remarks]
        doubled = tree.held_twice()
        if not doubled:
            break
        refused |= doubled if attempt < _MOST_ATTEMPTS else tree.gave_numbers()
    amended, lineage = tree.draft()
    not_applied = tuple(Failure(orders[number], problem) for number, problem in sorted(failures.items()))
    return Applied(amended, not_applied, tuple(notes), lineage)


@dataclass(frozen=True, slots=True)
class _Edit:
    """Words that take the place of others, by where those stand in the text before it is written."""

    start: int
    end: int
    new: str

    def is_free(self, others: Iterable[_Edit]) -> bool:
        """Whether none of the others changes any of the same words."""
        return all(other.end <= self.start or self.end <= other.start for other in others)


@dataclass(slots=True, eq=False)
class _Node:
    """A clause while it is amended. `clause` is the one that it was, None for a new one. Replacements are found in the
    words as they were and written together, so that none changes what another has written."""

    step: Step
    clause: Clause | None
    heading: str | None
    text: str
    below: list[_Node] = field(default_factory=list)
    changed: bool = False
    status: Status = Status.IN_FORCE
    tables: tuple[Table, ...] = ()
    #: Its number before this amendment, once it has another.
    former: Step | None = None
    #: Which order gave it its number; None until that order is done, `_FROM_THE_START` for the number it came with.
    given_by: int | None = None
    edits: dict[_Slot, list[_Edit]] = field(default_factory=dict)

    @property
    def element(self) -> str:
        return self.step.element

    @property
    def is_stub(self) -> bool:
        """Whether it is only a number: 2. 삭제."""
        return self.status is Status.DELETED

    def words(self, slot: _Slot) -> str:
        """What stands there before the replacements are written."""
        if isinstance(slot, str):
            return self.text if slot == _TEXT else self.heading or ""
        table, row, column = slot
        return _rows(self.tables[table])[row][column]

    def cells(self) -> list[_Slot]:
        """Every cell of its tables."""
        return [(number, row, column) for number, table in enumerate(self.tables)
                for row, cells in enumerate(_rows(table)) for column in range(len(cells))]  # fmt: skip

    def settle(self) -> None:
        """Writes the replacements, from the back. A changed table loses its English, which would say what no longer
        is."""
        rows = [[list(row) for row in _rows(table)] for table in self.tables]
        changed = set()
        for slot, edits in self.edits.items():
            words = _edited(self.words(slot), edits)
            if slot == _TEXT:
                self.text = words
            elif slot == _HEADING:
                self.heading = words or None
            elif isinstance(slot, tuple):
                rows[slot[0]][slot[1]][slot[2]] = words
                changed.add(slot[0])
        self.tables = tuple(
            replace(table, columns_ko=tuple(rows[number][0]), rows_ko=tuple(tuple(row) for row in rows[number][1:]),
                    columns_en=(), rows_en=()) if number in changed else table
            for number, table in enumerate(self.tables)
        )  # fmt: skip
        self.edits = {}


class _Tree:
    def __init__(self, draft: Draft) -> None:
        self._old = draft
        self._top: list[_Node] = []
        nodes: dict[str, _Node] = {}
        for clause in draft.clauses:
            step = parse_address(clause.eid).steps[-1]
            node = _Node(
                step, clause, clause.heading_ko, clause.text_ko or "", status=clause.status, tables=clause.tables,
                given_by=_FROM_THE_START,
            )  # fmt: skip
            nodes[clause.eid] = node
            (nodes[clause.parent].below if clause.parent else self._top).append(node)

    # ----------------------------------------------------------------------------------------------------- carrying out

    def carry_out(self, number: int, order: Instruction, remarks: list[NotApplied]) -> None:
        """One order, the `number`th. Raises NotApplied where it cannot be carried out."""
        try:
            self._carry_out(order, remarks)
        finally:
            for node in self._everything():
                if node.given_by is None:
                    node.given_by = number

    def _carry_out(self, order: Instruction, remarks: list[NotApplied]) -> None:
        for target in (*order.targets, *(order.to if isinstance(order, Renumber) else ())):
            if target.law is not None:
                raise NotApplied("This is of another text: %(law)s.", law=target.law)
            in_annex = target.parts[0].element in ("tbl", "form")
            if target.inside and not in_annex:
                raise NotApplied("There is no such place in the clause: %(place)s.", place=target.inside)
            if in_annex and not isinstance(order, ReplaceWords) and (len(target.parts) > 1 or target.inside):
                raise NotApplied("The inside of %(clause)s has no addresses.", clause=_said(target.parts[:1]))
        match order:
            case ReplaceWords():
                self._replace(order, remarks)
            case Rewrite():
                self._rewrite(order)
            case Insert():
                self._insert(order)
            case Strike():
                self._strike(order)
            case Renumber():
                self._renumber(order)

    # -----------------------------------------------------------------------------------------------------------
    # finding

    def _everything(self, nodes: Sequence[_Node] | None = None) -> Iterator[_Node]:
        for node in self._top if nodes is None else nodes:
            yield node
            yield from self._everything(node.below)

    def _nodes(self, targets: Sequence[Target], *, to_move: bool = False) -> Iterator[tuple[_Node, Target]]:
        for target in targets:
            first = self._find(target.parts, to_move=to_move)
            addressed = first.element not in ("tbl", "form")
            if target.former and addressed and (first.former or first.step) != target.former[-1]:
                raise NotApplied("The draft has no %(clause)s.", clause=_said(target.parts))
            if target.until is None:
                yield first, target
                continue
            siblings = self._siblings(first)
            last = self._find(target.until, to_move=to_move)
            if last not in siblings:
                raise NotApplied("The draft has no %(clause)s.", clause=_said(target.until))
            for node in siblings[siblings.index(first) : siblings.index(last) + 1]:
                yield node, target

    def _siblings(self, node: _Node) -> list[_Node]:
        if node.element == "art":
            return [one for one in self._articles(self._set_of(node)) if one.element == "art"]
        return [one for one in self._above(node).below if one.element == node.element]

    def _set_of(self, node: _Node) -> _Node | None:
        """The addenda that an article stands in; None for the main text."""
        roots = [one for one in self._top if one.element == "addenda"]
        return next((root for root in roots if any(below is node for below in self._everything(root.below))), None)

    def _articles(self, root: _Node | None) -> list[_Node]:
        if root is not None:
            return [one for one in root.below if one.element == "art"]
        main = [one for one in self._top if one.element not in ("addenda", "tbl", "form")]
        return [one for one in self._everything(main) if one.element == "art"]

    def _above(self, node: _Node) -> _Node:
        for one in self._everything():
            if any(below is node for below in one.below):
                return one
        return _Node(Step("doc"), None, None, "", self._top)

    def _find(self, parts: Sequence[Step], *, to_move: bool = False) -> _Node:
        """The clause with these numbers: of two, the one that does not have it only now. A clause that is struck is
        meant where there is no other, or where it is to get another number."""
        found = self._find_or_none(parts, to_move)
        if found is None:
            raise NotApplied("The draft has no %(clause)s.", clause=_said(parts))
        return found

    def _find_or_none(self, parts: Sequence[Step], to_move: bool) -> _Node | None:
        first = parts[0]
        if first.element == "art":
            candidates: list[_Node] = self._articles(None)
        elif first.element in HEADING_ELEMENTS:
            candidates = [one for one in self._everything() if one.element in HEADING_ELEMENTS]
        else:
            candidates = self._top
        if first.element in ("tbl", "form"):
            return _one(candidates, first)  # its inside has no addresses
        node = _one(candidates, first, to_move=to_move)
        for step in parts[1:]:
            if node is None:
                return None
            node = _one(node.below, step, to_move=to_move)
        return node

    # -------------------------------------------------------------------------------------------------------------
    # words

    def _replace(self, order: ReplaceWords, remarks: list[NotApplied]) -> None:
        """Every place is found before any word is written: an order is carried out as a whole or not at all."""
        found: list[tuple[_Node, _Slot, _Edit]] = []
        several: list[NotApplied] = []
        for node, target in self._nodes(order.targets):
            places = self._places(node, target, order)
            if len(places) > 1 and not order.each:
                problem = NotApplied("“%(words)s” occurs %(count)s times in %(clause)s; all were changed.",
                                     words=order.old, count=len(places), clause=_said(target.parts))  # fmt: skip
                several.append(problem)
            found += places
        for node, slot, edit in found:
            edits = node.edits.setdefault(slot, [])
            if edit.is_free(edits):
                edits.append(edit)
            node.changed = True
        remarks += several

    def _places(self, node: _Node, target: Target, order: ReplaceWords) -> list[tuple[_Node, _Slot, _Edit]]:
        """Where the words of an order stand, with what takes their place; what another order changes is left to it.
        Raises NotApplied where they do not stand there."""
        if order.row and node.element in ("tbl", "form"):
            return self._cell_in_row(node, target, order)
        old, new = order.old, order.new
        in_heading = Fragment.HEADING in target.fragments
        if in_heading and all(words.startswith("(") and words.endswith(")") for words in (old, new)):
            old, new = old[1:-1], new[1:-1]  # 제목 "(목적)"을 "(목적 등)"으로
        found: list[tuple[_Node, _Slot, _Edit]] = []
        is_taken = False
        for one, slot, low, high in self._searched(node, target):
            others, end = one.edits.get(slot, []), 0
            for place in occurrences(one.words(slot)[low:high], old):
                edit = _Edit(low + place[0], low + place[1], new)
                if edit not in others and not edit.is_free(others):
                    is_taken = True
                elif edit.start >= end:
                    found.append((one, slot, edit))
                    end = edit.end
        if not in_heading and node.element in ("tbl", "form") and (not found or (len(found) > 1 and not order.each)):
            raise _not_one_place(order, target, len(found))
        if not found and is_taken:
            raise NotApplied("Another order changes “%(words)s” in %(clause)s.", words=order.old,
                             clause=_said(target.parts))  # fmt: skip
        if not found:
            raise NotApplied("%(clause)s does not hold “%(words)s”.", clause=_said(target.parts), words=order.old)
        return found

    def _searched(self, node: _Node, target: Target) -> Iterator[tuple[_Node, _Slot, int, int]]:
        """The words that a target means: of a clause named without a part of it, its own, those of its tables, and
        all that stand below it. What is only a number (2. 삭제) has none."""
        if Fragment.HEADING in target.fragments:
            yield node, _HEADING, 0, len(node.heading or "")
            return
        in_annex = node.element in ("tbl", "form")  # its inside has no addresses
        if not in_annex and target.fragments not in ((), (Fragment.BODY,), (Fragment.EACH,)):
            yield node, _TEXT, *_span(node, target)
            return
        only_below = target.fragments == (Fragment.EACH,) and not in_annex
        for one in self._everything(node.below if only_below else [node]):
            if not one.is_stub:
                yield from ((one, slot, 0, len(one.words(slot))) for slot in (_TEXT, *one.cells()))

    def _cell_in_row(self, node: _Node, target: Target, order: ReplaceWords) -> list[tuple[_Node, _Slot, _Edit]]:
        """총계 "264"를 "271"로: the cell that holds just this, in the one row of this name."""
        name = "".join(order.row.split())
        found: list[tuple[_Node, _Slot, _Edit]] = []
        for slot in node.cells():
            if isinstance(slot, str) or slot[1] == 0 or node.words(slot).strip() != order.old:
                continue
            row = _rows(node.tables[slot[0]])[slot[1]]
            if name in "".join("".join(row).split()):
                found.append((node, slot, _Edit(0, len(node.words(slot)), order.new)))
        if len(found) != 1:
            raise _not_one_place(order, target, len(found))
        return found

    # ---------------------------------------------------------------------------------------------------------
    # rewriting

    def _rewrite(self, order: Rewrite) -> None:
        if order.attached or any(target.inside for target in order.targets):
            raise NotApplied("The new words stand on an attached sheet, which is not part of the text.")
        _expect_lines(order)
        whole = [target for target in order.targets if not target.fragments]
        if len(whole) < len(order.targets) and (len(order.targets) > 1 or order.targets[0].until):
            raise NotApplied("The new words of several parts cannot be told apart.")
        if whole and whole[0].parts[0].element in ("tbl", "form"):
            self._rewrite_annex(whole, order.lines)
            return
        if not whole:
            [(node, target)] = self._nodes(order.targets)
            self._rewrite_part(node, target, order.lines)
            return
        pieces = read_pieces(order.lines, whole[0].parts[-1].element)
        if pieces is None:
            raise NotApplied("The new words do not begin with the number of %(clause)s.", clause=_said(whole[0].parts))
        pairs: list[tuple[_Node, Piece]] = []
        for node, target in self._nodes(whole):
            piece = next((one for one in pieces if one.step == node.step), None)
            if piece is None:
                raise NotApplied(
                    "The new words do not begin with the number of %(clause)s.", clause=_said(target.parts)
                )
            pieces.remove(piece)
            pairs.append((node, piece))
        if pieces:
            raise NotApplied("The new words hold %(clause)s, which the sentence does not name.",
                             clause=_said((pieces[0].step,)))  # fmt: skip
        for node, piece in pairs:
            self._put(node, piece)

    def _rewrite_annex(self, targets: Sequence[Target], lines: Sequence[str]) -> None:
        """An annex written out below the sentence; of several, which line is of which cannot be told."""
        if len(targets) != 1 or len(targets[0].parts) != 1 or targets[0].until:
            raise NotApplied("The inside of %(clause)s has no addresses.", clause=_said(targets[0].parts[:1]))
        node = self._find(targets[0].parts)
        node.text, node.tables, node.changed, node.status = "\n".join(lines), (), True, Status.IN_FORCE
        node.edits = {}

    def _put(self, node: _Node, piece: Piece) -> None:
        fresh = _node_of(piece)
        node.heading = fresh.heading if node.element != "para" else node.heading
        node.text, node.status, node.changed, node.tables, node.edits = fresh.text, Status.IN_FORCE, True, (), {}
        node.below = _below_anew(node, piece.below)

    def _rewrite_part(self, node: _Node, target: Target, lines: Sequence[str]) -> None:
        node.settle()
        if Fragment.HEADING in target.fragments:
            node.heading, node.changed = _heading_in(lines, node, target), True
            return
        text, below = read_plain(lines)
        if below and Fragment.INTRO in target.fragments:
            raise _no_place(target)
        if target.fragments == (Fragment.EACH,):
            if text or not below:
                raise NotApplied("The new words are not all numbered clauses.")
            others = [one for one in node.below if one.element not in ("subpara", "point")]
            node.below, node.changed = [*others, *_below_anew(node, below)], True
            return
        start, end = _span(node, target)
        node.text, node.changed = node.text[:start] + text + node.text[end:], True
        if below or target.fragments == (Fragment.BODY,):
            node.below = _below_anew(node, below)

    # ---------------------------------------------------------------------------------------------------------
    # inserting

    def _insert(self, order: Insert) -> None:
        if order.attached or order.targets[0].inside:
            raise NotApplied("The new words stand on an attached sheet, which is not part of the text.")
        _expect_lines(order)
        parts = [target for target in order.targets if target.fragments]
        if parts:
            if len(order.targets) > 1 or parts[0].until:
                raise NotApplied("The new words of several parts cannot be told apart.")
            [(node, target)] = self._nodes(parts)
            self._insert_part(node, target, order.lines)
            return
        if len({target.parts[:-1] for target in order.targets}) > 1:
            raise NotApplied("The new words of several parts cannot be told apart.")
        element = order.targets[0].parts[-1].element
        pieces = read_pieces(order.lines, element)
        wanted = counted(order.targets)
        if not pieces or (wanted is not None and [piece.step for piece in pieces] != wanted):
            raise NotApplied("The new words do not begin with the number of %(clause)s.",
                             clause=_said(order.targets[0].parts))  # fmt: skip
        kept = [(siblings, list(siblings)) for siblings in (self._top, *(one.below for one in self._everything()))]
        try:
            for piece in pieces:
                self._place(piece, order)
        except NotApplied:
            for siblings, were in kept:
                siblings[:] = were
            raise

    def _place(self, piece: Piece, order: Insert) -> None:
        node = _node_of(piece)
        if node.element == "art" and order.targets[0].parts[0].element != "addenda":
            self._place_article(node, order.under)
            return
        if node.element in HEADING_ELEMENTS:
            self._place_heading(node, order.targets[0].parts[:-1])
            return
        above = order.targets[0].parts[:-1]
        if not above:
            raise NotApplied("It is not said where the new clause stands.")
        if above[0].element in ("tbl", "form"):
            raise NotApplied("The inside of %(clause)s has no addresses.", clause=_said(above[:1]))
        self._place_below(self._find(above), node)

    def _place_below(self, parent: _Node, node: _Node) -> None:
        taken = _one(parent.below, node.step, fresh=True)
        if taken is not None and taken.status is Status.DELETED:
            parent.below[parent.below.index(taken)] = node
            return
        if taken is not None and taken.former is None:
            raise NotApplied("There is %(clause)s already.", clause=_said((node.step,)))
        place = len(parent.below)
        for number, one in enumerate(parent.below):
            if one.element == node.element and _number(one.step) > _number(node.step):
                place = number
                break
        parent.below.insert(place, node)

    def _place_article(self, node: _Node, under: Target | None) -> None:
        articles = self._articles(None)
        taken = _one(articles, node.step, fresh=True)
        if taken is not None and taken.status is Status.DELETED:
            siblings = self._above(taken).below
            siblings[siblings.index(taken)] = node
            return
        if taken is not None and taken.former is None:
            raise NotApplied("There is %(clause)s already.", clause=_said((node.step,)))
        before = [one for one in articles if _number(one.step) < _number(node.step)]
        if under is not None and under.parts[0].element in HEADING_ELEMENTS:
            home = self._find(under.parts)
            inside = [one for one in home.below if one in before]
            home.below.insert(home.below.index(inside[-1]) + 1 if inside else 0, node)
        elif before:
            siblings = self._above(before[-1]).below
            siblings.insert(siblings.index(before[-1]) + 1, node)
        else:
            siblings = self._above(articles[0]).below
            siblings.insert(siblings.index(articles[0]), node)

    def _place_heading(self, node: _Node, above: Sequence[Step]) -> None:
        """A new chapter with its articles, behind the one that comes before it by number."""
        home = self._find(above).below if above else None
        peers = [one for one in (self._everything() if home is None else home) if one.element == node.element]
        taken = _one(peers, node.step, fresh=True)
        if taken is not None and taken.is_stub:
            siblings = self._above(taken).below
            siblings[siblings.index(taken)] = node
            _take_over(node, taken)
            return
        if taken is not None:
            raise NotApplied("There is %(clause)s already.", clause=_said((*above, node.step)))
        before = [one for one in peers if _number(one.step) < _number(node.step)]
        if not before:
            raise NotApplied("It is not said where the new clause stands.")
        siblings = self._above(before[-1]).below
        siblings.insert(siblings.index(before[-1]) + 1, node)

    def _insert_part(self, node: _Node, target: Target, lines: Sequence[str]) -> None:
        text, below = read_plain(lines)
        fragment = target.fragments[-1]
        if fragment not in (Fragment.EACH, Fragment.SECOND, Fragment.PROVISO):
            raise _not_to_a_part(target)
        if fragment is Fragment.EACH and (text or not below):
            raise NotApplied("The new words are not all numbered clauses.")
        if below and fragment is not Fragment.EACH and node.below:
            raise _no_place(target)
        node.settle()
        if fragment is not Fragment.EACH and fragments.find(node.text, fragment) is not None:
            raise NotApplied("There is %(clause)s already.", clause=f"{_said(target.parts)} {_PART_NAMES[fragment]}")
        node.below += [_node_of(piece) for piece in below]
        if fragment is Fragment.SECOND and (place := fragments.find(node.text, Fragment.PROVISO)):
            node.text = f"{node.text[: place[0]]}{text} {node.text[place[0] :]}"
        elif fragment is not Fragment.EACH:
            stop = "." if node.text[-1:].isalnum() else ""  # 1. … 경우. 다만, …
            node.text = f"{node.text}{stop} {text}".strip()
        node.changed = True

    # ---------------------------------------------------------------------------------------------- striking,
    # renumbering

    def _strike(self, order: Strike) -> None:
        found = list(self._nodes(order.targets))
        places = [self._to_strike(node, target) for node, target in found]
        for (node, target), (start, end) in sorted(
            zip(found, places, strict=True), key=lambda one: one[1], reverse=True
        ):  # of two parts of one clause the second first
            node.changed = True
            if target.fragments == (Fragment.HEADING,):
                node.heading = None
            elif target.fragments == (Fragment.EACH,):
                node.below = [one for one in node.below if one.element not in ("subpara", "point")]
            elif target.fragments:
                node.text = f"{node.text[:start].rstrip()} {node.text[end:].lstrip()}".strip()
            else:
                _strike_whole(node)

    def _to_strike(self, node: _Node, target: Target) -> tuple[int, int]:
        """Where the words stand that are struck. Raises NotApplied where there are none."""
        if target.inside:
            raise NotApplied("There is no such place in the clause: %(place)s.", place=target.inside)
        node.settle()
        if target.fragments == (Fragment.HEADING,) and not node.heading:
            raise NotApplied("%(clause)s has no %(part)s.", clause=_said(target.parts), part="제목")
        if target.fragments == (Fragment.EACH,) and all(one.element not in ("subpara", "point") for one in node.below):
            raise NotApplied("%(clause)s has no clauses below it.", clause=_said(target.parts))
        if target.fragments in ((), (Fragment.HEADING,), (Fragment.EACH,)):
            return 0, 0
        if _sentence_part(target.fragments) is None:
            raise _not_to_a_part(target)
        return _span(node, target)

    def _renumber(self, order: Renumber) -> None:
        sources = list(self._nodes(order.targets, to_move=True))
        if order.targets[0].fragments == (Fragment.BODY,) and len(sources) == len(order.to) == 1:
            self._wrap(sources[0][0], order.to[0].parts[-1])
            return
        if cut := next((target for target in (*order.targets, *order.to) if target.fragments), None):
            raise _not_to_a_part(cut)
        above, element = order.targets[0].parts[:-1], order.targets[0].parts[-1].element
        to: list[Step] = []
        for target in order.to:
            if target.parts[-1].element != element or (len(target.parts) > 1 and target.parts[:-1] != above):
                raise NotApplied("%(old)s cannot become %(new)s.", old=_said(order.targets[0].parts),
                                 new=_said(target.parts))  # fmt: skip
            steps = steps_between(target.parts[-1], target.until[-1]) if target.until else [target.parts[-1]]
            if steps is None:
                raise NotApplied("The new numbers cannot be counted: %(clause)s.", clause=_said(target.parts))
            to += steps
        if len(to) != len(sources):
            raise NotApplied("%(old)s clauses cannot take %(new)s numbers.", old=len(sources), new=len(to))
        for (node, _), step in zip(sources, to, strict=True):
            self._give(node, step)

    def _give(self, node: _Node, step: Step) -> None:
        node.former = node.former or node.step
        node.step, node.given_by = step, None
        parent = self._above(node)
        peers = [one for one in parent.below if one.element == step.element]
        if [_number(one.step) for one in peers] != sorted(_number(one.step) for one in peers):
            others = [one for one in parent.below if one is not node]
            behind = [number for number, one in enumerate(others)
                      if one.element == step.element and _number(one.step) > _number(step)]  # fmt: skip
            place = behind[0] if behind else len(others)
            parent.below[:] = [*others[:place], node, *others[place:]]

    def _wrap(self, article: _Node, step: Step) -> None:
        """제목 외의 부분을 제1항으로: what stood in the article by itself becomes its first paragraph."""
        article.settle()
        paragraph = _Node(step, None, None, article.text, article.below, True, tables=article.tables)
        article.text, article.below, article.tables, article.changed = "", [paragraph], (), True

    # -------------------------------------------------------------------------------------------------------------
    # result

    def held_twice(self) -> dict[int, NotApplied]:
        """The orders that gave a clause a number that another has in the end, by their place. What is only a number
        (2. 삭제) makes way for what comes."""
        holders: dict[str, list[tuple[_Node, str | None]]] = {}
        for node, eid, parent in self._addressed():
            holders.setdefault(eid, []).append((node, parent))
        found: dict[int, NotApplied] = {}
        for eid, held in holders.items():
            if len(held) == 1 or len(holders.get(held[0][1] or "", ())) > 1:
                continue  # what stands below two clauses with one number is theirs
            nodes = sorted((node for node, _ in held), key=_given_by)
            arrived = [node for node in nodes if _given_by(node) != _FROM_THE_START]
            staying = [node for node in nodes if node not in arrived]
            if arrived and staying and all(node.is_stub for node in staying):
                self._remove(staying)
                for stub in staying:
                    _take_over(arrived[0], stub)
                staying = []
            for node in arrived if staying else arrived[1:]:
                found[_given_by(node)] = _taken(eid)
        return found

    def gave_numbers(self) -> dict[int, NotApplied]:
        """Every order that gave a clause its number, by its place."""
        numbered = ((_given_by(node), eid) for node, eid, _ in self._addressed())
        return {number: _taken(eid) for number, eid in numbered if number != _FROM_THE_START}

    def _remove(self, nodes: Sequence[_Node]) -> None:
        for node in nodes:
            siblings = self._above(node).below
            siblings[:] = [one for one in siblings if one is not node]

    def draft(self) -> tuple[Draft, dict[str, str]]:
        """The text as it is now, and what each clause of it was."""
        clauses: list[Clause] = []
        lineage: dict[str, str] = {}
        for node, eid, parent in self._addressed():
            node.settle()
            clauses.append(_clause(node, eid, parent))
            if node.clause is not None:
                lineage[eid] = node.clause.eid
        return replace(self._old, clauses=tuple(clauses)), lineage

    def _addressed(self) -> Iterator[tuple[_Node, str, str | None]]:
        """Every clause in the order of the text, with its address and that of the one that it stands in."""
        for node in self._top:
            yield from _addressed(node, None, ())


def _addressed(node: _Node, parent: str | None, above: tuple[Step, ...]) -> Iterator[tuple[_Node, str, str | None]]:
    starts_anew = node.element == "art" and not (above and above[0].element == "addenda")
    steps = (node.step,) if starts_anew else (*above, node.step)
    eid = "__".join(step.eid for step in steps)
    yield node, eid, parent
    for below in node.below:
        yield from _addressed(below, eid, steps)


def _taken(eid: str) -> NotApplied:
    return NotApplied("There is %(clause)s already.", clause=_said(parse_address(eid).steps))


def _given_by(node: _Node) -> int:
    return _FROM_THE_START if node.given_by is None else node.given_by


# ----------------------------------------------------------------------------------------------------------------
# pieces

_PART_NAMES: Final = {Fragment.MAIN: "본문", Fragment.PROVISO: "단서", Fragment.FIRST: "전단", Fragment.SECOND: "후단"}


def _sentence_part(parts: Sequence[Fragment]) -> Fragment | None:
    return next((part for part in reversed(parts) if part in _PART_NAMES), None)


def _span(node: _Node, target: Target) -> tuple[int, int]:
    """Where the part of a clause's words that a target names stands; all of them where it names none. Raises
    NotApplied where the clause has no such part."""
    part = _sentence_part(target.fragments)
    if part is None:
        return 0, len(node.text)
    place = fragments.find(node.text, part)
    if place is None:
        raise NotApplied("%(clause)s has no %(part)s.", clause=_said(target.parts), part=_PART_NAMES[part])
    return place


def _not_to_a_part(target: Target) -> NotApplied:
    return NotApplied("This cannot be done to a part of %(clause)s.", clause=_said(target.parts))


def _expect_lines(order: Rewrite | Insert) -> None:
    if order.undivided:
        raise NotApplied("The new words of several parts cannot be told apart.")
    if not order.lines:
        raise NotApplied("The new words are missing.")


def _no_place(target: Target) -> NotApplied:
    return NotApplied("The new words hold clauses that have no place in %(clause)s.", clause=_said(target.parts))


def _not_one_place(order: ReplaceWords, target: Target, count: int) -> NotApplied:
    return NotApplied(
        "“%(words)s” occurs %(count)s times in %(clause)s: the place cannot be told.",
        words=order.old, count=count, clause=_said(target.parts[:1]),
    )  # fmt: skip


_QUOTED: Final = re.compile(r'["“]([^"“”]*)["”]')


def _heading_in(lines: Sequence[str], node: _Node, target: Target) -> str:
    """The new heading: with the number of its clause (제2장 심의회, 제4조(운영)), in brackets, or alone. Raises
    NotApplied for other words and for another number."""
    if len(lines) != 1:
        raise _no_place(target)
    words = lines[0].strip()
    quoted = _QUOTED.fullmatch(words)
    words = quoted[1] if quoted else words
    pieces = read_pieces([words], node.element, one=True) if node.element in ("art", *HEADING_ELEMENTS) else None
    if pieces:
        piece = pieces[0]
        if piece.step != node.step:
            raise NotApplied("The new words do not begin with the number of %(clause)s.", clause=_said(target.parts))
        if piece.text or piece.below or not piece.heading:
            raise _no_place(target)
        return piece.heading
    bracketed = split_parenthesised(words)
    return bracketed[0] if bracketed and not bracketed[1] else words


def _strike_whole(node: _Node) -> None:
    """삭제: the clause is only a number then. A heading keeps its words, and what stands below it is struck with it,
    each article keeping its number."""
    if node.element in HEADING_ELEMENTS:
        for one in node.below:
            _strike_whole(one)
    else:
        node.heading, node.below = None, []
    node.text, node.status, node.changed, node.tables, node.edits = _DELETED, Status.DELETED, True, (), {}


def _take_over(node: _Node, stub: _Node) -> None:
    """The struck articles of a struck chapter stand in the one that takes its number."""
    node.below[:0] = stub.below
    if all(one.element == "art" for one in node.below):
        node.below.sort(key=lambda one: _number(one.step))


def _one(nodes: Sequence[_Node], step: Step, *, fresh: bool = False, to_move: bool = False) -> _Node | None:
    """The one with this number. While an amendment runs, two may have it: the one that has had it all along comes
    first, or (`fresh`) is the only one asked for. One that is struck comes last; what this amendment itself struck
    keeps its number, what was struck before may be among those `to_move`."""
    found = [one for one in nodes if one.step == step]
    if not fresh:
        found = [one for one in found if not one.is_stub or (to_move and not one.changed)] or found
    settled = [one for one in found if one.former is None]
    if fresh:
        return settled[0] if settled else None
    chosen = settled or found
    return chosen[0] if chosen else None


def _number(step: Step) -> tuple[int, int]:
    return step.number, step.branch


def _node_of(piece: Piece) -> _Node:
    status = Status.DELETED if piece.text == _DELETED else Status.IN_FORCE
    below = [_node_of(one) for one in piece.below]
    return _Node(piece.step, None, piece.heading, piece.text, below, True, status)


def _below_anew(node: _Node, pieces: Sequence[Piece]) -> list[_Node]:
    """What stands below a clause written anew."""
    keep = {one.step: one for one in node.below}
    return [_laid_over(keep.get(piece.step), _node_of(piece)) for piece in pieces]


def _laid_over(old: _Node | None, new: _Node) -> _Node:
    """A clause written anew at the number of one that was there: the same words keep everything."""
    if old is None:
        return new
    keep = {one.step: one for one in old.below}
    same = old.text == new.text
    below = [_laid_over(keep.get(one.step), one) for one in new.below]
    return _Node(new.step, old.clause, new.heading or old.heading, new.text, below, not same, new.status,
                 old.tables if same else ())  # fmt: skip


def _rows(table: Table) -> tuple[tuple[str, ...], ...]:
    """The headings of the columns and the rows, in Korean."""
    return (table.columns_ko, *table.rows_ko)


def _edited(text: str, edits: Iterable[_Edit]) -> str:
    """The text with the words replaced, one space where words are struck out between two."""
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        before, after = text[: edit.start], text[edit.end :]
        if not edit.new and (not before or before[-1].isspace()):
            after = after.lstrip(" ")
        text = before + edit.new + after
    return text


def _clause(node: _Node, eid: str, parent: str | None) -> Clause:
    old = node.clause
    if old is not None and old.eid == eid and old.parent == parent and not node.changed:
        return old
    address = parse_address(eid)
    kind = KIND_OF_ELEMENT[node.element]
    kept = old is not None and not node.changed
    return Clause(
        eid=eid,
        kind=kind,
        label=old.label if old is not None and old.eid == eid else address.label,
        heading_ko=node.heading,
        text_ko=node.text,
        heading_en=old.heading_en if old is not None and kept else None,
        text_en=old.text_en if old is not None and kept else "" if kind in HEADINGS else None,
        parent=parent,
        status=node.status,
        notes=old.notes if old is not None and (kept or kind is Kind.ADDENDUM) else (),
        label_en=english_heading_label(address.steps[-1]) if kind in HEADINGS else None,
        tables=node.tables,
    )


def _said(parts: Sequence[Step]) -> str:
    """The clause in words: 제3조제2항."""
    from portal.ordinances import spoken

    try:
        return spoken.say(tuple(parts), False, "ko")
    except (KeyError, IndexError):
        return "__".join(step.eid for step in parts)
