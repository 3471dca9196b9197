"""Where a clause hangs when a person says what it is: its kind and its number, at its place in the order of the text.

Pure. In a text of law the order of the lines decides: what follows belongs to the nearest line before it of a higher
kind. So a number or a kind is corrected at one place, and whatever hangs on it is addressed anew from there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from portal.kernel.errors import InvalidError
from portal.kernel.i18n import msg
from portal.ordinances import addresses, numbering
from portal.ordinances.clauses import HEADINGS, Clause, Kind
from portal.ordinances.problems import InvalidAddress
from portal.ordinances.readers.marks import (
    article_mark,
    heading_mark,
    item_mark,
    paragraph_mark,
    split_parenthesised,
    subitem_mark,
    subparagraph_mark,
)
from portal.ordinances.spoken import english_heading_label
from portal.ordinances.steps import KIND_OF_ELEMENT, Step

#: What a person may say that a line is, in the order in which it is offered.
KINDS: Final = (Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.SUBSECTION, Kind.ARTICLE, Kind.PARAGRAPH, Kind.SUBPARAGRAPH,
                Kind.ITEM, Kind.SUBITEM, Kind.PREAMBLE, Kind.ADDENDUM, Kind.ANNEX, Kind.FORM)
_ELEMENT_OF: Final = {kind: element for element, kind in KIND_OF_ELEMENT.items()}
_RANK: Final[Mapping[Kind, int]] = {kind: rank for rank, kind in enumerate(KINDS[:9])}
_ALONE: Final = -1
#: What stands beside the order of the text: nothing that follows hangs on it, or ceases to hang where it did.
_BESIDE: Final = frozenset({Kind.PREAMBLE, Kind.ANNEX, Kind.FORM})
_NUMBER: Final = re.compile(
    r"(?:제|별표|별지|부칙|[(<\[])?\s*제?\s*(?P<number>[0-9]{1,6})\s*(?:편|장|절|관|조|항|호|목)?"
    r"\s*(?:(?:의\s*|-)(?P<branch>[1-9][0-9]{0,3}))?\s*(?:서식)?\s*[.)>\]]?")
_LETTER: Final = re.compile(r"\(?\s*(?P<letter>[가-힣])\s*(?:목)?(?:\s*의\s*(?P<branch>[1-9][0-9]{0,3}))?\s*[.)]?")


def rank(clause: Clause) -> int:
    """How high a clause stands: 0 for a part, -1 for what stands alone (preamble, addenda, annexes)."""
    return _RANK.get(clause.kind, _ALONE)


def step_of(kind: Kind, number: str) -> str:
    """The last element of the address of a clause of this kind whose number a person typed: as printed (`②`, `2.`,
    `나.`, `제12조의2`) or bare (`2`, `12-2`). Raises InvalidError at `number`."""
    typed = number.strip()
    element = _ELEMENT_OF[kind]
    if kind is Kind.PREAMBLE or (kind is Kind.ADDENDUM and not re.search("[0-9]", typed)):
        return element
    circled = re.fullmatch(r"(.)\s*(?:의\s*([1-9][0-9]{0,3}))?", typed)
    if kind is Kind.PARAGRAPH and circled and (place := numbering.paragraph_number(circled[1])):
        return Step(element, place, int(circled[2] or 0)).eid
    letter = _LETTER.fullmatch(typed) if kind in (Kind.ITEM, Kind.SUBITEM) else None
    if letter and (place := numbering.item_place(letter["letter"])):
        return Step(element, place, int(letter["branch"] or 0), lettered=True).eid
    match = _NUMBER.fullmatch(typed)
    if match is None or kind is Kind.ITEM or (int(match["number"]) == 0 and kind not in (Kind.ANNEX, Kind.FORM)):
        if not typed and kind in (Kind.ANNEX, Kind.FORM):
            return f"{element}_0"
        raise InvalidError(msg("Enter the number as it is printed, such as %(example)s.", example=_example(kind)),
                           {"number": [msg("Enter the number as it is printed, such as %(example)s.",
                                           example=_example(kind))]})
    return Step(element, int(match["number"]), int(match["branch"] or 0)).eid


def _example(kind: Kind) -> str:
    return {Kind.PART: "제1편", Kind.CHAPTER: "제2장", Kind.SECTION: "제1절", Kind.SUBSECTION: "제1관",
            Kind.ARTICLE: "제12조의2", Kind.PARAGRAPH: "②", Kind.SUBPARAGRAPH: "2.", Kind.ITEM: "나.",
            Kind.SUBITEM: "1)", Kind.ANNEX: "별표 1", Kind.FORM: "별지 제1호서식"}.get(kind, "1")


def number_of(clause: Clause) -> str:
    """The last element of a clause's address, which says its kind and its number."""
    return clause.eid.rpartition("__")[2]


