"""The parts of a clause's own words: 본문 and 단서, 전단 and 후단; which part a sentence of it is.

A proviso is the sentence that begins with 다만; of the others, the first is the 전단 and the second the 후단.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from portal.ordinances.amending.instructions import Fragment

_SENTENCE: Final = re.compile(r"(?<=[다것함임음]\.)[ \n]+(?=\S)")
_PROVISO: Final = re.compile(r"(?:다만|단)\b")


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a clause stand, brackets and quotations not cut."""
    places = [0]
    for match in _SENTENCE.finditer(text):
        before = text[places[-1] : match.start()]
        if before.count("(") <= before.count(")") and before.count('"') % 2 == 0:
            places.append(match.end())
    ends = [*places[1:], len(text)]
    return [(start, start + len(text[start:end].rstrip())) for start, end in zip(places, ends, strict=True)]


def find(text: str, fragment: Fragment) -> tuple[int, int] | None:
    """Where a part of the words stands; None where there is no such part."""
    found = sentences(text) if text else []
    provisos = [place for place in found if _PROVISO.match(text, place[0])]
    match fragment:
        case Fragment.PROVISO:
            return (provisos[0][0], found[-1][1]) if provisos else None
        case Fragment.MAIN:
            end = provisos[0][0] if provisos else len(text)
            return (0, len(text[:end].rstrip())) if provisos else None
        case Fragment.FIRST:
            return found[0] if len(found) > 1 else None
        case Fragment.SECOND:
            plain = [place for place in found if place not in provisos]
            return plain[1] if len(plain) > 1 else None
    return (0, len(text)) if text else None


def part_of(text: str, start: int, end: int) -> Fragment | None:
    """Which part the words at this place are of, as a sentence would name it; None where the clause is one sentence, or
    they reach over several."""
    for fragment in names(text):
        place = find(text, fragment)
        if place is not None and place[0] <= start and end <= place[1]:
            return fragment
    return None


def names(text: str) -> Sequence[Fragment]:
    """The parts that a clause with these words has."""
    found = sentences(text) if text else []
    provisos = [place for place in found if _PROVISO.match(text, place[0])]
    if provisos:
        return (Fragment.PROVISO, Fragment.MAIN)
    return (Fragment.FIRST, Fragment.SECOND) if len(found) == 2 else ()
