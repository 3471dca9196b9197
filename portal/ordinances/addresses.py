"""The address of a clause in its five spellings: eId, compact, URL path, spoken Korean, spoken English.

    art_12-2__para_3__subpara_4__point_ga  12-2.3.4.ga  a/12-2/3/4/ga  제12조의2제3항제4호가목  Article 12-2 (3) 4 (a)

eIds follow Akoma Ntoso. An unnumbered paragraph has no element of its own and is slot 0 of compact form and path; a
branch number (의2) is a hyphen. Addresses only: whether a draft has such a clause is the draft's business. Every
spelling has exactly one form, and parsing takes no other: a malformed address raises InvalidAddress.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from portal.ordinances import spoken
from portal.ordinances.clauses import Kind, Language
from portal.ordinances.steps import HEADINGS, KIND_OF_ELEMENT, UNITS, Step, checked, malformed, numbered_step

#: With this the eId of a place behind a clause begins.
AFTER: Final = "after_"
#: Sorts behind every clause below the one that it follows, and before the next clause.
_BEHIND: Final = 10**7


@dataclass(frozen=True, slots=True)
class Address:
    """A well-formed address: `parse`, `from_compact`, `from_path` and `from_spoken` make one.

    With `after`, it is the place behind the clause that `steps` name, for a new clause.
    """

    steps: tuple[Step, ...]
    after: bool = False

    @property
    def eid(self) -> str:
        """`art_12-2__para_3__subpara_4__point_ga`."""
        return (AFTER if self.after else "") + "__".join(step.eid for step in self.steps)

    @property
    def kind(self) -> Kind | None:
        """What stands there; None for the whole draft and for a place behind a clause."""
        return None if self.after else KIND_OF_ELEMENT.get(self.steps[-1].element)

    @property
    def clause(self) -> Address:
        """The clause itself: of a place behind a clause, that clause."""
        return Address(self.steps)

    @property
    def parents(self) -> tuple[Address, ...]:
        """The addresses that this one lies in by its form, the nearest first (not the chapters of an article)."""
        return tuple(Address(self.steps[:length]) for length in range(len(self.steps) - 1, 0, -1))

    @property
    def compact(self) -> str:
        """`12-2.3.4.ga`; outside the articles of the main text the path with dots: `add.1.2`, `h.3.1`, `tbl.1`."""
        path = self.path
        return path.removeprefix("a/").replace("/", ".")

    @property
    def path(self) -> str:
        """`a/12-2/3/4/ga`: what follows `/c/<slug>/v<n>/`."""
        path = _path(self.steps)
        return f"after/{path.removeprefix('a/')}" if self.after else path

    def spoken(self, language: Language) -> str:
        """`제12조의2제3항제4호가목`, `Article 12-2 (3) 4 (a)`."""
        return spoken.say(self.steps, self.after, language)

    @property
    def label(self) -> str:
        """The number as it is printed at the clause: `제12조의2`, `①`, `1의2.`, `가.`, `제3장`, `별표 1`, `부칙`."""
        if self.after or self.steps[-1].element == "doc":
            return self.spoken("ko")
        return spoken.label(self.steps)

    @property
    def english_label(self) -> str:
        """The number as an English text prints it: `Article 12-2`, `(3)`, `4.`, `(a)`."""
        if self.after or self.steps[-1].element == "doc":
            return self.spoken("en")
        return spoken.english_label(self.steps)

    @property
    def sort_key(self) -> tuple[int, ...]:
        """Sorts addresses as the text runs: preamble, headings, articles, older addenda, the draft's own, annexes,
        forms; a place behind a clause comes after everything below that clause. (Where headings stand between the
        articles, only the draft knows.)"""
        return (*_sort_key(self.steps), _BEHIND) if self.after else _sort_key(self.steps)


# --------------------------------------------------------------------------------------------------------------- eId


@lru_cache(maxsize=65536)
def parse(eid: str) -> Address:
    """The address that an eId names. Raises InvalidAddress."""
    rest = eid.removeprefix(AFTER)
    steps = tuple(_parse_step(part, eid) for part in rest.split("__"))
    return Address(checked(steps, rest != eid, eid), rest != eid)


def _parse_step(part: str, whole: str) -> Step:
    element, underscore, numeral = part.partition("_")
    if not underscore:
        if element in ("doc", "preamble", "addenda"):
            return Step(element)
        raise malformed(whole)
    return numbered_step(element, numeral, whole)


# ---------------------------------------------------------------------------------------------------- path, compact


def _slots(steps: Sequence[Step], order: Sequence[str]) -> list[str]:
    """The numerals in their places, 0 for a place that is skipped."""
    found = {step.element: step.numeral for step in steps if step.element != "sub"}
    subitems = [step.numeral for step in steps if step.element == "sub"]
    last = len(order) if subitems else max((order.index(element) for element in found), default=-1) + 1
    return [found.get(element, "0") for element in order[:last]] + subitems


def _path(steps: tuple[Step, ...]) -> str:
    first = steps[0]
    match first.element:
        case "doc":
            return "doc"
        case "preamble":
            return "h/preamble"
        case "tbl" | "form":
            return f"{first.element}/{first.numeral}"
        case "art":
            return "/".join(("a", *_slots(steps, UNITS)))
        case "addenda":
            return "/".join(("add", *_addenda_number(first, steps), *_slots(steps[1:], UNITS)))
        case "part":
            return "/".join(("h", f"p{first.numeral}", *_slots(steps[1:], HEADINGS[1:])))
    return "/".join(("h", *_slots(steps, HEADINGS[1:])))


def _addenda_number(root: Step, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Older addenda have a number of three digits or more (`003` for a third), which no article of the draft's own
    addenda has; should one have, `own` stands before it."""
    if root.number:
        return (f"{root.number:03}" + (f"-{root.branch}" if root.branch else ""),)
    return ("own",) if len(steps) > 1 and steps[1].element == "art" and steps[1].number > 99 else ()