@dataclass(frozen=True)
class Guess:
    """What a line seems to be, for a form to begin with."""

    kind: Kind
    number: str
    heading: str
    text: str


def guess(line: str) -> Guess:
    """What a line says of itself by its mark; a paragraph without a number where it says nothing."""
    text = line.strip().lstrip("#").strip()
    if mark := article_mark(text):
        heading, rest = split_parenthesised(mark.text) or ("", mark.text.strip())
        return Guess(Kind.ARTICLE, numbering.article_label(mark.number, mark.branch), heading or "", rest)
    if mark := heading_mark(text):
        kind = {"편": Kind.PART, "장": Kind.CHAPTER, "절": Kind.SECTION, "관": Kind.SUBSECTION}[mark.unit]
        return Guess(kind, numbering.heading_label(mark.unit, mark.number, mark.branch), mark.text, "")
    if mark := paragraph_mark(text):
        return Guess(Kind.PARAGRAPH, numbering.paragraph_label(mark.number), "", mark.text)
    if mark := subparagraph_mark(text):
        return Guess(Kind.SUBPARAGRAPH, numbering.subparagraph_label(mark.number, mark.branch), "", mark.text)
    if mark := item_mark(text):
        return Guess(Kind.ITEM, numbering.item_label(mark.number, mark.branch), "", mark.text)
    if mark := subitem_mark(text):
        return Guess(Kind.SUBITEM, mark.printed, "", mark.text)
    return Guess(Kind.PARAGRAPH, "", "", text)


def hang_anew(clauses: list[Clause], start: int, highest: int) -> dict[str, str]:
    """Address the clause at `start` and those after it anew, by their last elements and the order of the text, until
    one of rank `highest` or above. Changes the list; returns what was renamed. Raises InvalidError where a clause would
    have nothing to hang on or an address that another one has."""
    stack = _above(clauses, start)
    renamed: dict[str, str] = {}
    for place in range(start, len(clauses)):
        clause = clauses[place]
        if place > start and rank(clause) <= highest:
            break
        parent = _parent(stack, clause)
        eid = _address(parent, clause)
        if eid != clause.eid:
            renamed[clause.eid] = eid
        clauses[place] = clause = replace(clause, eid=eid, parent=parent.eid if parent else None)
        if clause.kind in _BESIDE:
            continue
        while stack and stack[-1] is not parent:
            stack.pop()
        stack.append(clause)
    seen: set[str] = set()
    for clause in clauses:
        if clause.eid in seen:
            name = addresses.parse(clause.eid)
            raise _refused(msg("There are two clauses %(name)s then. Give the other one its number first.",
                               name=name.spoken("ko")))
        seen.add(clause.eid)
    return renamed


def behind(clauses: Sequence[Clause], place: int, made: Clause) -> int:
    """Where a clause goes that is added after the one at `place`: behind everything below that one, unless it is of a
    lower kind and so belongs to it itself."""
    after = clauses[place]
    if rank(made) > rank(after) or (made.kind is after.kind is Kind.SUBITEM and not _is_alike(clauses, after, made)):
        return place + 1
    return place + 1 + len(below(clauses, place))


