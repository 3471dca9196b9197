"""The elements that an address is made of, and the order in which they may follow one another.

What the elements are called in eIds (Akoma Ntoso's names) and how their numbers are written; no spelling of a whole
address.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from portal.ordinances import numbering
from portal.ordinances.clauses import Kind
from portal.ordinances.problems import InvalidAddress

NUMBER: Final = r"[1-9][0-9]{0,5}"
_NUMERAL: Final = re.compile(rf"(?P<value>0|{NUMBER}|[a-z]{{1,4}})(?:-(?P<branch>{NUMBER}))?")

HEADINGS: Final = ("part", "chp", "sec", "subsec")
UNITS: Final = ("art", "para", "subpara", "point")
_MAX_SUBITEM_DEPTH: Final = 4

KIND_OF_ELEMENT: Final = {
    "preamble": Kind.PREAMBLE, "part": Kind.PART, "chp": Kind.CHAPTER, "sec": Kind.SECTION, "subsec": Kind.SUBSECTION,
    "art": Kind.ARTICLE, "para": Kind.PARAGRAPH, "subpara": Kind.SUBPARAGRAPH, "point": Kind.ITEM, "sub": Kind.SUBITEM,
    "addenda": Kind.ADDENDUM, "tbl": Kind.ANNEX, "form": Kind.FORM,
}  # fmt: skip


class Step(NamedTuple):
    """One element of an eId. `number` is 0 for a bare element (`preamble`, `doc`, the draft's own `addenda`) and for an
    unnumbered form; for items and lettered sub-items (`lettered`) it is the place in the table of numbering."""

    element: str
    number: int = 0
    branch: int = 0
    lettered: bool = False

    @property
    def numeral(self) -> str:
        """`12-2`, `ga`."""
        name = numbering.item_name(self.number) if self.lettered else str(self.number)
        return f"{name}-{self.branch}" if self.branch else name

    @property
    def eid(self) -> str:
        """`art_12-2`, `addenda`."""
        bare = self.element in ("doc", "preamble") or (self.element == "addenda" and not self.number)
        return self.element if bare else f"{self.element}_{self.numeral}"




def numbered_step(element: str, numeral: str, whole: str) -> Step:
    match = _NUMERAL.fullmatch(numeral)
    if match is None or element not in KIND_OF_ELEMENT or element == "preamble":
        raise malformed(whole)
    value, branch = match["value"], int(match["branch"] or 0)
    if value[0].isdigit():
        if element == "point" or (value == "0" and element not in ("tbl", "form")):
            raise malformed(whole)
        return Step(element, int(value), branch)
    place = numbering.item_place(value)
    if place is None or element not in ("point", "sub"):
        raise malformed(whole)
    return Step(element, place, branch, lettered=True)


def malformed(text: str) -> InvalidAddress:
    """The error for a text that is no address."""
    return InvalidAddress("“%(address)s” is not the address of a clause.", address=text[:200])


def checked(steps: tuple[Step, ...], after: bool, whole: str) -> tuple[Step, ...]:
    """The steps, if they may follow one another like this. Raises InvalidAddress, quoting `whole`."""
    first, elements = steps[0], [step.element for step in steps]
    if first.element in ("doc", "preamble", "tbl", "form"):
        fits = len(steps) == 1 and not (after and first.element == "doc")
    elif first.element in HEADINGS:
        fits = _in_order(elements, HEADINGS)
    else:
        under = elements[1:] if first.element == "addenda" else elements
        depth = under.count("sub")
        fits = (first.element in ("art", "addenda") and depth <= _MAX_SUBITEM_DEPTH
                and under[len(under) - depth :] == ["sub"] * depth
                and _in_order(under[: len(under) - depth], UNITS) and _labels_differ(steps))  # fmt: skip
    if not fits:
        raise malformed(whole)
    return steps


def _in_order(elements: Sequence[str], order: Sequence[str]) -> bool:
    places = [order.index(element) if element in order else -1 for element in elements]
    return -1 not in places and all(a < b for a, b in itertools.pairwise(places))


def _labels_differ(steps: tuple[Step, ...]) -> bool:
    """Sub-items are printed `1)` or `가)`, a second time `(1)` or `(가)`: there is no third way."""
    lettered = [step.lettered for step in steps if step.element == "sub"]
    return lettered.count(True) <= 2 and lettered.count(False) <= 2


