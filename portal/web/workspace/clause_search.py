"""Finding a clause by what a person types: `23조 2항`, `제12조의2`, `Article 23 (2)`, `23(2)`, or words of the text.

Pure: takes a text and answers with its clauses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from portal.drafts.queries import ClauseFacts
from portal.ordinances import numbering
from portal.submissions.law_text import LawText

_KOREAN: Final = re.compile(
    r"(?:제?\s*(?P<art>[0-9]{1,4})\s*조)?(?:\s*의\s*(?P<branch>[0-9]{1,3}))?\s*"
    r"(?:제?\s*(?P<para>[0-9]{1,3})\s*항)?\s*(?:제?\s*(?P<subpara>[0-9]{1,3})\s*호)?\s*(?:(?P<item>[가-하])\s*목)?")
_ENGLISH: Final = re.compile(
    r"(?:art(?:icle|\.)?\s*)?(?P<art>[0-9]{1,4})(?:-(?P<branch>[0-9]{1,3}))?\s*(?:\(\s*(?P<para>[0-9]{1,3})\s*\))?\s*"
    r"(?P<subpara>[0-9]{1,3})?\s*(?:\(\s*(?P<item>[a-z])\s*\))?", re.IGNORECASE)


def found(law: LawText, query: str) -> list[ClauseFacts]:
    """The clauses that a query names or whose words hold it, in the order of the text; all for an empty query."""
    asked = " ".join(unicodedata.normalize("NFC", query).split())
    if not asked:
        return list(law.clauses.values())
    eid = _address(asked)
    if eid is not None:
        named = [clause for clause in law.clauses.values()
                 if _under(clause.eid, eid) and not clause.eid.startswith("addenda")]
        if named:
            return named
    low = asked.casefold()
    return [clause for clause in law.clauses.values() if any(low in text.casefold() for text in _texts(clause))]


def _texts(clause: ClauseFacts) -> Sequence[str]:
    return [text for text in (clause.label, clause.label_en, clause.heading_ko, clause.heading_en, clause.text_ko,
                              clause.text_en, clause.spoken("ko"), clause.spoken("en")) if text]


def _under(eid: str, address: str) -> bool:
    """Whether a clause is the one named or below it; a skipped level (제2조제1호) is looked for under any paragraph."""
    return eid == address or eid.startswith(f"{address}__")


def _address(asked: str) -> str | None:
    match = _KOREAN.fullmatch(asked) or _ENGLISH.fullmatch(asked)
    if match is None or match["art"] is None:
        return None
    eid = f"art_{int(match['art'])}" + (f"-{int(match['branch'])}" if match["branch"] else "")
    if match["para"]:
        eid += f"__para_{int(match['para'])}"
    if match["subpara"]:
        eid += f"__subpara_{int(match['subpara'])}"
    if match["item"]:
        name = match["item"]
        place = numbering.item_place(name) if not name.isascii() else numbering.item_place_of_letter(name.lower())
        if place is None:
            return None
        eid += f"__point_{numbering.item_name(place)}"
    return eid
