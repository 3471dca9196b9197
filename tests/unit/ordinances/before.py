"""A text that an amendment could be of: every clause that its sentences name, holding the words that they replace.

Made from the sentences, so that applying them can be seen where the text before the amendment is not at hand.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from portal.ordinances.addresses import Address
from portal.ordinances.amending.blocks import steps_between
from portal.ordinances.amending.instructions import (
    Amendment,
    Fragment,
    Insert,
    Renumber,
    ReplaceWords,
    Rewrite,
    Strike,
    Target,
)
from portal.ordinances.clauses import HEADINGS, Clause, Draft
from portal.ordinances.spoken import english_heading_label
from portal.ordinances.steps import KIND_OF_ELEMENT, Step

Parts = tuple[Step, ...]
_UNITS = ("art", "para", "subpara", "point", "sub")


@dataclass
class _Words:
    """What a clause holds, by part."""

    heading: list[str] = field(default_factory=list)
    parts: dict[Fragment | None, list[str]] = field(default_factory=lambda: defaultdict(list))


class _Before:
    def __init__(self) -> None:
        self.words: dict[Parts, _Words] = {}
        self.made: set[Parts] = set()
        self.moved: dict[Parts, Parts] = {}

    def need(self, parts: Parts) -> _Words:
        parts = parts[:1] if parts[0].element in ("tbl", "form") else parts  # the inside of an annex has no addresses
        for length in range(1, len(parts) + 1):
            self.words.setdefault(parts[:length], _Words())
        return self.words[parts]

    def original(self, target: Target, parts: Parts) -> Parts | None:
        """The address that the clause had at first; None for one that the amendment itself made."""
        if target.former is not None:
            return (*parts[: len(parts) - len(target.former)], *target.former)
        for length in range(len(parts), 0, -1):
            if parts[:length] in self.moved:
                return (*self.moved[parts[:length]], *parts[length:])
            if parts[:length] in self.made:
                return None
        return parts


def before(amendment: Amendment) -> Draft:
    """A draft in which every order of the amendment can be carried out."""
    found = _Before()
    for order in amendment.instructions:
        for target in order.targets:
            if target.law is None:
                _provide(found, order, target)
        if isinstance(order, Renumber):
            _move(found, order)
    return _draft(found)


def _provide(found: _Before, order: object, target: Target) -> None:
    for parts in _expanded(target):
        if isinstance(order, Insert):
            if order.under is not None and order.under.parts[0].element in ("part", "chp", "sec"):
                found.need(order.under.parts)
            under = parts if target.fragments else parts[:-1]
            if under and (original := found.original(target, under)) is not None:
                words = found.need(original)
                if Fragment.SECOND in target.fragments or Fragment.PROVISO in target.fragments:
                    words.parts[None].append("처음의 말")
            found.made.update({parts} if not target.fragments else ())
            continue
        original = found.original(target, parts)
        if original is None:
            continue
        words = found.need(original)
        part = next((one for one in reversed(target.fragments)
                     if one not in (Fragment.INTRO, Fragment.BODY, Fragment.HEADING, Fragment.EACH)), None)  # fmt: skip
        if Fragment.INTRO in target.fragments:
            found.need(
                (
                    *original,
                    Step("point", 1, lettered=True) if original[-1].element == "subpara" else Step("subpara", 1),
                )
            )
        if isinstance(order, ReplaceWords):
            if Fragment.HEADING in target.fragments:
                words.heading.append(order.old.strip("()"))
            elif order.old not in " ".join(words.parts[part]):
                words.parts[part].append(order.old)
        elif isinstance(order, Rewrite | Strike):
            words.parts[part].append("종전의 말")


def _move(found: _Before, order: Renumber) -> None:
    sources = [parts for target in order.targets for parts in _expanded(target)]
    to = [parts for target in order.to for parts in _expanded(target)]
    if order.targets[0].fragments:
        return
    moved = {}
    for old, new in zip(sources, to, strict=True):
        moved[new] = found.moved.get(old, old)
    found.moved.update(moved)
    found.made -= set(to)
    for old in sources:
        if old not in to:
            found.made.add(old)


def _expanded(target: Target) -> list[Parts]:
    if target.until is None:
        return [target.parts] if target.parts else []
    steps = steps_between(target.parts[-1], target.until[-1]) or [target.parts[-1], target.until[-1]]
    return [(*target.parts[:-1], step) for step in steps]


def _draft(found: _Before) -> Draft:
    order = {"part": 0, "chp": 0, "sec": 0, "art": 1, "addenda": 2, "tbl": 3, "form": 4}
    found.need((Step("art", 1),))
    clauses = []
    tops = sorted(found.words, key=lambda parts: (
        order[parts[0].element], [(_UNITS.index(s.element) if s.element in _UNITS else 0, s.number, s.branch) for s in parts],
    ))  # fmt: skip
    for parts in tops:
        words = found.words[parts]
        address = Address(parts)
        kind = KIND_OF_ELEMENT[parts[-1].element]
        clauses.append(Clause(
            address.eid, kind, address.label,
            heading_ko=" ".join(words.heading) or ("제목" if kind in HEADINGS else None),
            text_ko="" if kind in HEADINGS else _text(words),
            parent=Address(parts[:-1]).eid if len(parts) > 1 else None,
            label_en=english_heading_label(parts[-1]) if kind in HEADINGS else None,
        ))  # fmt: skip
    return Draft(tuple(clauses), title_ko="시험을 위한 영")


def _text(words: _Words) -> str:
    """Each part that the orders name, and no other: a proviso that is new may not stand there yet."""
    parts = words.parts
    named = {part for part, said in parts.items() if said}
    main = " / ".join((*parts[None], *parts[Fragment.MAIN], *parts[Fragment.FIRST]))
    text = f"앞 {main} 뒤로 한다."
    if named & {Fragment.FIRST, Fragment.SECOND}:
        text += f" 이 경우 {' / '.join(parts[Fragment.SECOND])} 등으로 한다."
    if named & {Fragment.MAIN, Fragment.PROVISO}:
        text += f" 다만, {' / '.join(parts[Fragment.PROVISO])} 등으로 한다."
    return text