def below(clauses: Sequence[Clause], place: int) -> Sequence[Clause]:
    """Everything that hangs on the clause at this place of the text."""
    above, end = {clauses[place].eid}, place + 1
    while end < len(clauses) and clauses[end].parent in above:
        above.add(clauses[end].eid)
        end += 1
    return clauses[place + 1:end]


def _is_alike(clauses: Sequence[Clause], after: Clause, made: Clause) -> bool:
    """Whether this sub-item, or one that it hangs on, is counted in the same way as the other: 1), 가), (1), (가)."""
    by_eid = {clause.eid: clause for clause in clauses}
    at: Clause | None = after
    while at is not None and at.kind is Kind.SUBITEM:
        if _shape(at) == _shape(made):
            return True
        at = by_eid.get(at.parent or "")
    return False


def _above(clauses: list[Clause], place: int) -> list[Clause]:
    """The clause before this place and those that it hangs on, the outermost first."""
    by_eid = {clause.eid: clause for clause in clauses[:place]}
    found: list[Clause] = []
    at = clauses[place - 1] if place else None
    while at is not None:
        found.append(at)
        at = by_eid.get(at.parent) if at.parent else None
    return found[::-1]


def _parent(stack: list[Clause], clause: Clause) -> Clause | None:
    own = rank(clause)
    if own == _ALONE:
        return None
    in_addenda = bool(stack) and stack[0].kind is Kind.ADDENDUM
    if clause.kind in HEADINGS:
        if in_addenda:
            raise _refused(msg("A chapter cannot stand in the addenda."))
        return next((above for above in reversed(stack) if above.kind in HEADINGS and rank(above) < own), None)
    if clause.kind is Kind.ARTICLE:
        return next((above for above in reversed(stack) if above.kind in HEADINGS or above.kind is Kind.ADDENDUM), None)
    holders = [above for above in stack if above.kind is Kind.ADDENDUM or rank(above) >= _RANK[Kind.ARTICLE]]
    if clause.kind is Kind.SUBITEM:
        shape = _shape(clause)
        alike = next((above for above in holders if above.kind is Kind.SUBITEM and _shape(above) == shape), None)
        holders = holders[:holders.index(alike)] if alike else holders
    else:
        holders = [above for above in holders if rank(above) < own]
    if not holders:
        raise _refused(msg("No article stands before it that it could belong to."))
    return holders[-1]


def _shape(clause: Clause) -> tuple[bool, bool]:
    return not number_of(clause).removeprefix("sub_")[:1].isdigit(), clause.label.startswith("(")


def _address(parent: Clause | None, clause: Clause) -> str:
    own = number_of(clause)
    inside = parent is not None and not (clause.kind is Kind.ARTICLE and parent.kind in HEADINGS)
    eid = f"{parent.eid}__{own}" if inside and parent else own
    try:
        return addresses.parse(eid).eid
    except InvalidAddress:
        raise _refused(msg("A clause of this kind cannot stand here.")) from None


def renumbered(clause: Clause, kind: Kind, step: str, number: str = "") -> Clause:
    """The clause as one of another kind or number, not yet hung. A sub-item keeps the shape that was typed."""
    head = clause.eid.rpartition("__")[0]
    changed = replace(clause, eid=f"{head}__{step}" if head else step, kind=kind)
    return replace(changed, label=number.strip() if kind is Kind.SUBITEM and number.strip() else changed.label)


def printed(clause: Clause, number: str = "") -> Clause:
    """The clause with its number as it is printed, once it hangs where it should."""
    address = addresses.parse(clause.eid)
    label = number.strip() if clause.kind is Kind.SUBITEM and number.strip().endswith(")") else address.label
    return replace(clause, label=label,
                   label_en=english_heading_label(address.steps[-1]) if clause.kind in HEADINGS else None)


def _refused(message: object) -> InvalidError:
    return InvalidError(message, {"number": [message]})  # type: ignore[arg-type, list-item]
