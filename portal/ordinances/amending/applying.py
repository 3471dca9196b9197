"""Applies amending orders to a draft, one after the other, and says which could not be.

The result is a check for staff, never the authority: where it differs from a consolidated text, `checking` shows it.
Words are changed in Korean; a clause whose Korean changes loses its English, which would say what no longer is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from portal.ordinances.addresses import parse as parse_address
from portal.ordinances.amending import fragments
from portal.ordinances.amending.blocks import Piece, read_pieces, read_plain, steps_between
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
from portal.ordinances.spoken import english_heading_label
from portal.ordinances.steps import HEADINGS as HEADING_ELEMENTS
from portal.ordinances.steps import KIND_OF_ELEMENT, UNITS, Step

_DELETED: Final = "삭제"
_ORDER: Final = (*UNITS, "sub")


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
    """The draft with the orders carried out in their order."""
    orders = instructions.instructions if isinstance(instructions, Amendment) else tuple(instructions)
    tree = _Tree(draft)
    failures: list[Failure] = []
    notes: list[Failure] = []
    for order in orders:
        remarks: list[NotApplied] = []
        try:
            tree.carry_out(order, remarks)
        except NotApplied as problem:
            failures.append(Failure(order, problem))
        notes += [Failure(order, remark) for remark in remarks]
    amended, lineage = tree.draft()
    return Applied(amended, tuple(failures), tuple(notes), lineage)


@dataclass(slots=True, eq=False)
class _Node:
    """A clause while it is amended. `clause` is the one that it was, None for a new one."""

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

    @property
    def element(self) -> str:
        return self.step.element


class _Tree:
    def __init__(self, draft: Draft) -> None:
        self._old = draft
        self._top: list[_Node] = []
        nodes: dict[str, _Node] = {}
        for clause in draft.clauses:
            step = parse_address(clause.eid).steps[-1]
            node = _Node(
                step, clause, clause.heading_ko, clause.text_ko or "", status=clause.status, tables=clause.tables
            )
            nodes[clause.eid] = node
            (nodes[clause.parent].below if clause.parent else self._top).append(node)

    # ----------------------------------------------------------------------------------------------------- carrying out

    def carry_out(self, order: Instruction, remarks: list[NotApplied]) -> None:
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
                for node, target in list(self._nodes(order.targets)):
                    self._strike(node, target)
            case Renumber():
                self._renumber(order)

    # -----------------------------------------------------------------------------------------------------------
    # finding

    def _everything(self, nodes: Sequence[_Node] | None = None) -> Iterator[_Node]:
        for node in self._top if nodes is None else nodes:
            yield node
            yield from self._everything(node.below)

    def _nodes(self, targets: Sequence[Target]) -> Iterator[tuple[_Node, Target]]:
        for target in targets:
            first = self._find(target.parts)
            if target.until is None:
                yield first, target
                continue
            siblings = self._siblings(first)
            last = self._find(target.until)
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

    def _find(self, parts: Sequence[Step]) -> _Node:
        """The clause with these numbers: of two, the one that does not have it only now."""
        found = self._find_or_none(parts)
        if found is None:
            raise NotApplied("The draft has no %(clause)s.", clause=_said(parts))
        return found

    def _find_or_none(self, parts: Sequence[Step]) -> _Node | None:
        first = parts[0]
        if first.element == "art":
            candidates: list[_Node] = self._articles(None)
        elif first.element in HEADING_ELEMENTS:
            candidates = [one for one in self._everything() if one.element in HEADING_ELEMENTS]
        else:
            candidates = self._top
        if first.element in ("tbl", "form"):
            return _one(candidates, first)  # its inside has no addresses
        node = _one(candidates, first)
        for step in parts[1:]:
            if node is None:
                return None
            node = _one(node.below, step)
        return node

    # -------------------------------------------------------------------------------------------------------------
    # words

    def _replace(self, order: ReplaceWords, remarks: list[NotApplied]) -> None:
        for node, target in list(self._nodes(order.targets)):
            if node.element in ("tbl", "form"):
                self._replace_in_annex(node, order)
                continue
            count = self._replace_in(node, target, order)
            if count > 1 and not order.each:
                problem = NotApplied("“%(words)s” occurs %(count)s times in %(clause)s; all were changed.",
                                     words=order.old, count=count, clause=_said(target.parts))  # fmt: skip
                remarks.append(problem)

    def _replace_in(self, node: _Node, target: Target, order: ReplaceWords) -> int:
        if Fragment.HEADING in target.fragments:
            return self._replace_in_heading(node, order)
        part = _sentence_part(target.fragments)
        start, end = 0, len(node.text)
        if part is not None:
            place = fragments.find(node.text, part)
            if place is None:
                raise NotApplied("%(clause)s has no %(part)s.", clause=_said(target.parts), part=_PART_NAMES[part])
            start, end = place
        changed, count = _substituted(node.text[start:end], order.old, order.new)
        if count == 0 and part is None and not target.fragments:
            return self._replace_below(node, target, order)
        if count == 0:
            raise _missing(order, target)
        node.text, node.changed = node.text[:start] + changed + node.text[end:], True
        return count

    def _replace_below(self, node: _Node, target: Target, order: ReplaceWords) -> int:
        """A clause named without 각 호 외의 부분: the words may stand in what is below it."""
        total = 0
        for one in self._everything(node.below):
            changed, count = _substituted(one.text, order.old, order.new)
            if count:
                one.text, one.changed, total = changed, True, total + count
        if not total:
            raise _missing(order, target)
        return total

    def _replace_in_heading(self, node: _Node, order: ReplaceWords) -> int:
        heading = node.heading or ""
        old, new = order.old, order.new
        if old.startswith("(") and old.endswith(")") and new.startswith("(") and new.endswith(")"):
            old, new = old[1:-1], new[1:-1]  # 제목 "(목적)"을 "(목적 등)"으로
        changed, count = _substituted(heading, old, new)
        if not count:
            raise _missing(order, order.targets[0])
        node.heading, node.changed = changed, True
        return count

    def _replace_in_annex(self, node: _Node, order: ReplaceWords) -> None:
        """An annex has no addresses inside: the words are changed where they stand once, in its text or its tables."""
        if order.row:
            self._replace_in_row(node, order)
            return
        text, in_text = _substituted(node.text, order.old, order.new)
        tables, in_tables = _in_tables(node.tables, order.old, order.new)
        count = in_text + in_tables
        if count == 0 or (count > 1 and not order.each):
            raise NotApplied(
                "“%(words)s” occurs %(count)s times in %(clause)s: the place cannot be told.",
                words=order.old, count=count, clause=_said(order.targets[0].parts[:1]),
            )  # fmt: skip
        node.text, node.tables, node.changed = text, tables, True

    def _replace_in_row(self, node: _Node, order: ReplaceWords) -> None:
        """총계 "264"를 "271"로: the cell that holds just this, in the one row of this name."""
        name = "".join(order.row.split())
        places = [(number, place, column)
                  for number, table in enumerate(node.tables)
                  for place, row in enumerate(table.rows_ko)
                  if name in "".join("".join(row).split())
                  for column, cell in enumerate(row) if cell.strip() == order.old]  # fmt: skip
        if len(places) != 1:
            raise NotApplied(
                "“%(words)s” occurs %(count)s times in %(clause)s: the place cannot be told.",
                words=order.old, count=len(places), clause=_said(order.targets[0].parts[:1]),
            )  # fmt: skip
        number, place, column = places[0]
        rows = [list(row) for row in node.tables[number].rows_ko]
        rows[place][column] = order.new
        tables = list(node.tables)
        tables[number] = replace(tables[number], rows_ko=tuple(tuple(row) for row in rows))
        node.tables, node.changed = tuple(tables), True

    # ---------------------------------------------------------------------------------------------------------
    # rewriting

    def _rewrite(self, order: Rewrite) -> None:
        if order.attached or any(target.inside for target in order.targets):
            raise NotApplied("The new words stand on an attached sheet, which is not part of the text.")
        if not order.lines:
            raise NotApplied("The new words are missing.")
        whole = [target for target in order.targets if not target.fragments]
        if whole and whole[0].parts[0].element in ("tbl", "form"):
            self._rewrite_annex(whole, order.lines)
            return
        if not whole:
            node = self._find(order.targets[0].parts)
            self._rewrite_part(node, order.targets[0], order.lines)
            return
        pieces = read_pieces(order.lines, whole[0].parts[-1].element)
        if pieces is None:
            raise NotApplied("The new words do not begin with the number of %(clause)s.", clause=_said(whole[0].parts))
        for node, target in list(self._nodes(whole)):
            piece = next((one for one in pieces if one.step == node.step), None)
            if piece is None:
                raise NotApplied(
                    "The new words do not begin with the number of %(clause)s.", clause=_said(target.parts)
                )
            self._put(node, piece)

    def _rewrite_annex(self, targets: Sequence[Target], lines: Sequence[str]) -> None:
        """An annex written out below the sentence; of several, which line is of which cannot be told."""
        if len(targets) != 1 or len(targets[0].parts) != 1 or targets[0].until:
            raise NotApplied("The inside of %(clause)s has no addresses.", clause=_said(targets[0].parts[:1]))
        node = self._find(targets[0].parts)
        node.text, node.tables, node.changed, node.status = "\n".join(lines), (), True, Status.IN_FORCE

    def _put(self, node: _Node, piece: Piece) -> None:
        fresh = _node_of(piece)
        keep = {one.step: one for one in node.below}
        node.heading = fresh.heading if node.element != "para" else node.heading
        node.text, node.status, node.changed, node.tables = fresh.text, Status.IN_FORCE, True, ()
        node.below = [_laid_over(keep.get(one.step), one) for one in fresh.below]

    def _rewrite_part(self, node: _Node, target: Target, lines: Sequence[str]) -> None:
        text, below = read_plain(lines)
        if Fragment.HEADING in target.fragments:
            node.heading, node.changed = text.strip('"').removeprefix("(").removesuffix(")"), True
            return
        part = _sentence_part(target.fragments)
        if target.fragments == (Fragment.EACH,):
            node.below = [one for one in node.below if one.element not in ("subpara", "point")]
            node.below += [_node_of(piece) for piece in below]
            node.changed = True
            return
        start, end = 0, len(node.text)
        if part is not None:
            place = fragments.find(node.text, part)
            if place is None:
                raise NotApplied("%(clause)s has no %(part)s.", clause=_said(target.parts), part=_PART_NAMES[part])
            start, end = place
        node.text, node.changed = node.text[:start] + text + node.text[end:], True
        if below:
            node.below = [_node_of(piece) for piece in below]

    # ---------------------------------------------------------------------------------------------------------
    # inserting

    def _insert(self, order: Insert) -> None:
        if order.attached or order.targets[0].inside:
            raise NotApplied("The new words stand on an attached sheet, which is not part of the text.")
        if not order.lines:
            raise NotApplied("The new words are missing.")
        parts = [target for target in order.targets if target.fragments]
        if parts:
            self._insert_part(self._find(parts[0].parts), parts[0].fragments[-1], order.lines)
            return
        element = order.targets[0].parts[-1].element
        pieces = read_pieces(order.lines, element)
        wanted = _wanted(order.targets)
        if not pieces or (wanted is not None and [piece.step for piece in pieces] != wanted):
            raise NotApplied("The new words do not begin with the number of %(clause)s.",
                             clause=_said(order.targets[0].parts))  # fmt: skip
        for piece in pieces:
            self._place(piece, order)

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
        if any(one.step == node.step for one in peers if one.former is None):
            raise NotApplied("There is %(clause)s already.", clause=_said((*above, node.step)))
        before = [one for one in peers if _number(one.step) < _number(node.step)]
        if not before:
            raise NotApplied("It is not said where the new clause stands.")
        siblings = self._above(before[-1]).below
        siblings.insert(siblings.index(before[-1]) + 1, node)

    def _insert_part(self, node: _Node, fragment: Fragment, lines: Sequence[str]) -> None:
        text, below = read_plain(lines)
        if fragment is Fragment.EACH:
            node.below += [_node_of(piece) for piece in below]
        elif fragment is Fragment.SECOND and (place := fragments.find(node.text, Fragment.PROVISO)):
            node.text = f"{node.text[: place[0]]}{text} {node.text[place[0] :]}"
        else:
            stop = "." if node.text[-1:].isalnum() else ""  # 1. … 경우. 다만, …
            node.text = f"{node.text}{stop} {text}".strip()
        node.changed = True

    # ---------------------------------------------------------------------------------------------- striking,
    # renumbering

    def _strike(self, node: _Node, target: Target) -> None:
        if target.inside:
            raise NotApplied("There is no such place in the clause: %(place)s.", place=target.inside)
        part = _sentence_part(target.fragments)
        if Fragment.HEADING in target.fragments:
            node.heading, node.changed = None, True
            return
        if target.fragments == (Fragment.EACH,):
            node.below, node.changed = [one for one in node.below if one.element not in ("subpara", "point")], True
            return
        if part is not None:
            place = fragments.find(node.text, part)
            if place is None:
                raise NotApplied("%(clause)s has no %(part)s.", clause=_said(target.parts), part=_PART_NAMES[part])
            node.text = f"{node.text[: place[0]].rstrip()} {node.text[place[1] :].lstrip()}".strip()
            node.changed = True
            return
        node.heading = node.heading if node.element in HEADING_ELEMENTS else None
        node.text, node.below, node.status, node.changed, node.tables = _DELETED, [], Status.DELETED, True, ()

    def _renumber(self, order: Renumber) -> None:
        sources = list(self._nodes(order.targets))
        if order.targets[0].fragments == (Fragment.BODY,):
            self._wrap(sources[0][0], order.to[0].parts[-1])
            return
        to: list[Step] = []
        for target in order.to:
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
        node.step = step
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
        paragraph = _Node(step, None, None, article.text, article.below, True, tables=article.tables)
        article.text, article.below, article.tables, article.changed = "", [paragraph], (), True

    # -------------------------------------------------------------------------------------------------------------
    # result

    def draft(self) -> tuple[Draft, dict[str, str]]:
        clauses: list[Clause] = []
        lineage: dict[str, str] = {}
        for node in self._top:
            self._write(node, None, (), clauses, lineage)
        seen: dict[str, Clause] = {}
        for clause in clauses:
            seen.setdefault(clause.eid, clause)
        return replace(self._old, clauses=tuple(seen.values())), lineage

    def _write(self, node: _Node, parent: str | None, above: tuple[Step, ...], clauses: list[Clause],
               lineage: dict[str, str]) -> None:  # fmt: skip
        starts_anew = node.element == "art" and not (above and above[0].element == "addenda")
        steps = (node.step,) if starts_anew else (*above, node.step)
        eid = "__".join(step.eid for step in steps)
        clauses.append(_clause(node, eid, parent))
        if node.clause is not None:
            lineage[eid] = node.clause.eid
        for below in node.below:
            self._write(below, eid, steps, clauses, lineage)


# ----------------------------------------------------------------------------------------------------------------
# pieces

_PART_NAMES: Final = {Fragment.MAIN: "본문", Fragment.PROVISO: "단서", Fragment.FIRST: "전단", Fragment.SECOND: "후단"}


def _sentence_part(parts: Sequence[Fragment]) -> Fragment | None:
    return next((part for part in reversed(parts) if part in _PART_NAMES), None)


def _missing(order: ReplaceWords, target: Target) -> NotApplied:
    return NotApplied("%(clause)s does not hold “%(words)s”.", clause=_said(target.parts), words=order.old)


def _one(nodes: Sequence[_Node], step: Step, *, fresh: bool = False) -> _Node | None:
    """The one with this number. While an amendment runs, two may have it: the one that has had it all along comes
    first, or (`fresh`) is the only one asked for."""
    found = [one for one in nodes if one.step == step]
    settled = [one for one in found if one.former is None]
    if fresh:
        return settled[0] if settled else None
    chosen = settled or found
    return chosen[0] if chosen else None


def _number(step: Step) -> tuple[int, int]:
    return step.number, step.branch


def _wanted(targets: Sequence[Target]) -> list[Step] | None:
    """The numbers that the new clauses should have; None where a range cannot be counted."""
    found: list[Step] = []
    for target in targets:
        steps = steps_between(target.parts[-1], target.until[-1]) if target.until else [target.parts[-1]]
        if steps is None:
            return None
        found += steps
    return found


def _node_of(piece: Piece) -> _Node:
    status = Status.DELETED if piece.text == _DELETED else Status.IN_FORCE
    below = [_node_of(one) for one in piece.below]
    return _Node(piece.step, None, piece.heading, piece.text, below, True, status)


def _laid_over(old: _Node | None, new: _Node) -> _Node:
    """A clause written anew at the number of one that was there: the same words keep everything."""
    if old is None:
        return new
    keep = {one.step: one for one in old.below}
    same = old.text == new.text
    below = [_laid_over(keep.get(one.step), one) for one in new.below]
    return _Node(new.step, old.clause, new.heading or old.heading, new.text, below, not same, new.status,
                 old.tables if same else ())  # fmt: skip


def _substituted(text: str, old: str, new: str) -> tuple[str, int]:
    """Every occurrence of the words replaced, and how many there were. White space counts as one space."""
    places = _apart(occurrences(text, old))
    for start, end in reversed(places):
        after = text[end:]
        if not new and (not text[:start] or text[:start][-1].isspace()):
            after = after.lstrip(" ")
        text = text[:start] + new + after
    return text, len(places)


def _apart(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in places:
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


def _in_tables(tables: tuple[Table, ...], old: str, new: str) -> tuple[tuple[Table, ...], int]:
    total = 0
    found = []
    for table in tables:
        rows = []
        for row in table.rows_ko:
            cells = []
            for cell in row:
                changed, count = _substituted(cell, old, new)
                total += count
                cells.append(changed)
            rows.append(tuple(cells))
        found.append(replace(table, rows_ko=tuple(rows)))
    return tuple(found), total


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
