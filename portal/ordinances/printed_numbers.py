"""The number that stands printed at a clause, read back as a step of an address: 제12조의2, ①, 1의2., 가., (a), 1).

What kind of clause it is, is known already (a file's style says so); the number alone is read. Knows no file.
"""

from __future__ import annotations

import re
from typing import Final

from portal.ordinances import numbering
from portal.ordinances.addresses import from_spoken
from portal.ordinances.clauses import HEADINGS, Kind, Language
from portal.ordinances.problems import InvalidAddress
from portal.ordinances.steps import KIND_OF_ELEMENT, NUMBER, Step

_ELEMENTS: Final = {kind: element for element, kind in KIND_OF_ELEMENT.items()}
_SPOKEN: Final = frozenset({Kind.ARTICLE, Kind.ANNEX, Kind.FORM, *HEADINGS})

_SYLLABLE: Final = f"[{''.join(numbering.ITEM_SYLLABLES)}]"
_KOREAN_BRANCH: Final = rf"(?:의(?P<branch>{NUMBER}))?"
_ENGLISH_BRANCH: Final = rf"(?:-(?P<branch>{NUMBER}))?"
_PATTERNS: Final = {
    ("ko", Kind.PART): rf"제\s?{NUMBER}\s?편(?:의{NUMBER})?",
    ("ko", Kind.CHAPTER): rf"제\s?{NUMBER}\s?장(?:의{NUMBER})?",
    ("ko", Kind.SECTION): rf"제\s?{NUMBER}\s?절(?:의{NUMBER})?",
    ("ko", Kind.SUBSECTION): rf"제\s?{NUMBER}\s?관(?:의{NUMBER})?",
    ("ko", Kind.ARTICLE): rf"제\s?{NUMBER}\s?조(?:의{NUMBER})?",
    ("ko", Kind.PARAGRAPH): rf"(?P<name>[{numbering.CIRCLED}]|<{NUMBER}>){_KOREAN_BRANCH}",
    ("ko", Kind.SUBPARAGRAPH): rf"(?P<name>{NUMBER}){_KOREAN_BRANCH}\.",
    ("ko", Kind.ITEM): rf"(?P<name>{_SYLLABLE}){_KOREAN_BRANCH}\.",
    ("ko", Kind.SUBITEM): rf"\(?(?P<name>{NUMBER}|{_SYLLABLE}){_KOREAN_BRANCH}\)",
    ("ko", Kind.ADDENDUM): r"부\s{0,3}칙",
    ("ko", Kind.ANNEX): rf"\[?별표(?:\s?{NUMBER}(?:의{NUMBER})?|\({NUMBER}\))?\]?",
    ("ko", Kind.FORM): rf"\[?별지\s?(?:제{NUMBER}호(?:의{NUMBER})?\s?서식|서식(?:\({NUMBER}\))?)\]?",
    ("en", Kind.PART): rf"Part (?:{NUMBER}|[IVXLCDM]+)(?:-{NUMBER})?",
    ("en", Kind.CHAPTER): rf"Chapter (?:{NUMBER}|[IVXLCDM]+)(?:-{NUMBER})?",
    ("en", Kind.SECTION): rf"Section (?:{NUMBER}|[IVXLCDM]+)(?:-{NUMBER})?",
    ("en", Kind.SUBSECTION): rf"Subsection (?:{NUMBER}|[IVXLCDM]+)(?:-{NUMBER})?",
    ("en", Kind.ARTICLE): rf"Article {NUMBER}(?:-{NUMBER})?",
    ("en", Kind.PARAGRAPH): rf"\((?P<name>{NUMBER}){_ENGLISH_BRANCH}\)",
    ("en", Kind.SUBPARAGRAPH): rf"(?P<name>{NUMBER}){_ENGLISH_BRANCH}\.",
    ("en", Kind.ITEM): rf"\((?P<name>[a-z]{{1,2}}){_ENGLISH_BRANCH}\)",
    ("en", Kind.SUBITEM): rf"\(?(?P<name>{NUMBER}|[a-z]{{1,2}}){_ENGLISH_BRANCH}\)",
    ("en", Kind.ADDENDUM): rf"Addenda(?: No\. {NUMBER}(?:-{NUMBER})?)?",
    ("en", Kind.ANNEX): rf"\[?Annex(?: {NUMBER}(?:-{NUMBER})?| \({NUMBER}\))?\]?",
    ("en", Kind.FORM): rf"\[?Form(?: {NUMBER}(?:-{NUMBER})?| \({NUMBER}\))?\]?",
}  # fmt: skip
_COMPILED: Final = {which: re.compile(pattern) for which, pattern in _PATTERNS.items()}


def number_at_start(kind: Kind, text: str, language: Language) -> str | None:
    """The number of this kind with which a text begins, as it is printed there; None where it begins with none."""
    pattern = _COMPILED.get((language, kind))
    match = pattern.match(text) if pattern else None
    return match[0] if match else None


def step_of_number(kind: Kind, printed: str, language: Language) -> Step | None:
    """The step of an address that a printed number stands for; None where it is no number of this kind."""
    pattern = _COMPILED.get((language, kind))
    match = pattern.fullmatch(printed) if pattern else None
    if match is None:
        return None
    if kind in _SPOKEN:
        return _spoken_step(kind, printed, language)
    if kind is Kind.ADDENDUM:
        return Step("addenda")
    name, branch = match["name"], int(match["branch"] or 0)
    if name[0].isascii() and name[0].isdigit():
        return Step(_ELEMENTS[kind], int(name), branch)
    if kind is Kind.PARAGRAPH:
        number = numbering.paragraph_number(name)
        return Step("para", number, branch) if number else None
    place = numbering.item_place(name) if language == "ko" else numbering.item_place_of_letter(name)
    if place is None or place > len(numbering.ITEM_SYLLABLES):
        return None
    return Step(_ELEMENTS[kind], place, branch, lettered=True)


def _spoken_step(kind: Kind, printed: str, language: Language) -> Step | None:
    spoken = printed.strip("[]")
    if language == "ko":
        joined = "".join(spoken.split())  # 제 3 조
        spoken = re.sub(r"(?<=별표)(?=[0-9])|(?<=별지)(?=제|서식)", " ", joined)
    try:
        step = from_spoken(spoken, language).steps[-1]
    except InvalidAddress:
        return None
    return step if KIND_OF_ELEMENT.get(step.element) is kind else None


def label_as_read(kind: Kind, printed: str, address_label: str) -> str:
    """The label that a reader gives a clause: ⑯ or <16>, 1) or (1) as they are printed, else the address's own form."""
    return printed if kind in (Kind.PARAGRAPH, Kind.SUBITEM) else address_label