def from_path(path: str) -> Address:
    """The address of a URL path (without slash at either end). Raises InvalidAddress."""
    after = path.startswith("after/")
    segments = path.removeprefix("after/").split("/")
    if after and segments[0][:1].isdigit():
        segments.insert(0, "a")
    address = _from_segments(segments, after, path)
    if address.path != path:  # one form only: zeros at the end or in front are refused
        raise malformed(path)
    return address


def from_compact(compact: str) -> Address:
    """The address of a compact form. Raises InvalidAddress."""
    after = compact.startswith("after.")
    segments = compact.removeprefix("after.").split(".")
    if segments[0][:1].isdigit():
        segments.insert(0, "a")
    address = _from_segments(segments, after, compact)
    if address.compact != compact:
        raise malformed(compact)
    return address


def _from_segments(segments: list[str], after: bool, whole: str) -> Address:
    head, rest = segments[0], segments[1:]
    if head == "doc" and not rest:
        steps = [Step("doc")]
    elif head == "h" and rest == ["preamble"]:
        steps = [Step("preamble")]
    elif head == "h" and rest and rest[0].startswith("p"):
        steps = [numbered_step("part", rest[0][1:], whole), *_from_slots(rest[1:], HEADINGS[1:], whole)]
    elif head == "h":
        steps = _from_slots(rest, HEADINGS[1:], whole)
    elif head == "a":
        steps = _from_slots(rest, UNITS, whole)
    elif head in ("tbl", "form") and len(rest) == 1:
        steps = [numbered_step(head, rest[0], whole)]
    elif head == "add":
        steps = _from_addenda(rest, whole)
    else:
        steps = []
    if not steps:
        raise malformed(whole)
    return Address(checked(tuple(steps), after, whole), after)


def _from_slots(slots: Sequence[str], order: Sequence[str], whole: str) -> list[Step]:
    names = [*order, *["sub"] * max(0, len(slots) - len(order) if order == UNITS else 0)]
    if len(slots) > len(names):
        raise malformed(whole)
    pairs = zip(names, slots, strict=False)
    return [numbered_step(element, numeral, whole) for element, numeral in pairs if numeral != "0"]


def _from_addenda(segments: list[str], whole: str) -> list[Step]:
    root = Step("addenda")
    if segments[:1] == ["own"]:
        segments = segments[1:]
    elif segments and re.match(r"[0-9]{3}", segments[0]):
        number = segments[0].lstrip("0")
        root, segments = numbered_step("addenda", number, whole), segments[1:]
    return [root, *_from_slots(segments, UNITS, whole)]


def from_spoken(text: str, language: Language) -> Address:
    """The address that `Address.spoken` says like this; no looser wording. Raises InvalidAddress."""
    steps, after = spoken.hear(text, language)
    return Address(steps, after)


# ------------------------------------------------------------------------------------------------------------ sorting

_TOP: Final = {"doc": 0, "preamble": 1, "part": 2, "chp": 2, "sec": 2, "subsec": 2, "art": 3, "addenda": 4, "tbl": 5,
               "form": 6}  # fmt: skip


def _sort_key(steps: tuple[Step, ...]) -> tuple[int, ...]:
    first = steps[0]
    key = [_TOP[first.element]]
    if first.element in ("tbl", "form"):
        return (*key, first.number, first.branch)
    if first.element == "addenda":
        key += [first.number or _BEHIND, first.branch]
        steps = steps[1:]
    order = HEADINGS if first.element in HEADINGS else UNITS
    found = {step.element: (step.number, step.branch) for step in steps if step.element in order}
    subitems = [step for step in steps if step.element == "sub"]
    last = len(order) if subitems else max((order.index(element) for element in found), default=-1) + 1
    for element in order[:last]:
        key += found.get(element, (0, 0))
    for step in subitems:
        key += [step.lettered, step.number, step.branch]
    return tuple(key)
