"""The marks with which lines of a statute begin, in Markdown or flat: 제12조의2 (…), ①, 1., 가., 1), 가), (1).

What a line looks like, not whether it stands in the right place: that a number follows the one before is checked by
whoever reads, for a text quoted in an amendment looks the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from portal.ordinances import numbering

_NUMBER: Final = r"[1-9][0-9]{0,3}"
#: Word processors and pasted texts have a space in it: 제2장의 2 보칙.
_BRANCH: Final = rf"(?:의\s?({_NUMBER}))?"
_CIRCLED: Final = rf"[{numbering.CIRCLED}]"
_SYLLABLES: Final = f"[{''.join(numbering.ITEM_SYLLABLES)}]"

_HEADING: Final = re.compile(rf"제\s*({_NUMBER})\s*(편|장|절|관){_BRANCH}(?:\s+(.*)|(?=[(<]|$)(.*))")
#: 제3조의 2 배 is no number; 제3조의 2(절차) is one.
_ARTICLE: Final = re.compile(
    rf"제\s?({_NUMBER})\s?조(?:의({_NUMBER})|\s?의\s?({_NUMBER})(?=\s?(?:\(|삭제)))?(.*)", re.DOTALL
)
_PARAGRAPH: Final = re.compile(rf"(\*\*)?({_CIRCLED}|<{_NUMBER}>)(?(1)\*\*)\s*(.*)")
_SUBPARAGRAPH: Final = re.compile(rf"({_NUMBER}){_BRANCH}(\\?)\.(?:\s+(.*)|$)")
_ITEM: Final = re.compile(rf"({_SYLLABLES}){_BRANCH}(\\?)\.(?:\s+(.*)|$)")
_SUBITEM: Final = re.compile(rf"(\()?(?:({_NUMBER})|({_SYLLABLES}))\)(?:\s+(.*)|$)")

ELEMENT_OF_UNIT: Final = {"편": "part", "장": "chp", "절": "sec", "관": "subsec"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A numbered beginning. `printed` is the number as the line has it; `escaped` tells that Markdown's backslash
    stood there, which no plain text has; `lettered` and `inner` are for items and sub-items."""

    number: int
    branch: int
    printed: str
    text: str
    escaped: bool = False
    lettered: bool = False
    inner: bool = False
    unit: str = ""

    def follows(self, last: tuple[int, int]) -> bool:
        """Whether it comes next after the number and branch of the one before; (0, 0) where there is none."""
        number, branch = last
        if self.branch:
            return self.number == number and self.branch == (branch + 1 if branch else 2)
        return self.number == number + 1


def heading_mark(line: str) -> Mark | None:
    """`제3장의2 보칙`."""
    match = _HEADING.fullmatch(line)
    if match is None:
        return None
    number, unit, branch, text, tight = match.groups()
    return Mark(int(number), int(branch or 0), "", (text or tight or "").strip(), unit=unit)


def article_mark(line: str) -> Mark | None:
    """`제12조의2` or `제12조의 2(` and whatever follows on the line, as its text."""
    match = _ARTICLE.fullmatch(line)
    if match is None:
        return None
    return Mark(int(match[1]), int(match[2] or match[3] or 0), "", match[4])


def paragraph_mark(line: str) -> Mark | None:
    """`①`, `**①**`, `<51>`."""
    match = _PARAGRAPH.fullmatch(line)
    number = numbering.paragraph_number(match[2]) if match else None
    if match is None or number is None:
        return None
    return Mark(number, 0, match[2], match[3], escaped=bool(match[1]))


def subparagraph_mark(line: str) -> Mark | None:
    """`1.`, `1의2.`, `1\\.`."""
    match = _SUBPARAGRAPH.fullmatch(line)
    if match is None:
        return None
    return Mark(int(match[1]), int(match[2] or 0), "", match[4] or "", escaped=bool(match[3]))


def item_mark(line: str) -> Mark | None:
    """`가.`, `가\\.`."""
    match = _ITEM.fullmatch(line)
    place = numbering.item_place(match[1]) if match else None
    if match is None or place is None:
        return None
    return Mark(place, int(match[2] or 0), "", match[4] or "", escaped=bool(match[3]), lettered=True)


def subitem_mark(line: str) -> Mark | None:
    """`1)`, `가)`, `(1)`, `(가)`."""
    match = _SUBITEM.fullmatch(line)
    if match is None:
        return None
    opening, number, syllable, text = match.groups()
    place = int(number) if number else numbering.item_place(syllable)
    if place is None:
        return None
    printed = numbering.subitem_label(number or syllable, bool(opening))
    return Mark(place, 0, printed, text or "", lettered=bool(syllable), inner=bool(opening))


def split_parenthesised(text: str) -> tuple[str, str] | None:
    """`(heading) rest` as heading and rest, brackets within the heading balanced; None where it opens with no bracket
    or does not close it."""
    stripped = text.lstrip()
    if not stripped.startswith("("):
        return None
    depth = 0
    for place, character in enumerate(stripped):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return stripped[1:place].strip(), stripped[place + 1 :].strip()
    return None
